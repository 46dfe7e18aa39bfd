#!/bin/sh
# What valgrind alone has seen is run under it on each build, by a job of its
# own for bots that have valgrind, and only such runs tell what became of it.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"
need sqlite3 jq

master </dev/null
first=$(pf-sched submit -N one -e libfuzzer -t "$T/target" -C c -T 2s)
second=$(pf-sched submit -N two -e libfuzzer -t "$T/target" -C c)
vg=$(sha "$T/target")
pf-sched -q cancel "$first" "$second" "$job" >/dev/null

# said WHAT FUNCTION LINE: a block of valgrind
said()
{
	cat <<!
==7== $1
==7==    at 0x48417B4: malloc (in /usr/libexec/valgrind/vgpreload.so)
==7==    by 0x1092BB: $2 (v.c:$3)
==7==    by 0x1094FE: main (v.c:98)
!
}
lost='96 bytes in 3 blocks are definitely lost in loss record 1 of 1'
said "$lost" lose 10 >"$T/lost"
said "$lost" mislay 20 >"$T/other"

# Two that valgrind alone has seen, one that crashes by itself as well, and one
# that valgrind has not seen.
for n in lost gone both plain; do
	printf '%s!' "$n" >"$T/$n!"
done
seen()
{
	mkpack crash "$1" b1 -f type=memory-leak -f tool=valgrind \
	    -f exit_code=99 -f stack=lose -f output="$(cat "$T/lost")" "$2"
}
died()
{
	mkpack crash "$1" b1 -f type=abort -f signal=6 -f stack="$2" "$2"
}
{
	seen "$first" "$T/lost!"
	seen "$first" "$T/gone!"
	seen "$first" "$T/both!"
	died "$second" "$T/both!"
	died "$second" "$T/plain!"
} | lay
check 'crashes' 0 '~new' - pf-ingest
# told NAME BUILD RUNS CRASHED SAME TARGET [REPORT]
seq=10
told()
{
	seq=$((seq + 1))
	mkpack check "$first" b1 -s "$seq" -f hash="$(sha "$T/$1!")" \
	    -f target="$6" -f build="$2" -f runs="$3" -f crashed="$4" \
	    -f same="$5" ${7:+"$T/$7"} >>"$T/told"
}
file()
{
	lay <"$T/told"
	: >"$T/told"
	check "$1" 0 '~new' - pf-ingest
}
for n in lost gone; do
	told $n valgrind 5 5 5 "$vg" lost
done
for n in both plain; do
	told $n target 5 5 5 "$vg"
done
file 'how often each happens'
is "$(pf-report -j crashes -C c | jq -r '"\(.tool) \(.reproduced)/\(.runs)"' |
    sort | uniq -c | xargs)" '2 5/5 2 valgrind 5/5 1 valgrind null/null' \
    'of each the runs that can tell'
build()
{
	printf '#!/bin/sh\n# build %s\n' "$1" >"$T/v$1"
	chmod +x "$T/v$1"
	sha "$T/v$1"
}
b1=$(build 1) b2=$(build 2) b3=$(build 3)
run pf-sched build -C c -t "$T/v1"
is "$(cut -f 1,3 "$T/out" | xargs)" '1 2 1 2' 'a build is two jobs'
plain=$(sed -n 1p "$T/out" | cut -f 2)
under=$(sed -n 2p "$T/out" | cut -f 2)
is "$(sql "SELECT name, kind, priority FROM jobs WHERE id IN ('$plain',
    '$under') ORDER BY name")" 'build 1 of c|regress|100
build 1 of c under valgrind|regress|100' 'of one kind'
is "$(sql "SELECT (SELECT duration - 600000 FROM jobs WHERE id = '$under') /
    (SELECT duration - 600000 FROM jobs WHERE id = '$plain')")" 20 \
    'one has more time'
check 'the same again' 0 '=1	-	0' - pf-sched build -C c -t "$T/v1"

# Who gets which.
few=$(pf-registry register -H h -N few -e libfuzzer -e regress -i i)
claim()
{
	printf '{"op":"claim","bot":"%s","inc":"i"}\n' "$1" |
	    pf-sched apply >"$T/claim"
}
over()
{
	jq -c '{op: "complete", bot: $b, inc: "i", job: .job.id, epoch, attempt,
	    result: "completed"}' --arg b "$1" "$T/claim" | pf-sched -q apply
}
claim "$few"
is "$(jq -r .job.id "$T/claim")" "$plain" 'any bot that runs crashes again'
is "$(jq -c '[.job.crashes[] | keys] | unique' "$T/claim")" \
    '[["hash","runs","size"]]' 'runs those as they are'
over "$few"
claim "$few"
is "$(jq -r .job "$T/claim")" null 'the others are not for it'
like "$(pf-report explain job "$under")" \
    'no bot offers libfuzzer and memcheck' 'as who asks is told'
