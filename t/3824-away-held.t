#!/bin/sh
# A libFuzzer target that crashes as it is ended because the outbox is full:
# that crash has its own report, not that of the next process.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/away.sh
. "$PF_ROOT/t/lib/away.sh"
need clang sqlite3

# Asked to end the first process aborts; the second has another fault.
build_libfuzzer two <<'END'
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

static void
first(int sig)
{
	(void)sig;
	close(open("tmp/second", O_CREAT | O_WRONLY, 0600));
	abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int n;
	volatile char *p;

	(void)data;
	if (++n == 1 && access("tmp/second", F_OK) == -1)
		signal(SIGUSR1, first);
	if (n > 1000 && size > 0 && access("tmp/second", F_OK) == 0) {
		p = malloc(8);
		p[8] = 1;
	}
	if (n > 1000)
		usleep(1000);
	return 0;
}
END
run_master
printf '%s\n' '[limits]' 'outbox_size = 16K' >>"$PF_CONF"
away_proxy
submit two libfuzzer "$T/two" -d 10m
timeout 200 pf-run -l -m "$url" >"$T/bot.out" 2>"$T/bot.err" &
bot=$!
at_end "kill $bot 2>/dev/null"
ok 'a job runs' until_true 60 job_is running
out=$T/w/slot-0/outbox
fuzzes() { grep -q INITED "$T/w/slot-0/jobs/$job/own/engine.log"; }
ok 'it fuzzes' until_true 60 fuzzes

# The outbox fills with what may not be dropped.
echo refuse 0 >"$T/network"
for n in 11 12 13 14 15 16 17 18 19 20; do
	{ echo "planted $n"; head -c 3000 /dev/zero; } >"$T/in"
	mkpack crash "$job" bot-1 -s $n -f type=planted "$T/in" >"$T/pack"
	mv "$T/pack" "$out/new/00000000000000$n-1"
done
said() { grep -q "$1" "$T/bot.err"; }
ok 'it is ended for that' until_true 60 said 'the engine is stopped'
: >"$T/network"
ok 'and goes on' until_true 60 said 'goes on$'
of_type() { crashes_of type >"$T/types"; grep -qi "$1" "$T/types"; }
ok 'the second process has its fault' until_true 60 of_type overflow
pf-sched cancel "$job" >/dev/null
until_true 60 job_is cancelled
kill "$bot"
wait "$bot" || :
until_true 60 spool_empty

ok 'the crash of the first is an abort' of_type abort || diag "$T/types"
done_testing
