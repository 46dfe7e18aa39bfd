#!/bin/sh
# pf-httpd: jobs are made, cancelled and archived.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/httpd.sh
. "$PF_ROOT/t/lib/httpd.sh"
need jq sqlite3

master_new
master_start httpd
v=/api/v1/jobs
get() { jq -r "$1" "$T/body"; }
# A file in the storage, by the way of the command line.
printf '#!/bin/sh\n' >"$T/target"
printf seed >"$T/seed"
chmod +x "$T/target"
mkdir "$T/seeds"
cp "$T/seed" "$T/seeds/a"
sha=$(sha256sum "$T/target" | cut -c 1-64)
seed=$(sha256sum "$T/seed" | cut -c 1-64)
pf-sched submit -N first -e libfuzzer -t "$T/target" -s "$T/seeds" >/dev/null
none=$(printf none | sha256sum | cut -c 1-64)

# new [MEMBERS]: a request with what every one needs
new()
{
	json $v "{\"name\":\"n\",\"fuzzer\":\"libfuzzer\",\"target\":\"$sha\"${1:+,$1}}"
}
jobs() { master_sql 'SELECT count(*) FROM jobs'; }

# As a Go program writes it, and as people do.
new '"duration":90000000000,"config":{"duration":0,"memory_limit":536870912,"timeout":2000000,"dictionary":"","seed_corpus":null,"output_dir":"./out"}'
is "$code $(get .status)" '201 pending' 'a job as Go writes it'
job=$(get .id)
is "$(get '[.name, .fuzzer, .target_hash, .config.duration, .config.memory_limit, .config.timeout] | map(tostring) | join(" ")')" \
    "n libfuzzer $sha 90000000000 536870912 2000000" 'has what was asked for'
is "$(get '[.assigned_bot, .started_at] | map(tostring) | join(" ")')" \
    'null null' 'and nobody has it'
like "$(get .created_at)" '^20.*Z$' 'a time'
is "$(pf-report -j job "$job" | jq -r .id)" "$job" 'the command line knows it'
new '"duration":"1h30m","campaign":"c","priority":-5,"args":["-x"],"options":{"a":"b"},"config":{"timeout":"1s","seed_corpus":["'"$seed"'"],"dictionary":{"sha256":"'"$seed"'","name":"d"}}'
is "$code" 201 'a job as people write it'
is "$(get '[.config.duration, .config.timeout, .campaign, .priority, .args[0], .options.a, .config.seed_corpus[0], .config.dictionary] | map(tostring) | join(" ")')" \
    "5400000000000 1000000000 c -5 -x b seed-1 d" 'has all of that'
req GET "$v/$(get .id)"
is "$(get '.blobs[] | select(.kind == "dict") | .name + " " + .sha256')" \
    "d $seed" 'what a name stands for is among its files'
cid=$(master_sql "SELECT id FROM campaigns WHERE name = 'c'")
new "\"campaign_id\":\"$cid\""
is "$code $(get .campaign)" '201 c' 'a campaign by its id'
new '"config":{"duration":"2m"}'
is "$code $(get .config.duration)" '201 120000000000' \
    'a duration where Go has it too'
new
is "$code $(get .config.memory_limit)" '201 0' 'nothing but what is needed'

# The sender's id: the same request has the effect and the answer of one.
new '"id":"r-1"'
first=$(get .id)
is "$code" 201 'a request with an id'
n=$(jobs)
new '"id":"r-1"'
is "$code $(get .id)" "200 $first" 'sent again it is the same job'
new '"id":"r-1","name":"other"'
is "$code" 400 'a name twice'
json $v "{\"name\":\"other\",\"fuzzer\":\"libfuzzer\",\"target\":\"$sha\",\"id\":\"r-1\"}"
is "$code $(member field)" '409 id' 'another job under that id'
body="{\"name\":\"k\",\"fuzzer\":\"libfuzzer\",\"target\":\"$sha\"}"
json $v "$body" -H 'Idempotency-Key: "Some Key"'
is "$code" 201 'an Idempotency-Key'
first=$(get .id)
json $v "$body" -H 'Idempotency-Key: "Some Key"'
is "$code $(get .id)" "200 $first" 'sent again'
json $v "$body" -H 'Idempotency-Key: "some key"'
is "$code $(get .id | grep -c "$first")" '201 0' 'another key, another job'
is "$(jobs)" $((n + 2)) 'so many and no more'
rm -f "$T"/par.*
for i in 1 2 3 4 5 6 7 8; do
	curl -sS -o "$T/par.$i" -H 'Content-Type: application/json' \
	    -H 'Idempotency-Key: par' --data-binary "$body" "$url$v" &
	pids="${pids-} $!"
