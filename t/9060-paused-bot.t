#!/bin/sh
# A bot that is stopped past its lease and goes on: its job is another's by
# then, its completion counts nothing, its results are kept.  Once in detail,
# then PF_ROUNDS times four of them (250 with PF_SWEEP=all).
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
whole
need clang jq sqlite3

run_master 'tick = 200ms' 'bot = 1s'
build_libfuzzer finder <<'END'
#include <stddef.h>
#include <stdint.h>
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	volatile int x = 0;
	size_t i;
	for (i = 0; i + 1 < n; i++)
		if (p[i] == 'P' && p[i + 1] == 'F')
			x++;
	return 0;
}
END
submit paused libfuzzer "$T/finder" -d 20s
timeout 60 pf-run -m "$url" >"$T/bot.out" 2>"$T/bot.err" &
bot=$!
at_end "kill $bot 2>/dev/null"
ok 'it runs' until_true 20 job_is running
slot=$(pgrep -P "$(pgrep -P "$bot")")
found() { [ "$(master_sql 'SELECT count(*) FROM corpus')" -gt 0 ]; }
ok 'it has found something' until_true 20 found
kill -STOP "$slot"
ok 'silent past its lease, its job waits again' until_true 20 expired
is "$(master_sql "SELECT status FROM bots WHERE name = 'bot'")" timed_out \
    'and the bot has timed out'
reply=$(printf '%s\n' '{"op":"register","hostname":"h","name":"other","capabilities":["libfuzzer"],"inc":"o"}' |
    pf-sched apply)
other=$(printf '%s' "$reply" | jq -r .bot)
reply=$(printf '{"op":"claim","bot":"%s","inc":"o"}\n' "$other" | pf-sched apply)
is "$(printf '%s' "$reply" | jq -r '.job.id + " \(.attempt)"')" "$job 2" \
    'another bot gets it, as the second attempt'
before=$(master_sql 'SELECT count(*) FROM results')
# A find of the time after: what the stopped slot did not see yet.
dir=$(find "$T/w/slot-0/jobs" -maxdepth 1 -name "$job")
printf 'late find' >"$dir/corpus/late"
kill -CONT "$slot"
rc=0
wait $bot || rc=$?
ok 'it ends by itself' test $rc -ge 0
like "$(cat "$T/bot.err")" "lost its lease|lease" 'and says why'
ok 'its engine has ended' until_true 10 sh -c \
    "! pgrep -f '$T/w/slot-0/jobs/[0-9]' >/dev/null"
is "$(master_sql "SELECT status || ' ' || attempt FROM jobs WHERE id = '$job'")" \
    'assigned 2' 'the job is still the other bot'"'"'s'
filed() { [ "$(master_sql 'SELECT count(*) FROM results')" -gt "$before" ]; }
ok 'what it had found is filed all the same' until_true 20 filed
is "$(master_sql "SELECT count(*) FROM results WHERE late = 1 AND time > 0")" \
    "$(master_sql "SELECT count(*) FROM results r WHERE late = 1")" 'as late'
ok 'some of it is late' test "$(master_sql \
    'SELECT count(*) FROM results WHERE late = 1')" -gt 0
sum=$(printf 'late find' | sha256sum | cut -c 1-64)
is "$(master_sql "SELECT count(*) FROM corpus WHERE hash = '$sum'")" 1 \
    'also what it found last'
token='"epoch":1,"attempt":1'
bid=$(master_sql "SELECT id FROM bots WHERE name = 'bot'")
check 'a completion with the old token is refused' 65 '~"class":"stale"' - \
    pf-sched apply <<END
{"op":"complete","bot":"$bid","job":"$job",$token,"result":"completed"}
END
check 'that of the other counts' 0 '~"status":"completed"' - pf-sched apply <<END
{"op":"complete","bot":"$other","inc":"o","job":"$job","epoch":1,"attempt":2,"result":"completed"}
END

# count_jobs N STATE: so many jobs of the round are in that state
count_jobs()
{
	[ "$(master_sql "SELECT count(*) FROM jobs WHERE name = 'late $n' AND status = '$2'")" = "$1" ]
}
gone_silent()
{
	pf-reaper | pf-sched -q apply
	count_jobs 4 pending
}
# others: a bot each takes the jobs, "JOB BOT" on stdout
others()
{
	for i in 1 2 3 4; do
		printf '{"op":"register","hostname":"h","name":"other-%s","capabilities":["libfuzzer"],"inc":"o%s"}\n' $i $i |
		    pf-sched apply | jq -r .bot >"$T/id"
		printf '{"op":"claim","bot":"%s","inc":"o%s"}\n' "$(cat "$T/id")" $i |
		    pf-sched apply | jq -r --arg i $i --arg b "$(cat "$T/id")" \
		    '"\(.job.id) \($b) o\($i)"'
	done
}
# late_round N: wrong is counted up by what went wrong
late_round()
{
	pf-sched submit -N "late $1" -e libfuzzer -t "$T/finder" -d 20s -k 4 >/dev/null
	timeout 60 pf-run -m "$url" -j 4 >"$T/bot.out" 2>"$T/bot.err" &
	bot=$!
	until_true 30 count_jobs 4 running || return 1
	slots=$(pgrep -P "$(pgrep -P "$bot")")
	# shellcheck disable=SC2086 # several
	kill -STOP $slots
	master_sql "SELECT job_id, bot_id FROM assignments WHERE ended_at IS NULL" |
	    tr '|' ' ' >"$T/stopped"
	until_true 30 gone_silent || return 1
	others >"$T/others"
	while read -r j b; do
		printf 'late %s %s' "$1" "$j" >"$T/late"
		cp "$T/late" "$(find "$T/w" -maxdepth 3 -name "$j")/corpus/late"
		sha256sum "$T/late" | cut -c 1-64
	done <"$T/stopped" >"$T/sums"
	# shellcheck disable=SC2086
	kill -CONT $slots
	wait "$bot"
	until_true 30 all_filed || kept=$((kept + 1))
	while read -r j b; do
		printf '{"op":"complete","bot":"%s","job":"%s","epoch":1,"attempt":1,"result":"completed"}\n' \
		    "$b" "$j" | pf-sched apply | grep -q '"class":"stale"' ||
		    taken=$((taken + 1))
	done <"$T/stopped"
	count_jobs 4 assigned || taken=$((taken + 1))
	while read -r j b inc; do
		printf '{"op":"complete","bot":"%s","inc":"%s","job":"%s","epoch":1,"attempt":2,"result":"completed"}\n' \
		    "$b" "$inc" "$j"
	done <"$T/others" | pf-sched -q apply || taken=$((taken + 1))
}
all_filed()
{
	while read -r sum; do
		[ "$(master_sql "SELECT count(*) FROM corpus WHERE hash = '$sum'")" = 1 ] ||
		    return 1
	done <"$T/sums"
}
rounds=${PF_ROUNDS:-5}
[ "${PF_SWEEP-}" != all ] || rounds=250
n=0 taken=0 kept=0 broken=0
while [ $n -lt "$rounds" ]; do
	n=$((n + 1))
	late_round $n || broken=$((broken + 1))
done
is $broken 0 "$rounds rounds of four late bots each"
is $taken 0 'no stale completion counted'
is $kept 0 'and all that they had found was kept'
done_testing
