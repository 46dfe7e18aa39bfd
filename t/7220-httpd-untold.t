#!/bin/sh
# pf-httpd: what is sent without a time, or with one that cannot be: it erases
# nothing that was told with one, and stands at the time it was filed.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/httpd.sh
. "$PF_ROOT/t/lib/httpd.sh"
need jq sqlite3

master_new
master_start httpd
v=/api/v1
get() { jq -r "$1" "$T/body"; }
printf '#!/bin/sh\n' >"$T/target"
chmod +x "$T/target"
job=$(pf-sched submit -N untold -e libfuzzer -t "$T/target")
json $v/bots/register '{"hostname":"h","capabilities":["libfuzzer"]}'
bot=$(get .bot_id)
req GET "$v/bots/$bot/job"
is "$(get .id)" "$job" 'a bot with a job'
who="\"job_id\":\"$job\",\"bot_id\":\"$bot\""
sum() { printf %s "$1" | sha256sum | cut -c 1-64; }

# crash INPUT MEMBERS: reported, and filed
crash()
{
	json $v/results/crash "{$who,\"input\":\"$(printf %s "$1" |
	    base64)\"${2:+,}${2:-}}"
	is "$code" 200 "a crash ${2:-without more}"
	pf-ingest -q
	req GET "$v/results/crashes/$(get .crash_id)"
}
asan='"type":"heap-buffer-overflow","tool":"AddressSanitizer","stack":"parse < main","output":"it says so"'
told='"timestamp":"2026-11-23T18:16:00Z"'

# A report that tells nothing, and not when, is no earlier one.
crash boom "$asan,$told"
bucket=$(get .bucket)
is "$(get .timestamp) $(get .stack)" \
    '2026-11-23T18:16:00.000Z parse < main' 'a good one'
for time in '' '"timestamp":""' '"timestamp":"0001-01-01T00:00:00Z"' \
    '"timestamp":"1970-01-01T00:00:00Z"' \
    '"timestamp":"9999-12-31T23:59:59.999Z"'; do
	crash boom "\"type\":\"assertion\"${time:+,}$time"
	is "$(get '"\(.timestamp) \(.stack) \(.output) \(.type)"')" \
	    '2026-11-23T18:16:00.000Z parse < main it says so heap-buffer-overflow' \
	    'what was told stays'
	is "$(get .bucket)" "$bucket" 'in its bucket'
done
is "$(get .count)" 2 'these are one report, however they say it'
is "$(jq -r .stack "$PF_STORAGE/crashes/$job/$(sum boom).json")" \
    'parse < main' 'beside the input as well'
crash boom "\"type\":\"assertion\""
is "$(get .count)" 2 'one that is sent again is the same'

# The first has none: the next that has takes its place, however late.
crash bang ''
like "$(get .timestamp)" '^20[2-9]' 'it stands at the time it was filed'
is "$(get .timestamp)" "$(get .first_seen)" 'and not another'
crash bang "\"timestamp\":\"$(date -u -d '+1 hour' +%Y-%m-%dT%H:%M:%SZ)\",$asan"
is "$(get .stack) $(get .count)" 'parse < main 2' 'a better one, late'
crash bing "$asan"
crash bing '"signal":6'
is "$(get .stack) $(get .count)" 'parse < main 2' \
    'of two without, that which tells something'
crash bung '"signal":6'
crash bung "$asan"
is "$(get .stack) $(get .count)" 'parse < main 2' 'in whatever order'

# Lists go by time.
cover() { json $v/results/coverage "{$who,\"edges\":$1${2:+,}${2:-}}"; }
cover 10 '"timestamp":"2026-11-23T18:00:00Z"'
cover 30 '"timestamp":"2026-11-23T19:00:00Z"'
pf-ingest -q
cover 20
cover 25 '"timestamp":"9999-12-31T23:59:59Z"'
is "$code" 200 'coverage at no time, and at the last'
pf-ingest -q
req GET "$v/results/coverage?job=$job"
is "$(get '[.coverage[] | "\(.edges):\(.new_edges)"] | sort | join(" ")')" \
    '10:10 20:0 25:0 30:20' 'what was new stays so'
is "$(get '[.coverage[] | select(.edges | . == 20 or . == 25) | .timestamp[:2]] | join(" ")')" \
    '20 20' 'at the time it was filed'
ok 'not at another' test "$(get '[.coverage[].timestamp] | max')" '<' \
    "$(date -u -d '+1 day' +%Y-%m-%d)"
json $v/results/corpus "{$who,\"files\":[{\"name\":\"a\",\"data\":\"YQ==\"}]}"
pf-ingest -q
req GET "$v/jobs/$job/corpus"
like "$(get '.files[0].uploaded_at')" '^20[2-9]' 'an input likewise'

# Numbers: the newest ones count.
number()
{
	json $v/results/status "{$who,\"executions\":$1${2:+,}${2:-}}"
	is "$code" 200 "numbers ${2:-at no time}"
	pf-ingest -q
	req GET "$v/jobs/$job"
}
number 100
is "$(get .progress.executions)" 100 'are shown'
like "$(get .progress.time)" '^20[2-9]' 'at a time'
number 200
is "$(get .progress.executions)" 200 'and the next'
number 300 '"timestamp":"9999-12-31T00:00:00Z"'
is "$(get .progress.executions)" 300 'at the end of time'
number 400
is "$(get .progress.executions)" 400 'which is not the last word'

run pf-ingest fsck
ran 0 'nothing is wrong with all that'
empty "$T/out" 'or said to be'
done_testing
