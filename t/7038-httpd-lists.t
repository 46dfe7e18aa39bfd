#!/bin/sh
# pf-httpd: bots and jobs in lists by cursor, and single ones.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/httpd.sh
. "$PF_ROOT/t/lib/httpd.sh"
need curl jq sqlite3
v=/api/v1

printf '#!/bin/sh\n' >"$T/target"
chmod +x "$T/target"
master_new
master_start httpd
get() { jq -r "$1" "$T/body"; }
# ops LINE ...: to the writer, answers in $T/ops
ops() { printf '%s\n' "$@" | pf-sched apply >"$T/ops" || diag "$T/ops"; }

# Nothing yet
req GET $v/jobs
is "$code $(get '[(.jobs | length), .count, .total, .page, .limit] | join(" ")') $(get .next_cursor)" \
    '200 0 0 0 1 100 null' 'no jobs'
req GET $v/bots
is "$code $(get '[(.bots | length), .count, .total] | join(" ")') $(get .next_cursor)" \
    '200 0 0 0 null' 'no bots'

# Seven jobs of one engine, three of another in a campaign; four bots.
pf-sched submit -N a -e libfuzzer -t "$T/target" -k 7 -d 90s >"$T/a"
pf-sched submit -N b -e afl++ -t "$T/target" -k 3 -C camp >"$T/b"
for n in 1 2 3 4; do
	ops "{\"op\":\"register\",\"hostname\":\"h\",\"name\":\"b$n\",\"capabilities\":[\"libfuzzer\"],\"inc\":\"i$n\"}"
	jq -r .bot "$T/ops"
done >"$T/bots"
bot() { sed -n "$1p" "$T/bots"; }
# claim N: the Nth bot has a job, which is $job
claim()
{
	ops "{\"op\":\"claim\",\"bot\":\"$(bot "$1")\",\"inc\":\"i$1\"}"
	job=$(jq -r .job.id "$T/ops")
	token=$(jq -r '"\"bot\":\"'"$(bot "$1")"'\",\"inc\":\"i'"$1"'\",\"job\":\"\(.job.id)\",\"epoch\":\(.epoch),\"attempt\":\(.attempt)"' "$T/ops")
}
claim 1; running=$job
ops "{\"op\":\"start\",$token}"
claim 2; assigned=$job
claim 3; failed=$job
ops "{\"op\":\"start\",$token}" \
    "{\"op\":\"complete\",$token,\"result\":\"failed\",\"message\":\"why\"}"
claim 3; done=$job
ops "{\"op\":\"start\",$token}" \
    "{\"op\":\"complete\",$token,\"result\":\"completed\"}"
ops "{\"op\":\"deregister\",\"bot\":\"$(bot 4)\"}"

# walk PATH: all pages; ids in $T/ids, numbers of rows in $pages
walk()
{
	: >"$T/ids"
	pages='' walk_next=
	while :; do
		req GET "$1${walk_next:+&cursor=$walk_next}"
		[ "$code" = 200 ] || break
		get '(.jobs // .bots)[].id' >>"$T/ids"
		pages="$pages $(get .count)"
		walk_next=$(get .next_cursor)
		[ "$walk_next" != null ] || break
	done
}
sort -r "$T/a" "$T/b" >"$T/all"
req GET $v/jobs
get '.jobs[].id' >"$T/ids"
is "$(sort -r "$T/ids")" "$(cat "$T/all")" 'all jobs'
is "$(get '[.jobs[].created_at] == ([.jobs[].created_at] | sort | reverse)')" \
    true 'the newest first'
is "$(get '[.count, .total] | join(" ")') $(get .next_cursor)" '10 10 null' \
    'on one page'
cp "$T/ids" "$T/order"
walk "$v/jobs?limit=4"
is "$pages" ' 4 4 2' 'page by page'
ok 'the same' cmp "$T/ids" "$T/order"
walk "$v/jobs?limit=5"
is "$pages" ' 5 5' 'the last page is full'
walk "$v/jobs?limit=1"
is "$(sort "$T/ids" | uniq | wc -l)" 10 'pages of one row'

# What comes in between moves nothing, nor does what goes.
req GET "$v/jobs?limit=4"
next=$(get .next_cursor)
pf-sched submit -N late -e libfuzzer -t "$T/target" >"$T/late"
ops "{\"op\":\"cancel\",\"job\":\"$(sed -n 4p "$T/order")\"}"
ops "{\"op\":\"archive\",\"job\":\"$(sed -n 4p "$T/order")\"}"
req GET "$v/jobs?limit=100&cursor=$next"
is "$(get '.jobs[].id')" "$(tail -n +5 "$T/order")" \
    'a page goes on where the one before ended'
