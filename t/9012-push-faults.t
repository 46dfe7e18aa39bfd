#!/bin/sh
# A crash in JSON, and one as a file that is too large for memory, by
# pf-httpd: killed at every system call, with an error at each, with short
# writes and without memory.  What was acknowledged lies there whole; what was
# not comes again and is the same record.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/httpd.sh
. "$PF_ROOT/t/lib/httpd.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sweep.sh
. "$PF_ROOT/t/lib/sweep.sh"
# shellcheck source-path=SCRIPTDIR source=lib/accept.sh
. "$PF_ROOT/t/lib/accept.sh"
whole
need strace socat

master
who='"job_id":"job-1","bot_id":"bot-1","timestamp":"2026-11-23T18:16:00Z"'
# request TYPE: what is on stdin is sent to results/crash so
request()
{
	cat >"$T/content"
	printf 'POST /api/v1/results/crash HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n'
	printf 'Content-Type: %s\r\nContent-Length: %d\r\n\r\n' "$1" \
	    "$(wc -c <"$T/content")"
	cat "$T/content"
}
printf '{%s,"signal":11,"input":"aGVsbG8="}' "$who" |
    request application/json >"$T/json"
{
	printf -- '--bound\r\nContent-Disposition: form-data; name="metadata"\r\n\r\n'
	printf '{%s}\r\n' "$who"
	printf -- '--bound\r\nContent-Disposition: form-data; name="input"\r\n\r\n'
	head -c 700000 /dev/urandom
	printf -- '\r\n--bound--\r\n'
} | request 'multipart/form-data; boundary=bound' >"$T/form"

acknowledged() { grep -a -q '^HTTP/1.1 200' "$T/out"; }
sweep_run() { http_run "$@"; }

for what in json form; do
	sweep_back
	sweep_run
	ok "$what: acknowledged" acknowledged
	cat "$T"/s/new/* >"$T/sent"
	sweep_back
	sweep_of "$what" "openat.*$T/conf" -f
	sweep_kill 10
	sweep_chain 10 3
	sweep_errors 5 EIO ENOSPC EINTR EMFILE
	sweep_nth 'short write' short SHORT 4
	sweep_nth 'no memory' mf MF 10
done
sweep_end

# It can fail: a promise that is not kept is seen.
sweep_back
sweep_run
ok 'acknowledged' acknowledged
rm -f "${T:?}"/s/new/*
ok 'and gone is seen' test -n "$(sweep_broken 2>&1)"
head -c 100 "$T/sent" >"$T/s/new/x"
ok 'and torn' test -n "$(sweep_broken 2>&1)"
done_testing
