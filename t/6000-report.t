#!/bin/sh
# pf-report: lists and records in their three forms, and what it refuses.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"

# refuse STATUS ERR-ERE NAME CMD ...: and nothing on stdout
refuse()
{
	want_status=$1 want_err=$2 what=$3
	shift 3
	run "$@"
	ran "$want_status" "$what"
	is "$(cat "$T/out")" '' "$what: nothing on stdout"
	like "$(cat "$T/err")" "$want_err" "$what: why"
}
# good NAME CMD ...: status 0, nothing on stderr
good()
{
	what=$1
	shift
	run "$@"
	ran 0 "$what"
	is "$(cat "$T/err")" '' "$what: nothing on stderr"
}
# json PATH: of the last output, one object
json()
{
	sqlite3 :memory: "SELECT json_extract(readfile('$T/out'), '\$.$1')"
}
# field NAME: of a record
field()
{
	sed -n "s,^$1	,,p" "$T/out"
}

good 'help' pf-report -h
like "$(cat "$T/out")" '^usage: pf-report' 'help: on stdout'
good 'version' pf-report -V
for words in '' '-z' 'nosuch' 'jobs more' 'job' 'job a b' 'bots -x' \
    'crashes id' 'crashes -J' 'crash' 'crash -f id' 'coverage a b' \
    'corpus a b' 'status -j' 'events id' 'config x' '-n 0 jobs' '-n x jobs' \
    '-n -1 jobs' '-n'; do
	# shellcheck disable=SC2086 # words
	refuse 64 'usage: pf-report' "usage: $words" pf-report $words
done
refuse 78 'No such file' 'no such configuration' \
    pf-report -c "$T/none" jobs
printf '[storage]\npath = %s/none\n[spool]\npath = %s/none\n' "$T" "$T" \
    >"$T/empty"
refuse 66 'run pf-sched init' 'no master yet' pf-report -c "$T/empty" jobs
mkdir -p "$T/text/data" && echo hello >"$T/text/data/pandafuzz.db"
printf '[storage]\npath = %s/text\n' "$T" >"$T/textconf"
run pf-report -c "$T/textconf" jobs
ok 'a database that is none is an error' test "$status" -ne 0
is "$(cat "$T/out")" '' 'with nothing on stdout'

master </dev/null
for c in bots crashes coverage corpus; do
	good "no $c" pf-report $c
	is "$(cat "$T/out")" '' "no $c: no line"
	good "no $c in JSON" pf-report -j $c
	is "$(cat "$T/out")" '' "no $c in JSON: no line"
done

# A bot that works on the job and delivers.
bot=$(pf-registry register -H host -N slot-0 -e libfuzzer -i i1)
pf-sched -q apply <<!
{"op":"claim","bot":"$bot","inc":"i1"}
{"op":"start","bot":"$bot","inc":"i1","job":"$job","epoch":1,"attempt":1}
!
good 'before a status has come' pf-report jobs
is "$(cut -f 2-10 "$T/out")" \
    'test	libfuzzer	running	slot-0	-	-	-	0	0' \
    'what is not known is a dash'
printf 'in\tput' >"$T/in"
{
	mkpack corpus "$job" "$bot" -i i1 -E 1 -A 1 -s 1 \
	    -f name="$(printf 'a\tb\033[2J')" -f engine=libfuzzer "$T/in"
	mkpack coverage "$job" "$bot" -i i1 -E 1 -A 1 -s 2 -f edges=12 \
	    -f exec_count=1000 -t 1700000000000
	mkpack coverage "$job" "$bot" -i i1 -E 1 -A 1 -s 3 -f edges=15 \
	    -f exec_count=2000 -f execs_per_sec=12.5 -t 1700000001500
	mkpack status "$job" "$bot" -i i1 -E 1 -A 1 -s 4 -f edges=15 \
	    -f executions=2000 -f execs_per_sec=12.5
} | lay
pf-ingest -q

good 'jobs' pf-report jobs
is "$(cut -f 1-10 "$T/out")" \
    "$job	test	libfuzzer	running	slot-0	2000	12.5	15	1	0" \
    'jobs: what the bot told'
