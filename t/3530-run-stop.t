#!/bin/sh
# pf-run is told to stop: with real engines, in a loop and without, by one
# signal or several, while the master is there or not.  Jobs are handed back,
# engines end, and who comes next is the same bot.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
need clang afl-fuzz setsid

build_quiet
build_afl slow <<'END'
#include <unistd.h>

int
main(void)
{
	char c[4];

	return read(0, c, 4) == 4 && c[0] == 'x' ? 1 : 0;
}
END
run_master 'heartbeat_interval = 500ms'

# begin ARG ...: pf-run in a group of its own; sets bot
begin()
{
	: >"$T/bot.err"
	setsid pf-run -m "$url" "$@" >"$T/bot.out" 2>"$T/bot.err" &
	bot=$!
	at_end "kill $bot 2>/dev/null"
}
finish()
{
	status=0
	wait "$bot" || status=$?
}
# So many jobs have this status.
jobs_are()
{
	[ "$(master_sql "SELECT count(*) FROM jobs WHERE status = '$1'")" = "$2" ]
}
# engines: processes that have to do with the job's directories, anywhere
engines()
{
	pgrep -fc "$T/w/slot-[0-9]*/jobs/" || :
}
fuzzes()
{
	[ "$(engines)" -ge "$1" ]
}
none_runs()
{
	[ "$(engines)" -eq 0 ]
}
# nothing_left NAME: as it should be afterwards
nothing_left()
{
	is "$(engines)" 0 "$1: no engine is left"
	is "$(find "$T/w" -name state.json)" '' "$1: no job is remembered"
	is "$(find "$T/w"/slot-*/outbox -type f)" '' "$1: all is delivered"
}
cancel_all()
{
	for job in $(master_sql "SELECT id FROM jobs
	    WHERE status IN ('pending', 'assigned', 'running')"); do
		pf-sched cancel "$job" >/dev/null
	done
}

# Both engines, in a loop.
submit a afl++ "$T/slow" -d 5m

submit b libfuzzer "$T/quiet" -d 5m
begin -l -j 2
ok 'two jobs run' until_true 60 jobs_are running 2
until_true 60 fuzzes 3
sleep 1
kill "$bot"
finish
is "$status" 0 'a loop with two slots: status 0'
ok 'both jobs are handed back' jobs_are pending 2
is "$(grep -c 'handed back' "$T/bot.err")" 2 'as it says'
nothing_left 'a loop'
bots=$(master_sql 'SELECT id, name FROM bots ORDER BY 2')
begin -l -j 2
ok 'the next one takes them again' until_true 60 jobs_are running 2
is "$(master_sql 'SELECT id, name FROM bots ORDER BY 2')" "$bots" \
    'by the same two bots'

# As a terminal does it: everybody at once, and impatient people again.
kill -s INT -- "-$bot"
kill -s INT -- "-$bot" 2>/dev/null || :
kill -TERM "$bot" 2>/dev/null || :
finish
is "$status" 0 'a signal to all, and more of them: status 0'
ok 'both jobs are handed back' jobs_are pending 2
nothing_left 'a signal to all'
cancel_all

# One job, without a loop.
for engine in afl++ libfuzzer; do
	case $engine in
	afl++)	submit "one-$engine" "$engine" "$T/slow" -d 5m ;;
	*)	submit "one-$engine" "$engine" "$T/quiet" -d 5m ;;
	esac
	begin
	ok "$engine: runs" until_true 60 jobs_are running 1
	until_true 60 fuzzes 1
	kill "$bot"
	finish
	is "$status" 0 "$engine: status 0"
	ok "$engine: handed back" job_is pending
	nothing_left "$engine"
	cancel_all
done

# A second one does not start, nor does the first mind.
submit second libfuzzer "$T/quiet" -d 5m
begin
ok 'one runs' until_true 60 job_is running
check 'a second one on its work directory' 75 - \
    "=pf-run: $T/w: another pf-run works here" pf-run -m "$url" -l
ok 'the first goes on' job_is running

# Killed: its slots hear of it, and until they are gone nobody else starts.
kill -9 "$bot"
wait "$bot" 2>/dev/null
ok 'pf-run itself is killed: the job comes back' until_true 60 job_is pending
ok 'and its engine ends' until_true 30 none_runs
gone()
{
	pf-run -m "$url" -w "$T/w" -q
	[ $? != 75 ]
}
pf-sched cancel "$job" >/dev/null
ok 'then the next may start' until_true 30 gone

# While the master is away nothing can be handed back: it is remembered.
submit away libfuzzer "$T/quiet" -d 5m
begin
ok 'a job' until_true 60 job_is running
until_true 60 fuzzes 1
port=${url##*:}
master_stop
kill "$bot"
finish
is "$status" 75 'the master is away: status 75'
is "$(engines)" 0 'no engine is left'
ok 'the job is remembered' test -s "$T/w/slot-0/state.json"
begin -l
ok 'without a master' until_true 60 grep -q 'trying again' "$T/bot.err"
kill "$bot"
finish
is "$status" 75 'one that waits for it ends as well'
ok 'and still remembers' test -s "$T/w/slot-0/state.json"
rm -f "$T/m/httpd.out"
master_start ingest
master_again "$port"
begin
ok 'the next takes the job up' until_true 60 grep -q "job $job: lib" \
    "$T/bot.err"
ok 'it runs' until_true 30 job_is running
kill "$bot"
finish
ok 'and is handed back at last' job_is pending
nothing_left 'at last'
done_testing
