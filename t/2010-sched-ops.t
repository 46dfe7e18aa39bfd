#!/bin/sh
# Op lines: the life of a bot and a job, and what is refused on the way.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sched.sh
. "$PF_ROOT/t/lib/sched.sh"
need jq sqlite3

sched_new ''
before=$(sql 'SELECT count(*) FROM events')

# refused CLASS FIELD LINE NAME
refused()
{
	printf '%s\n' "$3" >"$T/in"
	run pf-sched apply <"$T/in"
	ran 65 "$4"
	is "$(jq -r '[.ok, .class, .field // "-"] | join(" ")' "$T/out")" \
	    "false $1 $2" "$4: class and field"
}
refused usage - 'hello' 'not JSON'
refused usage - '[1]' 'not an object'
refused usage - '{"op":"tick"} x' 'bytes after the object'
refused usage - '{"op":"tick","op":"tick"}' 'a key twice'
refused usage v '{"v":2,"op":"tick"}' 'another version'
refused data op '{"v":1}' 'no op'
refused usage op '{"op":"frobnicate"}' 'an unknown op'
refused data hostname '{"op":"register","capabilities":["afl"]}' 'no host name'
refused data capabilities '{"op":"register","hostname":"h"}' 'no capabilities'
refused data capabilities '{"op":"register","hostname":"h","capabilities":[]}' \
    'an empty list of them'
refused data capabilities \
    '{"op":"register","hostname":"h","capabilities":["a b"]}' 'a bad name'
refused data capabilities "{\"op\":\"register\",\"hostname\":\"h\",\"capabilities\":[$(
	seq 33 | sed 's/.*/"e&"/' | paste -sd , )]}" 'more than there may be'
refused data name \
    '{"op":"register","hostname":"h","name":"a\u0007","capabilities":["afl"]}' \
    'a bell in a name'
refused data inc \
    '{"op":"register","hostname":"h","inc":"../x","capabilities":["afl"]}' \
    'an incarnation that is a path'
refused notfound bot '{"op":"heartbeat","bot":"nobody"}' 'an unknown bot'
refused data bot '{"op":"heartbeat","bot":"../../etc"}' 'an id that is a path'
refused notfound bot '{"op":"claim","bot":"nobody"}' 'a claim of nobody'
refused notfound job '{"op":"cancel","job":"nothing"}' 'an unknown job'
refused data name '{"op":"submit","engine":"afl"}' 'a job without a name'
refused data target '{"op":"submit","name":"n","engine":"afl"}' \
    'a job without a target'
hash=$(printf x | sha256sum | cut -c 1-64)
refused notfound target "{\"op\":\"submit\",\"name\":\"n\",\"engine\":\"afl\",\"target\":{\"sha256\":\"$hash\",\"name\":\"t\"}}" \
    'a blob that is not there'
refused data priority '{"op":"submit","name":"n","engine":"afl","priority":101}' \
    'a priority out of range'
refused data duration_ms '{"op":"submit","name":"n","engine":"afl","duration_ms":"1"}' \
    'a duration without a unit'
refused data boot '{"op":"tick"}' 'a tick of no boot'
refused data what '{"op":"expire"}' 'an expiry of nothing'
refused data rows '{"op":"crash"}' 'results without rows'
is "$(sql 'SELECT count(*) FROM events')" "$before" 'none of it left a trace'

# One bot, one job, from the beginning to the end.
bot one '["AFL","libFuzzer","aflplusplus"]'
like "$bot" '^[0-9a-f-]{36}$' 'a bot gets an id'
is "$(get .created)" true 'it is new'
is "$(get '.lease_ms < 60000')" true 'it gives up before the reaper may'
is "$(sql 'SELECT capabilities FROM bots')" '["afl++","libfuzzer"]' \
    'names of engines become one, and each is there once'
one=$bot
bot one '["libfuzzer"]'
is "$bot" "$one" 'a known bot keeps its id'
is "$(get .created)" false 'and is not new'
op "{\"op\":\"claim\",\"bot\":\"$one\",\"inc\":\"i-one\"}"
is "$(get .job)" null 'no job yet'
job -d 90s
op "{\"op\":\"claim\",\"bot\":\"$one\",\"inc\":\"i-one\"}"
is "$(get .job.id)" "$job" 'the job is given'
is "$(get '[.epoch, .attempt, .again] | join(" ")')" '1 1 false' 'its token'
is "$(get '[.job.started_at, (.job.created_at | type)] | tojson')" \
    '[null,"number"]' 'it has not run'
