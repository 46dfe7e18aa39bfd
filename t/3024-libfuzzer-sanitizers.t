#!/bin/sh
# shellcheck disable=SC2119 # no arguments meant
# pf-run and libFuzzer builds with each sanitizer: what each is for is found
# and told; a choice of the job has its effect.
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
build_ways ubsan ,undefined
build_ways msan ,memory
build_ways lsan ,leak
build_ways tsan ,thread
pf-run -l -m "$url" >"$T/bot.out" 2>"$T/bot.err" &
bot=$!
at_end "kill $bot 2>/dev/null"

# try NAME SEED OPTION ...: a job on that build
try()
{
	try_build=$1 seed=$2
	shift 2
	ways_seeds "$seed"
	submit "$try_build" libfuzzer "$T/$try_build" -d 10m -s "$T/seeds" \
	    -T 20s "$@"
	log=$T/w/slot-0/jobs/$job/own/engine.log
}

tried()
{
	pf-sched cancel "$job" >/dev/null
	until_true 30 job_is cancelled
}

# finds NAME SEED TYPE TOOL EXIT REPORT
finds()
{
	try "$1" "$2"
	ok "$1: it is found" until_true 60 crash_filed "$2"
	ok "$1: it goes on" until_true 60 grep -aq INITED "$log"
	tried
	is "$(crash_has "$2" "type || ' ' || tool || ' ' || exit_code")" \
	    "$3 $4 $5" "$1: what it is"
	like "$(crash_has "$2" output)" "$6" "$1: in its words"
}

finds ubsan OVER signed-integer-overflow ubsan 1 'runtime error: signed'
like "$(crash_has OVER output)" 'DEDUP_TOKEN: LLVMFuzzerTestOneInput' 'token'
is "$(crash_has OVER stack)" LLVMFuzzerTestOneInput 'where'
finds msan UNIN uninitialized-value msan 1 'MemorySanitizer: use-of-uninit'
like "$(crash_has UNIN output)" 'DEDUP_TOKEN: memory--LLVM' 'its token'
like "$(crash_has UNIN stack)" '^memory < LLVMFuzzerTestOneInput' 'where'
finds lsan LEAK memory-leak lsan 77 'LeakSanitizer: detected memory leaks'
like "$(crash_has LEAK output)" 'DEDUP_TOKEN: malloc--leak' 'its token'
finds tsan RACE data-race tsan 66 'ThreadSanitizer: data race'
like "$(crash_has RACE stack)" '^(other|race)' 'where'
# It would wait for itself, in the handler of a signal.
finds tsan ABRT abort libfuzzer 77 'libFuzzer: deadly signal'

# What it does not stop at is in the log and nowhere else.
try ubsan OVER -o ubsan.halt_on_error=0
ok 'a build that goes on' until_true 60 grep -aq INITED "$log"
ok 'says what it has seen' until_true 30 sh -c \
    "pf-report log $job 2>/dev/null | grep -aq 'runtime error: signed'"
tried
is "$(crash_has OVER 'count(*)')" 0 'which is no crash'
try lsan LEAK -o detect_leaks=0
ok 'leaks are not looked for' until_true 60 grep -aq 'pulse\|NEW' "$log"
tried
is "$(crash_has LEAK 'count(*)')" 0 'and not found'

kill "$bot"
wait "$bot"
is $? 0 'the bot is well'
ok 'all is filed' until_true 10 spool_empty
done_testing
