#!/bin/sh
# A job's progress and its log, followed as they grow.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/httpd.sh
. "$PF_ROOT/t/lib/httpd.sh"
J=/api/v1/jobs

# follow FILE PATH [CURL-ARGUMENT ...]: a listener in the background, $pid
follow()
{
	follow_file=$1 follow_path=$2
	shift 2
	# Not what it held before is to be waited for.
	: >"$follow_file"
	curl -sS -N -m 30 "$@" "$url$follow_path" >"$follow_file" 2>/dev/null &
	pid=$!
}
# hung_up: the listener of the last follow() leaves
hung_up()
{
	kill $pid 2>/dev/null
	wait $pid 2>/dev/null
}
# told FILE: names of the events; last FILE NAME FILTER: of the last such one
told() { sed -n 's/^event: //p' "$1" | tr '\n' ' '; }
last() { grep -A 1 "^event: $2" "$1" | sed -n 's/^data: //p' | tail -n 1 | jq -r "$3"; }
# text FILE: the log as it was heard
text() { grep -A 1 '^event: log' "$1" | sed -n 's/^data: //p' | jq -j .text; }
# has FILE TEXT: has heard it
has() { text "$1" | grep -q "$2"; }

printf '#!/bin/sh\n' >"$T/t1"
chmod +x "$T/t1"
master_new
master_start httpd
submit a libfuzzer "$T/t1" -C camp; a=$job
submit b libfuzzer "$T/t1" -C camp; b=$job

for p in progress logs/stream; do
	req GET "$J/nobody/$p"
	is "$code $(member class)" '404 notfound' "$p of no job"
	req POST "$J/$a/$p" -d x
	is "$code" 405 "$p is only read"
	req HEAD "$J/$a/$p" -I
	is "$code $(sed -n 's/^Content-Type: \([a-z/-]*\).*/\1/p' "$T/head")" \
	    '200 text/event-stream' "HEAD of $p has an end"
done
for bad in 1 1.1 1.1.x 1.1.1.1 -1.1.1 1.1.99999999999999999999; do
	req GET "$J/$a/logs/stream?after=$bad"
	is "$code $(member field)" '422 after' "no place: $bad"
done
req GET "$J/$a/logs/stream" -H 'Last-Event-ID: 12'
is "$code $(member field)" '422 Last-Event-ID' 'nor in the header'

# Progress
follow "$T/p" "$J/$a/progress"
progress=$pid
ok 'it begins with what is' until_true 5 grep -q '^event: connected' "$T/p"
is "$(last "$T/p" connected '.job_id + " " + .status')" "$a pending" 'the job'
follow "$T/l" "$J/$a/logs/stream"
log=$pid
json /api/v1/bots/register \
    '{"hostname":"h","capabilities":["libfuzzer"],"inc":"i"}'
bot=$(member bot_id)
req GET "/api/v1/bots/$bot/job?inc=i"
epoch=$(member epoch) attempt=$(member attempt)
token="\"inc\":\"i\",\"job_id\":\"$a\",\"epoch\":$epoch,\"attempt\":$attempt"
json "/api/v1/bots/$bot/heartbeat" "{$token}"
ok 'then what has changed' until_true 5 grep -q '"status":"running"' "$T/p"
mkpack status "$a" "$bot" -d "$PF_SPOOL" -E "$epoch" -A "$attempt" -i i -s 1 \
    -f executions=1234 -f execs_per_sec=50 -f edges=7 </dev/null >/dev/null
pf-ingest -q
ok 'and what its bot tells' until_true 5 grep -q '"executions":1234' "$T/p"
is "$(told "$T/p" | sed 's/\(progress \)*$/progress /')" \
    'connected progress ' 'nothing else is told'

# The log
printf 'one\ntwo\n' >"$T/in"
mkpack log "$a" "$bot" -d "$PF_SPOOL" -E "$epoch" -A "$attempt" -i i -s 2 \
    -f offset=0 "$T/in" >/dev/null
pf-ingest -q
ok 'what the engine prints is heard' until_true 5 has "$T/l" two
is "$(text "$T/l")" "$(cat "$T/in")" 'as it is'
is "$(sed -n 's/^id: //p' "$T/l" | tail -n 1)" "$epoch.$attempt.8" \
    'with its place'
