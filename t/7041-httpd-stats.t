#!/bin/sh
# pf-httpd: the master in numbers, with and without a database, and when whom
# is taken for dead.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/httpd.sh
. "$PF_ROOT/t/lib/httpd.sh"
need curl jq
v=/api/v1

printf '#!/bin/sh\n' >"$T/target"
chmod +x "$T/target"
master_new
master_start httpd
get() { jq -r "$1" "$T/body"; }
ops() { printf '%s\n' "$@" | pf-sched apply >"$T/ops" || diag "$T/ops"; }

pf-sched submit -N a -e libfuzzer -t "$T/target" -k 3 >"$T/jobs"
for n in 1 2 3; do
	ops "{\"op\":\"register\",\"hostname\":\"h\",\"name\":\"b$n\",\"capabilities\":[\"libfuzzer\"],\"inc\":\"i$n\"}"
	jq -r .bot "$T/ops"
done >"$T/bots"
bot() { sed -n "$1p" "$T/bots"; }
ops "{\"op\":\"claim\",\"bot\":\"$(bot 1)\",\"inc\":\"i1\"}"
job=$(jq -r .job.id "$T/ops")

for path in $v/status /status; do
	req GET "$path"
	is "$code $(get '[.status, .writer, .database, .jobs.assigned, .jobs.pending, .jobs.total, .bots.busy, .bots.registering, .bots.total] | join(" ")')" \
	    '200 ok true true 1 2 3 1 2 3' "$path counts by state"
	like "$(get '[.master.master_id, .master.schema_version, .version, (.uptime > 0)] | join(" ")')" \
	    '^[0-9a-f-]{36} [0-9]+ [0-9.]+ true$' 'and names the master'
	is "$(get '.jobs | keys | join(" ")')" \
	    'assigned cancelled completed failed pending running timed_out total' \
	    'each state is there'
done
ops "{\"op\":\"cancel\",\"job\":\"$(grep -v "$job" "$T/jobs" | head -n 1)\"}" \
    "{\"op\":\"archive\",\"job\":\"$(grep -v "$job" "$T/jobs" | head -n 1)\"}"
req GET /status
is "$(get '[.jobs.cancelled, .jobs.pending, .jobs.total] | join(" ")')" \
    '0 1 2' 'archived ones are not counted'
pf-report -j status >"$T/cli"
is "$(get .master.master_id)" "$(jq -r .master_id "$T/cli")" \
    'as the command line says'

req GET $v/system/stats
is "$code $(get 'keys | join(" ")')" \
    '200 database server state timeouts timestamp' 'the statistics'
is "$(get '[.state.jobs.assigned, .state.bots.total, .state.counters.jobs_cancelled, .state.counters.crashes] | join(" ")')" \
    '1 3 1 0' 'what there is'
is "$(get '[.timeouts.bot, .timeouts.heartbeat_interval] | join(" ")')" \
    '60000000000 30000000000' 'timeouts as they are set'
is "$(get '.database.bytes > 0 and .server.uptime > 0 and .server.requests > 0')" \
    true 'and of this program'
is "$(get '.state.counters | to_entries | map(.key) | sort | join(" ")')" \
    "$(jq -r --argjson s "$(get .state.counters)" \
    '[to_entries[] | select(.key | in($s)) | .key] | sort | join(" ")' "$T/cli")" \
    'all counters of the command line'

# Who is taken for dead when
req GET $v/timeouts
is "$code $(get '[(.bot_timeouts | length), (.job_timeouts | length), .count] | join(" ")') $(get .next_cursor)" \
    '200 3 0 3 null' 'bots that are heard; the job has not begun'
ops "{\"op\":\"start\",\"bot\":\"$(bot 1)\",\"inc\":\"i1\",\"job\":\"$job\",\"epoch\":1,\"attempt\":1}"
req GET $v/timeouts
like "$(get ".bot_timeouts.\"$(bot 1)\"") $(get ".job_timeouts.\"$job\"")" \
    '^20..-.*Z 20..-.*Z$' 'a bot and its job'
is "$(get ".job_timeouts.\"$job\"")" \
    "$(pf-report -j timeouts | jq -r 'select(.job_id) | .job_timeout')" \
    'as the command line says'
req GET "$v/timeouts?limit=2"
next=$(get .next_cursor)
is "$(get '.bot_timeouts | length') $(get .count)" '2 2' 'a page'
req GET "$v/timeouts?limit=2&cursor=$next"
is "$(get '.bot_timeouts | keys | join(" ")') $(get .next_cursor)" \
    "$(bot 1) null" 'and the last'
req GET "$v/bots?cursor=$next"
is "$code $(get .field)" '422 cursor' 'which is no place in another list'
ops "{\"op\":\"deregister\",\"bot\":\"$(bot 3)\"}"
req GET $v/timeouts
is "$(get '.bot_timeouts | length')" 2 'without one that left'
for bad in limit=0 cursor=x; do
	req GET "$v/timeouts?$bad"
	is "$code $(get .field)" "422 ${bad%=*}" "timeouts?$bad"
done
for path in /status $v/system/stats $v/timeouts; do
	req POST "$path" -d x
	is "$code" 405 "$path is only read"
	req HEAD "$path" -I
	is "$code" 200 'and has a head'
done
for path in $v/system $v/system/ $v/system/stats/x /timeouts; do
	req GET "$path"
	is "$code" 404 "nothing at $path"
done

# Without a database
db=$PF_STORAGE/data/pandafuzz.db
mv "$db" "$T/away.db"
req GET /status
is "$code $(get '[.status, .database] | join(" ")') $(get .jobs)" \
    '200 degraded false null' 'status without a database'
like "$(get .database_error)" 'metadata tells of work: see pf-recovery' 'says why'
for path in $v/system/stats $v/timeouts $v/jobs $v/bots "$v/jobs/$job" \
    "$v/jobs/$job/logs" "$v/bots/$(bot 1)" "$v/jobs/$job/binary/download"; do
	req GET "$path"
	is "$code $(get .class)" '503 unavailable' \
	    "$(echo "$path" | sed "s/$job/JOB/; s/$(bot 1)/BOT/") is not there"
done
mv "$T/away.db" "$db"
req GET /status
is "$code $(get .status)" '200 ok' 'it is back'
done_testing
