#!/bin/sh
# How libFuzzer and the sanitizers behave where pf-run relies on it; no pf-run
# here.  Should a new clang differ, this tells what has changed.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ways.sh
. "$PF_ROOT/t/lib/ways.sh"
need clang
whole

cd "$T" || exit 1
build_ways asan ,address
build_ways ubsan ,undefined
for w in HEAP OVER ABRT LOOP good; do
	printf %s $w >"$T/$w"
done
cat >main.c <<'END'
#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
main(int argc, char *argv[])
{
	return argc < 2 ? 0 : LLVMFuzzerTestOneInput((uint8_t *)argv[1],
	    strlen(argv[1]));
}
END
for s in address undefined memory leak; do
	clang -g -O1 "-fsanitize=$s" -o "plain-$s" main.c ways.c || exit 1
done

# alone WANT NAME ENV CMD ...: its status
alone()
{
	want=$1 name=$2 set=$3
	shift 3
	st=0
	env "$set" timeout -s KILL 60 "$@" >out 2>&1 || st=$?
	is "$st" "$want" "$name"
}

alone 1 'an error of ASan' X= ./plain-address HEAP
alone 134 'an abort is the signal' ASAN_OPTIONS=handle_abort=0 \
    ./plain-address ABRT
alone 1 'unless it is handled' ASAN_OPTIONS=handle_abort=1 \
    ./plain-address ABRT
alone 1 'a token' ASAN_OPTIONS=dedup_token_length=3 ./plain-address HEAP
like "$(cat out)" '^DEDUP_TOKEN: memory--LLVMFuzzerTestOneInput--main' \
    'is the stack'
alone 23 'leaks alone' X= ./plain-leak LEAK
alone 1 'MSan' X= ./plain-memory UNIN
alone 0 'UBSan goes on' X= ./plain-undefined OVER
like "$(cat out)" 'runtime error: signed integer' 'after one line'
alone 1 'unless it is told to halt' UBSAN_OPTIONS=halt_on_error=1 \
    ./plain-undefined OVER
alone 0 'libFuzzer does not stop either' X= ./ubsan -runs=1 OVER
alone 77 'an abort without ASan' X= ./ubsan -runs=1 ABRT
alone 1 'and with it' ASAN_OPTIONS=handle_abort=1 ./asan -runs=1 ABRT
alone 70 'a timeout' X= ./asan -timeout=1 -runs=1 LOOP
alone 1 '-ignore_crashes without -fork' ASAN_OPTIONS=handle_abort=1 \
    ./asan -ignore_crashes=1 -runs=1 ABRT

pid=
# fuzz_until SIGNAL [OPTION ...]: status of one that is told to end
fuzz_until()
{
	sig=$1
	shift
	rm -rf c
	mkdir c
	# The one before has said that it is there.
	: >out
	./asan c -max_len=3 -print_final_stats=1 "$@" >out 2>&1 &
	pid=$!
	until_true 60 grep -q 'INITED\|oom/timeout' out || :
	kill "-$sig" $pid
	st=0
	wait $pid || st=$?
	pid=
}
# shellcheck disable=SC2016 # the last one
at_end '[ -z "$pid" ] || kill -KILL "$pid" 2>/dev/null'
fuzz_until USR1
is $st 0 'SIGUSR1 ends it softly'
like "$(cat out)" '^stat::number_of_executed_units: [0-9]' 'with its counts'
for sig in TERM INT; do
	fuzz_until $sig
	is $st 72 "SIG$sig ends it otherwise"
	like "$(cat out)" 'libFuzzer: run interrupted; exiting' 'as it says'
done
fuzz_until KILL
is $st 137 'SIGKILL ends it at once'
is "$(grep -c '^stat::' out)" 0 'and without its counts'
fuzz_until USR1 -fork=1
is $st 0 'SIGUSR1 ends -fork too'

# Its own clock stands still within an input.
mkdir hang
cp LOOP hang/
st=0
timeout -s KILL 4 ./asan -timeout=60 -max_total_time=1 hang >out 2>&1 ||
    st=$?
is $st 137 '-max_total_time does not end an input that hangs'
done_testing
