#!/bin/sh
# pf-run and libFuzzer: crashes, inputs and numbers arrive, it goes on after
# each crash, and nothing of it is left.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
need clang

build_libfuzzer two <<'END'
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	volatile char *p;
	volatile int x = 0;

	if (size < 4)
		return 0;
	/* Ways that any mutation finds before it finds a crash. */
	switch (data[3] & 7) {
	case 0: x = 3; break;
	case 1: x = 1; break;
	case 2: x = 4; break;
	case 3: x = 1; break;
	case 4: x = 5; break;
	case 5: x = 9; break;
	case 6: x = 2; break;
	case 7: x = 6; break;
	}
	if (memcmp(data, "HEAP", 4) == 0) {
		p = malloc(4);
		p[size] = 1;
		free((void *)p);
	}
	if (memcmp(data, "ABRT", 4) == 0)
		abort();
	return x > 9 ? -1 : 0;
}
END
mkdir "$T/seeds"
printf 'HEAx' >"$T/seeds/1"
printf 'ABRx' >"$T/seeds/2"
# Whatever chance finds: these two crash at the start and are taken out.
printf HEAP+ >"$T/seeds/3"
printf ABRT+ >"$T/seeds/4"
printf '"HEAP"\n"ABRT"\n' >"$T/words"

run_master
submit two libfuzzer "$T/two" -d 14s -s "$T/seeds" -x "$T/words"
check 'a job' 0 - '~completed$' pfrun
ok 'completed' job_is completed
ok 'everything was delivered' outbox_empty
ok 'and filed' until_true 10 spool_empty
crashes_of 'DISTINCT type' >"$T/types"
like "$(cat "$T/types")" '^heap-buffer-overflow$' 'the overflow'
like "$(cat "$T/types")" '^abort' 'the abort: it went on after a crash'
is "$(crashes_of 'DISTINCT tool' | grep -cv '^asan$\|^libfuzzer$')" 0 \
    'found by whom'
is "$(crashes_of 'DISTINCT command')" '%TARGET% %INPUT%' 'how to reproduce'
like "$(crashes_of stack)" 'LLVMFuzzerTestOneInput' 'where'
is "$(crashes_of 'DISTINCT target_hash')" \
    "$(sha256sum <"$T/two" | cut -d ' ' -f 1)" 'what crashed'
is "$(crashes_of run_seed | grep -cvE '^[0-9]+$')" 0 'the seed of each run'
crashes_of hash >"$T/hashes"
while read -r h; do
	f=$PF_STORAGE/crashes/$job/$h
	[ "$(sha256sum <"$f" | cut -d ' ' -f 1)" = "$h" ] || echo "$h: bytes"
	! "$T/two" "$f" >/dev/null 2>&1 || echo "$h: does not crash"
done <"$T/hashes" >"$T/wrong"
empty "$T/wrong" 'each input is there and crashes the target'
is "$(master_sql "SELECT count(*) > 0 FROM corpus WHERE job_id = '$job'")" 1 \
    'new inputs'
like "$(master_sql "SELECT max(executions) FROM job_stats
    WHERE job_id = '$job'")" '^[0-9]{2,}$' 'executions'
is "$(pgrep -fc "$T/w/slot-0/jobs/")" 0 'no process is left'
is "$(ls "$T/w/slot-0/jobs")" '' 'no directory of a job is left'

# Every input crashes, the empty one too.
build_libfuzzer always <<'END'
#include <stdint.h>
#include <stdlib.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	(void)data;
	(void)size;
	abort();
}
END
submit always libfuzzer "$T/always" -d 30s
check 'a target that always crashes' 0 - '~failed: ' pfrun
like "$(job_message)" 'does not start' 'is given up'
ok 'its crash is filed' until_true 10 spool_empty
is "$(crashes_of 'count(*) > 0')" 1 'all the same'
done_testing