op "{\"op\":\"claim\",\"bot\":\"$one\",\"inc\":\"i-one\"}"
is "$(get '[.job.id, .attempt, .again] | join(" ")')" "$job 1 true" \
    'asking twice gets the same job'
bot two '["libfuzzer"]'
two=$bot
op "{\"op\":\"claim\",\"bot\":\"$two\"}"
is "$(get .job)" null 'nobody else gets it'
token="\"bot\":\"$one\",\"job\":\"$job\",\"epoch\":1"
refused data attempt "{\"op\":\"heartbeat\",$token}" 'half a token'
refused stale attempt "{\"op\":\"heartbeat\",$token,\"attempt\":2}" \
    'a token never given'
refused stale inc "{\"op\":\"heartbeat\",\"inc\":\"other\",$token,\"attempt\":1}" \
    'another incarnation'
refused stale attempt \
    "{\"op\":\"complete\",\"bot\":\"$two\",\"job\":\"$job\",\"epoch\":1,\"attempt\":1,\"result\":\"completed\"}" \
    'the job of another bot'
op "{\"op\":\"heartbeat\",$token,\"attempt\":1}"
is "$(get .cancel)" false 'a heartbeat keeps the lease'
is "$(sql "SELECT status FROM jobs")" running 'and makes the job running'
op "{\"op\":\"claim\",\"bot\":\"$one\",\"inc\":\"i-one\"}"
is "$(get '.job.started_at')" "$(sql 'SELECT started_at FROM jobs')" \
    'who asks again hears since when'
refused data result "{\"op\":\"complete\",$token,\"attempt\":1,\"result\":\"fine\"}" \
    'a result that is none'
op "{\"op\":\"complete\",$token,\"attempt\":1,\"result\":\"completed\"}"
is "$(get '[.status, .replay] | join(" ")')" 'completed false' 'it completes'
op "{\"op\":\"complete\",$token,\"attempt\":1,\"result\":\"completed\"}"
is "$(get '[.status, .replay] | join(" ")')" 'completed true' \
    'and again, with the same answer'
refused stale attempt "{\"op\":\"complete\",$token,\"attempt\":1,\"result\":\"failed\"}" \
    'but not otherwise'
refused conflict - "{\"op\":\"cancel\",\"job\":\"$job\"}" \
    'what is over cannot be cancelled'

# Cancel, hand back.
job
op "{\"op\":\"cancel\",\"job\":\"$job\"}"
is "$(get .status)" cancelled 'a pending job ends at once'
job
op "{\"op\":\"claim\",\"bot\":\"$one\"}"
op "{\"op\":\"cancel\",\"job\":\"$job\"}"
is "$(get .status)" cancelling 'a running one is told'
token="\"bot\":\"$one\",\"job\":\"$job\",\"epoch\":1,\"attempt\":1"
op "{\"op\":\"heartbeat\",$token}"
is "$(get .cancel)" true 'by the reply to its heartbeat'
op "{\"op\":\"complete\",$token,\"result\":\"cancelled\"}"
is "$(sql "SELECT status FROM jobs WHERE id = '$job'")" cancelled \
    'and ends as cancelled'
job
op "{\"op\":\"claim\",\"bot\":\"$one\"}"
token="\"bot\":\"$one\",\"job\":\"$job\",\"epoch\":1,\"attempt\":1"
op "{\"op\":\"handback\",$token}"
op "{\"op\":\"handback\",$token}"
is "$(get .replay)" true 'handing back twice is once'
is "$(sql "SELECT status || strikes FROM jobs WHERE id = '$job'")" pending0 \
    'what is handed back waits again, without a strike'
op "{\"op\":\"claim\",\"bot\":\"$one\"}"
is "$(get .attempt)" 2 'the next lease has another token'
op "{\"op\":\"handback\",\"bot\":\"$one\",\"job\":\"$job\",\"epoch\":1,\"attempt\":2}"
op "{\"op\":\"register\",\"hostname\":\"h\",\"name\":\"one\",\"inc\":\"new\",\"capabilities\":[\"libfuzzer\"]}"
is "$(get .ok)" true 'a bot without memory and without a job comes again'
op "{\"op\":\"drain\",\"bot\":\"$one\"}"
op "{\"op\":\"claim\",\"bot\":\"$one\"}"
like "$(get .why)" draining 'a draining bot gets no job, and is told why'
refused conflict - "{\"op\":\"reset\",\"bot\":\"$one\"}" \
    'only what failed is reset'
