#!/bin/sh
# pf-httpd: a bot that was written against the Go program, which knows of no
# tokens and names its job nowhere but in heartbeats, works from end to end.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/httpd.sh
. "$PF_ROOT/t/lib/httpd.sh"
need jq sqlite3

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
upload()
{
	req POST $v/jobs/upload \
	    -F 'job_metadata={"name":"go","target":"/srv/fuzz_me","fuzzer":"libfuzzer","duration":3600000000000,"config":{"duration":3600000000000,"memory_limit":1073741824,"timeout":1000000000,"dictionary":"","seed_corpus":[],"output_dir":"/tmp/out"}}' \
	    -F "target_binary=@$T/target" -F "seed_corpus[]=@$T/seed"
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
like "$(get .timeout) $(get .timestamp)" '^[0-9]+0{6} 20' \
    'when it is taken for dead'
first=$bot
beat
is "$code $(get .status)" '200 ok' 'an idle one'

# Its job.
req GET "$v/bots/$bot/job" -H "X-Bot-ID: $bot" \
    -H "User-Agent: PandaFuzz-Bot/$bot"
is "$code $(get .id)" "200 $job" 'gets the job'
is "$(get '[.name, .target, .fuzzer, .assigned_bot, .config.duration, .config.memory_limit, .config.timeout, .config.seed_corpus[0]] | map(tostring) | join(" ")')" \
    "go fuzz_me libfuzzer $bot 3600000000000 1073741824 1000000000 seed" \
    'as Go reads it'
is "$(state "$job")" assigned 'which is its own'
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

# It is alive.
beat "$job"
is "$code $(get .bot_status) $(get .cancel)" '200 busy false' 'a heartbeat'
is "$(state "$job")" running 'the job runs'
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
json "$v/bots/$bot/job/complete" "{\"success\":true,\"timestamp\":\"$now\"}"
is "$code $(get .class)" '409 stale' 'it holds nothing more'
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
upload
req GET "$v/bots/$bot/job"
beat "$job"
req PUT "$v/jobs/$job/cancel"
beat "$job"
is "$code $(get .cancel)" '200 true' 'hears that it is cancelled'
json "$v/bots/$bot/job/complete" "{\"success\":true,\"timestamp\":\"$now\"}"
is "$code $(state "$job")" '200 cancelled' 'and ends as that'

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
