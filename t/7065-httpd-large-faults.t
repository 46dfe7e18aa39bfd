#!/bin/sh
# pf-httpd: a disk that fails or is full under a large pack, and death at
# each call that writes.
. "$(dirname "$0")/lib/tap.sh"
. "$(dirname "$0")/lib/httpd.sh"

strace -o /dev/null true 2>/dev/null || skip_all 'strace does not work here'
ldd "$PF_BIN/pf-httpd" | grep -q san && skip_all 'not under a sanitizer'
master
head -c 500000 /dev/urandom >"$T/in"
mkpack corpus job-1 bot-1 "$T/in" >"$T/good"
{
	head -c 400000 "$T/good"
	printf x
	tail -c +400002 "$T/good"
} >"$T/damaged"
mkpack corpus job-1 bot-1 -n 1 -s 2 "$T/in" >"$T/more"
cat "$T/good" "$T/damaged" "$T/more" >"$T/pack"
cat "$T/good" "$T/more" >"$T/kept"

# under INJECTION: a server with that fault
under()
{
	httpd_by strace -f -qq -o "$T/trace" -e "trace=${1%%:*}" -e "inject=$1"
}

# strace passes no signal on: its child is told, and ends by itself
stop()
{
	child=$(pgrep -P "$httpd" pf-httpd) && kill "$child"
	wait "$httpd" 2>/dev/null
}

mv=rename,renameat,renameat2
for call in fsync:error=EIO fsync:error=ENOSPC $mv:error=EROFS \
    ftruncate:error=EIO; do
	under "$call"
	pack "$T/pack"
	case $call in
	*ENOSPC) want=507 ;;
	*) want=503 ;;
	esac
	is "$code" $want "$call: no acknowledgement"
	is "$(count "$T/s")" 0 "$call: nothing is left"
	req GET /health
	is "$code" 200 "$call: it goes on"
	stop
done

# Full in the middle.
if [ "$(id -u)" -eq 0 ] && mkdir "$T/small" &&
    mount -t tmpfs -o size=1m tmpfs "$T/small" 2>/dev/null; then
	at_end "umount $T/small"
	mkdir "$T/small/tmp" "$T/small/new" "$T/small/cur" "$T/small/bad"
	sed "s|^path = $T/s\$|path = $T/small|; s/^disk_min_free.*/disk_min_free = 1/" \
	    "$T/conf" >"$T/conf2"
	cat "$T/more" "$T/pack" >"$T/over"
	httpd_by env PF_CONF="$T/conf2"
	pack "$T/over"
	is "$code $(member class)" '507 full' 'more than the disk has'
	pack "$T/over" -H 'Transfer-Encoding: chunked'
	is "$code $(member class)" '507 full' 'without a word of how much'
	is "$(count "$T/small")" 0 'nothing is left'
	pack "$T/kept"
	is "$code" 200 'what has room is taken'
	httpd_stop
	ran 0 'it ends'
else
	skip 'no file system of our own'
fi

# Killed at each call that writes: what was acknowledged is there, and what
# is there is whole.
httpd_by strace -f -qq -o "$T/ref" \
    -e "trace=write,fsync,ftruncate,$mv,unlink"
pack "$T/pack"
is "$code" 200 'the undisturbed run'
stop
rm -f "$T"/s/new/*
points=0 wrong=0
for call in write fsync ftruncate rename; do
	n=$(grep -c " $call" "$T/ref")
	step=$((n / 6 + 1)) i=1
	[ "${PF_SWEEP-}" != all ] || step=1
	[ $call != write ] || i=3	# it must come to listen
	while [ $i -le "$n" ]; do
		under "$call:signal=KILL:when=$i"
		pack "$T/pack"
		[ "$code" != 200 ] || [ "$(count "$T/s/new")" = 1 ] ||
			wrong=$((wrong + 1))
		for f in "$T"/s/new/*; do
			[ ! -e "$f" ] || cmp -s "$f" "$T/kept" ||
				wrong=$((wrong + 1))
		done
		stop
		rm -f "$T"/s/new/* "$T"/s/tmp/*
		points=$((points + 1)) i=$((i + step))
	done
done
echo "# $points points"
is $wrong 0 'a kill leaves no acknowledged loss and nothing half'
ok 'at more than 5 points' test $points -gt 5
done_testing
