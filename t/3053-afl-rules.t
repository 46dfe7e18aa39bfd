#!/bin/sh
# What the bot relies on in afl-fuzz: the rules of the queue of a sibling.  Who
# breaks one is not told; nothing is imported any more.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
need afl-fuzz afl-clang-fast
whole

afl_alone
AFL_SYNC_TIME=1
export AFL_SYNC_TIME

# Words that nobody finds by himself, and none of which is like another.
{
	cat <<-'END_C'
	#include <string.h>
	#include <unistd.h>

	__AFL_FUZZ_INIT();

	static volatile int hits;

	int
	main(void)
	{
		unsigned long long w;
		unsigned char *p;

		__AFL_INIT();
		p = __AFL_FUZZ_TESTCASE_BUF;
		while (__AFL_LOOP(10000)) {
			usleep(200);
			if (__AFL_FUZZ_TESTCASE_LEN < 8)
				continue;
			memcpy(&w, p, 8);
	END_C
	for word in gapless afteragp shifted0 shifted1 straight stretch1 \
	    toolarge behindit nothing1; do
		hex=$(printf %.8s "$word-------" | od -An -tx8 | tr -d ' ')
		echo "if (w == 0x${hex}ull) hits++;"
	done
	echo '} return 0; }'
} | build_afl words
mkdir "$T/seeds" "$T/sync"
echo abcdefghijkl >"$T/seeds/1"

# peer NAME FILE WORD: a file in the queue of one that is no afl-fuzz
peer()
{
	mkdir -p "$T/sync/$1/queue"
	printf %.8s "$3-------" >"$T/tmp"
	mv "$T/tmp" "$T/sync/$1/queue/$2"
}
# imported PEER ID: the main node has that of it
imported()
{
	find "$T/sync/main/queue" -name "id:*,sync:$1,src:$2*" |
	    grep -q .
}
never()
{
	! imported "$@"
}

# An id of each from the first on
peer whole id:000000 gapless
peer gap id:000001 afteragp
# A file of another name that comes behind them
peer stray id:000000 shifted0
peer stray temporary shifted0
# What is too large, or empty, takes an id all the same
peer large id:000000 toolarge
head -c 1048576 /dev/zero >>"$T/sync/large/queue/id:000000"
peer large id:000001 behindit
peer empty id:000001 nothing1
: >"$T/sync/empty/queue/id:000000"

setsid afl-fuzz -t 1000 -m none -i "$T/seeds" -o "$T/sync" -M main -- \
    "$T/words" >"$T/log" 2>&1 </dev/null &
fuzz_pid=$!
at_end "kill -9 $fuzz_pid 2>/dev/null"
ok 'ids without a gap are imported' until_true 90 imported whole 000000
ok 'so is the first of one with a stray file' \
    until_true 90 imported stray 000000
ok 'what is too large is passed over, the next is not' \
    until_true 90 imported large 000001
ok 'it is passed over' never large 000000
ok 'so is what is empty' until_true 90 imported empty 000001
# In the next rounds
peer whole id:000001 straight
peer stray id:000001 shifted1
ok 'what comes later is imported' until_true 180 imported whole 000001
peer whole id:000002 stretch1
ok 'again and again' until_true 180 imported whole 000002
ok 'nothing behind a gap was' never gap 000001
ok 'and nothing where a stray file was counted' never stray 000001
kill "$fuzz_pid"
wait "$fuzz_pid"
is $? 0 'it ends well'
done_testing
