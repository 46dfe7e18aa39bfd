#!/bin/sh
# An engine that died is started again and goes on where it was; one that dies
# again and again ends the job with its last words.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
need afl-fuzz afl-clang-fast clang

build_afl steps <<'END'
#include <stdio.h>
#include <unistd.h>

int
main(void)
{
	char b[8] = "";

	if (read(0, b, sizeof(b)) < 1)
		return 0;
	if (b[0] == 'a')
		puts("a");
	if (b[0] == 'b')
		puts("b");
	if (b[0] == 'c')
		puts("c");
	return 0;
}
END
build_quiet
run_master
cat >>"$PF_CONF" <<END
[retry.engine]
max_retries = 2
initial_delay = 50ms
max_delay = 100ms
END

# go: the bot runs the job at hand in the background
go()
{
	pfrun -q >"$T/bot.out" 2>"$T/bot.err" &
	bot=$!
	at_end "kill $bot 2>/dev/null"
	until_true 20 job_is running
}
# engine PATTERN: the process of the job that has it in its command line
engine() { pgrep -f "^$1.*$T/w/slot-0/jobs/$job" | head -n 1; }
# ends PATTERN: kills it as often as it takes for the bot to end, at most 60 s
down()
{
	another_pid=$(engine "$1")
	[ -z "$another_pid" ] || kill -9 "$another_pid" 2>/dev/null
	! kill -0 $bot 2>/dev/null
}
ends()
{
	until_true 60 down "$1" || kill $bot
	wait $bot
}
# another PATTERN PID: there is another process like that
another()
{
	another_pid=$(engine "$1")
	[ -n "$another_pid" ] && [ "$another_pid" != "$2" ]
}
held() { pf-report jobs | tail -n 1 | cut -f 12; }
holds() { [ "$(held)" = "$1" ]; }
queue=$T/w/slot-0/jobs
fuzzes() { [ -n "$(find "$queue/$job/out/main/queue" -name 'id:*src:*' \
    2>/dev/null)" ]; }
events() { pf-report -j events | grep -c "\"to\":\"$1\""; }

submit killed afl++ "$T/steps" -d 5m
go
ok 'it fuzzes' until_true 30 fuzzes
find "$queue/$job/out/main/queue" -name 'id:*' -exec sha256sum '{}' + |
    cut -c 1-64 | sort >"$T/had"
first=$(engine '[^ ]*afl-fuzz')
kill -9 "$first"
ok 'killed: there is another' until_true 20 another '[^ ]*afl-fuzz' "$first"
like "$(tr '\0' ' ' <"/proc/$another_pid/cmdline")" ' -i - ' 'that resumes'
ok 'a verdict tells' until_true 20 holds restarted
is "$(events restarted)" 1 'and an event'
like "$(cat "$T/bot.err")" \
    'afl-fuzz ended with signal 9.*it is started again' 'and the bot'
# What a farm's people do by hand.
until_true 20 test -s "$queue/$job/out/main/fuzzer_stats"
second=$another_pid
kill "$second"
ok 'told to end: there is another' \
    until_true 20 another '[^ ]*afl-fuzz' "$second"
ok 'still the job runs' job_is running
# While it takes that up the old queue is called otherwise.
has_all()
{
	find "$queue/$job/out/main/queue" "$queue/$job/out/main/_resume" \
	    -name 'id:*' -exec sha256sum '{}' + | cut -c 1-64 | sort >"$T/has"
	[ -z "$(comm -23 "$T/had" "$T/has")" ]
}
ok 'nothing of its queue is lost' until_true 20 has_all
ends '[^ ]*afl-fuzz'
ok 'too often: the job fails' job_is failed
like "$(job_message)" 'the engine died 3 times, the last time: afl-fuzz ended with signal 9' \
    'with the last words'
ok 'which is its verdict' until_true 10 holds 'no_start restarted'
is "$(pgrep -fc "$T/w/slot-0/jobs/")" 0 'no process is left'
is "$(events restarted) $(events no_start)" '1 1' 'an event each, no more'
pf-report explain job "$job" >"$T/why"
like "$(cat "$T/why")" 'failed at .*; restarted since .* died and was started' \
    'explained'

submit lf libfuzzer "$T/quiet" -d 5m
go
until_true 20 sh -c "grep -q INITED $queue/$job/own/engine.log" 2>/dev/null
first=$(engine "$queue")
kill -9 "$first"
ok 'libFuzzer is started again' until_true 20 another "$queue" "$first"
ok 'a verdict tells' until_true 20 holds restarted
until_true 20 sh -c "grep -q INITED $queue/$job/own/engine.log" 2>/dev/null
second=$another_pid
kill -9 "$second"
until_true 20 another "$queue" "$second"
until_true 20 sh -c "grep -q INITED $queue/$job/own/engine.log" 2>/dev/null
ends "$queue"
ok 'killed again and again: the job fails' job_is failed
like "$(job_message)" 'died 3 times, the last time: it was killed; no_start' \
    'and tells of what'
done_testing
