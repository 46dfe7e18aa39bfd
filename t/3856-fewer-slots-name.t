#!/bin/sh
# A bot that was killed and comes with another number of slots: its first slot
# has another name then, and another id, and what it had is told all the same.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
need clang sqlite3

# Nobody ends a lease here but who has it.
run_master
build_quiet

# bot SLOTS
bot()
{
	pf-run -l -j "$1" -m "$url" >>"$T/bot.out" 2>>"$T/bot.err" &
	bot=$!
	at_end "kill $bot 2>/dev/null"
}
owner()
{
	master_sql "SELECT bots.name FROM bots JOIN jobs ON bots.id =
	    assigned_bot WHERE jobs.id = '$job'"
}
# killed: the bot, with its slots, once the job is begun
killed()
{
	ok "$run_name is begun" until_true 60 grep -q INITED \
	    "$T/w/slot-0/jobs/$job/own/engine.log"
	# shellcheck disable=SC2046 # a list
	kill -9 "$bot" $(pgrep -P "$bot" -x pf-run)
	wait "$bot" 2>/dev/null
	until_true 60 flock -n "$T/w/lock" true
}
again()
{
	job_is running && [ "$(owner)" != bot ]
}

submit back libfuzzer "$T/quiet" -d 10m
bot 1
killed
is "$(owner)" bot 'one slot has the name of the bot'
bot 2
ok 'with two the job is taken again' until_true 60 again
pf-sched cancel "$job" >/dev/null
until_true 60 job_is cancelled
kill "$bot"
wait "$bot" || :

submit told libfuzzer "$T/quiet" -d 10m
bot 1
killed
sed -i 's/"result":""/"result":"failed"/
    s/"message":""/"message":"it broke"/' "$T/w/slot-0/state.json"
bot 2
ok 'how a job had ended is told' until_true 60 job_is failed
is "$(job_message)" 'it broke' 'with its words'
kill "$bot"
wait "$bot" || :
done_testing
