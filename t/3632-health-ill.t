#!/bin/sh
# What is wrong with jobs that run, each with its verdict while it is so.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
need afl-fuzz afl-clang-fast clang

build_afl chance <<'END'
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <unistd.h>

int
main(void)
{
	struct timeval t;
	volatile int n = 0;
	char b[64];
	ssize_t i, len = read(0, b, sizeof(b));

	gettimeofday(&t, NULL);
	srand((unsigned)(t.tv_usec ^ getpid()));
	if (rand() & 1)
		n += 1;
	if (rand() & 1)
		n += 2;
	if (rand() & 1)
		n += 3;
	if (rand() & 1)
		n += 4;
	if (rand() & 1)
		n += 5;
	if (rand() & 1)
		n += 6;
	for (i = 0; i < len && i < rand() % 8; i++)
		n += b[i] & 1 ? 3 : 4;
	return n > 100;
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
	sleep(3);
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return size > 3 && data[0] == 'a' ? 0 : 0;
}
END
build_libfuzzer picky <<'END'
#include <stdint.h>
#include <stdlib.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 2 && data[0] == 'B')
		abort();
	return 0;
}
END
build_quiet
run_master
# A bot that is soon out of patience, and one whose disk is too small.
{
	cat "$PF_CONF"
	printf 'patience = 1s\nstall = 2s\n'
} >"$T/hasty.conf"
sed 's/^disk_min_free = .*/disk_min_free = 1000T/' "$PF_CONF" >"$T/full.conf"
mkdir "$T/bad"
printf 'BAD' >"$T/bad/1"
printf 'BAAAD' >"$T/bad/2"
held() { pf-report jobs | grep "^$job" | cut -f 12; }
events()
{
	pf-report -j events | grep "\"kind\":\"health\",\"subject\":\"$job\"" |
	    sed 's/.*"from":"\([a-z_]*\)","to":"\([a-z_]*\)".*/\1>\2/' |
	    tr '\n' ' '
}
told() { case " $(events)" in *" $1 "*) ;; *) false ;; esac; }

submit chance afl++ "$T/chance" -d 9s
chance=$job
submit waits libfuzzer "$T/slow" -d 9s
waits=$job
submit idle libfuzzer "$T/quiet" -d 9s
idle=$job
submit picky libfuzzer "$T/picky" -d 9s -s "$T/bad"
picky=$job
check 'four jobs' 0 - '~completed$' pfrun -j 4 -c "$T/hasty.conf"
until_true 10 spool_empty

job=$chance
like "$(held)" unstable 'one that goes by chance is told by its stability'
like "$(pf-report explain job "$job")" \
    'completed at .*; unstable since .*look for threads, random' 'and why'
job=$waits
ok 'one that waits for something is told' told '>no_execs'
ok 'until it runs' told 'no_execs>'
job=$idle
like "$(held)" stalled 'one that finds nothing for long is told'
job=$picky
ok 'one whose seeds all crash is told' told '>bad_seeds'

submit full libfuzzer "$T/quiet" -d 4s
check 'a disk without room' 0 - '~completed$' pfrun -c "$T/full.conf"
until_true 10 spool_empty
is "$(held)" low_disk 'is told'
done_testing
