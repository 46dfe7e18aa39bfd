#!/bin/sh
# Values that op lines and options must not have: each refused with its field,
# and nothing is left behind.
# shellcheck disable=SC2119 # no arguments meant
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sched.sh
. "$PF_ROOT/t/lib/sched.sh"
need jq sqlite3

sched_new ''
bot one '["libfuzzer"]'
job
sha=$(sql 'SELECT target_hash FROM jobs')
state() { sql 'SELECT (SELECT count(*) FROM jobs), (SELECT count(*) FROM bots),
    (SELECT count(*) FROM campaigns), (SELECT count(*) FROM events)'; }
before=$(state)
# no CLASS FIELD LINE: refused so
no()
{
	op "$3"
	is "$(get '"\(.class) \(.field)"')" "$1 $2" "$3"
}
# not MEMBERS FIELD: a submission with these members
not()
{
	no data "$2" "{\"op\":\"submit\",\"name\":\"n\",\"engine\":\"libfuzzer\",\"target\":{\"sha256\":\"$sha\",\"name\":\"t\"},$1}"
}

# A NUL would cut the text.
for member in '"name":"a\u0000b"' '"campaign":"a\u0000b"' '"args":["a\u0000"]'; do
	op "{\"op\":\"submit\",\"engine\":\"libfuzzer\",\"target\":{\"sha256\":\"$sha\",\"name\":\"t\"},$member}"
	is "$(get .class)" usage "a NUL: $member"
done
no usage null "{\"op\":\"heartbeat\",\"bot\":\"$bot\\u0000../../etc\"}"
no usage null '{"op":"register","hostname":"h\u0000","capabilities":["a"]}'

# seq comes back as it was, or not at all.
for seq in '"x"' 1.5 9007199254740993 true '[]' 1e300; do
	no usage seq "{\"op\":\"sweep\",\"seq\":$seq}"
done
op '{"op":"sweep","seq":"9223372036854775807"}'
is "$(printf '%s' "$reply" | grep -o '"seq":[^,]*')" \
    '"seq":9223372036854775807' 'a large one as a string'

# Numbers.
for member in duration_ms exec_timeout_ms priority memory_limit copies; do
	for value in -1000 1.5 '"much"' 9007199254740993 true; do
		not "\"$member\":$value" "$member"
	done
done
not '"duration_ms":0' duration_ms
not '"duration_ms":"-5s"' duration_ms
not '"duration_ms":"31d"' duration_ms
not '"memory_limit":1' memory_limit
not '"memory_limit":16777215' memory_limit
not '"memory_limit":1099511627777' memory_limit
not '"priority":101' priority
not '"copies":0' copies
not '"copies":1001' copies

# Texts.
not '"args":["a\u0007"]' args
not '"args":["a\nb"]' args
not '"args":["\u007f"]' args
not '"options":{"max_len":"1\u001b[2J"}' options
not '"campaign":"a\u202eb"' campaign
not '"request":"a/b"' request
not "\"seeds\":[{\"sha256\":\"$sha\",\"name\":\"s\"},{\"sha256\":\"$sha\",\"name\":\"s\"}]" \
    seeds
not "\"seeds\":[{\"sha256\":\"$sha\",\"name\":\"../s\"}]" seeds
not '"seeds":[{"sha256":"../../etc/passwd","name":"s"}]' seeds

# Ids.
for id in '../x' 'a/b' '' 'A' '.a' 'a..b' "$(printf '%065d' 0)" 'a\tb' 'é'; do
	no data bot "{\"op\":\"claim\",\"bot\":\"$id\"}"
	no data job "{\"op\":\"cancel\",\"job\":\"$id\"}"
done
no data inc '{"op":"register","hostname":"h","capabilities":["a"],"inc":"a/b"}'
no data attempt "{\"op\":\"complete\",\"bot\":\"$bot\",\"job\":\"x\",\"epoch\":1,\"attempt\":-1,\"result\":\"failed\"}"
no data epoch "{\"op\":\"complete\",\"bot\":\"$bot\",\"job\":\"x\",\"epoch\":-1,\"attempt\":1,\"result\":\"failed\"}"
no data boot_ms '{"op":"tick","boot":"b","boot_ms":-1,"prev":0}'
is "$(state)" "$before" 'nothing of all that was done'

# A row of times to come is filed now.
op "{\"op\":\"crash\",\"rows\":[{\"rid\":\"$sha\",\"job\":\"$job\",\"bot\":\"$bot\",\"seq\":1,\"epoch\":1,\"attempt\":1,\"time\":9007199254740991,\"filed\":9007199254740991,\"hash\":\"$sha\",\"size\":1}]}"
is "$(get '.rows[0].new')" true 'a row from the year 287396'
ok 'is first seen now' test \
    "$(sql 'SELECT first_seen FROM crashes')" -le "$(date +%s999)"
no_row()
{
	op "{\"op\":\"crash\",\"rows\":[{\"rid\":\"$sha\",\"job\":\"$job\",\"bot\":\"$bot\",\"seq\":1,\"epoch\":1,\"attempt\":1,\"time\":$time,\"hash\":\"$sha\",\"size\":1,$1}]}"
	is "$(get '.rows[0] | "\(.class) \(.field) \(.error)"' |
	    sed 's/:.*//')" "data $2 $2" "a row with time $time and $1"
}
sha=$(printf y | sha256sum | cut -c 1-64)
time=1
no_row '"signal":-1' signal
no_row '"signal":129' signal
no_row '"exit_code":65536' exit_code
# Times are milliseconds, as integers.
for value in -5 '"-5"' '"2026-03-01T12:00:00Z"' '"2026-03-01"' '""' 1.5 true \
    '[1]' 9007199254740993; do
	time=$value
	no_row '"signal":1' time
	time=1
	no_row "\"filed\":$value" filed
done

# On the command line, before anything is copied.
before=$(find "$T/m/storage/targets" | wc -l)
cp /bin/true "$T/new"
echo "$before" >>"$T/new"
op '{"op":"campaign","do":"create","campaign":"over"}'
op '{"op":"campaign","do":"finish","campaign":"over"}'
for words in '-d 40d' '-d 0' '-d -5s' '-T 2d' '-m 1' '-m 2T' '-p 101' '-k 0'; do
	# shellcheck disable=SC2086
	check "submit $words" 64 - "~^pf-sched: ${words% *} ${words#* }: " \
	    pf-sched submit -N n -e libfuzzer -t "$T/new" $words
done
check 'submit into a finished campaign' 65 - '~campaign over is finished' \
    pf-sched submit -N n -e libfuzzer -t "$T/new" -C over
is "$(find "$T/m/storage/targets" | wc -l)" "$before" 'nothing was copied'
check 'a dry cancel of nothing' 66 - '~job nothing: unknown' \
    pf-sched -n cancel nothing
check 'a dry cancel' 0 "=$job	would be cancelled" - pf-sched -n cancel "$job"
pf-sched -q cancel "$job" >/dev/null
check 'of what is cancelled' 0 "=$job	would be cancelled" - \
    pf-sched -n cancel "$job"
sqlite3 "$T/m/storage/data/pandafuzz.db" "UPDATE jobs SET status = 'completed'"
check 'of what is over' 65 - '~is completed already' \
    pf-sched -n cancel "$job"
done_testing
