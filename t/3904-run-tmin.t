#!/bin/sh
# Crashes are made smaller by the engines' own means in each kind of box: by
# afl-tmin, which writes where it is if it believes it may, and by libFuzzer,
# which starts itself by a shell.  Leaving out pieces cannot better what they
# make of these, so who made it is told.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/box.sh
. "$PF_ROOT/t/lib/box.sh"
need bwrap sqlite3 clang afl-fuzz afl-tmin afl-clang-fast
whole

run_master
printf 'minimise_time = 24s\nrecheck_runs = 5\n' >>"$PF_CONF"
# Nobody finds the word by himself: the seed is the one crash there is.
cat >"$T/source.h" <<'!'
#define _GNU_SOURCE
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int
one(const char *p, size_t n)
{
	if (n >= 70 && memmem(p, n, "PANDAFUZ", 8) != NULL)
		abort();
	return 0;
}
!
build_afl input <<'!'
#include "source.h"

static char b[65536];

int
main(void)
{
	ssize_t n = read(0, b, sizeof(b));

	return one(b, n > 0 ? (size_t)n : 0);
}
!
build_afl file <<'!'
#include <fcntl.h>
#include "source.h"

static char b[65536];

int
main(int argc, char *argv[])
{
	int fd = argc > 1 ? open(argv[1], O_RDONLY) : -1;
	ssize_t n = read(fd, b, sizeof(b));

	return one(b, n > 0 ? (size_t)n : 0);
}
!
cat >"$T/lf.c" <<'!'
#include "source.h"

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	return one((const char *)p, n);
}
!
# Without a sanitizer a run takes a tenth of the time.
clang -O1 -fsanitize=fuzzer -o "$T/lf" "$T/lf.c" || exit 1
mkdir "$T/seeds"
{
	head -c 100 /dev/zero | tr '\0' a
	printf PANDAFUZ
	head -c 100 /dev/zero | tr '\0' b
} >"$T/seeds/long"
echo quiet >"$T/seeds/quiet"

# smalls: what each of the jobs has
smalls()
{
	master_sql "SELECT name, how, smalls.size FROM smalls JOIN jobs
	    ON jobs.id = job_id WHERE name LIKE '$kind%' ORDER BY name"
}
all_small()
{
	spool_empty && [ "$(smalls | wc -l)" -eq 3 ]
}

box_path
for box in env without_bwrap; do
	kind=bubblewrap
	[ $box = env ] || kind=landlock
	rm -rf "$T/w"
	submit "$kind input" afl++ "$T/input" -s "$T/seeds" -d 2s
	submit "$kind file" afl++ "$T/file" -s "$T/seeds" -d 2s -- @@
	submit "$kind lf" libfuzzer "$T/lf" -s "$T/seeds" -d 2s
	run "$box" timeout 100 pf-run -j 3 -m "$url"
	ran 0 "$kind: each job has a crash"
	"$box" timeout 200 pf-run -v -j 3 -m "$url" >"$T/idle.out" \
	    2>"$T/idle.err"
	ok "$kind: all are made smaller" until_true 30 all_small
	is "$(smalls)" "$kind file|afl-tmin|70
$kind input|afl-tmin|70
$kind lf|libfuzzer|70" "$kind: by the engines"
	is "$(grep -c 'made nothing smaller' "$T/idle.err")" 0 \
	    "$kind: they were of use"
done
done_testing
