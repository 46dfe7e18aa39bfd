#!/bin/sh
# Recovery, a damaged database, and what a supervisor wants.
# shellcheck disable=SC2016,SC2119 # for inner shells; no arguments meant
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sched.sh
. "$PF_ROOT/t/lib/sched.sh"
need jq sqlite3 socat

sched_new '[retention]
events = 1d
jobs = 1d'
check 'recover with words' 64 - '~^usage: pf-sched' pf-sched recover now
check 'a dry run' 0 '={"op":"recover"}' - pf-sched -n recover
bot one '["libfuzzer"]'
gone=$bot
job -k 3
op "{\"op\":\"claim\",\"bot\":\"$bot\",\"inc\":\"i-one\"}"
orphan=$(get .job.id)
bot two '["libfuzzer"]'
op "{\"op\":\"claim\",\"bot\":\"$bot\",\"inc\":\"i-two\"}"
db=$T/m/storage/data/pandafuzz.db
# Nothing is old before time has passed by ticks.
pf-reaper | pf-sched -q apply
sqlite3 "$db" "UPDATE bots SET gone_at = 1 WHERE id = '$gone';
    UPDATE assignments SET lease_tick = -100;
    INSERT INTO events (time, kind, subject, was, now, who, why)
	VALUES (1, 'job', 'x', '', '', '', '');
    UPDATE events SET id = -1 WHERE time = 1"
check 'recover says what it did' 0 '=renewed	1
orphans	1
waiting	2
swept	1' - pf-sched recover
is "$(sql "SELECT status FROM jobs WHERE id = '$orphan'")" pending \
    'the job of a bot that is gone waits again'
is "$(sql 'SELECT max(lease_tick) FROM assignments')" 0 \
    'the other lease was renewed'
is "$(sql "SELECT group_concat(was, '; ') FROM (SELECT was FROM events WHERE who = 'recover' AND kind = 'system' ORDER BY id)")" \
    'step 1 of 5; step 2 of 5; step 3 of 5; step 4 of 5; step 5 of 5' \
    'an event a step, in order'
check 'the steps can be read' 0 \
    '~step 2 of 5	done	recover	jobs of bots that are gone, queued again: 1$' \
    - pf-report events
check 'a second time there is nothing left' 0 '~^orphans	0$' - \
    pf-sched recover

# Retention, by the reaper.
pf-sched cancel "$orphan" >/dev/null
sqlite3 "$db" "UPDATE jobs SET completed_at = 1 WHERE id = '$orphan';
    UPDATE jobs SET created_at = 1; UPDATE events SET time = 1 WHERE
    id = (SELECT min(id) FROM events)"
check 'what is too old is told' 0 "~^job $orphan would be archived\$" - \
    pf-reaper -n
pf-reaper >"$T/ops"
is "$(jq -r .op "$T/ops" | sort | tr '\n' ' ')" 'archive sweep ' \
    'an op for each'
check 'applied' 0 - - sh -c 'pf-sched -q apply <"$1"' sh "$T/ops"
is "$(sql 'SELECT count(*) FROM events WHERE time = 1')" 0 \
    'the old event is gone'
is "$(sql 'SELECT count(*) FROM jobs WHERE archived_at IS NOT NULL')" 1 \
    'the ended job is archived'
is "$(sql "SELECT count(*) FROM jobs WHERE status = 'pending'")" 1 \
    'one that waits stays, however old'
check 'nothing more' 0 - - sh -c 'pf-reaper | grep -v tick || :'

# A supervisor: ready, reload, stop.
socat -u "UNIX-RECV:$T/notify" - >"$T/told" &
told=$!
at_end "kill $told 2>/dev/null"
until_true 10 test -S "$T/notify"
export NOTIFY_SOCKET="$T/notify"
serve_start
unset NOTIFY_SOCKET
ok 'ready is told' until_true 10 grep -q READY=1 "$T/told"
is "$(sql "SELECT value FROM system WHERE key = 'max_concurrent_jobs'")" 0 \
    'no limit'
