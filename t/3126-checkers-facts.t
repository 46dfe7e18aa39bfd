#!/bin/sh
# How sanitizers and valgrind behave where we rely on it: limits of memory
# that look only now and then, reports that go to a file, status.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
need clang
whole
unset ASAN_OPTIONS VALGRIND_OPTS

# gave STATUS NAME CMD ...: also one above 128
gave()
{
	gave_want=$1 gave_name=$2
	shift 2
	run timeout -s KILL 120 "$@"
	is "$status" "$gave_want" "$gave_name"
}

cd "$T" || exit 1
cat >have.c <<'END'
#include <sys/resource.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int
main(int argc, char *argv[])
{
	size_t n = (size_t)atoi(argv[1]) << 20;
	char *volatile p = malloc(n);
	struct rusage u;

	memset(p, 1, n);
	while (argc > 2)
		pause();
	free(p);
	getrusage(RUSAGE_SELF, &u);
	printf("%ld\n", u.ru_maxrss >> 10);
	return 0;
}
END
cat >units.c <<'END'
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *volatile p;

	if (size >= 3 && memcmp(data, "BIG", 3) == 0) {
		p = malloc(200 << 20);
		memset(p, 1, 200 << 20);
		if (size > 3)
			sleep(10);
		free(p);
	}
	return 0;
}
END
cat >bad.c <<'END'
#include <stdlib.h>

int
main(int argc, char *argv[])
{
	char *volatile p = malloc(8);
	volatile char x = 0;
	int i, way = argc > 1 ? argv[1][0] : 0;

	for (i = 0; way == 'l' && i < 10; i++)
		p = malloc(77);
	if (way == 'l')
		return 3;
	free(p);
	if (way == 'r')
		x = p[1];
	if (way == 'a')
		abort();
	return 3;
}
END
clang -g -O1 -fsanitize=address -o have have.c || exit 1
clang -g -O1 -fsanitize=fuzzer,address -o units units.c || exit 1
clang -g -O1 -fsanitize=fuzzer -o plain units.c || exit 1
clang -g -fsanitize=address -o asan bad.c || exit 1

# A limit that a thread looks after is no limit.
hard=ASAN_OPTIONS=hard_rss_limit_mb=64
gave 1 'a limit of memory of ASan ends what stays above it' \
    env $hard ./have 128 and stay
like "$(cat err)" 'hard rss limit exhausted \(64Mb vs [0-9]+Mb\)' 'as it says'

printf BIG >BIG
gave 71 'libFuzzer looks at each allocation' ./units -rss_limit_mb=100 BIG
like "$(cat err)" 'libFuzzer: out-of-memory \(malloc\(209715200\)\)' \
    'as it says'

# Without it once a second at what there is.
mkdir seeds
printf BIGGER >seeds/1
gave 71 'without ASan it looks at all of it, now and then' \
    ./plain -rss_limit_mb=100 -runs=1 seeds
like "$(cat err)" 'libFuzzer: out-of-memory \(used: [0-9]+Mb; limit: 100Mb\)' \
    'which it tells otherwise'
ok 'with its input' cmp seeds/1 \
    "oom-$(sha1sum seeds/1 | cut -d ' ' -f 1)"

# Reports that go to a file are nowhere else.
mkdir logs
gave 1 'an error of ASan' ./asan read
like "$(cat err)" 'AddressSanitizer: heap-use-after-free' 'is on stderr'
# shellcheck disable=SC2016 # the inner shell's
gave 1 'or with log_path' env "ASAN_OPTIONS=log_path=$T/logs/asan" \
    sh -c 'echo $$; exec ./asan read'
empty err 'is not there'
is "$(ls logs)" "asan.$(cat out)" 'but in a file called by the process'
like "$(cat logs/*)" 'AddressSanitizer: heap-use-after-free' 'all of it'
gave 1 'what cannot be written' env "ASAN_OPTIONS=log_path=$T/bad.c/asan" \
    ./asan read
like "$(cat err)" "Can't open file" 'is told'
is "$(grep -c heap-use-after-free err)" 0 'and lost'

if ! command -v valgrind >/dev/null; then
	skip 'no valgrind here'
	done_testing
	exit
fi
cc -g -o bad bad.c || exit 1
gave 3 'under valgrind a program has its status' valgrind -q ./bad
empty err 'and nothing is told'
gave 3 'also with an error' valgrind -q ./bad read
like "$(cat err)" '^==[0-9]+== Invalid read of size 1' 'which is told'
gave 99 '--error-exitcode is a status for that' \
    valgrind -q --error-exitcode=99 ./bad read
gave 3 'and for nothing else' valgrind -q --error-exitcode=99 ./bad
gave 3 'a leak is no error' valgrind -q --error-exitcode=99 ./bad leak
gave 99 'unless it is looked for' valgrind -q --error-exitcode=99 \
    --leak-check=full ./bad leak
like "$(cat err)" 'definitely lost' 'as it says'
gave 134 'a signal is a signal' valgrind -q --error-exitcode=99 ./bad abort
gave 99 'in XML it is the same' valgrind -q --error-exitcode=99 --xml=yes \
    --xml-file=xml ./bad read
like "$(cat xml)" '<kind>InvalidRead</kind>' 'with the error'
done_testing
