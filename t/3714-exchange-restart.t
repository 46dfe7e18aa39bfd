#!/bin/sh
# The exchange goes on over deaths of bot and master, and with another
# database: nothing is sent twice, nothing is left out.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/share.sh
. "$PF_ROOT/t/lib/share.sh"
need clang sqlite3
build_share

run_master 'heartbeat_interval = 30s'
submit one libfuzzer "$T/magic" -C camp -d 5s -p -50
one=$job
submit two libfuzzer "$T/magic" -C camp -d 300s
dir=$T/w/slot-0/jobs/$job
file_inputs "$one" first 20
ok 'a job has inputs' until_true 20 filed "$one" "$hash"
bot_start()
{
	pf-run -q -m "$url" >"$T/bot.out" 2>>"$T/bot.err" &
	bot=$!
}
# shellcheck disable=SC2016 # the last one
at_end 'kill $bot 2>/dev/null'
bot_kill()
{
	kill -KILL "$(pgrep -P "$bot")"
	wait "$bot" 2>/dev/null || :
	rm -f "$dir/own/engine.log"
}
# arrives TEXT: an input that is filed now is given
arrives()
{
	file_input "$one" "$1"
	until_true 40 test -e "$dir/corpus/$hash"
}
# state MEMBER; state_over MEMBER N: it is more than that
state() { sed -n "s/.*\"$1\":\\([0-9a-z]*\\).*/\\1/p" "$dir/own/share.json"; }
state_over() { [ "$(state "$1")" -gt "$2" ]; }

bot_start
ok 'another is given them' until_true 30 test -e "$dir/corpus/$hash"
ok 'what it files itself is not offered' until_true 10 \
    grep -q '"own":true' "$dir/own/share.json"
sent=$(exchanged)
bot_kill
bot_start
ok 'killed, it goes on' until_true 30 grep -q INITED "$dir/own/engine.log"
ok 'with what is new' arrives second
ok 'that alone is sent' test "$(exchanged)" -le $((sent + 16))

# The bot's cursor is lost, or no cursor at all.
for lie in '{"epoch":1,"attempt":1,"own":true,"cursor":0}' '{"cursor":' '' \
    '{"epoch":1,"attempt":1,"own":true,"cursor":4000000}' \
    '{"epoch":7,"attempt":1,"own":true,"cursor":15}' \
    '{"epoch":-1,"attempt":[],"own":7,"cursor":"x"}'; do
	sent=$(exchanged)
	bot_kill
	echo "$lie" >"$dir/own/share.json"
	bot_start
	ok "with '$lie' it goes on" arrives "after $lie"
	ok 'and that alone is sent' \
	    test "$(exchanged)" -le $((sent + 80))
done

# The master's database is that of a backup, and numbers are given again.
cursor=$(state cursor)
pf-sched backup "$T/backup" >/dev/null || fail 'a backup'
ok 'what the backup does not have' arrives third
ok 'has a number' until_true 20 state_over cursor "$cursor"
master_stop
rm -f "$PF_STORAGE"/data/pandafuzz.db*
check 'the backup is taken' 0 '*' '*' pf-sched restore "$T/backup"
epoch=$(state epoch)
url_port=${url##*:}
master_start ingest
master_spawn httpd pf-httpd -l "127.0.0.1:$url_port"
ok 'new numbers mean other inputs' arrives fourth
ok 'of another epoch' until_true 20 state_over epoch "$epoch"
ok 'and the next one too' arrives fifth
kill "$bot"
wait "$bot"
is $? 0 'it ends well'
is "$(grep -c 'nothing is shared: .*reply' "$T/bot.err")" 0 'no complaints'
done_testing
