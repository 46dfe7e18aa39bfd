#!/bin/sh
# pf-run and afl-fuzz: a main node and secondaries in one job.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/afl.sh
. "$PF_ROOT/t/lib/afl.sh"
need afl-fuzz afl-clang-fast

# shellcheck source-path=SCRIPTDIR source=lib/share.sh
. "$PF_ROOT/t/lib/share.sh"
need afl-whatsup

deep_afl deep
run_master
submit three afl++ "$T/deep" -d 5m -s "$T/seeds" -o nodes=3 \
    -o deterministic=yes -o seed=7
out=$(in_job out)
fuzz_begin
# all_fuzz: each node has begun
all_fuzz()
{
	for node in main s01 s02; do
		test -s "$out/$node/fuzzer_stats" || return
	done
}
ok 'three nodes fuzz' until_true 60 all_fuzz
# It remembers how far it has read the queue of each.
ok 'the main node looks at the others' \
    until_true 60 test -e "$out/main/.synced/s02"
afl-whatsup -s "$out" >"$T/whatsup" 2>&1
like "$(cat "$T/whatsup")" 'Summary stats' 'afl-whatsup reads them'
for node in main s01 s02; do
	# Behind a guard there are two of the name; the last is itself.
	tr '\0' ' ' <"/proc/$(pgrep -f "afl-fuzz -[MS] $node .*$T/w/" |
	    tail -n 1)/cmdline" >"$T/$node.cmd"
done
like "$(cat "$T/main.cmd")" 'afl-fuzz -M main -D -i .* -s 7 ' 'the main node'
like "$(cat "$T/s01.cmd")" 'afl-fuzz -S s01 -p explore .* -s 8 ' \
    'a secondary has a schedule and a seed of its own'
like "$(cat "$T/s02.cmd")" 'afl-fuzz -S s02 -p exploit .* -s 9 ' 'so another'
ok 'numbers are delivered' until_true 20 master_sql "SELECT executions
    FROM job_stats WHERE job_id = '$job'"
is "$(cat "$(in_job own)"/*.log | grep -c 'Mistyped')" 0 \
    'no variable is set that it does not know'
kill "$fuzz_bot"
wait "$fuzz_bot"
is $? 0 'all are stopped'
is "$(pgrep -fc "$T/w/slot-0/jobs/")" 0 'none is left'
total=0
for node in main s01 s02; do
	execs=$(sed -n 's/^execs_done *: *//p' "$out/$node/fuzzer_stats")
	like "$execs" '^[1-9][0-9]+$' "$node has its last statistics"
	total=$((total + execs))
done
ok 'all is filed' until_true 20 spool_empty
is "$(master_sql "SELECT max(executions) FROM job_stats
    WHERE job_id = '$job'")" "$total" 'their sum is what the job has done'

# Only a secondary found it: it is sent from there.
echo one-of-a-kind >"$out/s02/queue/id:000900,src:000000,time:1,execs:1,op:x"
fuzz_begin
ok 'the job is taken up' until_true 60 all_fuzz
hash=$(echo one-of-a-kind | sha256sum | cut -d ' ' -f 1)
ok 'what a secondary had found is filed' until_true 60 filed "$job" "$hash"
fuzz_end
is "$(grep -c 'afl-fuzz.*ended' "$T/bot.err")" 0 'none of them died'
done_testing
