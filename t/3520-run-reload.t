#!/bin/sh
# SIGHUP: the configuration is read again; what is wrong is refused, and what
# is in force stays in force.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
need clang

build_quiet
run_master 'heartbeat_interval = 500ms'
cp "$PF_CONF" "$T/base.conf"

# settings LINE ...: the bot's configuration with these lines in [bot]
settings()
{
	{
		cat "$T/base.conf"
		printf '%s\n' "$@"
	} >"$T/bot.conf.new"
	mv "$T/bot.conf.new" "$T/bot.conf"
}

# begin ARG ...: pf-run in the background; sets bot
begin()
{
	pf-run -c "$T/bot.conf" "$@" >"$T/bot.out" 2>"$T/bot.err" &
	bot=$!
	at_end "kill $bot 2>/dev/null"
}

# said N ERE: so many times
said()
{
	[ "$(grep -Ec -e "$2" "$T/bot.err")" = "$1" ]
}

# reload: reads it again; sets what it said then
reload()
{
	before=$(wc -l <"$T/bot.err")
	kill -HUP "$bot"
	until_true 60 answered
	answer=$(tail -n "+$((before + 1))" "$T/bot.err" |
	    grep -E 'read again$|stays$')
}
answered()
{
	tail -n "+$((before + 1))" "$T/bot.err" | grep -Eq 'read again$|stays$'
}
good='^pf-run: the configuration was read again$'

# bots PATTERN: how many of such a name the master has
bots()
{
	master_sql "SELECT count(*) FROM bots WHERE name LIKE '$1'"
}
bots_are()
{
	[ "$(bots "$1")" = "$2" ]
}
running()
{
	[ "$(master_sql "SELECT count(*) FROM jobs WHERE status = 'running'")" \
	    = "$1" ]
}
slots()
{
	[ "$(pgrep -P "$bot" -c -x pf-run)" = "$1" ]
}

settings "master_url = $url"
begin -l
ok 'a bot' until_true 60 bots_are bot 1
submit first libfuzzer "$T/quiet" -d 5m
ok 'runs its job' until_true 60 running 1

# What is refused.
settings "master_url = $url" 'slots = many'
reload
like "$answer" 'bot.conf:[0-9]+: slots = "many".*; the old config.* stays$' \
    'a value that is none is refused, with its place'
settings "master_url = $url" 'slot = 2'
reload
like "$answer" 'unknown key "slot" in \[bot\]; the old' 'a key that is none'
settings 'master_url = gopher://master'
reload
like "$answer" 'not an http:// or https:// URL; the old' 'a URL that is none'
settings "master_url = $url" 'capabilities = hammer'
reload
like "$answer" 'no engine to offer.*; the old' 'engines that are not here'
settings "master_url = $url" "token_file = $T/token"
reload
like "$answer" "$T/token: .*; the old" 'a token that is not there'
echo short >"$T/token"
chmod 600 "$T/token"
reload
like "$answer" "$T/token.*; the old" 'or is none'
settings "work_directory = $T/elsewhere" "master_url = $url"
reload
like "$answer" 'another work directory takes a new start; the old' \
    'another work directory'
mv "$T/bot.conf" "$T/gone.conf"
reload
like "$answer" 'bot.conf.*; the old' 'a file that is gone'
mkdir "$T/bot.conf"
reload
like "$answer" 'bot.conf.*; the old' 'or is no file'
rmdir "$T/bot.conf"
ok 'all that leaves the job alone' running 1
ok 'one slot is left' slots 1
ok 'nothing was made elsewhere' test ! -e "$T/elsewhere"

# At once, under the job.
settings "master_url = $url" 'progress = 100ms'
reload
like "$answer" "$good" 'one that is right is taken'
ok 'at once' until_true 60 grep -q 'slot 0: fuzzing' "$T/bot.err"

# More slots and fewer.
settings "master_url = $url" 'slots = 3'
reload
ok 'three slots' until_true 60 slots 3
ok 'each is a bot' until_true 60 bots_are 'bot-_' 2
is "$(bots bot)" 1 'the first keeps its name'
for n in 2 3; do
	submit "job$n" libfuzzer "$T/quiet" -d 5m
done
ok 'three jobs' until_true 60 running 3
settings "master_url = $url" 'slots = 1'
reload
ok 'one slot again' until_true 60 slots 1
is "$(grep -c 'handed back' "$T/bot.err")" 2 'the others gave back their jobs'
ok 'which wait for others' running 1
settings "master_url = $url" 'slots = 2'
reload
ok 'a slot that comes again' until_true 60 running 2
is "$(bots 'bot-_')" 2 'is the bot it was'
for job in $(master_sql 'SELECT id FROM jobs'); do
	pf-sched cancel "$job" >/dev/null
done
settings "master_url = $url"
reload
ok 'all jobs are over' until_true 60 running 0
ok 'one slot' until_true 60 slots 1

# Between jobs.
settings "master_url = $url" 'name = other' 'capabilities = libfuzzer'
reload
ok 'another name' until_true 60 bots_are other 1
like "$(master_sql "SELECT capabilities FROM bots WHERE name = 'other'")" \
    '^\["libfuzzer","regress"' 'and other engines'
submit third libfuzzer "$T/quiet" -d 5m
ok 'a job' until_true 60 running 1
settings "master_url = $url" 'name = third'
reload
like "$answer" "$good" 'a name under a job'
ok 'the job goes on' running 1
is "$(bots third)" 0 'the name waits for its end'
pf-sched cancel "$job" >/dev/null
ok 'then it is taken' until_true 60 bots_are third 1

# A master that is not there, and one that is another.
settings 'master_url = http://127.0.0.1:1' 'name = third'
reload
like "$answer" "$good" 'a master that nobody has heard of'
ok 'is waited for' until_true 60 grep -q '127.0.0.1:1.*; trying again' \
    "$T/bot.err"
settings "master_url = $url" 'name = third'
reload
submit fourth libfuzzer "$T/quiet" -d 5m
ok 'until a better one comes' until_true 60 running 1
pf-sched cancel "$job" >/dev/null
sed -i 's/"master":"[^"]*"/"master":"somebody-else"/' "$T/w/slot-0/bot.json"
kill "$bot"
wait "$bot"
begin -l
status=0
wait "$bot" || status=$?
is "$status" 78 'one that is another is no start'
like "$(cat "$T/bot.err")" 'belongs to master somebody-else' 'as it says'
rm "$T/w/slot-0/bot.json"

# Options win.
settings "master_url = $url" 'slots = 3'
begin -l -j 2
ok 'two slots by option' until_true 60 slots 2
settings "master_url = $url" 'slots = 1'
reload
like "$answer" "$good" 'what the file says of slots'
ok 'is nothing to them' slots 2
kill "$bot"
wait "$bot"

# Without a loop.
settings "master_url = $url"
submit fifth libfuzzer "$T/quiet" -d 5m
begin
ok 'one job without a loop' until_true 60 running 1
settings "master_url = $url" 'slots = 4'
reload
like "$answer" "$good" 'reads it again too'
ok 'but works in one slot' slots 1
ok 'on its job' running 1
kill "$bot"
status=0
wait "$bot" || status=$?
is "$status" 0 'until it is told to stop'
done_testing
