#!/bin/sh
# An engine of its own that is a script with a child at work: while the outbox
# is full that child stands still as well.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/engine.sh
. "$PF_ROOT/t/lib/engine.sh"
# shellcheck source-path=SCRIPTDIR source=lib/away.sh
. "$PF_ROOT/t/lib/away.sh"
need sqlite3 setsid

# In a session of its own, as engines do with their targets.
engine_says worker <<'END'
setsid sh -c 'while :; do echo x >>"$PF_ENGINE_STATE/count"; sleep 0.05; done' &
wait
END
printf '#!/bin/sh\n' >"$T/target"
chmod 755 "$T/target"
engine_master 'heartbeat_interval = 5s'
printf '%s\n' '[limits]' 'outbox_size = 16K' >>"$PF_CONF"
away_proxy
submit works worker "$T/target" -d 10m
timeout 200 pf-run -l -m "$url" >"$T/bot.out" 2>"$T/bot.err" &
bot=$!
at_end "kill $bot 2>/dev/null"
ok 'a job runs' until_true 60 job_is running
out=$T/w/slot-0/outbox
count=$T/w/slot-0/jobs/$job/engine/state/count
size() { wc -c <"$count"; }
# moves, stands: looked at for two seconds
moves()
{
	moved=$(size)
	sleep 2
	[ "$(size)" -gt "$moved" ]
}
stands() { ! moves; }
ok 'its child works' until_true 3 moves

echo refuse 0 >"$T/network"
for n in 11 12 13 14 15 16 17 18 19 20; do
	{ echo "planted $n"; head -c 3000 /dev/zero; } >"$T/in"
	mkpack crash "$job" bot-1 -s $n -f type=planted "$T/in" >"$T/pack"
	mv "$T/pack" "$out/new/00000000000000$n-1"
done
said() { grep -q "$1" "$T/bot.err"; }
ok 'the outbox is full' until_true 60 said 'the engine is stopped'
ok 'then it stands still' stands
: >"$T/network"
ok 'there is room again' until_true 60 said 'goes on$'
ok 'and it works on' until_true 3 moves
pf-sched cancel "$job" >/dev/null
ok 'it ends as told' until_true 60 job_is cancelled
kill "$bot"
status=0
wait "$bot" || status=$?
ran 0 'and the bot too'
done_testing
