# A client that means no good, for tests of pf-httpd; run by perl.
#
#	hostile.pl ask ADDR		what is on stdin is sent; prints the
#					statuses that come until the server
#					closes, or "open" if it does not
#	hostile.pl hold ADDR KIND N [FROM]
#					N connections that get nowhere; prints
#					"ready", ends when all are closed
#	hostile.pl noise ADDR N SEED	N requests that are broken by chance;
#					prints how often each status came
#	hostile.pl volley ADDR N PID	N requests that PID sees at once;
#					prints how many it answers
#	hostile.pl leave ADDR N PID	N connections whose last bytes and end
#					it sees at once
use strict;
use warnings;
use IO::Select;
use IO::Socket::INET;
use Socket qw(SOL_SOCKET SO_LINGER SO_RCVBUF);
use Time::HiRes qw(sleep time);

my ($what, $addr, @args) = @ARGV;
$SIG{PIPE} = 'IGNORE';
$| = 1;

sub dial {
	my ($from) = @_;
	my $s = IO::Socket::INET->new(PeerAddr => $addr, Timeout => 10,
	    defined $from ? (LocalAddr => $from) : ());
	die "hostile: $addr: $!\n" if !defined $s;
	return $s;
}

# Statuses of the answers in a string.
sub statuses { return $_[0] =~ m{^HTTP/1\.[01] (\d+)}mg }

# Everything that comes until the server closes or is silent for so long.
sub answers {
	my ($s, $wait) = @_;
	my ($all, $sel) = ('', IO::Select->new($s));
	while ($sel->can_read($wait)) {
		my $n = sysread $s, my $piece, 65536;
		return ($all, 1) if !$n;
		$all .= $piece;
	}
	return ($all, 0);
}

sub ask {
	local $/;
	my ($s, $text) = (dial(), scalar <STDIN>);
	syswrite $s, $text;
	my ($all, $closed) = answers($s, 5);
	print join(' ', statuses($all), $closed ? () : 'open'), "\n";
}

my $host = "Host: localhost\r\n";
my $post = "POST /api/v1/results/batch HTTP/1.1\r\n$host" .
    "Content-Type: application/x-pandafuzz-pack\r\n";
my $chunked = "${post}Transfer-Encoding: chunked\r\n\r\n";
my %begin = (
	silent	=> '',
	line	=> 'GET /',
	headers	=> "GET /health HTTP/1.1\r\n${host}X: ",
	body	=> "${post}Content-Length: 60000\r\n\r\n",
	chunk	=> "${chunked}5;",
	full	=> "${chunked}5;" . 'x' x 40000,
	trailer	=> "${chunked}0\r\nX: ",
	read	=> "GET %s HTTP/1.1\r\n$host\r\n",
	again	=> "GET /health HTTP/1.1\r\n$host\r\n",
);

# Drops: a byte of each connection every tenth of a second.
sub hold {
	my ($kind, $n, $from) = @args;
	my $path;
	($kind, $path) = ($1, $2) if $kind =~ /^(read)=(.*)/;
	my (@open, $closed);
	for (1 .. $n) {
		my $s = dial($from);
		setsockopt $s, SOL_SOCKET, SO_RCVBUF, 4096 if defined $path;
		syswrite $s, defined $path ? sprintf $begin{$kind}, $path :
		    $begin{$kind};
		sysread $s, my $answer, 65536 if $kind eq 'again';
		$s->blocking(0);
		push @open, $s;
	}
	print "ready\n";
	while (@open) {
		sleep 0.1;
		my @left;
		for my $s (@open) {
			my $k = 1;
			if ($kind eq 'read') {
				$k = sysread $s, my $byte, 1;
			} else {
				$k = sysread $s, my $bytes, 4096
				    if IO::Select->new($s)->can_read(0);
				syswrite $s, 'x' if $kind !~ /silent|again/;
			}
			my $gone = defined $k ? $k == 0 :
			    !$!{EAGAIN} && !$!{EWOULDBLOCK};
			push @left, $s if !$gone;
		}
		@open = @left;
	}
	print "closed\n";
}

