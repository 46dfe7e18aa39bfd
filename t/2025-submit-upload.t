#!/bin/sh
# Jobs whose files are still to be uploaded: given to nobody before the last
# one has come, in whatever order the files, the ops and the jobs come.
# shellcheck disable=SC2030,SC2031,SC2119 # each race has a directory of its
# own; no arguments meant
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sched.sh
. "$PF_ROOT/t/lib/sched.sh"
need jq sqlite3

sched_new '[limits]
target_size = 1M'
S=$T/m/storage

# file TEXT: a file of that text, not in the storage; sets sha, size
file()
{
	printf '%s' "$1" >"$T/f"
	sha=$(sha256sum "$T/f" | cut -c 1-64)
	size=$(wc -c <"$T/f" | tr -d ' ')
}
# put TEXT: and in the storage, as pf-ingest files it
put()
{
	file "$1"
	mkdir -p "$S/targets/$sha"
	cp "$T/f" "$S/targets/$sha/data"
}
# blob KEY TEXT [MEMBERS]: a blob object that is to be uploaded
blob()
{
	file "$2"
	printf '"%s":{"sha256":"%s","name":"%s","size":%s,"upload":true%s}' \
	    "$1" "$sha" "$1" "$size" "${3-}"
}
# arrived TEXT [RID]: the op of pf-ingest
arrived()
{
	file "$1"
	op "{\"op\":\"blob\",\"rows\":[{\"rid\":\"${2:-$sha}\",\"sha256\":\"$sha\",\"size\":$size}]}"
}
# submit MEMBERS: a job; sets job
submit()
{
	op "{\"op\":\"submit\",\"name\":\"j\",\"engine\":\"libfuzzer\",$1}"
	job=$(get '.jobs[0]')
}
# claim: a job or none; sets got
claim()
{
	op "{\"op\":\"claim\",\"bot\":\"$bot\",\"inc\":\"i-b\"}"
	got=$(get '.job.id // "none"')
}
give_back()
{
	op "{\"op\":\"complete\",\"bot\":\"$bot\",\"inc\":\"i-b\",\"job\":\"$1\",\"epoch\":$(get .epoch),\"attempt\":$(get .attempt),\"result\":\"completed\"}"
}
pending()
{
	sql "SELECT pending FROM campaigns WHERE name = 'default'"
}

bot b '["libfuzzer"]'

# What is not complete, or too large, or not to be uploaded at all.
file nothing
submit "\"target\":{\"sha256\":\"$sha\",\"name\":\"t\",\"size\":7}"
is "$(get '.class + " " + .field')" 'notfound target' 'no such blob'
submit "\"target\":{\"sha256\":\"$sha\",\"name\":\"t\",\"upload\":true}"
is "$(get .class)" data 'an upload of unknown size'
like "$(get .error)" 'size is missing' 'says so'
submit "\"target\":{\"sha256\":\"$sha\",\"name\":\"t\",\"size\":1048577,\"upload\":true}"
like "$(get .error)" 'over target_size = 1048576' 'one over the limit'
submit "\"target\":{\"sha256\":\"$sha\",\"name\":\"t\",\"size\":1,\"upload\":\"yes\"}"
is "$(get .class)" data 'what is neither true nor false'
is "$(sql 'SELECT count(*) FROM jobs')" 0 'no job came of it'

# The job first: target, dictionary and two seeds of the same bytes.
s1=$(file seed; printf '{"sha256":"%s","name":"a","size":4,"upload":true}' "$sha")
s2=$(file seed; printf '{"sha256":"%s","name":"b","size":4,"upload":true}' "$sha")
put there
submit "$(blob target target),$(blob dictionary there),\"seeds\":[$s1,$s2]"
first=$job
is "$(get .ok)" true 'a job before its files'
is "$(sql "SELECT status, waiting FROM jobs WHERE id = '$first'")" \
    'pending|3' 'waits for three'
is "$(pending)" 0 'does not count as pending in its campaign'
claim
is "$got" none 'and is given to nobody'
check 'explain' 0 \
    '=pending: waiting for upload (3 of 4 files)' - pf-report explain job "$first"
check 'its record' 0 '~^waiting	3$' - pf-report job "$first"
is "$(pf-report -j jobs -s pending | jq .waiting)" 3 'and in the list'
check 'explain of the bot' 0 '~no job waits' - pf-report explain bot "$bot"
arrived seed
is "$(get '.rows[0].class')" notfound 'an op before its file is refused'
put seed
arrived seed
is "$(get '.rows[0] | [.new, .jobs] | map(tostring) | join(" ")')" 'true 0' \
    'the seeds come'
check 'explain' 0 \
    '=pending: waiting for upload (1 of 4 files)' - pf-report explain job "$first"
claim
is "$got" none 'still given to nobody'
put target
op "{\"op\":\"blob\",\"rows\":[{\"rid\":\"$sha\",\"sha256\":\"$sha\",\"size\":5}]}"
is "$(get '.rows[0].class')" data 'a size that is not that of the file'
arrived target
is "$(get '.rows[0].jobs')" 1 'the last one comes'
is "$(pending)" 1 'now it counts'
arrived target
is "$(get '.rows[0] | [.new, .jobs] | map(tostring) | join(" ")')" 'false 0' \
    'told twice it counts once'
is "$(pending)" 1 'and changes nothing'
is "$(sql "SELECT was || ' ' || now || ' ' || why FROM events WHERE subject = '$first' ORDER BY id DESC LIMIT 1")" \
    'pending pending all its files are here' 'an event tells'
