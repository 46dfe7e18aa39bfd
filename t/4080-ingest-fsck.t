#!/bin/sh
# pf-ingest fsck: each kind of finding, and what -r does about it.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"
need jq

master </dev/null
leases 1
C=$S/corpus/$job X=$S/crashes/$job
# put KIND TEXT: a record of it, filed; its hash in $hash
seq=0
put()
{
	seq=$((seq + 1))
	printf '%s' "$2" >"$T/input"
	hash=$(sha "$T/input")
	mkpack "$1" "$job" b1 -s $seq -f type=segv -f "stack=$2 < main" \
	    "$T/input" | lay
	pf-ingest -q
}
old() { touch -d '3 days ago' "$@"; }

check 'a new master' 0 - - pf-ingest fsck
for n in 1 2 3 4 5 6; do
	put corpus "corpus $n"
	put crash "crash $n"
done
check 'all is well' 0 - '=pf-ingest: 15 files, 0 findings, 0 mended' \
    pf-ingest -v fsck
check 'a word too many' 64 - '~fsck: "all": it takes no names' pf-ingest fsck all
check 'no dry run' 64 - '~^usage' pf-ingest -n fsck
check '-r is for fsck' 64 - '~^usage' pf-ingest -r
check 'only' 64 - '~^usage' pf-ingest -r bad

# finds NAME WHAT PATH WHY: exactly this
finds()
{
	check "$1" 1 "=$2	$3	$4" - pf-ingest fsck
}
# mends NAME WHY: with -r it is found once more, and then no more
mends()
{
	check "$1" 1 '~.' "~$2" pf-ingest -r fsck
	pf-ingest -q
	check "$1: then all is well" 0 - - pf-ingest fsck
}

put corpus gone
rm "$C/$hash"
finds 'a file is gone' missing "$C/$hash" 'the database has a row of it'
check '-r cannot bring it back' 1 '~^missing' '~: noted as lost$' \
    pf-ingest fsck -r
check 'nor before the command, but has noted it' 0 - - pf-ingest -r fsck
check 'what the command does not take' 64 - '~^usage' pf-ingest fsck -n
put corpus gone
check 'found again it is there again' 0 - - pf-ingest fsck

put crash rotten
printf 'bytes!' >"$X/$hash"
finds 'other bytes' damaged "$X/$hash" \
    'its bytes are others than its name says'
check 'they are moved aside' 1 '~^damaged' '~: moved aside$' pf-ingest -r fsck
is "$(cat "$S"/aside/*-"crashes_${job}_$hash")" 'bytes!' 'and kept'
put crash rotten
check 'found again it is whole' 0 - - pf-ingest fsck
is "$(cat "$X/$hash")" rotten 'with its bytes'
rm "$C/$(printf gone | sha256sum | cut -c 1-64)"
mkfifo "$C/$(printf gone | sha256sum | cut -c 1-64)"
check 'a fifo in its place' 1 '~^foreign	.*not a regular file' - pf-ingest fsck
pf-ingest -r fsck >/dev/null 2>&1
put corpus gone

rm "$X/$hash.json" 2>/dev/null
put crash told
echo '{' >"$X/$hash.json"
check 'a report that is none' 1 "~^report	$X/$hash.json	" - pf-ingest fsck
mends 'its report' 'written anew'
is "$(jq -r '.type + " " + .stack' "$X/$hash.json")" 'segv told < main' \
    'with what the row knows'
rm "$X/$hash.json"
finds 'no report' report "$X/$hash.json" 'it is missing'
mends 'no report' 'written anew'

put crash 'a lost row'
db=$S/data/pandafuzz.db
# kinds NAME KIND ...: findings of these kinds, no others
kinds()
{
	name=$1
	shift
	run pf-ingest fsck
	ran 1 "$name"
	is "$(cut -f 1 "$T/out" | sort -u | tr '\n' ' ')" "$* " "$name: $*"
}
# A young file without a row may be on its way, a result without it not.
sqlite3 "$db" "DELETE FROM crashes WHERE hash = '$hash'"
kinds 'a row is gone' bucket counter lost
old "$X/$hash" "$X/$hash.json"
kinds 'and its file is old' bucket counter lost unknown
mends 'a row' 'filed again from the ledger'
is "$(sql "SELECT type || ' ' || stack || ' ' || bot_id || ' ' || timestamp FROM crashes WHERE hash = '$hash'")" \
    'segv a lost row < main b1 1700000000000' 'all of it as it was'
