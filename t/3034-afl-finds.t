#!/bin/sh
# pf-run and afl-fuzz: crashes and hangs with where they came from, and seeds
# that crash, of which afl-fuzz makes nothing.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/afl.sh
. "$PF_ROOT/t/lib/afl.sh"
need afl-fuzz afl-clang-fast

build_afl hangs <<'END_C'
#include <stdlib.h>
#include <unistd.h>

int
main(void)
{
	char b[16] = "";
	ssize_t n = read(0, b, sizeof(b) - 1);

	if (n < 3)
		return 0;
	if (b[0] == 'H' && b[1] == 'A' && b[2] != 'x')
		for (;;)
			pause();
	if (b[0] == 'B' && b[1] == 'U' && b[2] != 'x')
		abort();
	return 0;
}
END_C
mkdir "$T/seeds"
printf 'HAxx' >"$T/seeds/hang"
printf 'BUxx' >"$T/seeds/crash"
printf 'BUG!' >"$T/seeds/bad"

run_master
submit hangs afl++ "$T/hangs" -d 5m -T 50ms -s "$T/seeds"
# A report of the seed may be the first.
both()
{
	has_crash timeout && [ "$(master_sql "SELECT count(*) FROM crashes
	    WHERE job_id = '$job' AND type = 'abort'")" -gt 1 ]
}
ok 'crashes and hangs are found' fuzz_until 90 both
crash_report timeout >"$T/hang.json"
for want in '"file_path":"id:000000,src:' '"op":"havoc"' '"found_ms":[0-9]' \
    '"found_execs":[0-9]' '"parent":"[0-9a-f]{64}"' '"signal":0,' \
    '"output":"the target did not end in time'; do
	like "$(cat "$T/hang.json")" "$want" "of a hang: $want"
done
is "$(sed 's/.*"parent":"\([0-9a-f]*\)".*/\1/' "$T/hang.json")" \
    "$(sha256sum <"$T/seeds/hang" | cut -d ' ' -f 1)" \
    'it was made of that seed'
id=$(master_sql "SELECT id FROM crashes WHERE job_id = '$job' AND
    type = 'timeout' ORDER BY timestamp, rid LIMIT 1")
pf-report crash "$id" >"$T/hang.txt"
pf-report -j crash "$id" >"$T/hang.json"
for want in "engine's name	id:000000,src:" 'found by	havoc' \
    'made of	[0-9a-f]{64}' 'found after ms	[0-9]' \
    'found after executions	[0-9]'; do
	like "$(cat "$T/hang.txt")" "$want" "pf-report: $want"
done
for want in '"origin":\{"name":"id:' '"op":"havoc","found_ms":[0-9]' \
    '"found_execs":[0-9]+,"parent":"[0-9a-f]{64}"\}'; do
	like "$(cat "$T/hang.json")" "$want" "as JSON: $want"
done
bad=$(sha256sum <"$T/seeds/bad" | cut -d ' ' -f 1)
is "$(crashes_of hash | grep -c "$bad")" 1 'the seed that crashes is one'
like "$(cat "$PF_STORAGE/crashes/$job/$bad.json")" \
    '"file_path":"id:00000[0-9],time:0,execs:0,orig:000[0-9]-bad"' \
    'under the name that afl-fuzz gave it'
like "$(cat "$PF_STORAGE/crashes/$job"/*.json)" \
    '"file_path":"id:000000,sig:06,src:' 'and there are others'
is "$(master_sql "SELECT count(*) FROM corpus WHERE job_id = '$job' AND
    hash IN (SELECT hash FROM crashes)")" 0 'none is an input to go on with'
like "$(master_sql "SELECT max(executions) FROM job_stats
    WHERE job_id = '$job'")" '^[1-9]' 'executions are counted'
done_testing
