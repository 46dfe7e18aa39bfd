#!/bin/sh
# An old backup put back while bots work: no result that was acknowledged is
# lost, no completion under a token from before counts.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
whole
need jq sqlite3 socat

master_new
pf-sched submit -N a -e libfuzzer -t /bin/true -k 30 >/dev/null
master_start ingest

# A bot in shell: what it delivers is in the spool before it counts as
# acknowledged, and each answered completion is noted with the epoch that
# was in force when it was sent.
ask()
{
	printf '%s\n' "$1" | socat -t 5 - "UNIX-CONNECT:$T/m/sock" 2>/dev/null
}
members() { jq -r "$1" 2>/dev/null || :; }
bot_life() # NAME
{
	id=
	left=10
	while [ $left -gt 0 ]; do
		[ -n "$id" ] || id=$(ask "{\"op\":\"register\",\"hostname\":\"h\",\"name\":\"$1\",\"capabilities\":[\"libfuzzer\"],\"inc\":\"i$1\"}" | members '.bot // empty')
		ask "{\"op\":\"claim\",\"bot\":\"$id\",\"inc\":\"i$1\"}" \
		    >"$T/$1.claim"
		read -r verdict job epoch attempt <<-END || :
		$(members '"\(.class // "ok") \(.job.id) \(.epoch) \(.attempt)"' <"$T/$1.claim")
		END
		case $verdict,$job in
		stale,* | notfound,*)
			id=
			continue ;;
		ok,null)
			# Nothing left, once the backup is back in its place.
			[ ! -e "$T/restored" ] || left=$((left - 1)) ;;
		ok,?*)
			work "$1" ;;
		esac
		sleep 0.05
	done
}
work() # NAME: the job at hand
{
	token="\"bot\":\"$id\",\"inc\":\"i$1\",\"job\":\"$job\",\"epoch\":$epoch,\"attempt\":$attempt"
	ask "{\"op\":\"start\",$token}" >/dev/null
	printf '%s %s %s' "$job" "$epoch" "$attempt" >"$T/$1.body"
	mkpack crash "$job" "$id" -i "i$1" -E "$epoch" -A "$attempt" -s 1 \
	    -d "$T/m/spool" "$T/$1.body" >/dev/null &&
	    sha256sum "$T/$1.body" | cut -c 1-64 >>"$T/$1.acked"
	sleep 0.2
	# Asked until it is answered, which may be by the restored master.
	reply=
	while [ -z "$reply" ]; do
		now=$(cat "$T/epoch")
		reply=$(ask "{\"op\":\"complete\",$token,\"result\":\"completed\"}") ||
		    sleep 0.1
	done
	printf '%s\n' "$reply" |
	    members "\"\\(.ok) \\(.class) $job $epoch $attempt $now\"" \
	    >>"$T/$1.completed"
}

echo 1 >"$T/epoch"
pids=
for name in a b c d e f; do
	: >"$T/$name.acked"
	: >"$T/$name.completed"
	bot_life $name &
	pids="$! $pids"
	at_end "kill $! 2>/dev/null"
done
done_jobs() { [ "$(master_sql "SELECT count(*) FROM jobs WHERE status = 'completed'")" -ge "$1" ]; }
ok 'some jobs are done' until_true 30 done_jobs 5
pf-sched -q snapshot
check 'a backup' 0 "~$T/b/data/pandafuzz.db" - pf-sched backup "$T/b"
pf-sched submit -N later -e libfuzzer -t /bin/true -k 6 >/dev/null
ok 'more of them' until_true 30 done_jobs 16
before=$(master_sql 'SELECT count(*) FROM results')
backed=$(sqlite3 -readonly "$T/b/data/pandafuzz.db" 'SELECT count(*) FROM results')
ok 'results have come since' test "$before" -gt "$backed"

# Bots go on meanwhile: what they ask is not answered, what they deliver
# stays in the spool.
master_stop
check 'restore' 0 '~^refused	0$' - pf-sched restore "$T/b"
echo 2 >"$T/epoch"
is "$(master_sql "SELECT value FROM system WHERE key = 'epoch'")" 2 \
    'the epoch was raised'
ok 'what had been filed is there' test \
    "$(master_sql 'SELECT count(*) FROM results')" -ge "$before"
master_start ingest
: >"$T/restored"
# shellcheck disable=SC2086 # several
wait $pids
filed() { [ -z "$(find "$T/m/spool/new" "$T/m/spool/cur" -type f)" ]; }
ok 'all is filed' until_true 20 filed
cat "$T"/?.acked | sort -u >"$T/acked"
master_sql 'SELECT DISTINCT hash FROM crashes ORDER BY 1' >"$T/filed"
comm -23 "$T/acked" "$T/filed" >"$T/lost"
echo "# $(wc -l <"$T/acked") results acknowledged"
empty "$T/lost" 'no acknowledged result is lost'
is "$(master_sql "SELECT count(*) FROM jobs WHERE status <> 'completed'")" 0 \
    'every job came to its end'
cat "$T"/?.completed >"$T/completed"
awk '$4 == 1 && $6 == 2' "$T/completed" >"$T/old"
ok 'bots came with tokens from before' test -s "$T/old"
grep -v '^false stale' "$T/old" >"$T/stale"
empty "$T/stale" 'each was told that it is stale'
is "$(master_sql "SELECT count(*) FROM (SELECT subject FROM events WHERE kind = 'job' AND now = 'completed' GROUP BY subject HAVING count(*) > 1)")" \
    0 'no job ended twice'
done_testing
