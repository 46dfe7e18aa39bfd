#!/bin/sh
# Buckets by the report itself: what does not count, rules that come into
# force and go again, and everything that must agree with them.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$(dirname "$0")/lib/ingest.sh"
need sqlite3
master </dev/null

# asan SALT FRAME...: a report with addresses and places of its own
asan()
{
	salt=$1
	shift
	printf '==%d==ERROR: AddressSanitizer: heap-buffer-overflow on ' "$salt"
	printf 'address 0x6020%06x at pc 0x1 bp 0x2 sp 0x3\n' "$salt"
	printf 'READ of size %d at 0x6020%06x thread T0\n' $((salt % 8 + 1)) \
	    "$salt"
	n=0
	for f; do
		printf '    #%d 0x%x in %s /b%d/x.c:%d:1\n' "$n" \
		    $((salt * 16 + n)) "$f" "$salt" $((salt + n))
		n=$((n + 1))
	done
}

# crash SEQ INPUT TYPE OUTPUT STACK: filed
crash()
{
	printf '%s' "$2" >"$T/input"
	mkpack crash "$job" b1 -s "$1" -f "type=$3" -f "output=$4" \
	    -f "stack=$5" -f signal=11 "$T/input" | lay
	pf-ingest -q || exit 1
}

# Where each crash is, and each bucket, as anybody sees it.
shown()
{
	pf-report -j crashes
	pf-report -j buckets
}
buckets()
{
	pf-report buckets | wc -l
}

crash 1 one lie "$(asan 1 get parse load png main)" 'made < up'
crash 2 two other "$(asan 2 get parse load png main)" 'something < else'
crash 3 three lie "$(asan 3 get parse.part.0 parse load png main)" ''
is "$(buckets)" 1 'one bug, whatever the sender makes of it'
is "$(pf-report buckets | cut -f 2-4,10)" \
    'heap-buffer-overflow	asan	3	get < parse < load' 'told by its report'
crash 4 four lie "$(asan 4 get parse load gif main)" ''
is "$(buckets)" 1 'what has the same top frames is the same'
crash 5 five lie "$(asan 5 put emit main)" ''
crash 6 six segfault '' 'f < g < h < main'
crash 7 seven segfault 'no report' 'f < g < h < i'
is "$(buckets)" 3 'without a report by what is told'
check 'all is well' 0 - - pf-ingest fsck

key()
{
	pf-report -j explain crash "$(sql "SELECT id FROM crashes WHERE hash =
	    '$(printf %s "$1" | sha256sum | cut -d ' ' -f 1)'")" | jq -r "$2"
}
# All there is but what only grows: what happened, and what is no news again.
sqldump()
{
	sqlite3 -readonly "$S/data/pandafuzz.db" .dump |
	    grep -v "^INSERT INTO \(events\|sqlite_\|told\)"
}
grown()
{
	sqlite3 -readonly "$S/data/pandafuzz.db" .dump |
	    grep "^INSERT INTO \(events\|told\)" | sort
}
shown >"$T/before"
sqldump >"$T/dump"
grown >"$T/grown"
cat >"$T/rules" <<!
# the dispatcher
split $(pf-report -j explain crash "$(sql "SELECT first_crash FROM buckets
    WHERE samples = 4")" | jq -r .major) function png
merge $(key five .major) $(key six .major)
!

# What they would do, and why a crash is where it is.
run pf-report rebucket "$T/rules"
ran 0 'rebucket'
is "$(cut -f 1,4 "$T/out" | sort | xargs)" \
    'merge 1 merge 2 split 1 split 3' 'says what would change'
is "$(pf-report -j rebucket "$T/rules" | jq -r '.change + .type' | sort -u |
    xargs)" 'mergeheap-buffer-overflow mergesegfault splitheap-buffer-overflow' \
    'as JSON'
is "$(pf-report -n 1 rebucket "$T/rules" | wc -l)" 1 'so many lines'
echo '# none' >"$T/none"
check 'rules that change nothing' 0 '=' - pf-report rebucket "$T/none"
# What names no crash: a hash of none, a function that is in none of them, the
# id of a bucket; and what was split is not left to be merged.
cat >"$T/idle" <<!
# nothing
split 5d41402abc4b2a76b9719d911017c592 function png
split $(key one .major) function jpeg

