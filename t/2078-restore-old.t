#!/bin/sh
# A backup that an older program made is brought up to date by a restore.
# shellcheck disable=SC2119 # no arguments meant
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sched.sh
. "$PF_ROOT/t/lib/sched.sh"
need jq sqlite3

sched_new ''
storage=$T/m/storage
newest=$(sql 'PRAGMA user_version')
mkdir -p "$T/old/data" "$T/newer/data"
{
	echo 'PRAGMA application_id = 1346782769; PRAGMA user_version = 1;'
	cat "$PF_ROOT/lib/store/schema.sql"
	echo "INSERT INTO campaigns VALUES ('c', 'old', 1, 7, 0, 0);"
} | sqlite3 "$T/old/data/pandafuzz.db"
cp "$T/old/data/pandafuzz.db" "$T/newer/data"
sqlite3 "$T/newer/data/pandafuzz.db" "PRAGMA user_version = $((newest + 1))"
job

check 'one of a newer program' 78 - '~newer than this program' \
    pf-sched restore "$T/newer"
is "$(sql 'SELECT count(*) FROM jobs')" 1 'leaves all as it is'
check 'one of an older program' 0 '*' '~never a snapshot' \
    pf-sched -q restore "$T/old"
is "$(sql 'PRAGMA user_version')" "$newest" 'is brought up to date'
is "$(sql "SELECT weight FROM campaigns WHERE name = 'old'")" 1 \
    'with what was in it'
is "$(sql 'SELECT count(*) FROM jobs')" 1 'and what the tree knows'
is "$(sqlite3 "$T/old/data/pandafuzz.db" 'PRAGMA user_version')" 1 \
    'itself it stays as it was'
is "$(find "$storage/data" -name '*.before-*')" '' \
    'there is no copy besides: the backup is one'
check 'and the master works' 0 '~^[0-9a-f]' - \
    pf-sched submit -N j -e libfuzzer -t /bin/true -C old
done_testing
