#!/bin/sh
# pf-run and afl-fuzz: persistent targets, files and standard input, targets
# without instrumentation, sanitizers under a limit of memory.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/afl.sh
. "$PF_ROOT/t/lib/afl.sh"
need afl-fuzz afl-clang-fast clang

build_afl loop <<'END_C'
#include <stdlib.h>
#include <unistd.h>

__AFL_FUZZ_INIT();

int
main(void)
{
	unsigned char *p;

	__AFL_INIT();
	p = __AFL_FUZZ_TESTCASE_BUF;
	while (__AFL_LOOP(10000))
		if (__AFL_FUZZ_TESTCASE_LEN > 3 && p[0] == 'B' &&
		    p[1] == 'U' && p[2] != 'x')
			abort();
	return 0;
}
END_C
cat >"$T/driver.c" <<'END_C'
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	if (n > 3 && p[0] == 'B' && p[1] == 'U' && p[2] != 'x')
		abort();
	return 0;
}
END_C
AFL_QUIET=1 afl-clang-fast -fsanitize=fuzzer -o "$T/driver" "$T/driver.c" \
    2>/dev/null
cat >"$T/reads.h" <<'END_C'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int
main(int argc, char *argv[])
{
	char *b = malloc(8);
	FILE *f = stdin;
	size_t n;

	if (argc > 1 && strncmp(argv[1], "--in=", 5) == 0)
		f = fopen(argv[1] + 5, "r");
	if (f == NULL || (n = fread(b, 1, 8, f)) < 3)
		return 0;
	if (b[0] == 'B' && b[1] == 'U' && b[2] != 'x')
		return BUG;
	return 0;
}
END_C
build_afl reads <<'END_C'
#define BUG	(abort(), 0)
#include "reads.h"
END_C
clang -O1 -o "$T/bare" "$T/reads.c"
AFL_USE_ASAN=1 build_afl asan <<'END_C'
#define BUG	((free(b)), b[(n & 1) + 1])
#include "reads.h"
END_C
mkdir "$T/seeds"
printf 'BUxx' >"$T/seeds/1"

run_master
submit loop afl++ "$T/loop" -d 5m -T 5s -s "$T/seeds"
ok 'a persistent target crashes' fuzz_until 60 has_crash abort
is "$(crashes_of 'DISTINCT type, signal')" 'abort|6' 'and again alone'
is "$(pgrep -fc "$T/w/slot-0/jobs/")" 0 'no process is left'

submit driver afl++ "$T/driver" -d 5m -T 5s -s "$T/seeds"
ok 'so does a libFuzzer harness built for it' fuzz_until 60 has_crash abort
is "$(crashes_of 'DISTINCT command, signal')" '%TARGET% %INPUT%|6' \
    'how to reproduce'

submit file afl++ "$T/reads" -d 5m -T 5s -s "$T/seeds" -- --in=@@
ok 'so does one with @@ within an argument' fuzz_until 60 has_crash abort
is "$(crashes_of 'DISTINCT command')" '%TARGET% --in=%INPUT%' \
    'how to reproduce'
is "$(crashes_of 'DISTINCT type, signal')" 'abort|6' 'what it is'

submit plain afl++ "$T/bare" -d 5m -T 5s -s "$T/seeds" -o mode=plain
ok 'so does one without instrumentation' fuzz_until 60 has_crash abort
is "$(crashes_of 'DISTINCT type, signal')" 'abort|6' 'what it is'
like "$(master_sql "SELECT max(executions) FROM job_stats
    WHERE job_id = '$job'")" '^[1-9][0-9]+$' 'executions are counted'
is "$(master_sql "SELECT count(*) FROM coverage
    WHERE job_id = '$job'")" 0 'coverage is not'

# RLIMIT_AS of any size would keep it from its first instruction.
submit asan afl++ "$T/asan" -d 5m -T 5s -s "$T/seeds" -m 512M
ok 'a sanitizer lives with a limit of memory' \
    fuzz_until 60 has_crash heap-use-after-free
is "$(crashes_of 'DISTINCT tool')" 'asan' 'its report is read'
cp "$T/asan" "$T/stripped"
strip "$T/stripped"
submit stripped afl++ "$T/stripped" -d 5m -T 5s -s "$T/seeds" -m 512M
ok 'so does a stripped one' fuzz_until 60 has_crash heap-use-after-free

# Only with an option of the runtime there is anything to find.
AFL_USE_ASAN=1 build_afl stack <<'END_C'
#include <unistd.h>

static char *volatile at;

__attribute__((noinline)) static void
leave(char c)
{
	volatile char local[8] = { c };

	at = (char *)local;
}

int
main(void)
{
	char b[4] = "";

	if (read(0, b, 4) < 3)
		return 0;
	leave(b[0]);
	return b[0] == 'B' && b[1] == 'U' && b[2] != 'x' ? *at : 0;
}
END_C
submit stack afl++ "$T/stack" -d 5m -T 5s -s "$T/seeds" \
    -o asan.stack_use_after_return=1
ok 'afl-fuzz is told what a job chooses for a sanitizer' \
    fuzz_until 60 has_crash stack-use-after-return

# afl-fuzz takes no less than 5 ms.
submit limit afl++ "$T/reads" -d 3s -s "$T/seeds" -m 512M -T 1ms
check 'others have their limit, and time enough' 0 - '~completed$' pfrun
done_testing
