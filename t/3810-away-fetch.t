#!/bin/sh
# Files of a job over a bad network: a fetch that is cut goes on where it was,
# one that takes longer than the lease does not cost the job.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
need clang sqlite3

build_quiet
head -c 3000000 /dev/urandom >>"$T/quiet"
cp "$T/quiet" "$T/again"
echo >>"$T/again"
run_master 'tick = 200ms' 'bot = 2s'
: >"$T/network"
"$PF_OBJ/t/lib/proxy" "${url##*:}" "$T/network" >"$T/proxy.out" &
proxy=$!
at_end "kill $proxy 2>/dev/null"
until_true 10 test -s "$T/proxy.out"
url=http://127.0.0.1:$(sed 's/.* //' "$T/proxy.out")

# begin: a bot in the background
begin()
{
	timeout 60 pf-run -q -m "$url" >"$T/bot.out" 2>"$T/bot.err" &
	bot=$!
}
over()
{
	pf-sched cancel "$job" >/dev/null
	wait "$bot" || :
}

# From its beginning it would never come.
echo cut 1000000 >"$T/network"
submit cut libfuzzer "$T/quiet" -d 60s
begin
came() { cmp -s "$T"/w/slot-0/jobs/*/files/target/quiet "$T/quiet"; }
ok 'a fetch that is cut at each million bytes comes to its end' \
    until_true 30 came
over

# 16 KiB each 30 ms at most: five seconds and more.
echo delay 30 >"$T/network"
submit slow libfuzzer "$T/again" -d 60s
began=$(date +%s%3N)
begin
tick_until_running()
{
	pf-reaper | pf-sched -q apply
	job_is running && test -d "$T/w/slot-0/jobs/$job/corpus"
}
ok 'one that takes longer' until_true 50 tick_until_running
ok 'than the lease' test $(($(date +%s%3N) - began)) -gt 2500
is "$(master_sql "SELECT attempt FROM jobs WHERE id = '$job'")" 1 \
    'does not cost the job'
over

# And a stop in between is heard.
echo >>"$T/again"
echo delay 300 >"$T/network"
submit stopped libfuzzer "$T/again" -d 60s
begin
half() { [ -n "$(find "$T/w/blobs" -name '*.[0-9]*' -size +64k)" ]; }
ok 'on its way' until_true 20 half
kill "$bot"
rc=0
wait "$bot" || rc=$?
is "$rc" 0 'it is told to stop, and ends well'
ok 'the job is handed back' job_is pending
is "$(find "$T/w/blobs" -name '*.[0-9]*')" '' 'nothing half is left'
done_testing
