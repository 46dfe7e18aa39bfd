#!/bin/sh
# Memory that runs out: the kernel ends the engine, which is told and started
# again.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
need clang

# A control group of memory of our own, v1 or v2, below the one we are in.
v1=/sys/fs/cgroup/memory$(sed -n 's/^[0-9]*:memory://p' /proc/self/cgroup)
v2=/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)
for g in "$v1" "$v2"; do
	group=${g%/}/pf-test-$$
	mkdir "$group" 2>/dev/null || continue
	[ -e "$group/memory.limit_in_bytes" ] || [ -e "$group/memory.max" ] &&
		break
	rmdir "$group"
done
[ -d "$group" ] || skip_all 'no control group of memory to be had'
at_end "rmdir '$group' 2>/dev/null"
if [ -e "$group/memory.max" ]; then
	echo 300M >"$group/memory.max"
	echo 0 >"$group/memory.swap.max" 2>/dev/null
else
	echo 300M >"$group/memory.limit_in_bytes"
	echo 300M >"$group/memory.memsw.limit_in_bytes" 2>/dev/null
fi || skip_all 'the control group takes no limit'

build_libfuzzer eats <<'END'
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char *keep[4000];
	static size_t n;

	if (size > 2 && data[0] != 0 && n < 4000) {
		keep[n] = malloc(1 << 20);
		memset(keep[n++], data[0], 1 << 20);
	}
	return 0;
}
END
run_master
cat >>"$PF_CONF" <<END
[retry.engine]
max_retries = 1000
initial_delay = 50ms
END
held() { pf-report jobs | cut -f 12; }
holds() { case $(held) in *"$1"*) ;; *) false ;; esac; }

submit eats libfuzzer "$T/eats" -d 60s
(
	sh -c 'echo $PPID' >"$group/cgroup.procs"
	exec pf-run -m "$url" -q
) >"$T/bot.out" 2>"$T/bot.err" &
bot=$!
at_end "kill $bot 2>/dev/null; wait $bot"
ok 'the engine is killed and started again' until_true 40 holds restarted
ok 'for want of memory' until_true 40 holds low_memory
pf-sched cancel "$job" >/dev/null
wait $bot
is "$?" 0 'it ends well'
like "$(pf-report explain job "$job")" 'low_memory since .*short of memory' \
    'and is explained'
done_testing
