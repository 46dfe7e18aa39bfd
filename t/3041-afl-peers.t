#!/bin/sh
# What the bot relies on in afl-fuzz: from whom a node imports, under which
# names, and what that is called then; who stops whom in a box of its own.
# Its own box has a /dev without what is in ours.
# shellcheck disable=SC2034 # for tap.sh
tap_disk=yes
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
need afl-fuzz afl-clang-fast
whole

afl_alone
AFL_SYNC_TIME=1
export AFL_SYNC_TIME

# Ten bytes at once: nobody finds them by himself.
build_afl magic <<'END_C'
#include <string.h>
#include <unistd.h>

__AFL_FUZZ_INIT();

static volatile int hits[4];

int
main(void)
{
	unsigned char *p;
	int n;

	__AFL_INIT();
	p = __AFL_FUZZ_TESTCASE_BUF;
	while (__AFL_LOOP(10000)) {
		n = __AFL_FUZZ_TESTCASE_LEN;
		if (n < 10)
			continue;
		if (*(volatile unsigned long long *)p == 0x9b1f3c5d7e8a2461ull)
			hits[0]++;
		if (*(volatile unsigned long long *)p == 0x1133557799bbddffull)
			hits[1]++;
		if (*(volatile unsigned long long *)p == 0x0f1e2d3c4b5a6978ull)
			hits[2]++;
	}
	return 0;
}
END_C
mkdir "$T/seeds"
echo abcdefghijkl >"$T/seeds/1"

# begin NAME ARG ...: one in the background; its pid is in fuzz_pid
begin()
{
	fuzz_name=$1
	shift
	setsid afl-fuzz -t 1000 -m none -i "$T/seeds" "$@" -- "$T/magic" \
	    >"$T/$fuzz_name.log" 2>&1 </dev/null &
	fuzz_pid=$!
	at_end "kill -9 $fuzz_pid 2>/dev/null"
}
rolls() { grep -q 'ready to roll' "$T/$1.log"; }
# imported NODE ERE: such a name is in its queue
imported()
{
	find "$T/sync/$1/queue" -maxdepth 1 -type f -printf '%f\n' |
	    grep -Eq "$2"
}
# peer NAME FILE OCTAL: an input in the queue of one that is no afl-fuzz
peer()
{
	mkdir -p "$T/sync/$1/queue"
	# shellcheck disable=SC2059 # octal
	printf "$3tail" >"$T/tmp"
	mv "$T/tmp" "$T/sync/$1/queue/$2"
}

begin main -o "$T/sync" -M main
main=$fuzz_pid
ok 'a main node fuzzes' until_true 60 rolls main
begin second -o "$T/sync" -S second
second=$fuzz_pid
ok 'and a secondary' until_true 60 rolls second
peer other id:000000,src:x '\141\044\212\176\135\074\037\233'
# Passed over, and with it whatever is behind it.
peer names input-of-other '\377\335\273\231\167\125\063\021'
ok 'the main node imports from whoever is there' \
    until_true 60 imported main '^id:[0-9]{6},sync:other,src:000000'
ok 'the secondary has it from the main node' \
    until_true 120 imported second '^id:[0-9]{6},sync:main,src:[0-9]{6}'
is "$(imported second 'sync:other' && echo it does)" '' 'and from nobody else'
ok 'though it looked at all of them' test -e "$T/sync/second/.synced/main"
ok 'there it has no place in the other' \
    test ! -e "$T/sync/second/.synced/other"
is "$(imported main 'sync:names' && echo it does)" '' \
    'a file of another name is none'
kill "$main" "$second"
wait "$main"
is $? 0 'the main node ends well'
wait "$second"
is $? 0 'so does the secondary'
like "$(sed -n 's/^corpus_imported *: *//p' "$T/sync/main/fuzzer_stats")" \
    '^[1-9]' 'what was imported is counted'

# -F is for a main node, and names the directory by number.
mkdir -p "$T/foreign"
cp "$T/sync/other/queue/id:000000,src:x" "$T/foreign/one"
begin fmain -o "$T/sync" -M fmain -F "$T/foreign"
rm -rf "$T/sync/other" "$T/sync/main" "$T/sync/second"
ok '-F imports from a directory of files' \
    until_true 90 imported fmain '^id:[0-9]{6},sync:.*foreign|,sync:dir_0'
kill "$fuzz_pid"
wait "$fuzz_pid"
is $? 0 'it ends well'
run timeout 60 afl-fuzz -m none -i "$T/seeds" -o "$T/no" -S some \
    -F "$T/foreign" -- "$T/magic"
ok 'a secondary does not take it' test "$status" -ne 0

# By a guard with namespaces of its own: SIGKILL leaves nobody, and SIGTERM to
# the guard is one to nobody else.
if ! bwrap --ro-bind / / --dev /dev --proc /proc --unshare-pid true \
    2>/dev/null; then
	skip 'no bubblewrap here'
	done_testing
	exit
fi
guarded()
{
	setsid bwrap --bind / / --dev /dev --proc /proc --unshare-pid \
	    --die-with-parent afl-fuzz -t 1000 -m none -i "$T/seeds" \
	    -o "$T/$1" -M main -- "$T/magic" >"$T/$1.log" 2>&1 </dev/null &
	fuzz_pid=$!
	at_end "kill -9 $fuzz_pid 2>/dev/null"
	ok "it fuzzes in a box" until_true 60 rolls "$1"
	ok 'with its target' until_true 20 pgrep -f "^$T/magic"
	cp "$T/$1/main/fuzzer_stats" "$T/before"
}
nobody() { ! pgrep -f "^$T/magic" && ! pgrep -f "afl-fuzz.*-o $T/$1 "; }
guarded killed
kill -9 "$fuzz_pid"
wait "$fuzz_pid" 2>/dev/null
ok 'SIGKILL of the guard leaves neither it nor its target' \
    until_true 20 nobody killed
guarded asked
kill -TERM "$fuzz_pid"
status=0
wait "$fuzz_pid" || status=$?
is "$status" 143 'SIGTERM ends the guard itself'
ok 'and all else' until_true 20 nobody asked
ok 'without last statistics' cmp -s "$T/before" "$T/asked/main/fuzzer_stats"
guarded told
pid=$(pgrep -f "^[^ ]*afl-fuzz .*-o $T/told " | tail -n 1)
kill -TERM "$pid"
status=0
wait "$fuzz_pid" || status=$?
is "$status" 0 'SIGTERM to itself ends it well'
ok 'with its last statistics' sh -c \
    "! cmp -s '$T/before' '$T/told/main/fuzzer_stats'"
done_testing
