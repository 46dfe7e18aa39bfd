#!/bin/sh
# Jobs that are not to fuzz: known crashes on another build, and a corpus under
# valgrind.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
need sqlite3 clang valgrind afl-fuzz
whole

run_master
printf 'recheck_runs = 0\n' >>"$PF_CONF"
# A list of crashes such as no master makes: one of them is nowhere.
made()
{
	sqlite3 -cmd '.timeout 20000' "$PF_STORAGE/data/pandafuzz.db" \
	    "UPDATE jobs SET kind = 'regress' WHERE id = '$job'; $1"
}
told()
{
	master_sql "SELECT $2 FROM check_records WHERE job_id = '$job' AND
	    hash = '$1'"
}
all_told()
{
	spool_empty && job_is completed
}

build_libfuzzer bad <<'!'
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#ifdef HALF
static void
other(int c)
{
	int i;

	if (c == 'K')
		raise(SIGKILL);
	for (i = 0; c == 'P' && i < 200000; i++)
		fprintf(stderr, "it prints a lot\n");
	if (c == 'P')
		abort();
}
#else
#define other(c) abort()
#endif

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 1 && data[0] == 'B')
		abort();
	if (size > 1 && (data[0] == 'G' || data[0] == 'K' || data[0] == 'P'))
		other(data[0]);
	return 0;
}
!
clang -g -O1 -fsanitize=fuzzer,address -DHALF -o "$T/half" "$T/bad.c" || exit 1
mkdir "$T/seeds"
echo Bxyz >"$T/seeds/b"
echo Gxyz >"$T/seeds/g"
mkdir "$T/odd"
echo Kxyz >"$T/odd/k"
echo Pxyz >"$T/odd/p"
bad=$(sha256sum <"$T/seeds/b" | cut -d' ' -f1)
good=$(sha256sum <"$T/seeds/g" | cut -d' ' -f1)
killed=$(sha256sum <"$T/odd/k" | cut -d' ' -f1)
loud=$(sha256sum <"$T/odd/p" | cut -d' ' -f1)
gone=$(echo nothing | sha256sum | cut -d' ' -f1)

submit found libfuzzer "$T/bad" -s "$T/seeds" -d 4s -C camp
run pfrun
until_true 60 spool_empty
like "$(master_sql 'SELECT capabilities FROM bots')" \
    '"libfuzzer".*,"regress","memcheck"\]' \
    'a bot says that it can do more than to fuzz, and valgrind is here'
is "$(crashes_of "count(*) FROM (SELECT DISTINCT hash FROM crashes WHERE hash
    IN ('$bad', '$good')) --")" 2 'two crashes are known'

# By a build that the campaign is told of.
job=$(pf-sched build -C camp -t "$T/half" -e libfuzzer | cut -f2) || exit 1
run pfrun
ran 0 'crashes are run on a new build'
ok 'and that is told' until_true 60 all_told
is "$(told "$bad" 'runs > 0, crashed = runs, same = runs')" '1|1|1' \
    'one still crashes'
is "$(told "$good" 'runs > 4, crashed')" '1|0' 'one does not'
pf-report regressions >"$T/verdicts"
like "$(grep "$bad" "$T/verdicts")" 'still' 'pf-report calls it so'
like "$(grep "$good" "$T/verdicts")" 'fixed' 'and the other fixed'

# crash HASH SIZE RUNS: one of those of the job at hand
crash()
{
	echo "INSERT INTO regressions VALUES ('c', 1, '$1', 'x', $2, $3,
	    '$job');"
}
submit odd libfuzzer "$T/bad" -s "$T/odd" -d 4s
run pfrun
ok 'two more are known' until_true 60 all_told
submit again libfuzzer "$T/half" -d 60s
made "$(crash "$bad" 5 3; crash "$good" 5 3; crash "$gone" 8 3
    crash "$killed" 5 2; crash "$loud" 5 2)"
run pfrun
ran 0 'a job of kind regress is run'
ok 'to its end' until_true 60 all_told
is "$(told "$bad" 'build, runs, crashed, same, tool <> "", target = (SELECT
    target_hash FROM jobs WHERE id = job_id)')" 'target|3|3|3|1|1' \
    'what still crashes, with its report'
is "$(told "$good" 'build, runs, crashed, same, size')" 'target|3|0|0|0' \
    'what does not any more takes all the runs'
is "$(told "$gone" 'count(*)')" 0 'nothing is said of what was not there'
is "$(told "$killed" 'count(*)')" 0 'nor of what was killed each time'
is "$(told "$loud" 'count(*)')" 0 'nor if there was no room for a report'
is "$(job_message | cut -d';' -f1)" "5 crashes: 1 crash this build, 1 do not, \
1 could not be had, 2 could not be run to an end" 'the message sums it up'
like "$(pf-report log "$job")" "crash .*: 3 of 3 runs crashed" 'so does the log'
is "$(crashes_of 'count(*)')" 0 'no crash was found'

# In a job of that kind what is asked for is checked.
submit wrong libfuzzer "$T/half" -d 60s
made ''
run pfrun
ok 'no crashes: it is over at once' until_true 60 job_is completed

cat >"$T/vg.c" <<'!'
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

volatile char sink;

static void
over(char *p)
{
	sink = p[4];
}

static char *
lose(size_t n)
{
	return malloc(n);
}

static char *
lose_more(void)
{
	return malloc(5);
}

int
main(void)
{
	char b[64], *p = malloc(4);
	ssize_t n = read(0, b, sizeof(b));
	int i;

	if (n > 0 && b[0] == 'o')
		over(p);
	if (n > 0 && b[0] == 'k')
		raise(SIGKILL);
	free(p);
	for (i = 0; n > 0 && b[0] == 'l' && i < 3; i++)
		sink = lose(100) == NULL;
	if (n > 0 && b[0] == 'm')
		sink = lose_more() == NULL;
	return 0;
}
!
cc -g -O0 -o "$T/vg" "$T/vg.c" || exit 1
rm -rf "$T/seeds"
mkdir "$T/seeds"
for w in over over2 leak leak2 more well kill; do
	echo "$w" >"$T/seeds/$w"
done
submit corpus afl++ "$T/vg" -s "$T/seeds" -d 120s -K memcheck
run pfrun
ran 0 'a job of kind memcheck is run'
ok 'to its end' until_true 60 all_told
is "$(crashes_of "type || ' ' || stack || ' ' || tool")" \
    'heap-buffer-overflow over valgrind
memory-leak lose valgrind
memory-leak lose_more valgrind' \
    'each error and each leak once, whatever the number of inputs'
like "$(job_message)" '^6 inputs were run under valgrind, which found 3' \
    'the message tells of all'
like "$(job_message)" '; 1 more did not come to an end' \
    'and of what tells nothing'
like "$(crashes_of output)" '300 bytes in 3 blocks are definitely lost' \
    'leaks of one place are one, with their sum'
printf '#!/nowhere/at/all\n' >"$T/none"
chmod +x "$T/none"
submit none afl++ "$T/none" -s "$T/seeds" -d 60s -K memcheck
run pfrun
ok 'what valgrind cannot run fails' until_true 60 job_is failed
like "$(job_message)" 'valgrind does not run the target' \
    'and is not said to have no errors'
submit shadow afl++ "$T/half" -s "$T/seeds" -d 60s -K memcheck
run pfrun
ok 'a build with a sanitizer fails' until_true 60 job_is failed
like "$(job_message)" 'does not run under valgrind' 'and the message says why'
done_testing
