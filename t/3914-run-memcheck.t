#!/bin/sh
# A job of kind memcheck takes up what its campaign has found, under the name
# of whatever engine, and goes on where it was when its bot is killed: each
# input is run once, and each error told once.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/share.sh
. "$PF_ROOT/t/lib/share.sh"
need sqlite3 cc valgrind clang strace
whole

run_master 'heartbeat_interval = 500ms'
# Runs under valgrind take their time.
pfrun()
{
	timeout 300 pf-run -m "$url" "$@"
}
build_quiet
cat >"$T/vg.c" <<'!'
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

int
main(void)
{
	char b[64], *p = malloc(4);
	ssize_t n = read(0, b, sizeof(b));

	if (n > 0 && b[0] == 'o')
		over(p);
	if (n > 0 && b[0] == 'l')
		sink = lose() == NULL;
	free(p);
	return 0;
}
!
cc -g -O0 -o "$T/vg" "$T/vg.c" || exit 1
mkdir "$T/seeds"
echo well >"$T/seeds/well"
echo 'o as a seed' >"$T/seeds/over"

# What a job of libFuzzer has found in the campaign, by another build.
submit finder libfuzzer "$T/quiet" -d 1s -C camp
finder=$job
run pfrun
for text in 'o found' 'l found' 'l too' 'w found'; do
	file_input "$finder" "$text"
done
found_all() { spool_empty && filed "$finder" "$hash"; }
ok 'a campaign has inputs' until_true 60 found_all
rest=$(master_sql "SELECT count(DISTINCT hash) FROM corpus WHERE
    job_id = '$finder'")

all_told()
{
	spool_empty && job_is completed
}
journal()
{
	echo "$T/w/slot-0/jobs/$job/own/memcheck"
}
ran_some()
{
	[ "$(grep -c '^done' "$(journal)" 2>/dev/null)" -ge 2 ]
}
# right NAME: all was run, each once
right()
{
	is "$(crashes_of "type || ' ' || stack || ' ' || tool")" \
	    'heap-buffer-overflow over valgrind
memory-leak lose valgrind' "$1: each error once"
	is "$(job_message)" \
	    "$((rest + 2)) inputs were run under valgrind, which found 2 errors and leaks" \
	    "$1: all inputs are counted, once"
}

# Killed while it runs, with all of pf-run.
submit killed afl++ "$T/vg" -s "$T/seeds" -d 300s -K memcheck -C camp
pf-run -m "$url" >"$T/out" 2>"$T/err" &
bot=$!
until_true 60 ran_some
pgrep -f "pf-run -m $url" | xargs kill -KILL
wait "$bot" || :
ok 'it is killed before its end' job_is running
run pfrun
ran 0 'another process takes it up'
ok 'and brings it to its end' until_true 60 all_told
right 'killed'
left() { pgrep -f "valgrind.*$T/w/" >/dev/null; }
nobody() { ! left; }
ok 'no valgrind is left' until_true 20 nobody

# Just before an error is marked that is on its way.  The first was no reason
# to keep these inputs from a second job.
submit marked afl++ "$T/vg" -s "$T/seeds" -d 300s -K memcheck -C camp
timeout 100 strace -f -qq -o "$T/trace" -P "$(journal)" \
    -e inject=openat:signal=KILL:when=3 pf-run -q -m "$url" >"$T/out" \
    2>"$T/err" || :
ok 'it is killed at a mark' grep -q 'killed by SIGKILL' "$T/trace"
run pfrun
until_true 60 all_told
right 'killed at a mark'

# What another bot was given before is taken up there from the beginning.
submit other afl++ "$T/vg" -s "$T/seeds" -d 300s -K memcheck -C camp
pf-run -m "$url" >"$T/out" 2>"$T/err" &
bot=$!
until_true 60 ran_some
kill "$bot"
wait "$bot" || :
run pfrun -w "$T/w2"
ok 'another bot takes it up' until_true 60 all_told
right 'handed back'
done_testing
