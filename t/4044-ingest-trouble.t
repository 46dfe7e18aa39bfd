#!/bin/sh
# pf-ingest: a pack that cannot be read, a job whose place is broken, keep
# nobody else waiting, are told of, and are filed when it is over.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"
need strace
[ -z "${PF_FAST:-}" ] || skip_all 'strace and sanitizers do not mix'

master <<'!'
[retry.update_recovery]
initial_delay = 300ms
max_delay = 500ms
!
other=$(pf-sched submit -N two -e libfuzzer -t "$T/target")
seq=0
# one [KIND [JOB]]: a pack of one record with an input of its own
one()
{
	seq=$((seq + 1))
	echo "input $seq" >"$T/i"
	mkpack "${1:-corpus}" "${2:-$job}" b1 -s $seq "$T/i" | lay
}
rows() { sql 'SELECT count(*) FROM results'; }
waiting() { find "$SPOOL/new" "$SPOOL/cur" -type f | wc -l | tr -d ' '; }

one
first=$(pack)
one; one; one
# sick CALL ERROR: a pf-ingest to whom the first pack is that
sick()
{
	strace -f -qq -o /dev/null -P "$SPOOL/new/$first" \
	    -P "$SPOOL/cur/$first:1" -e "inject=$1:error=$2" pf-ingest -q
}
check 'a pack that cannot be read' 74 - \
    "~^pf-ingest: read .*$first: Input/output error" sick read EIO
is "$(rows)" 3 'the others are filed'
is "$(ls "$SPOOL/new")" "$first" 'it is back where it was'
is "$(wc -l <"$T/err")" 1 'and is told of once'
one
check 'one that may not be opened' 77 - "~$first: Permission denied" \
    sick openat EACCES
is "$(rows)" 4 'the others are filed'
is "$(ls "$SPOOL/new")" "$first" 'it is back where it was'
check 'healed' 0 - - pf-ingest -q
is "$(rows)" 5 'it is filed'

# A file where a job's directory should be.
mkdir -p "$S/corpus"
rm -rf "${S:?}/corpus/${job:?}"
: >"$S/corpus/$job"
one corpus "$job"
stays=$(pack)
one corpus "$other"
one crash "$job"
check 'a file in the way' 74 - '~^pf-ingest: .*a file is in the way' \
    pf-ingest -q
is "$(rows)" 7 'everything else is filed'
is "$(ls "$SPOOL/new")" "$stays" 'what it concerns stays'
check 'still in the way' 74 - '~a file is in the way' pf-ingest -q
is "$(ls "$SPOOL/new")" "$stays" 'it stays'

# Of a pack only the records that it concerns; and of two, both.
{
	for n in 1 2 3; do
		echo "mixed $n" >"$T/i"
		mkpack corpus "$job" b1 -s 5$n "$T/i"
		mkpack corpus "$other" b1 -s 6$n "$T/i"
	done
	echo 'what is no record'
} | lay
check 'a pack with records of two jobs' 74 '*' '~is damaged' pf-ingest
is "$(grep -c "new	$other" "$T/out")" 3 'those of the one are filed'
is "$(waiting)" 2 'the others stay'
is "$(files "$SPOOL/bad" '*.pack')" 1 'the end of it was refused'
run pf-ingest
ran 74 'once more'
is "$(cat "$T/out")" '' 'nothing is filed twice'
is "$(grep -c 'is damaged' "$T/err")" 0 'nor refused twice'
is "$(grep -c 'stays in the spool' "$T/err")" 1 'each is told of'

# One left by a death: it falls apart at what is broken, and N starts anew.
{
	for n in 1 2 3; do
		echo "left $n" >"$T/i"
		mkpack corpus "$([ $n = 2 ] && echo "$job" || echo "$other")" \
		    b1 -s 7$n "$T/i"
	done
} | lay
mv "$SPOOL/new/$(pack)" "$SPOOL/cur/$(pack):3"
run pf-ingest
ran 74 'one left by a death'
is "$(grep -c "new	$other" "$T/out")" 2 'what comes after it is filed too'
is "$(waiting) $(files "$SPOOL/cur")" '3 0' 'it stays alone, without deaths'

rm "$S/corpus/$job"
run pf-ingest
ran 0 'out of the way'
is "$(grep -c "new	$job" "$T/out")" 5 'all are filed'
is "$(files "$SPOOL/new")$(files "$SPOOL/cur")" 00 'the spool is empty'

# Directories where files should be.
for end in '' .json; do
	one crash
	hash=$(sha "$T/i")
	mkdir -p "$S/crashes/$job/$hash$end"
	before=$(rows)
	one crash "$other"
	check "a directory HASH$end" 74 - "~$hash" pf-ingest -q
	is "$(rows)" $((before + 1)) 'the others are filed'
	is "$(find "$S" -name ".$hash*")" '' 'no temporary file stays'
	rmdir "$S/crashes/$job/$hash$end"
	check 'out of the way' 0 - - pf-ingest -q
	is "$(naked | grep -c '^crashes')" 0 'no row without its file'
done

# The same with -w: told of once, tried again without haste.
lines() { [ "$(grep -c "$2" "$1")" -ge "$3" ]; }
rm -rf "${S:?}/corpus/${job:?}"
: >"$S/corpus/$job"
one corpus "$job"
strace -f -qq -o "$T/trace" -e trace=inotify_add_watch,renameat2 \
    pf-ingest -w >"$T/wout" 2>"$T/werr" &
pid=$!
at_end "kill -9 $pid 2>/dev/null"
ok 'with -w: a warning' until_true 10 lines "$T/werr" 'stays in the spool' 1
for n in 1 2 3; do
	one corpus "$other"
	ok "what comes is filed at once: $n" \
	    until_true 5 lines "$T/wout" "new	$other" $n
	sleep 0.6
done
is "$(wc -l <"$T/werr")" 1 'one warning, however often it is tried'
ok 'it is tried again' test "$(grep -c renameat2 "$T/trace")" -ge 8
ok 'without haste' test "$(grep -c renameat2 "$T/trace")" -le 30
rm "$S/corpus/$job"
sleep 0.6
one corpus "$other"
ok 'filed when it is over' until_true 10 lines "$T/wout" "new	$job" 1
kill -TERM "$(pgrep -P "$pid" -x pf-ingest)"
status=0
wait "$pid" || status=$?
is "$status" 0 'SIGTERM: status 0'
is "$(files "$SPOOL/new")$(files "$SPOOL/cur")" 00 'the spool is empty'
done_testing
