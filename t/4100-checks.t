#!/bin/sh
# Crashes that were run again, and smaller inputs of them: records into rows
# and files, counted once, in whatever order they come; what is refused.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"
need sqlite3

master </dev/null
leases 1
printf 'a long input that crashes' >"$T/boom"
boom=$(sha "$T/boom")
target=$(sha "$T/target")
cat >"$T/asan" <<'!'
==7==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x602000000011 at pc 0x0000004f7a5e bp 0x7ffd sp 0x7ffc
READ of size 1 at 0x602000000011 thread T0
    #0 0x4f7a5d in parse_name /src/parse.c:12:3
    #1 0x4f7b00 in main /src/main.c:3:1
!
printf '==9==ERROR: AddressSanitizer: SEGV on unknown address 0x000000000000\n    #0 0x1 in other /src/o.c:1:1\n' >"$T/other"

# check SEQ RUNS CRASHED SAME [option ...] [body]: one record on stdout
told()
{
	n=$1 r=$2 c=$3 s=$4
	shift 4
	mkpack check "$job" b1 -s "$n" -t "170000000000$n" -f hash="$boom" \
	    -f target="$target" -f build=target -f runs="$r" -f crashed="$c" \
	    -f same="$s" "$@"
}
small()
{
	n=$1
	shift
	mkpack small "$job" b1 -s "$n" -f of="$boom" -f how=ddmin \
	    -f runs=3 -f same=3 "$@"
}
sums()
{
	sql 'SELECT runs, crashed, same, records FROM checks'
}

mkpack crash "$job" b1 -f type=heap-buffer-overflow "$T/boom" | lay
told 1 10 9 2 "$T/asan" | lay
told 2 10 3 0 -f signal=11 "$T/other" | lay
told 3 5 0 0 -f exit_code=0 | lay
check 'filed' 0 '~check	new' - pf-ingest
is "$(sums)" '25|12|2|3' 'the sums are those of all records'
is "$(sql "SELECT c.hash = '$boom', c.target = '$target', c.build, r.tool,
    r.type, r.stack, r.signal FROM checks AS c JOIN check_records AS r ON
    r.rid = c.best")" \
    '1|1|target|asan|heap-buffer-overflow|parse_name|0' \
    'the report of the same crash is told, as it is read here'
is "$(cat "$S/checks/$job/$(sha "$T/asan")")" "$(cat "$T/asan")" \
    'it lies below checks'
is "$(files "$S/checks")" 2 'an empty one is no file'

told 1 10 9 2 "$T/asan" | lay
check 'the same once more' 0 "=check	again	$job	b1	-	-	$(told 1 10 9 2 \
    "$T/asan" | head -c 64)	-" - pf-ingest
is "$(sums)" '25|12|2|3' 'it counts once'
mkpack check "$job" b1 -s 4 -f hash="$target" -f target="$target" \
    -f build=asan -f runs=1000 -f crashed=1000 -f same=1000 | lay
check 'of an input that nobody knows yet' 0 '~check	new' - pf-ingest
is "$(sql 'SELECT count(*) FROM checks')" 2 'it is counted too'

# What is no check.
refused()
{
	name=$1 why=$2
	shift 2
	mkpack check "$job" b1 -s 9 "$@" | lay
	check "$name" 0 - "~$why" pf-ingest
	is "$(sql 'SELECT count(*) FROM check_records')" 4 "$name: no row"
}
all="-f hash=$boom -f target=$target -f build=target"
# shellcheck disable=SC2086 # words
{
refused 'more crashes than runs' '4 of 3 runs cannot have crashed' $all \
    -f runs=3 -f crashed=4 -f same=0
refused 'more the same than crashes' '2 of 1 crashes cannot be the same' $all \
    -f runs=3 -f crashed=1 -f same=2
refused 'no run at all' 'runs: 0' $all -f runs=0 -f crashed=0 -f same=0
refused 'too many runs' 'runs: 10001' $all -f runs=10001 -f crashed=0 -f same=0
refused 'without the number of crashes' 'crashed is missing' $all -f runs=1 \
    -f same=0
refused 'of a build that there is not' 'build "gold" is none of' \
    -f hash="$boom" -f target="$target" -f build=gold -f runs=1 -f crashed=0 \
    -f same=0
refused 'of no input' 'hash is not a SHA-256' -f hash=../../x \
    -f target="$target" -f build=asan -f runs=1 -f crashed=0 -f same=0
refused 'of no target' 'target is missing' -f hash="$boom" \
    -f build=asan -f runs=1 -f crashed=0 -f same=0
head -c 65537 /dev/zero | tr '\0' x >"$T/long"
refused 'a report that is too long' '65537 bytes are over the 65536' $all \
    -f runs=1 -f crashed=1 -f same=1 "$T/long"
}
is "$(files "$S/checks")" 2 'what is refused leaves no file'

