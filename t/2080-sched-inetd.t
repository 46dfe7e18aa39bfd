#!/bin/sh
# pf-sched serve under a real inetd: started by the first client, gone when
# it is idle, started again.
# shellcheck disable=SC2119 # no arguments meant
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sched.sh
. "$PF_ROOT/t/lib/sched.sh"
need jq sqlite3
inetd=/usr/sbin/inetd
[ -x $inetd ] || skip_all 'openbsd-inetd is not installed'

sched_new ''
check 'an idle time that is none' 78 - \
    '=pf-sched: PF_SCHED_IDLE=soon is not a duration' \
    env PF_SCHED_IDLE=soon pf-sched serve
echo "$T/m/sock stream unix wait $(id -un) $PF_BIN/pf-sched pf-sched serve" \
    >"$T/inetd.conf"
PF_SCHED_IDLE=4s $inetd -i "$T/inetd.conf" >"$T/i.out" 2>"$T/i.err" &
inetd_pid=$!
at_end "kill $inetd_pid"
until_true 20 test -S "$T/m/sock"
children() { pgrep -P $inetd_pid | wc -l; }
is "$(children)" 0 'nothing runs yet'
bot one '["libfuzzer"]'
like "$bot" '^[0-9a-f-]{36}$' 'the first op is answered'
is "$(children)" 1 'by one that inetd started'
first=$(pgrep -P $inetd_pid)
job
op "{\"op\":\"claim\",\"bot\":\"$bot\",\"inc\":\"i-one\"}"
is "$(get .job.id)" "$job" 'so are the next'
is "$(pgrep -P $inetd_pid)" "$first" 'by the same'
ended() { [ "$(children)" = 0 ]; }
ok 'it ends when it is idle' until_true 10 ended
op "{\"op\":\"claim\",\"bot\":\"$bot\",\"inc\":\"i-one\"}"
is "$(get .again)" true 'the next client starts it again, nothing is lost'
ok 'another process' test "$(pgrep -P $inetd_pid)" != "$first"
kill -KILL "$(pgrep -P $inetd_pid)"
ok 'killed outright' until_true 10 ended
op "{\"op\":\"claim\",\"bot\":\"$bot\",\"inc\":\"i-one\"}"
is "$(get .again)" true 'it is started once more'
if [ "$(id -u)" = 0 ]; then
	chmod 755 "$T" "$T/m"
	echo '{"op":"sweep"}' >"$T/line"
	is "$(setpriv --reuid=65534 --regid=65534 --clear-groups socat -t 2 - \
	    "UNIX-CONNECT:$T/m/sock" <"$T/line")" '' 'a stranger is not heard'
	like "$(setpriv --reuid=65534 --regid=65534 --groups=0 socat -t 2 - \
	    "UNIX-CONNECT:$T/m/sock" <"$T/line")" '"ok":true' \
	    'one of the group is'
else
	skip 'only root can be somebody else'
fi
done_testing