done
# shellcheck disable=SC2086 # several
wait $pids
is "$(cat "$T"/par.* | jq -r .id | sort -u | wc -l)" 1 'eight at once are one'

# A job that waits for its files.
new '"id":"w","config":{"seed_corpus":[{"sha256":"'"$none"'","name":"s","size":4,"upload":true}]}'
is "$code" 201 'a file that will come'
wait=$(get .id)
check 'explain' 0 '=pending: waiting for upload (1 of 2 files)' - \
    pf-report explain job "$wait"

# refused MEMBERS CODE FIELD PATTERN NAME
n=$(jobs)
refused()
{
	new "$1"
	is "$code $(get .field)" "$2 $3" "$5"
	like "$(get '.error + " " + .details')" "$4" "$5: what to do"
}
refused '"duration":3600' 422 duration \
    '3600 of them less than a millisecond.*"3600s"' 'seconds for nanoseconds'
refused '"duration":1000000' 422 duration '^duration: .*a second to 30 days' \
    'less than a second'
refused '"duration":"31d"' 422 duration 'a second to 30 days' 'a month'
refused '"duration":"soon"' 422 duration 'no duration such as "90s"' \
    'a word for a duration'
refused '"duration":-5' 422 duration 'nanoseconds' 'a negative one'
refused '"duration":1e300' 422 duration 'nanoseconds' 'one beyond all'
refused '"duration":[1]' 422 duration 'nanoseconds' 'a list of them'
refused '"config":{"duration":5}' 422 config.duration 'less than' \
    'the other place of it'
refused '"config":{"timeout":500}' 422 config.timeout \
    'less than a millisecond' 'a timeout in milliseconds'
refused '"config":{"memory_limit":2048}' 422 config.memory_limit \
    'it counts bytes: 512 MiB are 536870912' 'memory in megabytes'
refused '"config":{"memory_limit":"2G"}' 422 config.memory_limit 'integer' \
    'memory as text'
refused '"config":{"max_memory":1}' 422 config.max_memory 'nothing is known' \
    'an unknown member of config'
refused '"config":7' 422 config 'must be an object' 'a number for config'
refused '"config":{"seed_corpus":"a"}' 422 config.seed_corpus 'must be an array' \
    'one seed that is no list'
refused '"config":{"seed_corpus":["./seeds/a"]}' 422 config.seed_corpus \
    'jobs/upload takes the files' 'a path for a seed'
refused "\"config\":{\"dictionary\":\"$none\"}" 404 config.dictionary \
    'is not in the storage' 'a dictionary that is not there'
refused "\"config\":{\"dictionary\":{\"sha256\":\"$seed\",\"size\":9}}" 422 \
    config.dictionary 'size 9' 'a size that is another'
refused "\"config\":{\"dictionary\":{\"sha256\":\"$seed\",\"path\":\"x\"}}" \
    422 config.dictionary.path 'nothing is known of path' 'an unknown member of a blob'
refused '"colour":"red"' 422 colour 'nothing is known' 'an unknown member'
refused '"priority":1000' 422 priority '100' 'a priority too high'
refused '"args":"x"' 422 args 'array' 'arguments that are no list'
refused '"options":{"a":1}' 422 options 'strings' 'an option that is a number'
refused '"id":"../x"' 422 id 'not an id' 'a path for an id'
refused '"campaign":"a\u0000b"' 400 '' 'not JSON' 'a NUL'
refused '"campaign":"a\nb"' 422 campaign 'name' 'a line break in a name'
refused '"campaign_id":"nosuch"' 404 campaign_id 'unknown' \
    'a campaign that is not there'
