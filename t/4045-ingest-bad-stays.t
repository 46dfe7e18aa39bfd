#!/bin/sh
# What cannot be put into bad/, for want of room or because something is in
# the way, stays, is told of, and keeps nobody else waiting; it is counted
# when it lies there.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"
need strace
[ -z "${PF_FAST:-}" ] || skip_all 'strace and sanitizers do not mix'
[ "$(id -u)" = 0 ] || skip_all 'only root can mount'

master <<'!'
[limits]
disk_min_free = 0
inodes_min_free = 0
[retry.update_recovery]
initial_delay = 200ms
max_delay = 300ms
!
# good N, poison N: a record of ours, and one of an unknown job
good()
{
	echo "input $1" >"$T/i"
	mkpack corpus "$job" b1 -s "$1" "$T/i"
}
poison()
{
	echo "rubbish $1" >"$T/i"
	mkpack corpus nosuchjob b1 -s "$1" "$T/i"
}
rows() { sql 'SELECT count(*) FROM results'; }
refused() { sql "SELECT coalesce(sum(value), 0) FROM counters WHERE name LIKE 'refused_%' AND scope = ''"; }

# A file where bad/ should be.
mv "$SPOOL/bad" "$T/bad"
: >"$SPOOL/bad"
{ poison 1; good 2; poison 3; } | lay
first=$(pack)
{ good 4; printf 'no record'; } | lay
torn=$(pack)
for n in 5 6 7; do good $n | lay; done
run pf-ingest -q
like "$(cat "$T/err")" "bad" 'with bad/ away it says so'
is "$(rows)" 4 'all that is good is filed but what is in a torn pack'
is "$(find "$SPOOL/new" "$SPOOL/cur" -type f | wc -l)" 2 'two packs are there'
ok 'the torn one as it is' test -f "$SPOOL/new/$torn"
ok 'of the first one what was refused' test ! -f "$SPOOL/new/$first"
for n in 1 2 3; do run pf-ingest -q; done
is "$(refused)" 0 'what is tried in vain is not counted'
pf-ingest -w >"$T/w.out" 2>"$T/w.err" &
pid=$!
at_end "kill -9 $pid 2>/dev/null"
good 8 | lay
rows_are() { [ "$(rows)" = "$1" ]; }
ok 'what comes is filed' until_true 20 rows_are 5
rm "$SPOOL/bad"
mv "$T/bad" "$SPOOL/bad"
ok 'with bad/ there again the rest is too' until_true 20 rows_are 6
spool_is_empty() { [ "$(files "$SPOOL/new")$(files "$SPOOL/cur")" = 00 ]; }
ok 'by itself' until_true 20 spool_is_empty
is "$(files "$SPOOL/bad" '*.rec') $(files "$SPOOL/bad" '*.pack')" '2 1' \
    'what was refused lies there'
counted() { [ "$(refused)" = "$1" ]; }
ok 'and is counted, once' until_true 20 counted 3
kill $pid
wait $pid || :

# A spool without room, which filing makes.
export T
cat >"$T/full.sh" <<'!'
mount -t tmpfs -o size=600k none "$SPOOL" || exit 99
mkdir "$SPOOL/new" "$SPOOL/cur" "$SPOOL/tmp" "$SPOOL/bad"
n=0
for f in "$T"/full/*; do
	n=$((n + 1))
	cp "$f" "$SPOOL/new/$(printf '%016x-%016x' $n 7)"
done
dd if=/dev/zero of="$SPOOL/filler" bs=4k 2>/dev/null
pf-ingest -q 2>"$T/err1"
echo "first $?"
echo "waiting $(ls "$SPOOL/new" | wc -l)"
rm "$SPOOL/filler"
pf-ingest -q 2>"$T/err2"
echo "second $?"
echo "waiting $(ls "$SPOOL/new" | wc -l)"
ls "$SPOOL/bad" | grep -c rec
!
mkdir "$T/full"
head -c 20000 /dev/zero | tr '\0' x >"$T/big"
{
	mkpack corpus nosuchjob b1 -s 100 "$T/big"
	good 101
} >"$T/full/01"
for n in $(seq 2 18); do
	good $((n + 100)) >"$T/full/$(printf %02d "$n")"
done
was=$(rows)
run unshare -m sh "$T/full.sh"
is "$(cat "$T/out")" "$(printf '%s\n' 'first 75' 'waiting 1' 'second 0' \
    'waiting 0' 1)" 'a full spool: only the pack with the poison stays'
like "$(cat "$T/err1")" 'No space left' 'and says why'
is "$(($(rows) - was))" 18 'all that is good is filed'

# Many go there at the same time: the disk is asked to sync them together.
for n in $(seq 200 299); do poison "$n"; done | lay
strace -f -qq -o "$T/trace" -e trace=fsync pf-ingest -q 2>/dev/null
is "$(files "$SPOOL/bad" '*.rec')" 102 'a hundred refused'
ok 'by several at a time' test "$(cut -d ' ' -f 1 "$T/trace" | sort -u | wc -l)" -ge 4
is "$(refused)" 104 'each is counted'
done_testing
