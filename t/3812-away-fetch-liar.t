#!/bin/sh
# Files of a job behind something that answers in the master's place: nothing
# of it costs the job, and none of it is taken for a file.  Only the master's
# own no is one.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/between.sh
. "$PF_ROOT/t/lib/between.sh"
need clang sqlite3 /usr/bin/python3

build_quiet
run_master
between
# tried STATUS: twice it was answered so, and the job has no verdict
tried() { [ "$(grep -c "^$1 .*blobs" "$T/asked")" -ge 2 ]; }
said() { grep -q "$1" "$T/bot.err"; }

echo 404 html blobs >"$T/mode"
submit quiet libfuzzer "$T/quiet" -d 300s
pf-run -l -m "$url" >"$T/bot.out" 2>"$T/bot.err" &
bot=$!
at_end "kill $bot 2>/dev/null"
for way in '404 html' '403 json' '401 html' '422 json' '409 html' \
    '200 html' '206 html' '200 json' '502 html'; do
	: >"$T/asked"
	echo "$way blobs" >"$T/mode"
	ok "after $way for a file it asks again" \
	    until_true 60 tried "${way% *}"
	like "$(master_sql 'SELECT status FROM jobs')" \
	    '^(pending|assigned|running)$' 'and the job is not over'
done
ok 'it says who did not answer' said 'was answered, and not by a master'
is "$(find "$T/w/blobs" -type f ! -name '*.*')" '' 'nothing was kept'
: >"$T/mode"
ok 'and when he answers it runs' until_true 60 job_is running
pf-sched cancel "$job" >/dev/null
ok 'until it is cancelled' until_true 60 job_is cancelled

# The master's own word
rm -rf "$T/w/blobs"
echo 404 own blobs >"$T/mode"
submit gone libfuzzer "$T/quiet" -d 300s
ok 'a file that the master has not' until_true 60 job_is failed
like "$(job_message)" 'the master answered 404: no' 'is the end of a job'
kill $bot
rc=0
wait $bot || rc=$?
is $rc 0 'and not of the bot'
done_testing
