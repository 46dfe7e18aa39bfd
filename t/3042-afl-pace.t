#!/bin/sh
# How often afl-fuzz tells how it is: a minute long.  By its own clock, in the
# files it writes.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
whole
sweep_all
need afl-fuzz afl-clang-fast

afl_alone

# It sleeps: nobody else on the machine is kept from his work.
build_afl idle <<'END_C'
#include <unistd.h>

int
main(void)
{
	char c = 0;

	usleep(5000);
	return read(0, &c, 1) == 1 && c == 'x';
}
END_C
mkdir "$T/seeds"
echo abcd >"$T/seeds/1"
setsid afl-fuzz -M main -i "$T/seeds" -o "$T/out" -t 1000 -m none -- \
    "$T/idle" >"$T/log" 2>&1 </dev/null &
pid=$!
at_end "kill -9 $pid 2>/dev/null"
stats=$T/out/main/fuzzer_stats plot=$T/out/main/plot_data
of() { sed -n "s/^$1 *: *//p" "$stats"; }
ok 'statistics are written when it begins' until_true 60 test -s "$stats"
first=$(stat -c %Y.%i "$stats")
like "$(of run_time)" '^[0-5]$' 'at once'
again() { [ "$(stat -c %Y.%i "$stats")" != "$first" ]; }
ok 'and then again' until_true 180 again
like "$(of run_time)" '^(6[0-9]|[7-9][0-9]|1[0-9][0-9])$' \
    'not before a minute is over'
lines() { [ "$(grep -vc '^#' "$plot")" -ge "$1" ]; }
ok 'plot_data goes on sooner' until_true 120 lines 4
ok 'and the statistics meanwhile do not' sh -c \
    "[ \"\$(sed -n 's/^last_update *: *//p' '$stats')\" -lt \
    \$(($(of start_time) + 120)) ]"
grep -v '^#' "$plot" | sed 's/,.*//' >"$T/times"
like "$(tail -n 3 "$T/times" | head -n 1)" '^[0-9]+$' 'by seconds'
tail -n 3 "$T/times" | awk 'NR > 1 && $1 - last < 4 { print last, $1 }
    { last = $1 }' >"$T/close"
empty "$T/close" 'five of them between two lines, not less'
kill "$pid"
wait "$pid"
is $? 0 'it ends well'
ok 'with its last ones' test "$(of last_update)" -ge \
    "$(($(of start_time) + $(of run_time)))"
done_testing
