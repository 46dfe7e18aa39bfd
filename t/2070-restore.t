#!/bin/sh
# Snapshots, backups, and databases made from them.
# shellcheck disable=SC2016,SC2119 # for inner shells; no arguments meant
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sched.sh
. "$PF_ROOT/t/lib/sched.sh"
need jq sqlite3

sched_new ''
storage=$T/m/storage db=$T/m/storage/data/pandafuzz.db
for words in 'snapshot x' 'backup' 'backup a b' 'restore' 'rebuild x'; do
	# shellcheck disable=SC2086
	check "refused: $words" 64 - '~^usage: pf-sched' pf-sched $words
done
# By whatever name, a backup over the database would be its end.
before=$(stat -c %i "$db")
ln -s "$storage" "$T/link"
for place in "$storage" "$storage/" "$storage/data" "$T/m/x/../storage" \
    "$T/link" "$T/link/corpus/new/deep" "$storage/../storage"; do
	mkdir -p "$T/m/x"
	check "a backup into $(basename "$place")" 64 - \
	    '~lies in the storage itself' pf-sched backup "$place"
	check "a restore from $(basename "$place")" 64 - \
	    '~lies in the storage itself' pf-sched restore "$place"
done
check 'a relative one' 64 - '~lies in the storage itself' \
    sh -c 'cd "$1" && pf-sched backup storage' sh "$T/m"
check 'a backup into nothing' 64 - '~has no name' pf-sched backup ''
check 'a restore from nowhere' 64 - '~has no name' pf-sched restore ''
is "$(stat -c %i "$db")" "$before" 'the database is the same file'
mkdir "$T/busy"
: >"$T/busy/backup.lock"
check 'a second backup at once' 75 - '~another backup into .*/busy is under' \
    flock "$T/busy/backup.lock" pf-sched backup "$T/busy"
check 'a restore from nothing' 66 - '~no such database' \
    pf-sched restore "$T/nothing"
mkdir -p "$T/junk/data"
head -c 5000 /dev/urandom >"$T/junk/data/pandafuzz.db"
check 'a restore from junk' 74 - '~damaged' pf-sched restore "$T/junk"
ok 'leaves the database as it was' test -e "$db"
ok 'and nothing half-made' test ! -e "$storage/data/remake"

# A history: three jobs, one ended, one running, one waiting; results.
pf-sched -q campaign create -w 3 png >/dev/null
job -k 2 -C png
bot one '["libfuzzer"]'
op "{\"op\":\"claim\",\"bot\":\"$bot\",\"inc\":\"i-one\"}"
ended=$(get .job.id)
ok 'submit writes the description of a job' test -s \
    "$storage/metadata/jobs/$ended.json"
op "{\"op\":\"complete\",\"bot\":\"$bot\",\"inc\":\"i-one\",\"job\":\"$ended\",\"epoch\":1,\"attempt\":1,\"result\":\"completed\"}"
op "{\"op\":\"claim\",\"bot\":\"$bot\",\"inc\":\"i-one\"}"
running=$(get .job.id)
op "{\"op\":\"start\",\"bot\":\"$bot\",\"inc\":\"i-one\",\"job\":\"$running\",\"epoch\":1,\"attempt\":1}"
# results N: a pack with a crash, a corpus file and a sample, filed
results()
{
	{
		printf 'crash %s' "$1" >"$T/body"
		mkpack crash "$running" "$bot" -i i-one -s "$1" \
		    -f type=segfault -f signal=11 "$T/body"
		printf 'corpus %s' "$1" >"$T/body"
		mkpack corpus "$running" "$bot" -i i-one -s "1$1" "$T/body"
		mkpack coverage "$running" "$bot" -i i-one -s "2$1" \
		    -f edges="$1" -f exec_count="$1" </dev/null
	} >"$T/m/spool/tmp/1.pack"
	mv "$T/m/spool/tmp/1.pack" \
	    "$T/m/spool/new/$(printf '%016x-%016x' "$1" 7)"
	pf-ingest >/dev/null || fail 'pf-ingest'
}
# picture: what has to be equal, without what is about the moment
picture()
{
	sql "SELECT id, name, status, weight, pending + running FROM campaigns ORDER BY id;
	    SELECT id, campaign, name, fuzzer, target_hash, priority, created_at,
		duration, args, options, attempt, CASE WHEN status IN ('running', 'assigned')
		THEN 'pending' ELSE status END FROM jobs ORDER BY id;
	    SELECT job, n, kind, name, sha256, size FROM job_blobs ORDER BY 1, 2;
	    SELECT job_id, epoch, attempt, bot_id FROM assignments ORDER BY 1, 2, 3;
	    SELECT id, name, hostname, inc, capabilities, registered_at FROM bots
		ORDER BY id;
	    SELECT * FROM crashes ORDER BY id; SELECT * FROM crash_bots ORDER BY 1, 2;
	    SELECT * FROM corpus ORDER BY hash;
	    SELECT * FROM corpus_meta ORDER BY job_id;
	    SELECT rid, kind, job, bot, time FROM results ORDER BY rid;
	    SELECT id, job_id, edges, exec_count FROM coverage ORDER BY id;
	    SELECT key, value FROM system WHERE key IN ('master_id', 'created');
	    SELECT name, value FROM counters WHERE scope = '' AND value > 0 AND
		name NOT IN ('jobs_running', 'jobs_assigned', 'jobs_pending',
		'bots_busy', 'bots_idle') ORDER BY name"
}
results 1
results 2
check 'a snapshot: two jobs, a bot' 0 "=3	$storage/metadata" - \
    pf-sched snapshot
