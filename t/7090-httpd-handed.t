#!/bin/sh
# pf-httpd with a socket from inetd and from systemd, each for one connection
# and for many, with a token to ask for and, if root starts it, as nobody.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/httpd.sh
. "$PF_ROOT/t/lib/httpd.sh"
need systemd-socket-activate pgrep
inetd=/usr/sbin/inetd
[ -x $inetd ] || skip_all 'openbsd-inetd is not installed'

master
secret=0123456789abcdefghij
echo $secret >"$T/token"
chmod 600 "$T/token"
printf '[http]\ntoken_file = %s\n' "$T/token" >>"$T/conf"
me=$(id -un) become=''
if [ "$(id -u)" -eq 0 ]; then
	become='-u nobody' me=nobody
	chmod 755 "$T"
	chmod 644 "$T/conf"
	chown -R nobody "$T/s"
	# Nobody is root's debugger, not his own: no leak check then.
	ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0"
	export ASAN_OPTIONS
fi
printf 'input' >"$T/in"
mkpack crash job-1 bot-1 -f signal=11 "$T/in" >"$T/good"

# The kernel names a free port: in addr.
free()
{
	httpd
	httpd_stop
}
# serves NAME PID: at $addr, that process or its newest child
serves()
{
	url=http://$addr
	until_true 10 curl -sf -m 2 -o /dev/null "$url/health" ||
	    fail "$1: is there"
	pack "$T/good"
	is "$code" 401 "$1: asks for the token"
	pack "$T/good" -H "Authorization: Bearer ${secret}x"
	is "$code" 401 "$1: for the right one"
	before=$(count "$T/s/new")
	pack "$T/good" -H "Authorization: Bearer $secret"
	is "$code $(($(count "$T/s/new") - before))" '200 1' \
	    "$1: takes results with it"
	# One that is kept, to be looked at.
	: >"$T/events"
	curl -sN -m 20 -H "Authorization: Bearer $secret" \
	    "$url/api/v1/events?after=0" >"$T/events" 2>/dev/null &
	listener=$!
	until_true 5 test -s "$T/events" || :
	pid=$(pgrep -n -P "$2")
	is "$(stat -c %U "/proc/${pid:-$2}")" "$me" "$1: runs as $me"
	is "$(sed -n 's/^NoNewPrivs:[^0-9]*//p' "/proc/${pid:-$2}/status")" 1 \
	    "$1: shut in"
	is "$(head -n 1 "$T/events")" ': here begins what happens' \
	    "$1: has listeners"
	kill $listener
	wait $listener 2>/dev/null
}

PF_HTTPD_IDLE=300ms
export PF_HTTPD_IDLE
free
nowait=$addr
free
cat >"$T/inetd.conf" <<END
$nowait stream tcp nowait.100000 $(id -un) $PF_BIN/pf-httpd pf-httpd -i $become
$addr stream tcp wait $(id -un) $PF_BIN/pf-httpd pf-httpd $become
END
$inetd -i "$T/inetd.conf" >"$T/i.out" 2>"$T/i.err" &
inetd_pid=$!
at_end "kill $inetd_pid"
serves 'inetd wait' $inetd_pid
# With nobody's connection left they go.
ok 'inetd wait: ends' until_true 10 sh -c "! pgrep -P $inetd_pid"
addr=$nowait
serves 'inetd nowait' $inetd_pid
ok 'inetd nowait: ends' until_true 10 sh -c "! pgrep -P $inetd_pid"
is "$(cat "$T/i.out" "$T/i.err")" '' 'inetd hears nothing'

for way in '' -a '-a --inetd'; do
	free
	: >"$T/a.err"
	# shellcheck disable=SC2086
	systemd-socket-activate -l "$addr" -E "PF_CONF=$PF_CONF" \
	    -E PF_HTTPD_IDLE=300ms -E "ASAN_OPTIONS=${ASAN_OPTIONS-}" $way \
	    "$PF_BIN/pf-httpd" $become >"$T/a.out" 2>"$T/a.err" </dev/null &
	activated=$!
	at_end "kill $activated 2>/dev/null"
	until_true 5 grep -q '^Listening' "$T/a.err" ||
	    fail 'systemd-socket-activate listens'
	serves "systemd $way" $activated
	if [ -z "$way" ]; then
		status=0
		wait $activated || status=$?
		is "$status" 0 'systemd: it ends when it is idle'
	else
		ok "systemd $way: ends" until_true 10 sh -c \
		    "! pgrep -P $activated"
		kill $activated
		wait $activated 2>/dev/null
	fi
	is "$(grep '^pf-httpd' "$T/a.err")" '' "systemd $way: says nothing"
done
done_testing
