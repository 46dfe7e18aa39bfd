#!/bin/sh
# pf-ingest thin: the ledger of old days loses what tells nothing, and a
# database made of it is the same.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"

master <<'!'
[retention]
numbers = 1h
!
leases 1
L=$S/metadata/ledger
M=$S/metadata/system/backup.json
check 'without a backup' 0 - \
    '~nothing is thinned: pf-sched backup left no mark' pf-ingest thin
pf-sched -q backup "$T/early"
check 'nothing to do' 0 - - pf-ingest thin
check 'no names' 64 - '~thin: "x": it takes no names' pf-ingest thin x

printf 'input %%d' >"$T/body"
now=$(date +%s)
{
	mkpack corpus "$job" b1 -n 5 "$T/body"
	mkpack crash "$job" b1 -s 50 -f type=x "$T/body"
	for k in $(seq 30); do
		mkpack status "$job" b1 -s $((100 + k)) -A 1 -E 1 \
		    -t $(((now - 9000 + k) * 1000)) -f "executions=$k"
		mkpack coverage "$job" b1 -s $((200 + k)) \
		    -t $(((now - 90000 + k) * 1000)) -f "edges=$k"
	done
	mkpack coverage "$job" b1 -s 300 -t $((now * 1000)) -f edges=99
} | lay
pf-ingest -q
today=$(ls "$L")
is "$(wc -l <"$L/$today")" 67 'a line for each'
check 'a day that is not over stays' 0 - - pf-ingest thin
mv "$L/$today" "$L/20200101.jsonl"
printf '{"kind":"status","rid":"half a li' >>"$L/20200101.jsonl"
left=$(sql 'SELECT count(*) FROM coverage')
ok 'samples were thinned out' test "$left" -lt 31
cp "$M" "$T/mark"
sed 's/"time":[0-9]*/"time":1577800000000/' "$T/mark" >"$M"
check 'a day after the last backup stays' 0 - - pf-ingest thin
sed 's/"event":[0-9]*/"event":99999999/' "$T/mark" >"$M"
check 'by an older database nothing is thinned' 0 - \
    '~nothing is thinned: the database is older than the last backup' \
    pf-ingest thin
cp "$T/mark" "$M"
check 'those go, and half a line' 0 \
    "~^$L/20200101.jsonl	68	$((36 + left))	" - pf-ingest -n thin
is "$(wc -l <"$L/20200101.jsonl")" 67 'a dry run changes nothing'
# The reports of numbers are past their time.
pf-reaper | pf-sched -q apply
pf-reaper | pf-sched -q apply
check 'then reports of numbers go too' 0 "~	68	$((7 + left))	" - \
    pf-ingest thin
is "$(grep -c status "$L/20200101.jsonl")" 1 'all but the newest'
is "$(grep -c -e crash -e corpus "$L/20200101.jsonl")" 6 'what was found stays'
check 'once is enough' 0 - - pf-ingest thin

# Killed at any call the day is whole.
cp "$L/20200101.jsonl" "$T/day"
strace -qq -o "$T/ref" -e trace=write,fsync,rename pf-ingest -q thin 2>/dev/null
echo '{"kind":"status","rid":"gone"}' >>"$T/day"
for call in write fsync rename; do
	cp "$T/day" "$L/20200101.jsonl"
	strace -qq -o /dev/null -e "inject=$call:signal=KILL:when=1" \
	    pf-ingest -q thin >/dev/null 2>&1
	is "$(grep -c -e crash -e corpus "$L/20200101.jsonl")" 6 \
	    "killed at $call: nothing is lost"
done
sed -i '/gone/d' "$L/20200101.jsonl"

before=$(sql 'SELECT job_id, hash FROM corpus ORDER BY 2; SELECT id, hash FROM crashes; SELECT id FROM coverage ORDER BY 1')
pf-sched -q snapshot
rm -rf "$S/data"
mkdir "$S/data"
check 'a database made of it' 0 '~corpus	5' - pf-sched rebuild
is "$(sql 'SELECT job_id, hash FROM corpus ORDER BY 2; SELECT id, hash FROM crashes; SELECT id FROM coverage ORDER BY 1')" \
    "$before" 'is the same'
done_testing
