#!/bin/sh
# Logs of jobs: filed at their place whatever the order, kept within limits,
# read by pf-report.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"

master <<'!'
[limits]
log_size = 2M
!
leases 5
L=$S/logs/jobs/$job
seg() { echo "$L/$(printf '%06d.%06d.%08d.log' "$1" "$2" "$3")"; }

kept() { cat "$L"/*.log | wc -c | tr -d ' '; }
bytes() { sql "SELECT value FROM counters WHERE name = 'log_bytes' AND scope = '$1'"; }

# chunk SEQ ATTEMPT OFFSET < bytes: a pack of one record
chunk()
{
	cat >"$T/chunk"
	mkpack log "$job" b1 -s "$1" -E 1 -A "$2" -f "offset=$3" "$T/chunk"
}

check 'a job without a log' 0 - - pf-report log "$job"
check 'a job that is not there' 66 - '~nosuch' pf-report log nosuch
check 'a job is needed' 64 - '~^usage' pf-report log

printf 'two\n' | chunk 2 1 4 | lay
run pf-ingest
ran 0 'the second part comes first'
like "$(cat "$T/out")" "^log	new	$job	b1	-	-	[0-9a-f]{64}	-$" 'a line'
check 'the first is missing' 0 '=[4 bytes are missing]
two' - pf-report log "$job"
printf 'one\n' | chunk 1 1 0 | lay
cp "$SPOOL/new/$(pack)" "$T/twice"
pf-ingest -q
check 'then it is whole' 0 '=one
two' - pf-report log "$job"
lay <"$T/twice"
check 'the same once more' 0 '~^log	again	' - pf-ingest
printf 'new run\n' | chunk 3 2 0 | lay
printf 'a\0b\033[31mc\n' | chunk 4 2 8 | lay
pf-ingest -q
run pf-report log "$job"
ran 0 'a second attempt'
is "$(cat -v "$T/out")" 'one
two
[attempt 1.2]
new run
a?b^[[31mc' 'has its own place, NUL is a question mark'
script -qec "pf-report log $job" /dev/null </dev/null >"$T/tty"
ok 'a terminal gets no control characters' eval \
    "! grep -q '$(printf '\033')' '$T/tty'"
is "$(sql "SELECT value FROM counters WHERE name = 'log_bytes' AND scope = ''")" \
    26 'bytes are counted'

# Over the border of two files.
head -c 1000 /dev/zero | tr '\0' x | chunk 5 3 1048076 | lay
pf-ingest -q
is "$(wc -c <"$(seg 1 3 0)") $(wc -c <"$(seg 1 3 1)")" '1048576 500' \
    'a record in two files'
like "$(pf-report log "$job" | grep -a missing)" \
    '^\[1048076 bytes are missing\]$' 'with a hole before it'
is "$(files "$L" '*.log')" 4 'what is short drives nothing out'
head -c 262144 /dev/zero | tr '\0' x >"$T/chunk"
for k in 0 1 2 3; do
	[ $k -lt 3 ] || truncate -s 261644 "$T/chunk"
	mkpack log "$job" b1 -s 50$k -E 1 -A 3 \
	    -f offset=$((1049076 + k * 262144)) "$T/chunk"
done | lay
pf-ingest -q
ok 'what is long, the oldest' test ! -e "$(seg 1 1 0)"
is "$(files "$L" '*.log')" 2 'as log_size says'
is "$(pf-report log "$job" | head -n 2)" '[26 bytes of earlier attempts are not kept]
[attempt 1.3]' 'which is told'
printf 'late' | chunk 6 1 0 | lay
check 'what comes for it is counted only' 0 "~^log	dropped	$job" - pf-ingest
is "$(files "$L" '*.log')" 2 'and not kept'
like "$(pf-report status)" 'dropped_log	1' 'the status shows it'
printf 'far' | chunk 7 3 3145728 | lay
pf-ingest -q
like "$(pf-report log "$job" | tr -d x)" \
    '^\[26 bytes of earlier attempts are not kept\]
\[attempt 1.3\]
\[the first 1048576 bytes are not kept\]
\[1048576 bytes are missing\]
far' 'a gap between two files'

# Further on than all that is kept: the bot had to give up what was between.
far=$((3145731 + 3 * 2097152))
printf 'beyond' | chunk 70 3 $far | lay
check 'further than log_size beyond what is there' 0 "~^log	new	$job" - \
    pf-ingest
printf ' all' | chunk 71 3 $((far + 6)) | lay
check 'the log goes on after it' 0 "~^log	new	$job" - pf-ingest
told() { pf-report log "$job" | tail -n 2; }
is "$(told)" "far[6291456 bytes are missing]
beyond all" 'the hole is told of'
ok 'and drives nothing out' eval "pf-report log $job | grep -q x"
printf end | chunk 72 3 1099511627000 | lay
check 'as far as can be' 0 "~^log	new	$job" - pf-ingest
is "$(told)" "beyond all[$((1099511627000 - far - 10)) bytes are missing]
end" 'and so is that hole'
is "$(kept) $(bytes "$job")" "$(kept) $(kept)" 'what is kept is counted'
ok 'in no more than there was' test "$(kept)" -le 2097152
sed -i 's/^log_size.*/&\nstorage_size = 1/' "$T/conf"
printf drop | chunk 74 4 2097100 | lay
check 'without room' 0 "~^log	dropped	" '~room is short' pf-ingest
sed -i '/^storage_size/d' "$T/conf"
printf next | chunk 75 4 4000000 | lay
check 'the log goes on after it' 0 "~^log	new	" - pf-ingest

# Under tokens that nobody had.
before=$(ls "$L")
mkpack log "$job" evil -s 80 -E 9000000000 -A 1 -f offset=0 "$T/chunk" | lay
mkpack log "$job" evil -s 81 -E 1 -A 6 -f offset=0 "$T/chunk" | lay
check 'a token that was never given, dry' 0 '~^log	foreign	' - pf-ingest -n
run pf-ingest
ran 0 'a token that was never given'
is "$(cut -f 1,2 "$T/out" | sort | uniq -c | tr -s ' ')" ' 2 log	foreign' \
    'is told so'
is "$(ls "$L")" "$before" 'and drives nothing out'
like "$(pf-report status)" 'foreign_log	2' 'the status shows how many'
mkpack status "$job" b1 -s 90 -E 1 -A 3 -f executions=5 | lay
mkpack status "$job" evil -s 1 -E 1 -A 999999 -f executions=1 | lay
mkpack status "$job" evil -s 1 -E 2 -A 1 -f executions=2 | lay
run pf-ingest
ran 0 'numbers under such a token'
is "$(cut -f 1,2 "$T/out" | sort | uniq -c | tr -s ' ')" ' 2 status	foreign
 1 status	new' 'are told so'
is "$(sql 'SELECT epoch, attempt, executions FROM job_stats')" '1|3|5' \
    'and change nothing'
mkpack status "$job" b1 -s 95 -E 1 -A 2 -f executions=6 | lay
mkpack status "$job" b1 -s 91 -E 1 -A 3 -f executions=7 | lay
mkpack status "$job" b1 -s 89 -E 1 -A 3 -f executions=8 | lay
pf-ingest -q
is "$(sql 'SELECT epoch, attempt, executions FROM job_stats')" '1|3|7' \
    'the newest by token and seq stands'
mkpack status "$job" b1 -s 1 -E 1 -A 4 -f executions=9 | lay
pf-ingest -q

# What is counted is what is kept, however much was rotated away.
head -c 262144 /dev/zero | tr '\0' z >"$T/chunk"
k=0
while [ $k -lt 20 ]; do
	mkpack log "$job" b1 -s $((100 + k)) -E 1 -A 4 \
	    -f offset=$((k * 262144)) "$T/chunk"
	k=$((k + 1))
done | lay
cp "$SPOOL/new/$(pack)" "$T/twice"
pf-ingest -q
is "$(kept)" 2097152 'five MiB were sent, two are kept'
is "$(bytes '') $(bytes "$job")" "$(kept) $(kept)" 'and two are counted'
sqlite3 "$S/data/pandafuzz.db" "DELETE FROM results WHERE kind = 'log'"
lay <"$T/twice"
pf-ingest -q
is "$(bytes '') $(bytes "$job")" "$(kept) $(kept)" 'also when all come again'
pf-sched -q snapshot
rm -rf "$S/data"
mkdir "$S/data"
pf-sched -q rebuild
is "$(bytes '') $(bytes "$job")" "$(kept) $(kept)" \
    'a database made anew measures them'

# Refused.
head -c 262145 /dev/zero | chunk 8 5 0 | lay
check 'too long' 0 - '~262145 bytes are over the 262144 ' pf-ingest
printf x | chunk 9 5 1099511627777 | lay
check 'too far' 0 - '~offset' pf-ingest
printf x | chunk 10 5 -5 | lay
check 'before the beginning' 0 - '~offset' pf-ingest
printf x | chunk 11 5 0 | lay
mkdir "$T/elsewhere"
rm -rf "$L"
ln -s "$T/elsewhere/none" "$L"
check 'a link in the place of the directory' 66 - '~logs/jobs' pf-ingest
rm "$L"
check 'goes on without it' 0 '~^log	new' - pf-ingest

# Follow.
pf-report log -f "$job" >"$T/follow" &
at_end "kill $! 2>/dev/null"
ok 'follow shows what is there' until_true 5 grep -q x "$T/follow"
printf 'yz' | chunk 12 5 1 | lay
pf-ingest -q
ok 'and what comes' until_true 5 grep -q xyz "$T/follow"
printf 'BBBB\n' | chunk 13 5 8 | lay
pf-ingest -q
sleep 1
printf 'AAAA\n' | chunk 14 5 3 | lay
pf-ingest -q
ok 'what comes late in its place' until_true 5 grep -q BBBB "$T/follow"
is "$(tail -n 2 "$T/follow")" 'xyzAAAA
BBBB' 'and no hole is told of'
printf 'DDDD\n' | chunk 15 5 18 | lay
pf-ingest -q
sleep 2
is "$(tail -n 1 "$T/follow")" BBBB 'one that stays is waited at'
ok 'for ten seconds' until_true 15 grep -q DDDD "$T/follow"
is "$(tail -n 2 "$T/follow")" '[5 bytes are missing]
DDDD' 'then it is told of'

sql 'SELECT * FROM job_stats; SELECT name, value FROM counters WHERE
    name LIKE "foreign%"' >"$T/before"
rm -f "$S"/data/* "$S/metadata/system/snapshot.json"
check 'made anew without what tokens there were' 0 - '~there was never a snapshot' \
    pf-sched -q rebuild
sql 'SELECT * FROM job_stats; SELECT name, value FROM counters WHERE
    name LIKE "foreign%"' >"$T/after"
ok 'numbers and counts are the same' cmp "$T/before" "$T/after"
done_testing
