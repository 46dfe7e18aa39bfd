#!/bin/sh
# The engine that is the example of pf-engine(5), for real: a job of its name
# finds crashes, its numbers arrive, inputs of other jobs reach it, and a
# second bot takes a job with options it does not have.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/share.sh
. "$PF_ROOT/t/lib/share.sh"
# shellcheck source-path=SCRIPTDIR source=lib/engine.sh
. "$PF_ROOT/t/lib/engine.sh"
need clang

engine_of_manual >"$T/engines/noise"
chmod 755 "$T/engines/noise"
ok 'it is a script of twenty lines or so' \
    test "$(wc -l <"$T/engines/noise")" -le 24
build_crasher crasher 252
mkdir "$T/seeds"
printf 'one seed' >"$T/seeds/a"

engine_master 'heartbeat_interval = 1s'
check 'it is offered' 0 '~"noise"\]$' - pf-run -n
submit first noise "$T/crasher" -d 600s -s "$T/seeds" 2>/dev/null
timeout 900 pf-run -m "$url" >"$T/bot.out" 2>"$T/bot.err" &
bot=$!
at_end "kill $bot 2>/dev/null"
found()
{
	[ "$(crashes_of 'count(*)')" -gt 0 ]
}
ok 'it finds a crash' until_true 60 found
counted()
{
	[ "$(master_sql "SELECT coalesce(max(executions), 0) FROM job_stats
	    WHERE job_id = '$job'")" -gt 0 ]
}
ok 'its executions are counted' until_true 60 counted
like "$(crashes_of 'DISTINCT type, signal')" '^abort\|6$' 'what the crash is'
is "$(crashes_of 'DISTINCT command')" '%TARGET% < %INPUT%' 'how to reproduce'
dir=$T/w/slot-0/jobs/$job/engine
h=$(master_sql "SELECT hash FROM crashes WHERE job_id = '$job' AND
    signal = 6 LIMIT 1")
name=$(sed 's/.*"file_path":"\([^"]*\)".*/\1/' "$PF_STORAGE/crashes/$job/$h.json")
like "$name" '^[0-9]+-134$' 'the name it has there'
ok 'what was taken is gone' until_true 10 test ! -e "$dir/crashes/$name"

# An input of another job of the campaign
one=$job
submit other libfuzzer "$T/crasher" -d 600s
file_input "$job" 'found elsewhere'
ok 'an input of another job reaches it' \
    until_true 30 test -e "$dir/state/inputs/$hash"
job=$one
pf-sched cancel "$job" >/dev/null
status=0
wait "$bot" || status=$?
is "$status" 0 'cancelled, the bot ends well'
ok 'so does the job' job_is cancelled
is "$(pgrep -fc "$T/w/slot-0/jobs/$job")" 0 'no process is left'

pf-sched cancel "$(master_sql "SELECT id FROM jobs WHERE name = 'other'")" \
    >/dev/null
submit options noise "$T/crasher" -d 10s -o level=9
check 'an option it does not have' 0 - '~failed: ' pfrun
like "$(job_message)" 'option level is not one that engine noise takes' \
    'is said'
submit file noise "$T/crasher" -d 10s -- @@
check 'what it cannot do' 0 - '~failed: ' pfrun
like "$(job_message)" '^engine noise ended with status 65: noise: no @@;' \
    'it says itself'
done_testing
