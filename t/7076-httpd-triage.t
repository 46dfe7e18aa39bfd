#!/bin/sh
# pf-httpd: what is known of crashes beyond their rows: builds and what
# becomes of crashes on them, the rules, why a thing is as it is, and lists
# for other programs; each as the command that does the same has it.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/httpd.sh
. "$PF_ROOT/t/lib/httpd.sh"
need jq sqlite3
v=/api/v1

printf '#!/bin/sh\n' >"$T/t1"
printf '#!/bin/sh\n# the next one\n' >"$T/t2"
chmod +x "$T/t1" "$T/t2"
master_new
master_start httpd
submit a libfuzzer "$T/t1" -C camp; a=$job
sha() { sha256sum <"$1" | cut -d ' ' -f 1; }
get() { jq -r "$1" "$T/body"; }
camp=$(master_sql "SELECT id FROM campaigns WHERE name = 'camp'")
for n in one two three; do
	printf '%s' $n >"$T/in"
	mkpack crash "$a" b1 -d "$PF_SPOOL" -f type=segfault -f signal=11 \
	    -f engine=libfuzzer -f "stack=parse_$n < main" "$T/in" >/dev/null
done
pf-ingest -q
crash=$(master_sql "SELECT id FROM crashes WHERE stack LIKE 'parse_one%'")

# Files
t2=$(sha "$T/t2")
bytes='Content-Type: application/octet-stream'
req POST $v/blobs -H "$bytes" --data-binary "@$T/t2"
is "$code $(cat "$T/body")" \
    "202 {\"sha256\":\"$t2\",\"size\":$(wc -c <"$T/t2"),\"filed\":false}" \
    'a file is taken'
new="{\"target\":{\"sha256\":\"$t2\",\"name\":\"t2\"}}"
json "$v/campaigns/$camp/builds" "$new"
is "$code $(member field)" '404 target' 'and is no build before it is filed'
like "$(get .details)" 'POST /api/v1/blobs' 'what brings it'
check 'pf-ingest' 0 '*' - pf-ingest
check 'files it' 0 '*' - pf-ingest fsck
req GET "$v/blobs/$t2"
ok 'just as it was' cmp "$T/body" "$T/t2"
req POST $v/blobs -H "$bytes" --data-binary "@$T/t2"
is "$code $(get .filed)" '200 true' 'sent again it is there'
is "$(find "$PF_SPOOL/new" -type f | wc -l)" 0 'and not kept twice'
head -c 3000000 /dev/urandom >"$T/large"
req POST $v/blobs -H "$bytes" --data-binary "@$T/large"
is "$code $(get .sha256)" "202 $(sha "$T/large")" 'a large one in pieces'
req POST $v/blobs -H "$bytes" -H 'Transfer-Encoding: chunked' \
    --data-binary "@$T/large"
is "$code $(get .sha256)" "202 $(sha "$T/large")" 'and in chunks'
req POST $v/blobs -H "$bytes" --data-binary ''
is "$code $(get .error)" '422 the file is empty' 'an empty one'
json $v/blobs '{}'
is "$code" 415 'JSON is no file'
check 'both' 0 '*' - pf-ingest

# Builds
req POST "$v/campaigns/$camp/builds?dry=1" --data-binary "$new" \
    -H 'Content-Type: application/json'
is "$code $(jq -c 'del(.campaign_id)' "$T/body")" \
    '200 {"build":null,"new":true,"dry":true,"jobs":[],"crashes":0,"whole":true}' \
    'a dry run'
is "$(master_sql 'SELECT count(*) FROM builds')" 0 'changes nothing'
json "$v/campaigns/$camp/builds" "$new"
is "$code $(jq -c '[.build, .new, .dry, (.jobs | length), .crashes, .whole]' \
    "$T/body")" '201 [1,true,false,1,3,true]' 'a build runs all crashes'
is "$(master_sql "SELECT kind FROM jobs WHERE id = '$(get '.jobs[0]')'")" \
    regress 'by a job'
json "$v/campaigns/$camp/builds" "$new"
is "$code $(jq -c '[.build, .new, .jobs]' "$T/body")" '200 [1,false,[]]' \
    'sent again it makes no other'
