#!/bin/sh
# A damaged database is noticed by whoever looks: recover, backup, the first
# writer of a boot; and a writer that serves heeds their note.
# shellcheck disable=SC2016,SC2119 # for inner shells; no arguments meant
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sched.sh
. "$PF_ROOT/t/lib/sched.sh"
need sqlite3 socat

sched_new ''
job -k 3
db=$T/m/storage/data/pandafuzz.db note=$T/m/storage/data/DAMAGED
sqlite3 "$db" 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
cp "$db" "$T/good"
page=$(sqlite3 "$db" 'PRAGMA page_size')
root=$(sqlite3 "$db" "SELECT rootpage FROM sqlite_master WHERE name = 'jobs'")
# harm: the pages of the jobs are no pages any more
harm()
{
	dd if=/dev/urandom of="$db" bs="$page" seek=$((root - 1)) count=1 \
	    conv=notrunc 2>/dev/null
}
heal()
{
	rm -f "$note" "$db"*
	cp "$T/good" "$db"
}
for words in 'recover' "backup $T/b" 'snapshot'; do
	harm
	# shellcheck disable=SC2086
	run pf-sched $words
	ran 74 "$words finds it"
	like "$(cat "$T/err")" '(damaged|malformed).*pf-recovery' \
	    "$words says so, and where to read on"
	ok "$words leaves a note" test -s "$note"
	check "no writer after $words" 78 - '~was found damaged.*pf-recovery' \
	    sh -c 'echo "{\"op\":\"sweep\"}" | pf-sched apply'
	heal
done
ok 'a backup that failed leaves no half copy' test ! -e "$T/b/new"
check 'with a good one it goes on' 0 '~^renewed' - pf-sched recover

# Readers come upon it as well.
one=${job%%[!0-9a-f-]*}
for words in jobs "job $one" "explain job $one"; do
	harm
	# shellcheck disable=SC2086
	check "a reader: pf-report $words" 74 '*' \
	    '~(damaged|malformed).*pf-recovery' pf-report $words
	heal
done

echo 'found by somebody' >"$note"
check 'explain says that nothing goes on' 0 \
    '~^pending: no bot offers .*damaged and nothing goes on: pf-recovery' - \
    pf-report explain job "$one"
rm -f "$note"

# A writer alone looks once a boot.
sqlite3 "$db" "UPDATE system SET value = 'another' WHERE key = 'checked_boot'"
sqlite3 "$db" 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
harm
check 'the first writer of a boot looks' 74 - \
    '~the database is damaged.*pf-recovery' \
    sh -c 'echo "{\"op\":\"sweep\"}" | pf-sched apply'
ok 'and notes it' test -s "$note"
heal
op '{"op":"sweep"}'
is "$(get .ok)" true 'a good one passes'
is "$(sql "SELECT value FROM system WHERE key = 'checked_boot'")" \
    "$(cat /proc/sys/kernel/random/boot_id)" 'and is not looked over again'

# The text of the schema is on no page that SQLite would call damaged.
# reword SQL: changes a word of it behind SQLite's back
reword()
{
	sqlite3 "$db" "PRAGMA writable_schema = ON" "$1" \
	    'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
}
reword "UPDATE sqlite_schema SET sql = replace(sql, 'last_seen', 'lAst_sEem')
    WHERE name = 'bots'"
run pf-sched recover
ran 74 'a column of another name is found'
like "$(cat "$T/err")" 'damaged: the table bots is not as this version' \
    'and the table named'
ok 'that leaves a note' test -s "$note"
rm -f "$note"
check 'a reader says so' 74 - \
    '~no such column.*the schema is damaged.*pf-recovery' \
    pf-report bots
heal
trigger=$(sqlite3 "$db" "SELECT name FROM sqlite_schema WHERE type = 'trigger'
    LIMIT 1")
reword "DELETE FROM sqlite_schema WHERE name = '$trigger'"
check 'a trigger that is gone is found' 74 - \
    "~damaged: the trigger $trigger is gone" pf-sched recover
heal
sqlite3 "$db" 'CREATE INDEX mine ON jobs (name)' \
    'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
check 'an index that somebody added is let be' 0 '~^renewed' - \
    pf-sched recover
heal

# A note, while a server serves.
serve_start
echo 'found by somebody' >"$note"
sleep 1.1
before=$(sql 'SELECT count(*) FROM bots')
printf '%s\n' '{"op":"register","hostname":"x","capabilities":["a"]}' |
    socat -t 2 - "UNIX-CONNECT:$T/m/sock" >"$T/answer" 2>/dev/null
rc=0
wait "$serve_pid" || rc=$?
is $rc 74 'a server ends at the note of somebody else'
like "$(cat "$T/serve.err")" 'pf-recovery' 'and says where to read on'
is "$(cat "$T/answer") $(sql 'SELECT count(*) FROM bots')" " $before" \
    'and does nothing more'
heal

# What killed commands have left is swept, what lives is not.
sleep 60 &
sleeper=$!
at_end "kill $sleeper 2>/dev/null"
(:) &
dead=$!
wait $dead
for f in "targets/.tmp.$dead" "targets/.tmp.$sleeper" "targets/.tmp.$dead.x" \
    "metadata/jobs/a.json.tmp.$dead"; do
	: >"$T/m/storage/$f"
	touch -d '2 hours ago' "$T/m/storage/$f"
done
: >"$T/m/storage/targets/young.tmp.$dead"
serve_start
serve_stop
is "$(cd "$T/m/storage" && find targets metadata -name '*.tmp.*' | sort | sed "s/$sleeper/LIVES/; s/$dead/DEAD/" | tr '\n' ' ')" \
    'targets/.tmp.LIVES targets/.tmp.DEAD.x targets/young.tmp.DEAD ' \
    'only what is old and nobody'"'"'s goes'
done_testing
