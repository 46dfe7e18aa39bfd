#!/bin/sh
# pf-sched init: the tree, the database, and configurations that are wrong.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sched.sh
. "$PF_ROOT/t/lib/sched.sh"

: >"$T/none.conf"
for words in '' nosuch 'init more' 'serve more' 'apply more' cancel \
    'submit' 'submit -N x' 'submit -N x -e libfuzzer' '-z init' \
    'submit -N x -e libfuzzer -t /bin/true arg'; do
	# shellcheck disable=SC2086
	check "refused: pf-sched $words" 64 - '~^usage: pf-sched' \
	    pf-sched -c "$T/none.conf" $words
done

conf=$T/bad.conf
export PF_CONF="$conf"
bad() # NAME LINE TEXT MESSAGE
{
	printf '%b' "$3" >"$conf"
	check "$1" 78 - "=pf-sched: $conf:$2: $4" pf-sched init
}
bad 'an unknown key names file and line' 3 '[sched]\n\nscoket = /x\n' \
    'unknown key "scoket" in [sched]'
bad 'an unknown section' 2 '[nosuch]\nkey = 1\n' 'unknown section [nosuch]'
bad 'a key before any section' 1 'path = /x\n' \
    '"path" stands before any [section]'
bad 'a relative path' 2 '[storage]\npath = var\n' \
    'path = "var" in [storage] is not an absolute path'
bad 'a duration without a unit' 2 '[timeouts]\nbot = 60\n' \
    'bot = "60" in [timeouts] is not a duration such as 90s or 1h30m from 1s to 1d'
bad 'a size out of range' 2 '[limits]\ncrash_size = 99T\n' \
    'crash_size = "99T" in [limits] is not a size such as 4096, 64K or 2G from 1 to 256M'
bad 'a number of retries out of range' 2 '[retry.recovery]\nmax_retries = -1\n' \
    'max_retries = "-1" in [retry.recovery] is not a number from 0 to 1000'
bad 'a pause out of range' 3 \
    '[retry.recovery]\n\ninitial_delay = 2h\n' \
    'initial_delay = "2h" in [retry.recovery] is not a duration such as 90s or 1h30m from 1ms to 1h'
bad 'a first pause above the longest' 3 \
    '[retry.recovery]\nmax_delay = 1s\ninitial_delay = 90s\n' \
    'initial_delay = 1m30s in [retry.recovery] is more than its max_delay, which is 1s'
bad 'a class of errors that there is not' 2 \
    '[retry.database]\nretryable_errors = busy, bussy\n' \
    'retryable_errors = "busy, bussy" in [retry.database] is not a list of classes of errors (usage, data, notfound, unavailable, bug, io, busy, full, stale, conflict, denied, config), timeout, or parts of messages of two words or more'
bad 'a line that is nothing' 3 '[limits]\n\nhello\n' \
    'neither [section] nor key = value'
rm "$conf"
check 'a configuration that is not there' 78 - '~No such file' pf-sched init

# A tree that is made, and made again.
mkdir "$T/m"
printf '[storage]\npath = %s\n[spool]\npath = %s\n[sched]\nsocket = %s\n' \
    "$T/m/storage" "$T/m/spool" "$T/m/sock" >"$conf"
check 'a dry run says what it would do' 0 '~^would make storage' - \
    pf-sched -n init
ok 'and does nothing' test ! -e "$T/m/storage"
check 'init makes everything' 0 "=made	$T/m/storage" - pf-sched init
check 'init is safe to repeat' 0 "=ready	$T/m/storage" - pf-sched init
for d in data targets corpus crashes metadata/bots metadata/jobs \
    metadata/system metadata/ledger logs/jobs; do
	ok "there is $d" test -d "$T/m/storage/$d"
done
is "$(stat -c %a "$T/m/storage/data")" 750 'readers may only read data'
is "$(stat -c %a "$T/m/storage/data/pandafuzz.db")" 640 'and the database'
is "$(cat "$T/m/storage/metadata/system/epoch")" 1 'the epoch has its file'
is "$(sql 'PRAGMA application_id')" 1346782769 'application id'
newest=$(awk '$2 == "PF_DB_VERSION" { print $3 }' "$PF_ROOT/lib/store/db.h")
is "$(sql 'PRAGMA user_version')" "$newest" 'schema version'
is "$(sql 'PRAGMA journal_mode')" wal 'WAL'
is "$(sql "SELECT count(*) FROM system WHERE key = 'master_id'")" 1 \
    'the master has an id'
is "$(sql "SELECT name FROM campaigns")" default 'there is one campaign'
ok 'the -wal stays for readers' test -e "$T/m/storage/data/pandafuzz.db-wal"

# What is there already and is not ours stays as it is.
mkdir -p "$T/o/storage/data"
printf '[storage]\npath = %s\n[spool]\npath = %s\n' "$T/o/storage" \
    "$T/o/spool" >"$conf"
sqlite3 "$T/o/storage/data/pandafuzz.db" 'CREATE TABLE mine (a)'
check 'a foreign database' 78 - '~not a PandaFuzz database' pf-sched init
is "$(sqlite3 "$T/o/storage/data/pandafuzz.db" .tables)" mine 'is left alone'
rm "$T/o/storage/data/pandafuzz.db"
head -c 8192 /dev/urandom >"$T/o/storage/data/pandafuzz.db"
check 'a damaged database' 74 - '~pf-recovery' pf-sched init
rm -rf "$T/o/storage"
: >"$T/o/storage"
check 'a file in the way' 74 - '~a file is in the way' pf-sched init
# An older one is brought up to date, a copy of it kept.
mkdir -p "$T/v1/storage/data"
printf '[storage]\npath = %s/v1/storage\n[spool]\npath = %s/v1/spool\n' \
    "$T" "$T" >"$conf"
v1=$T/v1/storage/data/pandafuzz.db
{
	echo 'PRAGMA application_id = 1346782769; PRAGMA user_version = 1;'
	cat "$PF_ROOT/lib/store/schema.sql"
	echo "INSERT INTO campaigns VALUES ('c', 'old', 1, 7, 0, 0);"
} | sqlite3 "$v1"
check 'other commands refuse an old schema' 78 - \
    "~schema 1 is older than $newest: run pf-sched init" pf-report jobs
check 'init brings it up to date' 0 "=ready	$T/v1/storage" - pf-sched init
is "$(sqlite3 "$v1" 'PRAGMA user_version')" "$newest" 'to the newest version'
is "$(sqlite3 "$v1" "SELECT status FROM campaigns WHERE name = 'old'")" \
    active 'with what was in it'
is "$(sqlite3 "$v1.before-2" 'PRAGMA user_version')" 1 \
    'a copy from before is kept'
ok 'one, not one for each step' test ! -e "$v1.before-3"
sqlite3 "$v1" .schema | sort >"$T/migrated"
sqlite3 "$T/m/storage/data/pandafuzz.db" .schema | sort >"$T/new"
ok 'the schema is that of a new one' cmp "$T/migrated" "$T/new"
PF_CONF=$T/m/x.conf
printf '[storage]\npath = %s/m/storage\n[sched]\nsocket = %s/m/sock\n' \
    "$T" "$T" >"$PF_CONF"
sqlite3 "$T/m/storage/data/pandafuzz.db" \
    "PRAGMA user_version = $((newest + 1))" >/dev/null
check 'a newer database is refused' 78 - '~newer than this program' \
    pf-sched init
done_testing
