#!/bin/sh
# Nothing is held against a healthy job: one that is slow to start, tiny,
# short, exhausted at once.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
need afl-fuzz afl-clang-fast clang

# Exhausted at once, and slow to begin with.
build_afl small <<'END'
#include <stdio.h>
#include <unistd.h>

int
main(void)
{
	usleep(20000);
	return getchar() == 'x';
}
END
build_libfuzzer slow <<'END'
#include <stdint.h>
#include <stddef.h>
#include <unistd.h>

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	sleep(4);
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return size > 3 && data[0] == 'a' ? 0 : 0;
}
END
build_quiet
run_master
held() { pf-report jobs | grep "^$job" | cut -f 12; }
events()
{
	pf-report -j events | grep "\"kind\":\"health\",\"subject\":\"$job\"" |
	    sed 's/.*"from":"\([a-z_]*\)","to":"\([a-z_]*\)".*/\1>\2/' |
	    tr '\n' ' '
}

submit small afl++ "$T/small" -d 6s
one=$job
submit slow libfuzzer "$T/slow" -d 7s
two=$job
submit quiet libfuzzer "$T/quiet" -d 3s
three=$job
check 'three jobs' 0 - '~completed$' pfrun -j 3
until_true 10 spool_empty
for job in $one $two $three; do
	name=$(master_sql "SELECT name FROM jobs WHERE id = '$job'")
	ok "$name: completed" job_is completed
	is "$(held) $(events)" 'well ' "$name: is well"
done
is "$(pf-report metrics | grep '^pandafuzz_jobs_unwell' | grep -vc ' 0$')" 0 \
    'and nothing is counted'
done_testing
