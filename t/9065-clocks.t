#!/bin/sh
# Leases and clocks: whatever the clocks do, nothing that was alive expires;
# what is silent does, by ticks, and what waits is never taken away.
# shellcheck disable=SC2016 # for inner shells
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sched.sh
. "$PF_ROOT/t/lib/sched.sh"
whole
need faketime unshare jq sqlite3

sched_new '[timeouts]
tick = 1s
bot = 12s
[retention]
events = 1h
jobs = 1h'
bot one '["libfuzzer"]'
job -k 3
op "{\"op\":\"claim\",\"bot\":\"$bot\",\"inc\":\"i-one\"}"
held=$(get .job.id)
token="\"job\":\"$held\",\"epoch\":1,\"attempt\":1"
# The bot is alive: it says so between all that is done here.
renew() { op "{\"op\":\"heartbeat\",\"bot\":\"$bot\",\"inc\":\"i-one\",$token}"; }
renew
reap() { pf-reaper | pf-sched -q apply; }
reap
tick() { sql 'SELECT tick FROM clock'; }
# alive NAME: the lease is as it was, and so is the rest
alive()
{
	is "$(sql "SELECT (SELECT status FROM jobs WHERE id = '$held') || ' ' ||
	    (SELECT status FROM bots) || ' ' || (SELECT count(*) FROM jobs
	    WHERE status = 'pending' AND archived_at IS NULL)")" \
	    'running busy 2' "$1"
}
alive 'a job that runs, two that wait'
known=$(sql 'SELECT count(*) FROM events')
# Over by now, and young: not to be archived by a clock that is ahead.
job
pf-sched cancel "$job" >/dev/null

for step in '-1 day' '+1 day' '-10 years' '+10 years'; do
	renew
	before=$(tick)
	DONT_FAKE_MONOTONIC=1 faketime -f "$(echo "$step" | sed 's/ day/d/
	    s/ years/y/')" sh -c 'pf-reaper | pf-sched -q apply' 2>/dev/null
	alive "the clock $step"
	ok "the clock $step: at most one tick" \
	    test "$(tick)" -le $((before + 1))
done
ok 'no event is gone' test "$(sql 'SELECT count(*) FROM events')" -ge "$known"
is "$(sql "SELECT archived_at IS NULL FROM jobs WHERE id = '$job'")" 1 \
    'no job was archived'
before=$(tick)
began=$(date +%s)
i=0
while [ $i -lt 50 ]; do
	reap
	[ $((i % 5)) -gt 0 ] || renew
	i=$((i + 1))
done
ok '50 runs in a row count what time has passed, not more' \
    test "$(tick)" -le $((before + $(date +%s) - began + 1))
renew
is "$(get .ok)" true 'the lease was renewed meanwhile'

# away SECONDS NAME: the machine's own clock has gone on that much, suspended
away()
{
	renew
	before=$(tick)
	unshare -T --boottime "$1" --monotonic "$1" --fork \
	    sh -c 'pf-reaper | pf-sched -q apply'
	alive "$2"
	ok "$2: one tick" test "$(tick)" -le $((before + 1))
}
if unshare -T --boottime 5 --fork true 2>/dev/null; then
	away 3600 'a master that was away for an hour'
	away 950400 'eleven days of suspend'
	# Back in our own time the clock seems to stand still: no tick at all.
	before=$(tick)
	reap
	is "$(tick)" "$before" 'a clock that went back counts nothing'
else
	skip 'no time namespaces here'
fi

# Another boot: noted, every lease renewed.
if unshare -m true 2>/dev/null; then
	renew
	echo 11111111-2222-4333-8444-555555555555 >"$T/boot"
	sqlite3 "$T/m/storage/data/pandafuzz.db" \
	    'UPDATE assignments SET lease_tick = -100' 2>/dev/null
	unshare -m sh -c 'mount --bind "$1" /proc/sys/kernel/random/boot_id &&
	    pf-reaper | pf-sched -q apply' sh "$T/boot"
	alive 'a reboot'
	is "$(sql 'SELECT boot FROM clock')" "$(cat "$T/boot")" 'was noted'
	is "$(sql 'SELECT lease_tick FROM assignments')" "$(tick)" \
	    'the lease starts in full'
	reap	# and back to the real one
else
	skip 'no mount namespaces here'
fi

# Silence, in the end, does expire: by ticks of the real clock.
expired() { reap; [ "$(sql "SELECT status FROM bots")" = timed_out ]; }
before=$(tick)
ok 'a silent bot times out' until_true 60 expired
ok 'after its ticks, not before' test $(($(tick) - before)) -ge 3
is "$(sql "SELECT count(*) FROM jobs WHERE status = 'pending' AND archived_at IS NULL")" \
    3 'its job waits again, and nothing that waits was taken away'
done_testing
