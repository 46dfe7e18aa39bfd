#!/bin/sh
# pf-sched serve under strain: clients that do not read, more of them than
# descriptors, a stop in the middle of work.
# shellcheck disable=SC2016,SC2119 # for inner shells; no arguments meant
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sched.sh
. "$PF_ROOT/t/lib/sched.sh"
need jq sqlite3 socat perl

sched_new ''
serve_start
is "$(stat -c %a "$T/m/sock")" 660 'the socket is for its user and group'
bot one '["libfuzzer"]'
resident() { sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$serve_pid/status"; }
ticks() { sed 's/.*) //' "/proc/$serve_pid/stat" | awk '{ print $12 + $13 }'; }

# 64 clients ask without end and read nothing.
before=$(resident)
perl -MSocket -MIO::Socket::UNIX -e '
    my ($path, $bot, $done) = @ARGV;
    my $line = qq({"op":"heartbeat","bot":"$bot"}\n) x 50;
    my @s = map { my $s = IO::Socket::UNIX->new($path); $s->blocking(0); $s }
	1 .. 64;
    my $end = time + 30;
    my $idle = 0;
    while ($idle < 20 && time < $end) {
	my $n = 0;
	for (@s) { $n += (syswrite($_, $line) || 0) }
	$idle = $n ? 0 : $idle + 1;
	select undef, undef, undef, 0.05 if !$n;
    }
    open my $f, ">", $done; close $f;
    sleep 60' "$T/m/sock" "$bot" "$T/stuffed" &
stuffer=$!
at_end "kill $stuffer 2>/dev/null"
ok 'clients that do not read are not read for ever' until_true 40 \
    test -e "$T/stuffed"
after=$(resident)
# A sanitizer keeps what is freed.
[ -n "${PF_FAST:-}" ] ||
	ok 'and cost no more than some megabytes' test $((after - before)) -lt 32768
echo "# $before kB before, $after kB with 64 of them"
op "{\"op\":\"heartbeat\",\"bot\":\"$bot\"}"
is "$(get .ok)" true 'others are answered'
kill $stuffer
wait $stuffer 2>/dev/null
serve_stop
is $serve_rc 0 'it ends well'

# Some that send without end and read their replies, and one with a question.
serve_start
flood=
for i in 1 2 3 4 5 6; do
	yes '{"op":"x"}' 2>/dev/null |
	    timeout 120 socat -b 65536 - "UNIX-CONNECT:$T/m/sock" \
	    >/dev/null 2>&1 &
	flood="$flood $!"
done
at_end "kill $flood 2>/dev/null"
until_true 10 sh -c '[ "$(sed "s/.*) //" /proc/$1/stat |
    awk "{ print \$12 + \$13 }")" -gt 50 ]' sh "$serve_pid"
for i in 1 2 3; do
	op '{"op":"stats"}'
	is "$(get .ok)" true "who asks beside them is answered, $i"
done
# shellcheck disable=SC2086 # one a word
kill $flood
# shellcheck disable=SC2086 # likewise
wait $flood 2>/dev/null
serve_stop

# Half a line each, of many.
serve_start
before=$(resident)
perl -MSocket -MIO::Socket::UNIX -e '
    my ($path, $done) = @ARGV;
    my $half = q({"op":") . "x" x 65000;
    my @s = map { IO::Socket::UNIX->new($path) } 1 .. 600;
    $_->blocking(0) for @s;
    my $end = time + 30;
    my %left = map { $_ => length $half } 0 .. $#s;
    while (%left && time < $end) {
	for my $i (keys %left) {
	    my $n = syswrite($s[$i], $half, $left{$i},
		length($half) - $left{$i}) || 0;
	    $left{$i} -= $n;
	    delete $left{$i} if $left{$i} <= 0;
	}
    }
    my %busy;
    while (keys %busy < 20 && time < $end) {
	for (@s) {
	    my $b = "";
	    sysread $_, $b, 4096;
	    $busy{$_} = 1 if $b =~ /"class":"busy".*half a line/;
	}
	select undef, undef, undef, 0.1;
    }
    my $busy = keys %busy;
    open my $f, ">", "$done.new"; print $f "$busy ", scalar(keys %left), "\n";
    close $f;
    rename "$done.new", $done;
    sleep 60' "$T/m/sock" "$T/halves" &
halves=$!
at_end "kill $halves 2>/dev/null"
ok 'half lines are taken' until_true 60 test -e "$T/halves"
like "$(cat "$T/halves")" '^[2-9][0-9]+ 0$' 'and some of them refused for it'
after=$(resident)
echo "# $before kB before, $after kB with half a line of 600"
[ -n "${PF_FAST:-}" ] ||
	ok 'so that they cost some megabytes' test $((after - before)) -lt 30000
op "{\"op\":\"heartbeat\",\"bot\":\"$bot\"}"
is "$(get .ok)" true 'a whole line is answered'
kill $halves
wait $halves 2>/dev/null
serve_stop
is $serve_rc 0 'it ends well'

# Who cannot wait for clients says so.
if [ -z "${PF_FAST:-}" ] && command -v strace >/dev/null; then
	check 'poll() fails' 75 - '~poll: Cannot allocate memory' \
	    timeout 60 strace -o /dev/null -e trace=poll \
	    -e inject=poll:error=ENOMEM:when=2 pf-sched serve
fi

# SIGTERM: what is in hand is finished, what was answered is there.
serve_start
perl -e 'printf qq({"op":"register","hostname":"h%d","capabilities":["a"]}\n), $_
    for 1 .. 20000' >"$T/many"
perl -MIO::Socket::UNIX -e '$SIG{PIPE} = "IGNORE";
    my $s = IO::Socket::UNIX->new($ARGV[0]) or die;
    if (!fork) { print $s $_ while <STDIN>; exit }
    $| = 1; my $b; print $b while sysread $s, $b, 65536' \
    "$T/m/sock" <"$T/many" >"$T/answers" &
client=$!
until_true 10 test -s "$T/answers"
serve_stop
is $serve_rc 0 'stopped in the middle of work'
wait $client
answered=$(grep -c '"ok":true' "$T/answers")
is "$(sql "SELECT count(*) FROM bots WHERE hostname <> 'h'")" "$answered" \
    'all that is there was answered, and the other way round'
echo "# $answered of 20000 were answered"

# Fewer descriptors than clients.
prlimit --nofile=80 pf-sched serve 2>"$T/few.err" &
serve_pid=$!
at_end "kill $serve_pid 2>/dev/null"
until_true 10 sh -c 'socat /dev/null "UNIX-CONNECT:$1" 2>/dev/null' sh "$T/m/sock"
perl -MIO::Socket::UNIX -e '
    my ($path, $bot, $done) = @ARGV;
    my @s = grep { defined } map { IO::Socket::UNIX->new($path) } 1 .. 120;
    open my $f, ">", $done; close $f;
    $SIG{TERM} = sub { exit 0 };
    sleep 60' "$T/m/sock" "$bot" "$T/crowd" &
crowd=$!
at_end "kill $crowd 2>/dev/null"
until_true 10 test -e "$T/crowd"
sleep 0.3
before=$(ticks)
sleep 1
ok 'a crowd at the door costs nothing' test $(($(ticks) - before)) -lt 30
kill $crowd
wait $crowd 2>/dev/null
op "{\"op\":\"heartbeat\",\"bot\":\"$bot\"}"
is "$(get .ok)" true 'who comes after it is let in'
serve_stop
is $serve_rc 0 'it ends well'
is "$(cat "$T/few.err")" '' 'without a word'
done_testing
