#!/bin/sh
# pf-ingest fsck and what no result is of: jobs, leases, bots and campaigns,
# held against one another, and against the last snapshot as far as no event
# tells of a change since.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"
need sqlite3 jq

master </dev/null
leases 2
db=$S/data/pandafuzz.db
say() { printf '%s\n' "$@" | pf-sched -q apply >"$T/reply"; }
bot=$(pf-registry register -H h -N b -e libfuzzer -i i)
gone=$(pf-registry register -H h -N gone -e afl++ -i i)
pf-registry deregister "$gone" >/dev/null
pf-sched -q campaign create -w 3 side >/dev/null
side=$(sql "SELECT id FROM campaigns WHERE name = 'side'")
other=$(pf-sched submit -N other -C side -e afl++ -t "$T/target")
claim="{\"op\":\"claim\",\"bot\":\"$bot\",\"inc\":\"i\"}"
token="\"bot\":\"$bot\",\"inc\":\"i\",\"job\":\"$job\",\"epoch\":1"
say "$claim" "{\"op\":\"start\",$token,\"attempt\":3}"
check 'without a snapshot' 0 - - pf-ingest fsck

# hurt SQL PLACE WHY: what was changed so is found, told of by -r, and left
back()
{
	rm -f "$db-wal" "$db-shm"
	cp "$T/whole.db" "$db"
}
keep()
{
	sqlite3 "$db" 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
	cp "$db" "$T/whole.db"
}
hurt()
{
	sqlite3 "$db" "$1"
	check "$1" 1 "~^state	$2	$3" '*' pf-ingest -r fsck
	check 'for a person to judge' 1 "~^state	$2	$3" - pf-ingest fsck
	back
}
keep
hurt 'UPDATE jobs SET attempt = 7 WHERE attempt = 3' "jobs/$job" \
    'its attempt is 7, and it has 3 leases$'
hurt 'UPDATE jobs SET epoch = 5 WHERE epoch = 1' "jobs/$job" \
    'its epoch is 5, and that of its last lease 1$'
hurt 'UPDATE assignments SET epoch = 2 WHERE attempt = 2' \
    "assignments/$job/1.3" 'it is number 2 of its job$'
hurt 'UPDATE assignments SET epoch = 0 WHERE attempt = 1' \
    "assignments/$job/0.1" 'there was no such epoch$'
hurt 'UPDATE assignments SET lease_tick = 64 WHERE attempt = 3' \
    "assignments/$job/1.3" 'its ticks are not in order$'
hurt 'UPDATE assignments SET ended_at = 5 WHERE attempt = 3' \
    "assignments/$job/1.3" 'it is started, and ended_at does not say so$'
hurt "UPDATE jobs SET assigned_bot = '$gone' WHERE status = 'running'" \
    "jobs/$job" 'it is running, and its lease is not of that$'
hurt "UPDATE jobs SET completed_at = 1 WHERE status = 'running'" \
    "jobs/$job" 'it is running, and completed_at does not say so$'
hurt "UPDATE bots SET current_job = '$other' WHERE current_job IS NOT NULL" \
    "bots/$bot" 'its current job is not that of its lease$'

# What nothing but a description knows.
pf-sched -q snapshot
check 'with one' 0 - - pf-ingest fsck
jobs=$S/metadata/jobs bots=$S/metadata/bots
change="and no event tells of a change$"
hurt "UPDATE jobs SET strikes = 8 WHERE id = '$other'" "jobs/$other" \
    "its strikes is 8, not 0 as in $jobs/$other.json, $change"
hurt "UPDATE campaigns SET weight = 35 WHERE name = 'side'" \
    "campaigns/$side" "its weight is 35, not 3 as in $S/metadata/.*, $change"
hurt "UPDATE campaigns SET status = 'paused' WHERE name = 'side'" \
    "campaigns/$side" "its status is paused, not active as in .*, $change"
hurt "UPDATE bots SET inc = 'h' WHERE id = '$bot'" "bots/$bot" \
    "its inc is h, not i as in $bots/$bot.json, $change"
hurt "UPDATE bots SET capabilities = '[\"libfuzzez\"]' WHERE id = '$bot'" \
    "bots/$bot" "its capabilities is .*libfuzzez.*, not .*, $change"
hurt "UPDATE bots SET failure_count = 2, drain = 1 WHERE id = '$gone'" \
    "bots/$gone" "its failure_count is 2, not 0 as in .*, $change"
hurt "UPDATE assignments SET bot_id = '$gone' WHERE attempt = 2" \
    "jobs/$job" "its leases are not as in $jobs/$job.json, $change"
