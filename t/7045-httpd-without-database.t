#!/bin/sh
# Results need no database: they are acknowledged while it is locked, while it
# is damaged and condemned, and while it is being brought up to date; claims
# are told to come again.  Afterwards all of them are filed.
# shellcheck disable=SC2016 # what stands in quotes is for eval
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
need sqlite3 curl strace

printf '%s\n' '[timeouts]' 'request = 3s' >"$T/settings"
master_new - <"$T/settings"
db=$PF_STORAGE/data/pandafuzz.db
job=$(pf-sched submit -N j -e libfuzzer -t /bin/true)
bot=$(echo '{"op":"register","hostname":"h","capabilities":["afl++"]}' |
    pf-sched apply | sed 's/.*"bot":"\([^"]*\)".*/\1/')
seq=0 acks=0
# post: one more result; counts those acknowledged
post()
{
	seq=$((seq + 1))
	mkpack corpus "$job" "$bot" -s $seq -n 3 "$T/input" >"$T/pack"
	code=$(curl -s -m 5 -o "$T/body" -w '%{http_code}' \
	    -H 'Content-Type: application/x-pandafuzz-pack' \
	    --data-binary "@$T/pack" "$url/api/v1/results/batch")
	[ "$code" != 200 ] || acks=$((acks + 1))
}
# Each record differs by its number, and the packs by theirs.
many()
{
	acks=0
	for n in 1 2 3 4 5 6 7 8 9 10; do
		printf '%s %s %%d' "$seq" "$1" >"$T/input"
		post
	done
	is $acks 10 "$1: each result is acknowledged"
}
claim()
{
	curl -s -m 30 -o "$T/body" -w '%{http_code}' \
	    "$url/api/v1/bots/$bot/job"
}
filed_is() { [ "$(master_sql 'SELECT count(DISTINCT hash) FROM corpus')" = "$1" ]; }

# Somebody holds the lock, for longer than any writer waits.
master_start ingest httpd
printf '%s\n' 'claim' >"$T/input"
mkfifo "$T/hold"
sqlite3 "$db" <"$T/hold" >"$T/held" 2>&1 &
holder=$!
exec 8>"$T/hold"
# Whoever writes at this moment is waited for; only then it is ours.
printf '%s\n' '.timeout 60000' '.bail on' 'BEGIN IMMEDIATE;' \
    'UPDATE system SET value = value;' "SELECT 'ours';" >&8
ok 'the database is locked' until_true 60 grep -qx ours "$T/held"
many locked
is "$(claim)" 503 'locked: a claim comes again'
ok 'locked: nothing is filed' filed_is 0
echo 'ROLLBACK; .quit' >&8
exec 8>&-
wait $holder
ok 'unlocked: all of them are filed' until_true 60 filed_is 30
many unlocked
ok 'and so are others' until_true 60 filed_is 60

# Condemned: the writer does not even start.
for name in sched ingest; do
	pid=$(echo "$master_pids" | tr ' ' '\n' | sed -n "s/:$name\$//p")
	kill "$pid"
	wait "$pid"
	master_pids=$(echo "$master_pids" | sed "s/$pid:$name//")
done
sqlite3 "$db" 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
cp "$db" "$T/good.db"
for n in $(seq 4 3 40); do
	dd if=/dev/zero of="$db" bs=4096 seek="$n" count=1 conv=notrunc \
	    2>/dev/null
done
run timeout 20 pf-sched serve
ok 'damaged: the writer says so' test "$status" -ne 0
ok 'damaged: and leaves its note' test -s "$PF_STORAGE/data/DAMAGED"
many damaged
is "$(claim)" 503 'damaged: a claim comes again'
run pf-ingest -q
ok 'damaged: nothing can be filed' test "$status" -ne 0
is "$(find "$PF_SPOOL/bad" -type f | wc -l)" 0 'damaged: nothing is refused for it'
rm "${db:?}" "${db:?}"-* "$PF_STORAGE/data/DAMAGED"
cp "$T/good.db" "$db"
check 'with a good one again all of them are filed' 0 - - pf-ingest -q
ok 'indeed' filed_is 90

# An old one is brought up to date, and that takes its time.
rm "${db:?}" "${db:?}"-*
{
	echo 'PRAGMA application_id = 1346782769; PRAGMA user_version = 1;'
	cat "$PF_ROOT/lib/store/schema.sql"
} | sqlite3 "$db"
# Leaks cannot be looked for under strace.
ASAN_OPTIONS=detect_leaks=0 strace -f -qq -o "$T/trace" \
    -e trace=fdatasync,fsync \
    -e inject=fdatasync,fsync:delay_enter=400000 \
    pf-sched -q init >"$T/init.out" 2>&1 &
init=$!
ok 'migrating: it is at it' until_true 20 grep -q sync "$T/trace"
many migrating
is "$(claim)" 503 'migrating: a claim comes again'
ok 'migrating: it still was' kill -0 $init
rc=0
wait $init || rc=$?
is $rc 0 'migrating: it ends well'
is "$(find "$PF_SPOOL/new" -type f | wc -l)" 10 'what came meanwhile is kept'
done_testing