op "{\"op\":\"deregister\",\"bot\":\"$one\"}"
refused notfound bot "{\"op\":\"heartbeat\",\"bot\":\"$one\"}" \
    'a deregistered bot is unknown'
is "$(sql 'SELECT count(*) FROM assignments a JOIN assignments b USING (job_id, epoch, attempt) WHERE a.bot_id <> b.bot_id')" \
    0 'no token was given twice'

# Which job is next: fair between campaigns, then priority, then age.
op "{\"op\":\"cancel\",\"job\":\"$job\"}"
for j in 'a -C x' 'b -C x -p 5' 'c -C y' 'd -C y -p -5'; do
	# shellcheck disable=SC2086
	pf-sched submit -e afl++ -t /bin/true -N $j >/dev/null
done
order=
for n in 1 2 3 4 5; do
	bot "f$n" '["afl++"]'
	op "{\"op\":\"claim\",\"bot\":\"$bot\"}"
	order="$order$(get '.job.name // "-"')"
done
is "$order" bcad- 'turns of campaigns, priorities within'
bot lf '["libfuzzer"]'
job
bot af '["afl"]'
op "{\"op\":\"claim\",\"bot\":\"$bot\"}"
is "$(get .job)" null 'a job goes only to a bot that can run it'

# No more at the same time than the configuration allows.
live=$(sql "SELECT count(*) FROM jobs WHERE status IN ('assigned', 'running')")
printf '[limits]\nmax_concurrent_jobs = %d\n' "$live" >>"$PF_CONF"
bot full '["libfuzzer"]'
op "{\"op\":\"claim\",\"bot\":\"$bot\"}"
like "$(get .why)" max_concurrent_jobs 'a full master gives no job'
sed -i 's/^max_concurrent_jobs.*/max_concurrent_jobs = 1000/' "$PF_CONF"
op "{\"op\":\"claim\",\"bot\":\"$bot\"}"
is "$(get .job.id)" "$job" 'one that is not does'
job

# The counters say what is there.
is "$(sql "SELECT sum(value) FROM counters WHERE name LIKE 'jobs_%'")" \
    "$(sql 'SELECT count(*) FROM jobs')" 'counters of jobs'
is "$(sql "SELECT sum(value) FROM counters WHERE name LIKE 'bots_%'")" \
    "$(sql 'SELECT count(*) FROM bots WHERE gone_at IS NULL')" \
    'counters of bots'

# Results count once by rid; an unknown job is refused alone.
bot res '["libfuzzer"]'
rid=$(printf r | sha256sum | cut -c 1-64)
rid2=$(printf s | sha256sum | cut -c 1-64)
row="\"bot\":\"$bot\",\"time\":5,\"hash\":\"$hash\",\"size\":1"
op "{\"op\":\"crash\",\"rows\":[{\"rid\":\"$rid\",\"job\":\"$job\",$row,\"type\":\"abort\"},{\"rid\":\"$rid2\",\"job\":\"nothing\",$row}]}"
is "$(get '[.rows[0].new, .rows[0].unique, .rows[0].late, .rows[1].class] | join(" ")')" \
    'true true true notfound' 'one row filed, its neighbour refused'
crash=$(get '.rows[0].id')
op "{\"op\":\"crash\",\"rows\":[{\"rid\":\"$rid\",\"job\":\"$job\",$row}]}"
is "$(get '[.rows[0].new, .rows[0].unique, .rows[0].id] | join(" ")')" \
    "false true $crash" 'a replay is answered alike'
op "{\"op\":\"crash\",\"rows\":[{\"rid\":\"$rid2\",\"job\":\"$job\",$row}]}"
is "$(get '[.rows[0].new, .rows[0].unique, .rows[0].count] | join(" ")')" \
    'true false 2' 'the same input again is counted'
is "$(sql "SELECT count(*) || ' ' || sum(count) FROM crashes")" '1 2' \
    'one crash, seen twice'
refused data rows "{\"op\":\"corpus\",\"rows\":{}}" 'rows that are none'
done_testing