claim
is "$got" "$first" 'it is given'
is "$(get '.job.blobs | map(.size) | join(" ")')" '6 5 4 4' 'with its files'
give_back "$first"

# The op before the job, and the file before both.
put early
arrived early
submit "$(blob target early)"
is "$(sql "SELECT waiting FROM jobs WHERE id = '$job'")" 0 \
    'a file that has come is not waited for'
claim
is "$got" "$job" 'its job is given'
give_back "$job"

# The file in its place, its op still on the way, and somebody else's job.
submit "$(blob target late)"
waits=$job
put late
submit "$(blob target late)"
is "$(sql "SELECT sum(waiting) FROM jobs WHERE id IN ('$waits', '$job')")" 0 \
    'a submission that finds the file tells the others'
is "$(pending)" 2 'two wait for a bot'
arrived late
is "$(pending)" 2 'the op changes nothing then'

# A size that was announced wrong is mended; a lost file comes again under
# the same rid.
submit "$(blob target wrong)"
sqlite3 "$S/data/pandafuzz.db" \
    "UPDATE job_blobs SET size = 99 WHERE job = '$job'"
put wrong
arrived wrong
is "$(sql "SELECT size FROM job_blobs WHERE job = '$job'")" 5 \
    'the size is what it is'
rm "$S/targets/$sha/data"
submit "$(blob target wrong)"
is "$(sql "SELECT waiting FROM jobs WHERE id = '$job'")" 1 'a lost file'
put wrong
arrived wrong
is "$(get '.rows[0] | [.new, .jobs] | map(tostring) | join(" ")')" 'false 1' \
    'comes again with the same record'

# Cancelled while it waits; copies; a paused campaign.
n=$(pending)
submit "$(blob target never)"
check 'cancel' 0 "=$job	cancelled" - pf-sched cancel "$job"
is "$(pending)" "$n" 'the count is as before'
put never
arrived never
is "$(pending) $(get '.rows[0].jobs')" "$n 0" 'what comes too late wakes nobody'
submit "$(blob target many),\"copies\":3,\"campaign\":\"c\""
is "$(get '.jobs | length')" 3 'three copies'
put many
arrived many
is "$(get '.rows[0].jobs') $(sql "SELECT pending FROM campaigns WHERE name = 'c'")" \
    '3 3' 'one file wakes all'

# Many at once: jobs and ops of the same files from several sides.
serve_start
i=0
while [ $i -lt 30 ]; do
	i=$((i + 1))
	(
		printf '{"op":"submit","name":"race","engine":"libfuzzer",%s}\n' \
		    "$(T=$(mktemp -d "$T/r.XXXX"); blob target "race $i")" >"$T/s.$i"
	)
	(
		put "race $i"
		printf '{"op":"blob","rows":[{"rid":"%s","sha256":"%s","size":%s}]}\n' \
		    "$sha" "$sha" "$size" >"$T/b.$i"
		mv "$S/targets/$sha" "$T/hidden.$i"
		echo "$sha" >"$T/n.$i"
	)
done
seq 30 | xargs -P 15 -I '{}' sh -c \
    "pf-sched apply <'$T/s.{}' >>'$T/out.s'" &
seq 30 | xargs -P 15 -I '{}' sh -c \
    "mv '$T/hidden.{}' '$S/targets/'\$(cat '$T/n.{}') &&
    pf-sched apply <'$T/b.{}' >>'$T/out.b'"
wait $!
is "$(grep -c '"new":true' "$T/out.b")" 30 'thirty files'
is "$(sql "SELECT count(*), sum(waiting) FROM jobs WHERE name = 'race'")" \
    '30|0' 'none of thirty jobs waits for ever'
serve_stop
is "$serve_rc" 0 'the writer ends'

# A file that came while nobody could say so is found at the next start.
submit "$(blob target silent)"
put silent
op '{"op":"recover"}'
is "$(sql "SELECT waiting FROM jobs WHERE id = '$job'")" 0 'recover finds it'

# Snapshot, rebuild, restore.
submit "$(blob target slow)"
slow=$job
submit "$(blob target ledger)"
led=$job
submit "$(blob target tree)"
tree=$job
check 'a snapshot' 0 '*' - pf-sched snapshot
check 'a backup' 0 '*' - pf-sched backup "$T/backup"
put ledger
arrived ledger
mkdir -p "$S/metadata/ledger"
printf '{"kind":"blob","rid":"%s","sha256":"%s","size":%s}\n' "$sha" "$sha" \
    "$size" >>"$S/metadata/ledger/20261101.jsonl"
file gone
printf '{"kind":"blob","rid":"%s","sha256":"%s","size":%s}\n' "$sha" "$sha" \
    "$size" >>"$S/metadata/ledger/20261101.jsonl"
put tree
for how in rebuild 'restore '"$T/backup"; do
	# shellcheck disable=SC2086 # words
	check "${how%% *}" 0 '~^refused	0$' - pf-sched $how
	is "$(sql "SELECT waiting FROM jobs WHERE id = '$slow'")" 1 \
	    'what has not come is waited for'
	is "$(sql "SELECT sum(waiting) FROM jobs WHERE id IN ('$led', '$tree')")" \
	    0 'what the ledger or the tree knows is not'
	is "$(sql "SELECT c.pending - (SELECT count(*) FROM jobs WHERE
	    campaign = c.id AND status = 'pending' AND waiting = 0)
	    FROM campaigns c WHERE name = 'default'")" 0 'the counts are right'
done
put slow
arrived slow
is "$(get '.rows[0].jobs')" 1 'and it goes on'
done_testing
