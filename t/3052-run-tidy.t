#!/bin/sh
# A bot that runs for long: what is old goes without its being started anew.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"

run_master
sed 's/^\[bot\]/[retention]\nwork = 2s\n&/' "$PF_CONF" >"$T/short.conf"
w=$T/w/slot-0
pf-run -q -l -m "$url" -c "$T/short.conf" >"$T/bot.out" 2>"$T/bot.err" &
bot=$!

# here: it has told the master of itself
here()
{
	[ "$(master_sql "SELECT count(*) FROM bots WHERE status = 'idle'")" = 1 ]
}

# gone PATH ...
gone()
{
	for path; do
		[ ! -e "$path" ] || return 1
	done
}

ok 'the bot waits for a job' until_true 20 here
mkdir -p "$w/jobs/old/bin" "$w/jobs/new" "$T/w/blobs"
echo old >"$T/w/blobs/old"
echo used >"$T/w/blobs/used"
ln "$T/w/blobs/used" "$w/jobs/new/target"
touch -d '8 days ago' "$w/jobs/old" "$T/w/blobs/old" "$T/w/blobs/used"
touch -d 'next year' "$w/jobs/new"
# What dead processes left half-written, and what may not be theirs.
dead=2147483646
mkdir -p "$w/open"
strays="$w/outbox/tmp/$dead.00000000.1 $w/state.json.tmp.$dead
    $w/open/j.json.tmp.$dead"
alive="$w/outbox/tmp/$$.1 $w/state.json.tmp.$$ $w/outbox/tmp/note"
# shellcheck disable=SC2086 # names without blanks
{
	touch -d '2 days ago' $strays $alive
	touch "$w/outbox/tmp/$dead.2" "$w/bot.json.tmp.$dead"
	ok 'old strays go' until_true 60 gone $strays
	ok 'not those of the living, nor new ones' ls $alive \
	    "$w/outbox/tmp/$dead.2" "$w/bot.json.tmp.$dead"
}
ok 'an old job goes, and an old file' until_true 20 gone "$w/jobs/old" \
    "$T/w/blobs/old"
ok 'a newer job stays' test -d "$w/jobs/new"
ok 'and the file that it uses' test -e "$T/w/blobs/used"
kill -TERM "$bot"
wait "$bot"
is $? 0 'it ends when told to'
is "$(cat "$T/bot.out" "$T/bot.err")" '' 'and had nothing to say'
done_testing
