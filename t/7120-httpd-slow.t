#!/bin/sh
# pf-httpd: clients that hold connections and never come to the point.  They
# are ended, they keep nobody from an answer and they cost little memory.
. "$(dirname "$0")/lib/tap.sh"
. "$(dirname "$0")/lib/httpd.sh"

need perl prlimit
hard=$(prlimit --nofile --noheadings -o HARD | tr -d ' ')
[ "$hard" = unlimited ] || [ "$hard" -ge 4096 ] ||
    skip_all "only $hard descriptors"
master
base=$(cat "$T/conf")
head -c 30000000 /dev/zero >"$T/blob"
sha=$(sha256sum <"$T/blob" | cut -c 1-64)
mkdir "$T/m/targets/$sha"
mv "$T/blob" "$T/m/targets/$sha/data"
printf 'input' >"$T/in"
holders=
# shellcheck disable=SC2016
at_end 'kill $holders $httpd 2>/dev/null'

# with TEXT: a server with this at the end of its configuration
with()
{
	[ -z "${httpd-}" ] || httpd_stop
	printf '%s\n%s\n' "$base" "$1" >"$T/conf"
	httpd
}

# hold NAME KIND N [FROM]: in the background, once all are there
hold()
{
	hold_name=$1
	shift
	perl "$PF_ROOT/t/lib/hostile.pl" hold "$addr" "$@" \
	    >"$T/hold.$hold_name" 2>&1 &
	holders="$holders $!"
	until_true 20 test -s "$T/hold.$hold_name" ||
	    fail "$hold_name: they are there"
}
let_go()
{
	for p in $holders; do
		kill "$p" 2>/dev/null
		wait "$p" 2>/dev/null
	done
	holders=
}

# open: connections that the server has
open()
{
	find "/proc/$httpd/fd" -lname 'socket:*' 2>/dev/null | wc -l
}
few()
{
	[ "$(open)" -lt 20 ]
}
many()
{
	[ "$(open)" -ge 1000 ]
}
served()
{
	req GET /health
	[ "$code" = 200 ]
}

# Deadlines, short ones.
with '[http]
header_timeout = 300ms
[timeouts]
request = 1s'
for kind in silent line headers body chunk full trailer again "read=/api/v1/blobs/$sha"; do
	hold "${kind%=*}" "$kind" 3
done
for kind in silent line headers body chunk full trailer again; do
	ok "ended: $kind" until_true 20 grep -q closed "$T/hold.$kind"
done
# A reader has yet to read what was sent before.
ok 'ended: read' until_true 20 few
let_go
ok 'nothing lies in the spool' test -z "$(find "$T/s" -type f)"
req GET "/api/v1/blobs/$sha" --limit-rate 20M
is "$code $(stat -c %s "$T/body")" '200 30000000' \
    'whoever reads may take longer than a request'
printf 'GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n' >"$T/one"
{
	cat "$T/one"
	sleep 0.6
	cat "$T/one"
} | timeout 3 socat -,ignoreeof "TCP:$addr" >"$T/raw" 2>"$T/err"
is "$(grep -c '^HTTP/1.1 200' "$T/raw")" 2 'between requests one may think'

# So many at the same moment as the library looks at in one go, or two.
with ''
for n in 64 128 256; do
	is "$(perl "$PF_ROOT/t/lib/hostile.pl" volley "$addr" $n "$httpd")" \
	    $n "$n requests at once are answered"
done

# Whoever leaves in the middle of a word is missed before its time is over.
perl "$PF_ROOT/t/lib/hostile.pl" leave "$addr" 50 "$httpd"
ok 'no socket is left of those who went' until_true 5 few

# A thousand at once, of all kinds, and the work goes on.
mkpack crash job-1 bot-1 -f signal=11 "$T/in" >"$T/pack"
hold headers headers 400
hold body body 200
hold chunk chunk 100
hold read "read=/api/v1/blobs/$sha" 100
hold silent silent 200
ok 'a thousand slow ones are there' until_true 5 many
req GET /health
is "$code" 200 'health is answered'
req GET /api/v1/status
is "$code" 200 'so is what takes a worker'
i=0
while [ $i -lt 5 ]; do
	i=$((i + 1))
	pack "$T/pack"
	is "$code $(member verdict)" '200 accepted' "results are taken ($i)"
done
req GET "/api/v1/blobs/$sha"
is "$code $(stat -c %s "$T/body")" '200 30000000' 'a blob goes out'
peak=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$httpd/status")
echo "# $peak KiB at most"
limit=30000
ldd "$PF_BIN/pf-httpd" | grep -q asan && limit=300000
ok 'they cost little memory' test "$peak" -lt $limit
let_go
ok 'no socket is left of them' until_true 10 few

# One address has only so many.
with '[http]
connections_per_address = 8'
hold many silent 8
req GET /health
is "$code" 000 'the ninth is closed'
req GET /health --interface 127.0.0.2
is "$code" 200 'one of another address is served'
let_go
ok 'then its turn comes' until_true 5 served

# All connections there are, from many addresses: whoever asks comes first.
httpd_stop
httpd_by prlimit --nofile=64
for n in 1 2 3 4 5; do
	hold "crowd$n" silent 7 "127.0.0.$n"
done
ok 'all is taken' test "$(open)" -ge 32
req GET /health
is "$code" 200 'those that ask nothing make room'
let_go
httpd_stop
ran 0 'it ends well'
done_testing
