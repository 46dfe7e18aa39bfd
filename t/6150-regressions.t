#!/bin/sh
# Known crashes on one build after the other: who runs them how often, and
# what became of each.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"
need sqlite3

master </dev/null
job=$(pf-sched submit -N png -e libfuzzer -t "$T/target" -C png -m 64M \
    -T 2s -o len_control=7 -- -x 1)
lib=$(sha "$T/target")

# always: always crashes; flaky: now and then; other: becomes another crash.
for n in always flaky other; do
	printf '%s!' "$n" >"$T/$n"
	mkpack crash "$job" b1 -f type=null-dereference -f stack="$n" "$T/$n"
done | lay
# told NAME RUNS CRASHED SAME TARGET
seq=10
told()
{
	seq=$((seq + 1))
	mkpack check "$job" b1 -s "$seq" -f hash="$(sha "$T/$1")" \
	    -f target="$5" -f build=target -f runs="$2" -f crashed="$3" \
	    -f same="$4" >>"$T/told"
}
file()
{
	lay <"$T/told"
	: >"$T/told"
	check "$1" 0 '~new' - pf-ingest
}
told always 10 10 10 "$lib"
told flaky 100 20 20 "$lib"
told other 10 10 10 "$lib"
file 'the crashes and how often they happen'

build()
{
	printf '#!/bin/sh\n# build %s\n' "$1" >"$T/png-$1"
	chmod +x "$T/png-$1"
	sha "$T/png-$1"
}
b1=$(build 1) b2=$(build 2) b3=$(build 3) b4=$(build 4)
check 'a dry run' 0 "=would run the crashes of png on $T/png-1" - \
    pf-sched -n build -C png -t "$T/png-1"
is "$(sql 'SELECT count(*) FROM builds')" 0 'changes nothing'
check 'a new build' 0 '~^1	[0-9a-f-]*	3$' - \
    pf-sched build -C png -t "$T/png-1"
r1=$(cut -f 2 "$T/out")
is "$(sql "SELECT kind, target, target_hash = '$b1', fuzzer, priority,
    memory_limit, timeout, args, options, status FROM jobs WHERE id = '$r1'")" \
    'regress|png-1|1|libfuzzer|100|67108864|2000|["-x","1"]|{"len_control":"7"}|pending' \
    'a job that runs it as the campaign does'
is "$(sql "SELECT crash = c.id, runs FROM regressions AS r JOIN crashes AS c
    ON c.hash = r.hash ORDER BY runs")" '1|8
1|8
1|69' 'a flaky one is run more often'
check 'the same again' 0 '=1	-	0' - pf-sched build -C png -t "$T/png-1"
is "$(sql 'SELECT pending FROM campaigns WHERE name = "png"')" 2 \
    'it is one job that waits'

# Who gets it.
plain=$(pf-registry register -H h -N plain -e libfuzzer -i i)
other=$(pf-registry register -H h -N other -e afl++ -e regress -i i)
able=$(pf-registry register -H h -N able -e libfuzzer -e regress -i i)
claim()
{
	printf '{"op":"claim","bot":"%s","inc":"i"}\n' "$1" | pf-sched apply
}
like "$(claim "$plain")" '"kind":"fuzz"' \
    'a bot that fuzzes only'
like "$(claim "$other")" '"job":null' 'one without the engine'
claim "$able" >"$T/claim"
like "$(cat "$T/claim")" "\"id\":\"$r1\".*\"kind\":\"regress\"" \
    'one that can run crashes again'
like "$(cat "$T/claim")" "\\{\"hash\":\"$(sha "$T/flaky")\",\"size\":6,\"runs\":69\\}" \
    'it is told what and how often'
is "$(grep -o '"hash"' "$T/claim" | wc -l)" 3 'of each crash'
like "$(cat "$T/claim")" "\"blobs\":\\[\\{\"kind\":\"target\",\"name\":\"png-1\",\"sha256\":\"$b1\"" \
    'and on what'