good 'with a header' pf-report -H jobs
is "$(head -n 1 "$T/out")" 'id	name	engine	status	bot	execs	execs/s	edges	corpus	crashes	started	health' \
    'the names of the columns'
good 'jobs in JSON' pf-report -j jobs
is "$(json config.duration)" 3600000000000 'durations are nanoseconds'
is "$(json config.output_dir)" "corpus/$job" 'config is an object'
is "$(json progress.edges)" 15 'so are the statistics'
is "$(json completed_at)" '' 'null is null'
like "$(json started_at)" '^20..-..-..T..:..:..[.]...Z$' 'RFC 3339'
good '-H does nothing to JSON' pf-report -H -j jobs
is "$(wc -l <"$T/out" | tr -d ' ')" 1 'no line more'
pf-sched submit -N second -e libfuzzer -t "$T/target" >"$T/second"
good '-n' pf-report -n 1 jobs
is "$(cut -f 1 "$T/out")" "$(cat "$T/second")" 'keeps the newest'

for sel in '-s running' '-e libfuzzer' '-C default -s running -e libfuzzer'; do
	# shellcheck disable=SC2086
	good "jobs $sel" pf-report -n 9 jobs $sel
	is "$(cut -f 1 "$T/out" | head -n 1)" "$job" 'has it first'
done
is "$(wc -l <"$T/out" | tr -d ' ')" 1 'alone'
good 'jobs -s pending' pf-report jobs -s pending
is "$(cut -f 1 "$T/out")" "$(cat "$T/second")" 'not that which runs'
good 'jobs -e none' pf-report jobs -e none
is "$(wc -c <"$T/out" | tr -d ' ')" 0 'none'
good 'the newest of an engine' pf-report -n 1 -j jobs -e libfuzzer
is "$(json id)" "$(cat "$T/second")" 'in JSON'
check 'a status that there is not' 65 - '~status is none of pending, ' \
    pf-report jobs -s over
check 'a campaign that there is not' 66 - '~no campaign' \
    pf-report jobs -C nowhere
good 'bots -s busy' pf-report bots -s busy
is "$(cut -f 4 "$T/out")" busy 'that one'
good 'bots -s failed' pf-report bots -s failed
is "$(wc -c <"$T/out" | tr -d ' ')" 0 'no other'
check 'an option of another list' 64 - '~usage' pf-report bots -e x
good 'job by id' pf-report job "$job"
is "$(field config.duration)" 1h 'durations as people write them'
is "$(field work_dir)" "jobs/$job" 'fields'
good 'job in JSON' pf-report -j job "$job"
is "$(json 'blobs[0].kind')" target 'with its files'
is "$(json 'assignments[0].bot_id')" "$bot" 'and its leases'
refuse 65 'fits more than one job' 'a beginning of both' pf-report job 0
refuse 66 'there is no job "zz"; pf-report jobs lists' 'unknown job' \
    pf-report job zz
refuse 66 'such an id' 'an empty id' pf-report job ''
refuse 66 'there is no job' 'a path' pf-report job ../../etc/passwd
refuse 66 'there is no job' 'SQL' pf-report job "x' OR '1'='1"
refuse 66 'such an id' 'control bytes are not repeated' \
    pf-report job "$(printf '\033[2J')"
refuse 66 'no job' 'crashes of an unknown job' pf-report crashes -J zz
refuse 66 'no job' 'coverage of an unknown job' pf-report coverage zz
refuse 66 'no job' 'corpus of an unknown job' pf-report corpus zz
refuse 66 'no crash' 'unknown crash' pf-report crash zz

good 'bots' pf-report bots
is "$(cut -f 2-6 "$T/out")" \
    "slot-0	host	busy	[\"libfuzzer\"]	$job" 'bots: what it does'
good 'bots in JSON' pf-report -j bots
is "$(json is_online)" 1 'is_online'
is "$(json current_job)" "$job" 'current_job'

