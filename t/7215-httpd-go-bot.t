#!/bin/sh
# pf-httpd: a bot that was written against the Go program, which knows of no
# tokens and names its job nowhere but in heartbeats, works from end to end.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/httpd.sh
. "$PF_ROOT/t/lib/httpd.sh"
need jq sqlite3 unzip

master_new
master_start httpd
v=/api/v1
get() { jq -r "$1" "$T/body"; }
now=2026-11-26T10:00:00.123456789Z
# beat [JOB]: a heartbeat as Go writes it
beat()
{
	json "$v/bots/$bot/heartbeat" "{\"status\":\"${1:+busy}${1:-idle}\",\"current_job\":${1:+\"}${1:-null}${1:+\"},\"last_activity\":\"$now\"}"
}
state() { master_sql "SELECT status FROM jobs WHERE id = '$1'"; }

# A job, with its files.
printf '#!/bin/sh\n' >"$T/target"
printf seed >"$T/seed"
printf 'another seed' >"$T/seed2"
upload()
{
	req POST $v/jobs/upload \
	    -F 'job_metadata={"name":"go","target":"/srv/fuzz_me","fuzzer":"libfuzzer","duration":3600000000000,"config":{"duration":3600000000000,"memory_limit":1073741824,"timeout":1000000000,"dictionary":"","seed_corpus":[],"output_dir":"/tmp/out"}}' \
	    -F "target_binary=@$T/target" -F "seed_corpus[]=@$T/seed" \
	    -F "seed_corpus[]=@$T/seed2"
	job=$(get .id)
}
upload
is "$code $(get .status)" '201 pending' 'a job'
pf-ingest -q

# Registered.
register()
{
	json $v/bots/register '{"hostname":"old","name":"old-1","capabilities":["aflplusplus","libfuzzer","corpus_sync"],"api_endpoint":"http://old.example:9049"}'
	bot=$(get .bot_id)
}
register
is "$code $(get .status)" '201 registered' 'a bot'
# later MEMBER: seconds from the answer to that time; Go reads no other kind
later()
{
	jq -r "(.timestamp, .$1) | strings" "$T/body" | {
		read -r later_a && read -r later_b || exit 0
		printf '%s\n' $(($(date -d "$later_b" +%s) - $(date -d "$later_a" +%s)))
	}
}
like "$(later timeout)" '^(4[0-9]|5[0-9])$' 'a time: when it is taken for dead'
first=$bot
beat
is "$code $(get .status)" '200 ok' 'an idle one'
like "$(later timeout)" '^(4[0-9]|5[0-9])$' 'with such a time as well'

# Its job.
req GET "$v/bots/$bot/job" -H "X-Bot-ID: $bot" \
    -H "User-Agent: PandaFuzz-Bot/$bot"
is "$code $(get .id)" "200 $job" 'gets the job'
is "$(get '[.name, .target, .fuzzer, .assigned_bot, .config.duration, .config.memory_limit, .config.timeout, .config.seed_corpus[0]] | map(tostring) | join(" ")')" \
    "go fuzz_me libfuzzer $bot 3600000000000 1073741824 1000000000 seed" \
    'as Go reads it'
is "$(state "$job")" assigned 'which is its own'
# It ends a job whose timeout_at is over with the next poll; its duration is an
# hour, the grace five minutes.
like "$(later timeout_at)" '^37(49|50|51)$' 'with time enough'
is "$(get '[.created_at, .started_at, .completed_at, .progress] | map(type) | join(" ")')" \
    'string null null number' 'and the rest of a Job'
is "$(get .progress)" 0 'which has just begun'
req GET "$v/bots/$bot/job"
is "$(get '.id + " " + (.again | tostring)')" "$job true" \
    'asked again it is the same'
register
is "$code $bot" "200 $first" 'after a restart it is the same bot'
req GET "$v/bots/$bot/job"
is "$(get .id)" "$job" 'with the same job'
sha=$(get '.blobs[] | select(.kind == "target") | .sha256')
req GET "$v/blobs/$sha"
ok 'the target comes' cmp "$T/body" "$T/target"

req GET "$v/jobs/$job/binary/download" -H "X-Bot-ID: $bot"
ok 'by its own route too' cmp "$T/body" "$T/target"
# What it begins with comes as a zip, status 404 is none.
bot_seeds()
{
	req GET "$v/jobs/$job/corpus/download" -H "X-Bot-ID: $bot"
}
bot_seeds
is "$code $(sed -n 's/^Content-Type: \([^;\r]*\).*/\1/p' "$T/head" | tr -d '\r')" \
    '200 application/zip' 'its seeds come'
