#!/bin/sh
# Crashes over the limits of buckets and samples that move when an earlier
# report comes: fsck agrees, a database made anew too, and damage is mended.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"

master <<'!'
[limits]
crash_samples = 2
crash_buckets = 3
!
leases 1
i=0
for round in 1 2 3; do
	for n in 1 2 3 4 5 6 7 8; do
		i=$((i + 1))
		echo "input $n" >"$T/input"
		mkpack crash "$job" b$round -s $i -t $((9000 - i * 10)) \
		    -f type=segv -f "stack=s$(((n + round) % 6)) < main" \
		    "$T/input" | lay
		[ $((i % 3)) != 0 ] || pf-ingest -q
	done
done
echo foreign >"$T/input"
mkpack log "$job" b1 -s 999 -A 7 -f offset=0 "$T/input" | lay
mkpack status "$job" b1 -s 998 -A 7 -f executions=3 | lay
pf-ingest -q
is "$(sql "SELECT count(*), sum(type = 'overflow'), sum(samples) FROM buckets")" \
    '4|1|8' 'three buckets, and the one of the rest'
check 'fsck finds nothing' 0 - - pf-ingest fsck
pf-sched -q snapshot
rm -f "$S"/data/*
check 'a database made anew' 0 '~refused	0$' - pf-sched rebuild
check 'has nothing to find' 0 - - pf-ingest fsck
sqlite3 "$S/data/pandafuzz.db" "UPDATE bucket_rows SET samples = 9, type = 'x';
    DELETE FROM crash_bots WHERE bot = 'b2';
    UPDATE crashes SET id = 'nonsense'
    WHERE hash = (SELECT min(hash) FROM crashes)"
run pf-ingest -r fsck
ran 1 'damage'
like "$(cat "$T/out")" 'its id is not of this crash' 'is found'
run pf-ingest -r fsck
run pf-ingest -r fsck
check 'and mended' 0 - - pf-ingest fsck
done_testing