check 'while it runs' 0 '=1	-	0' - pf-sched build -C png -t "$T/png-1"
check 'an engine by the name of a kind' 65 '~engine: regress is a kind' - \
    pf-sched apply <<!
{"op":"submit","name":"x","engine":"regress","target":{"sha256":"$lib","name":"t"}}
!

# verdicts BUILD: of always, flaky, other
verdicts()
{
	for n in always flaky other; do
		pf-report regressions -C png -b "$1" |
		    awk -F '	' -v h="$(sha "$T/$n")" '$13 == h { print $6 }'
	done | xargs
}
is "$(verdicts 1)" 'unknown unknown unknown' 'not run yet'
# Enough for what always crashes, not for what does now and then.
told always 8 0 0 "$b1"
told flaky 50 0 0 "$b1"
told other 8 8 0 "$b1"
file 'build 1'
is "$(verdicts 1)" 'fixed unknown changed' \
    'fixed, not run often enough, another crash'
printf '{"op":"complete","bot":"%s","inc":"i","job":"%s","epoch":1,"attempt":1,"result":"completed"}\n' \
    "$able" "$r1" | pf-sched -q apply
check 'what is not known is run again' 0 '~^1	[0-9a-f-]*	1$' - \
    pf-sched build -C png -t "$T/png-1"
told flaky 21 0 0 "$b1"
file 'some more runs'
is "$(verdicts 1)" 'fixed fixed changed' 'that is enough'

check 'build 2' 0 '~^2	[0-9a-f-]*	3$' - pf-sched build -C png -t "$T/png-2"
told always 8 8 8 "$b2"
told flaky 71 1 1 "$b2"
told other 8 8 8 "$b2"
file 'build 2'
check 'regressed' 1 '~regressed' - pf-report regressions -b 2
is "$(verdicts 2)" 'regressed regressed still' \
    'what was fixed crashes again, what was another is itself'
is "$(verdicts 1)" 'fixed fixed changed' 'build 1 is as it was'
check 'build 3' 0 '~^3	[0-9a-f-]*	3$' - pf-sched build -C png -t "$T/png-3"
check 'nothing is known of the newest' 0 '~unknown' - pf-report regressions
told always 8 8 8 "$b3"
told flaky 180 0 0 "$b3"
told other 8 0 0 "$b3"
file 'build 3'
is "$(verdicts 3)" 'still fixed fixed' 'one crashes still, two are fixed'
check 'build 4' 0 '~^4	[0-9a-f-]*	3$' - pf-sched build -C png -t "$T/png-4"
told other 9 9 9 "$b4"
file 'build 4'
is "$(verdicts 4)" 'unknown unknown regressed' 'and one comes back'

check 'the list' 1 '*' - pf-report -H regressions -C png
is "$(head -n 1 "$T/out" | cut -f 1-10)" \
    'campaign	build	name	crash	type	verdict	same	crashed	runs	enough' \
    'its columns'
is "$(grep -c '' "$T/out")" 13 'a row for each crash and build'
if command -v jq >/dev/null; then
	is "$(pf-report -j regressions -b 2 | jq -r '[.build, .name, .verdict,
	    .same, .runs, .enough] | join(" ")' | sort)" \
	    '2 png-2 regressed 1 71 69
2 png-2 regressed 8 8 8
2 png-2 still 8 8 8' 'JSON'
fi
like "$(pf-report crash "$(sql "SELECT id FROM crashes WHERE hash =
    '$(sha "$T/other")'")")" 'build 4 \(png-4\): reproduced 9 of 9' \
    'a crash has a line for each build'

# Who ran it may not have known how it crashed; its report says so.
cat >"$T/report" <<'!'
==7==ERROR: AddressSanitizer: SEGV on unknown address 0x000000000000 (pc 0x4f7a5e bp 0x7ffd sp 0x7ffc T0)
==7==The signal is caused by a READ memory access.
    #0 0x4f7a5d in WHERE /src/parse.c:12:3
    #1 0x4f7b00 in main /src/main.c:3:1
