#!/bin/sh
# Known crashes on one build after the other, by a real bot: what is fixed,
# what comes back, and that one which shows now and then is not called fixed.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
need sqlite3 clang
run_master

# B and G crash; F does every other time.
cat >"$T/first.c" <<'!'
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

__attribute__((noinline)) void bang(void) { abort(); }	/* B */
__attribute__((noinline)) void gone(void) { abort(); }	/* G */

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct timespec now;

	if (size < 2)
		return 0;
	if (data[0] == 'B')
		bang();
	if (data[0] == 'G')
		gone();
	clock_gettime(CLOCK_REALTIME, &now);
	if (data[0] == 'F' && now.tv_nsec / 1000 % 2 == 0)
		abort();
	return 0;
}
!
sed '/void gone/s/abort()//' "$T/first.c" >"$T/second.c"
sed '/void bang/s/abort()//' "$T/first.c" >"$T/third.c"
for n in first second third; do
	clang -g -fsanitize=fuzzer -o "$T/$n" "$T/$n.c" || exit 1
done
hash()
{
	sha256sum <"$1" | cut -d ' ' -f 1
}
# known NAME RUNS SAME: a crash, and how often it was seen
known()
{
	printf '%sxyz' "$1" >"$T/$1"
	mkpack crash "$job" b1 -d "$PF_SPOOL" -f type=abort "$T/$1"
	mkpack check "$job" b1 -d "$PF_SPOOL" -s 2 -f hash="$(hash "$T/$1")" \
	    -f target="$(hash "$T/first")" -f build=target -f runs="$2" \
	    -f crashed="$3" -f same="$3"
}
submit found libfuzzer "$T/first" -C c
pf-sched cancel "$job" >"$T/out"
{
	known B 10 10
	known G 10 10
	known F 20 10
} >"$T/names"
told()
{
	[ "$(master_sql 'SELECT count(*) FROM check_records')" = 3 ]
}
ok 'three crashes are known' until_true 60 told

run_on()
{
	pf-sched build -C c -t "$T/$1" >"$T/jobs" || return 1
	job=$(cut -f 2 "$T/jobs")
	run timeout 240 pf-run -m "$url"
	until_true 120 job_is completed && until_true 120 spool_empty
}
# verdicts BUILD: of B, G and F
verdicts()
{
	pf-report regressions -C c -b "$1" >"$T/list"
	for n in B G F; do
		awk -F '	' -v h="$(hash "$T/$n")" '$13 == h { print $6 }' \
		    "$T/list"
	done | xargs
}
ok 'a build is tried' run_on second
is "$(verdicts 1)" 'still fixed still' 'one crash is fixed'
ok 'and another' run_on third
is "$(verdicts 2)" 'fixed regressed still' 'it comes back, another is fixed'
is "$(master_sql "SELECT count(*) FROM crashes WHERE job_id IN (SELECT id FROM
    jobs WHERE kind = 'regress')")" 0 'none of it is a new crash'
done_testing
