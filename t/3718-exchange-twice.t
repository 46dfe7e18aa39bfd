#!/bin/sh
# An input that a job was given, and then finds itself under another name, is
# not sent again: the master has it of who told it first.  What lies in the
# corpus of a job may so be filed under another one; nothing else may.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/share.sh
. "$PF_ROOT/t/lib/share.sh"
# shellcheck source-path=SCRIPTDIR source=lib/away.sh
. "$PF_ROOT/t/lib/away.sh"
need clang sqlite3 jq

build_quiet
run_master 'heartbeat_interval = 500ms'
submit first libfuzzer "$T/quiet" -d 10m -C camp
first=$job
submit second libfuzzer "$T/quiet" -d 10m -C camp -p 10
pf-run -m "$url" >"$T/bot.out" 2>"$T/bot.err" &
bot=$!
at_end "kill $bot 2>/dev/null"
corpus=$T/w/slot-0/jobs/$job/corpus
ok 'a job runs' until_true 60 grep -q INITED "${corpus%/*}/own/engine.log"
file_input "$first" 'of somebody else'
given=$hash
ok 'it is given an input' until_true 60 test -e "$corpus/$given"
# As its engine writes what it finds.
put()
{
	printf %s "$1" >"$T/tmp"
	mv "$T/tmp" "$corpus/$(printf %s "$1" | sha1sum | cut -d ' ' -f 1)"
	hash=$(printf %s "$1" | sha256sum | cut -d ' ' -f 1)
}
put 'of somebody else'
put 'its own'
own=$hash
ok 'what it finds is filed' until_true 60 filed "$job" "$own"
kill "$bot"
wait "$bot"
is $? 0 'it ends well'
ok 'all is filed' until_true 20 spool_empty
is "$(master_sql "SELECT job_id FROM corpus WHERE hash = '$given'")" \
    "$first" 'what it was given is filed under the first job only'

# So says what judges other tests; what is nowhere it names.
away_note "$T/w"
echo "$job corpus $(printf %064d 7) $T/w/slot-0" >>"$T/found"
(away_judge) >"$T/judged" 2>&1
is "$(cat "$T/not-filed")" "$(printf '%s\n' "$job corpus $given" \
    "$job corpus $(printf %064d 7)" | sort)" 'two are not filed of that job'
is "$(cat "$T/missing")" "$job corpus $(printf %064d 7)" \
    'but only what is nowhere is missing'
done_testing
