#!/bin/sh
# What inetd starts has its socket for standard error: messages go to the
# system's log instead, seen here as a /dev/log of our own.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
need socat unshare
inetd=/usr/sbin/inetd
[ -x $inetd ] || skip_all 'openbsd-inetd is not installed'
own='unshare -m'
[ "$(id -u)" = 0 ] || own='unshare -rm'
$own true 2>/dev/null || skip_all 'no mount namespaces here'

mkdir "$T/dev"
: >"$T/dev/null"
: >"$T/dev/urandom"
echo 'nonsense' >"$T/conf"
cat >"$T/inetd.conf" <<END
$T/sched stream unix wait root $PF_BIN/pf-sched pf-sched -c $T/conf serve
$T/httpd stream unix wait root $PF_BIN/pf-httpd pf-httpd -c $T/conf
END
cat >"$T/inside" <<'END'
for f in null urandom; do
	mount --bind /dev/$f "$T/dev/$f" || exit 1
done
# Tests may work there.
mkdir "$T/dev/shm" && mount --bind /dev/shm "$T/dev/shm" || exit 1
mount --rbind "$T/dev" /dev || exit 1
socat -u UNIX-RECV:/dev/log "OPEN:$T/log,creat,append" &
exec "$@"
END
# shellcheck disable=SC2086 # words
env T="$T" $own sh "$T/inside" $inetd -i "$T/inetd.conf" >"$T/out" 2>"$T/err" &
inetd_pid=$!
at_end "pkill -P $inetd_pid; kill $inetd_pid 2>/dev/null"
for name in sched httpd; do
	ok "inetd listens for pf-$name" until_true 10 test -S "$T/$name"
	socat -t 1 - "UNIX-CONNECT:$T/$name" </dev/null >"$T/answer" \
	    2>/dev/null &
	ok "the message of pf-$name is logged" until_true 10 \
	    grep -q "pf-$name.*$T/conf:1: " "$T/log"
	empty "$T/answer" 'and the client does not get it'
done
done_testing
