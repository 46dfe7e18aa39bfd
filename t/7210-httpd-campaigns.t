#!/bin/sh
# pf-httpd: campaigns are made, weighed, paused and finished.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/httpd.sh
. "$PF_ROOT/t/lib/httpd.sh"
need jq sqlite3

master_new
master_start httpd
v=/api/v1/campaigns
get() { jq -r "$1" "$T/body"; }
# send METHOD ID BODY
send()
{
	req "$1" "$v/$2" -H 'Content-Type: application/json' --data-binary "$3"
}
n=$(master_sql 'SELECT count(*) FROM campaigns')

json $v '{"name":"Nightly run","weight":3}'
is "$code $(get '[.name, .status, .weight, .pending_jobs] | map(tostring) | join(" ")')" \
    '201 Nightly run active 3 0' 'a campaign'
id=$(get .id)
json $v '{"name":"Nightly run","weight":3}'
is "$code $(get .id)" "200 $id" 'the same once more'
json $v '{"name":"Nightly run"}'
is "$code $(get .field)" '409 name' 'another weight'
json $v '{"name":"go","description":"","tags":[],"max_jobs":0,"max_duration":0,"auto_restart":false,"shared_corpus":true,"job_template":{},"target_binary":"","start_after_create":false}'
is "$code $(get .status)" '201 paused' 'as Go writes one with nothing in it'
paused=$(get .id)
json $v '{"name":"go","start_after_create":false}'
is "$code $(get .id)" "200 $paused" 'once more'
is "$(master_sql 'SELECT count(*) FROM campaigns')" $((n + 2)) 'there are two'
is "$(pf-report -j campaigns | jq -r "select(.id == \"$id\") | .name")" \
    'Nightly run' 'the command line knows them'

# Known by what the sender calls the request, whatever became of it since.
key='Idempotency-Key: some key of mine'
json $v '{"name":"keyed","start_after_create":false}' -H "$key"
is "$code $(get .status)" '201 paused' 'a campaign with a key'
keyed=$(get .id)
send PUT "$keyed" '{"status":"active","weight":5}'
json $v '{"name":"keyed","start_after_create":false}' -H "$key"
is "$code $(get .id) $(get .status) $(get .weight)" "200 $keyed active 5" \
    'asked for again it is as it is by now'
json $v '{"name":"keyed","start_after_create":false}'
is "$code $(get .field)" '409 name' 'not so without the key'
json $v '{"name":"other"}' -H "$key"
is "$code" 409 'the key is not that of another'
send DELETE "$keyed" ''
n=$((n + 1))

# refused BODY FIELD PATTERN
refused()
{
	json $v "$1"
	is "$code $(get .field)" "422 $2" "refused: $1"
	like "$(get '.error + " " + .details')" "$3" 'what to do'
}
refused '{}' name missing
refused '{"name":""}' name 'a name of 1'
refused '{"name":"a\nb"}' name 'a name of 1'
refused '{"name":7}' name 'a string'
refused '{"name":"x","weight":0}' weight '1 to 1000'
refused '{"name":"x","weight":1001}' weight '1 to 1000'
refused '{"name":"x","weight":"heavy"}' weight 'not an integer'
refused '{"name":"x","colour":1}' colour 'nothing is known'
refused '{"name":"x","target_binary":"/t"}' target_binary 'POST /api/v1/jobs'
refused '{"name":"x","binary_hash":"a"}' binary_hash 'POST /api/v1/jobs'
refused '{"name":"x","job_template":{"duration":1}}' job_template 'POST'
refused '{"name":"x","max_jobs":4}' max_jobs 'POST /api/v1/jobs'
refused '{"name":"x","max_duration":4}' max_duration 'duration of'
refused '{"name":"x","auto_restart":true}' auto_restart 'submits another'
refused '{"name":"x","shared_corpus":false}' shared_corpus 'make another'
refused '{"name":"x","description":7}' description 'a string'
refused '{"name":"x","description":"\u0007"}' description 'printable'
refused '{"name":"x","tags":"a"}' tags 'an array'
refused '{"name":"x","tags":[1]}' tags 'a string'
refused '{"name":"x","tags":["a\nb"]}' tags 'printable'
refused '{"name":"x","priority":5}' priority 'weight says'
is "$(master_sql 'SELECT count(*) FROM campaigns')" $((n + 2)) \
    'none came of these'

