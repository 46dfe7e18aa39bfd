#!/bin/sh
# Of a backup and what metadata/ says the newer is restored, row by row.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sched.sh
. "$PF_ROOT/t/lib/sched.sh"
need jq sqlite3

sched_new ''
storage=$T/m/storage meta=$T/m/storage/metadata
# picture: what people and bots have said of jobs, bots and campaigns
picture()
{
	sql "SELECT id, name, status, weight, ended_at FROM campaigns ORDER BY id;
	    SELECT id, name, inc, capabilities, drain, gone_at IS NULL
		FROM bots ORDER BY id;
	    SELECT id, campaign, name, attempt, cancel OR status = 'cancelled',
		archived_at FROM jobs ORDER BY id;
	    SELECT job_id, epoch, attempt, bot_id FROM assignments
		ORDER BY 1, 2, 3"
}
# restored NAME: all is as $T/before after a restore from $T/b
restored()
{
	check "restore: $1" 0 '~^refused	0$' - pf-sched restore "$T/b"
	picture >"$T/after"
	ok 'all is as it was' cmp "$T/before" "$T/after"
	diff "$T/before" "$T/after" | diag
}
# lease BOT: claims, and hands back; the job in $held
lease()
{
	op "{\"op\":\"claim\",\"bot\":\"$1\",\"inc\":\"i-$2\"}"
	held=$(get .job.id)
	token="\"epoch\":$(get .epoch),\"attempt\":$(get .attempt)"
}
handback()
{
	op "{\"op\":\"handback\",\"bot\":\"$1\",\"inc\":\"i-$2\",\"job\":\"$held\",$token}"
}
say() { pf-sched -q campaign "$@" >/dev/null; }
# caps JSON: bot one registers again with those
caps()
{
	op "{\"op\":\"register\",\"hostname\":\"h\",\"name\":\"one\",\"capabilities\":$1,\"inc\":\"i-one\"}"
}

for name in over held heavy mine; do
	say create $name
done
job -C over
job -C mine
mine=$job
bot two '["none"]'
two=$bot
bot one '["libfuzzer"]'
one=$bot
pf-sched -q snapshot
pf-sched -q backup "$T/b"

# The snapshot is the newer.
say finish over
say pause held
say set -w 7 heavy
say create new
caps '["libfuzzer","afl++"]'
is "$(sql "SELECT status FROM bots WHERE id = '$one'")" registering \
    'a bot registers twice without a word between'
op "{\"op\":\"deregister\",\"bot\":\"$two\"}"
gone=$two
bot two '["none"]'
two=$bot
op "{\"op\":\"drain\",\"bot\":\"$two\"}"
lease "$one" one
is "$held" "$mine" 'a job is given'
pf-sched -q snapshot
picture >"$T/before"
# One who went has gone, file or not: its name is another's.
rm "$meta/bots/$gone.json"
restored 'the snapshot is newer'
is "$(sql "SELECT status FROM campaigns WHERE name = 'over'")" finished \
    'what was finished takes no jobs'
check 'indeed' 65 - '~is finished' pf-sched submit -N x -e libfuzzer \
    -t /bin/true -C over
is "$(sql 'SELECT count(*) FROM bots WHERE gone_at IS NULL')" 2 \
    'who went and came again is there once'

# The backup is the newer: nothing is taken back.
lease "$one" one
handback "$one" one
lease "$one" one
handback "$one" one
lease "$one" one
is "$held $(sql "SELECT attempt FROM jobs WHERE id = '$mine'")" "$mine 4" \
    'the fourth attempt'
pf-sched -q cancel "$mine" >/dev/null
say resume held
say set -w 3 heavy
caps '["libfuzzer"]'
op "{\"op\":\"drain\",\"bot\":\"$two\",\"on\":false}"
op "{\"op\":\"drain\",\"bot\":\"$one\"}"
job -C heavy
pf-sched -q backup "$T/b"
picture >"$T/before"
restored 'the backup is newer'
is "$(sql "SELECT status, attempt FROM jobs WHERE id = '$mine'")" \
    'cancelled|4' 'a job that was being cancelled is'
restored 'twice'

# Both: what was submitted since is described alone.
job -N late -C heavy
picture >"$T/before"
restored 'a job since'
is "$(sql "SELECT name FROM jobs WHERE id = '$job'")" late 'it is there'
say set -w 4 heavy
pf-sched -q backup "$T/b"
job -N later -C heavy
say set -w 9 heavy
pf-sched -q snapshot
say pause held
picture | sed 's/|held|paused|/|held|active|/' >"$T/before"
restored 'backup, job, snapshot; all but what nobody wrote down'

# Events that begin anew: the epoch tells what is older.
rm -f "$storage"/data/pandafuzz.db*
pf-sched -q rebuild 2>/dev/null
say set -w 2 heavy
job -N 'after a rebuild' -C heavy
say pause heavy
lease "$one" one
pf-sched -q backup "$T/b"
ok 'fewer events than before' test "$(sql 'SELECT max(id) FROM events')" -lt \
    "$(jq .event "$meta/system/snapshot.json")"
picture >"$T/before"
restored 'a backup of another life'
n=$(sql 'SELECT count(*) FROM jobs' ) b=$(sql 'SELECT count(*) FROM bots')
# As many events as the last snapshot had seen: not those.
while [ "$(sql 'SELECT max(id) FROM events')" -lt \
    "$(jq .event "$meta/system/snapshot.json")" ]; do
	say pause held
	say resume held
done
check 'a snapshot of another life is none to go on from' 0 \
    "=$((n + b))	$meta" - pf-sched snapshot

# Files that do not say when they were written tell of what is not there.
sqlite3 "$T/b/data/pandafuzz.db" "DELETE FROM job_blobs WHERE job = '$job';
    DELETE FROM jobs WHERE id = '$job'"
for f in "$meta"/jobs/*.json "$meta"/bots/*.json "$meta/system/snapshot.json"
do
	sed -E 's/"(epoch|event)":[0-9]+,"(event|jobs|bots|system)"/"\2"/;
	    s/,"event":[0-9]+//; s/"weight":2/"weight":1/' "$f" >"$T/x"
	cp "$T/x" "$f"
done
is "$(jq .event "$meta/jobs/$job.json")" null 'files from before'
restored 'files from before'
done_testing
