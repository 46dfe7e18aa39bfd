#!/bin/sh
# The OpenAPI document, and the methods of a path: what is in it comes from
# the route table and fits what is answered.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/httpd.sh
. "$PF_ROOT/t/lib/httpd.sh"

master
httpd
doc=/api/v1/openapi.json

req GET $doc
is "$code" 200 'without a database or a writer there is the document'
cp "$T/body" "$T/doc"
like "$(cat "$T/head")" '^Content-Type: application/json' 'JSON'
ok 'without an attachment' sh -c "! grep -qi '^Content-Disp' '$T/head'"
etag=$(sed -n 's/^ETag: \(".*"\).*/\1/p' "$T/head")
is "$etag" "\"$(sha256sum <"$T/doc" | cut -c 1-32)\"" 'its ETag is its hash'
req GET $doc -H "If-None-Match: $etag"
is "$code $(wc -c <"$T/body" | tr -d ' ')" '304 0' 'sent once'
req GET $doc -H 'If-None-Match: "other"'
is "$code" 200 'unless another one is known'
req GET $doc
ok 'it stays the same' cmp "$T/doc" "$T/body"
req HEAD $doc -I
is "$code" 200 'HEAD'
req POST $doc -d x
is "$code" 405 'it is only read'

# The table and the document have the same routes.
for f in "$PF_ROOT"/src/httpd/table/*.c; do
	${CC:-gcc} -E -P -I"$PF_ROOT" -I"$PF_ROOT/lib" -I"$PF_ROOT/src" "$f" |
	    sed -n '/^const struct route routes_/,/^};/p'
done | tr -d '\n\t' | sed 's/" *"//g; s/{ *\.method/\n&/g' |
    sed -n 's/^{ *\.method = "\([A-Z]*\)", *\.path = "\([^"]*\)".*/\1 \2/p' |
    sort >"$T/have"
jq -r '.paths | to_entries[] | .key as $p | .value | keys[] |
    "\(ascii_upcase) \($p)"' "$T/doc" | sort >"$T/told"
ok 'the document has paths' test -s "$T/told"
is "$(cat "$T/told")" "$(cat "$T/have")" 'all those of the table'
is "$(jq -r '[.paths[][].operationId] | group_by(.)[] | select(length > 1) |
    .[0]' "$T/doc")" '' 'each has a name of its own'
is "$(jq -r '.paths[][] | select(.description | test("Command line: `.+`") |
    not) | .operationId' "$T/doc")" '' 'and the command that does the same'
is "$(jq -r '[paths(scalars) as $p | select($p[-1] == "$ref") | getpath($p)] |
    unique[] | ltrimstr("#/components/") | split("/")' "$T/doc" -c |
    while read -r ref; do
	jq -e "getpath([\"components\"] + $ref)" "$T/doc" >/dev/null ||
	    echo "$ref"
    done)" '' 'no reference leads nowhere'

# A validator that is not ours, if setup could fetch it
NODE_PATH=$PF_ROOT/.build/npm/node_modules
export NODE_PATH
if [ -e "$NODE_PATH/../done" ] && command -v node >/dev/null; then
	check 'it is valid' 0 - - node "$PF_ROOT/t/lib/openapi.js" "$T/doc"
	sed 's/"type":"string"/"type":"strong"/' "$T/doc" >"$T/bad"
	check 'and one that is not would be seen' 0 '~strong|enum|type' - \
	    node "$PF_ROOT/t/lib/openapi.js" "$T/bad"
else
	skip 'no validator from npm here'
fi

# allow METHOD PATH: the methods that an answer tells of
allow()
{
	req "$@"
	printf '%s %s' "$code" \
	    "$(sed -n 's/^Allow: \([A-Z, ]*\).*/\1/p' "$T/head")"
}
is "$(allow OPTIONS /health)" '204 GET, HEAD, OPTIONS' 'OPTIONS of what is read'
is "$(allow OPTIONS /api/v1/results/batch)" '204 POST, OPTIONS' \
    'of what is written'
is "$(allow OPTIONS /api/v1/bots/b/job)" '204 GET, OPTIONS' \
    'and of GET that has an effect'
is "$(allow PUT /api/v1/bots/b/job)" '405 GET, OPTIONS' \
    'a wrong method tells the same'
is "$(allow OPTIONS /api/v1/nothing)" '404 ' 'OPTIONS of nothing'
is "$(allow OPTIONS '/api/v1/bots/..%2f/job')" '404 ' 'or of no path'
is "$(allow OPTIONS /health -d body)" '413 GET, HEAD, OPTIONS' \
    'it takes no body'
is "$(allow OPTIONS /api/v1/results/batch -H 'Origin: http://evil.example')" \
    '204 POST, OPTIONS' 'another site may ask'
ok 'but is allowed nothing' sh -c "! grep -qi '^Access-Control' '$T/head'"
httpd_stop
is "$status" 0 'it ends well'
done_testing