put corpus 'a lost input'
sqlite3 "$S/data/pandafuzz.db" "DELETE FROM corpus WHERE hash = '$hash'"
old "$C/$hash"
kinds 'an input without a row' counter lost sums unknown
mends 'an input without a row' 'filed again from the ledger'

# Rows that are not what was reported; each kind of result is there.
mkpack coverage "$job" b1 -s 900 -f edges=10 -f execs_per_sec=1.25 | lay
mkpack status "$job" b1 -s 901 -t $(($(date +%s) * 1000)) \
    -f executions=10 -f execs_per_sec=2.5 | lay
mkpack log "$job" b1 -s 902 -t $(($(date +%s) * 1000)) -f offset=0 \
    "$T/input" | lay
mkpack crash "$job" b2 -s 903 -f type=segv -f 'stack=other < main' \
    "$T/input" | lay
mkpack crash "$job" b3 -s 904 -f type=segv -f 'stack=third < main' \
    "$T/input" | lay
pf-ingest -q
check 'more results' 0 - - pf-ingest fsck
# hurts SQL KIND ...: so hurt it finds these; mended it finds nothing
hurts()
{
	statement=$1
	shift
	sqlite3 "$db" "$statement"
	kinds "$statement" "$@"
	run pf-ingest -r fsck
	ran 1 "mended: $statement"
	run pf-ingest -r fsck
	check "then nothing: $statement" 0 - - pf-ingest fsck
}
hurts "UPDATE crashes SET type = 'WRONG' WHERE count = 2" bucket row
hurts "UPDATE crashes SET stack = 'x', bot_id = 'b9' WHERE count = 2" bucket row
hurts "UPDATE crashes SET signal = 5, last_seen = last_seen + 1" row
hurts "UPDATE crashes SET size = 999 WHERE count = 2" counter row
hurts 'UPDATE crashes SET count = 77 WHERE count = 2' count
hurts 'UPDATE crashes SET is_unique = 0 WHERE count = 2' count
hurts "UPDATE corpus SET name = 'x', filed = 7" row sums
hurts 'UPDATE corpus SET size = size + 1' counter row sums
hurts "UPDATE results SET time = time + 1 WHERE kind = 'log'" row
hurts "UPDATE results SET late = 1 - late WHERE kind = 'corpus'" row
hurts "UPDATE results SET reply = '\"late\":fbl' WHERE kind = 'coverage'" row
for version in 99999 w 7+1; do
	hurts "UPDATE results SET reply = replace(reply, '\"rules\":\"',
	    '\"rules\":\"$version') WHERE kind = 'crash'" row
done
hurts 'UPDATE coverage SET edges = 11' counter row
hurts 'UPDATE coverage SET execs_per_sec = 1.2500000000000002' row
hurts 'UPDATE job_stats SET executions = 11' row
hurts 'UPDATE bucket_rows SET samples = 500' bucket
hurts "UPDATE counters SET value = 77 WHERE name <> 'log_bytes'" counter
hurts 'DELETE FROM coverage' counter lost
hurts 'DELETE FROM job_stats' lost

hurts "UPDATE campaigns SET pending = 0, running = 1" counter
hurts "UPDATE jobs SET waiting = 3" counter
hurts "UPDATE job_blobs SET missing = 1 WHERE n = 0" counter
is "$(sql 'SELECT waiting, missing FROM jobs JOIN job_blobs ON job = id')" \
    '1|1' 'what is missing is believed'
sqlite3 "$db" 'UPDATE job_blobs SET missing = 0'
hurts "UPDATE campaigns SET pending = 7" counter
is "$(sql 'SELECT waiting, pending, running FROM jobs JOIN campaigns AS c
    ON c.id = campaign')" '0|1|0' 'the job can be given'

# What the jobs of a campaign share.
put corpus 'shared 1'
put corpus 'shared 2'
put corpus 'shared 3'
last=$(sql 'SELECT max(seq) FROM shared')
is "$(sql 'SELECT count(*) FROM shared')" "$(sql 'SELECT count(*) FROM corpus')" \
    'each input is shared once, also if its row was made anew'