# The server is stopped until all have asked.
sub volley {
	my ($n, $pid) = @args;
	my @all = map { my $s = dial(); syswrite $s, $begin{again};
	    sysread $s, my $answer, 65536; $s } 1 .. $n;
	kill 'STOP', $pid;
	syswrite $_, $begin{again} for @all;
	kill 'CONT', $pid;
	my $until = time + 10;
	my $got = grep { my $left = $until - time;
	    IO::Select->new($_)->can_read($left > 0 ? $left : 0) } @all;
	print "$got\n";
}

sub leave {
	my ($n, $pid) = @args;
	my @all = map { my $s = dial(); syswrite $s, $begin{line}; $s } 1 .. $n;
	sleep 0.2;
	kill 'STOP', $pid;
	for (@all) {
		syswrite $_, 'x';
		close $_;
	}
	kill 'CONT', $pid;
}

my @good = (
	"GET /health HTTP/1.1\r\n$host\r\n",
	"HEAD /api/v1/status HTTP/1.1\r\n$host\r\n",
	"POST /api/v1/bots/register HTTP/1.1\r\n${host}Content-Type: " .
	    "application/json\r\nContent-Length: 19\r\n\r\n" .
	    '{"hostname":"name"}',
	"${chunked}4\r\nabcd\r\nA;x=y\r\n0123456789\r\n0\r\nT: u\r\n\r\n",
	"DELETE /api/v1/bots/b HTTP/1.1\r\n$host\r\n",
	"GET /api/v1/jobs/j/shared?after=1&limit=2&own=1 HTTP/1.1\r\n$host\r\n",
	"${post}Expect: 100-continue\r\nContent-Length: 4\r\n\r\nabcd",
);
my @bits = ("\0", "\r", "\n", "\r\n\r\n", ' ', "\t", ':', ';', '%00', '%2f',
    '/../', '//', '?', '#', "\xff", "\x80", 'HTTP/9.9', '-1', '0x10',
    '99999999999999999999', "Content-Length: 3\r\n", "Host: b\r\n",
    "Transfer-Encoding: chunked\r\n", 'x' x 20000, "A: b\r\n" x 500);

# One text, with a few places changed.
sub spoil {
	my ($text) = @_;
	for (0 .. int rand 4) {
		my ($at, $len) = (int rand 1 + length $text, int rand 9);
		my $new = rand() < 0.5 ? $bits[rand @bits] : rand() < 0.5 ? '' :
		    join '', map { chr rand 256 } 1 .. 1 + rand 12;
		$len = length($text) - $at if $at + $len > length $text;
		substr $text, $at, $len, $new;
	}
	return $text;
}

sub noise {
	my ($n, $seed) = @args;
	my (%count, @open);
	srand $seed;
	for (1 .. $n) {
		my $s = dial();
		my $text = join '', map { spoil($good[rand @good]) }
		    0 .. rand 3;
		$text = join '', map { chr rand 256 } 1 .. rand 400
		    if rand() < 0.1;
		my $cut = rand() < 0.2 ? int rand length $text : length $text;
		$s->blocking(0);
		syswrite $s, substr $text, 0, $cut;
		my $end = rand;
		if ($end < 0.2) {	# reset
			setsockopt $s, SOL_SOCKET, SO_LINGER, pack 'ii', 1, 0;
			close $s;
			next;
		}
		shutdown $s, 1 if $end < 0.6;
		push @open, $s;
		next if @open < 50 && $_ < $n;
		for my $o (@open) {
			my ($all) = answers($o, 0.02);
			$count{$_}++ for statuses($all);
			# What the library says itself is not JSON.
			$count{failure}++ if $all =~ /"status":50[0-2]/;
			close $o;
		}
		@open = ();
	}
	print "$_ $count{$_}\n" for sort keys %count;
}

my %modes = (ask => \&ask, hold => \&hold, noise => \&noise,
    volley => \&volley, leave => \&leave);
die "usage: hostile.pl ask|hold|noise|volley|leave addr ...\n"
    if !defined $addr || !defined $modes{$what};
$modes{$what}->();
