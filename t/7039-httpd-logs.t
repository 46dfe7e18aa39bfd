#!/bin/sh
# pf-httpd: the log of a job line by line, and the program that it fuzzes.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/httpd.sh
. "$PF_ROOT/t/lib/httpd.sh"
need curl jq
v=/api/v1/jobs

seq 500 >"$T/my \"target\""
chmod +x "$T/my \"target\""
master_new
master_start httpd
job=$(pf-sched submit -N 'the job' -e libfuzzer -t "$T/my \"target\"")
other=$(pf-sched submit -N other -e libfuzzer -t "$T/my \"target\"")
L=$PF_STORAGE/logs/jobs/$job
seg() { printf '%s/%06d.%06d.%08d.log' "$L" "$1" "$2" "$3"; }
get() { jq -r "$1" "$T/body"; }
# lines: the messages, each in brackets
lines() { get '[.logs[].message | "<" + . + ">"] | join("")'; }

req GET "$v/$job/logs"
is "$code $(get '[.job_id, .job_name, .status, .count, .total_lines, .has_more] | join(" ")') $(get .next_offset) $(get .cursor)" \
    "200 $job the job pending 0 0 false null null" 'no log'
req GET "$v/$job/logs/exists"
is "$code $(get '[.job_id, .exists, .path] | join(" ")')" \
    "200 $job false logs/jobs/$job" 'there is none'

mkdir -p "$L"
printf 'one\ntwo\r\n\nfo\303ur\nfive "5"\nsix' >"$(seg 1 1 0)"
req GET "$v/$job/logs"
is "$(lines) $(get '[.count, .total_lines, .has_more] | join(" ")')" \
    "<one><two><><fo$(printf '\357\277\275')ur><five \"5\"> 5 5 false" \
    'lines that have their end'
is "$(get '.logs[0] | [.level, .source, .epoch, .attempt] | join(" ")') $(get '.logs[0].timestamp')" \
    'info libfuzzer 1 1 null' 'with what is known of them'
req GET "$v/$job/logs?limit=2"
is "$(lines) $(get '[.total_lines, .has_more, .next_offset] | join(" ")')" \
    '<one><two> 5 true 2' 'the first two'
first=$(get .cursor)
req GET "$v/$job/logs?limit=2&offset=2"
is "$(get '[.count, .total_lines, .has_more, .next_offset] | join(" ")')" \
    '2 5 true 4' 'the next, by their number'
req GET "$v/$job/logs?offset=4"
is "$(lines) $(get .has_more) $(get .next_offset)" '<five "5"> false null' \
    'the last'
req GET "$v/$job/logs?offset=5"
is "$code $(lines) $(get .total_lines)" '200  5' 'behind the last'
req GET "$v/$job/logs?offset=9223372036854775807"
is "$code $(lines)" '200 ' 'far behind it'
req GET "$v/$job/logs?cursor=$first&limit=3"
is "$(get .count) $(get .has_more) $(get .total_lines) $(get .next_offset)" \
    '3 false null null' 'the rest, by the place'
last=$(get .cursor)
tag=$(sed -n 's/^ETag: //p' "$T/head" | tr -d '\r')
like "$tag" '^"' 'it has a tag'
req GET "$v/$job/logs?cursor=$first&limit=3" -H "If-None-Match: $tag"
is "$code" 304 'and is the same'

# Who follows it misses nothing and gets nothing twice.
req GET "$v/$job/logs?cursor=$last"
is "$(lines) $(get .cursor)" " $last" 'nothing new'
printf 'ty\nseven\n' >>"$(seg 1 1 0)"
req GET "$v/$job/logs?cursor=$last"
is "$(lines)" '<sixty><seven>' 'a line that was half there'
last=$(get .cursor)
printf 'cut o' >>"$(seg 1 1 0)"
printf 'again\n\000\000\000more\n' >"$(seg 1 2 0)"
req GET "$v/$job/logs?cursor=$last"
is "$(lines)" '<cut o><[attempt 1.2]><again><[3 bytes are missing]><more>' \
    'another attempt, and what is missing'
is "$(get '[.logs[] | .level[0:1] + .source[0:1] + (.attempt | tostring)] | join(" ")')" \
    'il1 wp2 il2 wp2 il2' 'remarks are not of the engine'
