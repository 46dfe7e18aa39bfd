#!/bin/sh
# pf-run and libFuzzer: each way to go wrong is found, told as what it is, and
# sent once, though each ends the process.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ways.sh
. "$PF_ROOT/t/lib/ways.sh"
need clang

run_master 'heartbeat_interval = 1s'
build_ways asan ,address
# libFuzzer is stopped at the start by each, and must get past them all.
all='HEAP LEAK BIGM RSSM ABRT EXIT'
# shellcheck disable=SC2086 # words
ways_seeds $all
submit ways libfuzzer "$T/asan" -d 10m -s "$T/seeds" -m 256M -T 1m
bot_start
# shellcheck disable=SC2086 # words
ok 'every way is found' until_true 120 crash_filed $all
dir=$T/w/slot-0/jobs/$job
ok 'and then it fuzzes' until_true 30 grep -q 'INITED' "$dir/own/engine.log"
ok 'its counts are kept' test -s "$dir/own/libfuzzer.json"
bot_done
ok 'it ends when told to' job_is cancelled
ok 'all is delivered' outbox_empty
ok 'and filed' until_true 10 spool_empty

# told INPUT TYPE TOOL ARTIFACT EXIT
told()
{
	is "$(crash_has "$1" "type || ' ' || tool")" "$2 $3" "$1: what it is"
	like "$(crash_has "$1" 'output')" "$4" "$1: its report"
	is "$(crash_has "$1" 'exit_code')" "$5" "$1: its status"
	is "$(crash_has "$1" 'count')" 1 "$1: once"
}
told HEAP heap-buffer-overflow asan 'DEDUP_TOKEN: memory--LLVMFuzzerTest' 1
told LEAK memory-leak lsan 'DEDUP_TOKEN: malloc--leak' 77
told BIGM out-of-memory libfuzzer 'out-of-memory .malloc.314572800' 71
told RSSM out-of-memory libfuzzer 'out-of-memory .used: .*limit: 256Mb' 71
told ABRT abort asan 'AddressSanitizer: ABRT' 1
told EXIT exit libfuzzer 'fuzz target exited' 77
like "$(crash_has HEAP stack)" '^memory < LLVMFuzzerTestOneInput' 'where'
like "$(crash_has RSSM stack)" 'fill|LLVMFuzzer|^$' 'where, if it is known'
is "$(crash_has HEAP "command")" '%TARGET% %INPUT%' 'how to repeat it'

# One that takes too long, and one that only takes long.
ways_seeds SLOW LOOP
submit loop libfuzzer "$T/asan" -d 10m -s "$T/seeds" -T 4s \
    -o report_slow_units=1
dir=$T/w/slot-0/jobs/$job
bot_start
ok 'what does not end is found' until_true 90 crash_filed LOOP
slow=$dir/artifacts/slow-unit-$(printf SLOW | sha1sum | cut -d ' ' -f 1)
ok 'what is slow is told' until_true 60 test -e "$slow"
bot_done
ok 'that is filed' until_true 10 spool_empty
told LOOP timeout libfuzzer 'timeout after [0-9]+ seconds' 70
is "$(crash_has SLOW 'count(*)')" 0 'and is no crash'
like "$(pf-report log "$job" | tr -d '\000')" 'Slowest unit' \
    'the log tells of it'
like "$(master_sql "SELECT max(hang_count) FROM job_stats
    WHERE job_id = '$job'")" '^[1-9]' 'timeouts count as hangs'
is "$(master_sql "SELECT count(*) FROM crashes WHERE type = 'unknown'")" 0 \
    'nothing is unknown'
done_testing
