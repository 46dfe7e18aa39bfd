#!/bin/sh
# Nothing is held against a healthy job: one that is slow to start, tiny,
# short, exhausted at once.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
need afl-fuzz afl-clang-fast clang

# Exhausted at once, and slow to begin with.
build_afl small <<'END'
#include <stdio.h>
#include <unistd.h>

int
main(void)
{
	usleep(20000);
	return getchar() == 'x';
}
END
build_libfuzzer slow <<'END'
#include <stdint.h>
#include <stddef.h>
#include <unistd.h>

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	sleep(4);
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return size > 3 && data[0] == 'a' ? 0 : 0;
}
END
build_quiet
run_master
held() { pf-report jobs | grep "^$job" | cut -f 12; }
events()
{
	pf-report -j events | grep "\"kind\":\"health\",\"subject\":\"$job\"" |
	    sed 's/.*"from":"\([a-z_]*\)","to":"\([a-z_]*\)".*/\1>\2/' |
	    tr '\n' ' '
}

submit small afl++ "$T/small" -d 6s
one=$job
submit slow libfuzzer "$T/slow" -d 7s
two=$job
submit quiet libfuzzer "$T/quiet" -d 3s
three=$job
check 'three jobs' 0 - '~completed$' pfrun -j 3
until_true 10 spool_empty
for job in $one $two $three; do
	name=$(master_sql "SELECT name FROM jobs WHERE id = '$job'")
	ok "$name: completed" job_is completed
	is "$(held) $(events)" 'well ' "$name: is well"
done
is "$(pf-report metrics | grep '^pandafuzz_jobs_unwell' | grep -vc ' 0$')" 0 \
    'and nothing is counted'

# afl-fuzz runs each seed some times before it tells of anything.
build_afl tries <<'END'
#include <stdio.h>
#include <unistd.h>

int
main(void)
{
	usleep(300000);
	return getchar() == 'x';
}
END
mkdir "$T/seeds"
for n in $(seq 20); do
	echo "seed $n" >"$T/seeds/$n"
done
printf 'patience = 4s\nstall = 4s\n' >>"$PF_CONF"
submit tries afl++ "$T/tries" -d 15s -T 5s -s "$T/seeds"
# stats WHAT: the last that were told of it
stats()
{
	master_sql "SELECT $1 FROM job_stats WHERE job_id = '$job'"
}
queued() { [ "$(stats corpus_count)" = 20 ]; }
pfrun -q >"$T/bot.out" 2>"$T/bot.err" &
bot=$!
at_end "kill $bot 2>/dev/null"
ok 'many seeds that are slow lie in the queue at once' until_true 30 queued
is "$(stats executions)" '' 'which is no sign that they were executed'
wait "$bot"
ok 'the job completes' job_is completed
until_true 10 spool_empty
like "$(pf-report log "$job")" "Attempting dry run with 'id:000001" \
    'they are tried'
is "$(held) $(events)" 'well ' 'meanwhile all is well'
done_testing