req GET "$v/campaigns/$camp/builds"
pf-report -j builds camp >"$T/want"
is "$code $(jq -c '.builds[]' "$T/body")" "200 $(cat "$T/want")" \
    'the builds, as pf-report has them'
req GET "$v/campaigns/$camp/regressions"
is "$code $(jq -c '.regressions[] | [.build, .verdict, .runs, .job_status]' \
    "$T/body" | sort -u)" '200 [1,"unknown",0,"pending"]' 'nothing known yet'
pf-report -j regressions -C camp | jq -r '[.crash, .verdict, .enough]
    | join(" ")' | sort >"$T/want"
is "$(get '.regressions[] | [.crash, .verdict, .enough] | join(" ")' |
    sort)" "$(cat "$T/want")" 'as pf-report has it'
got='' cursor=
for i in 1 2 3 4; do
	req GET "$v/campaigns/$camp/regressions?limit=1&cursor=$cursor"
	[ -n "$cursor" ] ||
	    req GET "$v/campaigns/$camp/regressions?limit=1"
	got="$got $(get '.regressions[].crash')"
	cursor=$(get .next_cursor)
	[ "$cursor" != null ] || break
done
is "$i $(echo "$got" | xargs -n 1 | sort -u | grep -c .)" '3 3' 'in pages'
req GET "$v/campaigns/$camp/regressions?build=2"
is "$code $(get .count)" '200 0' 'of a build that there is not'
while IFS='|' read -r path body want; do
	json "$path" "$body"
	is "$code $(member field)" "$want" "$path $body"
	like "$(get .details)" . 'what to do'
done <<END
$v/campaigns/nobody/builds|$new|404 campaign
$v/campaigns/$camp/builds|{}|422 target
$v/campaigns/$camp/builds|{"target":"$t2"}|422 target
$v/campaigns/$camp/builds|{"target":{"sha256":"x","name":"n"}}|422 target.sha256
$v/campaigns/$camp/builds|{"target":{"sha256":"$t2","name":"a/b"}}|422 target
$v/campaigns/$camp/builds|{"target":{"sha256":"$t2","name":"n"},"engine":" "}|422 engine
$v/campaigns/$camp/builds|{"target":{"sha256":"$t2","name":"n"},"engine":"afl"}|409 engine
$v/campaigns/$camp/builds|{"target":{"sha256":"$t2","name":"n"},"x":1}|422 x
END

# Why
req GET "$v/results/crashes/$crash/explain"
cp "$T/body" "$T/why"
pf-report -j explain crash "$crash" >"$T/want"
ok 'why a crash is in its bucket, as pf-report has it' \
    cmp "$T/why" "$T/want"
is "$(jq -r .by "$T/why")" 'major hash' 'which says by what'
req GET "$v/jobs/$a/explain"
is "$code $(cat "$T/body")" "200 $(pf-report -j explain job "$a")" \
    'why a job waits'
json $v/bots/register '{"hostname":"h","capabilities":["libfuzzer"]}'
bot=$(member bot_id)
req GET "$v/bots/$bot/explain"
is "$code $(cat "$T/body")" "200 $(pf-report -j explain bot "$bot")" \
    'why a bot has no job'
for path in results/crashes/nobody jobs/nobody bots/nobody; do
	req GET "$v/$path/explain"
	is "$code" 404 "$path is not there"
done

# Rules
req GET $v/rules
is "$code $(jq -c '[.rules, .text, .applied_at, .before, .coming]' \
    "$T/body")" '200 [0,"",null,null,null]' 'only the built-in rules'
none=$(get .version)
rules="merge $(jq -r .key "$T/why") $(pf-report -j explain crash \
    "$(master_sql "SELECT id FROM crashes WHERE stack LIKE 'parse_two%'")" |
    jq -r .key)"
printf '%s\n' "$rules" >"$T/rules"
text='Content-Type: text/plain'
req PUT "$v/rules?dry=1" -H "$text" --data-binary "@$T/rules"
is "$code $(jq -c '[.dry, .crashes, .whole]' "$T/body")" '200 [true,3,true]' \
    'a dry run of other rules'
pf-report -j rebucket "$T/rules" >"$T/want"
is "$(jq -c '.changes[]' "$T/body")" "$(cat "$T/want")" \
    'what they would do, as pf-report has it'
