#!/bin/sh
# A bot that was killed loses its job, makes an end of the crashes of it that
# wait, and gets the job again: what it has told of it is not told twice.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"

# Its crash takes a second, so that runs of it still wait when it is told.
need afl-fuzz afl-clang-fast sqlite3 jq

build_afl word <<'END_C'
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int
main(void)
{
	char b[32] = "";

	usleep(1000);
	if (read(0, b, sizeof(b) - 1) > 8 && memcmp(b, "PANDAFUZ", 8) == 0) {
		sleep(1);
		abort();
	}
	return 0;
}
END_C
mkdir "$T/seeds"
echo abcd >"$T/seeds/1"
echo PANDAFUZ1 >"$T/seeds/2"
run_master 'heartbeat_interval = 300ms'
printf 'minimise_time = 0\n' >>"$PF_CONF"
submit word afl++ "$T/word" -d 30m -T 5s -s "$T/seeds"
sent=$T/w/slot-0/open/$job.sent
begin()
{
	pf-run -l -m "$url" >>"$T/bot.out" 2>>"$T/bot.err" &
	bot=$!
	at_end "kill $bot 2>/dev/null"
}
told() { [ "$(crashes_of 'count(*)')" -ge 1 ]; }
waits() { [ -n "$(find "$T/w/slot-0/$1" -path '*own/checks/*.c')" ]; }
done_with() { [ -z "$(find "$T/w/slot-0/later" -mindepth 1)" ]; }

begin
ok 'a seed crashes' until_true 60 told
pgrep -P "$bot" | xargs kill -9 "$bot"
wait "$bot" 2>/dev/null
until_true 20 flock -n "$T/w/lock" true
ok 'it waits to be run again' waits jobs
# The master takes the job away, and gives none to this bot.
jq -c '{op: "handback", bot: .bot, job: .job.id, epoch: .job.epoch,
    attempt: .job.attempt}' "$T/w/slot-0/state.json" >"$T/op"
check 'the job is taken away' 0 '~"ok":true' - pf-sched apply <"$T/op"
check 'drain' 0 '*' - pf-registry drain "$(master_sql 'SELECT id FROM bots')"
begin
ok 'the job is lost' until_true 30 test ! -e "$T/w/slot-0/jobs/$job"
ok 'that is done' until_true 60 done_with
ok 'what was told of it is known still' grep -q "^!" "$sent"
check 'no drain' 0 '*' - pf-registry drain -u \
    "$(master_sql 'SELECT id FROM bots')"
ok 'it comes again' until_true 30 job_is running
fuzzes() { [ -s "$T/w/slot-0/jobs/$job/out/main/fuzzer_stats" ]; }
ok 'and fuzzes' until_true 60 fuzzes
sleep 2
kill "$bot"
wait "$bot"
ok 'all is filed' until_true 30 spool_empty
is "$(crashes_of 'sum(count) - count(*)')" 0 'no crash was told twice'
done_testing
