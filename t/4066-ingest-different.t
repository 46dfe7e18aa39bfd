#!/bin/sh
# A storm in which each report says something else does not fill the disk with
# its ledger either: after the first few hundred no more is written of one
# than tells its bucket, and that is enough to make the database anew.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"
need jq sqlite3

master <<'!'
[limits]
disk_min_free = 0
inodes_min_free = 0
crash_samples = 2
crash_buckets = 2
!
leases 1
steps=$(seq -f 'step%g' 130)
# report TOP FRAME: one of some 6 kB, with that function on top and that one
# below the top three
report()
{
	echo '==1==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x1'
	echo 'READ of size 1 at 0x1 thread T0'
	i=0
	for f in "$1" parse load "$2" $steps; do
		echo "    #$i 0x4f in $f /src/file.c:1:1"
		i=$((i + 1))
	done
}
# storm TOP FROM COUNT: as many crashes with a report of its own each
storm()
{
	report "$1" fRaMe >"$T/report"
	k=$2
	while [ "$k" -lt $(($2 + $3)) ]; do
		printf '%s %s' "$1" "$k" >"$T/body"
		mkpack crash "$job" b1 -s "$k" -f type=heap-buffer-overflow \
		    -f tool=asan -f signal=6 -f "stack=$1 < parse < load" \
		    -f "output=$(sed "s/fRaMe/deep$k/" "$T/report")" \
		    "$T/body"
		k=$((k + 1))
	done | lay
}
bytes() { find "$S/metadata" -name '*.jsonl' -exec cat '{}' + | wc -c; }
counts() { cut -f 1,2 "$T/out" | sort | uniq -c | awk '{ printf "%s%s %s %d", sep, $2, $3, $1; sep = ", " }'; }
# grew COUNT: bytes that the ledger took since for each of so many
grew() { echo $((($(bytes) - before) / $1)); }

storm get 1 10
before=$(bytes)
run pf-ingest
is "$(counts)" 'crash dropped 8, crash new 2' 'reports of one bucket'
n=$(grew 10)
echo "# $n bytes each of the first"
ok 'are long' test "$n" -gt 5000
storm get 100 150
storm get 300 150
run pf-ingest
is "$(sql 'SELECT count(*) FROM dropped')" 257 \
    'the database knows 256 of them, and of the others the bucket'
storm get 1000 150
before=$(bytes)
run pf-ingest
is "$(counts)" 'crash dropped 150' 'more of them, all different'
n=$(grew 150)
echo "# $n bytes each of those"
ok 'take a quarter of that each in the ledger' test "$n" -lt 1750
is "$(sql 'SELECT count(*) FROM buckets')" 1 'all are in that bucket'

storm put 2000 3
run pf-ingest
for m in $(seq 30); do
	storm "new$m" $((3000 + m)) 1
done
before=$(bytes)
run pf-ingest
is "$(counts)" 'crash dropped 28, crash new 2' 'a bucket too many each'
storm new_more 4000 150
before=$(bytes)
run pf-ingest
is "$(counts)" 'crash dropped 150' 'and more of that kind'
n=$(grew 150)
echo "# $n bytes each of those"
ok 'take a tenth each' test "$n" -lt 800
is "$(sql "SELECT samples, dropped FROM buckets WHERE type = 'overflow'")" \
    '2|178' 'all are in the bucket of the rest'
check 'all is well' 0 - - pf-ingest fsck

placed() { sql 'SELECT id, type, samples, dropped FROM buckets ORDER BY 1'; }
drops() { sql 'SELECT id, output, bucket, n FROM dropped ORDER BY id'; }
picture >"$T/picture"
placed >"$T/placed"
drops >"$T/drops"
pf-sched -q snapshot
rm "$S"/data/pandafuzz.db*
check 'a database made anew' 0 '~^refused	0$' - pf-sched rebuild
picture >"$T/anew"
is "$(diff "$T/picture" "$T/anew")" '' 'is as it was'
is "$(placed | diff "$T/placed" -)" '' 'with its buckets'
is "$(drops | diff "$T/drops" -)" '' 'and what was dropped'
check 'all is well' 0 - - pf-ingest fsck
done_testing
