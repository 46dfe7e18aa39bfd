#!/bin/sh
# pf-httpd by socket activation, as systemd does it: each way in which a
# socket can be handed over.
. "$(dirname "$0")/lib/tap.sh"
. "$(dirname "$0")/lib/httpd.sh"
need systemd-socket-activate systemd-analyze
master

# activate ADDRESS OPTION ...: in the background, as $activated; its one child
# or several answer at $url
activated=
# shellcheck disable=SC2016
at_end 'kill $activated 2>/dev/null'
activate()
{
	a_addr=$1
	shift
	# What the last one said must be gone before the next is waited for.
	: >"$T/a.err"
	systemd-socket-activate -l "$a_addr" -E "PF_CONF=$PF_CONF" \
	    -E PF_HTTPD_IDLE=300ms -E "ASAN_OPTIONS=${ASAN_OPTIONS-}" "$@" \
	    >"$T/a.out" 2>"$T/a.err" </dev/null &
	activated=$!
	url=http://$a_addr
	until_true 5 grep -q '^Listening' "$T/a.err" ||
	    fail 'systemd-socket-activate listens'
}
deactivate()
{
	kill "$activated" 2>/dev/null
	status=0
	wait "$activated" 2>/dev/null || status=$?
}
# The kernel names a free port.
free()
{
	httpd
	httpd_stop
}
health()
{
	curl -sf -m 5 "$@" | grep -c '"status":"ok"'
}
printf 'input' >"$T/in"
mkpack crash job-1 bot-1 -f signal=11 "$T/in" >"$T/good"

# One for many: it takes the place of systemd-socket-activate itself.
for way in '' --inetd; do
	free
	# shellcheck disable=SC2086
	activate "$addr" $way "$PF_BIN/pf-httpd"
	is "$(health "$url/health")" 1 "a listener $way: answers"
	is "$(health "$url/health" "$url/health" "$url/health")" 3 \
	    "a listener $way: and again"
	is "$(cat "/proc/$activated/comm")" pf-httpd \
	    "a listener $way: the same process"
	pack "$T/good"
	is "$code" 200 "a listener $way: takes results"
	status=0
	wait "$activated" || status=$?
	ran 0 "a listener $way: ends when it is idle"
	is "$(grep -v '^Listening\|^Communication\|^Execing' "$T/a.err")" '' \
	    "a listener $way: says nothing"
	is "$(cat "$T/a.out")" '' "a listener $way: nothing on stdout"
done
is "$(count "$T/s/new")" 2 'both results are there'

# One for each connection.
for way in -a '-a --inetd'; do
	free
	# shellcheck disable=SC2086
	activate "$addr" $way "$PF_BIN/pf-httpd"
	is "$(health "$url/health")" 1 "connections $way: answers"
	is "$(health "$url/health" "$url/health" "$url/health")" 3 \
	    "connections $way: keeps one"
	is "$(health "$url/health")" 1 "connections $way: takes another"
	pack "$T/good"
	is "$code" 200 "connections $way: takes results"
	until_true 5 sh -c "! pgrep -P $activated" || :
	ok "connections $way: each has ended" sh -c "! pgrep -P $activated"
	deactivate
done
is "$(count "$T/s/new")" 4 'all results are there'

# What is no single stream socket.
free
one=$addr
free
systemd-socket-activate -l "$one" -l "$addr" -E "PF_CONF=$PF_CONF" \
    "$PF_BIN/pf-httpd" >"$T/a.out" 2>"$T/a.err" </dev/null &
activated=$!
until_true 5 grep -q "^Listening on $addr" "$T/a.err" || :
curl -s -m 5 "http://$one/health" >/dev/null
status=0
wait "$activated" || status=$?
ran 78 'two sockets'
like "$(cat "$T/a.err")" \
    '^pf-httpd: what was passed at descriptor 3 must be one stream socket$' \
    'it says so'
check 'no socket where one should be' 78 - '~must be one stream socket' \
    sh -c 'LISTEN_PID=$$ LISTEN_FDS=1 exec pf-httpd 3</dev/null'
export LISTEN_PID=1 LISTEN_FDS=1
httpd
req GET /health
is "$code" 200 'what is meant for another process is not taken'
httpd_stop
unset LISTEN_PID LISTEN_FDS

# The units as they are shipped.
mkdir "$T/units"
for u in pf-httpd.socket pf-httpd.service; do
	sed "s|/usr/local/bin/pf-httpd|$PF_BIN/pf-httpd|; /^Documentation/d" \
	    "$PF_ROOT/etc/$u" >"$T/units/$u"
done
check 'the units have no mistake' 0 - - \
    systemd-analyze verify --man=no "$T/units/pf-httpd.socket" \
    "$T/units/pf-httpd.service"
done_testing
