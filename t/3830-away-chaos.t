#!/bin/sh
# Three bots fuzz behind a network that loses, cuts, delays and doubles; the
# master goes away in the middle.  In the end it has what their engines found,
# each once.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/away.sh
. "$PF_ROOT/t/lib/away.sh"
whole
sweep_all
need clang afl-fuzz sqlite3 jq

away_targets lf af
run_master
away_proxy
pf-sched submit -N lf -e libfuzzer -t "$T/lf" -d 1h -k 2 >/dev/null
pf-sched submit -N af -e afl++ -t "$T/af" -d 1h >/dev/null

# bots: all three, in the background
bots()
{
	pids=
	for i in 1 2 3; do
		sed "s/^name = bot/name = bot-$i/" "$PF_CONF" >"$T/$i.conf"
		pf-run -l -c "$T/$i.conf" -m "$url" -w "$T/w$i" \
		    >"$T/bot.out" 2>>"$T/bot-$i.err" &
		pids="$pids $!"
	done
}
stop_bots()
{
	# shellcheck disable=SC2086 # several
	kill $pids
	# shellcheck disable=SC2086
	wait $pids || :
}
jobs_are() { [ "$(master_sql "SELECT count(*) FROM jobs WHERE status = '$1'")" = 3 ]; }
# shellcheck disable=SC2016 # evaluated later
at_end 'kill $pids 2>/dev/null'

echo chaos "${PF_CHAOS:-60}" >"$T/network"
bots
ok 'they run' until_true 60 jobs_are running
enough() { [ "$(master_sql 'SELECT count(*) FROM crashes')" -gt 3 ]; }
ok 'some of it comes through' until_true 60 enough
echo refuse >"$T/network"
sleep "${PF_AWAY:-3}"
echo chaos "${PF_CHAOS:-60}" >"$T/network"
sleep "${PF_AWAY:-3}"
stop_bots
away_note "$T/w1" "$T/w2" "$T/w3"
empty_outboxes() { [ -z "$(find "$T"/w?/slot-*/outbox -type f)" ]; }

: >"$T/network"
master_sql 'SELECT id FROM jobs' | while read -r id; do
	pf-sched cancel "$id"
done >/dev/null
bots
ok 'the network is as it should be: all is delivered' \
    until_true 60 empty_outboxes
stop_bots
for i in 1 2 3; do
	ok "bot $i leaves no engine" away_alone "$T/w$i"
done
away_judge
done_testing
