#!/bin/sh
# pf-httpd as a user of its own: root binds the port, nobody answers, daemon
# owns the storage.  The storage is for their common group to read.
. "$(dirname "$0")/lib/tap.sh"
. "$(dirname "$0")/lib/httpd.sh"

usage='pf-httpd: only root can become nobody'
if [ "$(id -u)" -ne 0 ]; then
	master
	check '-u is for root' 77 - "=$usage" pf-httpd -l 127.0.0.1:0 -u nobody
	skip 'the rest is for root'
	done_testing
	exit
fi
need setpriv sqlite3
id nobody daemon >/dev/null 2>&1 || skip_all 'no nobody or no daemon here'
# Nobody is root's debugger, not his own: no leak check then.
ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0"
export ASAN_OPTIONS

# as USER COMMAND ...: in the common group and no other
as()
{
	as_user=$1
	shift
	setpriv --reuid="$as_user" --regid=daemon --clear-groups "$@"
}

chmod 755 "$T"
mkdir "$T/bin" "$T/d"
chown daemon:daemon "$T/d"
for p in pf-sched pf-ingest pf-httpd; do
	ln "$PF_BIN/$p" "$T/bin/$p" 2>/dev/null || cp "$PF_BIN/$p" "$T/bin/$p"
done
PATH=$T/bin:$PATH
cat >"$T/conf" <<END
[storage]
path = $T/d/m
[spool]
path = $T/d/s
[sched]
socket = $T/d/sock
[limits]
disk_min_free = 1M
END
chmod 644 "$T/conf"
PF_CONF=$T/conf
export PF_CONF
run as daemon pf-sched init
ran 0 'daemon makes a master'
# Not by as(), whose process would be a shell.
setpriv --reuid=daemon --regid=daemon --clear-groups pf-sched serve \
    >"$T/sched.out" 2>&1 &
sched=$!
until_true 5 test -S "$T/d/sock" || fail 'pf-sched serves'
# shellcheck disable=SC2016
at_end 'kill $sched $httpd 2>/dev/null'
is "$(stat -c '%a %U %G' "$T/d/m")" '750 daemon daemon' 'its storage'
is "$(stat -c '%a %U %G' "$T/d/s/new")" '770 daemon daemon' 'its spool'

check '-u of no user' 66 - '=pf-httpd: no user has the name "no-such"' \
    pf-httpd -l 127.0.0.1:0 -u no-such
check '-u of no group' 66 - '=pf-httpd: no group has the name "no-such"' \
    pf-httpd -l 127.0.0.1:0 -u nobody:no-such
check '-u root' 64 - '=pf-httpd: root is root and would give up nothing' \
    pf-httpd -l 127.0.0.1:0 -u root
check '-u is for root' 77 - "=$usage" \
    as nobody pf-httpd -l 127.0.0.1:0 -u nobody
check 'no groups can be set' 77 - '~^pf-httpd: the groups of nobody' \
    setpriv --bounding-set=-setgid --inh-caps=-setgid \
    pf-httpd -l 127.0.0.1:0 -u nobody

httpd_options='-u nobody:daemon'
httpd
facts()
{
	cat /proc/"$httpd"/task/*/status | sed -n "s/^$1:[ 	]*//p" |
	    sort -u | tr '\t\n' '  ' | sed 's/ *$//'
}
n=$(id -u nobody) d=$(id -g daemon)
is "$(facts Uid)" "$n $n $n $n" 'every thread is nobody'
is "$(facts Gid) - $(facts Groups)" "$d $d $d $d - $d" 'in the group'
is "$(facts CapPrm) $(facts CapEff)" '0000000000000000 0000000000000000' \
    'without a capability'

# The whole of a bot's life.
v=/api/v1
json $v/bots/register \
    '{"hostname":"h1","capabilities":["libfuzzer"],"inc":"i1"}'
is "$code" 201 'register'
bot=$(member bot_id)
json "$v/bots/$bot/heartbeat" '{"inc":"i1","status":"idle"}'
is "$code" 200 'heartbeat'
printf '#!/bin/sh\n' >"$T/target"
chmod 755 "$T/target"
mkdir "$T/seeds"
echo seed >"$T/seeds/one"
job=$(as daemon pf-sched submit -N try -e libfuzzer -t "$T/target" \
    -s "$T/seeds" -d 90s)
req GET "$v/bots/$bot/job?inc=i1"
is "$code $(member again)" '200 false' 'claim'
blob=$(sed 's/.*"kind":"seed","name":"one","sha256":"\([0-9a-f]*\)".*/\1/' \
    "$T/body")
