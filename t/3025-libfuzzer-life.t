#!/bin/sh
# shellcheck disable=SC2119 # no arguments meant
# pf-run and libFuzzer over restarts: counts go on, nothing comes twice, a
# large corpus is made small; workers and strategies; what is refused.
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

# number KEY: of the counts that are kept
number()
{
	sed -n "s/.*\"$1\":\([0-9]*\).*/\1/p" "$dir/own/libfuzzer.json"
}

# more KEY N
more()
{
	[ "$(number "$1")" -gt "$2" ]
}

# known INPUT ...: after a death they are not sent again
known()
{
	for word; do
		grep -q "!$(hash_of "$word")" "$T/w/slot-0/open/$job.sent" ||
		    return 1
	done
}

no_engine()
{
	! pgrep -f "$T/w/slot-0/jobs/"
}

# A bot that is killed, and the next one.
ways_seeds HEAP LEAK
submit killed libfuzzer "$T/asan" -d 10m -s "$T/seeds" -T 20s \
    -o minimise=40 -o strategy=compare
dir=$T/w/slot-0/jobs/$job
bot_start
ok 'what there is is found' until_true 60 crash_filed HEAP LEAK
ok 'it runs' until_true 30 more execs 0
ok 'it was started anew for each' until_true 30 more starts 2
# Each start begins the log anew: it may just not be there.
how='^pf-run: start [0-9]*, strategy compare: .* -use_value_profile=1'
ok 'the log tells how' until_true 30 grep -aq "$how" "$dir/own/engine.log"
ok 'what was sent is known' until_true 20 known HEAP LEAK
kill -KILL "$(pgrep -P "$bot")"
wait "$bot" 2>/dev/null || :
ok 'killed, no engine is left' until_true 20 no_engine
execs=$(number execs) starts=$(number starts)
# A corpus as months make it: all the same but for one.
i=0
while [ $((i += 1)) -le 60 ]; do
	printf 'more%03d' $i >"$dir/corpus/many-$i"
done
printf 'an input like no other' >"$dir/corpus/$(hash_of 'an input')"
# What a killed merge, or the target, may leave.
echo garbage >"$dir/merge/control"
bot_start
ok 'the next one merges first' until_true 60 more merged 0
ok 'and goes on' until_true 60 more starts "$((starts + 1))"
ok 'with more executions' until_true 60 more execs "$execs"
ok 'a corpus of many is one of few' test "$(find "$dir/corpus" -name \
    'many-*' | wc -l)" -lt 40
ok 'something is left of it' test -n "$(ls "$dir/corpus")"
ok 'no merge lies about' test ! -e "$dir/merge/out"
bot_done
ok 'all is filed' until_true 10 spool_empty
is "$(crash_has HEAP count) $(crash_has LEAK count)" '1 1' \
    'nothing was sent twice'
ok 'the master counts on' test "$(master_sql "SELECT max(executions)
    FROM job_stats WHERE job_id = '$job'")" -ge "$execs"

# One that crashes may be between two starts, with no numbers to tell.
build_quiet
submit quiet libfuzzer "$T/quiet" -d 10m
bot_start
ok 'it fuzzes' until_true 60 grep -aq INITED \
    "$T/w/slot-0/jobs/$job/own/engine.log"
bot_done
ok 'all is filed' until_true 10 spool_empty
ok 'it was asked to end, for its last numbers' until_true 10 \
    sh -c "pf-report log $job | grep -aq '^stat::number_of_executed_units'"

# Workers, which go on by themselves.
ways_seeds
submit workers libfuzzer "$T/asan" -d 10m -s "$T/seeds" -T 5s -o fork=2
dir=$T/w/slot-0/jobs/$job
bot_start
ok 'workers fuzz' until_true 60 grep -aq 'oom/timeout/crash' \
    "$dir/own/engine.log"
ok 'find crashes' until_true 90 sh -c "ls '$dir/artifacts' | grep -q \
    '^crash-\|^oom-\|^leak-'"
filed_one()
{
	[ "$(crashes_of 'count(*)')" -gt 0 ]
}
ok 'which are sent meanwhile' until_true 60 filed_one
ok 'in one process' test "$(number starts)" = 1
bot_done
ok 'they end when told to' job_is cancelled
is "$(pgrep -fc "$T/w/slot-0/jobs/")" 0 'no worker is left'
ok 'all is delivered' until_true 10 spool_empty
is "$(crashes_of "DISTINCT type" | grep -c '^unknown$')" 0 'with their reports'

# refused OPTION ERE: a job with it fails, and tells why
refused()
{
	submit bad libfuzzer "$T/asan" -d 9s -o "$1"
	pfrun >/dev/null 2>&1
	job_is failed && job_message | grep -Eq -e "$2" || echo "$1"
}

{
	refused strategy=clever 'option strategy: there is no clever'
	refused fork=0 'option fork: not a number from 1 to 64'
	refused fork=65 'option fork: not a number'
	refused max_len=0 'option max_len: not a number from 1 to'
	refused max_len=9x 'option max_len: not a number'
	refused restart=0 'option restart: not a number from 1 to 86400'
	refused merge=1 'option merge is not one that engine libfuzzer'
	refused artifact_prefix=x 'option artifact_prefix is not one'
	refused runs=1 'option runs is not one'
	refused dict=x 'option dict is not one'
	refused use_value_profile=2 'option use_value_profile: not a number'
} >"$T/wrong"
empty "$T/wrong" 'what is no option is refused by name'
submit args libfuzzer "$T/asan" -d 9s -- -runs=1
check 'arguments' 0 - '~failed: a libfuzzer target takes no arguments' pfrun
done_testing
