#!/bin/sh
# pf-httpd: logs that are pushed, as text and in JSON.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/httpd.sh
. "$PF_ROOT/t/lib/httpd.sh"
need jq

printf '#!/bin/sh\n' >"$T/t1"
chmod +x "$T/t1"
master_new
master_start httpd
submit a libfuzzer "$T/t1"
push=/api/v1/jobs/$job/logs/push
get() { jq -r "$1" "$T/body"; }
log() { pf-ingest -q && cat "$PF_STORAGE/logs/jobs/$job"/*; }
# text TEXT [QUERY [CURL-ARGUMENT ...]]
text()
{
	text_body=$1 text_query=${2:-}
	shift; [ $# -eq 0 ] || shift
	req POST "$push$text_query" -H 'Content-Type: text/plain' \
	    --data-binary "$text_body" "$@"
}

text 'one' '' -H 'X-Bot-ID: b1'
is "$code $(member field)" '409 epoch' 'a bot that holds no job'
bot=$(pf-registry register -H h -N n -e libfuzzer -i i)
req GET "/api/v1/bots/$bot/job?inc=i"
is "$(get .id)" "$job" 'the bot has the job'
text 'one
' '' -H "X-Bot-ID: $bot"
is "$code $(get '.status, .job_id, .size, .offset' | xargs)" \
    "201 success $job 4 4" 'text of a bot that says no more'
is "$(log)" one 'is in the log'
json "$push" "{\"bot_id\":\"$bot\",\"content\":\"two\\n\",\"offset\":4}"
is "$code $(get .offset)" '201 8' 'JSON, further on'
is "$(log | xargs)" 'one two' 'stands behind it'
text 'one
two
three
' '' -A "PandaFuzz-Bot/$bot"
is "$code $(get .offset)" '201 14' 'the whole log, longer by now'
is "$(log | xargs)" 'one two three' 'is no other'
text 'four
' '?epoch=1&attempt=1&offset=14&inc=i' -H "X-Bot-ID: $bot"
is "$code" 201 'with a token'
cp -r "$PF_SPOOL/new" "$T/copy"
is "$(log | xargs)" 'one two three four' 'likewise'
text 'four
' '?epoch=1&attempt=1&offset=14&inc=i' -H "X-Bot-ID: $bot"
cat "$PF_SPOOL"/new/* >"$T/again"
cat "$T"/copy/* >"$T/first"
ok 'sent again it is the same record' cmp "$T/first" "$T/again"
check 'which has no effect' 0 '~^log	again' - pf-ingest

# Text larger than a record.
seq 100000 >"$T/long"
req POST "$push?offset=0" -H 'Content-Type: text/plain' -H "X-Bot-ID: $bot" \
    --data-binary "@$T/long"
is "$code $(get .size)" "201 $(wc -c <"$T/long" | tr -d ' ')" 'a long text'
log >"$T/have"
ok 'is whole' cmp "$T/have" "$T/long"
jq -R -s '{content: ., offset: 0}' "$T/long" >"$T/json"
req POST "$push" -H 'Content-Type: application/json' -H "X-Bot-ID: $bot" \
    --data-binary "@$T/json"
is "$code $(get .size)" "201 $(wc -c <"$T/long" | tr -d ' ')" 'also in JSON'
check 'the records are the same' 0 '~^log	again' - pf-ingest

# What is refused.
refused()
{
	is "$code $(member field)" "$1" "$2"
}
text '' '' -H "X-Bot-ID: $bot"
refused '422 content' 'no text'
text x
refused '422 bot_id' 'no bot'
text x '?offset=-1' -H "X-Bot-ID: $bot"
refused '422 offset' 'an offset that is none'
text x '?offset=1099511627776' -H "X-Bot-ID: $bot"
refused '422 offset' 'one beyond all logs'
text x '?epoch=x' -H "X-Bot-ID: $bot"
refused '422 epoch' 'an epoch that is none'
text x '?inc=A' -H "X-Bot-ID: $bot"
refused '422 inc' 'an inc that is none'
json "$push" "{\"bot_id\":\"$bot\",\"content\":7}"
refused '422 content' 'content that is no text'
json "$push" "{\"bot_id\":\"$bot\"}"
refused '422 content' 'or not there'
json "$push" "{\"bot_id\":\"$bot\",\"content\":\"x\",\"job_id\":\"other\",\"epoch\":1}"
refused '422 job_id' 'another job than that of the path'
json "$push" "{\"bot_id\":\"$bot\",\"content\":\"x\",\"attempt\":\"-1\"}"
refused '422 attempt' 'an attempt that is none'
json "$push" "{\"bot_id\":\"$bot\",\"content\":\"x\",\"bot_id2\":{}}"
refused '201 ' 'a member that is not known is no matter'
req POST /api/v1/jobs/nobody/logs/push -H 'Content-Type: text/plain' \
    --data-binary x -H 'X-Bot-ID: b'
refused '409 epoch' 'no such job, no lease'
req POST '/api/v1/jobs/nobody/logs/push?epoch=1' -d x \
    -H 'Content-Type: text/plain' -H 'X-Bot-ID: b'
refused '404 job_id' 'no such job'
req POST "$push" -H 'Content-Type: application/octet-stream' -d x
refused '415 ' 'another type'
head -c 4194305 /dev/zero >"$T/over"
req POST "$push" -H 'Content-Type: text/plain' --data-binary "@$T/over"
refused '413 ' 'too long'
printf 'a\0b' >"$T/nul"
req POST "$push?offset=0" -H 'Content-Type: text/plain' \
    -H "X-Bot-ID: $bot" --data-binary "@$T/nul"
is "$code $(log | head -c 3)" '201 a?b' 'a NUL is none in the log'

# The lease is over: the token counts still.
req POST "/api/v1/bots/$bot/job/handback" -H 'Content-Type: application/json' \
    -d "{\"job_id\":\"$job\",\"epoch\":1,\"attempt\":1,\"inc\":\"i\"}"
text x '' -H "X-Bot-ID: $bot"
refused '409 epoch' 'a bot that held it'
text x '?epoch=1&attempt=1&offset=3' -H "X-Bot-ID: $bot"
is "$code $(log | head -c 4)" '201 a?bx' 'with the token of that time'
text x '?epoch=1&attempt=7' -H "X-Bot-ID: $bot"
check 'one that was never given' 0 '~^log	foreign' - pf-ingest

# Without a database a token is needed.
mv "$PF_STORAGE/data" "$PF_STORAGE/away"
text x '' -H "X-Bot-ID: $bot"
is "$code" 503 'no database, no lease'
text x '?epoch=1&attempt=1' -H "X-Bot-ID: $bot"
is "$code" 201 'with a token'
mv "$PF_STORAGE/away" "$PF_STORAGE/data"
done_testing
