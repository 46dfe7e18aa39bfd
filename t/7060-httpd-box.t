#!/bin/sh
# pf-httpd in its box: what it was told and what it still reaches.  What
# cannot be asked of it by HTTP is tried in t/unit/sandbox.c.
. "$(dirname "$0")/lib/tap.sh"
. "$(dirname "$0")/lib/httpd.sh"

master
rm -r "$T/m" "$T/s"
run pf-sched init
ran 0 'a master'
v=/api/v1

httpd_options=-v
httpd
httpd_options=
# shellcheck disable=SC2016
at_end 'kill $sched $httpd 2>/dev/null'
like "$(cat "$T/h.err")" '^pf-httpd: (landlock ABI|this kernel has no)' \
    '-v tells what holds it'
grep -q 'landlock ABI' "$T/h.err" && landlock=1 || landlock=0

# Every thread of it.
facts()
{
	cat /proc/"$httpd"/task/*/status |
	    sed -n "s/^$1:[ 	]*//p" | sort -u | tr '\n' ' '
}
is "$(facts NoNewPrivs)" '1 ' 'no new privileges, in no thread'
if grep -q 'no filter' "$T/h.err"; then skip 'no filters on this kernel'
else is "$(facts Seccomp)" '2 ' 'and a filter in each'; fi
like "$(grep core "/proc/$httpd/limits")" ' 0 +0 ' 'no core files'

# The database is only read, by all three: with the writer, without it, and
# by a reader that comes before it.
database()
{
	req GET $v/status
	sed -n 's/.*\("writer":[a-z]*,"database":[a-z]*\).*/\1/p' "$T/body"
}
is "$(database)" '"writer":false,"database":true' 'the database, no writer yet'
pf-sched serve >"$T/sched.out" 2>&1 &
sched=$!
until_true 5 test -S "$T/sock" || fail 'pf-sched serves'
is "$(database)" '"writer":true,"database":true' 'the database and its writer'
json $v/bots/register '{"hostname":"h","capabilities":["libfuzzer"]}'
is "$code" 201 'a change of it'
is "$(database)" '"writer":true,"database":true' 'and the database after it'
kill -9 "$sched"
wait "$sched" 2>/dev/null
is "$(database)" '"writer":false,"database":true' \
    'the database of a writer that was killed'

# A name in the storage that leads out of it.
sha=$(echo out | sha256sum | cut -c 1-64)
mkdir "$T/outside"
echo secret >"$T/outside/data"
ln -s "$T/outside" "$T/m/targets/$sha"
req GET "$v/blobs/$sha"
if [ "$landlock" = 1 ]; then
	is "$code $(grep -c secret "$T/body")" '403 0' \
	    'what leads out of the storage is out of reach'
else
	skip 'no landlock on this kernel'
fi
printf 'input' >"$T/in"
mkpack crash job-1 bot-1 -f signal=11 "$T/in" >"$T/good"
pack "$T/good"
is "$code $(count "$T/s/new")" '200 1' 'results go into the spool'
find "$T" -newer "$T/good" -type f | sed "s|^$T/||" |
    grep -v '^s/new/\|^[^/]*$' >"$T/touched"
empty "$T/touched" 'and nothing else is written'

# A spool that goes away and comes back is the same one; another is not.
mv "$T/s" "$T/away"
pack "$T/good"
is "$code" 503 'no spool'
sleep 1.2
mv "$T/away" "$T/s"
pack "$T/good"
is "$code $(count "$T/s/new")" '200 2' 'it is back'
if [ "$landlock" = 1 ]; then
	mv "$T/s" "$T/away"
	mkdir -p "$T/s/tmp" "$T/s/new" "$T/s/cur" "$T/s/bad"
	status=0
	wait "$httpd" || status=$?
	ran 75 'another spool in its place ends it'
	like "$(cat "$T/h.err")" \
	    "pf-httpd: $T/s is another directory than at the start" 'it says so'
	mv "$T/m" "$T/m.away"
	httpd
	req GET /health
	is "$code" 200 'one without a storage serves'
	mv "$T/m.away" "$T/m"
	status=0
	wait "$httpd" || status=$?
	ran 75 'and ends for a new start when there is one'
else
	skip 'no landlock on this kernel'
	httpd_stop
fi

# Kernels without, and one that refuses.
if ! strace -o /dev/null true 2>/dev/null || [ "$landlock" = 0 ] ||
    ldd "$PF_BIN/pf-httpd" | grep -q san; then
	skip 'strace does not work here, or not with a sanitizer'
	done_testing
	exit
fi
# without CALL:ERROR ...: by strace, which ends when it does
without()
{
	httpd_options=-v
	set -- strace -f -qq -o /dev/null -e "inject=$1"
	httpd_by "$@"
	httpd_options=
	pack "$T/good"
	packed=$code
	req GET "$v/blobs/$sha"
	kill "$(pgrep -P "$httpd" pf-httpd)"
	wait "$httpd"
}
none='this kernel has no landlock: files are protected by their modes only'
for e in ENOSYS EOPNOTSUPP; do
	without "landlock_create_ruleset:error=$e"
	is "$packed $(cat "$T/h.err")" "200 pf-httpd: $none" "no landlock: $e"
	is "$code" 200 'then there is a way out'
done
without 'landlock_create_ruleset:retval=1:when=1'
is "$packed $(cat "$T/h.err")" "200 pf-httpd: $none" 'a landlock that is too old'
without seccomp:error=EINVAL
is "$packed $code" '200 403' 'no filter'
like "$(cat "$T/h.err")" 'this kernel has no filter of system calls' 'it says so'
for e in landlock_create_ruleset:error=EPERM \
    landlock_create_ruleset:error=EINVAL:when=2 \
    landlock_add_rule:error=EBADFD landlock_restrict_self:error=E2BIG \
    seccomp:error=EACCES prctl:error=EPERM setrlimit,prlimit64:error=EPERM; do
	: >"$T/h.out"
	run timeout 5 strace -f -qq -o /dev/null -e "inject=$e" \
	    pf-httpd -l 127.0.0.1:0
	case $status in
	74 | 77) pass "it does not serve: $e" ;;
	*) fail "it does not serve: $e ($status)" ;;
	esac
	like "$(cat "$T/err")" '^pf-httpd: the box cannot be shut: ' "why: $e"
	is "$(cat "$T/out")" '' "it did not say that it would: $e"
done
done_testing
