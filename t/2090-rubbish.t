#!/bin/sh
# Op lines from anywhere: ten thousand, most of them rubbish.  One answer
# each, with its line and class, and the good ones among them are done.
# shellcheck disable=SC2016,SC2119 # for perl, sh; no arguments meant
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sched.sh
. "$PF_ROOT/t/lib/sched.sh"
need jq perl sqlite3

sched_new ''
# Bytes, an id that is a path, an unknown op, a good one, 70,000 bytes.
perl -e 'srand(1);
    for my $i (0 .. 9999) {
	my $k = $i % 5;
	if ($k == 0) {
	    print join("", map { my $c = int(rand(256)); chr($c == 10 ? 0 : $c) }
		1 .. 1 + rand(199)), "\n";
	} elsif ($k == 1) { print qq({"op":"claim","bot":"../../x$i"}\n) }
	elsif ($k == 2) { print qq({"op":"nosuch$i"}\n) }
	elsif ($k == 3) {
	    print qq({"op":"register","hostname":"h$i","capabilities":["a"]}\n)
	} else { print "x" x 70000, "\n" }
    }' >"$T/rubbish"

# answers NAME: what pf-sched apply says of them
answers()
{
	run pf-sched apply <"$T/rubbish"
	ran 65 "$1: refused lines make it 65"
	is "$(wc -l <"$T/out")" 10000 "$1: an answer each"
	is "$(grep -c '"ok":true' "$T/out")" 2000 "$1: the good ones are done"
	is "$(jq -r 'select(.ok == false) | .class + " " + (.field // "-")' \
	    "$T/out" | sort | uniq -c | awk '{ printf "%s %s %s,", $1, $2, $3 }')" \
	    '2000 data bot,4000 usage -,2000 usage op,' "$1: class and field"
	is "$(jq 'select(.ok == false) | .line' "$T/out" | awk '
	    { want = NR + int((NR - 1) / 4) + (NR % 4 == 0 ? 1 : 0) }
	    $1 != want { bad++ } END { print bad + 0 }')" 0 "$1: the line of each"
}
answers 'alone'
is "$(sql 'SELECT count(*) FROM bots')" 2000 'as many bots'
serve_start
answers 'by a server'
is "$(sql 'SELECT count(*) FROM bots')" 2000 'they were known'
printf 'x%070000d' 1 >"$T/in"
check 'an overlong line without an end' 65 \
    '~^{"line":1,"ok":false,"class":"usage","error":"op line longer' - \
    sh -c 'pf-sched apply <"$1"' sh "$T/in"
serve_stop
is $serve_rc 0 'the server bears it'
done_testing
