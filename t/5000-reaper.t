#!/bin/sh
# pf-reaper: what is overdue goes back to the queue, what lives stays.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"

run pf-reaper -h
ran 0 'help'
like "$(cat "$T/out")" '^usage: pf-reaper' 'help: on stdout'
is "$(cat "$T/err")" '' 'help: nothing on stderr'
for words in '-z' 'more' '-c'; do
	run pf-reaper $words
	ran 64 "usage: $words"
	is "$(cat "$T/out")" '' "usage: $words: nothing on stdout"
	like "$(cat "$T/err")" 'usage: pf-reaper' "usage: $words: on stderr"
done
run pf-reaper -c "$T/none/conf"
ran 78 'no such configuration'
printf '[storage]\npath = %s/none\n' "$T" >"$T/empty"
run pf-reaper -c "$T/empty"
ran 66 'no master yet'
is "$(cat "$T/out")" '' 'no op lines then'
like "$(cat "$T/err")" 'run pf-sched init' 'and what to do'

# Ten ticks of 100 ms make a lease.
master <<'!'
[timeouts]
tick = 100ms
bot = 1s
job_grace = 1s
!

reap()
{
	pf-reaper | pf-sched apply >>"$T/replies" || return
}
state()
{
	sql "SELECT status FROM $1 WHERE id = '$2'"
}
tick()
{
	sql 'SELECT tick FROM clock'
}
# worker NAME: a bot with a job of its own, running
worker()
{
	b=$(pf-registry register -H "$1" -e libfuzzer -i "$1")
	pf-sched apply <<-! >"$T/claim"
	{"op":"claim","bot":"$b","inc":"$1"}
	!
	j=$(sql "SELECT job_id FROM assignments WHERE bot_id = '$b'")
	pf-registry heartbeat -J "$j" -E 1 -A 1 "$b" >/dev/null
	echo "$b $j"
}

run pf-reaper -n
ran 0 'dry run'
is "$(cat "$T/out")" 'a new boot would be noted, and every lease renewed' \
    'dry run: in words'
run pf-reaper
like "$(cat "$T/out")" \
    '^\{"v":1,"op":"tick","boot":"[0-9a-f-]{36}","boot_ms":[0-9]+,"prev":0\}$' \
    'the first op line'
run reap
ran 0 'the first tick'
is "$(tick)" 0 'it only notes the boot'
first=$(pf-reaper)
sleep 0.15
run pf-reaper -n
is "$(cat "$T/out")" 'tick 1 would be counted' 'the second one counts'
is "$(tick)" 0 'but not in a dry run'
run reap
is "$(tick)" 1 'now it does'

# A line that waited too long changes nothing.
printf '{"op":"tick","boot":"%s","boot_ms":1,"prev":0}\n' \
    "$(cat /proc/sys/kernel/random/boot_id)" >"$T/old"
run pf-sched apply <"$T/old"
ran 65 'an old tick is refused'
like "$(cat "$T/out")" '"class":"stale","field":"prev"' 'as stale'
is "$(tick)" 1 'and not counted'

dur=$(pf-sched submit -N short -e libfuzzer -t "$T/target" -d 1s)
pf-sched submit -N long -e libfuzzer -t "$T/target" >/dev/null
worker dead >"$T/w"; read -r dead dead_job <"$T/w"
worker over >"$T/w"; read -r over over_job <"$T/w"
worker live >"$T/w"; read -r live live_job <"$T/w"
idle=$(pf-registry register -H idle -e blackbox)
is "$over_job" "$dur" 'the short job is where it should be'

# Time passes: 1.3 seconds in which one bot is silent.
tick0=$(tick)
n=0
while [ "$(tick)" -le $((tick0 + 20)) ] && [ $n -lt 60 ]; do
	n=$((n + 1))
	sleep 0.08
	pf-registry heartbeat -J "$live_job" -E 1 -A 1 "$live" >/dev/null
	pf-registry heartbeat -J "$over_job" -E 1 -A 1 "$over" >/dev/null
	pf-reaper >"$T/ops"
	# A tick that came early counts for less: the one may be first.
	if [ "$(grep -c expire "$T/ops")" -ge 2 ]; then break; fi
	grep '"op":"tick"' "$T/ops" | pf-sched apply >>"$T/replies"
done
like "$(grep '"lease"' "$T/ops")" \
    "^.\"v\":1,\"op\":\"expire\",\"what\":\"lease\",\"job\":\"$dead_job\",\"epoch\":1,\"attempt\":1,\"bot\":\"$dead\"," \
    'the silent bot is found'
like "$(grep '"bot",' "$T/ops")" "what\":\"bot\",\"bot\":\"$idle\"" \
    'and the one that is silent without a job'
is "$(grep -c expire "$T/ops")" 2 'and nothing else'
ok 'not before its lease was over' test "$(tick)" -gt $((tick0 + 10))
run pf-reaper -n
like "$(cat "$T/out")" "^job $dead_job .* would be taken from bot $dead" \
    'the same in words'
is "$(state jobs "$dead_job")" running 'a dry run takes nothing'

# A sign of life between looking and applying is respected.
cp "$T/ops" "$T/late"
pf-registry heartbeat "$idle" >/dev/null
run pf-sched apply <"$T/late"
ran 65 'what has changed since is refused'
is "$(grep -c '"class":"stale"' "$T/out")" 1 'one line of them'
is "$(state bots "$idle")" idle 'a bot that came back stays'
is "$(state jobs "$dead_job")" pending 'the job of the dead one is free'
is "$(state bots "$dead")" timed_out 'and the bot timed out'
is "$(state jobs "$live_job")" running 'the job of a live one stays'
is "$(sql "SELECT strikes FROM jobs WHERE id = '$dead_job'")" 1 'a strike'
run pf-sched apply <"$T/late"
ran 65 'expired twice: refused'
is "$(sql "SELECT strikes FROM jobs WHERE id = '$dead_job'")" 1 \
    'and not counted twice'

# A job over its duration (1 s) and grace (1 s), its bot alive.
n=0
while [ "$(state jobs "$over_job")" = running ] && [ $n -lt 60 ]; do
	n=$((n + 1))
	sleep 0.08
	pf-registry heartbeat -J "$live_job" -E 1 -A 1 "$live" >/dev/null
	pf-registry heartbeat -J "$over_job" -E 1 -A 1 "$over" \
	    >/dev/null 2>&1 || :
	pf-registry heartbeat "$idle" >/dev/null
	reap
done
is "$(state jobs "$over_job")" timed_out 'a job that overran its limit ends'
is "$(state bots "$over")" idle 'its bot is free'
is "$(state jobs "$live_job")" running 'the live one still runs'
pf-registry heartbeat "$dead" >/dev/null
is "$(state bots "$dead")" idle 'the dead bot may come back'
run pf-registry heartbeat -J "$dead_job" -E 1 -A 1 "$dead"
ran 65 'but not to its old lease'

# Another boot renews every lease: nothing may expire.
sleep 1.2
sqlite3 "$S/data/pandafuzz.db" "UPDATE clock SET boot = 'other'"
run pf-reaper
is "$(grep -c . "$T/out")" 1 'after a boot there is the tick only'
run reap
ran 0 'which is accepted'
is "$(state jobs "$live_job")" running 'and nothing expired by it'
like "$first" '^$|"op":"tick"' 'an interval has at most one tick'

run sh -c 'pf-reaper -n >/dev/full'
case $status in
0|74) pass 'stdout that cannot be written' ;;
*) fail 'stdout that cannot be written' ;;
esac
done_testing
