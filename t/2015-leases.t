#!/bin/sh
# Leases by op lines alone, the ticks counted by hand: how they end, what
# counts as a strike, what becomes of the bot.
# shellcheck disable=SC2119 # no arguments meant
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sched.sh
. "$PF_ROOT/t/lib/sched.sh"
whole
need jq sqlite3 faketime

sched_new '[timeouts]
tick = 60s
bot = 180s
[limits]
max_failures = 2
max_attempts = 3'
boot=b	# whose time is what is said here
ms=60000
# ticks N: that many, an interval apart
ticks()
{
	n=$1
	while [ "$n" -gt 0 ]; do
		ms=$((ms + 60000)) n=$((n - 1))
		op "{\"op\":\"tick\",\"boot\":\"$boot\",\"boot_ms\":$ms,\"prev\":$(sql 'SELECT coalesce(max(tick), 0) FROM clock')}"
	done
}
# claim NAME: by bot $bot; sets id and token
claim()
{
	op "{\"op\":\"claim\",\"bot\":\"$bot\",\"inc\":\"i-$1\"}"
	id=$(get .job.id)
	token="\"bot\":\"$bot\",\"inc\":\"i-$1\",\"job\":\"$id\",\"epoch\":$(get .epoch),\"attempt\":$(get .attempt)"
}
beat() { op "{\"op\":\"heartbeat\",$token}"; }
of_job() { sql "SELECT $1 FROM jobs WHERE id = '$id'"; }
of_bot() { sql "SELECT $1 FROM bots WHERE id = '$bot'"; }
expire()
{
	op "{\"op\":\"expire\",\"what\":\"${1:-lease}\",$token,\"lease_tick\":$(sql "SELECT max(lease_tick) FROM ${2:-assignments} WHERE ${3:-ended_at IS NULL}"),\"tick\":0}"
}
ticks 1

# A cancel is a cancel, however the bot puts it.
job -k 3
bot a '["libfuzzer"]'
for result in completed failed timed_out; do
	claim a
	beat
	op "{\"op\":\"cancel\",\"job\":\"$id\"}"
	op "{\"op\":\"complete\",$token,\"result\":\"$result\"}"
	is "$(get .status)" cancelled "cancelled, though its bot says $result"
	is "$(of_job status)" cancelled 'and so it stands'
	op "{\"op\":\"complete\",$token,\"result\":\"$result\"}"
	is "$(get '"\(.ok) \(.status) \(.replay)"')" 'true cancelled true' \
	    'said twice, answered alike'
done
job -d 1s
claim a
beat
op "{\"op\":\"cancel\",\"job\":\"$id\"}"
ticks 8
beat
expire job
is "$(get '"\(.ok) \(.status)"')" 'true cancelled' \
    'one that overran while it was being cancelled'

# Expiries that are not due, of whoever says so, change nothing.
all_rows()
{
	sqlite3 -readonly "$T/m/storage/data/pandafuzz.db" \
	    'SELECT * FROM jobs; SELECT * FROM bots; SELECT * FROM assignments;
	    SELECT * FROM campaigns; SELECT * FROM events;
	    SELECT * FROM counters; SELECT * FROM clock'
}
# early FIELD NAME EXPIRE...: as expire does, and all stays as it was
early()
{
	field=$1 name=$2
	shift 2
	all_rows >"$T/before"
	expire "$@"
	is "$(get '"\(.ok) \(.class) \(.field)"')" "false stale $field" \
	    "$name is not due"
	all_rows | diff "$T/before" - >"$T/changed"
	empty "$T/changed" 'and all stays as it was'
}
job -d 600s
claim a
beat
early lease_tick 'a lease just renewed' lease
ticks 3
early lease_tick 'a lease in its last tick' lease
early lease_tick 'the silence of a bot that has a job' bot bots "id = '$bot'"
early tick 'the limit of a job that ran for three minutes of ten' job
ticks 1
looked=$(sql 'SELECT lease_tick FROM assignments WHERE ended_at IS NULL')
beat
all_rows >"$T/before"
op "{\"op\":\"expire\",\"what\":\"lease\",$token,\"lease_tick\":$looked}"
is "$(get '"\(.ok) \(.class) \(.field)"')" 'false stale lease_tick' \
    'nor one that was renewed after the reaper looked'
all_rows | diff "$T/before" - >"$T/changed"
empty "$T/changed" 'and all stays as it was'
op "{\"op\":\"handback\",$token}"
early lease_tick 'a bot that was just heard' bot bots "id = '$bot'"
op "{\"op\":\"cancel\",\"job\":\"$id\"}"

# What is a strike: by ticks, whatever the wall clock says.
job
claim a
beat
ticks 5
expire
is "$(get .status)" pending 'a lease lost'
is "$(of_job strikes)" 1 'without progress: a strike'
is "$(of_bot "status || ' ' || is_online")" 'timed_out 0' 'its bot is out'
bot b '["libfuzzer"]'
claim b
beat
ticks 1
beat
ticks 4
reply=$(printf '{"op":"expire","what":"lease",%s,"lease_tick":%s}\n' "$token" \
    "$(sql 'SELECT lease_tick FROM assignments WHERE ended_at IS NULL')" |
    faketime -f +2d pf-sched apply 2>/dev/null)
is "$(get .status) $(of_job strikes)" 'pending 2' \
    'a clock two days ahead makes no progress'
bot c '["libfuzzer"]'
claim c
beat
i=0
while [ $i -lt 11 ]; do
	ticks 1
	beat
	i=$((i + 1))
done
ticks 4
reply=$(printf '{"op":"expire","what":"lease",%s,"lease_tick":%s}\n' "$token" \
    "$(sql 'SELECT lease_tick FROM assignments WHERE ended_at IS NULL')" |
    faketime -f -2d pf-sched apply 2>/dev/null)
