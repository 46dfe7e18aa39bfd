#!/bin/sh
# The ledger and the logs: after a failed fsync another file goes on, and a
# file that a dead pf-ingest made has its name synced by the next.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"
need strace jq
[ -z "${PF_FAST:-}" ] || skip_all 'strace and sanitizers do not mix'

master </dev/null
leases 1
L=$S/metadata/ledger
seq=0
# one: a pack with an input
one()
{
	seq=$((seq + 1))
	echo "input $seq" >"$T/i"
	mkpack corpus "$job" b1 -s $seq "$T/i" | lay
}
# part OFFSET TEXT: a pack with a piece of the log
part()
{
	seq=$((seq + 1))
	printf '%s' "$2" >"$T/i"
	mkpack log "$job" b1 -s $seq -E 1 -A 1 -f offset="$1" "$T/i" | lay
}
rows() { sql 'SELECT count(*) FROM results'; }
inode() { stat -c %i "$1"; }
lines() { cat "$L"/*.jsonl | wc -l; }

hollow() { [ -e "$1" ] && [ ! -s "$1" ]; }

# dies PATH: a pf-ingest that dies when it has made that file
dies()
{
	strace -qq -o /dev/null -P "$1" -e inject=flock:signal=KILL \
	    pf-ingest -q >/dev/null 2>&1
	is $? 137 'one dies'
	ok 'its file is empty' hollow "$1"
}
# synced PATH: the next syncs the directory before it sends a row
synced()
{
	strace -qq -y -o "$T/trace" -e trace=fsync,sendto,write pf-ingest -q \
	    >"$T/out" 2>"$T/err"
	is $? 0 'the next files it'
	sed '/"op":"\|\\"op\\":/q' "$T/trace" >"$T/before"
	ok "$2" grep -q "^fsync([0-9]*<$1>) *= 0" "$T/before"
}
day=$L/$(date -u +%Y%m%d).jsonl
one
dies "$day"
synced "$L" 'the directory of the ledger is synced by who did not make it'
log=$(cd "$S/logs/jobs" && pwd)/$job/000001.000001.00000000.log
part 0 'hello '
dies "$log"
synced "${log%/*}" 'that of the log too'
is "$(cat "$log")" 'hello ' 'the log is there'

# The ledger's fsync fails.
one
was=$(inode "$day") before=$(rows)
cp "$day" "$T/day"
fault() { strace -qq -o /dev/null -P "$1" -e inject=fsync:error=EIO:when=1 \
    pf-ingest -q; }
check 'the ledger cannot be synced' 74 - '~^pf-ingest: fsync .*Input/output' \
    fault "$day"
is "$(rows)" "$before" 'no row is sent'
is "$(files "$SPOOL/new")" 1 'the spool keeps it'
is "$(inode "${day%.jsonl}-01.jsonl")" "$was" 'the old file is put aside'
ok 'with what it had, and no more' cmp -s "$T/day" "${day%.jsonl}-01.jsonl"
strace -qq -y -o "$T/trace" -e trace=fsync pf-ingest -q
is "$(rows)" $((before + 1)) 'the next run files it'
ok 'in another file' test "$(inode "$day")" != "$was"
is "$(grep -c -- '-01.jsonl' "$T/trace")" 0 'the old one is left alone'
is "$(lines)" 3 'nothing is lost, nothing twice'
one
check 'once more' 74 - '~fsync' fault "$day"
ok 'the next number' test -e "${day%.jsonl}-02.jsonl"
check 'filed' 0 - - pf-ingest -q
is "$(lines)" 4 'all four lines'

# A log's fsync fails.
part 6 'world'
was=$(inode "$log") before=$(rows)
check 'the log cannot be synced' 74 - '~^pf-ingest: fsync .*Input/output' \
    fault "$log"
is "$(rows)" "$before" 'no row is sent'
ok 'another file is in its place' test "$(inode "$log")" != "$was"
is "$(cat "$log")" 'hello world' 'a copy of it'
check 'the next run' 0 - - pf-ingest -q
is "$(rows)" $((before + 1)) 'files it'
is "$(cat "$log")" 'hello world' 'it reads the same'
is "$(files "${log%/*}")" 1 'nothing is left beside it'

# Several at once, one of whom loses its file meanwhile.
for _ in $(seq 1 20); do one; done
pids=
for _ in 1 2 3; do
	fault "$day" >/dev/null 2>&1 &
	pids="$pids $!"
done
# shellcheck disable=SC2086 # a list
wait $pids
check 'the rest' 0 - - pf-ingest -q
is "$(cat "$L"/*.jsonl | sed 's/.*"rid":"//; s/".*//' | sort -u | wc -l)" 25 \
    'each has its line'
is "$(cat "$L"/*.jsonl | jq -r .rid | wc -l)" "$(lines)" 'and each is whole'

# thin knows the old ones by their names.
mkdir "$T/old"
for f in "$L"/*.jsonl; do
	f=${f##*/}
	sed 's/"kind":"corpus"/"kind":"status"/; s/"rid":"../"rid":"zz/' \
	    "$L/$f" >"$T/old/20200101${f#????????}"
done
rm "$L"/*
cp "$T"/old/* "$L/"
printf '{"half' >>"$L/20200101-01.jsonl"
pf-sched -q backup "$T/backup"
run pf-ingest thin
ran 0 'thin'
is "$(grep -c -- '-01.jsonl' "$T/out")" 1 'takes half a line out of such a one'
done_testing
