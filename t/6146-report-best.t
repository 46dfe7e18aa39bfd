#!/bin/sh
# pf-report crash of one that was run again: the report that tells most
# describes it, and nobody can describe the crash of another.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"
need jq sqlite3
master </dev/null
target=$(sha "$T/target")
second=$(pf-sched submit -N second -e libfuzzer -t "$T/target")

# report ACCESS: with names
report()
{
	cat <<!
==7==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x602000000011 at pc 0x4f7a5e bp 0x7ffd sp 0x7ffc
$1 of size 1 at 0x602000000011 thread T0
    #0 0x4f7a5d in parse_name /src/parse.c:12:3
    #1 0x4f7b5d in load /src/load.c:3:1
!
}
report WRITE >"$T/names"
report WRITE | sed 's, in [a-z_]* /src/.*, (/opt/target+0x1234),' \
    >"$T/nameless"
report READ | sed 's/heap-buffer-overflow/heap-use-after-free/' >"$T/other"
report WRITE | sed 's/name/mine/' >"$T/mine"
cat >"$T/abort" <<'!'
==7== Memcheck, a memory error detector
==7== Process terminating with default action of signal 6 (SIGABRT)
==7==    at 0x48E7EEC: raise (raise.c:26)
==7==    by 0x4883471: abort (abort.c:79)
==7==    by 0x109153: refuse (load.c:2)
==7==    by 0x109173: load (load.c:9)
!
cat >"$T/leak" <<'!'
==7==ERROR: LeakSanitizer: detected memory leaks

Direct leak of 100 byte(s) in 1 object(s) allocated from:
    #0 0x4f7a5d in malloc (/opt/target+0x1234)
    #1 0x4f7b5d in load /src/load.c:3:1
!
# Its own is cut at 8 KiB, within a long line.
{
	report WRITE
	awk 'BEGIN { for (i = 0; i < 9000; i++) printf "x"; print "" }'
	echo 'the end'
} >"$T/long"
head -c 8192 "$T/long" >"$T/cut"

# crash JOB NAME REPORT
seq=0
crash()
{
	seq=$((seq + 1))
	printf 'input %s' "$2" >"$T/in.$2"
	mkpack crash "$1" b1 -s $seq -t $seq -f type=segfault -f signal=11 \
	    -f stack='told < up' -f output="$(cat "$3")" "$T/in.$2"
}
# plain NAME SIGNAL: a crash that told nothing else
plain()
{
	seq=$((seq + 1))
	printf 'input %s' "$1" >"$T/in.$1"
	mkpack crash "$job" b1 -s $seq -t $seq -f type=signal \
	    -f signal="$2" -f command='%TARGET% %INPUT%' "$T/in.$1"
}
# again JOB NAME REPORT SAME [TARGET [BUILD]]
again()
{
	seq=$((seq + 1))
	mkpack check "$1" b1 -s $seq -t $seq -f hash="$(sha "$T/in.$2")" \
	    -f target="${5-$target}" -f build="${6-target}" -f runs=5 \
	    -f crashed=5 -f same="$4" "$3"
}
: >"$T/none"
{
	for n in silent foreign lies gone elsewhere otherwise; do
		crash "$job" $n "$T/none"
	done
	crash "$job" nameless "$T/nameless"
	crash "$job" differs "$T/nameless"
	crash "$job" named "$T/names"
	crash "$job" cut "$T/cut"
	crash "$second" foreign "$T/none"
	plain writes 11
	plain aborts 6
	plain asserts 6
	plain both 11
	plain leaks 11
} | lay
check 'crashes' 0 '~new' - pf-ingest
pf-report crashes -o sarif -J "$job" | jq --arg crash "$(sql "SELECT id FROM
    crashes WHERE hash = '$(sha "$T/in.nameless")'")" '.runs[0].results[] |
    select(.properties.crash == $crash) | .partialFingerprints' >"$T/prints"
{
	again "$job" silent "$T/names" 5
	again "$job" nameless "$T/names" 5
	again "$job" differs "$T/other" 5
	again "$job" named "$T/other" 5
	again "$job" cut "$T/long" 5
	# Not of this job, not what crashed, not the same, and without names.
	again "$second" foreign "$T/names" 5
	again "$job" elsewhere "$T/names" 5 "$(sha "$T/names")" asan
	again "$job" otherwise "$T/names" 0
	again "$job" lies "$T/nameless" 5
	again "$job" gone "$T/mine" 5
	# By other builds, of what told nothing but a signal.
	again "$job" writes "$T/names" 0 "$(sha "$T/names")" asan
	again "$job" aborts "$T/names" 0 "$(sha "$T/names")" asan
	again "$job" asserts "$T/abort" 0 "$target" valgrind
	again "$job" leaks "$T/leak" 0 "$(sha "$T/names")" asan
	again "$job" both "$T/names" 0 "$(sha "$T/names")" asan
	again "$job" both "$T/mine" 5
} | lay
check 'run again' 0 '~check	new' - pf-ingest

