#!/bin/sh
# A bot that is drained while it fuzzes: it finishes the job, gets no other
# one, and gets the next when that is taken back.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
need clang sqlite3

build_quiet
run_master 'heartbeat_interval = 300ms'
submit first libfuzzer "$T/quiet" -d 8s
first=$job
timeout 300 pf-run -l -m "$url" >"$T/bot.out" 2>"$T/bot.err" &
run_pid=$!
at_end "kill $run_pid 2>/dev/null"
ok 'its job runs' until_true 20 job_is running
bot=$(master_sql 'SELECT id FROM bots')
check 'drain' 0 '*' - pf-registry drain "$bot"
submit second libfuzzer "$T/quiet" -d 60s
second=$job job=$first
said() { grep -q "job $first: the last one, the master drains this bot" "$T/bot.err"; }
ok 'the bot is told' until_true 20 said
ok 'while the job still runs' job_is running
ok 'the job is finished' until_true 20 job_is completed
# It asks again and again then.
asked()
{
	[ "$(master_sql "SELECT b.last_seen - j.completed_at > 2500
	    FROM bots b, jobs j WHERE j.id = '$first'")" = 1 ]
}
ok 'it goes on asking' until_true 20 asked
job=$second
ok 'the next job waits' job_is pending
is "$(master_sql 'SELECT count(*) FROM assignments')" 1 'nothing was given'
is "$(master_sql 'SELECT failure_count FROM bots')" 0 'no failure of the bot'
is "$(grep -c drain "$T/bot.err")" 1 'which said so once'
ok 'and it lives' kill -0 "$run_pid"
check 'no drain' 0 '*' - pf-registry drain -u "$bot"
ok 'the next job is its own' until_true 20 job_is running
ok 'which it says' until_true 20 \
    grep -q "job $second: the bot is not drained any more" "$T/bot.err"
kill "$run_pid"
status=0
wait "$run_pid" || status=$?
is $status 0 'it ends well'
ok 'and hands the job back' job_is pending
done_testing
