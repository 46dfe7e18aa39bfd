#!/bin/sh
# A clock that was behind: what was done then is not old when it is set right.
# shellcheck disable=SC2119 # no arguments meant
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sched.sh
. "$PF_ROOT/t/lib/sched.sh"
whole
need faketime jq sqlite3

sched_new '[timeouts]
tick = 100ms
[retention]
events = 1h
jobs = 1h
uploads = 1h'
reap() { pf-reaper | pf-sched -q apply; }
trusted() { reap; [ "$(sql 'SELECT trusted > 0 FROM clock')" = 1 ]; }
ok 'ticks bear out the clock' until_true 20 trusted
# behind OP: one that is applied by a clock 400 days behind
behind()
{
	reply=$(printf '%s\n' "$1" | DONT_FAKE_MONOTONIC=1 faketime -f -400d \
	    pf-sched apply 2>/dev/null) || :
}
sha=$(printf 'none' | sha256sum | cut -c 1-64)
submit="{\"op\":\"submit\",\"name\":\"n\",\"engine\":\"libfuzzer\",\"target\":{\"sha256\":\"$sha\",\"name\":\"t\",\"size\":4,\"upload\":true}}"
now=$(($(date +%s) * 1000))
behind "$submit"
waits=$(get '.jobs[0]')
behind "$submit"
ended=$(get '.jobs[0]')
behind "{\"op\":\"cancel\",\"job\":\"$ended\"}"
is "$(get .ok)" true 'a job is cancelled'
known=$(sql 'SELECT count(*) FROM events')
ok 'its events are not of last year' test \
    "$(sql 'SELECT min(time) FROM events')" -gt $((now - 3600000))
i=0
while [ $i -lt 10 ]; do
	reap
	i=$((i + 1))
done
is "$(sql "SELECT status || ' ' || waiting FROM jobs WHERE id = '$waits'")" \
    'pending 1' 'a job whose files may yet come waits for them'
is "$(sql "SELECT archived_at IS NULL FROM jobs WHERE id = '$ended'")" 1 \
    'what has just ended is not archived'
ok 'no event is gone' test "$(sql 'SELECT count(*) FROM events')" -ge "$known"
done_testing
