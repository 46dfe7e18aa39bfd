#!/bin/sh
# pf-run and libFuzzer with workers: each of their crashes has a report of its
# own, or says that it has none; many of them keep nobody from ending.
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
build_ways asan ,address

# lay NAME TEXT: an artifact as a worker leaves it in the last moment: nobody
# looks at it while others may still be writing
lay()
{
	printf %s "$2" >"$T/tmp"
	touch -d '1 hour' "$T/tmp"
	mv "$T/tmp" "$dir/artifacts/$1-$(printf %s "$2" | sha1sum |
	    cut -d ' ' -f 1)"
}
# ended CMD ...: the job, by that
ended()
{
	"$@" >/dev/null
	ways_st=0
	wait "$bot" || ways_st=$?
	bot=
	is "$ways_st" 0 'told to, it ends well'
	ok 'all is filed' until_true 30 spool_empty
}

# No input is so long that a worker would find one by itself.
ways_seeds
submit several libfuzzer "$T/asan" -d 10m -s "$T/seeds" -m 256M -T 2s \
    -o fork=1 -o max_len=3 -o restart=600
dir=$T/w/slot-0/jobs/$job
bot_start
ok 'a worker fuzzes' until_true 60 grep -aq 'oom/timeout/crash' \
    "$dir/own/engine.log"
# What the log of all of them said last.
several()
{
	echo '==1==ERROR: AddressSanitizer: heap-use-after-free on address' \
	    >>"$dir/own/engine.log"
	lay crash HEAPone
	lay crash ABRTone
	lay leak LEAKone
	lay oom BIGMone
	lay timeout LOOPone
}
several
ended pf-sched cancel "$job"
# has INPUT TYPE ERE
has()
{
	is "$(crash_has "$1" type)" "$2" "$1: what it is"
	like "$(crash_has "$1" output)" "$3" "$1: its own report"
}
has HEAPone heap-buffer-overflow 'heap-buffer-overflow'
has ABRTone abort 'ABRT|deadly signal|abort'
has LEAKone memory-leak 'detected memory leaks|leak'
has BIGMone out-of-memory 'out-of-memory .malloc'
has LOOPone timeout 'timeout after [0-9]+ seconds'

# A hundred of which each takes seconds to be run again.
submit many libfuzzer "$T/asan" -d 10m -s "$T/seeds" -T 2s -o fork=1 \
    -o max_len=3 -o restart=600
dir=$T/w/slot-0/jobs/$job
bot_start
ok 'a worker fuzzes' until_true 60 grep -aq 'oom/timeout/crash' \
    "$dir/own/engine.log"
many()
{
	many_n=0
	while [ $many_n -lt 100 ]; do
		many_n=$((many_n + 1))
		lay timeout "LOOP$many_n"
	done
}
many
ended pf-sched cancel "$job"
is "$(crashes_of 'count(*)')" 100 'a hundred are filed'
is "$(crashes_of 'DISTINCT type')" timeout 'as what they are'
without=$(master_sql "SELECT count(*) FROM crashes WHERE job_id = '$job' AND
    output LIKE '%was not run again for its report: there was no time%'")
ok 'most of them without a report' test "$without" -gt 50
ok 'but not all' test "$without" -lt 100
done_testing
