#!/bin/sh
# A bot that has fewer slots than before: what the others had yet to deliver is
# delivered all the same, once.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
need sqlite3

run_master
submit waits libfuzzer /bin/true
box=$T/w/slot-2/outbox
mkdir -p "$box/tmp" "$box/new" "$box/cur" "$box/bad" "$T/w/slot-9"
# laid N: a crash waits there, whose input is N
laid()
{
	echo "$1" >"$T/in"
	mkpack crash "$job" b1 -d "$box" -f signal=11 -f type=segfault \
	    "$T/in" >/dev/null
}
laid 1
laid 2
# One that was being sent when the process died.
for f in "$box"/new/*; do
	mv "$f" "$box/cur/${f##*/}:1"
	break
done
echo not a pack >"$box/bad/x"
pf-sched cancel "$job" >/dev/null

check 'a bot with two slots' 1 - '~^pf-run: slot 0 delivers 2 packs' \
    pf-run -j 2 -m "$url" -w "$T/w"
filed() { [ "$(master_sql 'SELECT count(*) FROM crashes')" = 2 ]; }
ok 'delivers what a third one had' until_true 20 filed
is "$(find "$box" -type f)" "$box/bad/x" 'but not what was refused'
is "$(find "$T/w/slot-0/outbox" "$T/w/slot-1/outbox" -type f)" '' \
    'nothing waits'
is "$(master_sql 'SELECT sum(count) FROM crashes')" 2 'each was told once'
check 'nothing to tell of the next time' 1 - '~no job' \
    pf-run -j 2 -m "$url" -w "$T/w"
run grep -c 'slot 0 delivers' "$T/err"
ran 1 'nor does it'

# The slot itself delivers if it is there.
laid 3
check 'three slots' 1 - '*' pf-run -j 3 -m "$url" -w "$T/w"
three() { [ "$(master_sql 'SELECT count(*) FROM crashes')" = 3 ]; }
ok 'deliver their own' until_true 20 three

# What cannot be moved stays, and keeps nobody from working.
laid 4
rm -rf "$T/w/slot-0/outbox/new"
: >"$T/w/slot-0/outbox/new"
run pf-run -j 1 -m "$url" -w "$T/w"
ok 'an outbox that cannot take it' test "$status" -ne 0
like "$(cat "$T/err")" 'slot-0/outbox/new' 'says so'
is "$(find "$box/new" -type f | wc -l)" 1 'it stays where it was'
rm "$T/w/slot-0/outbox/new"
check 'the next time' 1 - '~slot 0 delivers 1 packs' \
    pf-run -j 1 -m "$url" -w "$T/w"
four() { [ "$(master_sql 'SELECT count(*) FROM crashes')" = 4 ]; }
ok 'it is delivered' until_true 20 four

# What the engine of a killed slot had found and nobody taken: slot 0 looks
# for it when it has nothing else to do.
build_quiet
rm -rf "$T/w"
submit found libfuzzer "$T/quiet" -d 10m
# bot ARG ...: one in the background
bot()
{
	pf-run -l -m "$url" -w "$T/w" "$@" >"$T/bot.out" 2>>"$T/bot.err" &
	bot=$!
	at_end "kill $bot 2>/dev/null"
}
bot -j 1
dir=$T/w/slot-0/jobs/$job
ok 'a bot with a job' until_true 60 grep -q INITED "$dir/own/engine.log"
slot=$(pgrep -P "$bot" -x pf-run)
kill -STOP "$bot" "$slot"
echo left >"$dir/corpus/left"
echo left-crash >"$dir/artifacts/crash-left"
touch -d '1 minute ago' "$dir/corpus/left" "$dir/artifacts/crash-left"
kill -9 "$bot" "$slot"
wait "$bot" 2>/dev/null
until_true 20 flock -n "$T/w/lock" true
mv "$T/w/slot-0" "$T/w/slot-3"
pf-sched cancel "$job" >/dev/null
# hash_of TEXT
hash_of() { echo "$1" | sha256sum | cut -d ' ' -f 1; }
# has TABLE TEXT: the master, of the job at hand
has()
{
	[ "$(master_sql "SELECT count(*) FROM $1 WHERE job_id = '$job' AND
	    hash = '$(hash_of "$2")'")" = 1 ]
}
# Somebody is there: it is left alone.
exec 9>"$T/w/slot-3/lock"
flock 9
# To the master it is another bot: one of this name may still be at work.
sed 's/^name = bot/name = another/' "$PF_CONF" >"$T/another.conf"
bot -j 1 -c "$T/another.conf" 9>&-
short=$(pf-sched submit -N short -e libfuzzer -t /bin/true -d 9s)
over() { [ "$(master_sql "SELECT status FROM jobs WHERE id = '$short'")" = failed ]; }
ok 'another one of one slot takes a job' until_true 60 over
ok 'does not touch a slot that lives' \
    test -e "$T/w/slot-3/open/$job.json"
exec 9>&-
ok 'else it delivers its crash' until_true 60 has crashes left-crash
ok 'and its input' until_true 60 has corpus left
gone() { [ ! -e "$T/w/slot-3/open/$job.json" ]; }
ok 'and that is done' until_true 20 gone
kill "$bot"
wait "$bot"
is $? 0 'it ends well'
is "$(master_sql "SELECT sum(count) FROM crashes WHERE job_id = '$job'")" 1 \
    'told once'
done_testing