ok 'which is something' test -s "$T/want"
version=$(get .version)
req GET $v/rules
is "$(get .version)" "$none" 'changes nothing'
req PUT $v/rules -H "$text" --data-binary "@$T/rules"
is "$code $(jq -c '[.version, .in_force]' "$T/body")" \
    "202 [\"$version\",\"$none\"]" 'other rules come'
in_force() { req GET $v/rules; [ "$(get '.version + "\(.coming)"')" = "$1null" ]; }
ok 'and are in force' until_true 10 in_force "$version"
is "$(get .text)" "$rules" 'with their text'
is "$(pf-report rules)" "$rules" 'as pf-report has it'
is "$(get .before)" "$none" 'and what was before'
is "$(master_sql 'SELECT count(*) FROM buckets')" 2 'two crashes are one'
req PUT $v/rules -H 'Content-Type: application/json' \
    --data-binary "$(jq -cRs '{text: .}' "$T/rules")"
is "$code $(get .in_force)" "200 $version" 'the same once more, in JSON'
json "$v/rules/undo?dry=1" "{\"version\":\"$version\"}"
is "$code $(jq -c '[.version, .dry]' "$T/body")" "200 [\"$none\",true]" \
    'what undo would do'
json $v/rules/undo '{"version":"2+ffffffff"}'
is "$code $(member field)" '409 version' 'not those that were applied last'
json $v/rules/undo "{\"version\":\"$version\"}"
is "$code $(get .version)" "202 $none" 'undo'
ok 'they are gone' until_true 10 in_force "$none"
is "$(master_sql 'SELECT count(*) FROM buckets')" 3 'and all is as it was'
json $v/rules/undo "{\"version\":\"$version\"}"
is "$code" 409 'sent again nothing is taken back'
json $v/rules/undo '{}'
is "$code $(member field)" '422 version' 'which must be said'
while IFS='|' read -r type body want; do
	# shellcheck disable=SC2059
	printf "$body" >"$T/bad"
	req PUT $v/rules -H "Content-Type: $type" --data-binary "@$T/bad"
	is "$code/$(member field)" "$want" "rules as $type $body"
	like "$(get .details)" . 'what to do'
done <<END
text/plain|merge|422/text
text/plain|what is this\\n|422/text
text/plain|merge a\\0b\\n|422/text
text/plain|# \\377\\n|422/text
application/json|{"text":"split x"}|422/text
application/json|{}|422/text
application/json|{"text":1}|422/text
application/json|{"text":""|400/
application/xml|x|415/
END
{ printf '# '; head -c 70000 /dev/zero | tr '\0' x; echo; } >"$T/bad"
req PUT $v/rules -H "$text" --data-binary "@$T/bad"
is "$code $(member field)" '413 text' 'rules that no op line holds'
req GET $v/rules
is "$(get .version)" "$none" 'none of which came into force'

# Lists for others
req GET "$v/results/sarif?campaign=camp&root=/src"
pf-report crashes -o sarif -C camp -d /src >"$T/want"
is "$code $(grep -i '^content-type' "$T/head" | tr -d '\r')" \
    '200 Content-Type: application/sarif+json' 'SARIF'
ok 'as pf-report has it' cmp "$T/body" "$T/want"
is "$(get '.runs[0].results | length')" 3 'with all buckets'
req GET "$v/results/junit?job=$a&limit=2"
pf-report -n 2 crashes -o junit -J "$a" >"$T/want"
is "$code $(grep -i '^content-disposition' "$T/head" | tr -d '\r')" \
    '200 Content-Disposition: attachment; filename="crashes.xml"' 'JUnit'
ok 'as pf-report has it' cmp "$T/body" "$T/want"
req GET "$v/results/sarif?type=none"
is "$code $(get '.runs[0].results | length')" '200 0' 'nothing'
for want in '404 campaign=nobody' '404 job=nobody' '422 limit=0' \
    '422 limit=1001' '400 campaing=camp'; do
	req GET "$v/results/sarif?${want#* }"
	is "$code $(grep -i '^content-type' "$T/head" | tr -d '\r')" \
	    "${want% *} Content-Type: application/json" "${want#* }"
done
master_stop
done_testing
