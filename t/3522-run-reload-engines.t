#!/bin/sh
# SIGHUP: engines that were installed since are offered, those that are gone
# are not; never under a job.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/engine.sh
. "$PF_ROOT/t/lib/engine.sh"

# waits NAME: an engine that does nothing until it is told to end
waits()
{
	engine_says "$1" <<-'END'
	trap 'exit 0' TERM
	while :; do sleep 0.05; done
	END
}

need jq

waits one
printf '#!/bin/sh\n' >"$T/target"
chmod 755 "$T/target"
engine_master 'heartbeat_interval = 500ms'
# Others are installed or not.
echo 'capabilities = one two three libfuzzer' >>"$PF_CONF"

# Kinds of jobs are offered besides, whatever engines there are.
offered()
{
	[ "$(master_sql 'SELECT capabilities FROM bots' |
	    jq -c 'map(select(. != "regress" and . != "memcheck"))')" = "$1" ]
}
# reload ERE: and what it says to that
reload()
{
	before=$(wc -l <"$T/bot.err")
	kill -HUP "$bot"
	until_true 60 answered
	like "$(tail -n "+$((before + 1))" "$T/bot.err")" "$1" "$2"
}
answered()
{
	tail -n "+$((before + 1))" "$T/bot.err" | grep -Eq 'read again$|stays$'
}
good='^pf-run: the configuration was read again$'

pf-run -l -m "$url" -w "$T/w" >"$T/bot.out" 2>"$T/bot.err" &
bot=$!
at_end "kill $bot 2>/dev/null"
ok 'a bot' until_true 60 offered '["libfuzzer","one"]'
waits two
submit early two "$T/target" -d 10m 2>/dev/null
reload "$good" 'one more is installed'
ok 'it is offered' until_true 60 offered '["libfuzzer","one","two"]'
ok 'and what waited for it runs' until_true 60 job_is running

# Under a job, whose engine is withdrawn too.
waits three
rm "$T/engines/two"
reload "$good" 'another one, and one is gone'
kill -HUP "$bot"
ok 'the job goes on' job_is running
ok 'the master hears nothing of it' offered '["libfuzzer","one","two"]'
pf-sched cancel "$job" >/dev/null
ok 'until it is over' until_true 60 offered '["libfuzzer","one","three"]'

# What is no engine.
printf '#!/bin/sh\necho contract : 7\n' >"$T/engines/two"
chmod 755 "$T/engines/two"
reload 'not offered: .*/two' 'one that is none is named'
sed -i 's/^capabilities.*/capabilities = two/' "$PF_CONF"
reload 'no engine to offer.*; the old configuration stays$' \
    'if none is left all stays'
ok 'what was offered is' offered '["libfuzzer","one","three"]'
sed -i 's/^capabilities.*/capabilities = one three/' "$PF_CONF"
sed -i "s|^engines.*|engines = $T/elsewhere|" "$PF_CONF"
mkdir "$T/elsewhere"
mv "$T/engines/three" "$T/elsewhere"
reload "$good" 'another directory'
ok 'has others' until_true 60 offered '["three"]'
submit late three "$T/target" -d 10m 2>/dev/null
ok 'which run' until_true 60 job_is running
kill "$bot"
status=0
wait "$bot" || status=$?
is "$status" 0 'it ends well'
done_testing