check 'then only what has changed' 0 "=0	$storage/metadata" - \
    pf-sched snapshot
check 'backup' 0 "=$T/b/data/pandafuzz.db	2 jobs" - pf-sched backup "$T/b"
sed "s|^path = $storage|path = $T/b|" "$PF_CONF" >"$T/b.conf"
check 'a backup can be read like a master' 0 "~^$running	" - \
    pf-report -c "$T/b.conf" jobs
results 3
late=$(pf-sched submit -N late -e libfuzzer -t /bin/true -C png)
picture >"$T/before"
token='"epoch":1,"attempt":1'

# A dry run makes the new one and throws it away.
check 'rebuild, dry: what there would be' 0 '~^jobs	3$' - pf-sched -n rebuild
sed 's/	.*//' "$T/out" | tr '\n' ' ' >"$T/heads"
is "$(cat "$T/heads")" 'jobs bots results crashes corpus refused ' \
    'a line a count'
ok 'nothing was changed' sh -c "[ ! -e $storage/data/remake ] &&
    [ ! -e $storage/data/aside* ]"
is "$(sql "SELECT value FROM system WHERE key = 'epoch'")" 1 'nor the epoch'

serve_start
check 'while a writer serves it is refused' 75 - '~stop it first' \
    pf-sched rebuild
serve_stop

# From the tree alone.
rm -f "$db" "$db-wal" "$db-shm"
echo damaged >"$storage/data/DAMAGED"
check 'rebuild' 0 '=jobs	3
bots	1
results	9
crashes	3
corpus	3
refused	0' - pf-sched rebuild
picture >"$T/after"
ok 'all is as it was' cmp "$T/before" "$T/after"
diff "$T/before" "$T/after" | diag
ok 'the note of damage is gone' test ! -e "$storage/data/DAMAGED"
is "$(sql "SELECT value FROM system WHERE key = 'epoch'")" 2 \
    'the epoch was raised'
is "$(cat "$storage/metadata/system/epoch")" 2 'in its file too'
is "$(sql "SELECT status FROM jobs WHERE id = '$running'")" pending \
    'what was running waits again'
is "$(sql "SELECT group_concat(DISTINCT status) FROM assignments")" \
    'completed,expired' 'nobody has a lease'
check 'the old token counts no more' 65 '~"class":"stale"' - pf-sched apply <<END
{"op":"complete","bot":"$bot","inc":"i-one","job":"$running",$token,"result":"completed"}
END
op "{\"op\":\"claim\",\"bot\":\"$bot\",\"inc\":\"i-one\"}"
is "$(get '"\(.epoch).\(.attempt)"')" 2.2 'the next one is above all before'
pf-sched -q snapshot
is "$(sql "SELECT sum(pending) || ' ' || sum(running) FROM campaigns")" '1 1' \
    'campaigns count'
