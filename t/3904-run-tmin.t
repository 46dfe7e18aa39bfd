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
printf 'minimise_time = 60s\nrecheck_runs = 5\n' >>"$PF_CONF"
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
	if (n >= 200 && memmem(p, n, "PANDAFUZ", 8) != NULL)
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
build_libfuzzer lf <<'!'
#include "source.h"

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	return one((const char *)p, n);
}
!
mkdir "$T/seeds"
{
	head -c 300 /dev/zero | tr '\0' a
	printf PANDAFUZ
	head -c 300 /dev/zero | tr '\0' b
} >"$T/seeds/long"
echo quiet >"$T/seeds/quiet"

small()
{
	master_sql "SELECT how, size FROM smalls WHERE job_id = '$job'"
}
is_small()
{
	spool_empty && [ -n "$(small)" ]
}

# least HOW TARGET ENGINE TOOL [ARG ...]: with the command before it in $box
least()
{
	how=$1 target=$2 engine=$3 tool=$4
	shift 4
	rm -rf "$T/w"
	submit "$target" "$engine" "$T/$target" -s "$T/seeds" -d 2s "$@"
	run "$box" timeout 100 pf-run -m "$url"
	ran 0 "$how: a job has a crash"
	"$box" timeout 200 pf-run -v -m "$url" >"$T/idle.out" 2>"$T/idle.err"
	ok "$how: it is made smaller" until_true 30 is_small
	is "$(small)" "$tool|200" "$how: by $tool"
	is "$(grep -c 'made nothing smaller' "$T/idle.err")" 0 \
	    "$how: it was of use"
}

box_path
for box in env without_bwrap; do
	kind=bubblewrap
	[ $box = env ] || kind=landlock
	least "$kind, afl-tmin" input afl++ afl-tmin
	least "$kind, afl-tmin by a file" file afl++ afl-tmin -- @@
	least "$kind, libFuzzer" lf libfuzzer libfuzzer
done
done_testing
