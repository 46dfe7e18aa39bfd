#!/bin/sh
# Who lays packs down: a program around the spool, and pf-httpd with a batch.
# Killed at every system call, with an error at each, with short writes and
# without memory: what was acknowledged lies there whole, what was not comes
# again, and nothing is ever torn.
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
printf 'input %%d' >"$T/in"
mkpack crash job-1 bot-1 -n 3 "$T/in" >"$T/sent"

acknowledged() { [ -s "$T/out" ]; }
sweep_run()
{
	run "$@" mkpack crash job-1 bot-1 -n 3 -d "$T/s" "$T/in"
}
sweep_of spool "openat.*$T/in"
sweep_kill 10
sweep_chain 10 3
sweep_errors 7 EIO ENOSPC EINTR EMFILE
sweep_nth 'short write' short SHORT 4

# The same batch by pf-httpd, one for a connection as inetd starts it.
{
	printf 'POST /api/v1/results/batch HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n'
	printf 'Content-Type: application/x-pandafuzz-pack\r\nContent-Length: %d\r\n\r\n' \
	    "$(wc -c <"$T/sent")"
	cat "$T/sent"
} >"$T/request"
acknowledged() { grep -q '^HTTP/1.1 200' "$T/out"; }
what=request
sweep_run() { http_run "$@"; }
sweep_of pf-httpd "openat.*$T/conf" -f
sweep_kill 12
sweep_chain 12 3
sweep_errors 5 EIO ENOSPC EINTR EMFILE
sweep_nth 'short write' short SHORT 4
sweep_nth 'no memory' mf MF 10
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
