#!/bin/sh
# The writer killed before any of its system calls: what it had answered is
# in the database, and the same lines again end in the same state.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sched.sh
. "$PF_ROOT/t/lib/sched.sh"
need jq sqlite3 strace
[ -z "${PF_FAST-}" ] || skip_all 'slow'

sched_new ''
blob=$(sha256sum /bin/true | cut -c 1-64)
pf-sched submit -N warm -e afl++ -t /bin/true >/dev/null
cat >"$T/lines" <<LINES
{"op":"register","hostname":"h","capabilities":["libfuzzer"],"inc":"i"}
{"op":"submit","name":"k","engine":"libfuzzer","request":"one","target":{"sha256":"$blob","name":"t"}}
LINES
cp -r "$T/m" "$T/fresh"

# look PATH-OF-DB: what must be the same at the end
look()
{
	sqlite3 -readonly "$1/storage/data/pandafuzz.db" \
	    "SELECT hostname, status FROM bots; SELECT name, status FROM jobs; PRAGMA integrity_check"
}
pf-sched apply <"$T/lines" >/dev/null
want=$(look "$T/m")

points=0 lost=0 wrong=0 answered=0
# point CALL N: runs with a kill at the N-th of them; false when it finished
point()
{
	rm -rf "$T/m"
	cp -r "$T/fresh" "$T/m"
	strace -f -qq -o /dev/null -e "inject=$1:signal=KILL:when=$2" \
	    pf-sched apply <"$T/lines" >"$T/replies" 2>/dev/null && return 1
	points=$((points + 1))
	if grep -q '"jobs"' "$T/replies"; then
		answered=$((answered + 1))
		id=$(jq -r '.jobs[0] // empty' "$T/replies")
		[ "$(sql "SELECT count(*) FROM jobs WHERE id = '$id'")" = 1 ] ||
		    lost=$((lost + 1))
	fi
	pf-sched apply <"$T/lines" >/dev/null 2>&1
	[ "$(look "$T/m")" = "$want" ] || wrong=$((wrong + 1))
	return 0
}
for call in pwrite64 write fdatasync fsync openat fcntl ftruncate unlink; do
	n=1
	while [ $n -le 60 ] && point $call $n; do n=$((n + 1)); done
done
echo "# $points points, $answered after an answer"
ok 'many points were tried' test $points -gt 30
is "$lost" 0 'no answered job was lost'
is "$wrong" 0 'the end is the same whatever was killed'

# The test can fail: a database without its job is noticed.
rm -rf "$T/m"
cp -r "$T/fresh" "$T/m"
ok 'a lost job would be noticed' test "$(look "$T/m")" != "$want"

# Errors of the disk: no answer, status 74 or 75, and nothing half-done.
for e in fdatasync:error=EIO pwrite64:error=EIO pwrite64:error=ENOSPC; do
	rm -rf "$T/m"
	cp -r "$T/fresh" "$T/m"
	run strace -f -qq -o /dev/null -e "inject=$e:when=1+" \
	    pf-sched apply <"$T/lines"
	case $status in
	74 | 75) pass "$e is an error that says so" ;;
	*) fail "$e: status $status" ;;
	esac
	is "$(grep -c '"ok":true' "$T/out")" 0 "$e: nothing was answered"
	pf-sched apply <"$T/lines" >/dev/null
	is "$(look "$T/m")" "$want" "$e: afterwards all is well"
done
done_testing
