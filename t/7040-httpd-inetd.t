#!/bin/sh
# pf-httpd under a real inetd: one for each connection, one for many.
. "$(dirname "$0")/lib/tap.sh"
. "$(dirname "$0")/lib/httpd.sh"

inetd=/usr/sbin/inetd
[ -x $inetd ] || skip_all 'openbsd-inetd is not installed'
master

# The kernel names two free ports.
httpd
nowait=$addr
first=$httpd
httpd
wait_=$addr
httpd_stop
httpd=$first
httpd_stop
cat >"$T/inetd.conf" <<END
$nowait stream tcp nowait.100000 $(id -un) $PF_BIN/pf-httpd pf-httpd -i
$wait_ stream tcp wait $(id -un) $PF_BIN/pf-httpd pf-httpd
END
PF_HTTPD_IDLE=4s $inetd -i "$T/inetd.conf" >"$T/i.out" 2>"$T/i.err" &
inetd_pid=$!
at_end "kill $inetd_pid"

health()
{
	curl -sf -m 3 "$@" | grep -c '"status":"ok"'
}
url=http://$nowait/health
until_true 5 curl -sf -m 1 -o /dev/null "$url" || :
is "$(health "$url")" 1 'nowait answers'
is "$(health "$url" "$url" "$url")" 3 'nowait keeps its connection'
printf 'input' >"$T/in"
mkpack crash job-1 bot-1 -f signal=11 "$T/in" >"$T/good"
url=http://$nowait
pack "$T/good"
is "$code $(count "$T/s/new")" '200 1' 'nowait takes results'
mv "$T/s" "$T/away"
pack "$T/good"
is "$code" 503 'nowait without a spool'
ok 'no message is mixed into the answer' \
    sh -c "! grep -q 'pf-httpd:' '$T/body'"
mv "$T/away" "$T/s"
until_true 10 sh -c "! pgrep -P $inetd_pid" || :
ok 'each has ended with its connection' sh -c "! pgrep -P $inetd_pid"
# More than the 256 a minute after which inetd stops a service by default.
seq 300 | xargs -P 4 -I @ curl -sf -m 5 -o /dev/null -w '%{http_code}\n' \
    "http://$nowait/health" >"$T/codes"
is "$(sort "$T/codes" | uniq -c | tr -s ' ')" ' 300 200' \
    'nowait.100000 takes 300 connections in a row'

url=http://$wait_/health
is "$(health "$url" "$url")" 2 'wait answers'
child=$(pgrep -P $inetd_pid)
is "$(health "$url")" 1 'and again'
is "$(pgrep -P $inetd_pid)" "$child" 'from the same process'
url=http://$wait_
pack "$T/good"
is "$code $(count "$T/s/new")" '200 2' 'wait takes results'
until_true 10 sh -c "! pgrep -P $inetd_pid" || :
ok 'it has ended when it was idle' sh -c "! pgrep -P $inetd_pid"
is "$(health "$url/health")" 1 'the next connection starts it again'
until_true 10 sh -c "! pgrep -P $inetd_pid" || :
is "$(cat "$T/i.out" "$T/i.err")" '' 'and nobody said anything'
done_testing
