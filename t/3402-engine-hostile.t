#!/bin/sh
# What an engine leaves is from a stranger: names, links, pipes, sizes and
# numbers of all kinds change nothing outside of its job and hide nothing
# that is good.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/engine.sh
. "$PF_ROOT/t/lib/engine.sh"
need clang

build_crasher crasher
mkdir "$T/outside"
echo secret >"$T/outside/secret"
engine_master 'heartbeat_interval = 1s'

# corpus_texts: names of the inputs of the job at hand, as the engine had them
corpus_names()
{
	master_sql "SELECT name FROM corpus WHERE job_id = '$job' ORDER BY 1" |
	    tr '\n' ' '
}

# went NAME: the bot runs the job; it ends by itself
went()
{
	check "$1" 0 - '~completed$' pfrun
	until_true 10 spool_empty
}

{
	printf 'secret=%s\n' "$T/outside"
	cat <<'END'
mkdir in out
cd in
ln -s "$secret/secret" link
ln -s "$secret" dirlink
mkfifo pipe
mkdir -p dir/dir
echo hidden >.hidden
echo good >a-good
printf nl >'new
line'
printf latin >"$(printf 'bad\377')"
head -c 2000000 /dev/zero >large
[ "$(id -u)" -ne 0 ] || mknod null c 1 3
echo last >z-last
mv link dirlink pipe dir .hidden a-good new* bad* large z-last "$PF_ENGINE_CORPUS"
[ ! -e null ] || mv null "$PF_ENGINE_CORPUS"
cd ../out
ln -s "$secret/secret" link
printf '\377' >a-crash
printf '\377\377' >b-crash
printf 'signal : 7\nexit_status : 4\n\n==1==ERROR: AddressSanitizer: heap-use-after-free on address 0x1\n    #0 0x1 in told told.c:3\n' >b-crash.info
printf 'signal : 7\n' >no-such.info
printf '\377\377\377' >c-crash
ln -s "$secret/secret" c-crash.info
mv -- *.info "$PF_ENGINE_CRASHES"
mv -- * "$PF_ENGINE_CRASHES"
exit 0
END
} | engine_says strange
submit strange strange "$T/crasher" -d 20s 2>/dev/null
went 'strange things in its trays'
is "$(master_sql "SELECT count(*) FROM corpus WHERE job_id = '$job'")" 4 \
    'what is good arrives, whatever its name'
is "$(corpus_names)" 'a-good unnamed unnamed z-last ' 'under a name that is text'
is "$(grep -l secret "$PF_STORAGE/corpus/$job"/* "$PF_STORAGE/crashes/$job"/* | wc -l)" 0 \
    'no link is followed'
is "$(cat "$T/outside/secret")" secret 'nor is anything removed by one'
like "$(cat "$T/err")" 'engine strange left .* this is not said again' 'it is said'
is "$(grep -c 'in corpus' "$T/err")" 1 'once a tray'
is "$(crashes_of 'count(*)')" 3 'so do crashes'
is "$(crashes_of 'DISTINCT type, signal' | tr '\n' ' ')" \
    'abort|6 heap-use-after-free|7 ' 'one with what the engine said of it'

# The trays themselves
{
	printf 'out=%s\n' "$T/outside"
	cat <<'END'
echo before >before
mv before "$PF_ENGINE_CORPUS"
while [ -e "$PF_ENGINE_CORPUS/before" ]; do sleep 0.1; done
mv "$PF_ENGINE_CORPUS" "$PF_ENGINE_STATE/old"
ln -s "$out" "$PF_ENGINE_CORPUS"
mv "$PF_ENGINE_CRASHES" "$PF_ENGINE_STATE/older"
ln -s "$out" "$PF_ENGINE_CRASHES"
rm -f "$PF_ENGINE_STATS"
ln -s "$out/secret" "$PF_ENGINE_STATS"
sleep 2
exit 0
END
} | engine_says swaps
submit swaps swaps "$T/crasher" -d 20s 2>/dev/null
went 'links in place of its trays'
is "$(cat "$T/outside/secret")" secret 'lead nowhere'
is "$(corpus_names)" 'before ' 'and nothing is read there'

# Numbers
engine_says numbers <<'END'
put()
{
	mv "$1" "$PF_ENGINE_STATS"
	sleep 1.2
}
head -c 100000 /dev/zero | tr '\0' x >stats; put stats
mkfifo stats; put stats
printf 'execs_done : -4\nedges_found : 1e99\nstability : nan\n' >stats
put stats
printf 'execs_done : 99999999999999999999999\n: 7\nexecs_done\n' >stats
put stats
echo 'execs_done : 77' >stats
echo 'edges_found : 5' >>stats
put stats
exit 0
END
submit numbers numbers "$T/crasher" -d 30s 2>/dev/null
went 'numbers that are none'
is "$(grep -c 'its stats are passed over' "$T/err")" 1 'it is said, once'
is "$(master_sql "SELECT min(executions), max(executions) FROM job_stats
    WHERE job_id = '$job'")" '77|77' 'those that are some arrive'

# Without end
engine_says floods <<'END'
mkdir x
cd x
i=0
while [ $i -lt 12000 ]; do
	: >"$PF_ENGINE_CORPUS/.$i"
	i=$((i + 1))
done
exec sleep 60
END
submit floods floods "$T/crasher" -d 60s 2>/dev/null
check 'too much that cannot be taken' 0 - '~failed: ' pfrun
like "$(job_message)" '^engine floods leaves too much in corpus that cannot be taken' \
    'ends the job'
is "$(pgrep -fc "$T/w/slot-0/jobs/$job")" 0 'and the engine'
done_testing