# id NAME [JOB]
id()
{
	sql "SELECT id FROM crashes WHERE hash = '$(sha "$T/in.$1")' AND
	    job_id = '${2-$job}'"
}
# line NAME FIELD [JOB]
line()
{
	pf-report crash "$(id "$1" "${3-$job}")" | sed -n "s/^$2	//p"
}
best() { pf-report -j crash "$(id "$1")" | jq -r ".best | $2"; }

is "$(line silent 'its type')" 'Heap-buffer-overflow WRITE 1' \
    'a report where there was none'
is "$(line silent 'its stack')" 'parse_name < load' 'with its stack'
is "$(line silent severity)" critical 'and how bad that is'
ok 'it is there' cmp "$T/names" "$(line silent 'best report')"
is "$(best silent .stack)" 'parse_name < load' 'as JSON'
is "$(best silent .output)" "$(cat "$T/names")" 'with the report'
is "$(line nameless 'its stack')" 'parse_name < load' \
    'names where there were none'
is "$(best cut '.output | split("\n")[-2]')" 'the end' 'the whole of one that was cut'
for n in differs named lies elsewhere otherwise foreign; do
	is "$(line $n 'best report')" '' "$n: none"
	is "$(best $n .)" null "$n: none in JSON"
done
is "$(line foreign severity)" medium 'what it told counts'
like "$(line foreign 'its stack' "$second")" '^parse_name' \
    'in the job that ran it again it counts'
is "$(line differs severity)" critical 'its own report counts'

is "$(line writes 'its type')" 'Heap-buffer-overflow WRITE 1' \
    'a signal for a bad access is what another build says of it'
is "$(line writes severity)" critical 'and as bad'
ok 'that is its report' cmp "$T/names" "$(line writes 'best report')"
is "$(best writes .stack)" 'parse_name < load' 'in JSON, too'
is "$(line asserts 'its stack')" 'refuse < load' 'and valgrind of an abort'
is "$(line both 'its stack')" 'parse_mine < load' \
    'what crashed says it before another build'
check 'a bundle' 0 - - pf-report bundle -o "$T/writes.tar" "$(id writes)"
is "$(tar -xOf "$T/writes.tar" --wildcards '*/report')" '' \
    'which runs the target, looks for no crash of another build'
for n in aborts leaks; do
	is "$(line $n 'best report')" '' "$n: another build died otherwise"
done

# So it is in lists for other programs; what they know a bug by stays.
# sarif NAME EXPRESSION, junit NAME
sarif()
{
	pf-report crashes -o sarif -J "$job" -b "$(pf-report -j crash \
	    "$(id "$1")" | jq -r .bucket)" | jq -r ".runs[0].results[0] | $2"
}
junit()
{
	pf-report crashes -o junit -J "$job" -b "$(pf-report -j crash \
	    "$(id "$1")" | jq -r .bucket)"
}
is "$(sarif nameless .message.text)" \
    'Heap-buffer-overflow WRITE 1 in parse_name < load' 'SARIF has its words'
is "$(sarif nameless '.locations[0].physicalLocation | [
    .artifactLocation.uri, .region.startLine] | join(" ")')" \
    'file:///src/parse.c 12' 'and where it is in the source'
is "$(sarif nameless '.stacks[0].frames | length')" 2 'with the stack'
is "$(sarif writes .message.text)" \
    'Heap-buffer-overflow WRITE 1 in parse_name < load' \
    'of another build as well'
is "$(sarif nameless '.partialFingerprints')" "$(cat "$T/prints")" \
    'what it is known by is as before'
junit nameless >"$T/xml"
ok 'JUnit has its place' grep -q ' file="file:///src/parse.c" line="12"' "$T/xml"
ok 'and its text' grep -q '#1 0x4f7b5d in load' "$T/xml"

# What lies there is looked at.
path=$(line gone 'best report')
chmod u+w "$path"
sed 's/parse_mine/liar/' "$T/mine" >"$path"
is "$(line gone 'best report')" '' 'a report that was changed is none'
rm "$path"
check 'nor is one that is gone' 0 '~told < up' - pf-report crash "$(id gone)"

# The rules in force make the stack, and where it is filed is as before.
bucket=$(pf-report -j explain crash "$(id silent)" | jq -r .by,.state)
is "$bucket" 'major hash
told < up' 'it is filed by its own'
echo 'function parse_*' >"$T/rules"
check 'rules' 0 '~in force' - pf-sched rules apply "$T/rules"
is "$(line silent 'its stack')" load 'the rules in force count'
done_testing
