#!/bin/sh
# pf-httpd: usage, the ways to start it, the way to end it.
. "$(dirname "$0")/lib/tap.sh"
. "$(dirname "$0")/lib/httpd.sh"

usage='usage: pf-httpd [-hiVv] [-c conf] [-l addr:port] [-u user[:group]]'
run pf-httpd -h
ran 0 '-h is no error'
is "$(cat "$T/out")" "$usage" '-h prints the usage'
is "$(cat "$T/err")" '' '-h says nothing on stderr'
run pf-httpd -V
ran 0 '-V is no error'
like "$(cat "$T/out")" '^pf-httpd [0-9.]+$' '-V prints the version'
for bad in -x 'operand' '-i -l 127.0.0.1:0'; do
	# shellcheck disable=SC2086
	run pf-httpd $bad
	ran 64 "wrong usage: $bad"
	is "$(tail -n 1 "$T/err")" "$usage" "the usage on stderr: $bad"
done

run pf-httpd -c "$T/none"
ran 78 'no such configuration'
printf '[http]\nport = 1\n' >"$T/wrong"
run pf-httpd -c "$T/wrong"
ran 78 'an unknown key'
like "$(cat "$T/err")" 'wrong:2: unknown key "port" in \[http\]' \
    'the unknown key is named'

master
for bad in 1 127.0.0.1 127.0.0.1:65536 127.0.0.1:x '[::1:80'; do
	run pf-httpd -l "$bad"
	ran 78 "not an address: $bad"
	is "$(cat "$T/err")" "pf-httpd: \"$bad\" is not ADDR:PORT" \
	    "what is wrong with $bad"
done
run pf-httpd -l 192.0.2.1:0
ran 74 'an address of another host'
PF_HTTPD_IDLE=5 run pf-httpd
ran 78 'an idle time without a unit'

httpd
like "$(cat "$T/h.out")" '^listening http://127\.0\.0\.1:[0-9]+$' \
    'it says where it listens'
req GET /health
is "$code" 200 'it answers'
run pf-httpd -l "$addr"
ran 75 'a port that is taken'
is "$(cat "$T/err")" \
    "pf-httpd: cannot listen on $addr: the port is taken" 'and says so'
httpd_stop
ran 0 'SIGTERM ends it with status 0'
is "$(cat "$T/h.err")" '' 'it said nothing on stderr'

run pf-httpd -i </dev/null
ran 64 '-i without a connection'
is "$(cat "$T/err")" 'pf-httpd: -i: standard input is not a connection' \
    'and says so'
printf 'GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n%s' \
    'GET /nothing HTTP/1.0
Host: a

' >"$T/two"
run socat -t 5 - EXEC:'pf-httpd -i' <"$T/two"
ran 0 '-i serves one connection'
is "$(grep -c '^HTTP/1.1' "$T/out")" 2 'and every request on it'
is "$(cat "$T/err")" '' 'and says nothing'

pf-httpd -l 127.0.0.1:0 >/dev/full 2>"$T/err" </dev/null
is $? 74 'a full stdout is an error'
done_testing
