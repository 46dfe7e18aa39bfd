#!/bin/sh
# A master that was away is back: bots without a job, and one that was started
# meanwhile, are at work long before their pauses are over, and do not press it.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/between.sh
. "$PF_ROOT/t/lib/between.sh"
need clang sqlite3 /usr/bin/python3

# Pauses that no test would wait for.
master_new - <<END
[retry.communication]
max_retries = 1
initial_delay = 50ms
[retry.update_recovery]
initial_delay = 2s
max_delay = 20m
multiplier = 100
jitter = no
[circuit_breaker]
max_failures = 3
reset_timeout = 20m
[bot]
name = bot
work_directory = $T/w
END
master_start ingest httpd
between
build_quiet
# asked WHAT: how often so far, while it was away
asked() { grep -c "$1" "$T/asked"; }
asks() { [ "$(asked "$2")" -ge "$1" ]; }
start()
{
	timeout 500 pf-run -l -m "$url" >>"$T/bot.out" 2>>"$T/bot.err" &
	bot=$!
	at_end "kill $bot 2>/dev/null"
}
stop()
{
	kill "$bot"
	wait "$bot" || :
}
idle() { [ "$(master_sql "SELECT status FROM bots")" = idle ]; }

start
ok 'a bot waits for a job' until_true 60 idle
: >"$T/asked"
echo 502 html / >"$T/mode"
ok 'away: the bot asks for its health' until_true 60 asks 3 /health
began=$(date +%s)
health=$(asked /health)
calls=$(asked /api)
sleep 10
took=$(($(date +%s) - began))
ok 'at a pace' test $(($(asked /health) - health)) -le $((took / 2 + 2))
is "$(asked /api)" "$calls" 'and for nothing else'
: >"$T/mode"
submit first libfuzzer "$T/quiet" -d 10m
ok 'back: it is at work' until_true 40 job_is running
pf-sched cancel "$job" >/dev/null
ok 'the job ends' until_true 60 job_is cancelled
stop

echo 502 html / >"$T/mode"
: >"$T/asked"
start
ok 'one that is started meanwhile asks too' until_true 60 asks 3 /health
: >"$T/mode"
submit second libfuzzer "$T/quiet" -d 10m
ok 'and is at work when it is back' until_true 40 job_is running
pf-sched cancel "$job" >/dev/null
ok 'that job ends' until_true 60 job_is cancelled

# Whoever is well but does not take calls is not called more often for that.
: >"$T/asked"
echo 502 html /api >"$T/mode"
ok 'well, but not for us' until_true 60 asks 2 /api
sleep 6
calls=$(asked /api)
sleep 6
is "$(asked /api)" "$calls" 'the pauses stand'
stop
done_testing