mkdir "$T/input"
ok 'as a zip that is right' unzip -q "$T/body" -d "$T/input"
is "$(cat "$T/input"/* | sort)" "$(cat "$T/seed" "$T/seed2" | sort)" \
    'with both of them'
is "$(cd "$T/input" && sha256sum -- * | sed 's/  .*//' | sort | tr '\n' ' ')" \
    "$(cd "$T/input" && printf '%s ' *)" 'each called after its hash'
req GET "$v/jobs/nobody/corpus/download" -H "X-Bot-ID: $bot"
is "$code" 404 'of no job'
req HEAD "$v/jobs/$job/corpus/download" -I -H "X-Bot-ID: $bot"
is "$code" 200 'HEAD'

# It is alive.
beat "$job"
is "$code $(get .bot_status) $(get .cancel)" '200 busy false' 'a heartbeat'
is "$(state "$job")" running 'the job runs'
req GET "$v/bots/$bot/job"
is "$(get '.started_at | type') $(get .id) $(get .status)" \
    "string $job running" 'since when'
like "$(get "((.timeout_at, .started_at) | sub(\"[.][0-9]+Z\"; \"Z\") | fromdate)" |
    { read -r end && read -r start && echo $((end - start)); })" \
    '^37(49|50|51)$' 'its time counts from there'
beat other
is "$code $(get .class)" '409 stale' 'of another job'
json "$v/bots/$bot/heartbeat" "{\"current_job\":\"$job\",\"attempt\":9,\"epoch\":9}"
is "$code" 409 'a token counts if there is one'
json "$v/bots/$bot/heartbeat" "{\"current_job\":\"$job\",\"epoch\":1}"
is "$code $(get .field)" '422 attempt' 'half a token is none'
beat
is "$code" 200 'one without its job'
is "$(state "$job")" running 'takes nothing from it'

# What it found.
printf boom >"$T/crash"
json $v/results/crash "{\"job_id\":\"$job\",\"bot_id\":\"$bot\",\"hash\":\"$(sha256sum "$T/crash" | cut -c 1-64)\",\"file_path\":\"crashes/x\",\"type\":\"segfault\",\"signal\":11,\"exit_code\":139,\"timestamp\":\"$now\",\"size\":4,\"is_unique\":true,\"output\":\"\",\"stack_trace\":\"\",\"input\":\"$(base64 "$T/crash")\"}"
case $code in
404 | 405)
	skip 'no request for a crash here'
	mkpack crash "$job" "$bot" -i '' -f type=segfault -f signal=11 \
	    "$T/crash" >"$T/pack"
	pack "$T/pack"
	;;
esac
like "$code" '^20' 'a crash arrives'
pf-ingest -q
is "$(master_sql "SELECT count(*) FROM crashes WHERE job_id = '$job'")" 1 \
    'and is filed'

# It is done.
json "$v/bots/$bot/job/complete" \
    "{\"success\":true,\"timestamp\":\"$now\",\"message\":\"all done\"}"
is "$code $(get .acknowledged) $(get .job_id) $(get .status)" \
    "200 true $job completed" 'completes what it holds'
is "$(state "$job")" completed 'the job has ended'
is "$(master_sql "SELECT message FROM jobs WHERE id = '$job'")" 'all done' \
    'with its message'
# The answer may have been lost: it does not name its job then either.
ended=$(master_sql "SELECT count(*) FROM events")
for again in "{\"success\":true,\"timestamp\":\"$now\",\"message\":\"all done\"}" \
    "{\"success\":true,\"timestamp\":\"2026-11-26T10:01:00Z\"}" \
    '{"success":false,"message":"Job cancelled or reassigned"}'; do
	json "$v/bots/$bot/job/complete" "$again"
	is "$code $(get '"\(.acknowledged) \(.job_id) \(.status) \(.replay)"')" \
	    "200 true $job completed true" 'once more it is the same'
done
is "$(state "$job") $(master_sql "SELECT message FROM jobs WHERE id = '$job'")" \
    'completed all done' 'nothing has changed'
is "$(master_sql "SELECT count(*) FROM events")" "$ended" 'and nothing happened'
json $v/bots/register '{"hostname":"idler","capabilities":["afl++"]}'
json "$v/bots/$(get .bot_id)/job/complete" '{"success":true}'
is "$code $(get .class)" '409 stale' 'one that never held any'
like "$(get .error)" 'does not hold a job' 'says so'
json "$v/bots/$bot/job/complete" "{\"success\":true,\"job_id\":\"$job\"}"
is "$code $(get .replay)" '200 true' 'repeated with its name it is the same'
json "$v/bots/$bot/job/complete" "{\"success\":false,\"job_id\":\"$job\"}"
is "$code" 409 'but not another end'
beat "$job"
is "$code" 409 'nor is it alive again'
req GET "$v/bots/$bot/job"
is "$code $(get .status)" '200 no_jobs_available' 'no other job'

