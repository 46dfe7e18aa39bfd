#!/bin/sh
# pf-report crashes -o sarif and -o junit: what is in them, that they are what
# they are called whatever bots sent, and in how little memory.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
need jq sqlite3 xmllint python3
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"
data=$PF_ROOT/t/data

# Debian's own if there are several.
python=python3
for p in /usr/bin/python3 python3; do
	if command -v $p >/dev/null && $p -c 'import jsonschema' 2>/dev/null
	then
		python=$p
		break
	fi
done
$python -c 'import jsonschema' 2>/dev/null || skip_all 'no jsonschema'
cat >"$T/validate" <<'EOT'
import json, sys
import jsonschema

def once(pairs):
    keys = [k for k, v in pairs]
    assert len(keys) == len(set(keys)), "a key twice"
    return dict(pairs)

schema = json.load(open(sys.argv[1]))
text = open(sys.argv[2], encoding="utf-8", errors="strict").read()
doc = json.loads(text, object_pairs_hook=once)
jsonschema.Draft7Validator.check_schema(schema)
run = doc["runs"][0]
# Every result is looked at.  Parts of them that nothing else depends on, and
# that are the same to the letter as in one before, are so once.
result = schema["definitions"]["result"]
whole, seen = run["results"], set()
assert not {"anyOf", "allOf", "oneOf", "if", "dependencies"} & set(result)
run["results"] = []
for r in whole:
    r = dict(r)
    for part in sorted(set(r) - set(result["required"])):
        text = part + json.dumps(r[part])
        if text in seen:
            del r[part]
        seen.add(text)
    run["results"].append(r)
for e in jsonschema.Draft7Validator(schema).iter_errors(doc):
    sys.exit("%s: %s" % (list(e.path), e.message[:200]))
run["results"] = whole
rules = run["tool"]["driver"]["rules"]
ids = [r["id"] for r in rules]
assert len(ids) == len(set(ids)), "a rule twice"
for r in run["results"]:
    assert rules[r["ruleIndex"]]["id"] == r["ruleId"], "another rule"
EOT
# The schema of the standard, from npm, if setup could fetch it.
standard=$PF_ROOT/.build/npm/node_modules/@microsoft/jest-sarif/lib/schemas
standard=$standard/sarif-2.1.0-rtm.5.json
cat >"$T/conforms" <<'EOT'
import json, sys
import jsonschema

schema = json.load(open(sys.argv[1]))
assert "2.1.0" in schema["title"] and "SARIF" in schema["title"], "of what?"
judge = jsonschema.validators.validator_for(schema)
judge.check_schema(schema)
for e in judge(schema, format_checker=jsonschema.FormatChecker()).iter_errors(
    json.load(open(sys.argv[2]))):
    sys.exit("%s: %s" % (list(e.path), e.message[:200]))
EOT
conforms()
{
	if [ -e "$standard" ]; then
		check "$1: as OASIS has it" "$2" - "$3" $python \
		    "$T/conforms" "$standard" "$4"
	else
		skip "no schema from npm here: $1"
	fi
}
sarif() { run pf-report "$@" -o sarif; }
# valid NAME: what was written last
valid()
{
	cp "$T/out" "$T/doc"
	is "$(cat "$T/err")" '' "$1: nothing is said"
	check "$1: is SARIF" 0 - - $python "$T/validate" \
	    "$data/sarif.schema.json" "$T/doc"
	conforms "$1" 0 - "$T/doc"
}
junit()
{
	run pf-report "$@" -o junit
	cp "$T/out" "$T/doc"
	is "$(cat "$T/err")" '' "$*: nothing is said"
	check "$*: is JUnit" 0 - "=$T/doc validates" xmllint --noout \
	    --relaxng "$data/junit.rng" "$T/doc"
}
# get FILTER, xp XPATH: of what was written last
get() { jq -r "$1" "$T/doc"; }
xp() { xmllint --xpath "$1" "$T/doc"; }

master </dev/null
pf-sched campaign create other >/dev/null
pf-sched campaign create 'empty & <quiet>' >/dev/null
second=$(pf-sched submit -N second -C other -e libfuzzer -t "$T/target")

