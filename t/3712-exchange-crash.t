#!/bin/sh
# An input that crashes whom it is given to: it is that one's crash, and goes
# no further.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/share.sh
. "$PF_ROOT/t/lib/share.sh"
need afl-fuzz afl-clang-fast clang

# Both crash, and each in its own way.
{
	echo "#define MAGIC $(share_magic pandafu7)"
	share_source
} >"$T/magic.h"
build_libfuzzer lf <<'END_C'
#include "magic.h"
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (magic(data, size))
		__builtin_trap();
	return 0;
}
END_C
build_afl afl <<'END_C'
#include "magic.h"
int
main(void)
{
	uint8_t b[16];

	if (magic(b, fread(b, 1, sizeof(b), stdin)))
		__builtin_trap();
	return 0;
}
END_C

run_master
submit one libfuzzer "$T/lf" -C camp -d 5s -p -50
one=$job
submit lf libfuzzer "$T/lf" -C camp -d 120s
lf=$job
submit afl afl++ "$T/afl" -C camp -d 120s
afl=$job
pf-run -q -l -j 2 -m "$url" >"$T/bot.out" 2>"$T/bot.err" &
bot=$!
# shellcheck disable=SC2016 # the last one
at_end 'kill $bot 2>/dev/null'
both_run()
{
	grep -q INITED "$T"/w/slot-*/jobs/"$lf"/own/engine.log &&
	    [ -e "$(echo "$T"/w/slot-*/jobs/"$afl"/out/main/fuzzer_stats)" ]
}
ok 'two jobs run' until_true 40 both_run
file_input "$one" pandafu7
magic=$hash
file_input "$one" harmless
harmless=$hash

# crashed JOB: it has the crash of that input
crashed()
{
	[ "$(master_sql "SELECT count(*) FROM crashes WHERE job_id = '$1'
	    AND hash = '$magic'")" = 1 ]
}
ok 'an input crashes libFuzzer' until_true 40 crashed "$lf"
ok 'and AFL++' until_true 90 crashed "$afl"
goes_on() { [ -e "$(echo "$T"/w/slot-*/jobs/"$lf"/corpus/"$harmless")" ]; }
ok 'the harmless one is used' until_true 20 goes_on
gone() { ! [ -e "$(echo "$T"/w/slot-*/jobs/"$lf"/corpus/"$magic")" ]; }
ok 'the other is not any more' until_true 20 gone
log_runs() { grep -q INITED "$T"/w/slot-*/jobs/"$lf"/own/engine.log; }
ok 'and libFuzzer runs' until_true 20 log_runs
pf-sched cancel "$lf" "$afl" >/dev/null
submit late libfuzzer "$T/lf" -C camp -d 60s
late=$job
has_late() { [ -e "$(echo "$T"/w/slot-*/jobs/"$late"/corpus/"$harmless")" ]; }
ok 'who comes later gets the harmless one' until_true 40 has_late
is "$(find "$T"/w/slot-*/jobs/"$late" -name "$magic" | wc -l)" 0 \
    'and not the other'
kill "$bot"
wait "$bot"
ok 'all is filed' until_true 20 spool_empty
is "$(master_sql "SELECT count(*) FROM corpus WHERE hash = '$magic' AND
    job_id <> '$one'")" 0 'it was handed on by nobody'
is "$(master_sql "SELECT count(*) FROM crashes WHERE job_id = '$late'")" 0 \
    'nor crashed again'
done_testing
