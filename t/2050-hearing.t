#!/bin/sh
# A master that cannot hear its bots counts no tick.
# shellcheck disable=SC2016,SC2119 # for inner shells; no arguments meant
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sched.sh
. "$PF_ROOT/t/lib/sched.sh"
need jq sqlite3 socat curl

sched_new '[timeouts]
tick = 100ms
bot = 1s'
boot=b	# whose time is what is said here
ms=1000
# tick: one, an interval after the last
tick()
{
	ms=$((ms + 100))
	op "{\"op\":\"tick\",\"boot\":\"$boot\",\"boot_ms\":$ms,\"prev\":$(sql 'SELECT coalesce(max(tick), 0) FROM clock')}"
}
# ear NAME: a client that hears, and says so again and again, as pf-httpd does;
# its pid in $ear
ear()
{
	rm -f "$T/ear.out"
	# shellcheck disable=SC2016 # for the inner shell
	sh -c 'while printf "{\"op\":\"hearing\",\"ear\":\"%s\"}\n" "$2"
	    do sleep 0.1; done | socat -t 60 - "UNIX-CONNECT:$1"' sh \
	    "$T/m/sock" "$1" >"$T/ear.out" 2>/dev/null &
	ear=$!
	at_end "kill $ear 2>/dev/null"
	until_true 10 test -s "$T/ear.out"
}
# shellcheck disable=SC2086
unear()
{
	kill $(pgrep -P "$ear") "$ear" 2>/dev/null
	wait "$ear" 2>/dev/null
}
counted() { tick; [ "$(get .counted)" = true ]; }
deaf() { tick; [ "$(get .deaf)" = true ]; }

op '{"op":"hearing"}'
is "$(get .field)" ear 'an ear without a name is refused'
op '{"op":"deaf","ear":"nobody","forget":true}'
is "$(get .class)" notfound 'one that is not known cannot be forgotten'
tick
ok 'without ears ticks are counted' counted

serve_start
bot one '["libfuzzer"]'
job
op "{\"op\":\"claim\",\"bot\":\"$bot\",\"inc\":\"i-one\"}"
id=$(get .job.id)
ear httpd
is "$(head -n 1 "$T/ear.out" | jq -r .ok)" true 'an ear says that it hears'
ok 'ticks are counted' counted
unear
ok 'it has gone: deaf' until_true 10 deaf
i=0
while [ $i -lt 30 ]; do
	tick
	i=$((i + 1))
done
is "$(get .counted)" false 'no tick is counted then'
overdue >"$T/due"
empty "$T/due" 'and nobody is overdue'
op "{\"op\":\"expire\",\"what\":\"lease\",\"bot\":\"$bot\",\"job\":\"$id\",\"epoch\":1,\"attempt\":1,\"lease_tick\":0}"
is "$(get '"\(.class) \(.field)"')" 'stale tick' 'nor can anybody be made so'
check 'explain says why' 0 \
    '~assigned on bot one; the master is deaf since [0-9T:.-]*Z: bots are not heard, and no lease ends$' \
    - pf-report explain job "$id"
run pf-sched -q submit -N next -e libfuzzer -t /bin/true
next=$(cat "$T/out")
check 'that no bot asks for a job' 0 \
    '~^pending: .*; but the master is deaf since [0-9T:.-]*Z: no bot is heard$' \
    - pf-report explain job "$next"
bot two '["libfuzzer"]'
check 'and that a free one is not heard' 0 \
    '~^(idle|registering): gets one of 1 waiting jobs with its next request; but the master is deaf since ' \
    - pf-report explain bot "$bot"
check 'and so does status' 0 '~^deaf_since	[0-9T:.-]*Z$' - pf-report status
before=$(sql 'SELECT tick FROM clock')
ear httpd
ok 'it hears again: counted' counted
ok 'and again' counted
ear httpd
is "$(sql 'SELECT count(*) FROM ears')" 1 'the same ear counts once'
is "$(sql 'SELECT lease_tick FROM assignments')" "$before" \
    'leases were renewed when it came back, not later'
is "$(sql "SELECT group_concat(was || ' ' || now) FROM events WHERE who = 'hearing'")" \
    ' hearing,deaf hearing' 'hearing has its events'
is "$(sql "SELECT group_concat(was || ' ' || now) FROM events WHERE who = 'deaf'")" \
    'hearing deaf' 'deafness too'
check 'status when it hears' 0 '~^deaf_since	-$' - pf-report status
op '{"op":"deaf","ear":"httpd"}'
is "$(get '"\(.class) \(.field)"')" 'conflict ear' \
    'who never heard cannot say that he does not'
serve_stop KILL
op '{"op":"deaf","ear":"other","forget":true}'
is "$(get .class)" notfound 'forgetting another one changes nothing'
ok 'known ears and no server: deaf' deaf
op '{"op":"deaf","ear":"httpd","forget":true}'
is "$(get .ok)" true 'one that will not come back is forgotten'
ok 'then ticks are counted' counted
is "$(sql "SELECT status FROM jobs WHERE id = '$id'")" assigned \
    'the job is still where it was'

# The real one.
serve_start
pf-httpd -l 127.0.0.1:0 >"$T/httpd.out" 2>"$T/httpd.err" &
httpd=$!
at_end "kill $httpd 2>/dev/null"
known() { [ "$(sql 'SELECT count(*) FROM ears')" = 1 ]; }
ok 'pf-httpd is an ear' until_true 10 known
ok 'and heard' counted
serve_stop KILL
serve_start
ok 'also by the next server' until_true 10 counted
kill -STOP $httpd
ok 'one that hangs is not heard' until_true 10 deaf
i=0
while [ $i -lt 30 ]; do
	tick
	i=$((i + 1))
done
overdue | pf-sched apply >"$T/due"
is "$(jq -r 'select(.op != "tick" and .ok == false) | .class' "$T/due" |
    grep -vx stale)" '' 'nobody who seems overdue then is'
is "$(sql "SELECT status FROM jobs WHERE id = '$id'")" assigned \
    'the job stays where it is'
kill -CONT $httpd
ok 'it goes on, and is' until_true 10 counted
kill -KILL $httpd
wait $httpd
ok 'killed outright, it is missed' until_true 10 deaf
serve_stop
is "$(cat "$T/httpd.err")" '' 'it never complained'
done_testing
