#!/bin/sh
# A lease that ends while the master is away: the engine ends, or goes on if
# it may, and the master decides when he is back.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/away.sh
. "$PF_ROOT/t/lib/away.sh"
need clang sqlite3

away_targets lf
run_master 'tick = 500ms' 'bot = 6s'
away_proxy
engines() { [ -n "$(away_orphans "$T/w")" ]; }
said() { grep -q "$1" "$T/bot.err"; }
attempt() { master_sql "SELECT attempt || ' ' || status FROM jobs WHERE id = '$job'"; }
begin()
{
	: >"$T/bot.err"
	timeout 120 pf-run -l -m "$url" >"$T/bot.out" 2>>"$T/bot.err" &
	bot=$!
	at_end "kill $bot 2>/dev/null"
	ok "$1: a job runs" until_true 30 job_is running
}
over()
{
	kill "$bot"
	wait "$bot" || :
}

submit lf libfuzzer "$T/lf" -d 1h
begin strict
echo refuse >"$T/network"
ok 'strict: the lease ends' until_true 40 said 'lost its lease: the lease ended'
ok 'and the engine with it' away_alone "$T/w"
ok 'its directory stays' test -d "$T/w/slot-0/jobs/$job/corpus"
: >"$T/network"
ok 'the master is back: the job goes on' until_true 40 engines
ok 'all that waited arrives' until_true 40 said "job $job: libfuzzer"
is "$(attempt)" '1 running' 'as the same attempt'
over

echo 'offline = 1h' >>"$PF_CONF"
begin offline
echo refuse >"$T/network"
ok 'offline: it goes on without' until_true 40 said 'going on without it'
ok 'with its engine' until_true 20 engines
: >"$T/network"
ok 'the master is back' until_true 40 said 'still ours'
like "$(attempt)" ' running' 'and it runs as before'

echo refuse >"$T/network"
ok 'given up by the master' until_true 60 expired
ok 'it does not know' until_true 20 engines
found_after() { find "$T/w/slot-0/outbox/new" -type f | grep -q .; }
ok 'and finds' until_true 30 found_after
pf-sched cancel "$job" >/dev/null
: >"$T/network"
ok 'back again, it hears of that' until_true 40 said 'not ours any more'
ok 'the engine ends' until_true 20 away_alone "$T/w"
ok 'what it found is sent' until_true 20 outbox_empty
until_true 20 spool_empty
ok 'as late' test "$(master_sql "SELECT count(*) FROM results WHERE late = 1")" -gt 0
over
is "$(master_sql "SELECT count(*) FROM crashes WHERE count <> 1")" 0 \
    'nothing came twice'
is "$(master_sql "SELECT count(*) FROM results WHERE kind = 'corpus'")" \
    "$(master_sql 'SELECT count(*) FROM corpus')" 'no input either'
done_testing
