#!/bin/sh
# Events as they happen: each once and in order, whoever listens, hangs up,
# comes again or does not read.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/httpd.sh
. "$PF_ROOT/t/lib/httpd.sh"
python=/usr/bin/python3
[ -x $python ] || skip_all 'no python3 here'
E=/api/v1/events

# pid NAME: of what master_spawn started
pid()
{
	for p in $master_pids; do
		[ "${p#*:}" != "$1" ] || echo "${p%%:*}"
	done
}
# ops FILTER N: registers N bots, an event each; with the writer's socket
ops()
{
	awk -v w="$1" -v n="$2" 'BEGIN { for (i = 0; i < n; i++)
	    print "{\"op\":\"register\",\"hostname\":\"h\",\"name\":\"" w \
		i "\",\"capabilities\":[\"libfuzzer\"]}" }' |
	    socat -t 20 - "UNIX:$T/m/sock" >"$T/ops.out"
	is "$(grep -c '"ok":true' "$T/ops.out")" "$2" "$2 ops ($1)"
}
# hears N: so often the writer has heard that it can be reached
hears() { [ "$(master_sql "SELECT count(*) FROM events WHERE now = 'hearing'")" = "$1" ]; }
newest() { master_sql 'SELECT max(id) FROM events'; }
# tag: of the database, as ids of events have it
tag='[0-9a-f]\{8\}'
# take ID QUERY [CURL-ARGUMENT ...]: what a listener hears up to an id, and a
# moment longer, in $T/heard
take()
{
	take_id=$1 take_q=$2
	shift 2
	: >"$T/heard"
	curl -sS -N -m 20 "$@" "$url$E$take_q" >"$T/heard" 2>/dev/null &
	take_pid=$!
	until_true 5 grep -q "^id: $tag\.$take_id\$" "$T/heard"
	sleep 0.1
	kill $take_pid
	wait $take_pid 2>/dev/null
}
ids()
{
	sed -n "/^id: /{N;/event: [a-z]/s/^id: $tag\\.\\([0-9]*\\).*/\\1/p}" \
	    "$T/heard"
}
# hear FILE QUERY: a listener in the background, sets heard
hear()
{
	curl -sS -N -m 30 "$url$E$2" >"$1" 2>/dev/null &
	heard=$!
	until_true 5 grep -q '^id\|^event' "$1"
}

printf '#!/bin/sh\n' >"$T/t1"
chmod +x "$T/t1"
master_new - <<-'END'
	[timeouts]
	request = 3s
	END
master_start httpd
submit a libfuzzer "$T/t1" -C camp; a=$job

# The form
req GET "$E?after=x"
is "$code $(member field)" '422 after' 'no id'
req GET "$E" -H 'Last-Event-ID: -1'
is "$code $(member field)" '422 Last-Event-ID' 'none either'
for wrong in 1234567.1 123456789.1 .1 12345678. 1234567g.1 12345678.1.1 \
    12345678.-1 12345678.x; do
	req GET "$E?after=$wrong"
	is "$code $(member field)" '422 after' "no id: $wrong"
done
for wrong in 'type=zzz 422 type' 'type= 422 type' 'type=jobs 422 type' \
    'job=nobody 404 job' 'bot=nobody 404 bot' "job=$a&bot=nobody 404 bot"; do
	req GET "$E?${wrong%% *}"
	is "$code $(jq -r .field "$T/body")" "${wrong#* }" \
	    "nobody waits for ${wrong%% *}"
done
json /api/v1/bots/register '{"hostname":"left","capabilities":["libfuzzer"]}'
left=$(member bot_id)
req DELETE "/api/v1/bots/$left"
req HEAD "$E?bot=$left" -I
is "$code" 200 'what a bot did that left is there'
for type in bot job crash campaign health system; do
	req HEAD "$E?type=$type" -I
	is "$code" 200 "but for a $type event"
