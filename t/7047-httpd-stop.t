#!/bin/sh
# pf-httpd is told to end while clients ask again and again on connections that
# they keep: it ends well, every time, and no answer is cut off.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/httpd.sh
. "$PF_ROOT/t/lib/httpd.sh"
need perl strace

# Asks until it is told that this was the last time, or the connection ends
# between two answers; 1 if it ends within one.
cat >"$T/ask.pl" <<'E2'
use strict;
use warnings;
use IO::Socket::INET;
my $s = IO::Socket::INET->new(PeerAddr => $ARGV[0], Timeout => 60) or exit 2;
for (;;) {
	local $SIG{PIPE} = 'IGNORE';
	print $s "GET /api/v1/jobs HTTP/1.1\r\nHost: $ARGV[0]\r\n\r\n" or exit 0;
	my $got = '';
	while ($got !~ /\r\n\r\n/) {
		sysread($s, $got, 65536, length $got) or exit($got ne '');
	}
	my ($head, $body) = split /\r\n\r\n/, $got, 2;
	my ($n) = $head =~ /content-length: (\d+)/i or exit 3;
	while (length $body < $n) {
		sysread($s, $body, 65536, length $body) or exit 1;
	}
	exit 0 if $head =~ /^connection: close/im;
}
E2

master_real
for round in 1 2 3 4 5 6 7 8 9 10; do
	httpd
	asking=
	for _ in 1 2 3 4 5 6; do
		perl "$T/ask.pl" "$addr" &
		asking="$asking $!"
	done
	perl -e "select undef, undef, undef, 0.0$round"
	kill "$httpd"
	rc=0
	wait "$httpd" || rc=$?
	is $rc 0 "round $round: it ends well"
	for pid in $asking; do
		rc=0
		wait "$pid" || rc=$?
		# 2: it came too late
		[ $rc -eq 2 ] || [ $rc -eq 0 ] || fail "round $round: an answer is cut off ($rc)"
	done
	is "$(cat "$T/h.err")" '' "round $round: and says nothing"
done

# SIGHUP: the same, and another start is wanted.
httpd
req GET /health
perl "$T/ask.pl" "$addr" &
asking=$!
sleep 0.2
kill -s HUP "$httpd"
rc=0
wait "$httpd" || rc=$?
is $rc 75 'SIGHUP: it ends, to be started again'
rc=0
wait $asking || rc=$?
[ $rc -eq 2 ] || is $rc 0 'no answer is cut off'
is "$(cat "$T/h.err")" \
    'pf-httpd: told to end and be started again' \
    'and says so'
httpd_by nohup
kill -s HUP "$httpd"
kill -s INT "$httpd"
sleep 0.5
req GET /health
is "$code" 200 'one that was told to ignore signals goes on'
httpd_stop
is "$status" 0 'and ends as it should'

# A request that comes between the last look for one and the end, and takes
# its time: eventfds are written late, and what locks the database is slow.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"
httpd_by strace -f -qq -o "$T/trace" -e trace=write,fcntl \
    -e inject=write:delay_enter=300000 -e inject=fcntl:delay_enter=400000
cat >"$T/late.pl" <<'E2'
use strict;
use warnings;
use IO::Socket::INET;
my $s = IO::Socket::INET->new(PeerAddr => $ARGV[0], Timeout => 60) or exit 2;
for my $path ('/health', '/api/v1/jobs') {
	print $s "GET $path HTTP/1.1\r\nHost: $ARGV[0]\r\n\r\n";
	my $got = '';
	while ($got !~ /\r\n\r\n/) {
		sysread($s, $got, 65536, length $got) or exit($got ne '');
	}
	last if $path ne '/health';
	open(my $f, '>', "$ARGV[1]/first") or exit 3;
	1 until -e "$ARGV[1]/now";
	select undef, undef, undef, 0.45;
}
E2
perl "$T/late.pl" "$addr" "$T" &
late=$!
ok 'a connection that is kept' until_true 60 test -e "$T/first"
tracer=$httpd
kill "$(cat "/proc/$tracer/task/$tracer/children")"
: >"$T/now"
rc=0
wait "$tracer" || rc=$?
is $rc 0 'a request at the very end: it ends well'
rc=0
wait $late || rc=$?
is $rc 0 'and the request is answered, or the connection was closed before it'
is "$(grep -v '^strace: ' "$T/h.err")" '' 'nothing is said'
done_testing