# Smaller inputs: the smallest wins, whichever comes first.
printf 'long inp' >"$T/m8"
printf 'lon' >"$T/m3"
min=$S/crashes/$job/$boom.min
small 1 "$T/m8" | lay
check 'a smaller one' 0 '~^small	new' - pf-ingest
is "$(cat "$min")" 'long inp' 'it lies beside'
small 2 "$T/m3" | lay
small 3 "$T/m8" | lay
check 'two more' 0 '~small	new' - pf-ingest
is "$(cat "$min") $(cat "$S/crashes/$job/$boom")" \
    'lon a long input that crashes' 'the smallest stays, and the original'
is "$(sql 'SELECT size, how, runs, same FROM smalls')" '3|ddmin|3|3' 'its row'
nosmall()
{
	name=$1 why=$2
	shift 2
	mkpack small "$job" b1 -s 9 "$@" | lay
	check "$name" 0 - "~$why" pf-ingest
}
nosmall 'of nothing' 'of is missing' -f how=ddmin -f runs=1 -f same=1 "$T/m3"
nosmall 'of a path' 'of is not a SHA-256' -f of=../x -f how=ddmin -f runs=1 \
    -f same=1 "$T/m3"
nosmall 'never seen to do the same' 'never seen to do the same' -f of="$boom" \
    -f how=ddmin -f runs=5 -f same=0 "$T/m3"
nosmall 'by nobody knows what' 'none of libfuzzer' -f of="$boom" -f how=luck \
    -f runs=5 -f same=1 "$T/m3"
nosmall 'of no bytes' 'the smaller input is empty' -f of="$boom" -f how=ddmin \
    -f runs=5 -f same=1
is "$(cat "$min")" lon 'none of them takes its place'

# The tree is the truth, and fsck says so.
picture()
{
	sql 'SELECT * FROM checks ORDER BY hash; SELECT * FROM smalls;
	    SELECT * FROM check_records ORDER BY rid; SELECT name, scope, value
	    FROM counters WHERE name = "check_bytes" ORDER BY scope'
}
picture >"$T/before"
like "$(cat "$T/before")" "^check_bytes||[0-9]" 'their bytes are counted'
check 'fsck finds nothing' 0 = - pf-ingest fsck
check 'snapshot' 0 '~metadata' - pf-sched snapshot
check 'rebuild' 0 '~results	8' - pf-sched rebuild
picture >"$T/after"
is "$(cmp "$T/before" "$T/after" 2>&1)" '' 'the same is made of the ledger'
check 'fsck finds nothing' 0 = - pf-ingest fsck

hurts()
{
	sqlite3 "$S/data/pandafuzz.db" "$1"
	check "found: $1" 1 "~^$2" '~.' pf-ingest -r fsck
	run pf-ingest -r fsck
	check "mended: $1" 0 = - pf-ingest fsck
}
hurts 'UPDATE checks SET runs = 7' counter
hurts 'DELETE FROM checks' counter
hurts 'UPDATE check_records SET same = 1 WHERE same = 2' 'row	check_records'
hurts 'DELETE FROM check_records WHERE same = 2' 'lost	results'
hurts 'DELETE FROM smalls' 'lost	results'
picture >"$T/after"
is "$(cmp "$T/before" "$T/after" 2>&1)" '' 'all as it was'
printf 'other' >"$min"
touch -d '1 hour ago' "$min"
sqlite3 "$S/data/pandafuzz.db" 'UPDATE smalls SET filed = 1'
check 'other bytes' 1 "~^damaged	$min" - pf-ingest fsck
touch -d '1 hour ago' "$S/checks/$job/x"
check 'a name that does not belong there' 1 "~foreign	$S/checks/$job/x" - \
    pf-ingest fsck
done_testing
