#!/bin/sh
# What bots take of other jobs' inputs is bounded, and what a master sends.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/share.sh
. "$PF_ROOT/t/lib/share.sh"
need clang
build_share

run_master 'heartbeat_interval = 1s'
conf=$PF_CONF
# with KEY=VALUE ...: the bot's configuration, and its next job
with()
{
	cp "$conf" "$T/bot.conf"
	printf '%s\n' "$@" >>"$T/bot.conf"
	submit next libfuzzer "$T/magic" -C camp -d 60s
	dir=$T/w/slot-0/jobs/$job
	PF_CONF=$T/bot.conf pf-run -v -m "$url" >"$T/bot.out" \
	    2>"$T/bot.err" &
	bot=$!
}
# shellcheck disable=SC2016 # the last one
at_end 'kill $bot 2>/dev/null'
stop()
{
	pf-sched cancel "$job" >/dev/null
	wait "$bot"
}
submit one libfuzzer "$T/magic" -C camp -d 5s -p -50
one=$job
file_inputs "$one" few 30
ok 'one job has inputs' until_true 20 filed_n "$one" 30
printf '%070000d' 1 >"$T/in"
mkpack corpus "$one" b1 -d "$PF_SPOOL" -f name=n -f engine=by-hand \
    "$T/in" >/dev/null
big=$(sha256sum <"$T/in" | cut -d ' ' -f 1)
ok 'and one that is large' until_true 20 filed_n "$one" 31

with 'import_inputs = 7'
ok 'another one takes some' until_true 20 given_n "$dir" 7
ok 'and goes on' until_true 20 grep -q cov: "$dir/own/engine.log"
ok 'after a whole answer' until_true 20 grep -q '"cursor":[1-9]' \
    "$dir/own/share.json"
is "$(given "$dir")" 7 'not the others'
stop

# rounds: questions for bytes so far
rounds()
{
	curl -s "$url/metrics" | sed -n \
	    's,^pandafuzz_http_requests_total.*shared/bytes.*2xx"} ,,p'
}
before=$(rounds)
with 'import_rate = 32' 'import_inputs = 0'
ok 'by bytes' until_true 40 given_n "$dir" 30
ok 'they come a few at a time' test "$(rounds)" -gt $((before + 3))
stop

printf '[limits]\ncorpus_size = 60000\n' >>"$conf"
with
ok 'without limits' until_true 20 given_n "$dir" 30
ok 'all that is not too large' test ! -e "$dir/corpus/$big"
stop
sed -i '/^corpus_size/d' "$conf"

# A master that sends little.
printf '[limits]\nexchange_rate = 1\n' >>"$PF_CONF"
master_stop
master_start ingest httpd
with
ok 'a first answer' until_true 20 given_n "$dir" 30
file_inputs "$one" more 3
ok 'more is filed' until_true 20 filed_n "$one" 34
ok 'which has to wait' until_true 20 grep -q \
    'nothing is shared: the master answered 503' "$T/bot.err"
ok 'and the bot with it' test ! -e "$dir/corpus/$hash"
stop
ok 'it does not hurt' job_is cancelled
done_testing
