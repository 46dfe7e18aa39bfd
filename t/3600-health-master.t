#!/bin/sh
# Verdicts on a job's health at the master: kept, told by events that cannot
# flood, shown everywhere, made anew and checked; and what hostile bots say.
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
submit sick libfuzzer "$T/t1"
bot=$(pf-registry register -H h -N n -e libfuzzer -i i)
req GET "/api/v1/bots/$bot/job?inc=i"
n=0
# say HEALTH [FIELD=VALUE ...]: the bot's next report, filed
say()
{
	n=$((n + 1))
	said=$1
	shift
	[ $# -eq 0 ] || set -- -f "$1"
	mkpack status "$job" "$bot" -i i -E 1 -A 1 -s $n -t 1700000000000 \
	    -d "$PF_SPOOL" -f executions=$n -f health="$said" "$@" >/dev/null
	run pf-ingest -q
}
health() { master_sql "SELECT health FROM job_stats WHERE job_id = '$job'"; }
events()
{
	pf-report -j events | jq -r 'select(.kind == "health") |
	    .from + ">" + .to' | xargs
}
get() { jq -r "$1" "$T/body"; }

is "$(pf-report jobs | cut -f 12)" - 'before anything is told'
say ''
is "$(pf-report jobs | cut -f 12)" well 'well'
is "$(events)" '' 'and no event'
req GET "/api/v1/jobs/$job"
is "$(get '.health | length')" 0 'an empty list'

say 'stalled@1700000005000 unstable@1700000001000'
is "$(health)" 'unstable@1700000001000 stalled@1700000005000' 'as it is kept'
is "$(pf-report jobs | cut -f 12)" 'unstable stalled' 'in the list'
is "$(pf-report job "$job" | sed -n 's/^health	//p')" 'unstable stalled' \
    'in the record'
like "$(pf-report explain job "$job")" \
    'assigned on bot n; unstable since 2023-11-14T22:13:21.* same input' \
    'explained'
pf-report status >"$T/status"
is "$(grep '^unwell_' "$T/status" | awk '$2 > 0' | xargs)" \
    'unwell_jobs 1 unwell_unstable 1 unwell_stalled 1' 'counted in status'
req GET "/api/v1/jobs/$job"
is "$(get '.health[] | .verdict + " " + .since' | xargs)" \
    'unstable 2023-11-14T22:13:21.000Z stalled 2023-11-14T22:13:25.000Z' \
    'by the API'
like "$(get '.health[0].todo')" 'threads' 'with what to do'
req GET /api/v1/status
is "$(get '.unwell | [.jobs, .unstable, .stalled, .no_execs] | @csv')" \
    '1,1,1,0' 'in its status'
pf-report metrics >"$T/metrics"
is "$(grep -c '^pandafuzz_jobs_unwell{verdict="[a-z_]*"} [0-9]*$' \
    "$T/metrics")" 12 'a sample for each verdict that there is'
like "$(grep "unwell.*unstable" "$T/metrics")" ' 1$' 'with its count'
is "$(events)" '>unstable >stalled' 'an event each'
say 'unstable@1700000001000'
is "$(events)" '>unstable >stalled stalled>' 'and when it is gone'
curl -sSN -m 5 "$url/api/v1/events?after=0&type=health&job=$job" \
    >"$T/heard" 2>/dev/null &
heard=$!
until_true 10 grep -q '"from":"stalled"' "$T/heard"
kill $heard
is "$(grep -c '^event: health' "$T/heard")" 3 'they are heard'
curl -sSN -m 5 "$url/api/v1/jobs/$job/progress" >"$T/heard" 2>/dev/null &
heard=$!
until_true 10 grep -q '^data: .*}$' "$T/heard"
kill $heard
is "$(sed -n 's/^data: //p' "$T/heard" | jq -r '.health[].verdict')" unstable \
    'and who follows the job'

# Hostile words.
say 'root@1 unstable@7 <b>no_execs</b> no_such ;id unstable@8'
is "$(health)" 'unstable@7' 'unknown names are nothing'
say 'unstable@9007199254740992'
req GET "/api/v1/jobs/$job"
like "$(get '.health[0].since')" '^[0-9]+-..-..T..:..:..[.]...Z$' \
    'a time at the end of all days'
say "$(yes 'stalled@1 junk@2' | head -c 1000)"
is "$(health)" 'stalled@1' 'however often'
say "$(yes 'unknown@1' | head -c 60000 | tr '\n' ' ')"
is "$(health)" 'stalled@1' 'a text too long is refused'
is "$(master_sql "SELECT value FROM counters WHERE name = 'refused_status'
    AND scope = '$job'")" 1 'and counted'
say 7
is "$(health)" 'stalled@1' 'so is a number'
json /api/v1/results/status "{\"job_id\":\"$job\",\"bot_id\":\"$bot\",
    \"epoch\":1,\"attempt\":1,\"seq\":50,\"executions\":1,
    \"health\":\"junk no_imports\"}"
is "$code" 200 'by JSON'
run pf-ingest -q
is "$(health)" 'no_imports@1' 'only what is known'
json /api/v1/results/status "{\"job_id\":\"$job\",\"bot_id\":\"$bot\",
    \"epoch\":1,\"attempt\":1,\"seq\":51,\"executions\":1,\"health\":[]}"
is "$code" 422 'a list is refused at once'

json /api/v1/results/status "{\"job_id\":\"$job\",\"bot_id\":\"$bot\",
    \"epoch\":1,\"attempt\":1,\"seq\":52,\"executions\":1}"
run pf-ingest -q
is "$(health)" '' 'a bot that does not judge'
is "$(pf-report jobs | cut -f 12)" - 'is not taken for one that finds nothing'

# A bot that changes its mind with each report does not fill the events.
n=100
before=$(master_sql "SELECT count(*) FROM events WHERE kind = 'health'")
for k in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	n=$((n + 1))
	[ $((k % 2)) -eq 0 ] && said= || said='stalled@1 unstable@1 no_execs@1'
	mkpack status "$job" "$bot" -i i -E 1 -A 1 -s $n -t 1700000000000 \
	    -f executions=$n -f health="$said"
done >"$T/flood"
cat "$T/flood" >"$PF_SPOOL/tmp/1.pack"
mv "$PF_SPOOL/tmp/1.pack" "$PF_SPOOL/new/$(printf '%016x-%016x' 9 9)"
run pf-ingest -q
after=$(master_sql "SELECT count(*) FROM events WHERE kind = 'health'")
ok 'events of a flood are bounded' test $((after - before)) -le 30
is "$(health)" well 'what is kept is the last'

# What is made anew is the same; nothing is wrong with it, and if, it is seen.
say 'restarted@6 unstable@5'
run pf-ingest fsck
is "$status $(cat "$T/out")" '0 ' 'fsck finds nothing'
master_stop
db=$PF_STORAGE/data/pandafuzz.db
sqlite3 "$db" "UPDATE job_stats SET health = 'stalled@1'" >/dev/null
master_start httpd
run pf-ingest fsck
like "$(cat "$T/out")" 'its health is stalled@1; by the ledger it is restarted@6' \
    'fsck finds what was changed'
before=$(master_sql "SELECT max(id) FROM events")
run pf-ingest -r fsck
is "$(health)" 'restarted@6 unstable@5' 'and mends it'
run pf-ingest fsck
is "$status $(cat "$T/out")" '0 ' 'for good'
is "$(master_sql "SELECT count(*) FROM events WHERE kind = 'health' AND
    id > $before")" 0 'without an event'
master_stop
run pf-sched rebuild
is "$status" 0 'a new database from the files'
is "$(health)" 'restarted@6 unstable@5' 'has it, too'
is "$(master_sql "SELECT count(*) FROM events WHERE kind = 'health'")" 0 \
    'without events of what was told long ago'
is "$(pf-report status | sed -n 's/^unwell_jobs	//p')" 0 \
    'and nobody has the job now'
done_testing
