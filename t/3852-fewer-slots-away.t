#!/bin/sh
# SIGHUP takes slots away while the master is: what they had yet to deliver is
# delivered by the first, once.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/away.sh
. "$PF_ROOT/t/lib/away.sh"
need clang sqlite3

build_quiet
run_master 'heartbeat_interval = 500ms' 'bot = 1h'
away_proxy
cp "$PF_CONF" "$T/bot.conf"
echo 'slots = 3' >>"$T/bot.conf"
for n in 1 2 3; do
	submit "job$n" libfuzzer "$T/quiet" -d 10m
done
pf-run -l -c "$T/bot.conf" -m "$url" >"$T/bot.out" 2>"$T/bot.err" &
bot=$!
at_end "kill $bot 2>/dev/null"
all_fuzz()
{
	[ "$(grep -l INITED "$T"/w/slot-?/jobs/*/own/engine.log |
	    wc -l)" = 3 ]
}
ok 'three slots fuzz' until_true 90 all_fuzz
echo refuse >"$T/network"
for slot in 0 1 2; do
	echo "find of $slot" >"$T/find-$slot"
	cp "$T/find-$slot" "$(echo "$T/w/slot-$slot"/jobs/*/corpus)/find"
done
# sent: each of them has it in its outbox
sent()
{
	for slot in 0 1 2; do
		grep -q "+$(sha256sum <"$T/find-$slot" | cut -d ' ' -f 1)" \
		    "$T/w/slot-$slot"/open/*.sent || return
	done
}
ok 'each finds something' until_true 60 sent
sed -i 's/^slots = 3/slots = 1/' "$T/bot.conf"
kill -HUP "$bot"
alone() { [ "$(pgrep -P "$bot" -c -x pf-run)" = 1 ]; }
ok 'one slot is left' until_true 60 alone
ok 'that has what the others had' until_true 20 \
    grep -q 'slot 0 delivers [0-9]* packs of slots that are no more' \
    "$T/bot.err"
none_left() { [ -z "$(find "$T"/w/slot-[12]/outbox/new "$T"/w/slot-[12]/outbox/cur -type f)" ]; }
ok 'they have nothing any more' until_true 20 none_left
: >"$T/network"
ok 'the master is back: all is delivered' until_true 60 outbox_empty
ok 'and filed' until_true 20 spool_empty
for slot in 0 1 2; do
	is "$(master_sql "SELECT count(*) FROM corpus WHERE hash =
	    '$(sha256sum <"$T/find-$slot" | cut -d ' ' -f 1)'")" 1 \
	    "the find of slot $slot, once"
done
kill "$bot"
status=0
wait "$bot" || status=$?
is "$status" 0 'it ends well'
done_testing
