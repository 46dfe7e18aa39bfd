#!/bin/sh
# pf-sched submit: a mistake leaves nothing behind, a job all it needs.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sched.sh
. "$PF_ROOT/t/lib/sched.sh"
need jq sqlite3

sched_new '[limits]
target_size = 1M'
mkdir "$T/seeds" "$T/none"
printf one >"$T/seeds/a"
printf two >"$T/seeds/b"
printf '"x"\n' >"$T/dict"
: >"$T/empty"
head -c 2000000 /dev/zero >"$T/large"
chmod 755 "$T/large"

# refuse STATUS ERR NAME OPTION ...
refuse()
{
	want=$1 words=$2 name=$3
	shift 3
	check "$name" "$want" - "$words" pf-sched submit -N n "$@"
}
refuse 66 '~^pf-sched: target: open /nope: No such' 'no target' \
    -e afl++ -t /nope
refuse 65 '~not a regular file' 'a directory as target' -e afl++ -t "$T"
refuse 65 '~is not executable' 'a target that is no program' \
    -e afl++ -t "$T/dict"
refuse 65 '~empty' 'an empty target' -e afl++ -t "$T/empty"
refuse 65 '~larger than 1048576' 'a target over the limit' \
    -e afl++ -t "$T/large"
refuse 64 '~not a name of an engine' 'what is no engine' \
    -e 'hongg fuzz' -t /bin/true
refuse 64 '~-b nope: none of asan, ubsan' 'a build of no kind' \
    -e afl++ -t /bin/true -b nope=/bin/true
refuse 64 '~-b asan: not KIND=FILE' 'a build without a file' \
    -e afl++ -t /bin/true -b asan
refuse 64 '~-b asan: given twice' 'two builds of a kind' \
    -e afl++ -t /bin/true -b asan=/bin/true -b asan=/bin/false
refuse 66 '~cmplog: open /nope' 'a build that is not there' \
    -e afl++ -t /bin/true -b cmplog=/nope
refuse 65 '~msan: .*empty' 'an empty build' \
    -e afl++ -t /bin/true -b "msan=$T/empty"
refuse 64 '~-d 5: not a duration such as 90s' 'a duration without a unit' \
    -e afl++ -t /bin/true -d 5
refuse 64 '~-d 0' 'no duration at all' -e afl++ -t /bin/true -d 0
refuse 64 '~-T x' 'a bad time limit' -e afl++ -t /bin/true -T x
refuse 64 '~-m lots: not a size' 'a bad memory limit' \
    -e afl++ -t /bin/true -m lots
refuse 64 '~-p 1000' 'a priority out of range' -e afl++ -t /bin/true -p 1000
refuse 64 '~-k 0' 'no copies' -e afl++ -t /bin/true -k 0
refuse 64 '~-o x: not KEY=VALUE' 'an option without a value' \
    -e afl++ -t /bin/true -o x
refuse 66 '~seeds: open directory /nope' 'no seeds directory' \
    -e afl++ -t /bin/true -s /nope
refuse 65 '~holds no file' 'a seeds directory without seeds' \
    -e afl++ -t /bin/true -s "$T/none"
refuse 66 '~dictionary: open /nope' 'no dictionary' \
    -e afl++ -t /bin/true -x /nope
check 'a name with a newline' 64 - '~-N: not a name' \
    pf-sched submit -N 'a
b' -e afl++ -t /bin/true
if [ "$(id -u)" -ne 0 ]; then
	chmod 000 "$T/seeds/b"
	refuse 77 '~Permission denied' 'a seed that cannot be read' \
	    -e afl++ -t /bin/true -s "$T/seeds"
	chmod 644 "$T/seeds/b"
fi
ln -s /nowhere "$T/seeds/link"
refuse 66 '~seeds: open .*/seeds/link' 'a seed that leads nowhere' \
    -e afl++ -t /bin/true -s "$T/seeds"
rm "$T/seeds/link"
is "$(sql 'SELECT count(*) FROM jobs')" 0 'no job came of it'
is "$(ls -A "$T/m/storage/targets")" '' 'and no file'

check 'a dry run' 0 '~^would submit 2 x n: libfuzzer on /bin/true for 10m' - \
    pf-sched -n submit -N n -e libfuzzer -t /bin/true -k 2 -d 10m
is "$(ls -A "$T/m/storage/targets")" '' 'leaves nothing'

check 'a job' 0 '~^[0-9a-f-]{36}$' - pf-sched submit -N first -e afl \
    -t /bin/true -s "$T/seeds" -x "$T/dict" -d 90s -p 3 -m 512M -T 200ms \
    -C group -o schedule=fast -- -v @@
