#!/bin/sh
# scripts/fuzz-run, as make fuzz-run calls it: a line a fuzzer, and what was
# found is not passed over.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
need clang
whole
run_it() { sh "$PF_ROOT/scripts/fuzz-run" "$@"; }

# The names are of parsers that have a corpus.
cat >"$T/fuzzer.c" <<'!'
#include <stdint.h>
#include <stdlib.h>
int LLVMFuzzerTestOneInput(const uint8_t *, size_t);
int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	if (n > 0 && p[0] == '{' && BROKEN)
		abort();
	return 0;
}
!
mkdir "$T/fuzz"
clang -fsanitize=fuzzer -DBROKEN=0 -o "$T/fuzz/rec" "$T/fuzzer.c" || exit 1
clang -fsanitize=fuzzer -DBROKEN=1 -o "$T/fuzz/json" "$T/fuzzer.c" || exit 1
check 'one that is well' 0 \
    '~^rec	[1-9][0-9]*	[1-9][0-9]*	0$' - run_it "$T/fuzz" 1 rec
check 'and one that is not, first' 1 \
    '~^rec	[1-9][0-9]*	[1-9][0-9]*	0$' - run_it "$T/fuzz" 1 json rec
is "$(cut -f 1,4 "$T/out" | xargs)" 'fuzzer findings json 1 rec 0' \
    'a line each, below what they are'
ok 'the input is kept' test -n "$(find "$T/fuzz/json.found" -type f)"
check 'the same once more is found again' 1 '~^json	[0-9]*	[1-9][0-9]*	1$' - \
    run_it "$T/fuzz" 1 json
check 'one that is not there' 1 '~^gone	[0-9]*	0	1$' - run_it "$T/fuzz" 1 gone
check 'no time' 64 - '~how many seconds' run_it "$T/fuzz" 0 rec
check 'no number' 64 - '~how many seconds' run_it "$T/fuzz" 1s rec
check 'no fuzzer' 64 - '~^usage: ' run_it "$T/fuzz" 1
done_testing