sqlite3 "$db" "DELETE FROM shared WHERE seq = $last - 1"
finds 'not shared' shared "shared/$job" \
    '1 of its inputs are not shared, 0 more than once'
mends 'not shared' 'the whole: counted anew'
is "$(sql "SELECT hash FROM shared WHERE seq = $last + 1")" \
    "$(printf 'shared 2' | sha256sum | cut -c 1-64)" \
    'it comes last, under a number that nobody has read yet'
sqlite3 "$db" "INSERT INTO shared SELECT pool, seq + 10, job_id, hash
    FROM shared WHERE seq = $last"
finds 'shared twice' shared "shared/$job" \
    '0 of its inputs are not shared, 1 more than once'
mends 'shared twice' 'the whole: counted anew'
is "$(sql "SELECT group_concat(seq - $last) FROM shared WHERE seq >= $last")" \
    1,10 'the newest number stays'
sqlite3 "$db" "UPDATE shared SET hash = '$hash.' WHERE seq > $last"
finds 'shared under another hash' shared "shared/$job" \
    '2 of its inputs are not shared, 0 more than once'
mends 'shared under another hash' 'the whole: counted anew'
is "$(sql "SELECT group_concat(seq - $last) FROM shared WHERE seq >= $last")" \
    10,11,12 'of numbers without an input only the last stays'
sqlite3 "$db" 'DELETE FROM shared; DELETE FROM pools'
n=$(sql 'SELECT count(*) FROM corpus')
finds 'no pool' shared "shared/$job" \
    "$n of its inputs are not shared, 0 more than once"
mends 'no pool' 'the whole: counted anew'
is "$(sql 'SELECT count(*) FROM shared')" "$n" 'all is shared again'

# What is no pack in the spool is not waited for, and hides nothing.
mkfifo "$SPOOL/new/fifo"
mkdir "$SPOOL/new/dir"
ln -s "$db" "$SPOOL/new/link"
check 'a spool with a fifo, a directory and a link' 0 - - \
    timeout 20 pf-ingest fsck
check 'a dry run of it' 0 - - timeout 20 pf-ingest -n
rm -r "$SPOOL"/new/*

# The ledger: lines without rows, rows without lines, a line that is damaged.
L=$(echo "$S"/metadata/ledger/*.jsonl)
# Only those that are not young are missed; old ones have no sum.
sed -i '/"kind":"corpus"/{s/"filed":[0-9]*/"filed":1700000000000/
	s/,"sum":"[0-9a-f]*"//
}' "$L"
sqlite3 "$db" 'UPDATE corpus SET filed = 1700000000000;
    UPDATE corpus_meta SET last_updated = 1700000000000'
check 'lines without a sum' 0 - - pf-ingest fsck
hurts "DELETE FROM results WHERE kind = 'corpus'" lost
sed -i '/"kind":"corpus"/d' "$L"
kinds 'lines are gone' unledgered
mends 'lines are gone' 'written into the ledger'
cp "$L" "$T/ledger"
: >"$L"
kinds 'all are gone' unledgered
run pf-ingest -r fsck
run pf-ingest -r fsck
check 'then it is made of the rows' 0 - - pf-ingest fsck
cp "$T/ledger" "$L"
sed -i '2s/"bot":"b1"/"bot":"b3"/' "$L"
kinds 'a line is damaged' ledger unledgered
check 'it gets another' 1 '~^ledger	.*:2	the line is not as' \
    '~written into the ledger' pf-ingest -r fsck
kinds 'the damaged one stays' ledger
sed -i 2d "$L"
check 'until it is thinned out' 0 - - pf-ingest fsck

# A crash that only its report knows.
sed -i "/$hash/d" "$L"
put crash 'only told'
sqlite3 "$db" "DELETE FROM crashes WHERE hash = '$hash';
    DELETE FROM results WHERE rid = (SELECT max(rid) FROM results WHERE
    reply LIKE '%\"id\"%' AND json_extract('{' || reply || '}', '\$.id') NOT IN
    (SELECT id FROM crashes))"
