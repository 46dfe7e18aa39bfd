#!/bin/sh
# pf-run and its lease: cancelled, told to stop, killed, and a master that
# goes away; no result is lost by any of it.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
need clang

build_quiet

run_master 'heartbeat_interval = 500ms'

# begin: pf-run in the background until its job runs; sets bot
begin()
{
	timeout 60 pf-run -m "$url" >"$T/bot.out" 2>"$T/bot.err" &
	bot=$!
	ok 'its job runs' until_true 20 job_is running
}
finish()
{
	status=0
	wait "$bot" || status=$?
}
engines()
{
	pgrep -fc "$T/w/slot-0/jobs/"
}

submit cancelled libfuzzer "$T/quiet" -d 60s
begin
pf-sched cancel "$job" >/dev/null
finish
is "$status" 0 'a cancelled job ends'
ok 'as cancelled' job_is cancelled
is "$(engines)" 0 'and its engine with it'

submit back libfuzzer "$T/quiet" -d 60s
begin
kill "$bot"
finish
is "$status" 0 'told to stop'
ok 'the job is handed back' job_is pending
is "$(engines)" 0 'the engine has ended'
ok 'nothing is remembered' test ! -e "$T/w/slot-0/state.json"

# Killed: the slot too, then the next one takes up the same attempt.
begin
slot=$(pgrep -P "$(pgrep -P "$bot")")
kill -9 "$slot"
finish
is "$status" 70 'a slot that was killed'
ok 'its engine died with it' until_true 5 test "$(engines)" = 0
ok 'the job is still its own' job_is running
attempt=$(master_sql "SELECT attempt FROM jobs WHERE id = '$job'")
rm -f "$T/bot.err"
timeout 60 pf-run -m "$url" >"$T/bot.out" 2>"$T/bot.err" &
bot=$!
ok 'the next pf-run takes it up' until_true 10 grep -q "job $job" "$T/bot.err"
is "$(master_sql "SELECT attempt FROM jobs WHERE id = '$job'")" "$attempt" \
    'as the same attempt'

# The master goes away while it runs, and comes back at the same place.
port=${url##*:}
master_stop
sleep 2
ok 'it goes on without a master' kill -0 "$bot"
rm -f "$T/m/httpd.out"
master_start ingest
master_again "$port"
ok 'what it found meanwhile is delivered' until_true 60 outbox_empty
ok 'the job is still its own' job_is running
pf-sched cancel "$job" >/dev/null
finish
ok 'and ends as told' job_is cancelled
# shellcheck disable=SC2016 # evaluated later
ok 'the engine'"'"'s words are there' eval 'pf-report log $job | grep -q INFO'
like "$(cat "$T/bot.err")" 'results wait: ' 'it said that results wait'
done_testing
