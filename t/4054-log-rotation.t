#!/bin/sh
# What is kept of a job's log is bytes, over all its attempts; what went is
# counted once and told, also to who follows, in whatever order it came.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"

master <<'!'
[limits]
log_size = 2M
!
leases 20
L=$S/logs/jobs/$job
seg() { echo "$L/$(printf '%06d.%06d.%08d.log' "$1" "$2" "$3")"; }
gone() { cut -d ' ' -f 2 "$L/gone" 2>&1; }
kept() { cat "$L"/*.log | wc -c | tr -d ' '; }
# chunk ATTEMPT OFFSET: a record of the text on stdin
chunk()
{
	cat >"$T/chunk"
	mkpack log "$job" b1 -s 1 -E 1 -A "$1" -f "offset=$2" "$T/chunk"
}
# long ATTEMPT N: N records of a quarter of a MiB, one after the other
head -c 262144 /dev/zero | tr '\0' x >"$T/quarter"
long()
{
	k=0
	while [ $k -lt "$2" ]; do
		chunk "$1" $((k * 262144)) <"$T/quarter"
		k=$((k + 1))
	done
}

for a in 1 2 3 4 5 6; do
	echo "short attempt $a" | chunk $a 0
done | lay
pf-ingest -q
check 'six short attempts are all kept' 0 '=short attempt 1
[attempt 1.2]
short attempt 2
[attempt 1.3]
short attempt 3
[attempt 1.4]
short attempt 4
[attempt 1.5]
short attempt 5
[attempt 1.6]
short attempt 6' - pf-report log "$job"
long 7 6 | lay
pf-ingest -q
is "$(files "$L" '*.log') $(kept)" "8 $((6 * 16 + 6 * 262144))" \
    'a long one beside them too, as long as there is room'
pf-report log -f "$job" >"$T/follow" &
follow=$!
at_end "kill -CONT $follow 2>/dev/null; kill $follow 2>/dev/null"
ok 'it is followed' until_true 10 grep -q xxx "$T/follow"
sleep 1
kill -STOP $follow

echo 'short attempt 8' | chunk 8 0 | lay
long 9 8 | lay
cp "$SPOOL/new/$(pack)" "$T/twice"
pf-ingest -q
is "$(files "$L" '*.log') $(kept) $(gone)" \
    "2 2097152 $((7 * 16 + 6 * 262144))" 'what is more drives all of it out'
is "$(pf-report log "$job" | head -n 2)" "[$(gone) bytes of earlier attempts are not kept]
[attempt 1.9]" 'which is told'
is "$(sql "SELECT value FROM counters WHERE name = 'log_bytes' AND
    scope = ''")" 2097152 'what is left is counted'
status_gone() { pf-report status | sed -n 's/^log_gone	//p'; }
is "$(status_gone)" "$(gone)" 'the status says what went'
kill -CONT $follow
ok 'who followed goes on' until_true 20 grep -q 'attempt 1.9' "$T/follow"
is "$(grep -B 1 'attempt 1.9' "$T/follow" | head -n 1 | tr -d x)" \
    '[what came before this is not all kept]' 'and is told that he missed some'
kill $follow

# Killed after it was put on record: it goes, and is counted no more.
cp "$(seg 1 9 0)" "$(seg 1 8 0)"
before=$(gone)
sqlite3 "$S/data/pandafuzz.db" "DELETE FROM results WHERE kind = 'log'"
lay <"$T/twice"
echo 'attempt ten' | chunk 10 0 | lay
pf-ingest -q
is "$(gone)" $((before + 1048576)) 'each byte is counted once'
is "$(status_gone)" "$(gone)" 'in the status too'
is "$(pf-report log "$job" | head -n 3 | tail -n 1)" \
    '[the first 1048576 bytes are not kept]' 'the rest of a log is told of as such'
echo late | chunk 8 0 | lay
check 'what comes late for what is gone' 0 '~^log	dropped	' - pf-ingest
ok 'makes no file' test ! -e "$(seg 1 8 0)"

# In whatever order, by several at once.
cp -a "$S" "$T/start"
send()
{
	for a in $1; do
		case $a in
		12 | 15) long "$a" 5 | lay ;;
		*) echo "attempt $a" | chunk "$a" 0 | lay ;;
		esac
	done
	pids=
	for k in 1 2 3; do
		pf-ingest -q &
		pids="$pids $!"
	done
	# shellcheck disable=SC2086 # words
	wait $pids
	pf-ingest -q
	(cd "$L" && sha256sum -- *.log | sort)
}
send '11 12 13 14 15 16' >"$T/straight"
rm -rf "$S"
cp -a "$T/start" "$S"
send '16 15 14 13 12 11' >"$T/back"
is "$(cat "$T/back")" "$(cat "$T/straight")" 'the same is kept'
ok 'and no more than may be' test "$(kept)" -le 2097152
is "$(files "$L" '*.log')" 6 'which is the newest'
rm -rf "$S"
cp -a "$T/start" "$S"
check 'fsck knows it all' 0 - - pf-ingest fsck
went=$(status_gone)
pf-sched -q snapshot
rm -f "$S"/data/pandafuzz.db*
pf-sched -q rebuild
is "$(status_gone)" "$went" 'a database made anew knows what went'
printf '{"op":"recount"}\n' | pf-sched -q apply
is "$(status_gone)" "$went" 'and one that is counted anew'
check 'fsck agrees' 0 - - pf-ingest fsck
done_testing
