#!/bin/sh
# A build without the sanitizer that told of a crash cannot see it: the crash
# is not fixed there, and is not back on the next build that can.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
need sqlite3 clang jq

run_master
cat >"$T/x.c" <<'!'
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

static char beyond(const uint8_t *p, size_t n) { return (char)p[n]; }

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *volatile p = malloc(4);
	volatile char c = 0;

	if (size > 1 && data[0] == 'O')
		c = beyond(p, 4);
	if (size > 1 && data[0] == 'Z')
		c = *(volatile char *)(uintptr_t)(data[1] - 'Z');
	free(p);
	return c & 0;
}
!
# A number in it, so that no two are the same file.
n=0
build()
{
	n=$((n + 1))
	clang -g -O1 -DN=$n -fsanitize="$2" -o "$T/$1" "$T/x.c" || exit 1
	printf '%s' "$n" >>"$T/$1"
}
build asan fuzzer,address
build ubsan fuzzer,undefined
build again fuzzer,address

# What it would find by itself does not matter.
submit finder libfuzzer "$T/asan" -d 1s -C c
finder=$job
pf-sched -q cancel "$finder" >/dev/null
for bug in OO ZZ; do
	type=null-dereference
	[ $bug = ZZ ] || type=heap-buffer-overflow
	printf '%s' "$bug" >"$T/$bug"
	"$T/asan" "$T/$bug" >"$T/report" 2>&1 || :
	mkpack crash "$finder" b1 -d "$PF_SPOOL" -f tool=asan -f signal=6 \
	    -f type=$type -f output="$(grep -A 8 '==ERROR' "$T/report")" "$T/$bug" \
	    >/dev/null
done
ok 'crashes are filed' until_true 20 spool_empty
is "$(pf-report buckets | cut -f 2 | sort | xargs)" \
    'heap-buffer-overflow null-dereference' 'one that only it sees, and one'

# again BUILD SEQ: what becomes of them there
again()
{
	pf-sched -q build -C c -t "$T/$1" >/dev/null
	run pfrun
	until_true 30 spool_empty
	pf-report -j regressions -C c -b "$2" | jq -r \
	    '[.type, .verdict, .runs > 0, .why] | map(tostring) | join(":")' |
	    sort | xargs
}
is "$(again ubsan 1)" \
    'heap-buffer-overflow:unknown:false:built without asan null-dereference:still:true:' \
    'a build that cannot see one of them'
is "$(master_sql "SELECT DISTINCT sanitizers FROM check_records
    WHERE runs > 0 AND build = 'target'" | sort | xargs)" ubsan \
    'each run says what it was built with'
check 'it is not run there again' 0 '=1	-	0' - \
    pf-sched build -C c -t "$T/ubsan"
is "$(again again 2)" \
    'heap-buffer-overflow:still:true: null-dereference:still:true:' \
    'and is not back where it can be seen'
like "$(pf-report regressions -C c -b 1)" '	built without asan$' \
    'the list says so too'
check 'all is well' 0 - - pf-ingest fsck
master_stop httpd
done_testing
