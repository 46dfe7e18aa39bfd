#!/bin/sh
# A storm does not fill the disk with its ledger: of what is only counted no
# more is written than it takes to count it, and that is enough to make the
# database anew, and to place it by other rules.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"
need jq sqlite3

master <<'!'
[limits]
disk_min_free = 0
inodes_min_free = 0
crash_samples = 3
!
leases 1
# report FRAME: one of some 6 kB, with that function below the top three
report()
{
	echo '==1==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x1'
	echo 'READ of size 1 at 0x1 thread T0'
	for f in get parse load "$1" $(seq -f 'step%g' 130); do
		printf '    #%d 0x4f in %s /src/file.c:1:1\n' "${i:=0}" "$f"
		i=$((i + 1))
	done
	i=0
}
# storm NAME FRAME SEQ COUNT [TIME]
storm()
{
	printf '%s %%d' "$1" >"$T/body"
	mkpack crash "$job" b1 -n "$4" -s "$3" -t "${5:-1700000000000}" \
	    -f type=heap-buffer-overflow -f tool=asan -f signal=6 \
	    -f 'stack=get < parse < load' \
	    -f "output=$(report "$2")" -f command=fuzz "$T/body" | lay
}
bytes() { find "$S/metadata" -name '*.jsonl' -exec cat '{}' + | wc -c; }
counts() { cut -f 1,2 "$T/out" | sort | uniq -c | awk '{ printf "%s%s %s %d", sep, $2, $3, $1; sep = ", " }'; }
# grew COUNT: bytes that the ledger took since for each of so many
grew() { echo $((($(bytes) - before) / $1)); }

storm png png_row 1 5
storm gif gif_row 101 5
before=$(bytes)
run pf-ingest
is "$(counts)" 'crash dropped 7, crash new 3' 'two bugs in one bucket'
ok 'their reports are long' test "$(grew 10)" -gt 5000
storm png2 png_row 1001 300
storm gif2 gif_row 2001 300
before=$(bytes)
run pf-ingest
is "$(counts)" 'crash dropped 600' 'the storm is counted'
n=$(grew 600)
echo "# $n bytes a crash that is counted"
ok 'and takes less than a tenth of that each' test "$n" -lt 700
is "$(sql 'SELECT count(*), sum(n) FROM dropped')" '2|607' \
    'both reports are known'

# A report of an input that is there, which comes after the one told of.
for n in $(seq 4); do storm png png_row $((3000 + 10 * n)) 1 1700000001000; done
before=$(bytes)
run pf-ingest
is "$(counts)" 'crash duplicate 4' 'duplicates'
ok 'take no more' test "$(grew 4)" -lt 700
is "$(sql "SELECT count(*) FROM crashes WHERE length(output) > 5000 AND
    command = 'fuzz'")" 3 'what is told of the crash is whole'
printf 'png 0' >"$T/body"
mkpack crash "$job" b2 -t 1600000000000 -f type=heap-buffer-overflow \
    -f tool=asan -f "output=$(report png_row | sed 's/size 1/size 2/')" \
    "$T/body" | lay
run pf-ingest
is "$(counts)" 'crash duplicate 1' 'one that comes before all others'
is "$(sql "SELECT count(*) FROM crashes WHERE bot_id = 'b2' AND output LIKE
    '%of size 2%'")" 1 'is the one to be told of'
check 'all is well' 0 - - pf-ingest fsck

# What the rules make of it, with this database and with one made anew.
first=$(sql 'SELECT first_crash FROM buckets WHERE dropped > 0')
echo "split $(pf-report -j explain crash "$first" | jq -r .major) function gif_row" \
    >"$T/rules"
placed() { sql 'SELECT id, type, samples, dropped FROM buckets ORDER BY 1'; }
drops() { sql 'SELECT id, output, bucket, n FROM dropped ORDER BY id'; }
picture >"$T/picture"
drops >"$T/drops"
ok 'rules' pf-sched -q rules apply "$T/rules"
placed >"$T/split"
is "$(cut -d '|' -f 4 "$T/split" | sort -n | xargs)" '302 305' \
    'tell the two apart, by frames that only the reports had'
check 'all is well' 0 - - pf-ingest fsck
ok 'undone' pf-sched -q rules undo
pf-sched -q snapshot
rm "$S"/data/pandafuzz.db*
check 'a database made anew' 0 '~^refused	0$' - pf-sched rebuild
picture >"$T/anew"
is "$(diff "$T/picture" "$T/anew")" '' 'is as it was'
is "$(drops | diff "$T/drops" -)" '' 'with what was dropped'
check 'all is well' 0 - - pf-ingest fsck
ok 'the rules' pf-sched -q rules apply "$T/rules"
is "$(placed | diff "$T/split" -)" '' 'tell them apart as before'

# One whose row is gone, and those whose first line is.
ok 'undone' pf-sched -q rules undo
sqlite3 "$S/data/pandafuzz.db" "DELETE FROM results WHERE rid IN (SELECT rid
    FROM results WHERE reply LIKE '%\"dropped\":true%' ORDER BY time, rid
    LIMIT 5)"
for f in "$S"/metadata/ledger/*.jsonl; do
	sed 's/"filed":[0-9]*/"filed":1/' "$f" >"$T/l"
	while read -r line; do
		line=${line%,\"sum\":*}
		printf '%s,"sum":"%.16s"}\n' "$line" "$(printf '%s' "$line" |
		    sha256sum)"
	done <"$T/l" >"$f"
done
run pf-ingest -r fsck
like "$(cat "$T/err")" 'filed again from the ledger' 'lost ones are filed again'
is "$(sql 'SELECT sum(n) FROM dropped')" 607 'and counted'
sed -i '/png_row\|gif_row/s/"size"/"sixe"/' "$S"/metadata/ledger/*.jsonl
rm "$S"/data/pandafuzz.db*
check 'a ledger without the lines that say all' 1 '~^refused	[1-9]' \
    '~it is not as it was written' pf-sched rebuild
is "$(sql 'SELECT sum(dropped) FROM buckets')" 600 \
    'still counts the others by what they say themselves'
is "$(sql 'SELECT count(*) FROM crashes WHERE length(output) > 5000')" 3 \
    'and has the crashes whole, by the reports beside them'
done_testing
