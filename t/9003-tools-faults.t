#!/bin/sh
# What is done to a master by hand or by cron, killed and failing at its
# system calls: an old database brought up to date, backups, refused results
# tried again, the ledger of old days made thin.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sweep.sh
. "$PF_ROOT/t/lib/sweep.sh"
whole
need strace sqlite3

db=$S/data/pandafuzz.db
# keep: what is there now is what restore goes back to
keep()
{
	rm -rf "${T:?}/base.storage" "${T:?}/base.spool"
	cp -a "$S" "$T/base.storage"
	cp -a "$SPOOL" "$T/base.spool"
}
sweep_back() { restore; }
sweep_mend()
{
	for _ in 1 2 3; do
		sweep_run
		[ "$status" -ne 0 ] || break
		sleep 0.1
	done
}
sweep_all()
{
	sweep_kill 8
	sweep_chain 8
	sweep_errors 4 EIO ENOSPC
}

ingest_base
pf-ingest -q 2>/dev/null

# The record of an unknown job is refused each time, and is there each time.
keep
sweep_run() { run "$@" pf-ingest -q retry; }
sweep_look()
{
	{
		cat "$SPOOL"/new/* 2>/dev/null |
		    grep -ao '^[0-9a-f]\{64\} [0-9]*$' | cut -c 1-64
		find "$SPOOL/bad" -name '*.rec' | sed 's|.*/||; s|^\.retry-||; s|\..*||'
	} | sort -u
}
sweep_broken() { [ "$(sweep_look | wc -l)" = 1 ] || echo 'it is gone'; }
sweep_of 'retry' "openat.*$T/conf"
sweep_all
is "$(wc -l <"$T/want")" 1 'one is tried again'

# No line that tells something goes before what tells the same.
restore
day=$(find "$S/metadata/ledger" -name '*.jsonl')
for n in 1 2 3; do
	printf '{"kind":"coverage","rid":"%064d","time":1}\n' "$n"
done >>"$day"
mv "$day" "$S/metadata/ledger/20200101.jsonl"
# Only what a backup has is thinned.
pf-sched -q backup "$T/b"
keep
sweep_run() { run "$@" pf-ingest -q thin; }
sweep_look() { sort -u "$S"/metadata/ledger/*.jsonl; }
sweep_broken()
{
	sweep_look | grep -E '"kind":"(crash|corpus)"' >"$T/kept"
	[ "$(wc -l <"$T/kept")" = 3 ] || echo 'a line is gone'
}
sweep_of thin "openat.*$T/conf"
is "$(grep -c '"time":1}' "$T/want")" 0 'lines that tell nothing are gone'
ok 'the others are there' test "$(wc -l <"$T/want")" -gt 5
sweep_all
sweep_nth 'no memory' mf MF 12

# The backup of before stays good until there is another.
rm -rf "${T:?}/b"
pf-sched -q backup "$T/b"
cp -a "$T/b" "$T/b0"
keep
sweep_back()
{
	rm -rf "${T:?}/b"
	cp -a "$T/b0" "$T/b"
}
sweep_run() { run "$@" pf-sched -q backup "$T/b"; }
sweep_look()
{
	sqlite3 -readonly "$T/b/data/pandafuzz.db" \
	    'PRAGMA integrity_check; SELECT rid FROM results ORDER BY 1' 2>&1
}
sweep_broken() { [ "$(sweep_look | head -n 1)" = ok ] || echo 'no backup'; }
sweep_of backup "openat.*$T/conf"
sweep_all

# Old or new, never between.
{
	echo 'PRAGMA application_id = 1346782769; PRAGMA user_version = 1;'
	cat "$PF_ROOT/lib/store/schema.sql"
	echo "INSERT INTO campaigns VALUES ('c', 'old', 1, 7, 0, 0);"
} | sqlite3 "$T/old.db"
rm -rf "${S:?}"
mkdir -p "$S/data"
mv "$T/old.db" "$db"
keep
sweep_back() { restore; }
sweep_run() { run "$@" pf-sched -q init; }
sweep_look()
{
	sqlite3 "$db" "PRAGMA user_version; PRAGMA integrity_check;
	    SELECT name, weight FROM campaigns" 2>&1
	sqlite3 "$db" .schema | sort
}
sweep_broken()
{
	sweep_look | grep -q '^old|' || echo 'what was in it is gone'
}
sweep_of migration "openat.*$T/conf"
sweep_all
sweep_end
done_testing
