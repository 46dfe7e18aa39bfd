#!/bin/sh
# A real file system, small, without a free block and without a free inode:
# what was acknowledged is all there once there is room again.
# shellcheck disable=SC2016 # what stands in quotes is for eval
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"
whole
PATH=$PATH:/usr/sbin:/sbin
[ "$(id -u)" = 0 ] || skip_all 'only root can mount'
need mkfs.ext4 losetup mount
truncate -s 24M "$T/image"
mkfs.ext4 -q -F -N 600 "$T/image"
mkdir "$S"
mount -o loop "$T/image" "$S" 2>/dev/null || skip_all 'no loop devices here'
at_end "umount -l '$S'"

master <<'!'
[limits]
disk_min_free = 0
inodes_min_free = 0
!
leases 1
# lay_some FIRST: twenty results of each kind that has bytes
lay_some()
{
	for n in $(seq "$1" $(($1 + 19))); do
		head -c 20000 /dev/urandom >"$T/input"
		mkpack corpus "$job" b1 -s "$n" "$T/input"
		mkpack crash "$job" b1 -s $((n + 1000)) -f type=x "$T/input"
		mkpack log "$job" b1 -s $((n + 2000)) -f "offset=$((n * 9))" \
		    "$T/input"
	done | lay
}
filed() { sql "SELECT count(*) FROM results"; }
filed_is() { [ "$(filed)" = "$1" ]; }
fill() { dd if=/dev/zero of="$S/filler" bs=4k 2>/dev/null; sync -f "$S"; }
inodes()
{
	mkdir -p "$S/many"
	seq 1 600 | (cd "$S/many" && xargs touch 2>/dev/null)
	sync -f "$S"
}

lay_some 1
pf-ingest -q
is "$(filed)" 60 'with room they are filed'

lay_some 100
fill
ok 'no block is free' eval '! head -c 4096 /dev/zero >"$S/more" 2>/dev/null'
rm -f "$S/more"
run pf-ingest
ran 75 'it ends with the status for later'
like "$(cat "$T/err")" 'No space left|full' 'and says why'
is "$(files "$SPOOL/new") $(files "$SPOOL/bad")" '1 0' 'the spool keeps the pack'
ok 'readers still read' filed_is 60
rm "$S/filler"
run pf-ingest
ran 0 'with room again'
is "$(filed)" 120 'all of it is filed'

lay_some 200
inodes
is "$(stat -f -c %d "$S")" 0 'no inode is free'
run pf-ingest
ran 75 'without inodes'
is "$(files "$SPOOL/new") $(files "$SPOOL/bad")" '1 0' 'the spool keeps the pack'
rm -r "$S/many"
run pf-ingest
ran 0 'with inodes again'
is "$(filed)" 180 'all of it is filed'

# One that stays goes on by itself.
lay_some 300
fill
pf-ingest -w >"$T/w.out" 2>"$T/w.err" &
pid=$!
at_end "kill $pid 2>/dev/null"
ok 'it says that it waits' until_true 20 \
    grep -q 'the spool keeps what waits' "$T/w.err"
rm "$S/filler"
ok 'and goes on when there is room' until_true 40 filed_is 240
kill $pid
wait $pid || :
is "$(files "$SPOOL/new")$(files "$SPOOL/cur")$(files "$SPOOL/bad")" 000 \
    'nothing is left behind'
is "$(naked)$(torn)" '' 'each row has its file, each file its bytes'
check 'and fsck finds nothing' 0 - - pf-ingest fsck

# One that is too big for what is free is no reason for others to wait.
avail() { df --output=avail -k "$S" | tail -n 1; }
was=$(filed)
fallocate -l $(($(avail) - 4000))K "$S/filler"
head -c 8000000 /dev/urandom >"$T/input"
mkpack crash "$job" b1 -s 5001 -f type=huge "$T/input" | lay
huge=$(pack)
for n in 1 2 3; do
	head -c 2000 /dev/urandom >"$T/input"
	mkpack corpus "$job" b1 -s $((5010 + n)) "$T/input" | lay
	mkpack crash "$job" b1 -s $((5020 + n)) -f "type=small$n" "$T/input" | lay
	mkpack status "$job" b1 -s $((5030 + n)) -f executions=$n </dev/null | lay
done
check 'one that does not fit' 75 - '~No space left' pf-ingest -q
is "$(($(filed) - was))" 9 'all others are filed'
is "$(ls "$SPOOL/new")" "$huge" 'it stays'
rm "$S/filler"
check 'with room again' 0 - - pf-ingest -q
is "$(($(filed) - was))" 10 'it is filed'
is "$(files "$SPOOL/new")$(files "$SPOOL/cur")$(files "$SPOOL/bad")" 000 \
    'nothing is left behind'

# The writer on a full disk refuses, and loses nothing.
fill
check 'no room for a job' 75 - '~.' pf-sched submit -N more -e libfuzzer -t /bin/ls
rm "$S/filler"
check 'with room there is' 0 '~^[0-9a-f-]*$' - \
    pf-sched submit -N more -e libfuzzer -t /bin/ls
is "$(sql 'PRAGMA quick_check')" ok 'the database is whole'
done_testing