is "$(get '[.count, .total] | join(" ")') $(get .page)" '6 10 null' \
    'and has no number'
req GET "$v/jobs?limit=1"
is "$(get '.jobs[].id')" "$(cat "$T/late")" 'the new one is before them all'

# By number, as Go programs do it
req GET "$v/jobs?limit=4&page=2"
is "$(get '[.page, .limit, .count, .total] | join(" ")')" '2 4 4 10' \
    'the second page'
is "$(get '.jobs[0].id')" "$(sed -n 5p "$T/order")" 'has the fifth that is left'
req GET "$v/jobs?limit=4&page=9"
is "$code $(get .count) $(get .next_cursor)" '200 0 null' 'one beyond the last'

# By state, engine and campaign
for s in "running:$running" "assigned:$assigned" "failed:$failed" \
    "completed:$done"; do
	req GET "$v/jobs?status=${s%%:*}"
	is "$(get '.jobs[].id') $(get .total)" "${s#*:} 1" "status=${s%%:*}"
done
req GET "$v/jobs?status=pending&limit=2"
is "$(get .count) $(get .total)" '2 6' 'some of those that wait'
for s in cancelled timed_out; do
	req GET "$v/jobs?status=$s"
	is "$code $(get .count) $(get .total)" '200 0 0' "none is $s"
done
walk "$v/jobs?fuzzer=afl%2b%2b&limit=2"
is "$(sort "$T/ids" | xargs)" "$(sort "$T/b" | grep -vF "$(sed -n 4p "$T/order")" | xargs)" \
    'of an engine'
n=$(wc -l <"$T/ids")
for name in afl AFLplusplus; do
	req GET "$v/jobs?fuzzer=$name"
	is "$(get .count)" "$n" "which some call $name"
done
req GET "$v/jobs?fuzzer=afl++&status=pending"
is "$(get .total)" null 'nothing counts those'
walk "$v/jobs?campaign=camp&limit=2"
is "$(sort "$T/ids" | xargs)" "$(sort "$T/b" | grep -vF "$(sed -n 4p "$T/order")" | xargs)" \
    'of a campaign'
id=$(master_sql "SELECT id FROM campaigns WHERE name = 'camp'")
req GET "$v/jobs?campaign=$id&status=failed"
is "$code $(get .count)" '200 0' 'by its id, and state'
req GET "$v/jobs?campaign=default&status=failed&fuzzer=libfuzzer"
is "$(get '.jobs[].id')" "$failed" 'all three'
req GET "$v/jobs?fuzzer=none"
is "$code $(get .count)" '200 0' 'an engine that nobody has'
req GET "$v/jobs?campaign=nowhere"
is "$code $(get .class)" '404 notfound' 'a campaign that there is not'

# What cannot be asked
for bad in limit=0 limit=1001 limit=-1 limit=x limit= page=0 page=x \
    status=done status= cursor= cursor=x "cursor=${next}0" \
    "cursor=${next%?}" "cursor=x$next" cursor=~ cursor=j0..000000 \
    "cursor=$(echo "$next" | tr 0-8 1-9)" "page=102&limit=100" \
    page=9223372036854775807 "page=1&cursor=$next"; do
	req GET "$v/jobs?$bad"
	is "$code $(get .field)" "422 ${bad%%=*}" \
	    "jobs?$(echo "$bad" | cut -c 1-40)"
done
req GET "$v/jobs?limit=100&page=101"
is "$code" 200 'the last page that has a number'
req GET "$v/bots?cursor=$next"
is "$code $(get .field)" '422 cursor' 'a cursor of another list'
req GET "$v/jobs?cursor=%00"
is "$code $(get .field)" '400 cursor' 'an escaped NUL'
for method in PUT PATCH DELETE; do
	req $method $v/bots
	is "$code" 405 "$method of the list"
done

# Bots
walk "$v/bots?limit=2"
is "$pages" ' 2 1' 'bots page by page'
is "$(sort "$T/ids")" "$(head -n 3 "$T/bots" | sort)" \
    'without the one that left'
req GET "$v/bots?status=busy"
is "$(get '[.bots[].name] | sort | join(" ")') $(get .total)" 'b1 b2 2' 'by state'
req GET "$v/bots?status=gone"
is "$code $(get .field)" '422 status' 'a state that there is not'
req GET "$v/bots/$(bot 1)"
is "$code $(get '[.id, .name, .hostname, .status, .current_job, .is_online, .failure_count, .capabilities[0]] | join(" ")')" \
    "200 $(bot 1) b1 h busy $running true 0 libfuzzer" 'a bot'
for key in last_seen registered_at timeout_at; do
	like "$(get .$key)" '^20..-..-..T..:..:..[.0-9]*Z$' "its $key"