sarif crashes
valid 'no crash'
is "$(get '.runs[0].results | length')" 0 'without results'
junit crashes
is "$(xp 'count(//testcase)') $(xp 'string(/testsuites/@tests)')" '0 0' \
    'without tests'

seq=0
# crash JOB REPORT FIELD ...: files it; REPORT is a file or -
crash()
{
	seq=$((seq + 1))
	to=$1 report=$2
	shift 2
	printf 'input %d' $seq >"$T/input"
	[ "$report" = - ] || set -- "$@" -f "output=$(head -c 8192 "$report")"
	mkpack crash "$to" b1 -s $seq -t $((1700000000000 + seq)) \
	    -f engine=libfuzzer "$@" "$T/input" >"$T/one" || exit 1
	lay <"$T/one"
	pf-ingest -q
}
r=$data/reports
crash "$job" "$r/asan/heap-read-4.gcc-O2" -f type=heap-buffer-overflow \
    -f tool=asan -f stack='read_4 < step < handle' -f signal=6
crash "$job" "$r/asan/heap-read-4.gcc-O2" -f type=heap-buffer-overflow \
    -f tool=asan -f stack='read_4 < step < handle' -f signal=6
crash "$job" "$r/asan/heap-freed-write.gcc-O2" -f type=heap-use-after-free \
    -f tool=asan -f stack='freed_write < step < handle'
crash "$second" "$r/lsan/leak-two.clang-O0" -f type=memory-leak -f tool=lsan \
    -f stack=lose
crash "$second" - -f type=segfault -f signal=11
# What no bot of ours would send.
printf '%b' 'a]]>b \0001\0002\0033[31m \0377\0376 \0357\0277\0277 &<>"%s' \
    '\n==1==ERROR: AddressSanitizer: SEGV on unknown address 0x0\n' \
    '    #0 0x1 in [click](http://evil.example) {0} /x/../../e\0377 v;<.c:3:9\n' \
    '    #1 0x2 in </failure> a.c:4294967295:99999999\n' \
    '    #2 0x3 in main ../../../etc/passwd:1\n' >"$T/evil"
# shellcheck disable=SC1003 # no quote is meant to be escaped
crash "$job" "$T/evil" -f type='a <b>&"\' -f tool='\"' \
    -f stack='x < [y](z) < {1}'
printf '%s%s\n' 'x: a.c:3: f: Assertion `[here](http://evil.example) {0}' \
    "' failed." >"$T/evil"
crash "$job" "$T/evil" -f type=assertion -f tool=glibc -f stack=f

sarif crashes
valid 'all of them'
cp "$T/doc" "$T/all"
jq '.runs[0].results[0].level = "worse"' "$T/all" >"$T/bad"
conforms 'what is not' 1 "~'worse' is not one of" "$T/bad"
is "$(get '.runs[0].results | length')" \
    "$(sql 'SELECT count(*) FROM buckets')" 'a result a bucket'
is "$(get '[.runs[0].results[].ruleId] | unique | length')" \
    "$(get '.runs[0].tool.driver.rules | length')" 'a rule a type'
is "$(get .runs[0].tool.driver.version)" \
    "$(pf-report -V | cut -d ' ' -f 2)" 'our version'
first='.runs[0].results[0]'
is "$(get "$first | .ruleId, .level, .message.text")" 'heap-buffer-overflow
warning
Heap-buffer-overflow READ 4 in read_4 < step < handle' 'the first of them'
is "$(get "$first.locations[0].physicalLocation |
    .artifactLocation.uri, .region.startLine")" 'file:///tmp/pf/heap.c
34' 'where it is'
is "$(get "$first.locations[0].logicalLocations[0].fullyQualifiedName")" \
    read_4 'in which function'
is "$(get "$first.occurrenceCount") $(get "$first.properties.samples")" \
    '2 2' 'how often'
