# A pack of one record with a body of zeros, made of a small pack.
#
#	giant.pl BYTES < PACK
use strict;
use warnings;
use Digest::SHA;

my ($size) = @ARGV;
my $piece = "\0" x 1048576;
local $/;
my ($head) = <STDIN> =~ /^\w+ \d+\n(.*?\n)/ or die "giant: no pack\n";

sub body {
	my ($to) = @_;
	for (my $n = 0; $n < $size; $n += length $piece) {
		$to->($size - $n < length $piece ?
		    substr $piece, 0, $size - $n : $piece);
	}
}

my $sha = Digest::SHA->new(256);
body(sub { $sha->add($_[0]) });
my $hex = $sha->hexdigest;
$head =~ s/"len":\d+,"sha256":"\w+"/"len":$size,"sha256":"$hex"/;
$sha->add($head);
body(sub { $sha->add($_[0]) });
$sha->add("\nEND\n");
print $sha->hexdigest, ' ', length($head) + $size + 5, "\n$head";
body(sub { print $_[0] });
print "\nEND\n";