split $(key one .major)
merge $(key five .major) $(key six .bucket)
merge $(key one .major) $(key five .major)
entry main
file */nowhere/*
!
run pf-report rebucket "$T/idle"
ran 0 'rules of which some fit nothing'
is "$(sed "s|^pf-report: warning: $T/idle: ||" "$T/err" | sort)" \
    "line 2 fits no crash: 5d41402abc4b2a76b9719d911017c592
line 3 fits no crash: $(key one .major)
line 6 fits no crash: $(key six .bucket)
line 7 fits no crash: $(key one .major)
line 9 fits no crash: */nowhere/*" 'are told which'
sed "s|^pf-report: warning: ||" "$T/err" >"$T/said"
run pf-sched -n rules apply "$T/idle"
ran 0 'a try of the same'
is "$(sed 's|^pf-sched: warning: ||' "$T/err")" "$(cat "$T/said")" \
    'tells the same ones'
echo 'function get' >"$T/get"
is "$(pf-report rebucket "$T/get" | cut -f 1 | sort -u)" split \
    'a frame less at the top'
is "$(key three '[.by, .read, .state, .key == .major] | @tsv')" \
    'major hash	the report	get < parse < load	true' 'explained'
is "$(key three '.frames[] | select(.is != "counts") |
    [.stack, .is, .function, .rule] | @tsv')" \
    'crash	entry	main	entry main' 'with the frames that do not count'
is "$(key six .read)" 'what the sender told' 'one without a report'
is "$(shown | diff - "$T/before")" '' 'nothing was changed by asking'
check 'rules that are wrong' 65 - "~$T/bad: line 1: a hash" \
    sh -c "echo 'split x' >'$T/bad'; pf-report rebucket '$T/bad'"
check 'that are not there' 66 - '~gone' pf-report rebucket "$T/gone"
check 'no such crash' 66 - '~x' pf-report explain crash xx

check 'a try' 0 '~^would be in force	[0-9]+[+]' - pf-sched -n rules apply "$T/rules"
is "$(shown | diff - "$T/before")" '' 'changes nothing'
check 'rules' 0 '~^in force	[0-9]+[+]' - pf-sched rules apply "$T/rules"
is "$(pf-report buckets | cut -f 4 | sort | xargs)" '1 3 3' 'split and merged'
is "$(key one '.by, .glob' | xargs)" 'split by function png' 'why'
is "$(key five .by)$(key six .by)" mergemerge 'and why'
is "$(pf-report crashes -b "$(key six .bucket)" | wc -l)" 3 \
    'the crashes of a bucket'
check 'the same again' 0 '~^in force	[0-9]+[+]' - pf-sched rules apply "$T/rules"
check 'undone' 0 '~^in force	[0-9]+$' - pf-sched rules undo
is "$(shown | diff - "$T/before")" '' 'all is shown as it was before'
is "$(sqldump | diff - "$T/dump")" '' 'and is in the database as it was'
ok 'with its counters' grep -q '^INSERT INTO counters' "$T/dump"
is "$(grown | comm -23 "$T/grown" -)" '' 'nothing that happened is forgotten'
# What the rules had made of crashes is not to be told of again.
is "$(grown | comm -13 "$T/grown" - | grep -c 'INTO told')" 1 \
    'a bucket that is gone is remembered as told'
is "$(sql 'SELECT count(*) FROM hooks')" 0 'and nobody is told of it'
check 'wrong ones' 65 - "~$T/bad: line 1" pf-sched rules apply "$T/bad"
is "$(sqldump | diff - "$T/dump")" '' 'are not begun with'
check 'a backup without them' 0 '*' '*' pf-sched backup "$T/backup"
check 'once more' 0 '~^in force	[0-9]+[+]' - pf-sched rules apply "$T/rules"
check 'all is well by them' 0 - - pf-ingest fsck
crash 8 eight lie "$(asan 8 get parse load png main)" ''
crash 9 nine lie "$(asan 9 put emit main)" ''
is "$(pf-report buckets | cut -f 4 | sort | xargs)" '1 4 4' \
    'what comes is placed by them'
shown >"$T/with"
check 'the tree knows them' 0 '~crashes' '~' pf-sched rebuild
is "$(shown | diff - "$T/with")" '' 'a database made anew is the same'
check 'and is whole' 0 - - pf-ingest fsck
rules=$S/metadata/system/rules.json
cp "$rules" "$T/rules.json"
sed 's/"text":"/&nonsense here\\n/g' "$T/rules.json" >"$rules"
check 'rules that nobody can read' 1 '~^refused	1$' \
    '~rules.json: left out: line 1: ' pf-sched rebuild
cp "$T/rules.json" "$rules"
check 'and those that were' 0 '~^refused	0$' '~' pf-sched rebuild
is "$(shown | diff - "$T/with")" '' 'bring all back'
check 'a backup of before' 0 '~crashes' '*' pf-sched restore "$T/backup"
is "$(shown | diff - "$T/with")" '' 'is placed by the rules in force'
check 'and is whole as well' 0 - - pf-ingest fsck
# Those in force come anew, as after another version of the program.
pf-sched -n rules undo >"$T/undo"
sqlite3 "$S/data/pandafuzz.db" "UPDATE rules SET version = '1' WHERE n =
    (SELECT rules FROM placing)"
printf '{"op":"rules","do":"step"}\n' | pf-sched -q apply
is "$(sql 'SELECT coming > rules FROM placing')" 1 'the same rules come anew'
check 'undo would go to those before all the same' 0 "=$(cat "$T/undo")" - \
    pf-sched -n rules undo
check 'back' 0 '~^in force	[0-9]+$' - pf-sched rules undo
is "$(pf-report buckets | cut -f 4 | sort | xargs)" '2 2 5' 'it is as it was'
check 'which is well' 0 - - pf-ingest fsck
check 'no further' 65 - '~nothing to take back' pf-sched rules undo
done_testing
