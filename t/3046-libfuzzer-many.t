#!/bin/sh
# pf-run and libFuzzer: thousands of new files at once are all found, once
# each, and a corpus that nothing came to is not read over and over.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/share.sh
. "$PF_ROOT/t/lib/share.sh"
need clang strace perl

build_quiet
run_master 'heartbeat_interval = 1s'
submit many libfuzzer "$T/quiet" -d 10m -o minimise=0
pf-run -m "$url" >"$T/bot.out" 2>"$T/bot.err" &
bot=$!
at_end "kill $bot 2>/dev/null"
corpus=$T/w/slot-0/jobs/$job/corpus
ok 'it fuzzes' until_true 60 grep -q INITED "${corpus%/*}/own/engine.log"
# More than it remembers the names of: written in place, and brought there.
perl -e 'for my $i (1 .. 6000) {
	my $path = $i % 2 ? "$ARGV[0]/many-$i" : "$ARGV[1]/tmp";
	open(my $f, ">", $path) or die "$path: $!";
	print $f "one of many, $i";
	close $f;
	$i % 2 or rename($path, "$ARGV[0]/many-$i") or die "rename: $!";
}' "$corpus" "$T"
of_many() { [ "$(master_sql "SELECT count(*) FROM corpus WHERE
    job_id = '$job' AND size > 12")" -ge "$1" ]; }
ok 'thousands are found' until_true 120 of_many 6000

# What it opens from now on.
slot=$(pgrep -P "$bot" -x pf-run)
strace -qq -e trace=openat,open -o "$T/trace" -p "$slot" 2>"$T/strace.err" &
tracer=$!
at_end "kill $tracer 2>/dev/null"
traced() { grep -q engine.log "$T/trace"; }
if until_true 20 traced; then
	for n in 1 2 3; do
		echo "late find $n" >"$corpus/late-$n"
		hash=$(sha256sum <"$corpus/late-$n" | cut -d ' ' -f 1)
		ok "a find afterwards, $n" until_true 60 filed "$job" "$hash"
	done
	kill "$tracer"
	wait "$tracer" 2>/dev/null
	grep "\"$corpus\"" "$T/trace" | head -n 3 >"$T/read"
	empty "$T/read" 'for them the corpus is not read'
else
	skip 'nobody may look at pf-run here'
fi
kill "$bot"
wait "$bot"
is $? 0 'it ends well'
ok 'all is filed' until_true 20 spool_empty
is "$(master_sql "SELECT count(*) - count(DISTINCT hash) FROM corpus")" 0 \
    'each once'
is "$(master_sql "SELECT (SELECT count(*) FROM results WHERE
    kind = 'corpus') - (SELECT count(*) FROM corpus)")" 0 'and sent once'
done_testing
