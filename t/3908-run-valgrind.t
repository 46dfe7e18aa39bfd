#!/bin/sh
# A crash of a target without a sanitizer is run once under valgrind; where
# valgrind cannot run the target, that is no run without a crash.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
need sqlite3 afl-fuzz afl-clang-fast valgrind strip
whole

run_master
build_afl t <<'!'
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int
main(void)
{
	char b[64] = "";

	if (read(0, b, sizeof(b)) > 0 && memcmp(b, "FUZ", 3) == 0)
		abort();
	return 0;
}
!
# Old versions of valgrind give up on what newer compilers tell of names.
strip -g -o "$T/bare" "$T/t"
refused()
{
	! valgrind "$1" </dev/null >"$T/out" 2>&1 && grep -q 'Giving up' "$T/out"
}
! refused "$T/bare" || skip_all 'valgrind runs nothing here'
refused "$T/t" || skip_all 'valgrind runs all targets here'
mkdir "$T/seeds"
echo FUZ >"$T/seeds/bang"
echo quiet >"$T/seeds/quiet"
bang=$(sha256sum <"$T/seeds/bang" | cut -d ' ' -f 1)

# told: the builds that the input was run on, with runs and crashes
told()
{
	master_sql "SELECT build, runs, crashed FROM check_records WHERE
	    job_id = '$job' AND hash = '$bang' ORDER BY build"
}
told_all()
{
	spool_empty && told | grep -q target
}
# fuzz NAME TARGET: that is found, and all that is left is done after it
fuzz()
{
	submit "$1" afl++ "$2" -s "$T/seeds" -d 4s
	run pfrun
	ran 0 "$1: the job ends"
	run pfrun
	ran 1 "$1: so does what is left of it"
	ok "$1: the checks are told" until_true 60 told_all
}
fuzz bare "$T/bare"
is "$(told)" 'target|5|5
valgrind|1|1' 'a crash is one under valgrind, too'
like "$(pf-report crash "$(crashes_of id | head -n 1)")" \
    'its stack	main' 'which says where'
fuzz names "$T/t"
is "$(told)" 'target|5|5' 'a run that valgrind gave up does not count'

submit memcheck afl++ "$T/t" -s "$T/seeds" -d 60s -K memcheck
run pfrun
ok 'a job of kind memcheck fails' until_true 60 job_is failed
like "$(job_message)" 'valgrind does not run the target' 'and says why'
done_testing
