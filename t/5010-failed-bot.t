#!/bin/sh
# A bot that loses its leases, by the programs: failed, given nothing,
# explained, reset, and at work again.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sched.sh
. "$PF_ROOT/t/lib/sched.sh"
need jq sqlite3

sched_new '[timeouts]
tick = 100ms
bot = 1s
[limits]
max_failures = 2'
# shellcheck disable=SC2119 # no arguments meant
job
bot=$(pf-registry register -H h -e libfuzzer -i i)
reap() { pf-reaper | pf-sched -q apply; }
bot_is() { reap; [ "$(sql "SELECT status FROM bots WHERE id = '$bot'")" = "$1" ]; }
claim() { op "{\"op\":\"claim\",\"bot\":\"$bot\",\"inc\":\"i\"}"; }
reap

# lose: a lease, by silence
lose()
{
	claim
	is "$(get .job.id)" "$job" "$1: it gets the job"
	ok "$1: falls silent" until_true 20 bot_is "$2"
	is "$(sql "SELECT status || ' ' || strikes FROM jobs")" \
	    "pending $3" "$1: the job waits again, with a strike"
	is "$(sql "SELECT failure_count FROM bots")" "$3" "$1: counted"
}
lose first timed_out 1
pf-registry heartbeat "$bot" >/dev/null
is "$(sql 'SELECT status FROM bots')" idle 'it comes back'
lose second failed 2
check 'a heartbeat changes nothing' 0 '~failed' - pf-registry heartbeat "$bot"
claim
is "$(get '"\(.ok) \(.job)"')" 'true null' 'a failed bot gets no job'
is "$(get .why)" 'the bot failed too often: pf-registry reset' 'it is told why'
check 'and so is the operator' 0 '~reset' - pf-report explain bot "$bot"
pf-registry register -H h -e libfuzzer -i i >/dev/null
claim
is "$(get .job)" null 'registering again does not help'
check 'reset' 0 '*' - pf-registry reset "$bot"
is "$(sql "SELECT status || ' ' || failure_count FROM bots")" 'idle 0' \
    'it may work again'
claim
is "$(get '"\(.job.id) \(.attempt)"')" "$job 3" 'and gets the job'
check 'only what failed is reset' 65 '*' '~busy: reset is not possible' \
    pf-registry reset "$bot"
op "{\"op\":\"complete\",\"bot\":\"$bot\",\"inc\":\"i\",\"job\":\"$job\",\"epoch\":1,\"attempt\":3,\"result\":\"completed\"}"
is "$(get .status)" completed 'and ends it'
is "$(sql "SELECT group_concat(was || '>' || now, ' ') FROM (SELECT was, now FROM events WHERE kind = 'bot' AND subject = '$bot' AND 'failed' IN (was, now) ORDER BY id)")" \
    'busy>failed failed>idle' 'an event each way'
done_testing