# One by one from the beginning
req GET "$v/$job/logs?limit=1"
lines >"$T/one"
while [ "$(get .has_more)" = true ]; do
	req GET "$v/$job/logs?limit=1&cursor=$(get .cursor)"
	lines >>"$T/one"
done
req GET "$v/$job/logs"
is "$(tr -d '\n' <"$T/one")" "$(lines)" 'one by one it is the same'
is "$(get .logs[].message)" "$(pf-report log "$job" | tr -d '\r' |
    sed "s/fo.ur/fo$(printf '\357\277\275')ur/; s/cut o/&\\
/")" 'and what the command line says'

# The beginning is given up: the place stays.
rm "$(seg 1 1 0)"
req GET "$v/$job/logs?cursor=$first&limit=2"
is "$(lines)" '<[attempt 1.2]><again>' 'what is left of it'
printf 'x\n' >"$(seg 1 3 2)"
req GET "$v/$job/logs?offset=4"
is "$(lines)" '<[attempt 1.3]><[the first 2097152 bytes are not kept]><x>' \
    'a beginning that is not kept'

# Much of it.
{
	head -c 100000 /dev/zero | tr '\0' y
	echo
	echo short
} >"$(seg 1 4 0)"
req GET "$v/$job/logs?offset=8"
is "$(get '.logs[0].message | length') $(get '.logs[1].message')" '4096 short' \
    'a long line is cut'
seq 1000 | sed 's/.*/&                                                  /
    s/.*/&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&&/' |
    head -c 1000000 >"$(seg 1 5 0)"
cp "$(seg 1 5 0)" "$(seg 1 6 0)"
cp "$(seg 1 5 0)" "$(seg 1 7 0)"
req GET "$v/$job/logs?limit=10000"
is "$(get '.count < .total_lines and .has_more and .next_offset == .count')" \
    true 'an answer has its limit'
ok 'of two MiB' test "$(wc -c <"$T/body")" -lt 2300000
all=$(get .total_lines) n=$(get .count)
req GET "$v/$job/logs?limit=10000&cursor=$(get .cursor)"
is $((n + $(get .count))) "$all" 'the rest comes after it'
req GET "$v/$job/logs?limit=10000" -H 'Accept-Encoding: gzip'
ok 'packed it is small' test "$(wc -c <"$T/body")" -lt 300000

req GET "$v/$job/logs/exists"
is "$(get '.exists and .bytes > 3000000')" true 'now it exists'
for bad in limit=0 limit=10001 limit=x offset=-1 offset= cursor= cursor=x \
    "cursor=${last}0" "offset=1&cursor=$last"; do
	req GET "$v/$job/logs?$bad"
	is "$code $(get .field)" "422 ${bad%%=*}" \
	    "logs?$(echo "$bad" | cut -c 1-30)"
done
for path in logs logs/exists binary/download; do
	req GET "$v/nobody/$path"
	is "$code $(get .class)" '404 notfound' "no job: $path"
	req PUT "$v/$job/$path"
	is "$code" 405 "only read: $path"
done
req GET "$v/$other/logs?cursor=$last"
is "$code $(get .count)" '200 0' 'the place of another job is no place here'

# What it fuzzes.
req GET "$v/$job/binary/download"
ok 'the target' cmp "$T/body" "$T/my \"target\""
like "$(cat "$T/head")" \
    '^Content-Disposition: attachment; filename="my__target_"' \
    'under a name that is no harm'
sha=$(sha256sum <"$T/my \"target\"" | cut -c 1-64)
like "$(cat "$T/head")" "^ETag: \"$sha\"" 'with its tag'
req GET "$v/$job/binary/download" -H 'Range: bytes=2-3'
is "$code $(cat "$T/body")" '206 2' 'a part of it'
mv "$PF_STORAGE/targets/$sha" "$T/away"
req GET "$v/$job/binary/download"
is "$code $(get .class)" '404 notfound' 'one that is not there'
is "$(grep -c Content-Disposition "$T/head")" 0 'is no file'
mv "$T/away" "$PF_STORAGE/targets/$sha"
done_testing
