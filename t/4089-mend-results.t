#!/bin/sh
# Results that fsck -r files again are counted once.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"
need sqlite3

master </dev/null
leases 1
{
	for n in 1 2 3; do
		echo "input $n" >"$T/i"
		mkpack crash "$job" b1 -s "$n" -f type=segv \
		    -f "stack=f$n < main" "$T/i"
		mkpack corpus "$job" b1 -s "1$n" "$T/i"
		mkpack coverage "$job" b1 -s "2$n" -f "edges=$n" </dev/null
	done
} | lay
pf-ingest -q
counted()
{
	sql "SELECT name, value FROM counters WHERE scope = '' AND value <> 0
	    AND (name LIKE 'results%' OR name LIKE 'swept%') ORDER BY 1"
}
want='results_corpus|3
results_coverage|3
results_crash|3'
is "$(counted)" "$want" 'nine results'
sqlite3 "$S/data/pandafuzz.db" "PRAGMA foreign_keys = OFF;
    DELETE FROM crash_bots; DELETE FROM crashes;
    DELETE FROM corpus; DELETE FROM coverage"
for n in 1 2 3; do
	pf-ingest -r fsck >"$T/out" 2>"$T/err"
	grep -q 'filed again from the ledger' "$T/err" || break
	: >"$T/again"
done
ok 'rows that are gone are filed again' test -f "$T/again"
check 'all is well' 0 - - pf-ingest fsck
is "$(sql 'SELECT count(*) FROM crashes')$(sql 'SELECT count(*) FROM corpus')" \
    33 'all are there'
is "$(counted)" "$want" 'and counted as before'
done_testing
