#!/bin/sh
# What the bot relies on in libFuzzer: its lines, its names of artifacts, its
# defaults, and how it ends with workers; no pf-run here.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
need clang
whole

# There is no master here.
tap_explain() { :; }

cd "$T" || exit 1
cat >words.c <<'END'
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static volatile int x;

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	size_t i;

	for (i = 0; i < n && i < 6; i++)
		if (p[i] == "abcdef"[i])
			x++;
	if (n == 8 && memcmp(p, "ABRTABRT", 8) == 0)
		abort();
#ifdef HANGS
	while (n > 0 && p[0] == '@')
		x = 0;
#endif
	return 0;
}
END
clang -g -O1 -fsanitize=fuzzer,address -o words words.c || exit 1
clang -g -O1 -DHANGS -fsanitize=fuzzer -o hangs words.c || exit 1

# Its defaults
./words -help=1 >help 2>&1
while read -r flag default; do
	like "$(grep -E "^ ${flag}[[:blank:]]" help)" \
	    "^ ${flag}[[:blank:]]+${default}[[:blank:]]" "-$flag is $default"
done <<'END'
timeout 1200
max_total_time 0
rss_limit_mb 2048
malloc_limit_mb 0
reload 1
fork 0
ignore_crashes 0
ignore_timeouts 1
ignore_ooms 1
detect_leaks 1
print_final_stats 0
timeout_exitcode 70
error_exitcode 77
END
for flag in artifact_prefix dict exact_artifact_path merge \
    merge_control_file minimize_crash set_cover_merge use_value_profile; do
	ok "there is -$flag" grep -Eq "^ ${flag}[[:blank:]]" help
done

# The lines of a run
mkdir c
st=0
./words c -runs=200000 -seed=1 -max_len=6 -print_final_stats=1 >out 2>&1 ||
    st=$?
is $st 0 'a run that is over'
tab=$(printf '\t')
n='cov: [0-9]+ ft: [0-9]+ corp: [0-9]+/[0-9]+[KMG]?b'
like "$(cat out)" "^#[0-9]+${tab}INITED +$n" 'it has begun'
like "$(cat out)" "^#[0-9]+${tab}NEW +$n lim: [0-9]+ exec/s: [0-9]+ rss: [0-9]+Mb" \
    'a new input'
like "$(cat out)" "^#[0-9]+${tab}DONE +$n" 'it is done'
like "$(cat out)" '^Done 200000 runs in [0-9]+ second' 'in words'
for s in number_of_executed_units average_exec_per_sec new_units_added \
    slowest_unit_time_sec peak_rss_mb; do
	like "$(cat out)" "^stat::$s: +[0-9]+$" "$s"
done
for f in c/*; do
	[ "${f#c/}" = "$(sha1sum <"$f" | cut -d ' ' -f 1)" ] || echo "$f"
done >wrong
empty wrong 'inputs are called by their SHA-1'

# Artifacts
printf ABRTABRT >ABRT
mkdir a
st=0
./words -artifact_prefix=a/ -runs=1 ABRT >out 2>&1 || st=$?
is $st 77 'a signal that ASan does not handle'
sum=$(sha1sum <ABRT | cut -d ' ' -f 1)
st=0
mkdir s
cp ABRT s/
ASAN_OPTIONS=handle_abort=1 ./words -artifact_prefix=a/ c s >out 2>&1 || st=$?
is $st 1 'one among the seeds ends it'
ok 'it is called by its SHA-1' test -f "a/crash-$sum"
like "$(cat out)" "artifact_prefix='a/'; Test unit written to a/crash-$sum" \
    'as it says'

# A merge says how much it took.
mkdir m
st=0
./words -merge=1 m c >out 2>&1 || st=$?
is $st 0 'a merge'
like "$(cat out)" 'MERGE-OUTER: [0-9]+ new files with [0-9]+ new features added; [0-9]+ new coverage edges' \
    'its words'

# Workers: it ends with the status of the last one, though nothing went wrong
# with it.  On a busy machine it may take longer until one hangs.
timeouts=0
for seconds in 3 15 60; do
	rm -rf c a
	mkdir c a
	st=0
	timeout -s KILL 120 ./hangs -fork=1 -ignore_crashes=1 \
	    -ignore_timeouts=1 -ignore_ooms=1 -timeout=1 \
	    -max_total_time=$seconds -max_len=1 -only_ascii=1 \
	    -artifact_prefix=a/ c >out 2>&1 || st=$?
	timeouts=$(sed -n 's|.*oom/timeout/crash: [0-9]*/\([0-9]*\)/.*|\1|p' \
	    out | tail -n 1)
	[ "${timeouts:-0}" -eq 0 ] || break
done
like "$(cat out)" \
    '^#[0-9]+: cov: [0-9]+ ft: [0-9]+ corp: [0-9]+ exec/s:? [0-9]+ oom/timeout/crash: [0-9]+/[0-9]+/[0-9]+ time: [0-9]+s job: [0-9]+' \
    'a line of workers'
last=$(sed -n 's/^INFO: exiting: \([0-9]*\) time: .*/\1/p' out)
is "$last" "$st" 'it says how it ends'
like "$timeouts" '^[1-9]' 'workers met their time limit'
is "$st" 70 'and it ends with status 70 for that'
like "$(ls a)" '^timeout-[0-9a-f]{40}$' 'each with an artifact'
done_testing
