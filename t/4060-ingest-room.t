#!/bin/sh
# What is given up, in which order, when room gets short; and the limits.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"

master <<'!'
[limits]
disk_min_free = 0
crash_samples = 3
!
leases 1
# crash SEQ STACK < input; counts WORD: how many lines of the last run say it
crash()
{
	cat >"$T/input"
	mkpack crash "$job" b1 -s "$1" -f type=segv -f tool=asan \
	    -f "stack=$2" "$T/input"
}
corpus()
{
	cat >"$T/input"
	mkpack corpus "$job" b1 -s "$1" "$T/input"
}
counts() { cut -f 1,2 "$T/out" | sort | uniq -c | awk '{ printf "%s%s %s %d", sep, $2, $3, $1; sep = ", " }'; }

# dry WANT: what a dry run says of what waits
dry()
{
	run pf-ingest -n
	is "$(counts)" "$1" "a dry run says so: $1"
}

# A storm: one bug, 250 inputs, in packs of 50; and a rare one in between.
i=1
while [ $i -le 5 ]; do
	for k in $(seq 50); do
		echo "storm $i $k" | crash "$((i * 100 + k))" 'boom < parse < load'
		[ "$i.$k" != 3.20 ] ||
		    echo rare | crash 9999 'quiet < parse < load'
	done | lay
	i=$((i + 1))
done
run pf-ingest
ran 0 'a storm'
is "$(counts)" 'crash dropped 247, crash new 4' 'three of it are kept, and the rare one'
is "$(files "$S/crashes/$job")" 8 'an input and a report each'
is "$(sql 'SELECT count(*) FROM crashes')" 4 'and a row'
is "$(sql "SELECT samples || ' ' || dropped FROM buckets ORDER BY samples")" \
    '1 0
3 247' 'the rest is counted in its bucket'
run pf-report buckets
is "$(cut -f 4,5,10 "$T/out")" '3	247	boom < parse < load
1	0	quiet < parse < load' 'and shown'
like "$(pf-report status)" 'dropped_crash	247' 'also in the status'
is "$(sql "SELECT value FROM counters WHERE name = 'crash_bytes' AND scope IN ('', '$job')" | uniq)" \
    "$(cat "$S/crashes/$job"/[0-9a-f]* | wc -c | tr -d ' ')" \
    'bytes of what is kept, reports too, of all and of the job'
echo 'storm 1 1' | crash 20000 'boom < parse < load' | lay
run pf-ingest
is "$(counts)" 'crash duplicate 1' 'a known input is counted with its row'
echo 'storm 1 1' | crash 101 'boom < parse < load' | lay
run pf-ingest
is "$(counts)" 'crash again 1' 'the same report has no effect'
first=$(sql "SELECT first_crash FROM buckets WHERE dropped > 0")
echo 'storm 9 9' | crash 20001 'boom < parse < load' | lay
dry 'crash dropped 1'
run pf-ingest
is "$(cut -f 2,8 "$T/out")" "dropped	$first" 'a dropped one names the first'
is "$(sql "SELECT count(*) FROM buckets")" 2 'no bucket is made twice'
echo deep | crash 20002 'boom < parse < load < start' | lay
run pf-ingest
is "$(counts)" 'crash dropped 1' 'the top three frames make a bucket'

# The quota of a job.
first=$job
setting() { sed -i "/^$1 /d" "$T/conf"; echo "$1 = $2" >>"$T/conf"; }
another() { job=$(pf-sched submit -N "$1" -p "${2:-0}" -e libfuzzer -t "$T/target"); }
another quota
setting job_size 20
{
	printf '0123456789' | corpus 1
	printf 'abcdefghi' | corpus 2
} | lay
run pf-ingest
is "$(counts)" 'corpus new 2' 'up to the quota'
printf 'two' | corpus 3 | lay
dry 'corpus dropped 1'
run pf-ingest
is "$(counts)" 'corpus dropped 1' 'not beyond'
is "$(sql 'SELECT total_size FROM corpus_meta')" 19 'the metadata is exact'
printf 'x' | corpus 4 | lay
run pf-ingest
is "$(counts)" 'corpus new 1' 'what still fits is kept'
like "$(pf-report status)" 'dropped_corpus	1' 'what was not is shown'
is "$(pf-report job "$job" | grep '^dropped.corpus')" 'dropped.corpus	1' \
    'of the job too'

# It holds inside of one slice too, and for all that a job takes.
another slice
setting job_size 1000
head -c 90 /dev/zero | tr '\0' b >"$T/b"
printf '%%d' >>"$T/b"
mkpack corpus "$job" b1 -n 50 "$T/b" | lay
run pf-ingest
is "$(counts)" 'corpus dropped 40, corpus new 10' 'fifty in one pack'
another all 50
leases 1
for k in 1 2 3 4 5 6; do
	head -c 400 /dev/zero | tr '\0' l >"$T/input"
	mkpack log "$job" b1 -s $k -f offset=$((400 * (k - 1))) "$T/input"
done | lay
run pf-ingest
is "$(counts)" 'log dropped 4, log new 2' 'logs'
echo one | corpus 50 | lay
run pf-ingest
is "$(counts)" 'corpus new 1' 'leave what they leave'
for k in 1 2 3; do echo "k $k" | crash "5$k" 'again < load'; done | lay
run pf-ingest
is "$(counts)" 'crash dropped 2, crash new 1' \
    'of crashes over it only the first of a bucket is kept'
