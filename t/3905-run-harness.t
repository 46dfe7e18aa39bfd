#!/bin/sh
# Harnesses without a main() of their own, in jobs of AFL++: that which AFL++
# gives them takes the names of inputs, and so does libFuzzer's in a build that
# is but to run the crashes.  The command that is told runs them.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
need sqlite3 afl-fuzz afl-clang-fast clang

run_master
cat >"$T/bug.c" <<'!'
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *volatile b = malloc(3);

	if (size > 3 && memcmp(data, "BU", 2) == 0 && data[2] != 'x') {
		b[size] = 1;
#ifdef MAIN
		abort();
#endif
	}
	free(b);
	return 0;
}

#ifdef MAIN
int
main(int argc, char *argv[])
{
	uint8_t b[64];
	FILE *f = argc > 1 && strncmp(argv[1], "--in=", 5) == 0 ?
	    fopen(argv[1] + 5, "r") : NULL;

	return f == NULL || LLVMFuzzerTestOneInput(b,
	    fread(b, 1, sizeof(b), f)) != 0;
}
#endif
!
# build NAME COMPILER ARG ...
build()
{
	build_name=$1 build_by=$2
	shift 2
	AFL_QUIET=1 "$build_by" -g -O1 "$@" -o "$T/$build_name" "$T/bug.c" \
	    2>"$T/cc.err" || {
		diag "$T/cc.err"
		exit 1
	}
}
build driver afl-clang-fast -fsanitize=fuzzer,address
build plain afl-clang-fast -DMAIN
build lf clang -fsanitize=fuzzer,address
mkdir "$T/seeds"
printf 'BUuuu' >"$T/seeds/bug"
printf 'quiet' >"$T/seeds/quiet"
bug=$(sha256sum <"$T/seeds/bug" | cut -d ' ' -f 1)

# told BUILD WHAT: of the checks of that crash in the job at hand
told()
{
	master_sql "SELECT $2 FROM check_records WHERE hash = '$bug' AND
	    build = '$1' AND job_id = '$job'"
}
# checked BUILD ...: it was run on these
checked()
{
	for word; do
		[ -n "$(told "$word" 1)" ] || return 1
	done
}
# of_bug WHAT: columns of it
of_bug()
{
	master_sql "SELECT $1 FROM crashes WHERE job_id = '$job' AND
	    hash = '$bug'"
}

submit driver afl++ "$T/driver" -d 4s -s "$T/seeds"
check 'a harness with the main() of AFL++' 0 - '~completed$' pfrun
check 'its crashes are run again' 1 - '~no job' pfrun
ok 'which is filed' until_true 60 checked target
is "$(of_bug 'type, tool, command')" \
    'heap-buffer-overflow|asan|%TARGET% %INPUT%' 'what it is, and how'
like "$(of_bug stack)" 'LLVMFuzzerTestOneInput' 'and where'
is "$(told target 'runs = same')" 1 'it happens each time'
command=$(of_bug command | sed "s|%TARGET%|$T/driver|
    s|%INPUT%|$T/seeds/bug|")
run sh -c "$command"
like "$(cat "$T/err")" 'heap-buffer-overflow' 'the command does the same'

submit build afl++ "$T/plain" -d 4s -s "$T/seeds" -b "asan=$T/lf" -- --in=@@
check 'a program, and a build for libFuzzer' 0 - '~completed$' pfrun
check 'its crashes are run on both' 1 - '~no job' pfrun
ok 'which is filed too' until_true 60 checked target asan
is "$(of_bug 'type, command')" 'abort|%TARGET% --in=%INPUT%' \
    'the program is run as its job says'
is "$(told target 'signal, runs = crashed')" '6|1' 'it aborts'
is "$(told asan 'type, runs = crashed')" 'heap-buffer-overflow|1' \
    'its build tells where'
done_testing
