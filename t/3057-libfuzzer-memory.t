#!/bin/sh
# pf-run and libFuzzer: an input that makes the target take memory faster than
# libFuzzer looks is found and told as what it is, and fuzzing goes on.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ways.sh
. "$PF_ROOT/t/lib/ways.sh"
need clang

run_master 'heartbeat_interval = 1s'
cat >"$T/eats.c" <<'END'
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void *volatile sink;

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	char *q;
	int i;

	for (i = 0; n > 1 && p[0] == 'O' && i < 40000; i++) {
		q = malloc(65536);
		memset(q, 1, 65536);
		sink = q;
	}
	return 0;
}
END
mkdir "$T/seeds"
printf good >"$T/seeds/good"

# eats SANITIZER [OPTION ...]
eats()
{
	clang -g -O1 "-fsanitize=fuzzer$1" -o "$T/eats" "$T/eats.c" || exit 1
	run_with=$1
	shift
	submit "eats$run_with" libfuzzer "$T/eats" -s "$T/seeds" -d 10m \
	    -m 256M -T 1m "$@"
	log=$T/w/slot-0/jobs/$job/own/engine.log
	bot_start
}
# filed N: so many inputs, as what they are
filed()
{
	[ "$(crashes_of "coalesce(sum(type = 'out-of-memory'), 0)")" -ge "$1" ]
}

for with in '' ,address ,memory; do
	eats "$with"
	ok "fuzzer$with: an input is filed as what it is" until_true 60 filed 1
	ok 'and fuzzing goes on' until_true 60 \
	    grep -Eq '^pf-run: start ([3-9]|..)' "$log"
	bot_done
	ok 'it ends when told to' job_is cancelled
	ok 'all is filed' until_true 20 spool_empty
	is "$(crashes_of 'DISTINCT type')" out-of-memory 'nothing else is'
	[ "$with" != ,address ] ||
	    like "$(crashes_of 'DISTINCT stack')" 'LLVMFuzzerTestOneInput' \
	    'and where it took that'
done

# Before libFuzzer has looked, as if its second took for ever: without a
# sanitizer nobody else would tell, and a seed would end the job.
cat >"$T/eats.c" <<'END'
#include <sys/resource.h>

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *volatile sink;

int
getrusage(__rusage_who_t who, struct rusage *u)
{
	(void)who;
	memset(u, 0, sizeof(*u));
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	char *q;
	int i;

	for (i = 0; n == 4 && memcmp(p, "Only", 4) == 0 && i < 3000; i++) {
		q = malloc(1 << 20);
		memset(q, 1, 1 << 20);
		sink = q;
		usleep(2000);
	}
	return 0;
}
END
printf Only >"$T/seeds/only"
eats ''
ok 'an input that nobody sees in time' until_true 60 filed 1
is "$(crashes_of "type || ' ' || hash")" \
    "out-of-memory $(printf Only | sha256sum | cut -d ' ' -f 1)" \
    'is told with its bytes'
ok 'and fuzzing goes on without it' until_true 60 \
    grep -q 'INITED' "$log"
bot_done
ok 'that ends when told to, too' job_is cancelled

# One allocation that is more than the job lets any be; with a sanitizer.
cat >"$T/eats.c" <<'END'
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

static void *volatile sink;

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	if (n > 1 && p[0] == 'M') {
		sink = malloc(200 << 20);
		free(sink);
	}
	return 0;
}
END
rm "$T/seeds/only"
eats ,address -o malloc_limit_mb=100
ok 'an allocation over malloc_limit_mb is a crash' until_true 60 filed 1
bot_done
is "$(crashes_of 'DISTINCT type')" out-of-memory 'out of memory, too'
done_testing