many=$(pf-registry register -H h -N many -e libfuzzer -e regress \
    -e memcheck -i i)
like "$(pf-report explain job "$under")" 'free bots for libfuzzer and memcheck' \
    'until there is one'
claim "$many"
is "$(jq -r .job.id "$T/claim")" "$under" 'who has valgrind gets them'
major=$(sql "SELECT major FROM check_records WHERE build = 'valgrind' LIMIT 1")
like "$major" '^[0-9]+:[0-9a-f]{32}$' 'there is a hash of what it is'
is "$(jq -c '[.job.crashes[] | [.runs, .under, .key]] | unique' "$T/claim")" \
    "[[15,\"valgrind\",\"$major\"]]" 'with what is looked for'

# verdicts BUILD: of lost, gone, both, plain
verdicts()
{
	for n in lost gone both plain; do
		pf-report regressions -C c -b "$1" |
		    awk -F '	' -v h="$(sha "$T/$n!")" '$13 == h { print $6 }'
	done | xargs
}
why()
{
	pf-report -j regressions -C c -b "$1" | jq -r .why | sort | uniq -c |
	    xargs
}
# A bot that knows of no valgrind runs the build itself: that is no word.
told lost target 15 0 0 "$b1"
told gone target 15 0 0 "$b1"
told both target 15 0 0 "$b1"
told both valgrind 15 15 15 "$b1"
told plain target 5 5 5 "$b1"
file 'runs without it'
is "$(verdicts 1)" 'unknown unknown fixed still' \
    'tell nothing of what valgrind saw, and all of the rest'
is "$(why 1)" 4 'it may come yet'
over "$many"
is "$(why 1)" '2 2 not run under valgrind' 'until its job is over'
check 'then it is run again' 0 '~^1	[0-9a-f-]*	2$' - \
    pf-sched build -C c -t "$T/v1"
told lost valgrind 15 0 0 "$b1"
told gone valgrind 14 0 0 "$b1"
file 'runs under it'
is "$(verdicts 1)" 'fixed unknown fixed still' 'fixed takes enough of them'
told gone valgrind 1 0 0 "$b1"
file 'one more'
is "$(verdicts 1)" 'fixed fixed fixed still' 'is enough'

run pf-sched build -C c -t "$T/v2"
told lost valgrind 5 5 5 "$b2" lost
told gone valgrind 15 15 15 "$b2" other
file 'build 2'
is "$(verdicts 2 | cut -d ' ' -f 1,2)" 'regressed changed' \
    'one is back, one is another, whatever its bot says'
check 'that is told' 1 '~regressed' - pf-report regressions -C c -b 2
run pf-sched build -C c -t "$T/v3"
cut -f 2 "$T/out" >"$T/jobs"
told lost valgrind 5 5 5 "$b3" lost
told gone valgrind 5 5 5 "$b3" lost
file 'build 3'
is "$(verdicts 3 | cut -d ' ' -f 1,2)" 'still regressed' 'and on the next'
like "$(pf-report crash "$(sql "SELECT id FROM crashes WHERE hash =
    '$(sha "$T/gone!")'")")" \
    'build 2 \(v2\): reproduced 0 of 15 .*crashed otherwise 15' \
    'a crash has a line for each build'

# Once it crashes by itself it is run so.
died "$second" "$T/gone!" | lay
check 'a crash of the same input' 0 '~duplicate' - pf-ingest
is "$(verdicts 3 | cut -d ' ' -f 2)" unknown 'is run without it'
xargs pf-sched -q cancel <"$T/jobs" >/dev/null
run pf-sched build -C c -t "$T/v3"
is "$(sql "SELECT count(*) FROM regressions WHERE hash = '$(sha "$T/gone!")'
    AND job = '$(sed -n 's/^3	\([^	]*\).*/\1/p;q' "$T/out")'")" 1 'by a job of the others'

# A run under it has the better report, of one that has none.
printf 'bare!' >"$T/bare!"
mkpack crash "$first" b1 -f type=memory-leak -f tool=valgrind -f exit_code=99 \
    -f stack= "$T/bare!" | lay
told bare valgrind 5 5 5 "$vg" lost
file 'one without a report'
like "$(pf-report crash "$(sql "SELECT id FROM crashes WHERE hash =
    '$(sha "$T/bare!")'")")" 'its stack	lose' 'has that of its runs'

# All of it is in the tree.
picture()
{
	pf-report regressions -C c
	pf-report crashes | cut -f 2-
	sql 'SELECT * FROM regressions ORDER BY seq, hash'
}
picture >"$T/before"
check 'fsck finds nothing' 0 = - pf-ingest fsck
check 'snapshot' 0 '~metadata' - pf-sched snapshot
check 'rebuild' 0 '~^refused	0' - pf-sched rebuild
picture >"$T/after"
ok 'the database is made of it anew' cmp "$T/before" "$T/after"
done_testing