token="\"job_id\":\"$job\",\"epoch\":$(member epoch),\"attempt\":$(member attempt)"
req GET "$v/blobs/$blob"
ok 'a blob' cmp "$T/body" "$T/seeds/one"
json "$v/bots/$bot/job/start" "{\"inc\":\"i1\",$token}"
is "$code" 200 'start'
printf 'input' >"$T/in"
hash=$(sha256sum <"$T/in" | cut -d ' ' -f 1)
mkpack crash "$job" "$bot" -E 1 -A 1 -f "hash=$hash" -f size=5 "$T/in" \
    >"$T/good"
pack "$T/good"
is "$code $(member verdict)" '200 accepted' 'results'
is "$(stat -c '%U %G' "$T/d/s/new/"*)" 'nobody daemon' 'by nobody'
run as daemon pf-ingest
ran 0 'daemon files them'
like "$(cat "$T/out")" '^crash	new	' 'a crash'
is "$(count "$T/d/s/new")" 0 'and the spool is empty'
printf 'another' >"$T/in"
hash=$(sha256sum <"$T/in" | cut -d ' ' -f 1)
mkpack corpus "$job" "$bot" -E 1 -A 1 -s 2 -f "hash=$hash" -f size=7 "$T/in" \
    >"$T/good"
pack "$T/good"
is "$code $(member verdict)" '200 accepted' 'an input'
run as daemon pf-ingest
ran 0 'filed by daemon'
req GET "$v/jobs/$job/shared?own=1"
is "$code $(member hash)" "200 $hash" 'nobody lists it'
req GET "$v/jobs/$job/corpus/$hash"
ok 'and has its bytes' cmp "$T/body" "$T/in"
for path in jobs "jobs/$job" bots "bots/$bot"; do
	req GET "$v/$path"
	is "$code" 200 "nobody reads $path"
done
json "$v/bots/$bot/job/complete" "{\"inc\":\"i1\",$token,\"success\":true}"
is "$code" 200 'complete'
status_of()
{
	req GET $v/status
	echo "$code $(member status)"
}
is "$(status_of)" '200 ok' 'status'
kill "$sched"
wait "$sched"
is "$(status_of)" '200 degraded' 'status without the writer'
like "$(cat "$T/body")" '"database":true' 'reads the database all the same'

# Nobody, without the box: may read all of it and change none of it.
db=$T/d/m/data/pandafuzz.db
as nobody sqlite3 -readonly "$db" 'SELECT status FROM jobs' >"$T/out" 2>&1
is "$(cat "$T/out")" completed 'nobody reads the database'
(cd "$T/d/m" && find . -type f ! -name '*-shm' -exec sha256sum {} +) |
    sort >"$T/before"
try()
{
	name=$1
	shift
	if as nobody "$@" >/dev/null 2>&1; then fail "nobody cannot $name"
	else pass "nobody cannot $name"; fi
}
try 'change the database' sqlite3 "$db" 'DELETE FROM jobs'
try 'write to its file' sh -c "echo x >>'$db'"
try 'write to its log' sh -c "echo x >>'$db-wal'"
try 'remove it' rm -f "$db"
try 'take its lock' sh -c "exec 9>>'$T/d/m/data/writer.lock'"
try 'make a file beside it' touch "$T/d/m/data/x"
try 'make a file in the storage' touch "$T/d/m/x"
try 'write a blob' sh -c "echo x >>'$T/d/m/targets/$blob/data'"
try 'move the storage' mv "$T/d/m" "$T/d/n"
(cd "$T/d/m" && find . -type f ! -name '*-shm' -exec sha256sum {} +) |
    sort >"$T/after"
ok 'the storage is what it was' cmp "$T/before" "$T/after"
is "$(sqlite3 -readonly "$db" 'PRAGMA integrity_check')" ok \
    'the database is sound'
httpd_stop
ran 0 'it ends well'
is "$(cat "$T/h.err")" '' 'and said nothing'

# The token is read before root is nobody, who may not.
umask 077
echo 0123456789abcdefghij >"$T/token"
umask 022
printf '[http]\ntoken_file = %s\n' "$T/token" >>"$T/conf"
try 'read the token' cat "$T/token"
httpd
req GET $v/jobs
is "$code" 401 'a token is asked for'
req GET $v/jobs -H 'Authorization: Bearer 0123456789abcdefghij'
is "$code" 200 'and known'
httpd_stop
ran 0 'it ends well again'

# Started by nobody, without root: the same.
sed -i '/^\[http\]/,$d' "$T/conf"
httpd_options=
httpd_by setpriv --reuid=nobody --regid=daemon --clear-groups
json "$v/bots/$bot/heartbeat" '{"inc":"i1"}'
is "$code" 503 'no writer, no heartbeat'
pack "$T/good"
is "$code $(member verdict)" '200 accepted' 'but results'
req GET "$v/jobs/$job"
is "$code" 200 'and what is in the database'
httpd_stop
ran 0 'nobody ends well'
done_testing
