#!/bin/sh
# Metrics: what Prometheus' own checker says, that they tell the truth, and
# that no part that is missing keeps the others back.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/httpd.sh
. "$PF_ROOT/t/lib/httpd.sh"

# value NAME: of a sample, by its name and labels
value()
{
	name=$1 awk 'index($0, ENVIRON["name"] " ") == 1 { print $NF }' \
	    "$T/body"
}
# scrape: into $T/body
scrape() { req GET /metrics; }
# good NAME: nothing that promtool has to say
good()
{
	if command -v promtool >/dev/null; then
		check "$1" 0 - - sh -c "promtool check metrics <'$T/body'"
	else
		skip 'no promtool here'
	fi
}

printf '#!/bin/sh\n' >"$T/t1"
chmod +x "$T/t1"
master_new
master_start httpd
scrape
is "$code" 200 'an empty master'
like "$(cat "$T/head")" '^Content-Type: text/plain; version=0.0.4' 'the type'
good 'is well formed'
is "$(value 'pandafuzz_writer_up') $(value 'pandafuzz_database_up')" '1 1' \
    'all parts are there'

submit a libfuzzer "$T/t1" -C camp; a=$job
submit b libfuzzer "$T/t1" -C camp
printf seed >"$T/in"
mkpack corpus "$a" b1 -d "$PF_SPOOL" -f name=n -f engine=libfuzzer \
    "$T/in" >/dev/null
mkpack crash "$a" b1 -d "$PF_SPOOL" -f type=segfault -f signal=11 \
    -f engine=libfuzzer "$T/in" >/dev/null