sed -i "/$hash/d" "$L"
old "$X/$hash" "$X/$hash.json"
run pf-ingest -r fsck
like "$(cat "$T/err")" "$hash: put into the spool, to be filed" 'a crash of its report'
pf-ingest -q
is "$(sql "SELECT bot_id, timestamp, stack FROM crashes WHERE hash = '$hash'")" \
    'b1|1700000000000|only told < main' 'keeps who found it and when'
run pf-ingest -r fsck
check 'and all is well' 0 - - pf-ingest fsck

# What there is no room for, but lies there, takes no more; what was only
# counted is moved aside.
printf '[limits]\njob_size = 1\n' >>"$PF_CONF"
printf 'too much' >"$T/input"
hash=$(sha "$T/input")
cp "$T/input" "$C/$hash"
old "$C/$hash"
check 'an input over the quota' 1 '~^unknown' '~put into the spool' \
    pf-ingest -r fsck
check 'gets its row' 0 '~^corpus	new' - pf-ingest
check 'and is in order' 0 - - pf-ingest fsck
printf 'more of it' >"$T/input"
hash=$(sha "$T/input")
mkpack corpus "$job" b1 -s 990 "$T/input" | lay
check 'another one is dropped' 0 '~^corpus	dropped' - pf-ingest
cp "$T/input" "$C/$hash"
old "$C/$hash"
check 'and moved aside where it lies' 1 '~^unknown' '~moved aside' \
    pf-ingest -r fsck
check 'for good' 0 - - pf-ingest fsck
check 'the spool is empty' 0 - - pf-ingest
sed -i '/^.limits/,$d' "$PF_CONF"

# The rest of the tree.
pf-sched -q snapshot
echo '{' >"$S/metadata/jobs/$job.json"
finds 'a snapshot that is none' metadata "$S/metadata/jobs/$job.json" \
    'not JSON at byte 2'
mends 'a snapshot that is none' 'moved aside'
pf-sched -q snapshot
is "$(jq -r '.jobs[0].id' "$S/metadata/jobs/$job.json")" "$job" \
    'the next snapshot writes it anew'
meta=$S/metadata/jobs/$job.json
jq -c '.jobs[0].name = "another"' "$meta" >"$T/meta" && cp "$T/meta" "$meta"
finds 'a snapshot that says another thing' metadata "$meta" \
    'its name is not that of the database'
mends 'a snapshot that says another thing' 'moved aside'
pf-sched -q snapshot
sed "s/$job/x/" "$meta" >"$S/metadata/jobs/x.json"
finds 'one of a job that is not there' metadata "$S/metadata/jobs/x.json" \
    'the database has no row of it'
mends 'one of a job that is not there' 'moved aside'
sed "s/$bot/x/" "$S/metadata/bots/$bot.json" >"$S/metadata/bots/x.json"
finds 'and of such a bot' metadata "$S/metadata/bots/x.json" \
    'the database has no row of it'
