#!/bin/sh
# shellcheck disable=SC2119 # no arguments meant
# pf-run and sanitizers: the options each gets, which of them a job may
# choose.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
need clang
run_master

# The options as the target has them.
build_libfuzzer says <<'END'
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static const char *const names[] = { "ASAN_OPTIONS", "UBSAN_OPTIONS",
	    "MSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS" };
	const char *s;
	size_t i;

	(void)argc;
	(void)argv;
	for (i = 0; i < 5; i++)
		fprintf(stderr, "%s=%s\n", names[i],
		    (s = getenv(names[i])) != NULL ? s : "");
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return size > 1 && data[0] == 'a' ? 0 : 0;
}
END

# said: the log of the job at hand has such a line
said()
{
	pf-report log "$job" 2>/dev/null | grep -aEq -e "$1"
}

# option NAME ERE: the variable of the sanitizer has it
option()
{
	said "^${1}_OPTIONS=(.*:)?$2(:|\$)"
}

submit plain libfuzzer "$T/says" -d 2s
check 'a job that chooses nothing' 0 - '~completed$' pfrun
ok 'its log is filed' until_true 10 said '^LSAN_OPTIONS='
for o in ASAN:symbolize=1 ASAN:dedup_token_length=3 ASAN:detect_leaks=1 \
    ASAN:abort_on_error=0 ASAN:handle_abort=1 UBSAN:halt_on_error=1 \
    UBSAN:print_stacktrace=1 MSAN:symbolize=1 TSAN:halt_on_error=1 \
    TSAN:report_signal_unsafe=0 LSAN:leak_check_at_exit=0; do
	option "${o%%:*}" "${o#*:}" || echo "$o"
done >"$T/missing"
empty "$T/missing" 'has all that is set for good'
ok 'and nothing else' sh -c "! pf-report log $job | grep -q 'quarantine'"

submit chosen libfuzzer "$T/says" -d 2s -o asan.quarantine_size_mb=16 \
    -o asan.stack_use_after_return=1 -o ubsan.halt_on_error=0 \
    -o detect_leaks=0 -o tsan.history_size=4
check 'one that chooses' 0 - '~completed$' pfrun
ok 'its log too' until_true 10 said '^LSAN_OPTIONS='
for o in ASAN:quarantine_size_mb=16 ASAN:detect_stack_use_after_return=1 \
    ASAN:detect_leaks=0 UBSAN:halt_on_error=0 TSAN:history_size=4; do
	option "${o%%:*}" "${o#*:}" || echo "$o"
done >"$T/missing"
empty "$T/missing" 'gets its way'

# refused OPTION ERE: a job with it fails, and tells why
refused()
{
	submit bad libfuzzer "$T/says" -d 9s -o "$1"
	pfrun >/dev/null 2>&1
	job_is failed && job_message | grep -Eq -e "$2" || echo "$1"
}

{
	refused asan.log_path=1 'option asan.log_path: not one that'
	refused asan.abort_on_error=1 'option asan.abort_on_error: not one'
	refused asan.detect_leaks=0 'option asan.detect_leaks: not one'
	refused asan.quarantine_size_mb=5000 'not a number from 0 to 4096'
	refused asan.quarantine_size_mb=1:log_path=/x 'not a number'
	refused asan.strict_memcmp=-1 'not a number from 0 to 1$'
	refused asan.detect_=1 'not one that'
	refused asan.=1 'not one that'
	refused ubsan.strict_memcmp=1 'not one that'
	refused msan.halt_on_error= 'not one that'
	refused nsan.halt_on_error=1 'option nsan.halt_on_error is not one'
} >"$T/wrong"
empty "$T/wrong" 'what a job may not choose is refused by name'
done_testing
