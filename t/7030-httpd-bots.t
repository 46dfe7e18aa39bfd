#!/bin/sh
# pf-httpd between a bot and the writer: the life of a bot and of its job.
. "$(dirname "$0")/lib/tap.sh"
. "$(dirname "$0")/lib/httpd.sh"

master
rm -r "$T/m" "$T/s"
run pf-sched init
ran 0 'a master'
sched()
{
	pf-sched serve >"$T/sched.out" 2>&1 &
	sched=$!
	until_true 5 test -S "$T/sock" || fail 'pf-sched serves'
}
sched_end()
{
	kill "$sched"
	wait "$sched"
}
sched
httpd
# shellcheck disable=SC2016
at_end 'kill $sched $httpd 2>/dev/null'
v=/api/v1

new='{"hostname":"h1","name":"h1-0","capabilities":["libfuzzer"],"inc":"i1"'
json $v/bots/register "$new}"
is "$code $(member status) $(member created)" '201 registered true' 'a new bot'
bot=$(member bot_id)
like "$(member timeout)" "^20[0-9-]*T[0-9:.]*Z$" 'timeout is a time'
json $v/bots/register "$new,\"api_endpoint\":\"http://h1:1\"}"
is "$code $(member bot_id)" "200 $bot" 'the same bot again'
json $v/bots/register '{"capabilities":["libfuzzer"]}'
is "$code $(member class) $(member field)" '422 data hostname' 'no host name'
json $v/bots/register '{"hostname":"h1"}'
is "$code $(member field)" '422 capabilities' 'no capabilities'
json $v/bots/register '{"hostname":"h1","capabilities":"all"}'
is "$code $(member field)" '422 capabilities' 'capabilities that are no list'
json $v/bots/register '{"hostname":"h1\nx","capabilities":["libfuzzer"]}'
is "$code $(member field)" '422 hostname' 'a host name with a line break'

json "$v/bots/$bot/heartbeat" '{"inc":"i1","status":"idle"}'
is "$code $(member status) $(member bot_status)" '200 ok idle' 'a heartbeat'
json "$v/bots/nobody/heartbeat" '{"inc":"i1"}'
is "$code $(member class)" '404 notfound' 'of an unknown bot'
json "$v/bots/$bot/heartbeat" '{"inc":"i2"}'
is "$code" 409 'of another incarnation'
json "$v/bots/$bot/heartbeat" '{"inc":"i1","current_job":"none","epoch":1,"attempt":1}'
is "$code" 409 'of a job it does not have'

req GET "$v/bots/$bot/job?inc=i1"
is "$code $(member status)" '200 no_jobs_available' 'no job'
like "$(member message)" '.' 'and the reason'
req GET "$v/bots/$bot/job?inc=i1" -H 'Prefer: return=minimal'
is "$code $(wc -c <"$T/body" | tr -d ' ')" '204 0' 'or nothing, if asked for'
req GET "$v/bots/$bot/job?inc=i1" -H 'Prefer: return=representation'
is "$code" 200 'which this does not'
req GET "$v/bots/$bot/job?inc=i2" -H 'Prefer: return=minimal'
is "$code" 409 'an error is one'
printf '#!/bin/sh\n' >"$T/target"
chmod +x "$T/target"
mkdir "$T/seeds"
echo seed >"$T/seeds/one"
job=$(pf-sched submit -N try -e libfuzzer -t "$T/target" -s "$T/seeds" -d 90s)
req GET "$v/bots/$bot/job?inc=i%31" -H 'Prefer: return=minimal'
is "$code $(member again)" '200 false' 'a job'
like "$(cat "$T/body")" "\"id\":\"$job\",\"name\":\"try\"" 'this one'
like "$(cat "$T/body")" '"config":\{"duration":90000000000,' 'in nanoseconds'
like "$(member created_at) $(member work_dir)" "^20.*Z jobs/$job\$" \
    'since when it waits, and where it works'
like "$(cat "$T/body")" '"seed_corpus":\["one"\]' 'with the names of its seeds'
epoch=$(member epoch) attempt=$(member attempt)
blob=$(sed 's/.*"kind":"seed","name":"one","sha256":"\([0-9a-f]*\)".*/\1/' \
    "$T/body")
req GET "$v/bots/$bot/job?inc=i1"
is "$code $(member again) $(member attempt)" "200 true $attempt" \
    'the same one again'
req GET "$v/blobs/$blob"
ok 'its seed' cmp "$T/body" "$T/seeds/one"
req GET "$v/bots/$bot/job?inc=%00"
is "$code" 400 'an escaped NUL'

t="\"job_id\":\"$job\",\"epoch\":$epoch,\"attempt\":$attempt,\"inc\":\"i1\""
old="\"job_id\":\"$job\",\"epoch\":$epoch,\"attempt\":99,\"inc\":\"i1\""
b=$v/bots/$bot
json "$b/job/start" "{$old}"
is "$code $(member class)" '409 stale' 'a start under another token'
json "$b/job/start" "{$t}"
is "$code $(member acknowledged)" '200 true' 'the start'
json "$b/heartbeat" "{$t}"
is "$code $(member bot_status) $(member cancel)" '200 busy false' 'busy'
json "$b/job/handback" "{$t,\"message\":\"not now\"}"
is "$code $(member status)" '200 pending' 'given back'
json "$b/job/complete" "{$t,\"success\":true}"
is "$code $(member class)" '409 stale' 'and no longer its job'
req GET "$b/job?inc=i1"
attempt=$(member attempt)
t="\"job_id\":\"$job\",\"epoch\":$epoch,\"attempt\":$attempt,\"inc\":\"i1\""
json "$b/job/complete" "{$t,\"success\":true,\"result\":\"won\"}"
is "$code $(member field)" '422 result' 'a result that is none'
json "$b/job/complete" "{$t,\"success\":true,\"message\":\"fine\"}"
is "$code $(member acknowledged) $(member status)" '200 true completed' 'done'
json "$b/job/complete" "{$t,\"success\":true,\"message\":\"fine\"}"
is "$code $(member replay)" '200 true' 'said again, answered alike'

# The writer goes and comes.
sched_end
json "$b/heartbeat" '{"inc":"i1"}'
is "$code $(member class)" '503 busy' 'the writer is gone'
like "$(cat "$T/head")" 'Retry-After: [0-9]' 'and when to come again'
sched
json "$b/heartbeat" '{"inc":"i1"}'
is "$code" 200 'the writer is back'
sched_end
sched
json "$b/heartbeat" '{"inc":"i1"}'
is "$code" 200 'a new writer behind an old connection'

req DELETE "$b"
is "$code $(wc -c <"$T/body" | tr -d ' ')" '204 0' 'the bot leaves'
json "$b/heartbeat" '{"inc":"i1"}'
is "$code" 404 'and is unknown'
req DELETE "$b"
is "$code" 204 'who asks again hears that it has left'
req DELETE $v/bots/nobody
is "$code $(member field)" '404 bot_id' 'who never was cannot leave'
httpd_stop
is "$(cat "$T/h.err")" '' 'pf-httpd said nothing'
done_testing