touch -d '1 hour ago' "$PF_SPOOL"/new/*
scrape
is "$(value pandafuzz_spool_packs)" 2 'packs that wait'
like "$(value pandafuzz_spool_oldest_seconds)" '^36[0-9][0-9]' \
    'and how long the oldest does'
pf-ingest -q

json /api/v1/bots/register \
    '{"hostname":"h","capabilities":["libfuzzer"],"inc":"i"}'
bot=$(member bot_id)
req GET "/api/v1/bots/$bot/job?inc=i"
req GET "/api/v1/bots/$bot/job?inc=i"
job=$(member id) epoch=$(member epoch) attempt=$(member attempt)
token="\"inc\":\"i\",\"job_id\":\"$job\",\"epoch\":$epoch,\"attempt\":$attempt"
json "/api/v1/bots/$bot/heartbeat" "{$token}"
# told N: what the bot's engine told
told()
{
	mkpack status "$job" "$bot" -d "$PF_SPOOL" -E "$epoch" -A "$attempt" \
	    -i i -s "$1" -f executions="$2" -f execs_per_sec=50 \
	    -f edges=7 </dev/null >/dev/null
	pf-ingest -q
}
told 1 1000
told 2 1500
scrape
good 'with bots and jobs it is well formed too'
is "$(value 'pandafuzz_bots{state="busy"}')" 1 'bots by state'
is "$(value 'pandafuzz_jobs{state="running"}')$(value \
    'pandafuzz_jobs{state="pending"}')$(value \
    'pandafuzz_jobs{state="failed"}')" 110 'jobs by state'
is "$(value pandafuzz_crashes) $(value pandafuzz_crash_buckets)" '1 1' \
    'crashes and buckets'
is "$(value pandafuzz_corpus_files) $(value pandafuzz_corpus_bytes)" '1 4' \
    'the corpus'
is "$(value 'pandafuzz_results_total{kind="crash"}')" 1 'results by kind'
is "$(value pandafuzz_spool_packs) $(value pandafuzz_spool_oldest_seconds)" \
    '0 0' 'nothing waits'
is "$(value pandafuzz_claims_total)" 1 'the same job given twice is one claim'
is "$(value pandafuzz_completions_total)" 0 'nothing is complete'
is "$(value pandafuzz_executions_total)" 1500 'executions count once'
is "$(value pandafuzz_executions_per_second) $(value \
    pandafuzz_coverage_edges)" '50 7' 'what runs'
is "$(value 'pandafuzz_writer_ops_total{op="claim",result="done"}')" 2 \
    'ops by name'
like "$(value pandafuzz_writer_commit_seconds_count)" '^[1-9]' 'commits'
is "$(value pandafuzz_writer_commit_seconds_count)" \
    "$(value pandafuzz_writer_batch_ops_count)" 'as many as batches'
is "$(value 'pandafuzz_writer_batch_ops_bucket{le="+Inf"}')" \
    "$(value pandafuzz_writer_batch_ops_count)" 'each in a step'
is "$(value pandafuzz_build_info'{version="'"$(pf-httpd -V |
    cut -d ' ' -f 2)"'"}')" 1 'which build'
like "$(value 'pandafuzz_disk_free_bytes{place="spool"}')" '^[0-9]{6}' \
    'free space'
route='route="/api/v1/bots/{id}/job",method="GET"'
is "$(value "pandafuzz_http_requests_total{$route,class=\"2xx\"}")" 2 \
    'requests by route'
is "$(value "pandafuzz_http_request_seconds_count{$route}")" 2 \
    'and how long they took'
json "/api/v1/bots/$bot/job/complete" "{$token,\"success\":true}"
json "/api/v1/bots/$bot/job/complete" "{$token,\"success\":true}"
scrape
is "$(value pandafuzz_completions_total)" 1 'a completion counts once'
is "$(value pandafuzz_executions_per_second)" 0 'and nothing runs'

# What goes wrong shows, and breaks no line.
json "/api/v1/bots/$bot/heartbeat" \
    "{\"inc\":\"i\",\"job_id\":\"$job\",\"epoch\":9,\"attempt\":9}"
json "/api/v1/bots/$bot/job/complete" "{$token,\"result\":\"failed\"}"
json /api/v1/campaigns '{"name":"\"}\\ {le=\"x\"} é"}'
is "$code" 201 'a campaign of a name that could be a label'
req DELETE "/api/v1/bots/$bot"
printf 'no pack' >"$PF_SPOOL/new/1.2.3.4"
mkpack crash nobody b1 -d "$PF_SPOOL" -f type=x "$T/in" >/dev/null
pf-ingest -q
pf-sched cancel "$(master_sql "SELECT id FROM jobs WHERE status = 'pending'")" \
    >/dev/null
scrape
like "$(value pandafuzz_spool_bad_records)" '^[1-9]' 'what was refused'
is "$(value 'pandafuzz_jobs{state="cancelled"}')" 1 'jobs that are over'
like "$(value 'pandafuzz_writer_ops_total{op="heartbeat",result="refused"}')" \
    '^[1-9]' 'ops that were refused'
good 'is well formed all the same'

# Labels are of the table: no id, whatever is asked for.
for i in 1 2 3 4 5 6 7 8; do
	req GET "/nothing/$i"
	req GET "/api/v1/jobs/j$i/shared"
	req "METHOD$i" /health
done
scrape
n=$(wc -l <"$T/body")
for i in 9 10 11 12 13 14; do
	req GET "/nothing/$i"
	req GET "/api/v1/jobs/j$i/shared"
	req "METHOD$i" /health
done
scrape
is "$(wc -l <"$T/body")" "$n" 'other paths and ids make no more lines'
is "$(grep -c "$bot\|$a\|METHOD\|nothing" "$T/body")" 0 'nor are they named'
is "$(value 'pandafuzz_http_requests_total{route="",method="",class="4xx"}')" \
    28 'they are counted as one'
# Some numbers change with the time of the day.
same()
{
	scrape
	grep -v '^pandafuzz_http\|^pandafuzz_disk' "$T/body" >"$T/before"
	req GET /api/v1/metrics
	grep -v '^pandafuzz_http\|^pandafuzz_disk' "$T/body" >"$T/after"
	cmp -s "$T/before" "$T/after"
}
ok 'the other path has the same' until_true 20 same
diff "$T/before" "$T/after" | diag
check 'and the command' 0 '~^pandafuzz_jobs.state="cancelled". 1$' - \
    pf-report metrics
alike()
{
	scrape
	pf-report metrics >"$T/out"
	grep -v '^pandafuzz_disk\|^# ' "$T/out" >"$T/before"
	grep -v '^pandafuzz_http\|^process\|^pandafuzz_disk\|^# ' \
	    "$T/body" >"$T/after"
	cmp -s "$T/before" "$T/after"
}
ok 'the same, but of pf-httpd itself' until_true 20 alike
diff "$T/before" "$T/after" | diag
cp "$T/out" "$T/body"
good 'the command is well formed too'

# Asking changes nothing, and is no transaction of the writer.
sum() { sha256sum <"$PF_STORAGE/data/pandafuzz.db-wal"; }
was=$(sum)
n=$(value pandafuzz_writer_commit_seconds_count)
scrape; scrape; scrape
is "$(sum)" "$was" 'the database is as it was'
is "$(value pandafuzz_writer_commit_seconds_count)" "$n" \
    'no transaction was made for it'
# The cost of it does not grow with the tables.
is "$(master_sql 'EXPLAIN QUERY PLAN SELECT sum(s.edges) FROM assignments AS
    a JOIN job_stats AS s ON s.job_id = a.job_id WHERE a.ended_at IS NULL' |
    grep -c 'SCAN a$\|SCAN s')" 0 'no table is walked'

# What is missing
master_stop
rm -f "$T/m/httpd.out"
master_spawn httpd pf-httpd -l 127.0.0.1:0
master_wait pf-httpd test -s "$T/m/httpd.out"
url=$(sed -n 's/^listening //p' "$T/m/httpd.out")
scrape
is "$code $(value pandafuzz_writer_up)$(value pandafuzz_database_up)" \
    '200 01' 'without a writer'
is "$(value pandafuzz_crashes)$(value pandafuzz_claims_total)" 1 \
    'what it would tell is left out'
good 'is well formed'
mv "$PF_STORAGE/data" "$PF_STORAGE/away"
scrape
is "$code $(value pandafuzz_writer_up)$(value pandafuzz_database_up)" \
    '200 00' 'nor a database'
good 'is well formed as well'
mv "$PF_STORAGE/away" "$PF_STORAGE/data"
mv "$PF_SPOOL" "$PF_SPOOL.away"
scrape
is "$code $(value pandafuzz_database_up)$(value pandafuzz_spool_packs)" \
    '200 1' 'nor a spool'
good 'is well formed without one'
mv "$PF_SPOOL.away" "$PF_SPOOL"
req POST /metrics -d x
is "$code" 405 'it is only read'
done_testing