echo two | corpus 60 | lay
run pf-ingest
is "$(counts)" 'corpus dropped 1' 'its report counts like any byte'
job=$first
setting job_size 0

# A target with a new stack for each crash.
setting crash_buckets 6
n=$(sql "SELECT value FROM counters WHERE name = 'buckets' AND scope <> ''")
is "$n" 3 'buckets are counted by campaign'
for k in $(seq 20); do echo "r $k" | crash $((60000 + k)) "random$k < load"; done | lay
run pf-ingest
is "$(counts)" 'crash dropped 14, crash new 6' \
    'three get a bucket, three of the rest are samples of one'
is "$(pf-report buckets | cut -f 2-5,10 | grep overflow)" \
    'overflow	pf-ingest	3	14	-' 'which is shown'
like "$(pf-report status)" 'overflow_crash	17' 'as is how many there were'
for k in 1 2; do echo "rr $k" | crash $((60100 + k)) "random$k < load"; done | lay
run pf-ingest
is "$(counts)" 'crash new 2' 'buckets that are there take more'
is "$(sql "SELECT value FROM counters WHERE name = 'buckets' AND scope = ''")" \
    7 'no bucket beyond'
setting crash_buckets 10000

# everything QUOTA: one of each kind
n=30000
everything()
{
	sed -i '/storage_size/d' "$T/conf"
	echo "storage_size = $1" >>"$T/conf"
	n=$((n + 10))
	{
		setting crash_samples 99
		echo "c$n" | corpus $n
		echo "l$n" >"$T/input"
		mkpack log "$job" b1 -s $((n + 1)) -f offset=$n "$T/input"
		echo "k$n" | crash $((n + 2)) 'quiet < parse < load'
		echo "f$n" | crash $((n + 3)) "fresh$n < main"
		mkpack coverage "$job" b1 -s $((n + 4)) -f edges=$n
	} | lay
	run pf-ingest
}
used() { sql "SELECT sum(value) FROM counters WHERE name IN ('corpus_bytes', 'crash_bytes', 'log_bytes') AND scope = ''"; }
head -c 100000 /dev/zero | corpus 29000 | lay
pf-ingest -q
everything 1000000
is "$(counts)" 'corpus new 1, coverage new 1, crash new 2, log new 1' \
    'with room all is kept'
everything "$(used)"
is "$(counts)" 'corpus dropped 1, coverage new 1, crash new 2, log new 1' \
    'at the quota corpus goes'
like "$(cat "$T/err")" 'room is short: corpus is only counted$' 'it says so'
everything "$(($(used) * 100 / 106))"
is "$(counts)" 'corpus dropped 1, coverage new 1, crash new 2, log dropped 1' \
    'then logs'
everything "$(($(used) * 100 / 120))"
is "$(counts)" \
    'corpus dropped 1, coverage new 1, crash dropped 1, crash new 1, log dropped 1' \
    'then all but the first of a bucket'
like "$(cat "$T/err")" 'of each bucket only the first crash is kept$' 'it says so'

# Inodes: more are asked for than there are.
setting inodes_min_free 1000000000000
if [ "$(stat -f -c %c "$S")" -gt 0 ]; then
	everything 0
	is "$(counts)" \
	    'corpus dropped 1, coverage new 1, crash dropped 1, crash new 1, log dropped 1' \
	    'a disk that has hardly an inode left'
fi
setting inodes_min_free 0

# All of that inside of one slice as well.
setting storage_size $(($(used) + 500))
for k in $(seq 50); do printf 'hundred %092d' "$k" | corpus $((70000 + k)); done | lay
run pf-ingest
is "$(counts)" 'corpus dropped 45, corpus new 5' \
    'the quota of all holds inside of a slice'

# An input that comes twice in a slice is one sample, and takes room once.
sed -i '/storage_size/d' "$T/conf"
setting crash_samples 3
seq=80000
for k in a a b c d; do
	seq=$((seq + 1))
	echo "twin $k" | crash $seq 'twin < parse < load'
done | lay
run pf-ingest
is "$(counts)" 'crash dropped 1, crash duplicate 1, crash new 3' \
    'an input that comes twice together is one of the three'

# The disk: more is asked for than there is.
sed -i 's/disk_min_free = .*/disk_min_free = 900G/' "$T/conf"
everything 0
is "$(counts)" \
    'corpus dropped 1, coverage new 1, crash dropped 1, crash new 1, log dropped 1' \
    'a disk that is nearly full'

# A database made anew counts the same.
tallies()
{
	sql "SELECT id, type, samples, dropped FROM buckets ORDER BY id;
	    SELECT name, scope, value FROM counters WHERE name LIKE 'dropped%'
	    OR name LIKE '%_bytes' OR name LIKE 'over%' OR name LIKE 'buck%'
	    ORDER BY 1, 2"
}
before=$(tallies)
rm -rf "$S/data"
mkdir "$S/data"
pf-sched -q snapshot 2>/dev/null
check 'rebuild' 0 '~crashes' '~' pf-sched rebuild
is "$(tallies)" "$before" 'buckets and what was dropped, made anew'
done_testing
