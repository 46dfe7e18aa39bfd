#!/bin/sh
# What a bot found under valgrind is run under it on each new build, and what
# became of it is told; a crash beside it is run as it was.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
need sqlite3 cc clang valgrind
whole

run_master 'heartbeat_interval = 500ms'
cat >"$T/vg.c" <<'!'
#include <stdlib.h>
#include <unistd.h>

volatile char sink;

static void
over(char *p)
{
	sink = p[4];
}

static void
elsewhere(char *p)
{
	p[5] = sink;
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
	int bugs = BUGS;

	if (n > 0 && b[0] == 'o' && (bugs & 1) != 0)
		over(p);
	if (n > 0 && b[0] == 'o' && (bugs & 2) != 0)
		elsewhere(p);
	if (n > 0 && b[0] == 'l' && (bugs & 4) != 0)
		sink = lose() == NULL;
	/* Errors come before leaks, and this one is not what is looked for. */
	if (n > 0 && b[0] == 'l' && (bugs & 8) != 0)
		over(p);
	free(p);
	if (n > 0 && b[0] == 'a' && (bugs & 16) != 0)
		abort();
	return 0;
}
!
# build NAME BUGS [FLAG]
build()
{
	cc=cc
	[ $# -eq 2 ] || cc=clang
	$cc -g -O0 ${3:+"$3"} -DBUGS="$2" -o "$T/$1" "$T/vg.c" || exit 1
}
build v0 29
mkdir "$T/seeds"
printf o >"$T/seeds/1-over"
printf l >"$T/seeds/2-lose"

# all_jobs: runs them until there is none
all_jobs()
{
	status=0
	while [ "$status" -eq 0 ]; do
		timeout 500 pf-run -m "$url" >>"$T/out" 2>>"$T/err" ||
		    status=$?
	done
	is "$status" 1 "$1"
	until_true 60 spool_empty
}
sha()
{
	printf '%s' "$1" | sha256sum | cut -d ' ' -f 1
}
submit finds afl++ "$T/v0" -s "$T/seeds" -d 300s -K memcheck -C c
all_jobs 'what valgrind finds'
is "$(crashes_of "stack || ' ' || hash" | sort)" "lose $(sha l)
over $(sha o)" 'is filed, an error that both show for the first'

# And a crash that takes no valgrind.
submit finder afl++ "$T/v0" -C c
pf-sched -q cancel "$job" >/dev/null
printf a >"$T/abort"
mkpack crash "$job" b1 -d "$PF_SPOOL" -f type=abort -f signal=6 \
    -f stack= "$T/abort" >/dev/null
ok 'and a crash' until_true 20 spool_empty

# again BUILD: what becomes there of the overflow, the leak and the crash
again()
{
	pf-sched -q build -C c -t "$T/$1" >"$T/jobs"
	all_jobs "$1: all are run"
	for n in o l a; do
		pf-report regressions -C c -b "${1#v}" | awk -F '	' \
		    -v h="$(sha $n)" '$13 == h { print $6 }'
	done | xargs >"$T/fates"
}
build v1 30
again v1
is "$(cat "$T/fates")" 'changed still still' \
    'one is another bug, one is there still'
is "$(master_sql "SELECT DISTINCT k.build FROM checks AS k JOIN builds AS b ON
    b.target = k.target WHERE k.hash = '$(sha a)'")" target \
    'the crash was run as it is'
build v2 0
again v2
is "$(cat "$T/fates")" 'fixed fixed fixed' 'all are mended'
build v3 9
again v3
is "$(cat "$T/fates")" 'regressed changed fixed' \
    'one comes back, and the error that hid the other'
like "$(pf-report crash "$(master_sql "SELECT id FROM crashes WHERE hash =
    '$(sha o)'")")" 'build 3 \(v3\): reproduced 5 of 5' \
    'the crash has a line for it'

# A build that valgrind cannot run.
build v4 29 -fsanitize=address
again v4
is "$(cat "$T/fates")" 'unknown unknown regressed' \
    'where valgrind cannot run nothing is known'
is "$(pf-report regressions -C c -b 4 | grep -c 'not run under valgrind')" 2 \
    'which is told'
job=$(sed -n 2p "$T/jobs" | cut -f 2)
like "$(job_message)" \
    '^2 crashes: 0 crash this build, 0 do not, 0 could not be had, 2 take valgrind' \
    'the message of the job says so'
like "$(pf-report log "$job")" 'is not run: it takes valgrind' 'and its log'
check 'all is well' 0 - - pf-ingest fsck
done_testing
