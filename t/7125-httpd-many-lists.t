#!/bin/sh
# pf-httpd: lists that many ask for at the same time are made as there is room
# for them, and who reads slowly does not keep the others from theirs.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/httpd.sh
. "$PF_ROOT/t/lib/httpd.sh"
need perl

master_real
check 'a thousand jobs' 0 '*' - pf-sched submit -N n -e libfuzzer -t /bin/true \
    -k 1000
httpd
list='/api/v1/jobs?limit=1000'
memory() { sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$httpd/status"; }

# One worker does for who asks one after the other; the database of each other
# would be memory for nothing.
i=0
while [ $i -lt 40 ]; do
	i=$((i + 1))
	printf 'url = "%s/api/v1/jobs"\noutput = "%s"\n' "$url" "$T/list"
done >"$T/urls"
check 'forty, one after the other' 0 - '*' curl -s -f -m 60 -K "$T/urls"
n=$(find "/proc/$httpd/fd" -lname '*/pandafuzz.db' | wc -l)
ok "are made by few ($n)" test "$n" -ge 1 -a "$n" -lt 10

# So many at once: one by one they come to several times of what is held.
i=0
while [ $i -lt 60 ]; do
	i=$((i + 1))
	printf 'url = "%s%s"\noutput = "%s"\n' "$url" "$list" "$T/list.$i"
done >"$T/urls"
check 'sixty at the same time' 0 - '*' \
    curl -s -f -Z --parallel-immediate --parallel-max 60 -m 60 -K "$T/urls"
whole=0
for f in "$T"/list.*; do
	[ "$(jq '.jobs | length' "$f")" = 1000 ] && whole=$((whole + 1))
done
is $whole 60 'are answered, each with all of it'
all=$(cat "$T"/list.* | wc -c)
[ "$all" -gt 50000000 ] || fail 'they are large'
case $PF_OBJ in
*asan*)	skip 'memory is not as usual here' ;;
*)	peak=$(memory)
	echo "# $peak KiB at most"
	ok 'of which few lay in memory together' test "$peak" -lt 40000 ;;
esac
rm -f "$T"/list.*

# Forty that read a byte every tenth of a second.
perl "$PF_ROOT/t/lib/hostile.pl" hold "$addr" "read=$list" 40 \
    >"$T/hold" 2>&1 &
holder=$!
# shellcheck disable=SC2016 # at the end
at_end 'kill $holder 2>/dev/null'
ok 'slow readers are there' until_true 20 test -s "$T/hold"
for i in 1 2 3; do
	req GET "$list" -m 60
	is "$code $(jq '.jobs | length' "$T/body")" '200 1000' \
	    "a list beside them, $i"
done
req GET /health
is "$code" 200 'and all else'
kill $holder
done_testing
