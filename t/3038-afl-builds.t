#!/bin/sh
# pf-run and afl-fuzz: builds beside the target, a cmplog build and a mutator.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/afl.sh
. "$PF_ROOT/t/lib/afl.sh"
need afl-fuzz afl-clang-fast

cat >"$T/magic.c" <<'END_C'
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int
main(void)
{
	unsigned long long magic;
	char b[16] = "";

	if (read(0, b, sizeof(b)) < 8)
		return 0;
	memcpy(&magic, b, sizeof(magic));
	/* Nobody comes upon it by chance. */
	if (magic == 0x5ca1ab1e0ddba11ull)
		abort();
	return 0;
}
END_C
AFL_QUIET=1 afl-clang-fast -O1 -o "$T/magic" "$T/magic.c" 2>/dev/null
AFL_QUIET=1 AFL_LLVM_CMPLOG=1 afl-clang-fast -O1 -o "$T/logs" "$T/magic.c" \
    2>/dev/null
cat >"$T/mutator.c" <<'END_C'
#include <stdlib.h>
#include <string.h>

static unsigned char out[8];

void *
afl_custom_init(void *afl, unsigned int seed)
{
	(void)afl;
	(void)seed;
	return out;
}

void
afl_custom_deinit(void *data)
{
	(void)data;
}

size_t
afl_custom_fuzz(void *data, unsigned char *buf, size_t size,
    unsigned char **result, unsigned char *add, size_t add_size, size_t max)
{
	static const unsigned long long magic = 0x5ca1ab1e0ddba11ull;

	(void)data;
	(void)buf;
	(void)size;
	(void)add;
	(void)add_size;
	memcpy(out, &magic, sizeof(magic));
	*result = out;
	return max < sizeof(out) ? max : sizeof(out);
}
END_C
cc -shared -fPIC -o "$T/mutator.so" "$T/mutator.c"
mkdir "$T/seeds"
echo 'eight or more bytes' >"$T/seeds/1"

run_master
submit cmplog afl++ "$T/magic" -d 5m -s "$T/seeds" -b "cmplog=$T/logs" \
    -o cmplog_level=2at
ok 'a cmplog build gets past a magic number' fuzz_until 90 has_crash abort
like "$(cat "$(in_job own/engine.log)")" 'CmpLog level: 2' \
    'at the level it was told'
like "$(crash_report abort)" '"target_hash":"'"$(sha256sum <"$T/magic" |
    cut -d ' ' -f 1)"'"' 'it is a crash of the target'
submit mutator afl++ "$T/magic" -d 5m -s "$T/seeds" \
    -b "mutator=$T/mutator.so" -o mutator_only=yes
ok 'so does a mutator that knows it' fuzz_until 90 has_crash abort
like "$(crash_report abort)" '"op":"mutator.so"' 'its name is told'
submit neither afl++ "$T/magic" -d 4s -s "$T/seeds"
check 'without them' 0 - '~completed$' pfrun
is "$(crashes_of type)" '' 'nobody does'
echo garbage >"$T/bad.so"
submit bad afl++ "$T/magic" -d 5m -s "$T/seeds" -b "mutator=$T/bad.so"
check 'a mutator that is none' 0 - '~failed: ' pfrun
like "$(job_message)" 'PROGRAM ABORT.*bad.so' 'says so'
done_testing
