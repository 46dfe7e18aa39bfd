#!/bin/sh
# A file system that runs out of inodes long before it runs out of bytes.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"
PATH=$PATH:/usr/sbin:/sbin
[ "$(id -u)" = 0 ] || skip_all 'only root can mount'
need mount
mkdir "$S"
mount -t tmpfs -o nr_inodes=600,size=64m none "$S" 2>/dev/null ||
    skip_all 'no mounts here'
at_end "umount -l '$S'"

master <<'X'
[limits]
disk_min_free = 0
inodes_min_free = 200
X
left() { stat -f -c %d "$S"; }
between() { [ "$(left)" -ge "$1" ] && [ "$(left)" -le "$2" ]; }
printf 'input %%d' >"$T/body"
mkpack corpus "$job" b1 -n 500 "$T/body" | lay
run pf-ingest
ran 0 'many small inputs'
ok 'stop while there are twice as many inodes as are kept' between 396 402
like "$(cat "$T/err")" 'room is short: corpus is only counted' 'it says so'
for k in $(seq 150); do
	echo "$k" >"$T/body"
	mkpack crash "$job" b1 -s $((1000 + k)) -f 'stack=one < main' "$T/body"
done | lay
echo one >"$T/body"
mkpack crash "$job" b1 -s 2000 -f 'stack=two < main' "$T/body" | lay
run pf-ingest
ok 'further crashes of a bucket stop at one and a half' between 294 302
is "$(sql 'SELECT count(*) FROM buckets WHERE samples > 0')" 2 \
    'of a new bucket the first is kept'
done_testing
