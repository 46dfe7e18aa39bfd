#!/bin/sh
# pf-httpd: which requests are understood, and how the others are refused.
. "$(dirname "$0")/lib/tap.sh"
. "$(dirname "$0")/lib/httpd.sh"
need jq

master
printf 'the blob' >"$T/blob"
sha=$(sha256sum <"$T/blob" | cut -c 1-64)
mkdir "$T/m/targets/$sha"
cp "$T/blob" "$T/m/targets/$sha/data"
link=$(echo link | sha256sum | cut -c 1-64)
mkdir -p "$T/m/targets/$link"
ln -s /etc/passwd "$T/m/targets/$link/data"
dir=$(echo dir | sha256sum | cut -c 1-64)
mkdir -p "$T/m/targets/$dir/data"
none=$(echo none | sha256sum | cut -c 1-64)
httpd
v=/api/v1

req GET /health
is "$code $(member status)" '200 ok' 'health'
req GET $v/status
is "$code $(member status)" '200 degraded' 'status without a writer'
like "$(cat "$T/body")" '"writer":false.*"database":false' 'says what misses'

# Blobs.
req GET "$v/blobs/$sha"
is "$code" 200 'a blob'
ok 'its bytes' cmp "$T/body" "$T/blob"
like "$(cat "$T/head")" "ETag: \"$sha\"" 'its tag'
req GET "$v/blobs/$sha" -H "If-None-Match: \"$sha\""
is "$code" 304 'nothing new'
code=$(curl -sI -m 5 -o "$T/head" -w '%{http_code}' "$url$v/blobs/$sha")
is "$code" 200 'HEAD of a blob'
like "$(cat "$T/head")" 'Content-Length: 8' 'has its length'
for bad in "$none" "$link" "$dir" "${sha}0" "$(printf %.63s "$sha")" \
    "$(echo "$sha" | tr a-f A-F)x" ../../etc/passwd '..' '%2e%2e' \
    "..%2f..%2fetc%2fpasswd" "$sha%00" "$sha/" "$sha%" "$sha%zz" ''; do
	req GET "$v/blobs/$bad"
	case $code in
	404 | 403 | 500) pass "no blob: $bad" ;;
	*) fail "no blob: $bad ($code)" ;;
	esac
done
ok 'nothing of a link is told' sh -c "! grep -q root: '$T/body'"

# Paths and methods.
for bad in / // $v $v/ /Health /health/ /health%00 "$v//status" \
    $v/bots/UPPER/job "$v/bots/a..b/job" "$v/bots/a%2fb/job" \
    "$v/bots/$sha$sha/job" "$v/bots//job"; do
	req GET "$bad"
	is "$code $(member class)" '404 notfound' "no such path: $bad"
done
req GET "$v/stat%75s"
is "$code" 200 'an escaped letter is that letter'
like "$(cat "$T/body")" '"timestamp":"20..-..-..T..:..:..\....Z"' \
    'times are RFC 3339'
req PUT /health
is "$code" 405 'a wrong method'
like "$(cat "$T/head")" 'Allow: GET, HEAD' 'and those there are'
req GET $v/bots/register
is "$code" 405 'GET of what is POST'
like "$(cat "$T/head")" 'Allow: POST, OPTIONS.?$' 'which is no id of a bot'
req POST $v/bots/b
is "$code" 405 'POST of what is not'
like "$(cat "$T/head")" 'Allow: GET, HEAD, DELETE, OPTIONS.?$' 'and all of the path'
code=$(curl -sI -m 5 -o "$T/head" -w '%{http_code}' "$url$v/bots/b/job")
is "$code" 405 'HEAD does not claim'

# Bodies.
json $v/bots/register '{"hostname":"h","capabilities":["libfuzzer"]}'
is "$code $(member class)" '503 busy' 'without a writer'
like "$(cat "$T/head")" 'Retry-After: [0-9]' 'and when to come again'
for bad in '{' '' '[]' '{"a":1,"a":2}' '{"a":1}x' 'hostname=h'; do
	json $v/bots/register "$bad"
	is "$code $(member class)" '400 usage' "not a JSON object: $bad"
done
json $v/bots/register '{"hostname":1}'
is "$code $(member field)" '422 hostname' 'a member of the wrong type'
json $v/bots/register '{"hostname":"h"}'
is "$code $(member field)" '422 capabilities' 'a member the shape needs'
json $v/bots/register '{"hostname":"h","capabilities":"libfuzzer"}'
is "$code $(member field)" '422 capabilities' 'text where a list must be'
json $v/bots/register '{"hostname":"h","capabilities":[1]}'
is "$code $(member field)" '422 capabilities' 'a number in a list of texts'
json $v/bots/b/job/start '{}'
is "$code $(member field)" '422 job_id' 'a member that is missing'
json $v/bots/b/job/start '{"job_id":"../x"}'
is "$code $(member field)" '422 job_id' 'not an id'
json $v/bots/b/job/start '{"job_id":"x","epoch":-1}'
is "$code $(member field)" '422 epoch' 'a number out of range'
json $v/bots/b/job/complete '{"job_id":"x","epoch":1,"attempt":1}'
is "$code $(member field)" '422 success' 'neither success nor result'
req POST $v/bots/register --data-binary '{}' -H 'Content-Type: text/plain'
is "$code" 415 'a wrong type'
req POST $v/bots/register --data-binary '{}' -H 'Content-Type:'
is "$code" 415 'no type'
req POST $v/bots/register \
    --data-binary '{"hostname":"h","capabilities":["libfuzzer"]}' \
    -H 'Content-Type: Application/JSON; charset=utf-8'