is "$(get .status) $(of_job strikes)" 'pending 0' \
    'more than ten minutes are progress, with a clock two days behind'
bot d '["libfuzzer"]'
claim d
beat
op "{\"op\":\"coverage\",\"rows\":[{\"rid\":\"$(printf x | sha256sum | cut -c 1-64)\",$token,\"seq\":1,\"time\":1700000000000,\"edges\":1}]}"
ticks 5
expire
is "$(get .status) $(of_job strikes)" 'pending 0' 'so is a result'

# Asked for again and again, never started.
bot e '["libfuzzer"]'
claim e
first=$id
ticks 3
claim e
is "$id $(get .again)" "$first true" 'the same again'
ticks 3
claim e
is "$id $(get .again)" "$first true" 'and again, in two leases'
ticks 1
claim e
is "$(get '"\(.again) \(.attempt)"')" 'false 6' 'then its lease is over'
is "$(sql "SELECT strikes || ' ' || status FROM jobs WHERE id = '$first'")" \
    '1 assigned' 'which is a strike'
like "$(sql "SELECT group_concat(why) FROM events WHERE subject = '$first'")" \
    'asked for again and again, and never started' 'and an event'
beat
ticks 9
beat
claim e
is "$(get .again)" true 'one that was started may be asked for at any time'

# A bot that fails by silence is not online.
op "{\"op\":\"handback\",$token}"
sqlite3 "$T/m/storage/data/pandafuzz.db" \
    "UPDATE bots SET failure_count = 1 WHERE id = '$bot'"
claim e
beat
ticks 5
expire
is "$(of_bot "status || ' ' || is_online")" 'failed 0' 'failed, and not there'
op "{\"op\":\"heartbeat\",\"bot\":\"$bot\",\"inc\":\"i-e\"}"
is "$(of_bot "status || ' ' || is_online")" 'failed 1' 'failed, and there'
ticks 5
like "$(overdue)" "\"what\":\"bot\",\"bot\":\"$bot\"" 'the reaper sees it go'
token="\"bot\":\"$bot\""
expire bot bots "id = '$bot'"
is "$(get .ok) $(of_bot "status || ' ' || is_online")" 'true failed 0' \
    'failed, and gone again'
expire bot bots "id = '$bot'"
is "$(get .class)" stale 'once'
op "{\"op\":\"reset\",\"bot\":\"$bot\"}"
is "$(of_bot "status || ' ' || failure_count")" 'idle 0' 'reset: idle'
op "{\"op\":\"deregister\",\"bot\":\"$bot\"}"

# Another work directory of a bot that works: not while that is heard.
comes() { op "{\"op\":\"register\",\"hostname\":\"h\",\"name\":\"w\",\"capabilities\":[\"libfuzzer\"],\"inc\":\"$1\"}"; }
job -C twice
bot w '["libfuzzer"]'
claim w
beat
was=$(of_job strikes)
before=$(all_rows)
comes other
is "$(get '"\(.ok) \(.class) \(.field)"')" 'false conflict inc' \
    'two of one name: the second is refused'
like "$(get .error)" "^bot $bot works on job $id from another work directory: .*deregister $bot$" \
    'and told why'
is "$(all_rows)" "$before" 'which changes nothing'
comes i-w
is "$(get .ok) $(of_job status)" 'true running' 'the first may come again'
ticks 2
comes other
is "$(get .class)" conflict 'two ticks of silence are not enough'
ticks 1
comes other
is "$(get .ok) $(of_job "status || strikes")" "true pending$((was + 1))" \
    'after half a lease it is let in, and the job waits again, with a strike'
beat
is "$(get '"\(.class) \(.field)"')" 'stale inc' 'the first hears of that'
claim w
is "$(get .class)" stale 'and gets no other job so'
comes ''
is "$(get .ok)" true 'one that has no incarnation is not told from another'
pf-sched -q cancel "$job" >/dev/null
op "{\"op\":\"deregister\",\"bot\":\"$bot\"}"

# As many leases lost as a job may lose, and one more.
pf-sched -q cancel "$first" >/dev/null
id=$first
job -C doomed
for name in f g h i; do
	bot $name '["libfuzzer"]'
	claim $name
	is "$id $(of_job status)" "$job assigned" "$name has it"
	beat
	ticks 5
	expire
done
is "$(get .status) $(of_job strikes)" 'failed 4' 'the last fails it'
why='its bot fell silent; 4 leases lost without progress, limits.max_attempts is 3'
is "$(of_job message)" "$why" 'and the job says why'
is "$(sql "SELECT why FROM events WHERE subject = '$id' AND now = 'failed'")" \
    "$why" 'so does the event'
like "$(pf-report explain job "$id")" "failed at .*: $why" 'and explain'

# What takes its bot's work directory with it, as where that is a container,
# is lost as often as what takes the bot.
job -C poison
id=$job
for i in 1 2 3 4; do
	op "{\"op\":\"register\",\"hostname\":\"h\",\"name\":\"box\",\"capabilities\":[\"libfuzzer\"],\"inc\":\"i-box$i\"}"
	bot=$(get .bot)
	claim box$i
	is "$id $(of_job strikes)" "$job $((i - 1))" "given, $((i - 1)) strikes"
	beat
	ticks 3
done
op "{\"op\":\"register\",\"hostname\":\"h\",\"name\":\"box\",\"capabilities\":[\"libfuzzer\"],\"inc\":\"i-box5\"}"
is "$(of_job "status || strikes")" failed4 'then it fails'
like "$(of_job message)" '^its bot came back without its work directory; 4 leases lost' \
    'and says why'
done_testing