!
sed 's/WHERE/always/' "$T/report" >"$T/alike"
sed 's/WHERE/elsewhere/' "$T/report" >"$T/differs"
for n in always flaky; do
	seq=$((seq + 1))
	report=alike
	[ $n = always ] || report=differs
	mkpack check "$job" b1 -s "$seq" -f hash="$(sha "$T/$n")" \
	    -f target="$b4" -f build=target -f runs=8 -f crashed=8 \
	    -f same=8 "$T/$report" >>"$T/told"
done
file 'with reports'
is "$(verdicts 4)" 'still changed regressed' 'what the reports say counts'
like "$(pf-report crash "$(sql "SELECT id FROM crashes WHERE hash =
    '$(sha "$T/flaky")'")")" \
    'build 4 .*reproduced 0 of 8 .*crashed otherwise 8' 'of one crash, too'

# Whatever its bot told of a crash, its report says when it is the same: the
# kind of access counts, other than for the stack.
printf 'a liar' >"$T/liar"
mkpack crash "$job" b1 -s 98 -f type=other -f stack='made < up' \
    -f output="$(cat "$T/alike")" "$T/liar" | lay
# as REPORT: the sums of it on build 4
as()
{
	seq=$((seq + 1))
	mkpack check "$job" b1 -s "$seq" -f hash="$(sha "$T/liar")" \
	    -f target="$b4" -f build=target -f runs=8 -f crashed=8 \
	    -f same=8 "$1" | lay
	pf-ingest -q
	pf-report crash "$(sql "SELECT id FROM crashes WHERE hash =
	    '$(sha "$T/liar")'")" | grep -o 'build 4 .*reproduced [0-9]* of [0-9]*' |
	    sed 's/.*reproduced //'
}
is "$(as "$T/alike")" '8 of 8' 'the report of a crash, not what its bot told'
sed 's/READ/WRITE/; s/000000000000/00006f6f6f6f/' "$T/alike" >"$T/write"
is "$(as "$T/write")" '8 of 16' 'another access at the same place is another'
sed 's,/src/,/elsewhere/,; s/0x4f7a5d/0x99/' "$T/alike" >"$T/moved"
is "$(as "$T/moved")" '16 of 24' 'another directory and address are not'
like "$(sql 'SELECT max(major) FROM check_records')" '^[0-9]*:[0-9a-f]{32}$' \
    'the hash is kept with the version of the rules'

# What the build has is kept with the runs.
seq=$((seq + 1))
mkpack check "$job" b1 -s "$seq" -f hash="$(sha "$T/liar")" -f target="$b4" \
    -f build=target -f runs=8 -f crashed=0 -f same=0 \
    -f sanitizers='asan ubsan' | lay
pf-ingest -q
is "$(sql 'SELECT count(*) FROM check_records WHERE sanitizers <> ""')" 1 \
    'the sanitizers of one'

# Of many alike all are run, or as many as wanted.
for k in 1 2 3 4 5 6 7; do
	printf 'like %7d' "$k" >"$T/like$k"
	mkpack crash "$job" b1 -s 99 -f type=abort -f stack='like < main' \
	    "$T/like$k"
done | lay
pf-ingest -q
build 5 >"$T/sum"
cp "$PF_CONF" "$T/conf.all"
printf '[limits]\nregress_inputs = 5\n' >>"$PF_CONF"
check 'five of a bucket' 0 '~^5	[0-9a-f-]*	9$' - \
    pf-sched build -C png -t "$T/png-5"
cp "$T/conf.all" "$PF_CONF"
check 'then the rest' 0 '~^5	[0-9a-f-]*	2$' - \
    pf-sched build -C png -t "$T/png-5"

# What is refused.
printf '#!/bin/sh\n# no build\n' >"$T/none"
check 'no program' 65 - '~none is not executable' pf-sched build -C png \
    -t "$T/none"
