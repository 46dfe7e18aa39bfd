#!/bin/sh
# Shared memory of System V: that of an afl-fuzz which is killed, where it has
# no namespace of its own, goes with it, and nobody else's does.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/box.sh
. "$PF_ROOT/t/lib/box.sh"
need afl-fuzz afl-clang-fast ipcmk

can_nobody || skip_all 'no other user can run this'
build_afl quiet <<-'END'
#include <stdio.h>

int
main(void)
{
	char b[16] = "";

	return fread(b, 1, sizeof(b), stdin) > 3 && b[0] == 'a' ? 1 : 0;
}
END
run_master 'heartbeat_interval = 1s'
box_path
chmod 755 "$T" "$T/m"

# segments: those of our user here
segments()
{
	awk -v uid="$box_uid" '$8 == uid { print $2 }' /proc/sysvipc/shm
}

fuzzes()
{
	job_is running && [ -s "$T/w/slot-0/jobs/$job/out/main/fuzzer_stats" ]
}

# shellcheck disable=SC2016
at_end 'for id in $(segments); do ipcrm -m "$id"; done'
ok 'somebody has a segment' as_nobody ipcmk -M 4321
segments >"$T/before"
submit quiet afl++ "$T/quiet" -d 60s
without_bwrap as_nobody timeout 100 pf-run -q -m "$url" >"$T/bot.out" \
    2>"$T/bot.err" &
bot=$!
ok 'afl-fuzz runs' until_true 30 fuzzes
ok 'it has some' test "$(segments | wc -l)" -gt "$(wc -l <"$T/before")"
engine=$(pgrep -u "$box_uid" -x afl-fuzz)
awk -v pid="$engine" '$5 == pid { print $2 }' /proc/sysvipc/shm >"$T/its"
ok 'they are its own' test -s "$T/its"
kill -KILL "$engine"

# its_gone: none of those that it made
its_gone()
{
	! segments | grep -qFx -f "$T/its"
}
ok 'it is killed: they go' until_true 30 its_gone
ok 'it is started again' until_true 30 sh -c \
    "pgrep -u $box_uid -x afl-fuzz | grep -qvx $engine"
# One that does not end by itself is killed, by pf-run.
kill -STOP "$(pgrep -u "$box_uid" -x afl-fuzz)"
pf-sched cancel "$job" >/dev/null
status=0
wait "$bot" || status=$?
ran 0 'pf-run ends'
is "$(segments)" "$(cat "$T/before")" 'only what was not its own is left'
done_testing
