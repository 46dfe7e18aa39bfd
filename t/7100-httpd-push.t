#!/bin/sh
# pf-httpd: results in JSON, as programs of others send them, one by one and
# in batches; pf-ingest files what was answered.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/httpd.sh
. "$PF_ROOT/t/lib/httpd.sh"
need jq
v=/api/v1/results

printf '#!/bin/sh\n' >"$T/t1"
chmod +x "$T/t1"
master_new
master_start httpd
submit a libfuzzer "$T/t1"
sha() { printf %s "$1" | sha256sum | cut -d ' ' -f 1; }
in_spool() { count "$PF_SPOOL/new"; }
file() { run pf-ingest; }
when='"timestamp":"2026-11-23T18:16:00.123456789Z"'
hello=$(sha hello)
get() { jq -r "$1" "$T/body"; }

# A crash in all words of Go.
crash="{\"id\":\"c0ffee\",\"job_id\":\"$job\",\"bot_id\":\"b1\",\"hash\":\"$hello\",
 \"file_path\":\"crashes/x\",\"type\":\"segfault\",\"signal\":11,\"exit_code\":-1,
 $when,\"size\":5,\"is_unique\":true,\"output\":\"SEGV\",\"stack_trace\":\"f < g\""
json $v/crash "$crash,\"input\":\"aGVsbG8=\"}"
is "$code $(get .status) $(get .is_unique)" '200 processed null' 'a crash'
id=$(get .crash_id) rid=$(get .rid)
is "$(in_spool)" 1 'lies in the spool'
file
like "$(cat "$T/out")" '^crash	new' 'is filed'
is "$(master_sql "SELECT id, hash, type, signal, exit_code, size, output, stack,
    rid, timestamp FROM crashes")" \
    "$id|$hello|segfault|11|-1|5|SEGV|f < g|$rid|1795457760123" \
    'is what was sent, under the id that was answered'
is "$(cat "$PF_STORAGE/crashes/$job/$hello")" hello 'with its input'
json $v/crash "$crash,\"input\":\"aGVsbG8=\"}"
is "$code $(get .crash_id) $(get .rid)" "200 $id $rid" \
    'sent again it has the same answer'
json $v/crash "{\"input\" : \"aGVsbG8=\",${crash#?},\"later\":{}}"
is "$code $(get .rid)" "200 $rid" 'also with other blanks and members'
file
is "$(master_sql "SELECT count(*), max(count) FROM crashes")" '1|1' \
    'and the effect of one'
json $v/crash "$crash,\"seq\":2,\"input\":\"aGVsbG8=\"}"
is "$code $(get .crash_id)" "200 $id" 'another report of the same input'
json $v/crash "$crash,\"seq\":3}"
is "$code $(get .crash_id)" '200 null' 'one without the input'
file
is "$(master_sql "SELECT count(*), max(count) FROM crashes")" '1|3' 'count'
json $v/crash "{\"job_id\":\"$job\",\"input\":\"\"}" -H 'X-Bot-ID: b2'
is "$code" 200 'a bot told by a header, an input that is empty'
json $v/crash "{\"job_id\":\"$job\",\"input\":\"AA==\"}" \
    -A PandaFuzz-Bot/b3
is "$code" 200 'a bot told by its name, an input of NUL'
file
is "$(master_sql "SELECT bot_id, size FROM crashes ORDER BY bot_id")" \
    'b1|5
b2|0
b3|1' 'are filed'

