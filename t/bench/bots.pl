# Bots that do nothing but say that they are there, for figures.
#
#	bots.pl ADDR INTERVAL SECONDS < ids
#
# Each id sends a heartbeat an interval, over a connection of its own; prints
# how many were answered with 200, and the 99th percentile in us.
use strict;
use warnings;
use IO::Socket::INET;
use Time::HiRes qw(sleep time);

my ($addr, $interval, $seconds) = @ARGV;
chomp(my @ids = <STDIN>);
my ($start, $good, @took) = (time, 0);
for (my $n = 0;; $n++) {
	my $at = $start + $n * $interval / @ids;
	last if $at > $start + $seconds;
	my $now = time;
	sleep $at - $now if $at > $now;
	$now = time;
	my $s = IO::Socket::INET->new(PeerAddr => $addr) or next;
	my $body = '{"inc":"i","status":"idle"}';
	syswrite $s, "POST /api/v1/bots/$ids[$n % @ids]/heartbeat HTTP/1.1\r\n" .
	    "Host: localhost\r\nContent-Type: application/json\r\n" .
	    "Connection: close\r\nContent-Length: " . length($body) .
	    "\r\n\r\n$body";
	my $n_read = sysread $s, my $answer, 4096;
	$good++ if $n_read && $answer =~ /^\S+ 200 /;
	push @took, time - $now;
}
@took = sort { $a <=> $b } @took;
printf "%d %d\n", $good, 1e6 * $took[$#took * 0.99];
