#!/bin/sh
# A target that closes its standard error keeps libFuzzer from saying
# anything: it is judged by what it finds, and goes on after its crashes.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
need clang

build_libfuzzer silent <<'END'
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return freopen("/dev/null", "w", stderr) == NULL;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 1 && data[0] == 'a' && data[1] > 'a')
		abort();
	return 0;
}
END
run_master
printf 'patience = 2s\n' >>"$PF_CONF"
mkdir "$T/seeds"
printf 'b' >"$T/seeds/b"

submit silent libfuzzer "$T/silent" -d 20s -s "$T/seeds"
check 'a job' 0 - '~completed$' pfrun
until_true 10 spool_empty
ok 'it ends by its time' job_is completed
is "$(pf-report -j events | grep "\"kind\":\"health\",\"subject\":\"$job\"")" \
    '' 'and was well'
ok 'it found inputs' test "$(pf-report corpus "$job" | wc -l)" -gt 0
ok 'and went on after crashes, which are one bug' \
    test "$(pf-report crashes | wc -l)" -gt 3
done_testing
