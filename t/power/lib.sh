# shellcheck shell=sh disable=SC2034,SC2154
# What the scripts here have in common: a disk that remembers, a file system
# of any kind on it, a master and a bot on that.  To be sourced with root, fs
# and obj set; makes $T, and mounts at $M.

if [ "$(id -u)" -ne 0 ] || [ ! -e /dev/fuse ] || [ ! -e /dev/loop-control ]
then
	echo 'check-power: needs root, /dev/fuse and loop devices' >&2
	exit 69
fi
[ -n "${TMPDIR-}" ] || [ ! -w /dev/shm ] || TMPDIR=/dev/shm
export TMPDIR
T=$(mktemp -d) || exit 74
M=$T/mnt
loop='' daemons=''
mkdir "$T/fuse" "$M"

# stop: the daemons; none may hold the file system
stop()
{
	# shellcheck disable=SC2086 # several
	[ -z "$daemons" ] || kill $daemons 2>/dev/null
	wait
	daemons=''
}
down()
{
	umount "$M" 2>/dev/null
	[ -z "$loop" ] || losetup -d "$loop" 2>/dev/null
	loop=''
}
clean()
{
	stop
	down
	fusermount3 -uq "$T/fuse" 2>/dev/null
	rm -rf "${T:?}"
}
trap clean EXIT
trap 'exit 69' HUP INT TERM

# The smallest of each kind; that of xfs only its own tests may make.
make_fs()
{
	rm -f "$T/image" "$T/log"
	case $fs in
	ext4)	truncate -s 24M "$T/image"
		mkfs.ext4 -q -F -O ^metadata_csum "$T/image" ;;
	xfs)	truncate -s 40M "$T/image"
		TEST_DIR=x TEST_DEV=x QA_CHECK_FS=x mkfs.xfs -q -f "$T/image" ;;
	btrfs)	truncate -s 112M "$T/image"
		mkfs.btrfs -q -f "$T/image" ;;
	*)	echo "check-power: $fs: not a file system to test" >&2
		exit 64 ;;
	esac || exit 74
}

# up FILE [OPTIONS]: mounts the disk in it
up()
{
	loop=$(losetup --show -f --direct-io=on "$1" 2>/dev/null) ||
	    loop=$(losetup --show -f "$1") || return 1
	mount -t "$fs" -o "${2:-rw}" "$loop" "$M"
}

# cut_disk SEED [MARK]: as t/power/cut.c, what is on the disk then in $T/cut: a
# new file each time, for a mount namespace that somebody made meanwhile
# keeps the last file system, which at its end writes to its own.
cut_disk()
{
	rm -f "$T/cut"
	"$obj/t/power/cut" "$T/image" "$T/log" "$1" "$T/cut" ${2+"$2"}
}

mark() { echo "$*" >>"$T/fuse/mark"; }

# disk_begin OPTIONS: a new file system, mounted, with a master
disk_begin()
{
	make_fs
	"$obj/t/power/disk" "$T/image" "$T/log" "$T/fuse" || exit 74
	up "$T/fuse/disk" "$1" || exit 74
	printf '[storage]\npath = %s\n[spool]\npath = %s\n[sched]\nsocket = %s\n[limits]\ndisk_min_free = 0\n' \
	    "$M/storage" "$M/spool" "$T/sock" >"$T/conf"
	printf '[bot]\nname = bot\nwork_directory = %s\ncapabilities = libfuzzer\n[retry.communication]\nmax_retries = 2\n' \
	    "$M/bot" >>"$T/conf"
	pf-sched -q init || exit 74
	sync
}
disk_end()
{
	stop
	down
	fusermount3 -u "$T/fuse"
}

# soon CMD ...: waits for what another process does
soon()
{
	soon_n=200
	until "$@" 2>/dev/null; do
		soon_n=$((soon_n - 1))
		[ $soon_n -gt 0 ] || exit 70
		sleep 0.05
	done
}
# master_start: the writer and pf-httpd; sets url
master_start()
{
	pf-sched serve 2>>"$T/serve.err" &
	daemons="$! $daemons"
	soon test -S "$T/sock"
	httpd_start
}
httpd_start()
{
	: >"$T/http"
	pf-httpd -l 127.0.0.1:0 >"$T/http" 2>>"$T/http.err" &
	daemons="$! $daemons"
	soon test -s "$T/http"
	url=$(sed -n 's/^listening //p' "$T/http")
}
# post FILE: a pack; sets code
post()
{
	code=$(curl -s -m 10 -o "$T/body" -w '%{http_code}' --data-binary "@$1" \
	    -H 'Content-Type: application/x-pandafuzz-pack' \
	    "$url/api/v1/results/batch") || :
}
# rids FILE ...: of the frames in these
rids() { cat "$@" 2>/dev/null | grep -ao '^[0-9a-f]\{64\} [0-9]*$' | cut -c 1-64; }

sql() { sqlite3 -cmd '.timeout 5000' "$M/storage/data/pandafuzz.db" "$1"; }

tests=0 bad=0
ok()
{
	tests=$((tests + 1))
	if "$@" >/dev/null 2>&1; then
		echo "ok $tests - $name"
	else
		bad=$((bad + 1))
		echo "not ok $tests - $name"
	fi
}
