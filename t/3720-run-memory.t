#!/bin/sh
# What pf-run takes of memory does not grow with what it sends, and hardly with
# the number of inputs there are: all of its processes have less than 15 MiB,
# at any time.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
need clang sqlite3
whole

files=10000
# It lays them down before it fuzzes, as if it had found them.
cat >"$T/many.c" <<'!'
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	char path[4096];
	FILE *f;
	int i, k;

	for (i = 1; i < *argc && strstr((*argv)[i], "/corpus") == NULL; i++)
		;
	for (k = 0; i < *argc && k < FILES; k++) {
		snprintf(path, sizeof(path), "%s/%040x", (*argv)[i], k);
		if ((f = fopen(path, "wx")) == NULL)
			break;
		fprintf(f, "%d and the rest of an input, %01000d", k, k);
		fclose(f);
	}
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return size > 3 && data[0] == 'a' && data[1] == 'b' ? 0 : 0;
}
!
clang -g -O1 -fsanitize=fuzzer -DFILES=$files -o "$T/many" "$T/many.c" ||
	exit 1

# peak: KiB that processes of pf-run had of their own at most, and each of its
# libraries once
peak()
{
	for pid in $(pgrep -f "^pf-run -q -l -m $url"); do
		sed -n 's/^\(VmHWM\|RssFile\|RssShmem\): *//p' \
		    "/proc/$pid/status" | tr -d ' kB' | tr '\n' ' '
		sed -n 's/^Pss_File: *\([0-9]*\).*/\1/p' \
		    "/proc/$pid/smaps_rollup"
	done | awk '{ sum += $1 - $2 - $3 + $4 } END { print sum + 0 }'
}

run_master
submit many libfuzzer "$T/many" -d 10m -o minimise=0
pf-run -q -l -m "$url" >"$T/bot.out" 2>"$T/bot.err" &
bot=$!
at_end "kill $bot 2>/dev/null"
all_filed()
{
	[ "$(master_sql "SELECT count(*) FROM corpus
	    WHERE job_id = '$job'")" -ge $files ]
}
ok 'all is filed' until_true 60 all_filed
kib=$(peak)
echo "$kib KiB at most" | diag
ok 'in less than 15 MiB' test "$kib" -gt 1000 -a "$kib" -lt 15360
kill "$bot"
wait "$bot"
is $? 0 'it ends well'
done_testing
