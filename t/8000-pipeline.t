#!/bin/sh
# The parts as a person wires them: pipes, cron's lines, a bot in shell.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
need jq sqlite3 curl

master_new - <<END
[timeouts]
tick = 100ms
bot = 1s
END

# Nothing runs: each command does its part by itself.
job=$(pf-sched submit -N one -e libfuzzer -t /bin/true)
bot=$(echo '{"op":"register","hostname":"h","capabilities":["libfuzzer"]}' |
    pf-sched apply | jq -r .bot)
printf '{"op":"claim","bot":"%s"}\n' "$bot" | pf-sched apply >"$T/claim"
is "$(jq -r .job.id "$T/claim")" "$job" 'submit, register and claim by pipes'
printf x >"$T/input"
hash=$(sha256sum "$T/input" | cut -d ' ' -f 1)
mkpack crash "$job" "$bot" -E 1 -A 1 -f "hash=$hash" -f size=1 -d "$PF_SPOOL" \
    "$T/input" >/dev/null
pf-ingest 2>"$T/err" | grep -w new >"$T/new"
like "$(cat "$T/new")" '^crash	new	' 'pf-ingest | grep -w new'
pf-ingest 2>>"$T/err" | grep -w new >"$T/new"
is "$(cat "$T/new")" '' 'only once'
is "$(cat "$T/err")" '' 'and without a word on stderr'

# The bot is silent: cron's line takes its job away, at the pace of ticks.
reap() { pf-reaper | pf-sched -q apply; }
lost()
{
	reap
	[ "$(master_sql "SELECT status FROM jobs WHERE id = '$job'")" = pending ]
}
reap
ok 'pf-reaper | pf-sched apply puts the job back' until_true 10 lost
is "$(master_sql "SELECT status FROM bots")" timed_out 'of a bot timed out'
check 'and has nothing more to say of it' 0 - - sh -c 'pf-reaper | grep expire || :'
printf '{"op":"complete","bot":"%s","job":"%s","epoch":1,"attempt":1,"result":"completed"}\n' \
    "$bot" "$job" >"$T/late"
apply_late() { pf-sched apply <"$T/late"; }
check 'the late completion is refused' 65 '~"class":"stale"' - apply_late

# The shipped crontab's lines, as cron runs them, but for what they wait.
grep -v '^#' "$PF_ROOT/etc/crontab.sample" |
    sed -n 's/^\([^ 	]*[ 	]*\)\{5\}[a-z]*[ 	]*\(sleep [0-9]*; \)\{0,1\}\(pf-.*\)/\3/p' >"$T/cron"
ok 'the crontab has lines' test -s "$T/cron"
while read -r line; do
	check "cron: $line" 0 '*' - env -i HOME=/ PF_CONF="$PF_CONF" \
	    PATH="$PF_BIN:/usr/bin:/bin" sh -c "$line"
done <"$T/cron"

# A bot of a few lines of shell, over HTTP.
master_start ingest httpd
api=$url/api/v1
post() # PATH JSON
{
	curl -sS -o "$T/body" -w '%{http_code}' -H 'Content-Type: application/json' \
	    -d "$2" "$api/$1"
}
is "$(post bots/register '{"hostname":"sh","capabilities":["libfuzzer"],"inc":"i"}')" \
    201 'a shell script registers'
me=$(jq -r .bot_id "$T/body")
curl -sS "$api/bots/$me/job" >"$T/job"
is "$(jq -r .id "$T/job")" "$job" 'gets the job that waits again'
is "$(jq -r .attempt "$T/job")" 2 'under a new token'
blob=$(jq -r '.blobs[0].sha256' "$T/job")
is "$(curl -sS "$api/blobs/$blob" | sha256sum | cut -d ' ' -f 1)" "$blob" \
    'fetches the target'
is "$(post "bots/$me/heartbeat" "{\"job_id\":\"$job\",\"epoch\":1,\"attempt\":1}")" \
    409 'a heartbeat under the old token is refused'
is "$(post "bots/$me/heartbeat" "{\"job_id\":\"$job\",\"epoch\":1,\"attempt\":2}")" \
    200 'under the new one it is not'
printf other >"$T/other"
other=$(sha256sum "$T/other" | cut -d ' ' -f 1)
mkpack crash "$job" "$me" -f "hash=$hash" -f size=1 "$T/input" >"$T/pack"
mkpack crash "$job" "$me" -s 2 -f "hash=$other" -f size=5 "$T/other" >>"$T/pack"
curl -sS -H 'Content-Type: application/x-pandafuzz-pack' \
    --data-binary "@$T/pack" "$api/results/batch" >"$T/body"
is "$(jq -r '[.results[].verdict] | join(" ")' "$T/body")" \
    'accepted accepted' 'delivers two crashes'
curl -sS -H 'Content-Type: application/x-pandafuzz-pack' \
    --data-binary "@$T/pack" "$api/results/batch" >"$T/body"
is "$(jq -r '[.results[].verdict] | join(" ")' "$T/body")" \
    'accepted accepted' 'and again, for the reply might have been lost'
both() { [ "$(master_sql 'SELECT count(*) FROM results')" = 3 ]; }
ok 'each report is filed' until_true 10 both
is "$(master_sql 'SELECT count(*), sum(count) FROM crashes')" '2|3' \
    'two inputs, three reports, each counted once'
is "$(post "bots/$me/job/complete" "{\"job_id\":\"$job\",\"epoch\":1,\"attempt\":2,\"success\":true}")" \
    200 'completes'
is "$(master_sql "SELECT status FROM jobs WHERE id = '$job'")" completed \
    'and it is'
curl -sS "$api/bots/$me/job" >"$T/job"
is "$(jq -r .status "$T/job")" no_jobs_available 'no more to do'
is "$(curl -sS -o /dev/null -w '%{http_code}' -X DELETE "$api/bots/$me")" 204 \
    'it signs off'
done_testing
