#!/bin/sh
# Several slices of records in one run of pf-ingest, where one is placed while
# the writer has the rows of the one before: limits hold as if they came one by
# one, and a death or an error at any call leaves nothing undone.
# PF_SWEEP=all tries every point, the default some.
# shellcheck disable=SC2016 # what stands in quotes is for eval
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"
# shellcheck source-path=SCRIPTDIR source=lib/mutant.sh
. "$PF_ROOT/t/lib/mutant.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sweep.sh
. "$PF_ROOT/t/lib/sweep.sh"
whole
need strace sqlite3

# Three slices: 130 inputs and 60 crashes in three buckets of two samples, of
# which some are the same in several slices, and 80 inputs beyond the quota.
master <<!
[limits]
crash_samples = 2
job_size = 5K
!
leases 1
printf 'input %%d' >"$T/body"
mkpack corpus "$job" b1 -n 130 "$T/body" | lay
for i in $(seq 60); do
	n=$((i * 7 % 23))
	echo "boom $n" >"$T/boom"
	mkpack crash "$job" b1 -s "$i" -f type=abort \
	    -f stack="f$((n % 3)) a.c:1" "$T/boom"
done | lay
head -c 100 /dev/zero | tr '\0' x >>"$T/body"
mkpack corpus "$job" b1 -s 500 -n 80 "$T/body" | lay
cp -a "$S" "$T/base.storage"
cp -a "$SPOOL" "$T/base.spool"

# What is kept, without what pf-ingest and the writer make up.
kept()
{
	sql "SELECT hash FROM corpus ORDER BY 1; SELECT hash, bucket, count
	    FROM crashes ORDER BY 1; SELECT id, samples, dropped FROM buckets
	    ORDER BY 1"
	(cd "$S" && find crashes corpus -type f ! -name '.*' | sort)
}

# As packs that a dead one left they are filed record by record, in order.
restore
for f in "$SPOOL"/new/*; do
	mv "$f" "$SPOOL/cur/${f##*/}:1"
done
run pf-ingest
ran 0 'record by record'
kept >"$T/single"
restore
run pf-ingest
ran 0 'three slices'
is "$(wc -l <"$T/out" | tr -d ' ')" 270 'a line each'
kept >"$T/together"
ok 'as if they had come one by one' cmp "$T/single" "$T/together"
is "$(sql 'SELECT count(*), sum(samples) FROM buckets')" '3|6' \
    'two samples a bucket'
n=$(sql 'SELECT count(*) FROM corpus')
ok "the quota cuts in ($n)" test "$n" -gt 130 -a "$n" -lt 210

# A death changes the order in which they come, and so what a quota leaves.
sed -i '/^job_size/d' "$T/conf"
sweep_ingest
sweep_of 'pf-ingest, three slices' "openat.*$T/conf" -f
sweep_kill 16
sweep_chain 6
PF_CALLS='fsync|sendto|recvfrom|write|rename|flock|clone3' sweep_errors 8 \
    EIO ENOSPC
sweep_end

# One that judges a slice without the one before keeps too much.
echo 'job_size = 5K' >>"$T/conf"
mutant alone src/ingest/slice.c 's/before.n > 0 ? before.it/before.n > SLICE ? before.it/' \
    pf-ingest
restore
ln -s "$PF_BIN/pf-sched" "$T/alone/bin/pf-sched"
"$T/alone/bin/pf-ingest" >/dev/null 2>&1
kept >"$T/got"
ok 'a slice that is judged alone is seen' eval '! cmp -s "$T/single" "$T/got"'

# One that lets go of a slice without the verdicts loses it.
mutant deaf src/ingest/slice.c 's/sent = take_rows(g, before.*/sent = NULL;/' \
    pf-ingest
restore
ln -s "$PF_BIN/pf-sched" "$T/deaf/bin/pf-sched"
"$T/deaf/bin/pf-ingest" >"$T/out" 2>/dev/null
is "$(wc -l <"$T/out" | tr -d ' ')" 0 'a slice without its verdicts is seen'
done_testing