check 'no campaign' 66 - '~there is no campaign jpg' pf-sched build -C jpg \
    -t "$T/png-1"
check 'the jobs of none' 65 - '~have no target in common' pf-sched build \
    -C default -t "$T/png-1"
check 'another engine' 65 - '~build 1 of campaign png is one for libfuzzer' \
    pf-sched build -C png -e afl++ -t "$T/png-1"
printf '#!/bin/sh\n# afl\n' >"$T/afl"
chmod +x "$T/afl"
check 'an engine that no job has' 65 - '~no job of afl' pf-sched build \
    -C png -e afl++ -t "$T/afl"
is "$(sql 'SELECT max(seq) FROM builds')" 5 'none of them is a build'
check 'no number' 64 - '~not the number of a build' pf-report regressions -b x
check 'no such campaign' 66 - '~' pf-report regressions -C jpg

# All of it is in the tree.
picture()
{
	sql 'SELECT campaign, seq, target, name, size, fuzzer, time FROM builds
	    ORDER BY seq; SELECT * FROM regressions ORDER BY seq, hash;
	    SELECT * FROM checks ORDER BY target, hash;
	    SELECT rid, sanitizers FROM check_records ORDER BY rid'
}
picture >"$T/before"
check 'fsck finds nothing' 0 = - pf-ingest fsck
check 'snapshot' 0 '~metadata' - pf-sched snapshot
check 'rebuild' 0 '~^refused	0' - pf-sched rebuild
picture >"$T/after"
ok 'the database is made of it anew' cmp "$T/before" "$T/after"

# Rules that put some of them elsewhere take none away.
sql 'SELECT id FROM crashes' | while read -r id; do
	pf-report -j explain crash "$id" | jq -r .key
done | sort -u | head -n 3 | xargs echo merge >"$T/rules"
check 'rules' 0 '~^in force' - pf-sched rules apply "$T/rules"
ok 'some are in other buckets' test "$(sql 'SELECT count(*) FROM placed
    WHERE (id, bucket) NOT IN (SELECT id, bucket FROM crashes)')" -gt 0
known=$(sql 'SELECT count(DISTINCT hash) FROM crashes')
build 8 >"$T/sum"
check 'a build by other rules' 0 "~	$known\$" - \
    pf-sched build -C png -t "$T/png-8"
# What valgrind alone saw would seem to be mended on every build: it has a job
# of its own, see t/6154.
printf 'leak' >"$T/leak"
mkpack crash "$job" b1 -f type=memory-leak -f tool=valgrind \
    -f stack=leak "$T/leak" | lay
check 'a find of valgrind' 0 '~new' - pf-ingest
build 9 >"$T/sum"
run pf-sched build -C png -t "$T/png-9"
is "$(cut -f 3 "$T/out" | xargs)" "$known 1" 'is run apart from the others'
# More than a job takes of one bucket.
seq 1 230 | awk -v job="$job" '{
	printf "{\"op\":\"crash\",\"rows\":[{\"rid\":\"%064x\",", $1
	printf "\"job\":\"%s\",\"bot\":\"b\",\"time\":%d,", job, $1
	printf "\"filed\":%d,\"v\":2,\"hash\":\"%064x\",", $1, $1
	printf "\"size\":%d,\"type\":\"segv\",\"signal\":11,", 9 + $1
	print "\"stack\":\"many < main\"}]}"
}' | pf-sched -q apply
build 10 >"$T/sum"
run pf-sched build -C png -t "$T/png-10"
is "$(cut -f 3 "$T/out" | sort -n | xargs)" '1 41 100 100' \
    'all of them, a hundred in a job at most'
is "$(sql 'SELECT count(*), count(DISTINCT hash) FROM regressions
    WHERE seq = 8')" '242|242' 'each once'
pf-sched campaign finish png >/dev/null
build 6 >"$T/sum"
check 'a campaign that is over' 65 - '~finished and takes no more' \
    pf-sched build -C png -t "$T/png-6"
done_testing
