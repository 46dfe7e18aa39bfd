#!/bin/sh
# Buckets that are gone are made anew from what is in them, in one walk.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"
need sqlite3

master <<!
[limits]
crash_buckets = 100000
!
db=$S/data/pandafuzz.db
# rows FROM TO: crashes, three of a bucket
rows()
{
	seq "$1" "$2" | awk -v job="$job" '
	NR % 50 == 1 { printf "{\"op\":\"crash\",\"rows\":[" }
	{ printf "%s{\"rid\":\"%064x\",\"job\":\"%s\",\"bot\":\"b\"," \
	    "\"time\":%d,\"filed\":%d,\"v\":2,\"hash\":\"%064x\"," \
	    "\"size\":4,\"type\":\"segv\",\"signal\":11,\"stack\":\"f%d < mid < low\"%s}",
	    (NR % 50 == 1 ? "" : ","), $1, job, 9000 - $1, 1000 + $1, $1,
	    $1 / 3, ($1 % 31 == 0 ? ",\"stored\":false" : "") }
	NR % 50 == 0 { print "]}" }
	END { if (NR % 50 != 0) print "]}" }' | pf-sched -q apply
}
buckets()
{
	# the times of what was dropped went with it
	sql 'SELECT id, campaign, type, tool, frames, first_crash, samples,
	    dropped, iif(dropped = 0, first_seen || last_seen, 0)
	    FROM buckets ORDER BY id'
}
mend() { printf '{"op":"recount"}\n' | pf-sched apply; }

rows 1 1500
buckets >"$T/before"
is "$(wc -l <"$T/before")" 501 'five hundred buckets'
check 'nothing to mend' 0 '~"ok":true' - mend
is "$(buckets | diff - "$T/before")" '' 'changes nothing'
sqlite3 "$db" 'DELETE FROM bucket_rows WHERE samples > 0'
is "$(buckets | wc -l)" 0 'they are gone'
check 'all are gone' 0 '~"ok":true' - mend
is "$(buckets | diff - "$T/before")" '' 'all are there again'
is "$(sql "SELECT value FROM counters WHERE name = 'buckets' AND scope = ''")" \
    501 'and counted'
is "$(sql 'SELECT count(*) FROM told')" 501 'nobody is told again'
# A crash that lies in a bucket of another name: it goes where it belongs.
sqlite3 "$db" "UPDATE crashes SET bucket = 'x' || substr(bucket, 2) WHERE
    hash LIKE '%1'; UPDATE crashes SET bucket = '' WHERE hash LIKE '%2'"
check 'some lie elsewhere' 0 '~"ok":true' - mend
is "$(buckets | diff - "$T/before")" '' 'and are back'
sqlite3 "$db" "UPDATE results SET reply = 'rubbish' WHERE rid LIKE '%f'"
check 'replies of rubbish' 0 '~"ok":true' - mend
sqlite3 "$db" 'DELETE FROM dropped'
check 'no notes of what was dropped' 0 '~"ok":true' - mend
ok 'are made of the replies' test "$(sql 'SELECT sum(n) FROM dropped')" -gt 40
done_testing