is "$(get "$first.properties.\"security-severity\"")" 5.5 'how bad'
pf-triage "$r/asan/heap-read-4.gcc-O2" | cut -f 14,15,16 >"$T/hashes"
rules=$(cut -f 3 "$T/hashes")
is "$(get "$first.partialFingerprints | .\"pandafuzzMajor/v$rules\" + \"	\" +
    .\"pandafuzzMinor/v$rules\"")" "$(cut -f 1,2 "$T/hashes")" \
    'the hashes of pf-triage, under the version of its rules'
is "$(get "$first.stacks | length") $(get "$first.stacks[1].message.text")" \
    '2 allocated here' 'its stacks'
is "$(get "$first.stacks[0].frames[1].location | .physicalLocation.region.startLine,
    .logicalLocations[0].fullyQualifiedName")" '32
step' 'with their frames'
is "$(get '.runs[0].results[] | select(.ruleId == "heap-use-after-free") |
    .level + " " + .properties."security-severity" + " " +
    (.relatedLocations | map(.message.text) | join(", "))')" \
    'error 9.5 freed here, allocated here' 'what else there is to see'
is "$(get '.runs[0].tool.driver.rules[] |
    select(.id == "heap-use-after-free") | .properties."security-severity"')" \
    9.5 'a rule is as bad as the worst of it'
is "$(get '.runs[0].results[] | select(.ruleId == "memory-leak") | .level')" \
    note 'a leak is a note'
is "$(get '.runs[0].results[] | select(.ruleId == "segfault") |
    .locations[0].physicalLocation.artifactLocation.uri')" target \
    'without a report it is in the target'
like "$(get '.runs[0].results[].locations[0].physicalLocation.artifactLocation.uri' |
    grep '^file:///e%')" \
    '^file:///e%[0-9A-F%]*v%3B%3C[.]c$' 'a path is a URI'
