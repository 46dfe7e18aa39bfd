#!/bin/sh
# pf-httpd and pf-sched: a bot that lies about everything.  It gets nothing
# of the others' and the one that is honest does not notice.
. "$(dirname "$0")/lib/tap.sh"
. "$(dirname "$0")/lib/httpd.sh"

need sqlite3 jq
master_real
httpd
v=/api/v1
db=$T/m/data/pandafuzz.db

register()
{
	json $v/bots/register \
	    "{\"hostname\":\"$1\",\"capabilities\":[\"libfuzzer\"],\"inc\":\"$1\"}"
	member bot_id
}
printf '#!/bin/sh\n' >"$T/target"
chmod 755 "$T/target"
job=$(pf-sched submit -N one -e libfuzzer -t "$T/target" -d 90s)
good=$(register good)
req GET "$v/bots/$good/job?inc=good"
is "$(member id)" "$job" 'an honest bot has the job'
epoch=$(member epoch) attempt=$(member attempt)
liar=$(register liar)

state()
{
	sqlite3 -readonly "$db" "SELECT status, attempt FROM jobs;
	    SELECT bot_id, job_id, epoch, attempt, status FROM assignments;
	    SELECT id, status, current_job FROM bots WHERE id = '$good';
	    SELECT count(*) FROM crashes; SELECT count(*) FROM corpus"
}
state >"$T/before" 2>"$T/err" || diag "$T/err"
ok 'there is a state to keep' grep -q "$job" "$T/before"

# says WHAT BODY CODES NAME: to bots/liar/WHAT
says()
{
	json "$v/bots/$liar/$1" "$2"
	case " $3 " in
	*" $code "*) pass "$4: $code" ;;
	*) is "$code" "$3" "$4" ;;
	esac
}
token="\"job_id\":\"$job\",\"epoch\":$epoch,\"attempt\":$attempt"
for what in heartbeat job/start job/complete job/handback; do
	says $what "{\"inc\":\"liar\",$token,\"success\":true}" '409' \
	    "$what with the token of another"
	says $what "{\"inc\":\"good\",$token,\"success\":true}" '409' \
	    "$what as another process of it"
	for n in 0 2 9007199254740991 '"9007199254740991"'; do
		says $what "{\"inc\":\"liar\",\"job_id\":\"$job\",\"epoch\":$n,\"attempt\":$n,\"success\":true}" \
		    409 "$what, token $n"
	done
	for n in -1 9007199254740993 '"9007199254740993"' 9223372036854775808 1e400 1.5 '"x"' '"-1"' true '[]' \
	    '{}' '"1e3"' 00 1e; do
		says $what "{\"inc\":\"liar\",\"job_id\":\"$job\",\"epoch\":$n,\"attempt\":1,\"success\":true}" \
		    '400 422' "$what, epoch $n"
	done
	for id in none "$good" "$liar" "$(printf %064d 0)"; do
		says $what "{\"inc\":\"liar\",\"job_id\":\"$id\",\"epoch\":1,\"attempt\":1,\"success\":true}" \
		    '404 409' "$what, job $id"
	done
	for id in ../x '' a/b 'A' '\\u0000' "' OR 1=1 --" \
	    "$(printf %065d 0)" '%2e%2e'; do
		says $what "{\"inc\":\"liar\",\"job_id\":\"$id\",\"epoch\":1,\"attempt\":1,\"success\":true}" \
		    '200 400 422' "$what, job \"$id\""
	done
done
says job/complete "{\"inc\":\"liar\",$token,\"result\":\"won\"}" '409 422' \
    'a result that is none'
says job/complete "{\"inc\":\"liar\",$token,\"success\":\"yes\"}" 422 \
    'success that is none'
says heartbeat '{"inc":"liar","status":"master","current_job":null}' 200 \
    'a state that is none is not listened to'
req GET "$v/bots/$liar/job?inc=liar"
is "$(member status)" no_jobs_available 'the job is not given twice'
req GET "$v/bots/$good/job?inc=liar"
is "$code" 409 'nor to another process in its name'
for id in "$good'--" '%00' '..' "$(printf %065d 0)" none; do
	req GET "$v/bots/$id/job?inc=x"
	is "$code" 404 "no bot: $id"
done
state >"$T/after" 2>"$T/err"
ok 'all is as it was' cmp "$T/before" "$T/after"

# Results: records that name others' jobs, or what is none.
printf 'input' >"$T/in"
sha=$(sha256sum <"$T/in" | cut -c 1-64)
for n in 1 2 3; do
	mkpack crash "no-such-$n" "$liar" -s $n -f signal=11 "$T/in"
done >"$T/foreign"
pack "$T/foreign"
is "$code" 200 'records of jobs that are none are for pf-ingest to judge'
mkpack crash "$job" "$liar" -s 4 -f hash="$(echo x | sha256sum | cut -c 1-64)" \
    -f signal=11 "$T/in" >"$T/other"
pack "$T/other"
is "$code" 200 'so is a hash that is not that of the bytes'
run pf-ingest
case $status in
0 | 1) pass 'it does' ;;
*) ran 0 'it does' ;;
esac
is "$(sqlite3 -readonly "$db" "SELECT count(*) FROM crashes
    WHERE job_id != '$job'")" 0 'no crash of a job that is none'
is "$(find "$T/m" -name '*no-such*' | wc -l)" 0 'and no file'
find "$T/m/crashes" -type f ! -name '*.json' | while read -r f; do
	[ "$(sha256sum <"$f" | cut -c 1-64)" = "${f##*/}" ] || echo "$f"
done >"$T/wrong"
empty "$T/wrong" 'each file has the name of its bytes'
sed 's/"bot":"[^"]*"/"bot":"..\/..\/x"/' "$T/other" >"$T/path"
pack "$T/path"
case "$code $(member verdict)" in
422* | '200 refused') pass 'a record that was changed is refused' ;;
*) is "$code" 422 'a record that was changed is refused' ;;
esac
req GET "$v/jobs/$job/corpus/$sha"
is "$code" 404 'crashes are no inputs to be had'

# The honest one goes on.
json "$v/bots/$good/heartbeat" "{\"inc\":\"good\",$token}"
is "$code" 200 'the honest bot is heard'
json "$v/bots/$good/job/complete" "{\"inc\":\"good\",$token,\"success\":true}"
is "$code $(member acknowledged)" '200 true' 'and completes its job'
json "$v/bots/$liar/job/complete" "{\"inc\":\"liar\",$token,\"success\":false}"
is "$code" 409 'which nobody else can undo'
is "$(sqlite3 -readonly "$db" 'SELECT status FROM jobs')" completed 'it is done'
httpd_stop
ran 0 'it ends well'
is "$(cat "$T/h.err")" '' 'and said nothing'
done_testing