sed 's/^jobs = 1d/&\n[limits]\nmax_concurrent_jobs = 1/' "$PF_CONF" >"$T/new"
cat "$T/new" >"$PF_CONF"
kill -HUP "$serve_pid"
ok 'SIGHUP: read again' until_true 10 grep -q 'read again' "$T/serve.err"
bot three '["libfuzzer"]'
op "{\"op\":\"claim\",\"bot\":\"$bot\",\"inc\":\"i-three\"}"
is "$(get .why)" 'limits.max_concurrent_jobs is reached' 'and in force'
echo 'scoket = /x' >>"$PF_CONF"
kill -HUP "$serve_pid"
ok 'a wrong one is refused' until_true 10 grep -q \
    'unknown key "scoket" in \[limits\]; the old configuration stays' \
    "$T/serve.err"
sed "s|^path = $T/m/storage|path = $T/elsewhere|" "$T/new" >"$PF_CONF"
kill -HUP "$serve_pid"
ok 'another storage too' until_true 10 grep -q 'takes a new start' \
    "$T/serve.err"
cat "$T/new" >"$PF_CONF"
serve_stop
is $serve_rc 0 'it ends well'
ok 'the end is told' until_true 10 grep -q STOPPING=1 "$T/told"

# Damage: found at the start, noted, and nobody writes any more.
cp "$db" "$T/good.db"
sqlite3 "$db" 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
page=$(sqlite3 "$db" 'PRAGMA page_size')
pages=$(sqlite3 "$db" 'PRAGMA page_count')
i=4
while [ $i -lt "$pages" ]; do
	dd if=/dev/zero of="$db" bs="$page" seek=$i count=1 conv=notrunc \
	    2>/dev/null
	i=$((i + 3))
done
check 'serve finds it' 74 - \
    '~damaged.*pf-recovery\(7\) says what to do' pf-sched serve
ok 'and leaves a note' test -s "$T/m/storage/data/DAMAGED"
check 'serve refuses it then' 78 - \
    "=pf-sched: $T/m/storage/data/DAMAGED: the database was found damaged; pf-recovery(7) says what to do" \
    pf-sched serve
echo '{"op":"sweep"}' >"$T/ops"
check 'so does apply' 78 - '~was found damaged' \
    sh -c 'pf-sched apply <"$1"' sh "$T/ops"
rm "$T/m/storage/data/DAMAGED" "$db"*
cp "$T/good.db" "$db"
check 'with a good one in its place it goes on' 0 '~^renewed' - \
    pf-sched recover

# Damage that shows while it serves.
serve_start
# What it has in memory is good; another checkpoint has it read again.
emptied() { sqlite3 "$db" 'PRAGMA wal_checkpoint(TRUNCATE)' | grep -q '^0|'; }
ok 'the log is emptied' until_true 20 emptied
i=1
while [ $i -lt "$pages" ]; do
	dd if=/dev/urandom of="$db" bs="$page" seek=$i count=1 conv=notrunc \
	    2>/dev/null
	i=$((i + 1))
done
i=0
while [ $i -lt 200 ] && kill -0 "$serve_pid" 2>/dev/null; do
	printf '%s\n' '{"op":"sweep"}' \
	    "{\"op\":\"register\",\"hostname\":\"h$i\",\"capabilities\":[\"a\"]}" |
	    socat -t 2 - "UNIX-CONNECT:$T/m/sock" >/dev/null 2>&1
	i=$((i + 1))
done
until_true 10 sh -c "! kill -0 $serve_pid" || kill -9 "$serve_pid"
rc=0
wait "$serve_pid" || rc=$?
is $rc 74 'the server stops'
like "$(cat "$T/serve.err")" 'the database is damaged: pf-recovery' 'says so'
ok 'and leaves its note' test -s "$T/m/storage/data/DAMAGED"
done_testing
