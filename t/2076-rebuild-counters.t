#!/bin/sh
# Each counter is after a rebuild and a restore what it was before: what was
# filed, given up, refused, forgotten.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"
need jq sqlite3

master <<!
[limits]
crash_samples = 2
crash_buckets = 3
job_size = 4000
!
leases 2
db=$S/data/pandafuzz.db
mark=$S/metadata/system/snapshot.json
record() { mkpack "$@" | lay; }
crash()
{
	printf 'c%s' "$1" >"$T/input"
	record crash "$job" b1 -s "$1" -f type=segv -f "stack=$2 < m" "$T/input"
}
# A count of nothing may have a row or not; the rest is of the same job.
counters()
{
	sql "SELECT name, scope, value FROM counters WHERE value <> 0
	    ORDER BY name, scope"
}
count() { sql "SELECT value FROM counters WHERE name = '$1' AND scope = ''"; }
drop() { rm -f "$S"/data/pandafuzz.db*; }

printf 'in %%d' >"$T/body"
record corpus "$job" b1 -n 30 "$T/body"
for k in 1 2 3 4 5 6; do crash $k a; done
for k in 11 12 13 14 15; do crash $k "x$k"; done
head -c 900 /dev/zero | tr '\0' l >"$T/log"
for k in 1 2 3 4 5 6; do
	record coverage "$job" b1 -s $k -t $((k * 1000)) -f edges=$((k * 5))
	record status "$job" b1 -s $k -f executions=$k
	record log "$job" b1 -s $k -f offset=$((900 * (k - 1))) "$T/log"
done
record corpus nosuch b1 "$T/body"
record status "$job" b1 -s 9 -E 7 -A 7 -f executions=3
record log "$job" b1 -s 19 -E 7 -A 7 -f offset=0 "$T/log"
echo rubbish | lay
pf-ingest -q 2>/dev/null
printf '{"op":"refused","kind":"crash","job":"%s","n":3}\n' "$job" |
    pf-sched -q apply
other=$(pf-sched submit -N two -e libfuzzer -t "$T/target")
pf-sched cancel "$other" >/dev/null
printf '{"op":"archive","job":"%s"}\n' "$other" | pf-sched -q apply
# Two results of numbers are past their time, and with them their lines.
sqlite3 "$db" "DELETE FROM results WHERE rid IN (SELECT rid FROM results WHERE
    kind = 'status' AND reply NOT LIKE '%foreign%' LIMIT 2)"
pf-sched -q snapshot
pf-sched -q backup "$T/b"
counters >"$T/before"
for name in crashes buckets dropped_crash overflow_crash corpus_bytes \
    log_bytes dropped_log foreign_log refused_corpus refused_other swept_status edges \
    results_coverage; do
	like "$(cut -d '|' -f 1 "$T/before" | sort -u)" "$name" "there is $name"
done

# Their lines are in the ledger still: they are back, and forgotten later.
known() { counters | grep -v '^swept_'; }
grep -v '^swept_' "$T/before" >"$T/known"
drop
check 'rebuild' 0 - - pf-sched -q rebuild
is "$(known | diff "$T/known" -)" '' 'all are as they were'
is "$(count swept_status)" 0 'what was forgotten is known again'
check 'restore' 0 - - pf-sched -q restore "$T/b"
is "$(known | diff "$T/known" -)" '' 'after a restore too'

# Without those lines they are counted all the same.
check 'again' 0 - - pf-sched -q restore "$T/b"
for day in "$S"/metadata/ledger/*.jsonl; do
	sed -i '/"kind":"status"/d' "$day"
done
drop
check 'rebuild without some lines' 0 - - pf-sched -q rebuild
is "$(count results_status)" \
    "$(sed -n 's/^results_status||//p' "$T/before")" 'as many as ever were'
is "$(count swept_status)" "$(count results_status)" 'which are forgotten'
printf '{"op":"recount"}\n' | pf-sched -q apply
is "$(count results_status)" "$(count swept_status)" 'fsck agrees'
is "$(count refused_crash) $(sql "SELECT value FROM counters WHERE name =
    'refused_crash' AND scope = '$job'")" '3 3' 'a job has its own'

# Snapshots that say something else.
cp "$mark" "$T/mark"
# broken FILTER WHY
broken()
{
	jq -c "$1" "$T/mark" >"$mark"
	drop
	check "$2" 1 - "~snapshot.json: left out: .*$3" pf-sched -q rebuild
}
broken '.totals[0].name = "crashes"' 'a count that is not of these' \
    'no count is called crashes'
broken '.totals[0].value = -1' 'less than nothing' 'value'
broken 'del(.totals[0].name)' 'no name' 'name'
broken '.totals[0].value = "x"' 'no number' 'value'
jq -c 'del(.totals)' "$T/mark" >"$mark"
drop
check 'one of before has none' 0 - - pf-sched -q rebuild
is "$(count refused_other)" '' 'and they start anew'
jq -c '.totals += [{"name":"refused_log","scope":"nosuch","value":4}]' \
    "$T/mark" >"$mark"
drop
check 'of a job that is not there' 0 - - pf-sched -q rebuild
is "$(sql "SELECT count(*) FROM counters WHERE scope = 'nosuch'")" 0 \
    'it is left out'
done_testing