# What is refused, by the member at fault; nothing of it is kept.
who="\"job_id\":\"$job\",\"bot_id\":\"b1\""
refused()
{
	json "$v/$1" "$4"
	is "$code $(member field)" "$2 $3" "$1: $(printf %s "$4" | cut -c 1-60)"
}
refused crash 422 job_id '{"bot_id":"b1","input":""}'
refused crash 422 bot_id "{\"job_id\":\"$job\",\"input\":\"\"}"
refused crash 422 input "{$who}"
refused crash 422 input "{\"input\":\"a\",$who}"
refused crash 422 input "{\"input\":\"aGVsbG8\",$who}"
refused crash 422 input "{\"input\":[],$who}"
refused crash 422 hash "{\"hash\":\"$(sha other)\",\"input\":\"aGVsbG8=\",$who}"
refused crash 422 size "{\"size\":6,\"input\":\"aGVsbG8=\",$who}"
refused crash 422 size "{\"size\":1e300,$who}"
refused crash 422 signal "{\"signal\":129,\"input\":\"\",$who}"
refused crash 422 signal "{\"signal\":\"x\",\"input\":\"\",$who}"
refused crash 422 exit_code "{\"exit_code\":-2,\"input\":\"\",$who}"
refused crash 422 type "{\"type\":7,\"input\":\"\",$who}"
refused crash 422 target_hash "{\"target_hash\":\"x\",\"input\":\"\",$who}"
refused crash 422 timestamp "{\"timestamp\":\"today\",\"input\":\"\",$who}"
refused crash 422 epoch "{\"epoch\":-1,\"input\":\"\",$who}"
refused crash 422 attempt "{\"attempt\":1.5,\"input\":\"\",$who}"
refused crash 422 seq "{\"seq\":\"18446744073709551616\",\"input\":\"\",$who}"
refused crash 422 inc "{\"inc\":\"a/b\",\"input\":\"\",$who}"
refused crash 422 job_id '{"job_id":"../x","bot_id":"b1","input":""}'
refused crash 422 job_id '{"job_id":7,"bot_id":"b1","input":""}'
refused crash 404 job_id '{"job_id":"nobody","bot_id":"b1","input":""}'
refused crash 422 id "{\"id\":\"$(printf '\342\200\256')\",\"input\":\"\",$who}"
refused coverage 422 edges "{\"edges\":-1,$who}"
refused coverage 422 exec_count "{\"exec_count\":9007199254740993,$who}"
refused coverage 422 execs_per_sec "{\"execs_per_sec\":\"1\",$who}"
refused coverage 404 job_id '{"job_id":"nobody","bot_id":"b1"}'
refused corpus 422 files "{$who}"
refused corpus 422 files "{\"files\":\"x\",$who}"
refused corpus 422 files "{\"files\":[],$who}"
refused corpus 422 'files[0].data' "{\"files\":[{\"name\":\"n\"}],$who}"
refused corpus 422 'files[1].data' "{\"files\":[{\"data\":\"YQ==\"},{\"data\":\"Y\"}],$who}"
refused corpus 422 'files[0].name' "{\"files\":[{\"name\":\"a\\nb\",\"data\":\"\"}],$who}"
refused corpus 422 'files[0]' "{\"files\":[\"id:000001\"],$who}"
like "$(member error)" 'send files as objects of name and data' 'says what to send'
refused status 422 type "{\"type\":\"resource_alert\",\"epoch\":1,$who}"
refused status 422 executions "{\"epoch\":1,$who}"
refused status 409 epoch "{\"executions\":1,$who}"
refused status 422 bot_id '{"executions":1}'
refused status 409 epoch '{"executions":1,"bot_id":"b1"}'
refused batch 422 crashes "{$who}"
refused batch 422 job_id '{"bot_id":"b1","crashes":[]}'
refused batch 422 crashes "{\"crashes\":{},$who}"
refused batch 422 'crashes[0]' "{\"crashes\":[7],$who}"
refused batch 422 'coverage[0].new_edges' "{\"coverage\":[{\"edges\":1,\"new_edges\":\"x\"}],$who}"
refused batch 422 'corpus[0].files[0].data' "{\"corpus\":[{\"files\":[{}]}],$who}"
refused crash 400 '' '[]'
refused crash 400 '' ''
refused crash 400 '' '{"job_id":"a","job_id":"b"}'
refused crash 400 '' '{"job_id":"a\u0000"}'
for how in crash coverage corpus status batch; do
	req POST $v/$how -H 'Content-Type: text/html' -d '{}'
	is "$code" 415 "$how: another type"
	req PUT $v/$how
	is "$code" 405 "$how: another method"
done
like "$(cat "$T/head")" '^Allow: POST' 'which is told'
req POST $v/crash -H 'Content-Type: text/html' -d '{}'
like "$(member error)" 'application/json or multipart/form-data' \
    'the types that are taken are told'
is "$(in_spool)" 0 'nothing of all that is kept'