sqlite3 "$db" "UPDATE jobs SET priority = 16 WHERE id = '$other'"
check 'a priority' 1 \
    "=metadata	$jobs/$other.json	its priority is not that of the database" \
    - pf-ingest fsck
back

# An older file is no witness of what its snapshot did not see, but of what
# it would have seen.
cp "$jobs/$job.json" "$T/old.json"
say "{\"op\":\"complete\",$token,\"attempt\":3,\"result\":\"completed\"}" \
    '{"op":"campaign","do":"set","campaign":"side","weight":4}' \
    "{\"op\":\"drain\",\"bot\":\"$bot\"}"
check 'what events tell of' 0 - - pf-ingest fsck
sqlite3 "$db" "UPDATE jobs SET strikes = 5 WHERE id = '$job'"
check 'since then no file says more' 0 - - pf-ingest fsck
sqlite3 "$db" "UPDATE jobs SET strikes = 0 WHERE id = '$job'"
pf-sched -q snapshot
check 'the next one does' 0 - - pf-ingest fsck
keep
hurt "UPDATE jobs SET strikes = 5 WHERE id = '$job'" "jobs/$job" \
    'its strikes is 5, not 0'
cp "$jobs/$job.json" "$T/new.json"
cp "$T/old.json" "$jobs/$job.json"
check 'a file put back' 1 "~^state	jobs/$job	its .* as in $jobs/$job.json" \
    - pf-ingest fsck
cp "$T/new.json" "$jobs/$job.json"

# Of events that are forgotten nobody knows what they told.
say '{"op":"campaign","do":"set","campaign":"side","weight":9}'
check 'another weight' 0 - - pf-ingest fsck
sqlite3 "$db" 'DELETE FROM events WHERE id < (SELECT max(id) FROM events)'
say '{"op":"campaign","do":"pause","campaign":"default"}'
sqlite3 "$db" 'DELETE FROM events WHERE id < (SELECT max(id) FROM events)'
check 'whose event is forgotten' 0 - - pf-ingest fsck
pf-sched -q snapshot
check 'after the next snapshot' 0 - - pf-ingest fsck

# A snapshot, or a backup, is what sets it right.
say '{"op":"campaign","do":"resume","campaign":"default"}'
pf-sched -q backup "$T/backup"
pf-sched -q snapshot
sqlite3 "$db" "UPDATE campaigns SET weight = 35 WHERE name = 'side'"
check 'a weight of nowhere' 1 "~^state	campaigns/$side	" - pf-ingest fsck
check 'is right again' 0 '~^refused	0$' - pf-sched restore "$T/backup"
is "$(sql "SELECT weight FROM campaigns WHERE name = 'side'")" 9 'as it was'
check 'a database made anew' 0 - - pf-ingest fsck
pf-sched -q snapshot
check 'and its snapshot' 0 - - pf-ingest fsck

# While all of it changes it finds nothing.
pf-sched serve 2>"$T/serve.err" &
serve=$!
# shellcheck disable=SC2016 # the one there is then
at_end 'kill $(mine $serve) 2>/dev/null'
until_true 10 test -S "$T/sock"
busy()
{
	b=$(pf-registry register -H h -N busy -e libfuzzer -i i)
	for k in $(seq 30); do
		pf-sched -q submit -N "n$k" -e libfuzzer -t "$T/target" >"$T/id"
		echo "{\"op\":\"claim\",\"bot\":\"$b\",\"inc\":\"i\"}" |
		    pf-sched apply >"$T/got"
		jq -c "select(.job.id) | {op: \"start\", bot: \"$b\", inc: \"i\",
		    job: .job.id, epoch, attempt} |
		    ., .op = (if $k % 3 == 0 then \"handback\" else \"complete\" end) |
		    .result = \"completed\"" "$T/got" | pf-sched -q apply
		echo "{\"op\":\"campaign\",\"do\":\"set\",\"campaign\":\"side\",\"weight\":$k}" |
		    pf-sched -q apply
		[ $((k % 10)) -ne 0 ] || pf-sched -q snapshot
	done >"$T/busy.out" 2>&1
	echo >"$T/over"
}
busy &
busy=$!
n=0
until [ -e "$T/over" ]; do
	run pf-ingest fsck
	[ $status -eq 0 ] || break
	n=$((n + 1))
done
ran 0 'beside jobs that come and go, and snapshots'
diag "$T/out"
wait $busy
ok 'more than once' test $n -gt 1
is "$(sql "SELECT count(*) > 15 FROM jobs WHERE status = 'completed'")" 1 \
    'they did'
kill "$serve"
wait "$serve"
pf-sched -q snapshot
check 'and after that' 0 - - pf-ingest fsck
done_testing