done
req GET "$E?job=../x"
is "$code $(member field)" '422 job' 'no job'
req POST "$E" -d x
is "$code" 405 'it is only read'
req HEAD "$E" -I
is "$code" 200 'HEAD has an end'
like "$(cat "$T/head")" '^Content-Type: text/event-stream' 'the type'
like "$(cat "$T/head")" '^Cache-Control: no-store' 'is kept by nobody'

n=$(newest)
take "$n" '?after=0'
is "$(ids)" "$(seq "$n")" 'all that happened, in order'
is "$(sed -n 's/^data: //p' "$T/heard" | jq -r .id)" "$(seq "$n")" \
    'the data are JSON'
is "$(sed -n 's/^data: //p' "$T/heard" | jq -c 'del(.job_id)' | tail -n 1)" \
    "$(pf-report -j events | jq -c 'del(.job_id)' | tail -n 1)" \
    'the same as pf-report has'
take "$n" "?after=$((n - 2))"
is "$(ids)" "$(printf '%s\n%s' $((n - 1)) "$n")" 'from an id on'
take "$n" '?after=0' -H "Last-Event-ID: $((n - 1))"
is "$(ids)" "$n" 'who comes again goes on where it was'
take "$n" ''
is "$(ids)" '' 'without an id nothing that was'
like "$(cat "$T/heard")" "^id: [0-9a-f]{8}\.$n\$" 'but where that ended'
take "$n" '?after=0&type=job'
is "$(sed -n 's/^event: //p' "$T/heard" | sort -u)" job 'of a type'
take "$n" "?after=0&job=$a"
is "$(sed -n 's/^data: //p' "$T/heard" | jq -r .subject | sort -u)" "$a" \
    'of a job'
take "$n" "?after=$((n + 1000))"
is "$(sed -n 's/^event: //p' "$T/heard" | head -n 1) $(ids | tail -n +2)" \
    "reset $(seq "$n")" 'after an id of another database all of this one'

# The same database, whatever the form of the id; and others.
mine=$(sed -n 's/^id: \(.*\)\..*/\1/p' "$T/heard" | sort -u)
like "$mine" '^[0-9a-f]{8}$' 'all ids are of one database'
take "$n" '' -H "Last-Event-ID: $mine.$((n - 1))"
is "$(ids)" "$n" 'an id goes on in its database'
take "$n" "?after=$mine.$((n - 2))"
is "$(ids)" "$(printf '%s\n%s' $((n - 1)) "$n")" 'as an argument too'
take "$n" '' -H "Last-Event-ID: 00000000.$((n - 1))"
is "$(sed -n 's/^event: //p' "$T/heard" | head -n 1) $(ids | tail -n +2)" \
    "reset $(seq "$n")" 'an id of another database, whose number there is here'

# One hears it soon
hear "$T/one" ''
ops soon 1
ok 'what happens is heard at once' until_true 2 grep -q '"why":"soon0"' "$T/one"
kill $heard
wait $heard 2>/dev/null

# Many listeners, some of which hang up and come again; a storm, the writer
# killed in the midst of it, and no database for a while.
n=$(newest)
$python "$PF_ROOT/t/lib/listen.py" "$url" "$E?after=0" 250 "$T/stop" \
    >"$T/many" &
many=$!
$python "$PF_ROOT/t/lib/listen.py" "$url" "$E?after=$n" 50 "$T/stop" 20 \
    >"$T/few" &
few=$!
ok 'listeners come' until_true 20 sh -c \
    "grep -q listening '$T/many' && grep -q listening '$T/few'"
ok 'three hundred' test "$(curl -s "$url/metrics" |
    sed -n 's/^pandafuzz_http_listeners //p')" -ge 290
ok 'without threads of their own' test \
    "$(find "/proc/$(pid httpd)/task" -maxdepth 1 | wc -l)" -lt 30
