#!/bin/sh
# Who follows what happens, or a log, outlives the database that he began with.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/httpd.sh
. "$PF_ROOT/t/lib/httpd.sh"

# campaigns NAME N: that many events
campaigns()
{
	awk -v w="$1" -v n="$2" 'BEGIN { for (i = 0; i < n; i++)
	    print "{\"op\":\"campaign\",\"do\":\"create\",\"campaign\":\"" w \
		i "\"}" }' | pf-sched -q apply
}
# ids FILE: of the events of a stream
ids() { grep '^event\|^id' "$1" | grep -A 1000 '^event: reset' |
    sed -n 's/^id: .*\.//p'; }
all_of_it() { [ "$(ids "$T/stream" | tail -n 1)" = "$newest" ]; }
# The newest that is listed; not the rows, for what follows is on its way
newest() { pf-report events | tail -n 1 | cut -f 1; }

master_new
printf '#!/bin/sh\n' >"$T/t1"
chmod +x "$T/t1"
job=$(pf-sched submit -N j -e libfuzzer -t "$T/t1")
campaigns old 2
pf-sched -q snapshot
master_spawn httpd pf-httpd -l 127.0.0.1:0
master_wait pf-httpd test -s "$T/m/httpd.out"
url=$(sed -n 's/^listening //p' "$T/m/httpd.out")
pf-report -n 1 events -f >"$T/events" 2>"$T/events.err" &
events=$!
pf-report log -f "$job" >"$T/log" 2>"$T/log.err" &
log=$!
curl -sS -N -m 120 "$url/api/v1/events" >"$T/stream" 2>/dev/null &
stream=$!
at_end "kill $events $log $stream 2>/dev/null"
ok 'events -f begins' until_true 20 grep -q old1 "$T/events"
ok 'the stream of pf-httpd too' until_true 20 grep -q '^id' "$T/stream"
was=$(sed -n 's/^id: //p' "$T/stream")

# The new one has as many events and more before anybody may have looked: only
# the file tells that it is another.
check 'rebuild' 0 - - pf-sched -q rebuild
campaigns new 20
newest=$(newest)
ok 'events -f goes on with the new one' until_true 20 \
    grep -q 'new19$' "$T/events"
is "$(tail -n +2 "$T/events")" "$(pf-report events)" \
    'with all of its events, each once'
is "$(cat "$T/events.err")" \
    'pf-report: the database was replaced: events begin anew' 'and says so'
ok 'the stream goes on too' until_true 20 all_of_it
is "$(grep -c '^event: reset' "$T/stream")" 1 'it tells of it'
is "$(ids "$T/stream")" "$(seq "$newest")" \
    'with all events, each once'
# Who was away meanwhile, and comes with an id whose number is there again
curl -sS -N -m 60 -H "Last-Event-ID: $was" "$url/api/v1/events" \
    >"$T/again" 2>/dev/null &
again=$!
at_end "kill $again 2>/dev/null"
ok 'the number is one of the new ones' test "${was#*.}" -le "$newest"
ok 'it hears the newest' until_true 20 grep -q "^id: .*\.$newest\$" "$T/again"
is "$(ids "$T/again")" "$(seq "$newest")" 'and all before it, each once'
kill $again
# opened PATTERN PID ...: the files of that name
opened()
{
	pattern=$1
	shift
	for p; do
		find "/proc/$p/fd" -lname "$pattern"
	done
}
is "$(opened '*/aside-*' $events "${master_pids%%:*}")" '' \
    'nobody keeps the old one open'
is "$(opened '*/pandafuzz.db*' $log)" '' 'who follows a log needs none'
ok 'and is there' kill -0 $log
kill $events $log $stream
done_testing
