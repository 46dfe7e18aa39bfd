#!/bin/sh
# 64 bots and 2,000 jobs, while the writer is killed outright again and again,
# replies are lost and requests come twice, five percent of each: each job ends
# once, nobody has a job that another has.  Then fewer of them with short
# leases and a reaper, where one bot of four falls silent past its lease.
# PF_JOBS is another number of jobs.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sched.sh
. "$PF_ROOT/t/lib/sched.sh"
whole
need sqlite3 socat

kill_writer()
{
	serve_stop KILL
	kills=$((kills + 1))
	serve_start
}
# storm_over NAME: when it is, well
storm_over()
{
	rc=0
	wait $storm || rc=$?
	is $rc 0 "$1"
}

jobs=${PF_JOBS:-2000}
sched_new ''
for i in 1 2; do
	pf-sched submit -N "s$i" -e libfuzzer -t /bin/true -k $((jobs / 2)) >/dev/null
done
is "$(sql "SELECT value FROM counters WHERE name = 'jobs_pending'")" "$jobs" \
    'the jobs wait'
serve_start
storm "$T/m/sock" 64 25 5 >"$T/log" 2>"$T/lost" &
storm=$!
at_end "kill $storm 2>/dev/null"
kills=0
while kill -0 $storm 2>/dev/null && [ $kills -lt 200 ]; do
	sleep 0.2
	kill_writer
done
storm_over 'all bots came to their end'
read -r lost cut doubled <"$T/lost"
echo "# $kills kills, $lost connections and $cut replies lost, $doubled requests doubled, $(grep -c ^done "$T/log") completions answered"
ok 'the writer was killed ten times and more' test $kills -ge 10
ok 'and that was noticed' test "$lost" -gt 64
ok 'replies were lost' test "$cut" -gt $((jobs / 20))
ok 'requests were doubled' test "$doubled" -gt $((jobs / 20))
is "$(sql "SELECT count(*) FROM jobs WHERE status = 'completed'")" "$jobs" \
    'every job is completed'
is "$(sql "SELECT count(*) FROM (SELECT subject FROM events WHERE kind = 'job'
    AND now = 'completed' GROUP BY subject HAVING count(*) = 1)")" "$jobs" \
    'each of them once'
is "$(sql "SELECT count(*) FROM assignments WHERE status <> 'completed'")" 0 \
    'no lease was lost on the way'
is "$(sql 'SELECT max(attempt) FROM jobs')" 1 'nor given twice'
grep '^done' "$T/log" | awk '{ print $2 }' | sort >"$T/acked"
is "$(sort -u "$T/acked" | wc -l)" "$jobs" 'each completion was answered'

# held: lines of the log where a job is with two bots at a time
held()
{
	sort -k 2,2 -k 5,5n "$1" | awk '
	    $1 == "grant" && $2 == job && by != "" && by != $4 { print }
	    $1 == "grant" { job = $2; by = $4 }
	    $1 != "grant" && $2 == job && $4 == by { by = "" }'
}
held "$T/log" >"$T/twice"
empty "$T/twice" 'no job was with two bots at a time'
# The check itself must be able to see one.
first=$(grep -m 1 '^grant' "$T/log")
# shellcheck disable=SC2086
set -- $first
{
	cat "$T/log"
	echo "grant $2 2 somebody $5"
} >"$T/forged"
held "$T/forged" >"$T/twice"
ok 'one that was would be seen' test -s "$T/twice"
serve_stop TERM
is "$serve_rc" 0 'the last writer ends well'

# A new start renews all leases: between two of them the reaper has time.
rm -rf "$T/m"
sched_new '[timeouts]
tick = 200ms
bot = 1s
[limits]
max_attempts = 1000
max_failures = 1000'
jobs=$((jobs / 8))
pf-sched submit -N late -e libfuzzer -t /bin/true -k $jobs >/dev/null
serve_start
storm "$T/m/sock" 32 25 5 4000 >"$T/log" 2>"$T/lost" &
storm=$!
at_end "kill $storm 2>/dev/null"
kills=0 n=0
while kill -0 $storm 2>/dev/null && [ $n -lt 2000 ]; do
	n=$((n + 1))
	pf-reaper 2>/dev/null | pf-sched -q apply 2>/dev/null
	sleep 0.1
	[ $((n % 16)) -eq 0 ] || continue
	kill_writer
done
storm_over 'late bots: all came to their end'
taken=$(sql "SELECT count(*) FROM assignments WHERE status = 'expired'")
echo "# $kills kills, $n runs of the reaper, $taken leases taken, $(grep -c ^left "$T/log") completions refused"
ok 'leases were taken from late bots' test "$taken" -gt $((jobs / 50))
ok 'and most of those were told so' \
    test "$(grep -c ^left "$T/log")" -gt $((jobs / 100))
is "$(sql "SELECT count(*) FROM jobs WHERE status = 'completed'")" "$jobs" \
    'every job is completed all the same'
is "$(sql "SELECT count(*) FROM (SELECT subject FROM events WHERE kind = 'job'
    AND now = 'completed' GROUP BY subject HAVING count(*) = 1)")" "$jobs" \
    'each of them once'
sql "SELECT job_id, attempt, bot_id FROM assignments
    WHERE status = 'completed' ORDER BY 1, 2" | tr '|' ' ' >"$T/ended"
awk '$1 == "done" { print $2, $3, $4 }' "$T/log" | sort >"$T/told"
ok 'by the bot that was told so, under the lease that it had' \
    cmp "$T/ended" "$T/told"
held "$T/log" >"$T/twice"
empty "$T/twice" 'no job was with two bots whose leases had not run out'
serve_stop TERM
done_testing
