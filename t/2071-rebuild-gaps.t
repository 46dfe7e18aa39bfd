#!/bin/sh
# Databases made anew from a tree in which something is missing.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sched.sh
. "$PF_ROOT/t/lib/sched.sh"
need jq sqlite3

sched_new ''
storage=$T/m/storage meta=$T/m/storage/metadata
# drop: the database is lost
drop() { rm -f "$storage"/data/pandafuzz.db*; }

pf-sched -q campaign create png >/dev/null
job -C png
png=$job
bot one '["libfuzzer"]'
op "{\"op\":\"claim\",\"bot\":\"$bot\",\"inc\":\"i-one\"}"
is "$(get .job.id)" "$png" 'a bot has a lease'
pf-sched -q snapshot
cp -a "$meta" "$T/meta"

# A bot without its file, or with half of it.
for how in missing truncated empty garbled; do
	drop
	cp "$T/meta/bots/$bot.json" "$meta/bots/$bot.json"
	n=1
	case $how in
	missing) rm "$meta/bots/$bot.json"; n=0 ;;
	truncated) truncate -s 40 "$meta/bots/$bot.json" ;;
	empty) : >"$meta/bots/$bot.json" ;;
	garbled) sed 's/"inc"/"ink"/' "$T/meta/bots/$bot.json" \
	    >"$meta/bots/$bot.json" ;;
	esac
	check "rebuild, a bot's file is $how" $n "~^refused	$n\$" \
	    "~bot $bot: nothing in the tree describes it" pf-sched rebuild
	is "$(sql "SELECT b.name, gone_at IS NOT NULL, a.job_id FROM bots AS b
	    JOIN assignments AS a ON bot_id = b.id WHERE b.id = '$bot'")" \
	    "lost|1|$png" 'it is there, gone, and its lease too'
	is "$(sql 'SELECT group_concat(status) FROM jobs')" pending \
	    'its job waits again'
done
op "{\"op\":\"register\",\"hostname\":\"h\",\"name\":\"one\",\"capabilities\":[\"libfuzzer\"],\"inc\":\"i-one\"}"
again=$(get .bot)
op "{\"op\":\"claim\",\"bot\":\"$again\",\"inc\":\"i-one\"}"
is "$(get .job.id)" "$png" 'the bot registers anew and gets it'
check 'rebuild, with the file of one that was lost' 0 '~^refused	0$' - \
    sh -c 'pf-sched -q snapshot && pf-sched rebuild'

# A campaign of which no file tells.
drop
rm "$meta/system/snapshot.json"
id=$(jq -r '.campaigns[0].id' "$meta/jobs/$png.json")
jq -c '.campaigns = []' "$meta/jobs/$png.json" >"$T/x"
cp "$T/x" "$meta/jobs/$png.json"
check 'rebuild without a campaign' 0 '~^refused	0$' \
    "~campaign $id: nothing in the tree describes it" pf-sched rebuild
is "$(sql "SELECT c.name, c.status FROM campaigns AS c JOIN jobs AS j
    ON j.campaign = c.id WHERE j.id = '$png'")" "lost $id|active" \
    'it is there by its id'

# Another campaign of the same name, of a file that does not say whose it is.
drop
jq -c 'del(.master) | .assignments = [] | .jobs[0].status = "pending" |
    del(.jobs[0].assigned_bot)' "$T/meta/jobs/$png.json" |
    sed "s/$id/$id-2/g; s/$png/$png-2/g" >"$meta/jobs/$png-2.json"
cp "$T/meta/jobs/$png.json" "$meta/jobs/$png.json"
check 'rebuild with two campaigns of a name' 0 '~^refused	0$' '*' \
    pf-sched rebuild
is "$(sql "SELECT c.name FROM jobs AS j JOIN campaigns AS c ON c.id = campaign
    ORDER BY j.id" | sort | tr '\n' ' ')" "png png $id " \
    'leaves no job out, and both have a name'
rm "$meta/jobs/$png-2.json"

# What refers to nothing in another way is named.
drop
jq -c '.job_blobs[0].job = "nobody"' "$meta/jobs/$png.json" >"$T/x"
cp "$T/x" "$meta/jobs/$png.json"
check 'a row that refers to nothing' 65 - \
    '~of job_blobs to something in jobs' pf-sched rebuild
cp "$T/meta/jobs/$png.json" "$meta/jobs/$png.json"

# Who the master is: bots refuse another one.
master() { sql "SELECT value FROM system WHERE key = 'master_id'"; }
drop
rm -f "$meta/system/snapshot.json"
pf-sched -q rebuild 2>/dev/null
id=$(master)
is "$(cat "$meta/system/master")" "$id" 'the id of the master has a file'
for how in missing truncated garbled; do
	drop
	cp "$T/meta/system/snapshot.json" "$meta/system"
	case $how in
	missing) rm "$meta/system/snapshot.json" ;;
	truncated) truncate -s 30 "$meta/system/snapshot.json" ;;
	garbled) echo '{"v":1}' >"$meta/system/snapshot.json" ;;
	esac
	rc=0
	pf-sched -q rebuild 2>"$T/err" || rc=$?
	is $rc "$([ $how = truncated ] && echo 1 || echo 0)" \
	    "rebuild, the snapshot is $how"
	is "$(master)" "$id" 'it is the same master'
	# shellcheck disable=SC2016
	ok 'and there is nothing to tell of it' sh -c '! grep -q "the id" "$1"' \
	    sh "$T/err"
done
drop
rm -f "$meta/system/snapshot.json" "$meta/system/master"
check 'rebuild, only jobs and bots say whose they are' 0 - \
    '~there was never a snapshot' pf-sched -q rebuild
