#!/bin/sh
# Answers that are not the master's, of what stands between: nothing that a
# master decided, so a bot tries on.  His own no is the end.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/between.sh
. "$PF_ROOT/t/lib/between.sh"
need clang sqlite3 /usr/bin/python3

run_master 'bot = 12s' 'tick = 5s'
build_quiet
between

# bot: one that goes on for ever, in the background
bot()
{
	pf-run -l -m "$url" >"$T/bot.out" 2>"$T/bot.err" &
	bot=$!
	at_end "kill $bot 2>/dev/null"
}
# tried STATUS PATH: twice it was answered so
tried() { [ "$(grep -c "^$1 .*$2" "$T/asked")" -ge 2 ]; }
said() { grep -q "$1" "$T/bot.err"; }

echo 429 html register >"$T/mode"
bot
for way in '429 html' '502 html' '404 html' '403 json' '422 json' \
    '200 html' '200 json'; do
	: >"$T/asked"
	echo "$way register" >"$T/mode"
	ok "after $way it asks again" until_true 60 tried "${way% *}" register
done
: >"$T/mode"
submit quiet libfuzzer "$T/quiet" -d 300s
ok 'and then it works' until_true 60 job_is running
ok 'it never ended' sh -c "! grep -q 'starting it anew' '$T/bot.err'"
like "$(cat "$T/bot.err")" '429 was answered, and not by a master' \
    'it says who did not answer'

for way in '404 html' '409 json'; do
	: >"$T/asked"
	echo "$way heartbeat" >"$T/mode"
	ok "a heartbeat after $way is sent again" \
	    until_true 60 tried "${way% *}" heartbeat
done
: >"$T/mode"
master_sql "SELECT status, attempt FROM jobs" >"$T/job"
is "$(cat "$T/job")" 'running|1' 'and its job goes on'

# The same of the first word after a start with a job.
kill -9 "$bot"
wait "$bot" 2>/dev/null
ok 'killed, it is all gone' until_true 60 flock -n "$T/w/lock" true
: >"$T/asked"
echo 502 html heartbeat >"$T/mode"
bot
ok 'whether the job is still its is asked again' \
    until_true 60 tried 502 heartbeat
: >"$T/mode"
ok 'and it goes on' until_true 60 said "job $job: libfuzzer on"
ok 'in the process that began' sh -c \
    "! grep -q 'starting it anew' '$T/bot.err'"
kill "$bot"
status=0
wait "$bot" || status=$?
ran 0 'until it is told to stop'

for way in '422 65' '401 77' '403 77'; do
	echo "${way% *} own register" >"$T/mode"
	check "a master's own ${way% *} is the end" "${way#* }" - \
	    "~the master answered ${way% *}: no" pfrun -l
done
done_testing
