#!/bin/sh
# What becomes of crashes on the bot: run again on each build of the job, made
# smaller when there is nothing else to do, and neither lost nor told twice by
# a bot that is killed.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
need sqlite3 afl-fuzz afl-clang-fast clang
whole

run_master
printf 'minimise_time = 6s\n' >>"$PF_CONF"

# Steady where there is FUZ; where there is FLA one time of three, as a file
# tells that each run makes longer.
cat >"$T/source.c" <<'!'
#define _GNU_SOURCE
#include <sys/stat.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char b[65536];

void
steady(void)
{
	abort();
}

void
flaky(void)
{
	struct stat st = { 0 };
	int fd;

	if (chdir(getenv("HOME")) != 0 ||
	    (fd = open("n", O_WRONLY | O_CREAT | O_APPEND, 0600)) == -1)
		return;
	if (write(fd, "x", 1) == 1 && fstat(fd, &st) == 0 &&
	    st.st_size % 3 == 1)
		*(volatile char *)0 = 1;
	close(fd);
}

int
main(void)
{
	ssize_t n = read(0, b, sizeof(b));

	if (n > 3 && memmem(b, (size_t)n, "FUZ", 3) != NULL)
		steady();
	if (n > 3 && memmem(b, (size_t)n, "FLA", 3) != NULL)
		flaky();
	return 0;
}
!
build_afl t <"$T/source.c"
clang -g -fsanitize=address -o "$T/asan" "$T/source.c" || exit 1
mkdir "$T/seeds"
{
	head -c 3000 /dev/zero | tr '\0' a
	printf FUZ
	head -c 7000 /dev/zero | tr '\0' b
} >"$T/seeds/long"
echo 'zzz FLA' >"$T/seeds/flaky"
echo quiet >"$T/seeds/quiet"
long=$(sha256sum <"$T/seeds/long" | cut -d' ' -f1)
flaky=$(sha256sum <"$T/seeds/flaky" | cut -d' ' -f1)

# told HASH BUILD WHAT: of the checks of an input on a build
told()
{
	master_sql "SELECT $3 FROM check_records WHERE hash = '$1' AND
	    build = '$2'"
}
# done_with HASH: it was run on both builds, and that is filed
done_with()
{
	spool_empty && [ -n "$(told "$1" target 1)" ] &&
	    [ -n "$(told "$1" asan 1)" ]
}
# waiting: a crash that is to be run again
waiting()
{
	[ -n "$(find "$T/w" -path '*own/checks/*.c')" ]
}

submit one afl++ "$T/t" -s "$T/seeds" -d 4s -b "asan=$T/asan"
run pfrun
ran 0 'the job ends'
ok 'what is left of it waits' test -d "$T/w/slot-0/later/$job"
ok 'without what the engine made' \
    test ! -e "$T/w/slot-0/later/$job/out" -a ! -e "$T/w/slot-0/jobs/$job"
run pfrun
ran 1 'there is no other'
empty "$(find "$T/w/slot-0/later" -mindepth 1)" 'meanwhile all is done'
until_true 60 done_with "$long"
is "$(told "$long" target 'runs, crashed, same, signal')" '5|5|5|6' \
    'five times the same: no more are needed'
is "$(told "$long" asan 'runs, crashed, same, type, tool, stack')" \
    '10|10|0|abort|asan|steady' 'the build of a sanitizer tells where'
like "$(pf-report crash "$(master_sql "SELECT id FROM crashes WHERE
    job_id = '$job' AND hash = '$long'")")" 'its stack	steady' \
    'which describes the crash'
is "$(told "$long" target 'count(*)')" 1 'once'
is "$(told "$flaky" target 'runs = 10 AND crashed BETWEEN 1 AND 9')" 1 \
    'a flaky one is run ten times, and some of them crash'
is "$(told "$flaky" target 'same = crashed')" 1 'in the same way'
like "$(pf-report crashes | grep "$flaky")" '[1-9]/10' 'pf-report says so'
is "$(master_sql "SELECT size, runs, same FROM smalls WHERE of IN (SELECT
    hash FROM crashes WHERE type = 'abort')")" '4|3|3' \
    'ten thousand bytes became four, which were run three times'
of=$(master_sql 'SELECT of FROM smalls')
like "$(cat "$PF_STORAGE/crashes/$job/$of.min")" 'FUZ' 'the right ones'
is "$(wc -c <"$PF_STORAGE/crashes/$job/$long" | tr -d ' ')" 10003 \
    'the crash itself stays as it was'
is "$(master_sql 'SELECT count(*) FROM smalls')" 1 \
    'one of a kind, and none that is flaky'

# Killed while some wait, in the middle of a job.
any_told()
{
	[ "$(master_sql "SELECT count(*) FROM check_records WHERE job_id =
	    '$job'")" -gt 0 ]
}
submit two afl++ "$T/t" -s "$T/seeds" -d 12s -b "asan=$T/asan"
timeout 120 pf-run -m "$url" >"$T/two.out" 2>"$T/two.err" &
bot=$!
ok 'crashes wait' until_true 60 waiting
pgrep -f "pf-run -m $url" | xargs kill -KILL
wait "$bot" || :
timeout 120 pf-run -m "$url" >"$T/two.out" 2>"$T/two.err" &
bot=$!
ok 'after a SIGKILL they are run beside the engine' until_true 90 any_told
ok 'which goes on' job_is running
wait "$bot"
is $? 0 'to its end'
run pfrun
ran 1 'and the rest is done after it'
until_true 60 spool_empty
is "$(master_sql "SELECT group_concat(n) FROM (SELECT build || count(*) AS n
    FROM check_records WHERE job_id = '$job' AND hash = '$long' GROUP BY build
    ORDER BY build)")" 'asan1,target1' 'each is told once'

# None is wanted.
printf 'recheck_runs = 0\n' >>"$PF_CONF"
submit none afl++ "$T/t" -s "$T/seeds" -d 3s
run pfrun
ran 0 'recheck_runs = 0: the job ends'
empty "$(find "$T/w/slot-0/later" -mindepth 1)" 'nothing waits'
is "$(master_sql "SELECT count(*) FROM check_records WHERE job_id = '$job'")" \
    0 'nothing was run again'

# Handed back in the middle: the job may go to another bot, what waits does not.
sed -i '/recheck_runs = 0/d' "$PF_CONF"
start_bot()
{
	timeout 120 pf-run -m "$url" >"$T/back.out" 2>"$T/back.err" &
	bot=$!
}
stop_bot()
{
	kill -TERM "$bot"
	wait "$bot" || :
}
is_back()
{
	[ -d "$T/w/slot-0/jobs/$job/own/checks" ] &&
	    [ ! -e "$T/w/slot-0/later/$job" ]
}
submit back afl++ "$T/t" -s "$T/seeds" -d 100s -b "asan=$T/asan"
start_bot
ok 'crashes wait in a job that is told to stop' until_true 60 waiting
stop_bot
ok 'they are kept' test -d "$T/w/slot-0/later/$job/own/checks"
start_bot
ok 'and go on with the job if it comes here again' until_true 60 is_back
stop_bot
done_testing
