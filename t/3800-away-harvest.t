#!/bin/sh
# A bot that is killed: what its engine had found and nobody taken is delivered
# by the next, whether the job is still its own or not, each once.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/away.sh
. "$PF_ROOT/t/lib/away.sh"
need clang afl-fuzz sqlite3 jq

away_targets lf af
run_master
# Without a box it is harder to leave nobody behind.
echo 'isolation = none' >>"$PF_CONF"

begin()
{
	timeout 100 pf-run -l -m "$url" >"$T/bot.out" 2>>"$T/bot.err" &
	bot=$!
}
# Of one job at least: there is nothing to compare otherwise.
some() { [ "$(master_sql "SELECT count(*) FROM corpus WHERE job_id = '$job'")" -gt 5 ]; }
# strike: all of pf-run at once, when it has looked no more for a while
strike()
{
	main=$(pgrep -P "$bot")
	slot=$(pgrep -P "$main")
	at_end "kill -9 $main $slot 2>/dev/null"
	# shellcheck disable=SC2016 # evaluated later
	at_end 'kill -9 $(away_orphans "$T/w") 2>/dev/null'
	kill -STOP "$slot"
	sleep 0.3
	"$@"
	kill -9 "$main" "$slot"
	wait "$bot" || :
	ok 'its engine has died with it' until_true 5 away_alone "$T/w"
	away_note "$T/w"
}
dir() { echo "$T/w/slot-0/jobs/$job"; }
# Older than a look: what is new might be half.
plant_lf()
{
	echo "left $job" >"$(dir)/corpus/left"
	echo "left crash" >"$(dir)/artifacts/crash-left"
	touch -d '1 minute ago' "$(dir)/corpus/left" "$(dir)/artifacts/crash-left"
}
plant_af()
{
	mkdir -p "$(dir)/out/main/crashes"
	echo "left $job" >"$(dir)/out/main/queue/id:009000,src:000000,time:5,execs:5,op:havoc,rep:1"
	echo "left crash" >"$(dir)/out/main/crashes/id:009000,sig:06,src:000000,time:5,execs:5,op:havoc,rep:1"
	touch -d '1 minute ago' "$(dir)"/out/main/*/id:009000*
}
left() { printf '%s\n' "$1" | sha256sum | cut -c 1-64; }
# arrived: what was planted is there, and of whom
arrived()
{
	[ "$(master_sql "SELECT (SELECT count(*) FROM corpus WHERE hash =
	    '$(left "left $job")') || (SELECT count(*) FROM crashes WHERE
	    job_id = '$job' AND hash = '$(left 'left crash')')")" = 11 ]
}
attempt() { master_sql "SELECT attempt FROM jobs WHERE id = '$job'"; }
end_job()
{
	pf-sched cancel "$job" >/dev/null
	until_true 30 job_is cancelled
	kill "$bot"
	wait "$bot" || :
}

for engine in lf af; do
	name=libfuzzer
	[ $engine = lf ] || name=afl++
	submit $engine $name "$T/$engine" -d 1h
	begin
	ok "$name: it finds" until_true 40 some
	strike plant_$engine
	begin
	ok "$name: what it left is sent by the next" until_true 40 arrived
	is "$(attempt)" 1 'which has the same job'

	# The job is taken away meanwhile, and has no place to come back to.
	strike plant_$engine
	jq -c '{op: "handback", bot: .bot, job: .job.id, epoch: .job.epoch,
	    attempt: .job.attempt}' "$T/w/slot-0/state.json" |
	    pf-sched -q apply >/dev/null
	ok "$name: the job is taken away" job_is pending
	pf-sched cancel "$job" >/dev/null
	echo "late $job" >"$(dir)/$([ $engine = lf ] && echo corpus/late ||
	    echo out/main/queue/id:009001,src:000000,op:havoc,rep:1)"
	begin
	late() { [ "$(master_sql "SELECT count(*) FROM corpus WHERE
	    hash = '$(left "late $job")'")" = 1 ]; }
	ok "$name: what it left then is sent all the same" until_true 40 late
	gone() { [ ! -e "$(dir)" ]; }
	ok 'and its directory goes' until_true 20 gone
	end_job
done
ok 'all is delivered' until_true 20 outbox_empty
ok 'no engine was stopped for want of room' sh -c "! grep -q 'outbox is full' '$T/bot.err'"
away_judge
done_testing
