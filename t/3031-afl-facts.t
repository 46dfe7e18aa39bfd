#!/bin/sh
# What the bot relies on in afl-fuzz: how it ends, what it leaves, what it
# says.  When another one behaves otherwise, here is where it shows.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
need afl-fuzz afl-clang-fast
whole

afl_alone

build_afl loop <<'END_C'
#include <stdlib.h>
#include <unistd.h>

__AFL_FUZZ_INIT();

int
main(void)
{
	static volatile int x;
	unsigned char *p;

	__AFL_INIT();
	p = __AFL_FUZZ_TESTCASE_BUF;
	while (__AFL_LOOP(10000)) {
		if (__AFL_FUZZ_TESTCASE_LEN > 2 && p[0] == 'x')
			x++;
		if (__AFL_FUZZ_TESTCASE_LEN == 3 && p[0] == 'B' &&
		    p[1] == 'U' && p[2] == 'G')
			abort();
	}
	return 0;
}
END_C
echo 'int main(void) { return 0; }' >"$T/bare.c"
cc -o "$T/bare" "$T/bare.c"
mkdir "$T/seeds" "$T/bugs" "$T/none"
echo abcd >"$T/seeds/1"
printf BUG >"$T/bugs/1"
: >"$T/none/1"

# begin NAME ARG ...: one in the background, $T/NAME.pid
begin()
{
	fuzz_name=$1
	shift
	# Without a shell around it, which would be signalled in its stead.
	setsid afl-fuzz -o "$T/$fuzz_name" -t 1000 -m none "$@" \
	    >"$T/$fuzz_name.log" 2>&1 </dev/null &
	fuzz_pid=$!
	at_end "kill -9 $fuzz_pid 2>/dev/null"
}
rolls() { grep -q 'ready to roll' "$T/$1.log"; }
# stat NAME KEY
stat()
{
	sed -n "s/^$2 *: *//p" "$T/$1/main/fuzzer_stats"
}

for sig in TERM INT; do
	begin "$sig" -M main -i "$T/seeds" -- "$T/loop"
	ok "statistics are written when it begins" \
	    until_true 60 test -s "$T/$sig/main/fuzzer_stats"
	ok "it fuzzes" until_true 60 rolls "$sig"
	kill -s USR1 "$fuzz_pid"
	sleep 0.2
	ok 'SIGUSR1 does not end it' kill -0 "$fuzz_pid"
	kill -s "$sig" "$fuzz_pid"
	wait "$fuzz_pid"
	is $? 0 "SIG$sig ends it well"
	like "$(stat "$sig" execs_done)" '^[1-9]' 'with its last statistics'
done
for key in start_time run_time cycles_done execs_done execs_per_sec \
    corpus_imported pending_total stability last_find exec_timeout \
    edges_found total_edges peak_rss_mb; do
	like "$(stat TERM $key)" '^[0-9.]+%?$' "$key is among them"
done
like "$(head -n 1 "$T/TERM/main/plot_data")" \
    '^# relative_time, .*total_execs, edges_found$' 'plot_data has a head'
is "$(tail -n 1 "$T/TERM/main/plot_data" | tr -dc , | wc -c)" \
    "$(head -n 1 "$T/TERM/main/plot_data" | tr -dc , | wc -c)" \
    'and a value for each column'

begin gone -M main -i "$T/seeds" -- "$T/loop"
until_true 60 rolls gone
until_true 20 pgrep -f "^$T/loop"
cp "$T/gone/main/fuzzer_stats" "$T/before"
kill -9 "$fuzz_pid"
wait "$fuzz_pid" 2>/dev/null
is $? 137 'SIGKILL ends it'
ok 'without last statistics' cmp -s "$T/before" "$T/gone/main/fuzzer_stats"
# What it leaves is stopped in the middle of its loop, and stays.
stopped()
{
	for left in $(pgrep -f "^$T/loop"); do
		grep -q '^State:.*[Tt] ' "/proc/$left/status" && return
	done
	return 1
}
ok 'SIGKILL leaves its target behind, stopped' until_true 20 stopped
for left in $(pgrep -f "^$T/loop"); do
	kill -9 "$left"
done
run timeout -s TERM -k 60 4 afl-fuzz -M main -i - -o "$T/gone" -t 1000 \
    -m none -- "$T/loop"
ok 'with -i - it goes on from there' \
    grep -q 'attempt session resume' "$T/out"
is "$(find "$T/gone/main/queue" -maxdepth 1 -name "*orig:1" | wc -l)" 1 \
    "with its queue"

# refusal NAME ARG ...
refusal()
{
	run timeout 60 afl-fuzz -o "$T/no" -m none "$@"
	sed 's/\x1b\[[0-9;]*m//g' "$T/out" | grep 'PROGRAM ABORT' >"$T/words"
}
refusal -M main -i "$T/seeds" -- "$T/bare"
ran 1 'a target without instrumentation is refused'
ok 'in these words' grep -q 'No instrumentation detected' "$T/words"
refusal -M main -i "$T/bugs" -- "$T/loop"
ran 1 'so are seeds that all crash'
ok 'in these words' grep -q 'one valid input seed that does not crash' \
    "$T/words"
ok 'and their names are told' grep -q \
    "Test case 'id:000000,.*,orig:1' results in a crash" "$T/out"
refusal -M main -i "$T/none" -- "$T/loop"
ran 1 'so are empty seeds'
ok 'in these words' grep -q 'No usable test cases' "$T/words"
refusal -n -M main -i "$T/seeds" -- "$T/bare"
ran 1 'a main node without instrumentation is none'

begin plain -n -i "$T/seeds" -- "$T/bare"
ok 'alone it does without' until_true 60 rolls plain
kill "$fuzz_pid"
wait "$fuzz_pid"
is $? 0 'and ends well'
is "$(find "$T/plain" -name fuzzer_stats)" '' 'but has no statistics'
like "$(tail -n 1 "$T/plain/plot_data")" '^[0-9]+, ' 'plot_data has the last'
done_testing