is "$(master) $(cat "$meta/system/master")" "$id $id" 'their master it is'
# No more than files of before say
sed -i 's/"master":"[^"]*",//' "$meta"/jobs/*.json "$meta"/bots/*.json
drop
for how in missing empty garbled; do
	case $how in
	missing) rm "$meta/system/master" ;;
	empty) : >"$meta/system/master" ;;
	garbled) echo '../x y' >"$meta/system/master" ;;
	esac
	drop
	check "rebuild, the file of the id is $how" 0 - \
	    '~the id of this master is known nowhere' pf-sched -q rebuild
	ok 'another one was made' test "$(master)" != "$id"
	is "$(cat "$meta/system/master")" "$(master)" 'and written down'
	id=$(master)
done
# What bots know mends it.
echo 01a21c8d-229d-7c11-952c-7ef0162fca5f >"$meta/system/master"
drop
check 'rebuild with the id of a bot' 0 - \
    '~snapshot.json: there was never a snapshot' pf-sched -q rebuild
id=$(master)
is "$id" 01a21c8d-229d-7c11-952c-7ef0162fca5f 'it is the one'
rm "$meta/system/master"
op '{"op":"stats"}'
is "$(cat "$meta/system/master" 2>&1)" "$id" \
    'a writer writes it down where it is missing'
# A backup knows it as well; that of another master is not taken for ours.
pf-sched -q backup "$T/b"
other=01a21c8d-0000-7c11-952c-7ef0162fca5f
echo $other >"$meta/system/master"
inode=$(stat -c %i "$storage/data/pandafuzz.db")
for dry in -q -n; do
	check "a backup of another master, $dry" 78 - \
	    "~of master $id, but this is $other; .* remove .*system/master" \
	    pf-sched $dry restore "$T/b"
done
is "$(cat "$meta/system/master") $(stat -c %i "$storage/data/pandafuzz.db")" \
    "$other $inode" 'all is as it was'
rm "$meta/system/master"
check 'restore' 0 - '~there was never a snapshot' pf-sched -q restore "$T/b"
is "$(master) $(cat "$meta/system/master")" "$id $id" \
    'after a restore it is that of the backup'

# Files of another master, copied in by mistake, are none of ours.
mkdir "$T/m2"
mine=$PF_CONF
sed "s|$T/m/|$T/m2/|" "$mine" >"$T/m2/conf"
export PF_CONF="$T/m2/conf"
pf-sched -q init
job -N foreign -C png
theirs=$job
op '{"op":"register","hostname":"h","name":"theirs","capabilities":["libfuzzer"],"inc":"i"}'
pf-sched -q snapshot
their=$(sqlite3 "$T/m2/storage/data/pandafuzz.db" "SELECT value FROM system
    WHERE key = 'master_id'")
PF_CONF=$mine
pf-sched -q snapshot
cp -a "$meta" "$T/meta3"
is "$(jq -r .master "$meta"/jobs/*.json "$meta/system/snapshot.json" | sort -u)" \
    "$id" 'each file says whose it is'
cp "$T/m2/storage/metadata/jobs/"*.json "$meta/jobs"
cp "$T/m2/storage/metadata/bots/"*.json "$meta/bots"
for how in rebuild "restore $T/b"; do
	drop
	# shellcheck disable=SC2086
	check "${how% *} with files of another master" 1 '~^refused	2$' \
	    "~$theirs.json: left out: it is of master $their, but this is $id" \
	    pf-sched $how
	is "$(sql "SELECT count(*) FROM jobs WHERE id = '$theirs'") $(sql \
	    "SELECT count(*) FROM bots WHERE name = 'theirs'")" '0 0' \
	    'nothing of them is there'
	is "$(sql "SELECT status FROM jobs WHERE id = '$png'")" pending \
	    'what is ours is'
done
# In the place of our own
for how in . 'del(.master)'; do
	jq -c "$how" "$T/m2/storage/metadata/system/snapshot.json" \
	    >"$meta/system/snapshot.json"
	drop
	check 'rebuild with the snapshot of another master' 1 '~^refused	3$' \
	    "~snapshot.json: left out: it is of master $their" pf-sched rebuild
	is "$(master) $(cat "$meta/system/master")" "$id $id" \
	    'it is the same master'
done
# Whoever wants them takes the name away.
sed -i 's/"master":"[^"]*",//' "$meta/jobs/$theirs.json"
drop
check 'rebuild with a job that does not say whose it is' 1 '~^refused	2$' \
    '~' pf-sched rebuild
is "$(sql "SELECT name FROM jobs WHERE id = '$theirs'")" foreign 'it is there'
rm -r "$meta"
cp -a "$T/meta3" "$meta"

# A snapshot killed at any of its renames leaves no lease without its bot.
if command -v strace >/dev/null; then
	pf-sched -q rebuild
	pf-sched -q snapshot
	bot two '["libfuzzer"]'
	op "{\"op\":\"claim\",\"bot\":\"$bot\",\"inc\":\"i-two\"}"
	is "$(get .job.id)" "$png" 'a new bot has a lease'
	cp -a "$storage" "$T/kept"
	n=0 bad=0
	for i in 1 2 3 4; do
		rm -r "$storage"
		cp -a "$T/kept" "$storage"
		strace -f -qq -o /dev/null -e inject=rename:signal=KILL:when=$i \
		    pf-sched -q snapshot >/dev/null 2>&1
		[ $? -eq 137 ] || continue
		n=$((n + 1))
		drop
		pf-sched -q rebuild 2>"$T/err" || bad=$((bad + 1))
		if grep lost "$T/err" || grep nothing "$T/err"; then
			bad=$((bad + 1))
		fi
	done
	ok 'a snapshot was killed at several points' test $n -ge 2
	is $bad 0 'and left nothing that refers to nothing'
else
	skip 'no strace here'
fi
done_testing
