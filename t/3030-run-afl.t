#!/bin/sh
# pf-run and afl-fuzz: crashes are run again for what they are, inputs from
# a file and from standard input, and no target outlives the job.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
need afl-fuzz afl-clang-fast

build_afl one <<'END'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int
main(int argc, char *argv[])
{
	char b[16] = "";
	FILE *f = stdin;

	if (argc > 2 && strcmp(argv[1], "-f") == 0)
		f = fopen(argv[2], "r");
	if (f == NULL || fread(b, 1, sizeof(b) - 1, f) < 3)
		return 0;
	if (b[0] == 'B' && b[1] == 'U')
		if (b[2] != 'x')
			abort();
	return 0;
}
END
mkdir "$T/seeds"
printf 'BUxx' >"$T/seeds/1"

run_master
submit stdin afl++ "$T/one" -d 8s -s "$T/seeds"
check 'a job from standard input' 0 - '~completed$' pfrun
ok 'completed' job_is completed
ok 'everything was delivered' outbox_empty
ok 'and filed' until_true 10 spool_empty
is "$(crashes_of 'DISTINCT type, signal')" 'abort|6' 'what it is'
is "$(crashes_of 'DISTINCT command')" '%TARGET% < %INPUT%' 'how to reproduce'
h=$(crashes_of hash | head -n 1)
like "$(cat "$PF_STORAGE/crashes/$job/$h.json")" \
    '"file_path":"id:[0-9]{6},sig:06,' 'what afl-fuzz calls it'
like "$(cat "$PF_STORAGE/crashes/$job/$h")" '^BU' 'the input'
like "$(master_sql "SELECT max(executions) FROM job_stats
    WHERE job_id = '$job'")" '^[0-9]{2,}$' 'executions, at the end at least'
is "$(pgrep -fc "$T/w/slot-0/jobs/")" 0 'no process is left'

submit file afl++ "$T/one" -d 8s -s "$T/seeds" -o schedule=fast -- -f @@
check 'a job with a file' 0 - '~completed$' pfrun
ok 'is filed' until_true 10 spool_empty
is "$(crashes_of 'DISTINCT command')" '%TARGET% -f %INPUT%' 'how to reproduce'
is "$(crashes_of 'DISTINCT type, signal')" 'abort|6' 'what it is'

submit seedless afl++ "$T/one" -d 3s
check 'a job without seeds' 0 - '~completed$' pfrun

# The seed crashes: afl-fuzz has nothing to start from.
printf 'BUG' >"$T/seeds/1"
submit crashing afl++ "$T/one" -d 20s -s "$T/seeds"
check 'only a seed that crashes' 0 - '~failed: ' pfrun
like "$(job_message)" 'afl-fuzz ended with status 1: .' 'afl-fuzz says why'
done_testing
