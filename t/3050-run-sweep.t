#!/bin/sh
# What old jobs left in a work directory goes when its time is over.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"

run_master
w=$T/w
mkdir -p "$w/slot-0/jobs/old/bin" "$w/slot-0/jobs/new" "$w/blobs"
for f in old used new; do
	echo $f >"$w/blobs/$f"
done
ln "$w/blobs/used" "$w/slot-0/jobs/new/target"
touch -d '8 days ago' "$w/slot-0/jobs/old" "$w/blobs/old" "$w/blobs/used"
check 'no job' 1 - '~no job' pfrun -w "$w"
ok 'an old job has gone' test ! -e "$w/slot-0/jobs/old"
ok 'a newer one stays' test -d "$w/slot-0/jobs/new"
ok 'an old file has gone' test ! -e "$w/blobs/old"
ok 'one that a job uses stays' test -e "$w/blobs/used"
ok 'so does a newer one' test -e "$w/blobs/new"
sed 's/^\[bot\]/[retention]\nwork = 0\n&/' "$PF_CONF" >"$T/keep.conf"
touch -d '800 days ago' "$w/slot-0/jobs/new"
check 'work = 0' 1 - '~no job' pfrun -c "$T/keep.conf" -w "$w"
ok 'keeps all of them' test -d "$w/slot-0/jobs/new"
done_testing