# One that fails, unstarted; one that is cancelled.
upload
req GET "$v/bots/$bot/job"
json "$v/bots/$bot/job/complete" "{\"timestamp\":\"$now\"}"
is "$code $(get .field)" '422 success' 'how did it end'
json "$v/bots/$bot/job/complete" \
    "{\"success\":false,\"timestamp\":\"$now\",\"message\":\"no such engine\"}"
is "$code $(get .job_id) $(state "$job")" "200 $job failed" \
    'one that does not even start'
json "$v/bots/$bot/job/complete" "{\"success\":false,\"timestamp\":\"$now\"}"
is "$code $(get '"\(.job_id) \(.status) \(.replay)"')" "200 $job failed true" \
    'the last one is meant'
upload
req GET "$v/bots/$bot/job"
beat "$job"
req PUT "$v/jobs/$job/cancel"
beat "$job"
is "$code $(get .cancel)" '200 true' 'a heartbeat tells that it is cancelled'
req GET "$v/bots/$bot/job"
is "$code $(get .id) $(get .status)" "200 $job cancelled" \
    'and so does a poll, which is all that it looks at'
json "$v/bots/$bot/job/complete" "{\"success\":true,\"timestamp\":\"$now\"}"
is "$code $(get .status) $(state "$job")" '200 cancelled cancelled' \
    'and ends as that'
upload
req GET "$v/bots/$bot/job"
is "$(get .status)" assigned 'another job'
req PUT "$v/jobs/$job/cancel"
req GET "$v/bots/$bot/job"
is "$(get .id) $(get .status)" "$job cancelled" 'cancelled before it started'
json "$v/bots/$bot/job/complete" "{\"success\":false,\"timestamp\":\"$now\",\"message\":\"Job cancelled by master\"}"
is "$code $(get .status) $(state "$job")" '200 cancelled cancelled' 'ends too'
req GET "$v/bots/$bot/job"
is "$(get .status)" no_jobs_available 'and is polled no more'

# Its lease is over, another bot has the job: it can do nothing to it.
upload
req GET "$v/bots/$bot/job"
beat "$job"
old=$bot
req DELETE "$v/bots/$old"
json $v/bots/register '{"hostname":"new","capabilities":["libfuzzer"],"api_endpoint":"http://new:1"}'
bot=$(get .bot_id)
req GET "$v/bots/$bot/job"
is "$(get .id)" "$job" 'another has its job'
beat "$job"
json "$v/bots/$old/job/complete" '{"success":true}'
is "$code" 404 'one that left'
json $v/bots/register '{"hostname":"third","capabilities":["libfuzzer"]}'
third=$(get .bot_id)
json "$v/bots/$third/job/complete" "{\"success\":true,\"job_id\":\"$job\"}"
is "$code $(get .field)" '409 job_id' 'one that never had it'
json "$v/bots/$third/heartbeat" "{\"current_job\":\"$job\"}"
is "$code" 409 'nor is alive with it'
is "$(state "$job")" running 'it runs on'

# Several on a machine have names; without, the second is the first that comes
# again.
one='{"hostname":"many","capabilities":["libfuzzer"]'
json $v/bots/register "$one}"
first=$(get .bot_id)
json $v/bots/register "$one}"
is "$code $(get .bot_id) $(get .created)" "200 $first false" \
    'who comes again is the same'
for name in many-1 many-2; do
	json $v/bots/register "$one,\"name\":\"$name\"}"
	is "$code $(get .created)" '201 true' "but not $name"
done
json $v/bots/register "$one,\"name\":\"many\"}"
is "$(get .bot_id)" "$first" 'no name is that of the host'

# Who knows of tokens has to show them.
json $v/bots/register '{"hostname":"tok","capabilities":["libfuzzer"],"inc":"i1"}'
bot=$(get .bot_id)
upload
req GET "$v/bots/$bot/job?inc=i1"
is "$(get .id)" "$job" 'a bot with an inc'
json "$v/bots/$bot/job/complete" '{"success":true,"inc":"i1"}'
is "$code $(get .field)" '422 job_id' 'must name its job'
json "$v/bots/$bot/job/complete" "{\"success\":true,\"job_id\":\"$job\"}"
is "$code $(get .field)" '422 epoch' 'and its token'
json "$v/bots/$bot/heartbeat" "{\"current_job\":\"$job\"}"
is "$code $(get .field)" '422 epoch' 'in a heartbeat too'
is "$(state "$job")" assigned 'nothing came of these'
done_testing