job=$(cat "$T/out")
is "$(sql "SELECT fuzzer, status, priority, duration, memory_limit, timeout, args, options, seed_corpus FROM jobs")" \
    'afl++|pending|3|90000|536870912|200|["-v","@@"]|{"schedule":"fast"}|["a","b"]' \
    'has what was asked for'
is "$(sql "SELECT now || ' ' || who || ' ' || why FROM events WHERE kind = 'campaign'")" \
    'active submit group' 'the campaign it made has its event'
is "$(sql "SELECT group_concat(kind || ' ' || name, ', ') FROM (SELECT * FROM job_blobs ORDER BY n)")" \
    'target true, dict dict, seed a, seed b' 'and its files'
sql 'SELECT sha256 FROM job_blobs' >"$T/hashes"
good=0
while read -r h; do
	[ "$(sha256sum "$T/m/storage/targets/$h/data" | cut -c 1-64)" = "$h" ] ||
	    break
	good=$((good + 1))
done <"$T/hashes"
is "$good" 4 'which lie under the hash of their bytes'
ok 'the target can be run in place' test -x \
    "$T/m/storage/targets/$(sha256sum /bin/true | cut -c 1-64)/data"
check 'an engine that no bot has told of' 0 '~^[0-9a-f-]{36}$' \
    '~warning: no bot offers engine honggfuzz; the job waits' \
    pf-sched submit -N other -e HonggFuzz -t /bin/true -b cmplog=/bin/true \
    -b mutator=/bin/false -s "$T/seeds"
other=$(cat "$T/out")
is "$(sql "SELECT group_concat(kind || ' ' || name, ', ') FROM (SELECT * FROM job_blobs WHERE job = '$other' ORDER BY n)")" \
    'target true, cmplog true, mutator false, seed a, seed b' \
    'comes with its builds'
ok 'which are stored' test -s \
    "$T/m/storage/targets/$(sha256sum /bin/false | cut -c 1-64)/data"
check 'three copies' 0 '*' - pf-sched submit -N more -e libfuzzer \
    -t /bin/true -k 3
is "$(sort -u "$T/out" | wc -l)" 3 'are three jobs'
is "$(find "$T/m/storage/targets" -name data | wc -l)" 5 \
    'the same bytes are stored once'
is "$(find "$T/m/storage/targets" -name '.tmp*' | wc -l)" 0 \
    'no temporary file stays'

check 'cancel' 0 "=$job	cancelled" - pf-sched cancel "$job"
check 'cancel of nothing' 66 - '~job nothing: unknown' pf-sched cancel nothing
check 'cancel of a path' 64 - '~not an id' pf-sched cancel ../../x

# The request id makes a repeated submission one.
blob=$(sha256sum /bin/true | cut -c 1-64)
line="{\"op\":\"submit\",\"name\":\"r\",\"engine\":\"afl\",\"request\":\"r1\",\"copies\":2,\"target\":{\"sha256\":\"$blob\",\"name\":\"t\"}}"
op "$line"
first=$(get '.jobs | join(" ")')
is "$(get .replay)" null 'the first time'
described()
{
	for id in $first; do
		[ -s "$T/m/storage/metadata/jobs/$id.json" ] || return 1
	done
}
ok 'both are described in the tree' described
rm "$T/m/storage/metadata/jobs/${first%% *}.json"
op "$line"
is "$(get .replay)" true 'and the second'
is "$(get '.jobs | join(" ")')" "$first" 'the same request submits once'
ok 'whose writer may have died before he described them' \
    described
is "$(sql "SELECT count(*) FROM jobs WHERE name = 'r'")" 2 'its two copies'
op "$(echo "$line" | sed 's/"name":"r"/"name":"else"/')"
is "$(get '.class + " " + .field')" 'conflict request' \
    'the request of another job'

# A full disk: a clear error, and nothing half-made.
if [ "$(id -u)" -eq 0 ] && mkdir "$T/small" &&
    mount -t tmpfs -o size=1400k tmpfs "$T/small" 2>/dev/null; then
	at_end "umount $T/small"
	printf '[storage]\npath = %s\n[spool]\npath = %s\n[sched]\nsocket = %s\n' \
	    "$T/small/s" "$T/m/spool" "$T/m/sock2" >"$T/small.conf"
	PF_CONF=$T/small.conf
	check 'a master on a small disk' 0 '~^made' - pf-sched init
	head -c 1300000 /dev/urandom >"$T/big"
	chmod 755 "$T/big"
	check 'a target that does not fit' 75 - '~No space left' \
	    pf-sched submit -N n -e afl++ -t "$T/big"
	is "$(find "$T/small/s/targets" -type f)" '' 'leaves nothing'
	mount -o remount,ro "$T/small"
	check 'a read-only storage' 74 - '~[Rr]ead-only' \
	    pf-sched submit -N n -e afl++ -t /bin/true
fi
done_testing
