#!/bin/sh
# Databases made anew on a disk without room, or with some: the status says
# that it may be done once more, the old database stays, and then it is.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sched.sh
. "$PF_ROOT/t/lib/sched.sh"
need sqlite3
[ "$(id -u)" = 0 ] || skip_all 'only root can mount'

mkdir "$T/m"
mount -t tmpfs -o size=16m tmpfs "$T/m" 2>/dev/null || skip_all 'no mounts here'
at_end "umount -l '$T/m'"
sched_new ''
cp "$PF_CONF" "$T/conf"
PF_CONF=$T/conf
storage=$T/m/storage
job -k 20 -C png
pf-sched -q snapshot
pf-sched -q backup "$T/b"

# fill KIB: all room but that
fill()
{
	rm -f "$T/m/fill"
	head -c 20m /dev/zero >"$T/m/fill" 2>/dev/null
	truncate -s "-$1K" "$T/m/fill"
}
inode() { stat -c %i "$storage/data/pandafuzz.db"; }
before=$(inode)
for how in rebuild "restore $T/b" '-n rebuild'; do
	for left in 0 4 16 24 40 80 160 320; do
		fill "$left"
		# shellcheck disable=SC2086
		run pf-sched $how
		ran 75 "$how with $left KiB: try again"
		like "$(cat "$T/err")" 'full|No space left' 'it says why'
	done
done
is "$(inode)" "$before" 'the old database is where it was'
rm "$T/m/fill"
is "$(ls "$storage/data")" "$(printf '%s\n' pandafuzz.db pandafuzz.db-shm \
    pandafuzz.db-wal writer.lock)" 'nothing is left of the tries'
check 'with room again' 0 '~^jobs	20$' - pf-sched rebuild
done_testing