done
req GET "$v/bots/$(bot 3)"
is "$(get .current_job)" null 'without a job'
pf-report -j bots | sed "/$(bot 3)/!d" | jq -S . >"$T/cli"
is "$(get . | jq -S .)" "$(cat "$T/cli")" 'is what the command line says'
tag=$(sed -n 's/^ETag: //p' "$T/head" | tr -d '\r')
req GET "$v/bots/$(bot 3)" -H "If-None-Match: $tag"
is "$code" 304 'and the same until it changes'
ops "{\"op\":\"drain\",\"bot\":\"$(bot 3)\"}"
req GET "$v/bots/$(bot 3)" -H "If-None-Match: $tag"
is "$code $(get .drain)" '200 true' 'which it has'
for bad in "$(bot 4)" nobody ..; do
	req GET "$v/bots/$bad"
	is "$code" 404 "no bot $bad"
done

# A job
req GET "$v/jobs/$failed"
is "$code $(get '[.id, .name, .target, .fuzzer, .status, .message] | join(" ")') $(get .assigned_bot)" \
    "200 $failed a target libfuzzer failed why null" 'a job'
is "$(get '[.config.duration, .config.timeout >= 0, .config.memory_limit >= 0, .config.output_dir, (.config.seed_corpus | length)] | join(" ")')" \
    "90000000000 true true corpus/$failed 0" 'its config'
is "$(get '[.blobs[0].kind, .assignments[0].result] | join(" ")')" \
    'target failed' 'its files and leases'
ok 'its times' jq -e '.created_at and .started_at and .completed_at and
    .timeout_at' "$T/body"
pf-report -j job "$failed" | jq -S . >"$T/cli"
is "$(get . | jq -S .)" "$(cat "$T/cli")" 'is what the command line says'
req GET "$v/jobs/$running"
is "$(get '[.progress.crashes, .progress.corpus_files] | join(" ")') $(get .progress.executions)" \
    '0 0 null' 'no progress yet'
mkpack status "$running" "$(bot 1)" -i i1 -E "$(get .epoch)" \
    -A "$(get .attempt)" -s 1 -f executions=500 -f execs_per_sec=2.5 \
    -f edges=7 -d "$PF_SPOOL" >/dev/null
printf boom >"$T/in"
mkpack crash "$running" "$(bot 1)" -i i1 -s 2 -f type=segfault -f signal=11 \
    -d "$PF_SPOOL" "$T/in" >/dev/null
mkpack corpus "$running" "$(bot 1)" -i i1 -s 3 -d "$PF_SPOOL" "$T/in" \
    >/dev/null
pf-ingest -q
req GET "$v/jobs/$running"
is "$(get '[.progress | .executions, .execs_per_sec, .edges, .crashes, .corpus_files] | join(" ")')" \
    '500 2.5 7 1 1' 'its progress'
for bad in nobody "$(bot 1)" ..; do
	req GET "$v/jobs/$bad"
	is "$code" 404 "no job $bad"
done

# Twelve thousand older ones: what a page looks at is bounded.
sqlite3 -cmd '.timeout 5000' "$PF_STORAGE/data/pandafuzz.db" "INSERT INTO jobs
    (id, campaign, name, kind, target, target_hash, fuzzer, status, priority,
    created_at, completed_at, work_dir, duration, memory_limit, timeout,
    seed_corpus, output_dir, args, options) WITH RECURSIVE n (i) AS (VALUES
    (1) UNION ALL SELECT i + 1 FROM n WHERE i < 12000) SELECT
    printf('0000-%05d', i), campaign, 'old' || i, kind, target, target_hash,
    iif(i = 1, 'honggfuzz', fuzzer), iif(i = 2, 'timed_out', 'completed'),
    1, i, i, '', 1, 0, 1, '[]', '', '[]', '{}' FROM n JOIN jobs
    WHERE jobs.id = '$done'"
walk "$v/jobs?fuzzer=honggfuzz"
is "$(cat "$T/ids")$pages" '0000-00001 0 0 1' \
    'a rare one comes after empty pages'
req GET "$v/jobs?fuzzer=honggfuzz"
next=$(get .next_cursor)
req GET "$v/jobs?limit=1&cursor=$next"
like "$(get '.jobs[0].id')" '^0000-0[67]' 'each of which looks at five thousand'
req GET "$v/jobs?status=timed_out"
is "$(get '.jobs[].id') $(get .next_cursor)" '0000-00002 null' \
    'what ended so is found at once'
req GET "$v/jobs?limit=100&page=101"
is "$(get .count) $(get '.jobs[0].name')" '100 old2010' \
    'as far as pages have a number'
req GET "$v/jobs?limit=100&page=102"
is "$code $(get .field)" '422 page' 'and no further'
done_testing