# What it is for.
json $v '{"name":"told","description":"for\npeople","tags":["a","b c"]}'
is "$code $(jq -c '[.description, .tags]' "$T/body")" \
    '201 ["for\npeople",["a","b c"]]' 'a campaign with words'
told=$(get .id)
json $v '{"name":"told","description":"for\npeople","tags":["a","b c"]}'
is "$code $(get .id)" "200 $told" 'the same once more'
json $v '{"name":"told","tags":["a"]}'
is "$code $(get .field)" '409 name' 'with other tags it is another'
send PATCH "$told" '{"tags":["z"]}'
is "$code $(jq -c '[.description, .tags, .weight]' "$T/body")" \
    '200 ["for\npeople",["z"],1]' 'other tags'
send PATCH "$told" '{"description":""}'
is "$code $(jq -c '[.description, .tags]' "$T/body")" '200 ["",["z"]]' \
    'and no description'
req GET "$v/$told"
is "$code $(jq -c '[.description, .tags]' "$T/body")" '200 ["",["z"]]' \
    'so it can be read'
req DELETE "$v/$told"
n=$((n + 1))

# Changes.
send PATCH "$id" '{"weight":7}'
is "$code $(get .weight)" '200 7' 'a weight'
send PUT "$id" '{"status":"paused","weight":2}'
is "$code $(get .status) $(get .weight)" '200 paused 2' 'paused, and a weight'
send PUT "$id" '{"status":"paused"}'
is "$code $(get .status)" '200 paused' 'twice is the same'
send PUT "$id" '{"status":"running","name":"Nightly run"}'
is "$code $(get .status)" '200 active' 'resumed, in the words of Go'
send PATCH "$id" '{}'
is "$code $(get .weight)" '200 2' 'nothing to change'
send PUT "$id" '{"name":"other","weight":9}'
is "$code $(get .field)" '422 name' 'no other name'
send PUT "$id" '{"status":"asleep","weight":9}'
is "$code $(get .field)" '422 status' 'a status that is none'
send PUT "$id" '{"weight":-1}'
is "$code $(get .field)" '422 weight' 'a weight that is none'
send PUT "$id" '{"max_jobs":5,"weight":9}'
is "$code $(get .field)" '422 max_jobs' 'what it has not'
send PUT "$id" '{"state":"paused"}'
is "$code $(get .field)" '422 state' 'an unknown member'
is "$(master_sql "SELECT weight FROM campaigns WHERE id = '$id'")" 2 \
    'these changed nothing'
send PUT nosuch '{"weight":1}'
is "$code" 404 'one that is not there'
send POST "$id" '{}'
is "$code $(sed -n 's/^Allow: //p' "$T/head" | tr -d '\r' | grep -c PATCH)" \
    '405 1' 'a method that is none'

# Finished, with its jobs.
printf '#!/bin/sh\n' >"$T/target"
chmod +x "$T/target"
job=$(pf-sched submit -N j -e libfuzzer -t "$T/target" -C 'Nightly run')
req DELETE "$v/$id"
is "$code" 204 'finished'
is "$(master_sql "SELECT status FROM jobs WHERE id = '$job'")" cancelled \
    'its job is cancelled'
req DELETE "$v/$id"
is "$code" 204 'twice is the same'
send PUT "$id" '{"status":"active"}'
is "$code $(get .class)" '409 conflict' 'it stays finished'
json $v '{"name":"Nightly run","weight":2}'
is "$code $(get .field)" '409 name' 'and its name taken'
send PUT "$paused" '{"status":"completed"}'
is "$code $(get .status)" '200 finished' 'finished in the words of Go'
like "$(get .ended_at)" '^20' 'with the time'
req DELETE "$v/nosuch"
is "$code" 404 'one that is not there'
req DELETE "$v/$(master_sql "SELECT id FROM campaigns WHERE name = 'default'")"
is "$code" 409 'the one for jobs without one'
done_testing
