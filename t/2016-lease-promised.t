#!/bin/sh
# What a bot was promised holds, whatever the configuration becomes: one that
# was told to work for a minute is not alone on its job if that is given to
# another after three seconds.
# shellcheck disable=SC2119 # no arguments meant
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sched.sh
. "$PF_ROOT/t/lib/sched.sh"
need jq sqlite3

sched_new '[timeouts]
tick = 1s
bot = 60s'
ms=0
# conf TICK BOT: those from now on
conf()
{
	sed -i "s/^tick = .*/tick = $1/; s/^bot = .*/bot = $2/" "$PF_CONF"
	step=$((${1%s} * 1000))
}
conf 1s 60s
# ticks N: that many, an interval apart, of a boot that is not this one
ticks()
{
	n=$1
	while [ "$n" -gt 0 ]; do
		ms=$((ms + step)) n=$((n - 1))
		op "{\"op\":\"tick\",\"boot\":\"b\",\"boot_ms\":$ms,\"prev\":$(sql 'SELECT coalesce(max(tick), 0) FROM clock')}"
	done
}
claim()
{
	op "{\"op\":\"claim\",\"bot\":\"$bot\",\"inc\":\"i-$1\"}"
	token="\"bot\":\"$bot\",\"inc\":\"i-$1\",\"job\":\"$(get .job.id)\",\"epoch\":$(get .epoch),\"attempt\":$(get .attempt)"
}
beat() { op "{\"op\":\"heartbeat\",$token}"; }
expire()
{
	op "{\"op\":\"expire\",\"what\":\"$1\",$token,\"lease_tick\":$(sql 'SELECT max(lease_tick) FROM assignments WHERE ended_at IS NULL'),\"tick\":0}"
}
# due NAME, not_due NAME: the lease, as pf-reaper and the writer see it
seen()
{
	overdue -n >"$T/reaper"
	grep -c "$1" "$T/reaper"
}
not_due()
{
	is "$(seen 'would be taken')" 0 "$1: pf-reaper asks for nothing"
	expire lease
	is "$(get '"\(.ok) \(.class)"')" 'false stale' 'nor would it get it'
}
due()
{
	is "$(seen 'would be taken')" 1 "$1: pf-reaper asks for the job"
	expire lease
	is "$(get '"\(.ok) \(.status)"')" 'true pending' 'and gets it'
}

ticks 1
job
bot a '["libfuzzer"]'
claim a
beat
is "$(get .lease_ms)" 55000 'a bot is told of a minute'
conf 1s 3s
ticks 10
not_due 'ten seconds later, three are the rule now'
ticks 50
not_due 'after a minute, for the first tick may have come at once'
ticks 1
due 'a tick later'

# What is said later is shorter, and may not have been heard.
conf 1s 60s
bot b '["libfuzzer"]'
claim b
beat
conf 1s 3s
ticks 10
beat
is "$(get .lease_ms)" 2700 'told of three seconds'
ticks 10
not_due 'ten seconds after that'
ticks 30
beat
ticks 10
not_due 'renewed in what is left'
ticks 1
due 'as promised first'

# The interval itself becomes shorter, or longer.
conf 60s 120s
ticks 1
bot c '["libfuzzer"]'
claim c
beat
is "$(get .lease_ms)" 115000 'two ticks of a minute'
conf 1s 3s
ticks 100
not_due 'a hundred ticks of a second'
ticks 90
due 'and all of them'
conf 1s 3s
bot d '["libfuzzer"]'
claim d
beat
conf 1s 60s
beat
is "$(get .lease_ms)" 55000 'told of more before the next tick'
ticks 50
not_due 'that holds'
conf 60s 120s
ticks 1
not_due 'the interval that was under way counts as what it was'
ticks 1
due 'the next in full'

# The limit of a job, too: nineteen seconds are not nineteen minutes.
conf 1s 60s
ticks 1
pf-sched -q cancel "$job" >"$T/cancel"
job -d 10m
bot l '["libfuzzer"]'
claim l
beat
ticks 19
beat
conf 60s 120s
ticks 2
is "$(seen 'over its duration')" 0 'a job of ten minutes goes on'
expire job
is "$(get '"\(.ok) \(.class)"')" 'false stale' 'though ticks are longer now'
is "$(sql "SELECT strikes FROM jobs WHERE id = '$job'")" 0 'no strike so far'
ticks 2
due 'silent since'
is "$(sql "SELECT strikes FROM jobs WHERE id = '$job'")" 1 \
    'which is one: that was no long run'
bot m '["libfuzzer"]'
claim m
beat
i=0
while [ $i -lt 17 ]; do
	ticks 1
	beat
	i=$((i + 1))
done
conf 1s 60s
is "$(seen 'over its duration')" 1 'seventeen minutes are too long'
expire job
is "$(get '"\(.ok) \(.status)"')" 'true timed_out' 'though ticks are shorter now'

# Ticks that come in a bunch, for the writer was slow to take them.
conf 10s 20s
boot=$(cat /proc/sys/kernel/random/boot_id)
now=$(awk '{ printf "%d", $1 * 1000 }' /proc/uptime)
# late MS: a tick that was asked for so long ago
late() { op "{\"op\":\"tick\",\"boot\":\"$boot\",\"boot_ms\":$((now - $1)),\"prev\":$(sql 'SELECT tick FROM clock')}"; }
late 40000
job
bot e '["libfuzzer"]'
claim e
beat
before=$(sql 'SELECT tick FROM clock')
for ago in 30000 20000 10000 0; do
	late $ago
done
is "$(($(get .tick) - before))" 4 'four lines, each an interval after the last'
expire lease
is "$(get '"\(.ok) \(.class)"')" 'false stale' \
    'two intervals have not passed for that'
done_testing
