#!/bin/sh
# pf-run and libFuzzer: a target that hangs where no signal reaches it, so
# that neither -timeout nor -max_total_time nor SIGTERM ends it.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ways.sh
. "$PF_ROOT/t/lib/ways.sh"
need clang
whole

run_master 'heartbeat_interval = 1s'
build_ways tsan ,thread
# In a loop without calls ThreadSanitizer lets no signal through.
ways_seeds LOOP
submit hang libfuzzer "$T/tsan" -d 10m -s "$T/seeds" -T 1s -o restart=1
bot_start
ok 'it is noticed' until_true 90 \
    grep -q "job $job: the target hung where no signal" "$T/bot.err"
log=$T/w/slot-0/jobs/$job/own/engine.log
ok 'and started anew' until_true 30 grep -q '^pf-run: start 2,' "$log"
bot_done
is $? 0 'it can be ended all the same'
ok 'its job too' job_is cancelled
is "$(pgrep -fc "$T/w/slot-0/jobs/")" 0 'no process is left'
ok 'all is filed' until_true 10 spool_empty
is "$(crashes_of 'count(*)')" 0 'nothing is invented'
is "$(grep -c 'the target hung' "$T/bot.err")" 1 'it is said once'
done_testing
