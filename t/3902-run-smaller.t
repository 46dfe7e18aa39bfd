#!/bin/sh
# A crash is made smaller by libFuzzer's own means and by leaving out pieces:
# ten thousand bytes become a few.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
need sqlite3 clang
whole

run_master
printf 'minimise_time = 45s\nrecheck_runs = 5\n' >>"$PF_CONF"
cat >"$T/source.c" <<'!'
#define _GNU_SOURCE
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (memmem(data, size, "FUZ", 3) != NULL)
		abort();
	return 0;
}
!
build_libfuzzer lf <"$T/source.c"
mkdir "$T/seeds"
{
	head -c 6000 /dev/urandom | base64 -w 0 | head -c 3000
	printf FUZ
	head -c 9000 /dev/urandom | base64 -w 0 | head -c 7000
} >"$T/seeds/long"
echo quiet >"$T/seeds/quiet"
small()
{
	master_sql "SELECT $1 FROM smalls WHERE job_id = '$job'"
}
is_small()
{
	spool_empty && [ -n "$(small 1)" ]
}

submit libfuzzer libfuzzer "$T/lf" -s "$T/seeds" -d 3s
run pfrun
ran 0 'a job finds a crash'
timeout 200 pf-run -v -m "$url" >"$T/out" 2>"$T/idle.err"
ok 'when there is no other it is made smaller' until_true 30 is_small
ok 'to a few bytes' test "$(small size)" -le 8
is "$(grep -c 'made nothing smaller' "$T/idle.err")" 0 'libFuzzer is of use'
like "$(grep 'bytes do it' "$T/idle.err")" \
    'crash [0-9a-f]*: [3-8] bytes do it, of [0-9]+ \((ddmin|libfuzzer)\)' \
    'and that is said'
done_testing