file=$(find "$PF_STORAGE/logs/jobs/$a" -type f)
printf 'three \303' >>"$file"
ok 'it goes on' until_true 5 has "$T/l" three
printf '\251 four\n' >>"$file"
ok 'and on' until_true 5 has "$T/l" four
is "$(text "$T/l")" "$(cat "$file")" 'no character is broken'
printf 'a\033\377b\n' >>"$file"
ok 'what is no text' until_true 5 has "$T/l" b
like "$(grep -c '�b' "$T/l")" 1 'is marked so'

# From a place on, and nothing twice
follow "$T/l2" "$J/$a/logs/stream" -H "Last-Event-ID: $epoch.$attempt.4"
ok 'from a place on' until_true 5 has "$T/l2" four
is "$(text "$T/l2" | head -n 1)" two 'nothing of before'
hung_up
follow "$T/l2" "$J/$a/logs/stream?after=$(sed -n 's/^id: //p' "$T/l" |
    tail -n 1)"
until_true 5 grep -q '^event: connected' "$T/l2"
printf 'five\n' >>"$file"
ok 'who comes again goes on' until_true 5 has "$T/l2" five
is "$(text "$T/l2")" five 'with what is new alone'
hung_up
until_true 5 has "$T/l" five
# A large one comes whole, however many pieces it takes.
seq 100000 >>"$file"
printf 'six\n' >>"$file"
follow "$T/l3" "$J/$a/logs/stream"
ok 'a large one' until_true 10 has "$T/l3" six
hung_up
until_true 10 has "$T/l" six
text "$T/l3" | grep -v b >"$T/whole"
grep -av b "$file" >"$T/want"
ok 'comes whole to who comes late' cmp "$T/whole" "$T/want"
text "$T/l" | grep -v b >"$T/whole"
ok 'and to who was there' cmp "$T/whole" "$T/want"

# The end
json "/api/v1/bots/$bot/job/complete" "{$token,\"success\":true}"
wait $progress
is "$?" 0 'progress ends with the job'
is "$(told "$T/p" | tr -s ' ' '\n' | tail -n 1) $(last "$T/p" completed \
    .status)" 'completed completed' 'and says so'
printf 'late\n' >>"$file"
wait $log
is "$?" 0 'its log ends as well'
is "$(text "$T/l" | tail -n 1) $(last "$T/l" completed .status)" \
    'late completed' 'after what came late'
follow "$T/p" "$J/$a/progress"
wait $pid
is "$? $(told "$T/p")" '0 connected completed ' 'of a job that is over'

# One that reads all the time and has never read all, as somebody else makes
# more turns than it can follow: what it has read is let go.
peak()
{
	for p in $master_pids; do
		[ "${p#*:}" != httpd ] || sed -n \
		    's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/${p%%:*}/status"
	done
}
cat >"$T/steady.pl" <<'END'
use Socket;
socket(my $s, PF_INET, SOCK_STREAM, 0) or die;
setsockopt($s, SOL_SOCKET, SO_RCVBUF, 16384);
connect($s, sockaddr_in($ARGV[0] =~ /:(\d+)$/, INADDR_LOOPBACK)) or die;
syswrite($s, "GET $ARGV[1] HTTP/1.1\r\nHost: localhost\r\n\r\n");
select(undef, undef, undef, 0.002) while sysread($s, my $text, 65536);
END
yes "$(printf %072d 0)" | head -c 200000000 >>"$file"
was=$(peak)
perl "$T/steady.pl" "$url" "$J/$a/logs/stream" &
other=$!
follow "$T/l3" "$J/$a/logs/stream"
until_true 20 sh -c "[ \$(stat -c %s '$T/l3') -gt 200000000 ]"
hung_up
pid=$other
hung_up
ok 'a steady reader costs little' test $(($(peak) - was)) -lt \
    "${PF_FAST:+99}1000"

# Without a writer, a database or a listener
follow "$T/p" "$J/$b/progress"
until_true 5 grep -q '^event: connected' "$T/p"
for p in $master_pids; do
	[ "${p#*:}" != sched ] || kill -9 "${p%%:*}"
done
master_pids=$(echo "$master_pids" | tr ' ' '\n' | grep -v :sched)
rm -f "$T/m/sock"
mv "$PF_STORAGE/data" "$PF_STORAGE/away"
sleep 0.6
req GET "$J/$b/progress"
is "$code" 503 'nobody can begin without a database'
mv "$PF_STORAGE/away" "$PF_STORAGE/data"
master_spawn sched pf-sched serve
master_wait 'pf-sched serve' test -S "$T/m/sock"
pf-sched cancel "$b" >/dev/null
wait $pid
is "$? $(last "$T/p" completed .status)" '0 cancelled' \
    'who was there hears how it ends'
done_testing
