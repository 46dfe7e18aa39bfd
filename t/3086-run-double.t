#!/bin/sh
# Two work directories of one name: the second is told, and takes nothing from
# the first while that is at work.  One that was lost comes again.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
need clang sqlite3 setsid

run_master 'tick = 500ms' 'bot = 12s'
build_quiet
# begin DIR: a bot of that work directory, its words in DIR.err
begin()
{
	setsid pf-run -l -m "$url" -w "$T/$1" >>"$T/bot.out" \
	    2>>"$T/$1.err" &
	bot=$!
	at_end "kill -s KILL -- -$bot 2>/dev/null"
}
# die PID: all of it at once, so that nothing is handed back
die()
{
	kill -s KILL -- "-$1"
	wait "$1" 2>/dev/null || :
}
said() { grep -q "$2" "$T/$1.err"; }
# has ATTEMPT: the job runs, at that attempt
has() { [ "$(master_sql "SELECT attempt || status FROM jobs WHERE id = '$job'")" = "$1running" ]; }
# lets_in DIR: the reaper counts, and the bot of it is at work
lets_in()
{
	pf-reaper | pf-sched -q apply
	has "$1"
}

submit one libfuzzer "$T/quiet" -d 1h
begin a
first=$bot
ok 'a job runs' until_true 60 has 1
check 'a second bot of that name is refused, for now' 75 - \
    '~works on job .* from another work directory: two on one host need names' \
    pfrun -w "$T/b"
begin b
second=$bot
ok 'with -l it says so' until_true 30 said b 'need names of their own'
sleep 3
ok 'and tries on, while the job goes on' has 1
ok 'with the first one' kill -0 "$first"
! said a incarnation
ok 'which does not notice' test $? -eq 0

die "$first"
ok 'a machine that is silent gives way' until_true 120 lets_in 2
is "$(master_sql "SELECT count(*) FROM events WHERE subject = '$job' AND why LIKE '%fell silent%'")" 0 \
    'before its lease has to be ended'

# The same machine, its disk gone.
die "$second"
rm -rf "$T/b"
begin b
ok 'a bot whose work directory was lost comes again' until_true 120 lets_in 3
kill "$bot"
wait "$bot" || :
ok 'and hands the job back' job_is pending
rm -rf "$T/b"
begin b
ok 'nobody has to be waited for who has ended well' until_true 10 has 4
kill "$bot"
wait "$bot" || :
is "$(master_sql 'SELECT count(*) FROM bots')" 1 'all of them were one bot'
done_testing
