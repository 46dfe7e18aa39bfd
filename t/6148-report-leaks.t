#!/bin/sh
# Leaks as findings of their own: by where they were allocated, whichever
# reports tell of them, with the sums of what was lost.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
need jq sqlite3
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"
data=$PF_ROOT/t/data/reports

master </dev/null
pf-sched campaign create other >/dev/null
second=$(pf-sched submit -N second -C other -e libfuzzer -t "$T/target")
check 'no crash, no leak' 0 - - pf-report leaks

seq=0
# crash JOB REPORT: files it
crash()
{
	seq=$((seq + 1))
	printf 'input %d' $seq >"$T/input"
	mkpack crash "$1" b1 -s $seq -t $((1700000000000 + seq)) \
	    -f engine=libfuzzer -f type=memory-leak \
	    -f "output=$(head -c 65536 "$2")" "$T/input" >"$T/one" || exit 1
	lay <"$T/one"
	pf-ingest -q
}
# block KIND BYTES OBJECTS FUNCTION ...: one leak, as LeakSanitizer tells it
block()
{
	printf '\n%s leak of %d byte(s) in %d object(s) allocated from:\n' \
	    "$1" "$2" "$3"
	printf '    #0 0x1 in malloc (/x+0x1)\n'
	shift 3
	n=0
	for f in "$@"; do
		n=$((n + 1))
		printf '    #%d 0x%d in %s /b/%s.c:%d\n' $n $n$seq "$f" "$f" $n
	done
}
# report NAME <BLOCKS
report()
{
	{
		echo '==1==ERROR: LeakSanitizer: detected memory leaks'
		cat
	} >"$T/$1"
}

{ block Direct 24 1 node list; block Indirect 48 2 node list
    block Direct 7 1 grab parse; } | report a
{ block Direct 9 3 grab parse; block Indirect 100 1 far off; } | report b
{ block Direct 1000 1 node list main; } | report c
crash "$job" "$T/a"
crash "$job" "$T/b"
crash "$second" "$T/c"
is "$(pf-report buckets | wc -l | tr -d ' ')" 2 'a bucket is of one leak'
pf-report -j leaks >"$T/leaks"
is "$(jq -r '[.campaign, .frames, .direct_bytes, .direct_objects,
    .indirect_bytes, .indirect_objects, .crashes] | @tsv' "$T/leaks")" \
    'other	node < list	1000	1	0	0	1
default	far < off	0	0	100	1	1
default	node < list	24	1	48	2	1
default	grab < parse	16	4	0	0	2' \
    'each once, what most is lost by first; direct and indirect, summed'
is "$(jq -r 'select(.frames == "node < list") | .place' "$T/leaks" |
    sort -u | wc -l | tr -d ' ')" 1 'one place is called the same everywhere'
first=$(sql "SELECT min(id) FROM crashes WHERE job_id = '$job'")
is "$(jq -r 'select(.frames == "grab < parse") | .crash' "$T/leaks")" \
    "$first" 'with a crash to look at'
is "$(pf-report -j leaks -C other | jq -r .frames)" 'node < list' \
    'of a campaign'
check 'of none' 66 - '~no campaign' pf-report leaks -C none
is "$(pf-report -n 2 leaks | cut -f 9 | tr '\n' ,)" 'node < list,far < off,' \
    'as many as wanted'
is "$(pf-report -H leaks | head -n 1)" "$(printf 'place\tdirect_bytes\t%s' \
    "direct_objects	indirect_bytes	indirect_objects	crashes	campaign	crash	frames")" \
    'with a heading'

# The rules in force say where that is.
echo 'function grab' >"$T/rules"
pf-sched -q rules apply "$T/rules"
is "$(pf-report -j leaks -C default | jq -r .frames | tail -n 1)" parse \
    'by the rules in force'
pf-sched -q rules undo

# What pf-triage has of one report.
pf-triage -j "$T/a" | jq -c '.leaks.leaks[] | [.direct, .bytes, .objects,
    .frames]' | sort >"$T/of"
is "$(cat "$T/of")" '[false,48,2,"node < list"]
[true,24,1,"node < list"]
[true,7,1,"grab < parse"]' 'pf-triage tells where each is from'
is "$(pf-triage -j "$T/a" | jq -r '.leaks.leaks[].place' | sort -u)" \
    "$(jq -r 'select(.campaign == "default") | select(.frames !=
    "far < off").place' "$T/leaks" | sort)" 'by the same hash'

# More leaks than travel with a crash, of which one that does not tells of all.
# A run again has them.
for p in a b c d e f g h i j k l m n o p; do
	i=0
	while [ $i -lt 45 ]; do
		i=$((i + 1))
		block Direct $((1000 - i)) 1 "$p$i" "through_$p" "loads_of_$p"
	done | report many
	head -c 8192 "$T/many" >"$T/cut"
	[ "$(pf-triage "$T/cut" | cut -f 14)" = \
	    "$(pf-triage "$T/many" | cut -f 14)" ] || break
done
ok 'one that was cut is told by another leak' test "$p" != p
crash "$second" "$T/cut"
before=$(pf-report leaks | grep -c "	${p}[0-9]* <")
mkpack check "$second" b1 -s 99 -t 1700000000099 -f build=target \
    -f hash="$(sha "$T/input")" -f target="$(sha "$T/target")" -f runs=5 \
    -f crashed=5 -f same=5 "$T/many" | lay
check 'it is run again' 0 '~new' - pf-ingest
is "$(pf-report -j crash "$(sql "SELECT id FROM crashes WHERE hash =
    '$(sha "$T/input")'")" | jq -r '[.runs, .reproduced] | join(" ")')" '5 5' \
    'which is the same crash'
is "$(pf-report leaks | grep -c "	${p}[0-9]* <")" 45 "all leaks, not $before"
printf '#!/bin/sh\n# later\n' >"$T/later"
chmod +x "$T/later"
pf-sched build -C other -t "$T/later" >/dev/null
mkpack check "$second" b1 -s 100 -t 1700000000100 -f build=target \
    -f hash="$(sha "$T/input")" -f target="$(sha "$T/later")" -f runs=5 \
    -f crashed=5 -f same=5 "$T/many" | lay
check 'on another build' 0 '~new' - pf-ingest
like "$(pf-report crash "$(sql "SELECT id FROM crashes WHERE hash =
    '$(sha "$T/input")'")" | grep 'run again	build')" ': reproduced 5 of 5 ' \
    'it is the same there'

# valgrind, which tells what is lost through a block: once.
crash "$job" "$data/valgrind/leak-indirect.gcc-O0"
crash "$job" "$data/valgrind/leak-indirect.gcc-O0.xml"
crash "$job" "$data/valgrind/heap-read-1.gcc-O0"
crash "$job" "$data/asan/heap-read-4.gcc-O2"
for f in leak-indirect.gcc-O0 leak-indirect.gcc-O0.xml; do
	pf-triage -j "$data/valgrind/$f"
done | jq -s '[.[].leaks] | "\(map(.direct_bytes) | add) \(map(.indirect_bytes)
    | add)"' -r >"$T/want"
is "$(pf-report -j leaks | jq -s -r '[.[] | select(.frames |
    startswith("new_node"))] | "\(map(.direct_bytes) | add) \(map(.indirect_bytes) | add)"')" \
    "$(cat "$T/want")" 'sums of valgrind, as text and XML'
done_testing