good 'coverage' pf-report coverage "$job"
is "$(cut -f 1-5 "$T/out")" \
    '2023-11-14T22:13:20.000Z	12	12	1000	-
2023-11-14T22:13:21.500Z	15	3	2000	12.5' 'coverage: in order of time'
good 'coverage of all' pf-report -n 1 coverage
is "$(cut -f 2 "$T/out")" 15 'the newest of it'
good 'corpus' pf-report corpus
is "$(cut -f 1-4 "$T/out")" "$job	test	1	6" 'corpus: a line a job'
good 'corpus of a job' pf-report corpus "$job"
is "$(cut -f 1-4 "$T/out")" \
    "$(sha "$T/in")	6	libfuzzer	a\\tb\\x1b[2J" \
    'a line an input, nothing in it moves the cursor'
good 'corpus in JSON' pf-report -j corpus "$job"
is "$(json 'files[0]')" "$(sha "$T/in")" 'files'

good 'status' pf-report status
is "$(field jobs_running) $(field jobs_pending) $(field bots_busy)" '1 1 1' \
    'status: counts by state'
is "$(field corpus_files) $(field corpus_bytes) $(field results_coverage)" \
    '1 6 2' 'of results'
newest=$(awk '$2 == "PF_DB_VERSION" { print $3 }' "$PF_ROOT/lib/store/db.h")
is "$(field schema_version) $(field spool_packs) $(field writer)" \
    "$newest 0 no" \
    'and the rest'
like "$(field disk_free)" '^[0-9]+$' 'free space'
good 'status in JSON' pf-report -j status
is "$(json jobs_running)" 1 'one object'
is "$(json writer)" 0 'nobody serves'
rm -rf "$SPOOL.away" && mv "$SPOOL" "$SPOOL.away"
run pf-report status
ok 'a spool that is away is an error' test "$status" -ne 0
is "$(field spool_packs) $(field jobs_running)" '- 1' 'the rest is shown'
mv "$SPOOL.away" "$SPOOL"

good 'config' pf-report config
is "$(grep '^storage' "$T/out")" \
    "storage	path	$S	$T/conf:2" 'config: from where'
is "$(grep '^http	listen' "$T/out")" \
    'http	listen	127.0.0.1:8080	default' 'or the default'
printf '[sched]\n\nscoket = /x\n' >"$T/bad"
refuse 78 'bad:3: unknown key "scoket" in \[sched\]' 'a key that is none' \
    pf-report -c "$T/bad" config

good 'events' pf-report events
is "$(cut -f 1 "$T/out" | sort -n)" "$(cut -f 1 "$T/out")" 'newest last'
like "$(grep 'slot-0$' "$T/out")" "bot	$bot	-	registering" 'who and what'
good '-n of events' pf-report -n 2 events
is "$(wc -l <"$T/out" | tr -d ' ')" 2 'the last two'
pf-report -n 1 events -f >"$T/follow" &
pid=$!
ok 'events -f begins' until_true 5 test -s "$T/follow"
pf-registry drain slot-0
ok 'and goes on' until_true 5 grep -q draining "$T/follow"
is "$(wc -l <"$T/follow" | tr -d ' ')" 2 'nothing twice'
kill $pid
wait $pid 2>/dev/null

# A reader that leaves ends it, within a poll or two.
(timeout 5 pf-report events -f; echo $? >"$T/st") 2>"$T/err" |
    head -n 1 >/dev/null
ok 'it ends with its reader' until_true 6 test -s "$T/st"
ok 'not by the clock' test "$(cat "$T/st")" -ne 124

for c in jobs "job $job" 'crashes' status config events; do
	run sh -c "pf-report $c >/dev/full"
	[ "$c" != crashes ] || { ran 0 'nothing to write is no error'; continue; }
	ran 74 "$c: stdout that cannot be written"
done

# On a terminal it is aligned.
if command -v script >/dev/null; then
	script -qec 'pf-report jobs' /dev/null </dev/null >"$T/tty"
	like "$(head -n 1 "$T/tty")" '^id {30,}name +engine' 'aligned'
else skip 'no script(1)'; fi
done_testing