is "$(get '.runs[0].results[] | select(.ruleId == "assertion") |
    .message.text')" 'ASSERT: [here] (http://evil.example) {{0}} in f' \
    'no text is a link'
is "$(get '[.. | objects | select(has("helpUri"))] | length')" 0 \
    'no help that is not there'
sarif crashes
valid 'once more'
check 'the same again' 0 - - cmp "$T/doc" "$T/all"
run pf-report crashes -d /tmp/pf/ -o sarif
valid 'below a directory'
is "$(get "$first.locations[0].physicalLocation.artifactLocation |
    .uri, .uriBaseId")" 'heap.c
SRCROOT' 'paths are relative to it'
run pf-report crashes -d /tmp/p -o sarif
valid 'below no directory'
is "$(get "$first.locations[0].physicalLocation.artifactLocation.uri")" \
    file:///tmp/pf/heap.c 'a name that begins alike is none'

# Which.
for pick in "-C other 2" "-J $second 2" "-t segfault 1" "-C other -t x 0" \
    "-J $job -C other 0" "-b $(sql 'SELECT min(id) FROM buckets') 1" \
    '-b none 0' "-J $job -t heap-buffer-overflow 1"; do
	n=${pick##* }
	# shellcheck disable=SC2086 # words
	sarif crashes ${pick% *}
	cp "$T/out" "$T/doc"
	is "$(get '.runs[0].results | length')" "$n" "$pick: so many"
	# shellcheck disable=SC2086
	junit crashes ${pick% *}
	is "$(xp 'count(//testcase)')" "$n" "$pick: as many tests"
	is "$(xp 'string(/testsuites/@tests)')" "$n" "$pick: as is said"
done
sarif crashes -C other
valid 'a campaign'
is "$(get .runs[0].automationDetails.id)" pandafuzz/other/ 'is compared alone'
sarif -n 2 crashes
valid '-n 2'
is "$(get '[.runs[0].results[].properties.bucket] | join(" ")')" \
    "$(sql "SELECT group_concat(id, ' ') FROM (SELECT id FROM (SELECT * FROM
    buckets ORDER BY first_seen DESC, id DESC LIMIT 2) ORDER BY first_seen,
    id)")" 'the newest, the oldest first'
sarif -n 100 crashes
valid '-n 100'
check 'more than there are' 0 - - cmp "$T/doc" "$T/all"

junit crashes
is "$(xp 'string(/testsuites/@failures)')" \
    "$(sql 'SELECT count(*) FROM buckets')" 'each bucket fails'
is "$(xp 'count(//testsuite)')" "$(sql 'SELECT count(*) FROM campaigns')" \
    'a suite a campaign'
is "$(xp 'string(//testsuite[@name="other"]/@tests)')" 2 'with its own'
is "$(xp 'count(//testcase[@name = preceding::testcase/@name])')" 0 \
    'no name comes twice'
c='//testcase[starts-with(@name, "Heap-buffer-overflow READ 4 in read_4")]'
is "$(xp "string($c/@file)"):$(xp "string($c/@line)")" \
    file:///tmp/pf/heap.c:34 'where it is'
# shellcheck disable=SC2016 # the inner shell's
ok 'the report is its text' sh -c 'xmllint --xpath "string($1/failure)" "$2" |
    grep -qx "READ of size 4 at 0x603000000060 thread T0"' - "$c" "$T/doc"
# shellcheck disable=SC2016 # the inner shell's
ok 'that of nobody we know too' sh -c 'xmllint --xpath \
    "string(//failure[contains(., \"a]]>b\")])" "$1" | grep -q "&<>\"%s"' - \
    "$T/doc"
# shellcheck disable=SC2016 # the inner shell's
ok 'control characters are gone' sh -c '! LC_ALL=C grep -q "[[:cntrl:]]" "$1"
    ' - "$T/doc"

# What is refused.
for words in 'crashes -o html' 'crashes -o' '-j crashes -o sarif' \
    'crashes -d x' 'buckets -o sarif' 'crashes -o junit x'; do
	# shellcheck disable=SC2086 # words
	check "$words" 64 - '~^usage: ' pf-report $words
done
check 'no such campaign' 66 - '~no campaign' pf-report crashes -o sarif -C no
check 'no such job' 66 - '~no job' pf-report crashes -o junit -J no
# shellcheck disable=SC2016 # the inner shell's
for o in sarif junit; do
	check "a full device: $o" 74 - '~standard output' \
	    sh -c 'pf-report crashes -o "$1" >/dev/full' - $o
done

# Many of them, each of its own type, in little memory.
sqlite3 "$S/data/pandafuzz.db" "
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n
	WHERE i < 8000)
    INSERT INTO bucket_rows SELECT 0, 'many-' || i, b.campaign, 'type' || (i % 2000),
	b.tool, b.frames, 'c-' || i, 1, 0, b.first_seen + i, b.last_seen + i
	FROM n, buckets AS b JOIN crashes AS c ON c.bucket = b.id
	WHERE c.type = 'heap-use-after-free';
    INSERT INTO crashes (id, job_id, bot_id, hash, file_path, type, signal,
	exit_code, timestamp, size, is_unique, tool, stack, output, command,
	engine, count, first_seen, last_seen, bucket)
	SELECT b.first_crash, job_id, bot_id, printf('%064x', b.first_seen),
	file_path, b.type, signal, exit_code, timestamp, size, is_unique,
	c.tool, stack, output, command, engine, count, b.first_seen,
	b.last_seen, b.id FROM buckets AS b, crashes AS c
	WHERE b.id LIKE 'many-%' AND c.type = 'heap-use-after-free'" ||
	fail 'rows for the large one'
# A sanitizer reserves terabytes of addresses.
room=40960
! ldd "$PF_BIN/pf-report" | grep -q san || room=unlimited
for o in sarif junit; do
	# shellcheck disable=SC2016,SC3045 # the inner shell's, as Debian's has
	check "8000 buckets in 40 MiB: $o" 0 '*' - sh -c \
	    'ulimit -v "$3" && exec pf-report crashes -o "$1" >"$2"' - $o \
	    "$T/large.$o" $room
done
check 'many rules: is SARIF' 0 - - $python "$T/validate" \
    "$data/sarif.schema.json" "$T/large.sarif"
is "$(jq '.runs[0] | .tool.driver.rules | length' "$T/large.sarif")" 500 \
    'and no more than they may be'
check 'many tests: is JUnit' 0 - "=$T/large.junit validates" xmllint --huge \
    --noout --stream --relaxng "$data/junit.rng" "$T/large.junit"
done_testing