is "$(sqlite3 "$db" 'PRAGMA integrity_check; PRAGMA foreign_key_check')" ok \
    'the file is whole'

# From an old backup, with what the tree knows since.
results 4
results 1
picture >"$T/before"
check 'restore' 0 '~^results	6$' - pf-sched restore "$T/b"
picture >"$T/after"
ok 'nothing since the backup is missing' cmp "$T/before" "$T/after"
diff "$T/before" "$T/after" | diag
is "$(sql "SELECT value FROM system WHERE key = 'epoch'")" 3 'the epoch rises'
is "$(sql "SELECT status FROM jobs WHERE id = '$late'")" pending \
    'a job newer than backup and snapshot is there'
is "$(find "$storage/data" -name 'aside-*' | wc -l)" 1 \
    'the database before it is kept aside'
check 'and can be read' 0 '~completed' - sqlite3 -readonly \
    "$(find "$storage/data" -path '*aside-*/pandafuzz.db')" \
    'SELECT status FROM jobs'

# A job that came by an op, as by HTTP, is described before the answer; one
# whose description is gone is known by what it found.
cp -a "$storage" "$T/described"
sha=$(sha256sum /bin/true | cut -c 1-64)
op "{\"op\":\"submit\",\"name\":\"op\",\"engine\":\"libfuzzer\",\"target\":{\"sha256\":\"$sha\",\"name\":\"t\"}}"
by_op=$(get '.jobs[0]')
was=$running running=$by_op
results 7
running=$was
ok 'a job that came by an op is described' \
    test -s "$storage/metadata/jobs/$by_op.json"
check 'rebuild with it' 0 '~^refused	0$' - pf-sched rebuild
is "$(sql "SELECT name, fuzzer FROM jobs WHERE id = '$by_op'")" \
    'op|libfuzzer' 'and is what it was'
rm "$storage/metadata/jobs/$by_op.json"
check 'rebuild without the description of a job' 0 '~^refused	0$' \
    "~job $by_op: nothing in the tree describes it" pf-sched rebuild
is "$(sql "SELECT j.name, status, fuzzer, hash FROM jobs AS j
    JOIN crashes ON job_id = j.id WHERE j.id = '$by_op'")" \
    "lost|failed|unknown|$(printf 'crash 7' | sha256sum | cut -c 1-64)" \
    'what it has found is there'
check 'and all is well' 0 - - pf-ingest fsck
rm -r "$storage"
cp -a "$T/described" "$storage"

# What is damaged in the tree is told and left out.
pf-sched -q snapshot
echo '{"v":1,"jobs":[{"id":"x","nosuch":1}]}' >"$storage/metadata/jobs/x.json"
echo 'half a' >"$storage/metadata/bots/x.json"
printf '%s' '{"kind":"corpus","rid":"12' >>"$(find "$storage/metadata/ledger" -type f | tail -n 1)"
check 'rebuild from a tree with rubbish in it' 1 '~^refused	3$' \
    '~x.json: left out: jobs has no column "nosuch"' pf-sched rebuild
like "$(cat "$T/err")" 'bots/x.json: left out' 'the other too'
picture >"$T/after"
ok 'the rest is all there' cmp "$T/before" "$T/after"

# Killed in the middle of putting it in place: writers stay out, and the
# same once more mends it.
if command -v strace >/dev/null; then
	bad=0 n=0
	for i in 1 2 3 4 5 6 7 8; do
		strace -f -qq -o /dev/null -e inject=rename:signal=KILL:when=$i \
		    pf-sched -q rebuild >/dev/null 2>&1
		[ $? -eq 137 ] || continue
		n=$((n + 1))
		if [ ! -e "$storage/data/DAMAGED" ]; then
			# Before the swap began all must be as it was.
			pf-report jobs >/dev/null 2>&1 || bad=$((bad + 1))
		fi
		pf-sched -q rebuild 2>/dev/null
		[ $? -eq 1 ] || bad=$((bad + 1))
		picture >"$T/after"
		cmp -s "$T/before" "$T/after" || bad=$((bad + 1))
	done
	ok 'it was killed at several points' test $n -ge 4
	is $bad 0 'and came through the next time'
else
	skip 'no strace here'
fi
done_testing