refused '"campaign":"a","campaign_id":"b"' 422 campaign_id 'exclude' \
    'a campaign twice'
# bad BODY FIELD PATTERN NAME
bad()
{
	json $v "$1"
	is "$code $(get .field)" "422 $2" "$4"
	like "$(get '.error + " " + .details')" "$3" "$4: what to do"
}
bad "{\"fuzzer\":\"libfuzzer\",\"target\":\"$sha\"}" name 'missing' 'no name'
bad "{\"name\":\"n\",\"target\":\"$sha\"}" fuzzer 'missing' 'no engine'
bad '{"name":"n","fuzzer":"libfuzzer"}' target 'missing' 'no target'
bad "{\"name\":\"\",\"fuzzer\":\"libfuzzer\",\"target\":\"$sha\"}" name \
    'name' 'an empty name'
bad "{\"name\":\"n\",\"fuzzer\":\"hongg fuz\",\"target\":\"$sha\"}" fuzzer \
    'not a name of an engine' 'what is no engine'
bad '{"name":"n","fuzzer":"libfuzzer","target":"/bin/true"}' target \
    'POST /api/v1/jobs/upload' 'a path for a target'
json $v "{\"name\":\"n\",\"fuzzer\":\"libfuzzer\",\"target\":\"$none\"}"
is "$code $(get .field)" '404 target' 'a target that is not there'
like "$(get .details)" 'jobs/upload' 'how to bring it'
json $v '[]'
is "$code" 400 'an array'
req POST $v -H 'Content-Type: text/plain' -d x
is "$code" 415 'another type'
is "$(jobs)" "$n" 'no job came of any of these'

# Cancelled, archived.
req PUT "$v/$job/cancel?message=not%20needed"
is "$code $(member status) $(member job_status)" '200 cancelled cancelled' \
    'a job that waits is cancelled'
is "$(master_sql "SELECT message FROM jobs WHERE id = '$job'")" 'not needed' \
    'with the reason'
req POST "$v/$job/cancel"
is "$code $(member status)" '200 cancelled' 'twice is the same'
req PUT "$v/nosuch/cancel"
is "$code" 404 'one that is not there'
req GET "$v/$job/cancel"
is "$code $(sed -n 's/^Allow: //p' "$T/head" | tr -d '\r')" '405 PUT, POST, OPTIONS' \
    'a method that is none'
req DELETE "$v/$first"
is "$code $(member class)" '409 conflict' 'what waits is not archived'
like "$(get .details)" 'cancel' 'what to do'
req DELETE "$v/$job"
is "$code" 204 'what has ended is'
req DELETE "$v/$job"
is "$code" 204 'twice is the same'
ok 'out of the lists' sh -c "! pf-report jobs | grep -q $job"
req DELETE "$v/nosuch"
is "$code" 404 'one that is not there'
bot=$(pf-registry register -H h -e libfuzzer -i i)
req GET "/api/v1/bots/$bot/job?inc=i"
has=$(get .id)
req DELETE "$v/$has"
is "$code" 409 'what a bot has is not archived'
req PUT "$v/$has/cancel"
is "$code $(member job_status)" '200 cancelling' 'its bot is to be told'
json "/api/v1/bots/$bot/heartbeat" \
    "{\"inc\":\"i\",\"job_id\":\"$has\",\"epoch\":$(master_sql "SELECT epoch FROM jobs WHERE id = '$has'"),\"attempt\":1}"
is "$(member cancel)" true 'and is'

# Without a writer nothing is promised.
for p in $master_pids; do
	case $p in
	*:sched)	kill "${p%%:*}"; wait "${p%%:*}" ;;
	*)	rest="${rest-} $p" ;;
	esac
done
master_pids=$rest
new
is "$code" 503 'no writer'
like "$(cat "$T/head")" 'Retry-After' 'come again'
req PUT "$v/$job/cancel"
is "$code" 503 'nor is anything cancelled'
done_testing
