#!/bin/sh
# pf-ingest fsck: each kind of finding, and what -r does about it.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"
need jq

master </dev/null
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
check 'all is well' 0 - '=pf-ingest: 12 files, 0 findings, 0 mended' \
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
check '-r cannot bring it back' 1 '~^missing' - pf-ingest -r fsck
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
check 'a fifo in its place' 1 '~^damaged	.*not a regular file' - pf-ingest fsck
pf-ingest -r fsck >/dev/null 2>&1
put corpus gone

rm "$X/$hash.json" 2>/dev/null
put crash told
echo '{' >"$X/$hash.json"
check 'a report that is none' 1 "~^report	$X/$hash.json	" - pf-ingest fsck
mends 'its report' 'written anew from its row'
is "$(jq -r '.type + " " + .stack' "$X/$hash.json")" 'segv told < main' \
    'with what the row knows'
rm "$X/$hash.json"
finds 'no report' report "$X/$hash.json" 'it is missing'
mends 'no report' 'written anew'

put crash 'a lost row'
sqlite3 "$S/data/pandafuzz.db" "DELETE FROM crashes WHERE hash = '$hash';
    DELETE FROM buckets WHERE first_crash NOT IN (SELECT id FROM crashes)"
check 'a young file may be on its way' 0 - - pf-ingest fsck
old "$X/$hash"
finds 'a row is gone' unknown "$X/$hash" 'the database has no row of it'
mends 'a row' 'put into the spool, to be filed'
is "$(sql "SELECT type || ' ' || stack FROM crashes WHERE hash = '$hash'")" \
    'segv a lost row < main' 'made of its report'
put corpus 'a lost input'
sqlite3 "$S/data/pandafuzz.db" "DELETE FROM corpus WHERE hash = '$hash'"
old "$C/$hash"
run pf-ingest fsck
ran 1 'an input without a row'
is "$(cut -f 1 "$T/out" | tr '\n' ' ')" 'unknown sums ' 'is unknown, and the sums differ'
mends 'an input without a row' 'put into the spool'

sqlite3 "$S/data/pandafuzz.db" 'UPDATE corpus_meta SET total_size = 7'
n=$(sql 'SELECT count(*) FROM corpus') b=$(sql 'SELECT sum(size) FROM corpus')
finds 'wrong sums' sums "$C" \
    "corpus_meta has $n files, 7 bytes; the rows have $n, $b"
mends 'wrong sums' 'counted anew'
is "$(sql 'SELECT file_count, total_size FROM corpus_meta')" "$n|$b" 'rightly'

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
rm "$S/data/pandafuzz.db"*
check 'without a database' 66 - '~pf-sched init' pf-ingest fsck
done_testing
