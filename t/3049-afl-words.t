#!/bin/sh
# What is relied on in afl-fuzz: which variables it knows, that it says so of
# others, and names in its statistics; afl-cmin, which keeps out of /tmp.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
need afl-fuzz afl-clang-fast
whole

# There is no master here.
tap_explain() { :; }

for name in $(env | sed -n 's/^\(AFL_[A-Z0-9_]*\)=.*/\1/p'); do
	unset "$name"
done

# help_with NAME ...: its help with these set, in $T/help; which of them it
# calls mistyped, in $T/unknown
help_with()
{
	# shellcheck disable=SC2046 # words
	run timeout -s KILL 60 env $(printf '%s=1 ' "$@") afl-fuzz -hh
	cat "$T/out" "$T/err" | sed 's/\x1b\[[0-9;?]*[A-Za-z]//g' >"$T/help"
	sed -n 's/.*Mistyped AFL environment variable: \([A-Z0-9_]*\)=.*/\1/p' \
	    "$T/help" | sort >"$T/unknown"
}
# not_in_help NAME ...: those that it does not tell of
not_in_help()
{
	for name; do
		grep -Eq "^ *$name: " "$T/help" || echo "$name"
	done
}

# The bot sets these whatever the help says.
set -- AFL_NO_UI AFL_SKIP_CPUFREQ AFL_NO_AFFINITY \
    AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES AFL_FORKSRV_INIT_TMOUT \
    AFL_CUSTOM_MUTATOR_LIBRARY AFL_CUSTOM_MUTATOR_ONLY
help_with "$@"
ran 1 'the help ends with 1'
empty "$T/unknown" 'it knows what the bot sets in any case'
not_in_help "$@" >"$T/missing"
empty "$T/missing" 'and tells of it'
set -- AFL_IMPORT_FIRST AFL_SYNC_TIME AFL_AUTORESUME AFL_CRASH_EXITCODE \
    AFL_EXIT_WHEN_DONE AFL_EXIT_ON_TIME AFL_BENCH_UNTIL_CRASH AFL_TMPDIR \
    AFL_KILL_SIGNAL AFL_STATSD
help_with "$@"
empty "$T/unknown" 'it knows others that are of use'
not_in_help "$@" >"$T/missing"
empty "$T/missing" 'and tells of them'

build_afl first <<'END_C'
#include <unistd.h>

static volatile int x;

int
main(void)
{
	char c = 0;

	if (read(0, &c, 1) == 1 && c == 'a')
		return 0;
	x++;
	return 42;
}
END_C
mkdir "$T/seeds"
echo abcd >"$T/seeds/1"
# fuzz NAME SETTING ...: until its first crash
fuzz()
{
	fuzz_name=$1
	shift
	run timeout -s KILL 120 env AFL_NO_UI=1 AFL_SKIP_CPUFREQ=1 \
	    AFL_NO_AFFINITY=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 \
	    AFL_BENCH_UNTIL_CRASH=1 AFL_CRASH_EXITCODE=42 "$@" \
	    afl-fuzz -M main -i "$T/seeds" -o "$T/$fuzz_name" -t 1000 \
	    -m none -- "$T/first"
}
fuzz crash X=
ran 0 'a status can be a crash, and the first crash the end'
main=$T/crash/main
like "$(ls "$main/crashes")" \
    '^id:000000,sig:00,src:000000,time:[0-9]+,execs:[0-9]+,op:[a-z]+' \
    'as the name of its file says'
for key in start_time last_update run_time fuzzer_pid cycles_done \
    cycles_wo_finds execs_done execs_per_sec execs_ps_last_min corpus_count \
    corpus_favored corpus_found corpus_imported corpus_variable max_depth \
    cur_item pending_favs pending_total stability bitmap_cvg saved_crashes \
    saved_hangs last_find last_crash last_hang execs_since_crash \
    exec_timeout slowest_exec_ms peak_rss_mb cpu_affinity edges_found \
    total_edges var_byte_count havoc_expansion auto_dict_entries \
    testcache_size testcache_count testcache_evict afl_banner afl_version \
    target_mode command_line; do
	grep -q "^$key *: " "$main/fuzzer_stats" || echo "$key"
done >"$T/missing"
empty "$T/missing" 'its statistics have all that they had'
is "$(sed -n 's/^saved_crashes *: *//p' "$main/fuzzer_stats")" 1 \
    'one crash among them'
for column in relative_time cycles_done cur_item corpus_count pending_total \
    pending_favs map_size saved_crashes saved_hangs max_depth execs_per_sec \
    total_execs edges_found; do
	head -n 1 "$main/plot_data" | grep -Eq "[# ]$column(,|$)" ||
	    echo "$column"
done >"$T/missing"
empty "$T/missing" 'so has plot_data'

# What came later, or was built otherwise.
version=$(sed -n 's/^afl_version *: *+*//p' "$main/fuzzer_stats")
if [ "$version" = 4.04c ]; then
	set -- AFL_CRASHING_SEEDS_AS_NEW_CRASH AFL_DISABLE_REDUNDANT \
	    AFL_FINAL_SYNC AFL_FUZZER_STATS_UPDATE_INTERVAL AFL_NO_SYNC \
	    AFL_SHA1_FILENAMES
	help_with "$@"
	is "$(cat "$T/unknown")" "$(printf '%s\n' "$@")" \
	    'it warns of what it does not know'
	help_with X
	is "$(not_in_help "$@")" "$(printf '%s\n' "$@")" \
	    'and tells of none of that'
	fuzz later AFL_FINAL_SYNC=1
	ran 0 'it warns, and fuzzes'
	fuzz record AFL_PERSISTENT_RECORD=10
	ran 1 'of one it knows the name only'
	like "$(cat "$T/out")" \
	    'afl-fuzz was not compiled with AFL_PERSISTENT_RECORD' 'as it says'
else
	skip "this is afl-fuzz $version and not 4.04c"
fi

if ! command -v afl-cmin >/dev/null; then
	skip 'no afl-cmin here'
	done_testing
	exit
fi
dir=$(mktemp -d /tmp/pf-test.XXXXXX)
at_end "rm -rf '$dir'"
cp "$T/first" "$dir/first"
mkdir "$dir/in"
for word in abcd abc bcde bcd; do
	echo $word >"$dir/in/$word"
done
check 'afl-cmin keeps out of /tmp' 1 '*' '~do not use this script in /tmp' \
    afl-cmin -i "$dir/in" -o "$dir/out" -- "$dir/first"
ok 'and leaves nothing there' test ! -e "$dir/out"
check 'unless it is told' 0 '*' '*' env AFL_ALLOW_TMP=1 \
    afl-cmin -i "$dir/in" -o "$dir/out" -- "$dir/first"
is "$(ls "$dir/out")" "$(printf 'abc\nbcd')" 'it keeps one of each kind'
done_testing
