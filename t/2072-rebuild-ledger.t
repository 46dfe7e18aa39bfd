#!/bin/sh
# Databases made anew from a ledger whose lines are not as they were written.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"
need jq sqlite3

master </dev/null
leases 1
{
	printf 'a crash' >"$T/input"
	mkpack crash "$job" b1 -s 1 -f type=segfault -f signal=11 \
	    -f 'stack=here < main' "$T/input"
	printf 'no report' >"$T/input"
	mkpack crash "$job" b1 -s 2 -f type=abort -f signal=6 \
	    -f 'stack=there < main' "$T/input"
	printf 'corpus' >"$T/input"
	mkpack corpus "$job" b1 -s 3 "$T/input"
	mkpack coverage "$job" b1 -s 4 -f edges=4711 -f exec_count=9 \
	    </dev/null
	mkpack coverage "$job" b1 -s 5 -f edges=5000 -f exec_count=12 \
	    </dev/null
} | lay
ok 'five results are filed' pf-ingest -q
ok 'all is well' pf-ingest fsck
ok 'a backup' pf-sched -q backup "$T/b"
pf-sched -q snapshot
hash=$(printf 'a crash' | sha256sum | cut -c 1-64)
bare=$(printf 'no report' | sha256sum | cut -c 1-64)
ledger=$(find "$S/metadata/ledger" -type f)
is "$(wc -l <"$ledger")" 5 'the ledger has five lines'
picture >"$T/before"
cp "$ledger" "$T/ledger"
drop() { rm -f "$S"/data/pandafuzz.db*; }
crashes()
{
	sql "SELECT type, signal, stack FROM crashes ORDER BY type"
}
good='abort|6|there < main
segfault|11|here < main'

# A letter, a number, a name, by the way: JSON as before.
damage()
{
	sed -e 's/"type":"segfault"/"type":"segfaulx"/' \
	    -e 's/"edges":4711/"edges":4799/' "$T/ledger" >"$ledger"
}
damage
cmp -s "$ledger" "$T/ledger" && fail 'nothing was damaged'
drop
check 'rebuild' 1 '~^refused	2$' \
    "~$ledger: line 1 left out: it is not" pf-sched rebuild
like "$(cat "$T/err")" "$ledger: line 4 left out: it is not" 'each by its number'
is "$(crashes)" "$good" 'what is beside the crash is believed'
is "$(sql 'SELECT edges FROM coverage')" 5000 'a sample that is wrong is none'
# shellcheck disable=SC2016
cmd='pf-ingest -r fsck; [ $? -eq 1 ]'
check 'fsck finds the lines' 0 "~$ledger:1	the line is not" \
    '~written into the ledger' sh -c "$cmd"
is "$(crashes)" "$good" 'and does not bless them'
is "$(sql 'SELECT edges FROM coverage')" 5000 'nor the sample'
is "$(grep -c '"type":"segfault"' "$ledger")" 1 \
    'the ledger has a line of it again, the right one'
drop
check 'rebuild once more' 1 '~^refused	2$' '~line 4 left out' pf-sched rebuild
is "$(crashes)" "$good" 'is the same'

# A backup knows all of them.
damage
check 'restore' 1 '~^refused	2$' "~$ledger: line 4 left out: it is not as it was" \
    pf-sched restore "$T/b"
is "$(crashes)" "$good" 'a restore has the crashes'
is "$(sql 'SELECT group_concat(edges) FROM (SELECT edges FROM coverage
    ORDER BY edges)')" 4711,5000 'and the samples'
cp "$T/ledger" "$ledger"
picture >"$T/after"
ok 'as they were' cmp "$T/before" "$T/after"

# A crash of which nothing else tells is no crash with half a truth.
mv "$S/crashes/$job/$bare.json" "$T/bare.json"
sed 's/"signal":6/"signal":8/' "$T/ledger" >"$ledger"
drop
check 'rebuild' 1 '~^refused	1$' "~$ledger: line 2 left out: it is not" \
    pf-sched rebuild
is "$(crashes)" 'segfault|11|here < main' 'it is left out'
ok 'its input is where it was' test -f "$S/crashes/$job/$bare"
touch -d '1 hour ago' "$S/crashes/$job/$bare"
check 'fsck finds it' 0 "~crashes/$job/$bare" '~put into the spool' \
    sh -c "$cmd"
pf-ingest -q
is "$(sql "SELECT count(*), sum(signal = 8) FROM crashes")" '2|0' \
    'fsck has it filed again, without what was damaged'

# Without a ledger the reports beside crashes are all there is.
cp "$T/bare.json" "$S/crashes/$job/$bare.json"
rm "$ledger"
drop
check 'rebuild without a ledger' 0 '~^refused	0$' - pf-sched rebuild
is "$(crashes)" "$good" 'has the crashes by their reports'
mv "$S/crashes/$job/$bare.json" "$S/crashes/$job/$hash.json"
drop
check 'rebuild with a report beside another' 1 '~^refused	1$' \
    "~$hash.json: left out: it is of another input" pf-sched rebuild
cp "$T/bare.json" "$S/crashes/$job/$bare.json"

# Damage that makes half a line of it, and a report beside that is no JSON.
cp "$T/ledger" "$ledger"
drop
echo '{"kind":"cra' >"$T/x"
cat "$T/ledger" >>"$T/x"
cp "$T/x" "$ledger"
echo 'not JSON' >"$S/crashes/$job/$hash.json"
check 'rebuild with halves' 1 '~^refused	2$' "~$ledger: line 1 left out: it makes no sense" pf-sched rebuild
like "$(cat "$T/err")" "$hash.json: left out: " 'the report beside is named'
# So many are not told one by one.
i=0
: >"$T/x"
while [ $i -lt 50 ]; do
	echo '{"kind":"status","sum":"0123456789abcdef"}'
	i=$((i + 1))
done >"$T/x"
cat "$T/ledger" >>"$T/x"
cp "$T/x" "$ledger"
drop
check 'rebuild with fifty of them' 1 '~^refused	51$' \
    "~$ledger: 40 more lines left out" pf-sched rebuild
is "$(grep -c "$ledger: line [0-9]* left out" "$T/err")" 10 'ten are named'
is "$(crashes | grep -c main)" 2 'what is whole is believed'

# A line that is as it was written, of a job that nobody knows.
cp "$T/ledger" "$ledger"
mv "$T/bare.json" "$S/crashes/$job/$bare.json"
rm "$S/crashes/$job/$hash.json"
sed -n '/"kind":"coverage"/{s/"job":"[^"]*"/"job":"nobody"/;s/,"sum":"[^"]*"//;p;q}' \
    "$T/ledger" >>"$ledger"
rid=$(tail -n 1 "$ledger" | jq -r .rid)
drop
check 'rebuild with numbers of no job' 1 '~^refused	1$' \
    "~coverage $rid: left out: .*nobody" pf-sched rebuild
done_testing