mends 'and of such a bot' 'moved aside'
# The mark of a snapshot that was taken long after the job was made.
touch -d '+1 hour' "$S/metadata/system/snapshot.json"
rm "$meta"
finds 'one that is gone' metadata "$meta" 'it is missing'
pf-sched -q snapshot
check 'is there again' 0 - - pf-ingest fsck
t=$(echo "$S"/targets/*/data)
cp -p "$t" "$T/whole"
chmod u+w "$t"
echo evil >>"$t"
finds 'a target' target "$t" \
    "its bytes are others than its name says; needed by $job"
check 'is moved aside' 1 '~^target' '~moved aside' pf-ingest -r fsck
finds 'and missed' target "$t" "it is missing; needed by $job"
cp -p "$T/whole" "$t"
other=$(printf 'nobody has it' | sha256sum | cut -c 1-64)
mkdir "$S/targets/$other"
echo x >"$S/targets/$other/data"
check 'a file whose job may still come' 0 - - pf-ingest fsck
old "$S/targets/$other/data"
finds 'a file of no job' spare "$S/targets/$other/data" 'no job needs it'
check 'is for a person to remove' 1 '~^spare' - pf-ingest -r fsck
rm -r "$S/targets/$other"
echo x >"$S/targets/notes"
finds 'a name of somebody else among targets' foreign "$S/targets/notes" \
    'nothing of that name belongs here'
mends 'a name of somebody else among targets' 'moved aside'
echo '{}' >"$X/$other.json"
old "$X/$other.json"
finds 'a report of nothing' orphan "$X/$other.json" \
    'it has neither input nor row'
mends 'a report of nothing' 'moved aside'
mv "$S/logs/jobs/$job" "$T/logs"
finds 'a log' log "$S/logs/jobs/$job" 'it is gone; the database counts its bytes'
mv "$T/logs" "$S/logs/jobs/$job"
mkpack corpus "$job" b1 -s 950 "$T/input" | head -c 150 | lay
finds 'half a pack' pack "$SPOOL/new/$(pack)" 'it ends inside a record'
rm "$SPOOL/new/$(pack)"
echo why >"$SPOOL/bad/$other.why"
old "$SPOOL/bad/$other.why"
finds 'a reason of nothing' bad "$SPOOL/bad/$other.why" \
    'what it explains is gone'
mends 'a reason of nothing' removed
echo rec >"$SPOOL/bad/$other.rec"
old "$SPOOL/bad/$other.rec"
finds 'no reason' bad "$SPOOL/bad/$other.rec" 'nothing says why it was refused'
mends 'no reason' 'noted that'
rm "$SPOOL/bad/$other".*
first=$(find "$X" -name '*.json' | sort | head -n 1)
jq -c '.type = "WRONG"' "$first" >"$T/report"
cp "$T/report" "$first"
finds 'a report that says another thing' report "$first" \
    'its type is not that of the report'
mends 'a report that says another thing' 'written anew'

sqlite3 "$S/data/pandafuzz.db" 'UPDATE corpus_meta SET total_size = 7'
n=$(sql 'SELECT count(*) FROM corpus') b=$(sql 'SELECT sum(size) FROM corpus')
finds 'wrong sums' sums "$C" \
    "corpus_meta has $n files, 7 bytes; the rows have $n, $b"
mends 'wrong sums' 'counted anew'
is "$(sql 'SELECT file_count, total_size FROM corpus_meta')" "$n|$b" 'rightly'
last=$(sql 'SELECT max(filed) FROM corpus')
is "$(sql 'SELECT last_updated FROM corpus_meta')" "$last" \
    'and when it was added to last'
sqlite3 "$S/data/pandafuzz.db" 'DELETE FROM corpus_meta'
mends 'no sums' 'counted anew'
is "$(sql 'SELECT last_updated FROM corpus_meta')" "$last" 'is told as before'

echo x >"$C/README"
finds 'a name of somebody else' foreign "$C/README" \
    'nothing of that name belongs here'
mends 'a name of somebody else' 'moved aside'
mkdir "$S/crashes/nobody"
finds 'a job that is not there' foreign "$S/crashes/nobody" \
    'there is no job of that id'
mends 'a job that is not there' 'moved aside'
echo x >"$C/.$hash.somepack"
check 'a temporary file may be in use' 0 - - pf-ingest fsck
old "$C/.$hash.somepack"
finds 'one that is old' stray "$C/.$hash.somepack" 'a dead process left it'
mends 'one that is old' removed

# While results come in it finds nothing.
i=0
while [ $i -lt 6 ]; do
	seq $((i * 300)) $((i * 300 + 299)) | while read -r k; do
		echo "busy $k" >"$T/busy"
		mkpack corpus "$job" b1 -s "$k" "$T/busy"
	done | lay
	i=$((i + 1))
	pf-ingest -q &
	check "beside the filing ($i)" 0 - - pf-ingest fsck
	wait $!
done
is "$(sql "SELECT count(*) FROM corpus")" $((n + 1800)) 'all of it was filed'
sqlite3 "$db" 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
printf 'garbage garbage' | dd of="$db" bs=1 seek=8195 conv=notrunc 2>/dev/null
run pf-ingest -r fsck
ran 1 'a damaged database'
is "$(cut -f 1 "$T/out" | sort -u)" database 'is all there is to say'
rm "$S/data/pandafuzz.db"*
check 'without a database' 66 - '~no such database.*pf-recovery\(7\)' pf-ingest fsck
done_testing