# Coverage, inputs, numbers.
json $v/coverage "{$who,$when,\"edges\":7,\"new_edges\":3,\"exec_count\":100}"
is "$code $(get .status)" '200 processed' 'coverage'
cov=$(get .coverage_id)
json $v/corpus "{$who,$when,\"id\":\"u1\",\"total_size\":4,\"files\":[
  {\"name\":\"id:0\",\"data\":\"Zm9v\"},{\"data\":\"YQ==\"},{\"name\":\"id:0\",\"data\":\"Zm9v\"}]}"
is "$code $(get '.corpus_id, (.files | length), .files[0].hash' | xargs)" \
    "200 u1 3 $(sha foo)" 'inputs'
is "$(get .files[0].rid)" "$(get .files[2].rid)" 'the same one twice is one'
file
is "$(master_sql "SELECT id, edges, exec_count FROM coverage")" "$cov|7|100" \
    'coverage is filed'
is "$(master_sql "SELECT hash, size, name FROM corpus ORDER BY size DESC")" \
    "$(sha foo)|3|id:0
$(sha a)|1|" 'inputs are'
bot=$(pf-registry register -H h -N n -e libfuzzer -i i)
req GET "/api/v1/bots/$bot/job?inc=i"
stats='"type":"fuzzer_stats","executions":10,"exec_per_second":2.5,"total_edges":100,
 "covered_edges":7,"coverage_percent":7.0,"unique_crashes":1,"total_crashes":2,
 "corpus_size":3,"cpu_usage":1.0,"memory_usage":4096'
json $v/status "{$stats,$when}" -A "PandaFuzz-Bot/$bot"
is "$code $(get .status)" '200 received' 'numbers of a bot that says no more'
rid=$(get .rid)
json $v/status "{$stats,$when}" -A "PandaFuzz-Bot/$bot"
is "$(get .rid)" "$rid" 'again the same'
file
is "$(master_sql "SELECT executions, execs_per_sec, total_edges, edges,
    crash_count, corpus_count, bot_id FROM job_stats")" "10|2.5|100|7|2|3|$bot" \
    'count for its job'
json $v/status "{\"executions\":11,\"job_id\":\"$job\",\"bot_id\":\"$bot\",\"epoch\":1,\"attempt\":1,\"seq\":\"9007199254740991\"}"
is "$code" 200 'numbers with a token'
file
is "$(master_sql "SELECT executions FROM job_stats")" 11 'are newer by their seq'

# A batch: each by itself.
json $v/batch "{$who,\"crashes\":[{\"input\":\"MQ==\"},{\"input\":\"?\"},7,
  {\"input\":\"Mg==\",\"bot_id\":\"b9\"},{\"job_id\":\"nobody\",\"input\":\"\"}],
  \"coverage\":[{\"edges\":9,$when},{\"edges\":\"x\"}],
  \"corpus\":[{\"files\":[{\"data\":\"cQ==\"},\"name\"]},{\"files\":[{\"data\":\"cg==\"}]}]}"
is "$code $(get '.status, .bot_id, .job_id' | xargs)" "200 processed b1 $job" \
    'a batch'
is "$(get '[.processed[]] | @text')" '[2,1,1]' 'what was taken of it'
is "$(get .partial_success) $(get .failed)" 'true 5' 'and that not all was'
is "$(get '.errors[]' | cut -d : -f 1 | xargs)" \
    'crashes[1] crashes[2] crashes[4] coverage[1] corpus[0]' 'which'
is "$(in_spool)" 1 'all that is taken lies in one pack'
file
is "$(cut -f 1,2 "$T/out" | tr '\t' ' ' | sort | uniq -c | xargs)" \
    '1 corpus new 1 coverage new 2 crash new' 'is filed'
is "$(master_sql "SELECT bot_id FROM crashes WHERE hash = '$(sha 2)'")" b9 \
    'an element may have a bot of its own'
json $v/batch "{$who,\"crashes\":[{\"input\":\"!\"}],\"coverage\":[]}"
is "$code $(member field)" '422 crashes[0].input' 'a batch of which nothing is right'
like "$(pf-ingest bad 2>&1)" '^$' 'pf-ingest has refused nothing'
check 'and all is well' 0 - - pf-ingest fsck

# Limits.
large()
{
	{
		printf '{%s,"input":"' "$who"
		head -c "$1" /dev/zero | base64 -w 0
		printf '"}'
	} >"$T/large"
	req POST $v/crash -H 'Content-Type: application/json' -H Expect: \
	    --data-binary "@$T/large"
}
large 5000000
is "$code" 200 'a crash of 5 MB in JSON'
file
is "$(master_sql "SELECT count(*) FROM crashes WHERE size = 5000000")" 1 \
    'is filed'
large 7000000
is "$code" 413 'more is too much'
like "$(member details)" 'multipart/form-data' 'says how'
{
	printf '{%s,"coverage":[' "$who"
	yes '{},' | head -n 4100 | tr -d '\n'
	printf '{}]}'
} >"$T/many"
req POST $v/batch -H 'Content-Type: application/json' --data-binary "@$T/many"
is "$code" 413 'too many results at once'
{
	printf '{%s,"coverage":[' "$who"
	yes '0,' | head -n 70000 | tr -d '\n'
	printf '0]}'
} >"$T/many"
req POST $v/batch -H 'Content-Type: application/json' --data-binary "@$T/many"
is "$code" 422 'too many values'
json $v/coverage "{$who,\"x\":\"$(head -c 70000 /dev/zero | tr '\0' x | cut -c 1-66000)\"}"
is "$code" 413 'where no input may be, a body is small'
is "$(in_spool)" 0 'nothing of it is kept'

# Killed after the answer: what was answered is there.
i=0
while [ $i -lt 5 ]; do
	i=$((i + 1))
	json $v/crash "{$who,\"input\":\"a2lsbA==\",\"seq\":$i}"
	echo "$code" >>"$T/codes"
	pid=$(echo "$master_pids" | tr ' ' '\n' | sed -n 's/:httpd$//p')
	kill -9 "$pid"
	wait "$pid" 2>/dev/null || :
	master_pids=$(echo "$master_pids" | tr ' ' '\n' | grep -v :httpd | tr '\n' ' ')
	rm -f "$T/m/httpd.out"
	master_spawn httpd pf-httpd -l 127.0.0.1:0
	master_wait pf-httpd test -s "$T/m/httpd.out"
	url=$(sed -n 's/^listening //p' "$T/m/httpd.out")
done
file
is "$(xargs <"$T/codes") $(grep -c '^crash' "$T/out")" '200 200 200 200 200 5' \
    'killed after each answer: all are filed'
done_testing
