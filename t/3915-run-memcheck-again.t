#!/bin/sh
# What valgrind found in a job of kind memcheck is run under it again: how
# surely it happens is known, whatever else the input shows, and its bundle
# needs no more runs than that takes.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
need sqlite3 cc valgrind jq tar
whole

run_master 'heartbeat_interval = 500ms'
printf 'recheck_runs = 6\n' >>"$PF_CONF"
# Runs under valgrind take their time.
pfrun()
{
	timeout 300 pf-run -m "$url" "$@"
}
cat >"$T/vg.c" <<'!'
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

volatile char sink;

static void
over(char *p)
{
	sink = p[4];
}

static char *
lose(void)
{
	return malloc(100);
}

static void
now_and_then(char *p)
{
	p[5] = sink;
}

/* How often this was run here. */
static off_t
count(void)
{
	char *dir = getenv("TMPDIR");
	int fd = dir == NULL || chdir(dir) == -1 ? -1 : open("runs",
	    O_WRONLY | O_CREAT | O_APPEND, 0600);
	off_t n = write(fd, "x", 1);

	n = lseek(fd, 0, SEEK_END);
	close(fd);
	return n;
}

int
main(void)
{
	char b[64], *p = malloc(4);
	ssize_t n = read(0, b, sizeof(b));

	while (n-- > 0)
		switch (b[n]) {
		case 'o':	over(p); break;
		case 'l':	sink = lose() == NULL;
				sink = lose() == NULL; break;
		case 'f':	if (count() % 3 == 1)
					now_and_then(p);
		}
	free(p);
	return 0;
}
!
cc -g -O0 -o "$T/vg" "$T/vg.c" || exit 1
mkdir "$T/seeds"
printf o >"$T/seeds/1-over"
printf lo >"$T/seeds/2-both"
printf f >"$T/seeds/3-flaky"

all_told()
{
	spool_empty && job_is completed
}
# again STACK: how often the crash was seen again, and what the list says
again()
{
	pf-report -j crashes | jq -r --arg s "$1" --arg j "$job" \
	    'select(.job_id == $j and (.stack | startswith($s))) |
	    "\(.reproduced) of \(.runs)"'
}
camp=one
submit whole afl++ "$T/vg" -s "$T/seeds" -d 300s -K memcheck -C "$camp"
run pfrun
ran 0 'a job of kind memcheck'
ok 'it ends' until_true 60 all_told
is "$(crashes_of stack)" 'lose
now_and_then
over' 'with three finds'
is "$(again over)" '5 of 5' 'one always happens'
is "$(again lose)" '5 of 5' 'so does one that is told behind another'
again now_and_then >"$T/flaky"
like "$(cat "$T/flaky")" '^2 of 6$' 'and one does now and then'
is "$(master_sql "SELECT DISTINCT build, tool FROM check_records")" \
    'valgrind|valgrind' 'all runs were made under it'
is "$(master_sql "SELECT count(*), count(DISTINCT hash) FROM check_records")" \
    '3|3' 'a record tells of each'
id=$(master_sql "SELECT id FROM crashes WHERE stack LIKE 'now%'")
like "$(pf-report crash "$id")" \
    "valgrind .*: reproduced $(cat "$T/flaky") \\(95 % interval.*, flaky" \
    'the interval is shown, and that it is flaky'
id=$(master_sql "SELECT id FROM crashes WHERE stack LIKE 'lose%'")
report=$(pf-report -j crash "$id" | jq -r '.checks[0].report')
ok 'its report is kept' grep -q 'definitely lost' "$PF_STORAGE/$report"
is "$(grep -c 'Invalid read' "$PF_STORAGE/$report")" 0 \
    'and not that of the other'
tries()
{
	pf-report bundle "$1" | tar -xOf - "crash-$1/repro.sh" |
	    sed -n 's/^tries=//p'
}
is "$(tries "$id")" 15 'a bundle is run as often as that takes'
id=$(master_sql "SELECT id FROM crashes WHERE stack LIKE 'now%'")
ok 'more often for the other' test "$(tries "$id")" -gt 50

# A process that ends between a find and its checks leaves them to the next.
camp=two
submit killed afl++ "$T/vg" -s "$T/seeds" -d 300s -K memcheck -C "$camp"
pf-run -m "$url" >"$T/out" 2>"$T/err" &
bot=$!
cards()
{
	find "$T/w" -path '*own/checks/*.c' 2>/dev/null | grep -q .
}
ok 'a find waits' until_true 120 cards
kill "$bot"
wait "$bot" || :
run pfrun
ran 0 'another process takes the job up'
ok 'and ends it' until_true 60 all_told
is "$(again over) $(again lose)" '5 of 5 5 of 5' 'each find is run again once'
empty "$(find "$T/w" -path '*own/checks/*.c')" 'and none is left'

# So does a job that is over.
camp=three
submit over afl++ "$T/vg" -s "$T/seeds" -d 300s -K memcheck -C "$camp"
pf-run -m "$url" >"$T/out" 2>"$T/err" &
bot=$!
ok 'a find waits again' until_true 120 cards
pf-sched -q cancel "$job" >/dev/null
left()
{
	find "$T/w" -path '*/later/*own/checks/*.c' 2>/dev/null | grep -q .
}
ok 'and is left when the job ends' until_true 60 left
wait "$bot" || :
run pfrun
ran 1 'what is left is done with no job'
ok 'to its end' until_true 60 spool_empty
is "$(again over)" '5 of 5' 'and told'
empty "$(find "$T/w" -path '*own/checks/*.c')" 'nothing is left then'
check 'all is well' 0 - - pf-ingest fsck
done_testing
