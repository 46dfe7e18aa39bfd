#!/bin/sh
# A target that does not start at all: the job fails at once, with the
# engine's words and with what is wrong.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
need afl-fuzz afl-clang-fast clang

build_afl good <<'END'
#include <stdio.h>

int f(void);

int
main(void)
{
	char b[4];

	return fread(b, 1, 4, stdin) == 4 && b[0] == 'x' ? 1 : 0;
}
END
build_afl hangs <<'END'
#include <unistd.h>

int
main(void)
{
	for (;;)
		pause();
}
END
build_afl crashes <<'END'
#include <stdio.h>
#include <stdlib.h>

int
main(void)
{
	if (getchar() != EOF)
		abort();
	return 0;
}
END
build_libfuzzer lcrashes <<'END'
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
cat >"$T/unset.c" <<'END'
#include <stdint.h>
#include <stdlib.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	volatile char *p = malloc(1);

	(void)data;
	if (p[0] == (char)size)
		return 0;
	free((void *)p);
	return 0;
}
END
clang -g -fsanitize=fuzzer,memory -o "$T/unset" "$T/unset.c" || exit 1
build_quiet
clang -c -o "$T/linked.o" "$T/quiet.c" &&
    clang -fsanitize=fuzzer -o "$T/linked" "$T/linked.o" || exit 1
cat >"$T/plain.c" <<'END'
int main(void) { return 0; }
END
cc -o "$T/plain" "$T/plain.c" || exit 1
echo 'int f(void) { return 0; }' >"$T/lib.c"
cc -shared -fPIC -o "$T/libpfgone.so" "$T/lib.c" || exit 1
sed 's/return fread/return f() + fread/' "$T/good.c" >"$T/needs.c"
AFL_QUIET=1 afl-clang-fast -o "$T/needs" "$T/needs.c" -L"$T" -lpfgone \
    2>/dev/null || exit 1
{
	echo 'extern int f(void);'
	sed 's/return size/return f() + size/' "$T/quiet.c"
} >"$T/lneeds.c"
clang -fsanitize=fuzzer -o "$T/lneeds" "$T/lneeds.c" -L"$T" -lpfgone ||
    exit 1
rm "$T/libpfgone.so"
# patch FROM TO OFFSET OCTAL: one byte differs; that at 18 is the machine
patch()
{
	cp "$T/$1" "$T/$2"
	# shellcheck disable=SC2059 # an octal number
	printf "\\$4" | dd of="$T/$2" bs=1 seek="$3" conv=notrunc 2>/dev/null
}
patch good arm 18 267
patch quiet larm 18 267
patch good object 16 1
printf '#!/bin/sh\n' >"$T/script"
printf 'BM' >"$T/picture"
chmod +x "$T"/*

run_master
# fails NAME ENGINE TARGET VERDICT WORDS ...: so does such a job
fails()
{
	fails_name=$1 fails_engine=$2 fails_target=$3 fails_verdict=$4
	fails_words=$5
	shift 5
	submit "$fails_name" "$fails_engine" "$T/$fails_target" -d 5m "$@"
	run pfrun -q
	ok "$fails_name: fails" job_is failed
	like "$(job_message)" "$fails_words" "$fails_name: says why"
	ok "$fails_name: its verdict" until_true 10 verdict_is "$fails_verdict"
}
verdict_is() { [ "$(pf-report jobs | tail -n 1 | cut -f 12)" = "$1" ]; }

fails 'not instrumented, afl' afl++ plain not_instrumented \
    'status 1: .*No instrumentation detected.*sees no coverage'
fails 'not instrumented, libFuzzer' libfuzzer plain not_instrumented \
    'it says nothing; not_instrumented'
fails 'linked and not compiled for libFuzzer' libfuzzer linked \
    not_instrumented 'instrumented for coverage.* not_instrumented'
fails 'likewise with workers' libfuzzer linked not_instrumented \
    'instrumented for coverage.* not_instrumented' -o fork=1
fails 'another machine, afl' afl++ arm wrong_binary \
    'it is for aarch64 \(64 bits\), this bot is'
fails 'another machine, libFuzzer' libfuzzer larm wrong_binary \
    'it is for aarch64 \(64 bits\), this bot is'
fails 'no program' afl++ object wrong_binary 'an ELF file and no program'
fails 'a library is gone, afl' afl++ needs missing_library \
    'its library libpfgone.so is not here'
fails 'a library is gone, libFuzzer' libfuzzer lneeds missing_library \
    'error while loading shared libraries: libpfgone.so'
fails 'a script' afl++ script wrong_binary 'shell script'
fails 'a picture' libfuzzer picture wrong_binary \
    'neither an ELF program nor a script'
mkdir "$T/seeds"
echo one >"$T/seeds/1"
echo two >"$T/seeds/2"
fails 'all seeds time out' afl++ hangs bad_seeds 'time out or crash' \
    -s "$T/seeds" -T 100ms
fails 'all seeds crash, afl' afl++ crashes bad_seeds \
    'does not crash|time out or crash' -s "$T/seeds"
fails 'all inputs crash, libFuzzer' libfuzzer lcrashes bad_seeds \
    'ERROR: .*; bad_seeds' -s "$T/seeds"

fails 'as MemorySanitizer has it' libfuzzer unset bad_seeds \
    'the empty input crashes it: .*WARNING: MemorySanitizer: .*; bad_seeds'

run pf-report explain job "$job"
like "$(cat "$T/out")" 'bad_seeds since 20.*submit a seed that works' \
    'explained with what to do'
is "$(pf-report -j events | grep -c '"kind":"health"')" 15 'an event each'
is "$(pf-report status | sed -n 's/^unwell_jobs	//p')" 0 \
    'none of them runs'
is "$(pgrep -fc "$T/w/slot-0/jobs/")" 0 'no process is left'
done_testing
