#!/bin/sh
# pf-run and afl-fuzz: what cannot be run, and the words for it.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/afl.sh
. "$PF_ROOT/t/lib/afl.sh"
need afl-fuzz afl-clang-fast

build_afl aim <<'END_C'
#include <stdlib.h>
#include <unistd.h>

int
main(void)
{
	char b[16] = "";

	if (read(0, b, sizeof(b) - 1) < 3)
		return 0;
	if (b[0] == 'H')
		for (;;)
			pause();
	if (b[0] == 'B')
		abort();
	return 0;
}
END_C
echo 'int main(void) { return 0; }' >"$T/bare.c"
cc -o "$T/bare" "$T/bare.c"
printf '#!/bin/sh\nexec true\n' >"$T/script"
printf 'neither program nor script, this' >"$T/text"
chmod +x "$T/script" "$T/text"
echo 'int missing(void) { return 0; }' >"$T/lib.c"
cc -shared -fPIC -o "$T/libmissing.so" "$T/lib.c"
cat >"$T/linked.c" <<'END_C'
int missing(void);

int
main(void)
{
	return missing();
}
END_C
AFL_QUIET=1 afl-clang-fast -o "$T/linked" "$T/linked.c" "$T/libmissing.so" \
    2>/dev/null
rm "$T/libmissing.so"
for dir in good bugs slow empty; do
	mkdir "$T/$dir"
done
echo abcd >"$T/good/1"
printf BUG >"$T/bugs/1"
printf BUT >"$T/bugs/2"
printf HANG >"$T/slow/1"

run_master
# refused WORDS NAME [ARG ...]: a job of afl-fuzz fails with these words
refused()
{
	refused_words=$1
	shift
	submit "$@" -d 5m
	run pfrun
	if [ "$status" = 0 ] && job_is failed; then
		like "$(job_message)" "$refused_words" "$1: $refused_words"
	else
		fail "$1: fails"
	fi
	until_true 20 spool_empty
}

refused 'No instrumentation detected' bare afl++ "$T/bare" -s "$T/good"
refused 'is a shell script' script afl++ "$T/script"
refused 'is not an ELF binary' text afl++ "$T/text"
refused 'Fork server handshake failed.*libmissing.so is not here' \
    linked afl++ "$T/linked"
refused 'one valid input seed that does not crash' bugs afl++ "$T/aim" \
    -s "$T/bugs"
is "$(crashes_of type)" "$(printf 'abort\nabort')" 'these are its crashes'
refused 'All test cases time out' slow afl++ "$T/aim" \
    -s "$T/slow" -T 50ms

refused 'option schedule: there is no warp .*, but .*fast.*explore' \
    schedule afl++ "$T/aim" -o schedule=warp
refused 'option mode: instrumented or plain' mode afl++ "$T/aim" -o mode=x
refused 'option nodes: not a number from 1 to' nodes afl++ "$T/aim" \
    -o nodes=100
refused 'option nodes: not a number' nodes afl++ "$T/aim" -o nodes=0
refused 'option seed: not a number' seed afl++ "$T/aim" -o seed=x
refused 'option deterministic: yes or no' det afl++ "$T/aim" \
    -o deterministic=2
refused 'option speed is not one that engine afl[+][+] takes' unknown \
    afl++ "$T/aim" -o speed=9
refused 'option mode: plain goes neither with option nodes' both afl++ \
    "$T/bare" -o mode=plain -o nodes=2
refused 'plain goes neither .* nor with a cmplog' log afl++ "$T/bare" \
    -o mode=plain -b "cmplog=$T/bare"
refused 'option cmplog_level: the job has no cmplog' level afl++ "$T/aim" \
    -o cmplog_level=2
refused 'option cmplog_level: 1 to 3' level afl++ "$T/aim" \
    -b "cmplog=$T/bare" -o cmplog_level=9
refused 'option mutator_only: the job has no mutator' only afl++ "$T/aim" \
    -o mutator_only=yes
cp "$T/bare" "$T/a:b.so"
refused 'must be without ; : and ,' colon afl++ "$T/aim" \
    -b "mutator=$T/a:b.so"
is "$(pgrep -fc "$T/w/slot-0/jobs/")" 0 'nothing is left of any'
done_testing
