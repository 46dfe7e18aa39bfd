#!/bin/sh
# A slot that is no more, with its job: what it found is told once, however it
# was killed; how its job ended is told, and one that had not is handed back.
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

# bot: each time another one, as slots of a machine are
bots=0
bot()
{
	bots=$((bots + 1))
	sed "s/^name = bot/name = bot-$bots/" "$PF_CONF" >"$T/bot.conf"
	pf-run -l -c "$T/bot.conf" -m "$url" >"$T/bot.out" 2>>"$T/bot.err" &
	bot=$!
	at_end "kill $bot 2>/dev/null"
}
# vanished SLOT: the job at hand was begun, its bot killed, and its slot is now
# another one
vanished()
{
	bot
	dir=$T/w/slot-0/jobs/$job
	ok "$run_name is begun" \
	    until_true 60 grep -q INITED "$dir/own/engine.log"
	slot=$(pgrep -P "$bot" -x pf-run)
	kill -STOP "$bot" "$slot"
	[ $# -eq 1 ] || "$2"
	kill -9 "$bot" "$slot"
	wait "$bot" 2>/dev/null
	until_true 60 flock -n "$T/w/lock" true
	mv "$T/w/slot-0" "$T/w/$1"
}
ended()
{
	kill "$bot"
	wait "$bot" || :
}

# Killed when a pack had its name, before its job's file said so.
crash()
{
	echo left-crash >"$dir/artifacts/crash-left"
	touch -d '1 minute ago' "$dir/artifacts/crash-left"
	mkpack crash "$job" b1 -d "$T/w/slot-0/outbox" -f type=x \
	    "$dir/artifacts/crash-left" >/dev/null
	hash=$(sha256sum <"$dir/artifacts/crash-left")
	pack=$(ls "$T/w/slot-0/outbox/new")
	printf '!%s\n=%s\n' "${hash%% *}" "$pack" \
	    >>"$T/w/slot-0/open/$job.sent"
}
submit sent libfuzzer "$T/quiet" -d 10m
vanished slot-3 crash
pf-sched cancel "$job" >/dev/null
bot
gone() { [ ! -e "$1" ]; }
ok 'its finds are looked for' \
    until_true 60 gone "$T/w/slot-3/open/$job.json"
ok 'its job is dropped' until_true 60 gone "$T/w/slot-3/state.json"
ended
until_true 60 outbox_empty
until_true 60 spool_empty
is "$(master_sql "SELECT sum(count) FROM crashes WHERE job_id = '$job'")" 1 \
    'what was in the outbox is told once'

submit back libfuzzer "$T/quiet" -d 10m
vanished slot-4
old=$(master_sql "SELECT assigned_bot FROM jobs WHERE id = '$job'")
bot
again()
{
	job_is running && [ "$(master_sql "SELECT assigned_bot FROM jobs
	    WHERE id = '$job'")" != "$old" ]
}
ok 'a job is handed back' until_true 60 again
ok 'and that is all' test ! -e "$T/w/slot-4/state.json"
pf-sched cancel "$job" >/dev/null
until_true 60 job_is cancelled
ended

result()
{
	sed -i 's/"result":""/"result":"failed"/
	    s/"message":""/"message":"it broke"/' "$T/w/slot-0/state.json"
}
submit told libfuzzer "$T/quiet" -d 10m
vanished slot-5 result
bot
ok 'how a job had ended is told' until_true 60 job_is failed
is "$(job_message)" 'it broke' 'with its words'

# What makes no sense goes, and keeps nobody from working.
mkdir "$T/w/slot-6"
echo '{"result":' >"$T/w/slot-6/state.json"
ok 'a damaged one is dropped' until_true 60 gone "$T/w/slot-6/state.json"
cp "$T/w/slot-5/bot.json" "$T/w/slot-6"
printf '{"bot":"../x","result":"","message":"","job":{}}\n' \
    >"$T/w/slot-6/state.json"
ok 'and one without a job' until_true 60 gone "$T/w/slot-6/state.json"
ended
done_testing