ops one 300
kill -9 "$(pid sched)"
master_pids=$(echo "$master_pids" | tr ' ' '\n' | grep -v :sched)
rm -f "$T/m/sock"
mv "$PF_STORAGE/data" "$PF_STORAGE/away"
sleep 0.6
req GET /health
is "$code" 200 'without a database they wait'
mv "$PF_STORAGE/away" "$PF_STORAGE/data"
master_spawn sched pf-sched serve
master_wait 'pf-sched serve' test -S "$T/m/sock"
until_true 5 hears 2
ops two 500
newest >"$T/stop"
wait $many
is "$?" 0 'all hear the end'
wait $few
is "$?" 0 'those that hung up as well'
is "$(grep -v '^sum\|^listening' "$T/many" "$T/few" | head -n 5)" '' \
    'no gap and nothing twice'
like "$(tail -n 1 "$T/few")" ' [1-9][0-9]* times again' 'some did hang up'
is "$(sed -n 's/.* \([0-9]*\) events.*/\1/p' "$T/many")" \
    $((250 * $(cat "$T/stop"))) 'each has heard each'

# Who has gone is forgotten soon.
listeners() { curl -s "$url/metrics" | grep -q "^pandafuzz_http_listeners $1\$"; }
ok 'nobody is left' until_true 5 listeners 0
for i in 1 2 3; do
	hear "$T/gone.$i" ''
	kill -9 $heard
	wait $heard 2>/dev/null
done
ok 'one that was killed goes too' until_true 5 listeners 0

# One that never reads: it costs little, is left, and goes on where it was.
rss() { sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$(pid httpd)/status"; }
was=$(rss)
SLOW=$T/read $python "$PF_ROOT/t/lib/listen.py" "$url" "$E?after=0" 1 \
    "$T/stop" >"$T/slow" &
slow=$!
until_true 5 grep -q listening "$T/slow"
rm "$T/stop"
ops much 2000
ops more 2000
ok 'a listener that does not read costs little' test \
    $(($(rss) - was)) -lt "${PF_FAST:+40}4000"
hear "$T/next" "?after=$(($(newest) - 1))"
ok 'and nobody is kept from hearing' until_true 2 grep -q '"why":"more1999"' \
    "$T/next"
ok 'it is left after a while' until_true 12 listeners 1
is "$(grep -c ^: "$T/next")" 1 'not so one that only has nothing to hear'
kill $heard
wait $heard 2>/dev/null
newest >"$T/stop"
: >"$T/read"
wait $slow
is "$(grep -v '^listening' "$T/slow" | sed 's/.*, \([0-9]*\) events/\1/')" \
    "$(cat "$T/stop"), 1 times again" 'it comes again, and has missed nothing'

# Started on demand it stays for a listener, and for no longer.
cat >"$T/idle.py" <<'END'
import os, socket, subprocess, time

s = socket.socket()
s.bind(('127.0.0.1', 0))
s.listen()
p = subprocess.Popen(['pf-httpd'], stdin=s,
                     env=dict(os.environ, PF_HTTPD_IDLE='300ms'))
c = socket.create_connection(s.getsockname())
c.sendall(b'GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n')
c.recv(10)
time.sleep(1)
print('there' if p.poll() is None else 'gone')
c.close()
print(p.wait(timeout=15))
END
check 'a listener keeps it, until he leaves' 0 '=there
0' - $python "$T/idle.py"

# The end: all at once.
$python "$PF_ROOT/t/lib/listen.py" "$url" "$E" 100 "$T/never" >"$T/last" &
last=$!
until_true 10 grep -q listening "$T/last"
until_true 5 listeners 100
start=$(date +%s)
kill "$(pid httpd)"
rc=0
wait "$(pid httpd)" || rc=$?
is "$rc" 0 'SIGTERM ends it well with listeners there'
ok 'at once' test $(($(date +%s) - start)) -le 2
master_pids=$(echo "$master_pids" | tr ' ' '\n' | grep -v :httpd)
wait $last
is "$(grep -c 'nobody there' "$T/last")" 100 'they find nobody there'
done_testing