is "$code" 503 'a type with a parameter'
# What the Go program has and this does not: told what there is instead, which
# there must be.
req GET $v/openapi.json
cp "$T/body" "$T/openapi"
: >"$T/stale"
while read -r method path; do
	req "$method" "$path"
	is "$code $(jq '.details | test("openapi.json")' "$T/body")" \
	    '404 false' "instead of $method $path"
	jq -r .details "$T/body" | grep -oE '[A-Z]+ /api/[^ ,;?]*' |
	    while read -r m there; do
		jq -e --arg p "$there" --arg m "$m" \
		    '.paths[$p][$m | ascii_downcase]' "$T/openapi" >"$T/null" ||
		    echo "$m $there" >>"$T/stale"
	    done
done <<END
GET $v/bots/b/resources
POST $v/timeouts/bot/b
POST $v/timeouts/job/j
GET $v/jobs/j/corpus/seed.txt
DELETE $v/jobs/j/corpus/%2e%2e
POST $v/system/maintenance
POST $v/system/recovery
POST $v/campaigns/c/restart
POST $v/campaigns/c/binary
POST $v/campaigns/c/corpus/sync
POST $v/campaigns/c/corpus/share
GET $v/campaigns/c/corpus/evolution
GET $v/campaigns/c/corpus/files
GET $v/campaigns/c/corpus/files/x
GET $v/crashes/c/stacktrace
GET $v/health
GET /timeouts
GET /api/v2/ws
END
empty "$T/stale" 'which there all is'
for path in $v/bots/b/resource $v/timeouts/bots/b $v/system \
    $v/jobs/j/corpus/a%2fb $v/jobs/j/corpus/a/b /api/v3/ws; do
	req GET "$path"
	like "$code $(jq -r .details "$T/body")" '^404 GET .*openapi.json' \
	    "instead of $path nothing but what there is"
done
for coding in gzip deflate 'identity, gzip' x; do
	json $v/bots/register '{"hostname":"h","capabilities":["libfuzzer"]}' \
	    -H "Content-Encoding: $coding"
	is "$code" 415 "a body in $coding"
done
like "$(member details)" 'as it is' 'what to do instead'
json $v/bots/register '{"hostname":"h","capabilities":["libfuzzer"]}' \
    -H 'Content-Encoding: Identity'
is "$code" 503 'that is none'
req POST $v/jobs/j/corpus -H 'Content-Type: application/octet-stream' \
    -H 'Content-Encoding: gzip' --data-binary x
is "$code" 415 'nor is an input kept packed'
head -c 65537 /dev/zero >"$T/big"
json $v/bots/register "@$T/big"
is "$code" 413 'a body over the limit'
json $v/bots/register "@$T/big" -H 'Transfer-Encoding: chunked'
is "$code" 413 'a body over the limit in chunks'
req DELETE $v/bots/b --data-binary 'x' -H 'Content-Type:'
is "$code" 413 'a body where there is none'
json $v/bots/register '{"hostname":"h"}' -H 'Origin: http://evil.example'
is "$code $(member class)" '403 denied' 'a write from another site'
json $v/bots/register '{"hostname":"h","capabilities":["libfuzzer"]}' -H "Origin: $url"
is "$code" 503 'a write from its own'
req GET /health -H 'Origin: http://evil.example'
is "$code" 200 'reading harms nobody'
like "$(cat "$T/head" && echo end)" 'end' 'and no CORS header'
ok 'no CORS header' sh -c "! grep -qi access-control '$T/head'"

# What two parsers could read in two ways.
post="POST $v/bots/register HTTP/1.1\r\nContent-Type: application/json\r\n"
raw "${post}Host: localhost\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{} "
is "$code" 400 'two lengths'
raw "${post}Host: localhost\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}"
is "$code" 400 'the same length twice'
raw "${post}Host: localhost\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
is "$code" 400 'a length and chunks'
like "$(cat "$T/raw")" 'Connection: close' 'and the connection is closed'
raw "${post}Host: localhost\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\n\r\n{}"
is "$code" 400 'two hosts'
raw "${post}Content-Length: 2\r\n\r\n{}"
is "$code" 400 'no host'
raw "${post}Host: localhost\r\nContent-Length: 2x\r\n\r\n{}"
is "$code" 400 'a length that is no number'
raw "${post}Host: localhost\r\nContent-Length: -2\r\n\r\n{}"
is "$code" 400 'a length below zero'
raw "${post}Host: localhost\r\nTransfer-Encoding: gzip\r\n\r\n{}"
is "$code" 400 'an unknown coding'
raw "${post}Host: localhost\r\nConnection: close\r\n\r\n"
is "$code" 411 'no length'
raw 'GARBAGE\r\n\r\n'
case $code in
400 | '') pass 'garbage' ;;
*) fail "garbage ($code)" ;;
esac
raw "GET $v/status HTTP/1.1\r\nHost: localhost\r\n\r\nGET /health HTTP/1.0\r\nHost: localhost\r\n\r\n"
is "$(grep -c '^HTTP/1.1 200' "$T/raw")" 2 'requests one after the other'

req GET /health
is "$code" 200 'it still answers'
httpd_stop
ran 0 'and ends as it should'
is "$(cat "$T/h.err")" '' 'and said nothing'
done_testing
