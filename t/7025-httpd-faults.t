#!/bin/sh
# pf-httpd: a disk that fails, and death between any two steps.
. "$(dirname "$0")/lib/tap.sh"
. "$(dirname "$0")/lib/httpd.sh"

strace -o /dev/null true 2>/dev/null || skip_all 'strace does not work here'
ldd "$PF_BIN/pf-httpd" | grep -q san && skip_all 'not under a sanitizer'
master
printf 'input' >"$T/in"
mkpack crash job-1 bot-1 -f signal=11 "$T/in" >"$T/good"

# under CALL:FAULT
under()
{
	httpd_by strace -f -qq -o "$T/trace" -e "trace=${1%%:*}" -e "inject=$1"
}

# strace passes no signal on: its child is told, and ends by itself
stop()
{
	child=$(pgrep -P "$httpd" pf-httpd) && kill "$child"
	wait "$httpd" 2>/dev/null
}

mv=rename,renameat,renameat2
for call in fsync:error=EIO fsync:error=ENOSPC $mv:error=EROFS; do
	under "$call"
	pack "$T/good"
	case $call in
	*ENOSPC) want=507 ;;
	*) want=503 ;;
	esac
	is "$code" $want "$call: no acknowledgement"
	is "$(count "$T/s")" 0 "$call: nothing is left"
	req GET /health
	is "$code" 200 "$call: it goes on"
	stop
done

# Killed at the first or second sync or at the rename: no answer.  What lies
# in new/ is whole even so.
for call in fsync:signal=KILL:when=1 $mv:signal=KILL \
    fsync:signal=KILL:when=2; do
	under "$call"
	pack "$T/good"
	is "$code" 000 "$call: no acknowledgement"
	for f in "$T"/s/new/*; do
		[ -e "$f" ] || continue
		ok "$call: what is in new is whole" cmp "$f" "$T/good"
	done
	stop
	rm -f "$T"/s/new/* "$T"/s/tmp/*
done
httpd
pack "$T/good"
is "$code" 200 'the next one takes it'
kill -9 "$httpd"
wait "$httpd" 2>/dev/null
ok 'and it stays' cmp "$T"/s/new/* "$T/good"
done_testing
