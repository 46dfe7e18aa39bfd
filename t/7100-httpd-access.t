#!/bin/sh
# pf-httpd: who may ask.  By which names it is called, which pages may write,
# what its answers let a browser do, and the token.
. "$(dirname "$0")/lib/tap.sh"
. "$(dirname "$0")/lib/httpd.sh"

master
base=$(cat "$T/conf")
printf 'the blob' >"$T/blob"
sha=$(sha256sum <"$T/blob" | cut -c 1-64)
mkdir "$T/m/targets/$sha"
cp "$T/blob" "$T/m/targets/$sha/data"
v=/api/v1
good='{"hostname":"h","capabilities":["libfuzzer"]}'

# with KEY=VALUE ...: a server with these in section [http]
with()
{
	[ -z "${httpd-}" ] || httpd_stop
	{
		printf '%s\n[http]\n' "$base"
		[ $# -eq 0 ] || printf '%s\n' "$@"
	} >"$T/conf"
	httpd
}

# refuses NAME ERE KEY=VALUE ...: no start
refuses()
{
	name=$1 why=$2
	shift 2
	{
		printf '%s\n[http]\n' "$base"
		printf '%s\n' "$@"
	} >"$T/conf"
	check "$name" 78 - "$why" timeout 5 pf-httpd -l 127.0.0.1:0
}

# host NAME CODE ...: what GET /health with these Host headers is answered
host()
{
	host_want=$1
	shift
	for host_name in "$@"; do
		req GET /health -H "Host: $host_name"
		is "$code" "$host_want" "Host: $host_name"
	done
}

# Names.
with
own=$(uname -n)
host 200 localhost localhost:80 localhost: LocalHost localhost. "$own" "${own%%.*}:8080" \
    127.0.0.1 127.0.0.1:1 10.1.2.3:8080 '[::1]' '[::1]:8080' '[fe80::1]'
host 421 evil.example evil.example:8080 localhost.evil.example xlocalhost \
    127.0.0.1.evil.example 127.1 0x7f000001 2130706433 '[::1' '[evil]' \
    '[127.0.0.1]' ::1 '[]' . : :80 localhost:port \
    localhost:123456 localhost:80:80 u@localhost localhost/ 'localhost x' \
    'localhost, evil' "$(printf '\303\251')" '"'
ok 'the answer is JSON' jq -e '.status == 421 and .class == "denied"' \
    "$T/body"
req GET /health -H 'Host: evil.example'
like "$(cat "$T/body")" 'evil.example.*set hosts in section \[http\]' \
    'and says what to do'
raw 'GET /health HTTP/1.0\r\n\r\n'
is "$code" 200 'HTTP/1.0 needs no host'
raw 'GET /health HTTP/1.1\r\nHost:\r\n\r\n'
is "$code" 421 'an empty one'
json $v/bots/register "$good" -H 'Host: evil.example'
is "$code" 421 'a write by another name'
req GET /none -H 'Host: evil.example'
is "$code" 421 'nor does it hear what there is'
raw 'GET http://localhost/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'
is "$code" 200 'a whole URL'
raw 'GET HTTP://LOCALHOST HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'
is "$code" 404 'one without a path'
for bad in http://evil.example/health http:///health http://localhost:1/health \
    http://localhost@evil/health; do
	raw "GET $bad HTTP/1.1\r\nHost: localhost\r\n\r\n"
	is "$code" 400 "a URL of another host: $bad"
done
raw 'GET http://evil.example/health HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n'
is "$code" 421 'nor by that of another name'
for bad in https://localhost/health ftp://localhost/health localhost:80 '*'; do
	raw "GET $bad HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
	is "$code" 404 "no target: $bad"
done

with 'hosts = fuzz.example, www.fuzz.example	Other.Example'
host 200 fuzz.example fuzz.example:8080 WWW.fuzz.example. other.example \
    localhost 127.0.0.1
host 421 fuzz.example.evil x.fuzz.example example
with 'hosts = *'
host 200 whatever.example
host 200 localhost
refuses 'a URL is not a name' \
    '~^pf-httpd: hosts in \[http\]: "http://a" is not a name' 'hosts = http://a'
refuses 'nor is one with a port' '~"a:80" is not a name' 'hosts = b a:80'
refuses 'nor a pattern' '~"\*\.a" is not a name' 'hosts = *.a'

# Pages of other sites.
with
page()
{
	page_name=$1 page_want=$2
	shift 2
	json $v/bots/register "$good" "$@"
	is "$code" "$page_want" "a write: $page_name"
}
page 'no browser' 503
page 'its own page' 503 -H "Origin: $url" -H 'Sec-Fetch-Site: same-origin'
page 'by hand' 503 -H 'Sec-Fetch-Site: none'
page 'another site' 403 -H 'Origin: http://evil.example'
is "$(member class)" denied 'the class of that'
page 'a page without an origin' 403 -H 'Origin: null'
page 'an empty one' 403 -H 'Origin;'
page 'another port' 403 -H 'Origin: http://127.0.0.1:1'
page 'another scheme' 403 -H "Origin: ftp://$addr"
page 'its name in the path' 403 -H "Origin: http://evil.example/$addr"
page 'its name after a user' 403 -H "Origin: http://x@$addr"
page 'two of them' 400 -H "Origin: $url" -H 'Origin: http://evil.example'
page 'cross-site' 403 -H 'Sec-Fetch-Site: cross-site'
page 'a sister site' 403 -H 'Sec-Fetch-Site: same-site'
page 'what is no word of it' 403 -H 'Sec-Fetch-Site: nowhere'
page 'an origin that lies' 403 -H "Origin: $url" -H 'Sec-Fetch-Site: cross-site'
req GET "$v/bots/b/job" -H 'Sec-Fetch-Site: cross-site'
is "$code" 403 'an image cannot claim a job'
req DELETE "$v/bots/b" -H 'Origin: http://evil.example'
is "$code" 403 'nor a page delete a bot'
req GET $v/status -H 'Sec-Fetch-Site: cross-site' -H 'Origin: null'
is "$code" 200 'a link from elsewhere is followed'
req OPTIONS $v/bots/register -H 'Origin: http://evil.example' \
    -H 'Access-Control-Request-Method: POST' \
    -H 'Access-Control-Request-Headers: content-type'
is "$code $(grep -ic '^access-control' "$T/head")" '204 0' \
    'no leave is given beforehand'
ok 'by no header' sh -c "! grep -qi access-control '$T/head'"
for type in text/plain application/x-www-form-urlencoded \
    multipart/form-data application/jsonx application text/plain+json; do
	req POST $v/bots/register --data-binary "$good" \
	    -H "Content-Type: $type"
	is "$code" 415 "what a form can send: $type"
done

# What every answer says.
guards()
{
	tr -d '\r' <"$T/head" | sed -n 's/^\(X-[^:]*\|Refer[^:]*\|Cross[^:]*\|Content-Sec[^:]*\|Content-Disp[^:]*\): /\1=/p' |
	    sort | tr '\n' '|'
}
want="Content-Security-Policy=default-src 'none'; frame-ancestors 'none'|Cross-Origin-Resource-Policy=same-origin|Referrer-Policy=no-referrer|X-Content-Type-Options=nosniff|X-Frame-Options=DENY|"
for path in /health $v/status /none "$v/blobs/$sha$sha" $v/bots/b/job; do
	req GET "$path"
	is "$(guards)" "$want" "headers of $code $path"
done
req PUT /health
is "$code $(guards)" "405 $want" 'of a wrong method'
req GET /health -H 'Host: evil.example'
is "$code $(guards)" "421 $want" 'of a wrong name'
req GET "$v/blobs/$sha"
is "$code $(guards)" "200 Content-Disposition=attachment|$want" 'of a file'

# The token.
secret=0123456789abcdef-._~+/=
printf '  %s\n\n' "$secret" >"$T/token"
refuses 'a file that everybody may read' '~token: its mode .*chmod o= it' \
    "token_file = $T/token"
chmod 602 "$T/token"
refuses 'or write' '~its mode' "token_file = $T/token"
refuses 'no file' '~^pf-httpd: token file .*none: No such file' \
    "token_file = $T/none"
refuses 'a directory' '~not a file' "token_file = $T/s"
refuses 'no path' '~is not an absolute path' 'token_file = token'
for bad in '' short 'two words_of_it_here' 'quoted"0123456789' \
    "$(head -c 600 /dev/zero | tr '\0' x)"; do
	printf '%s' "$bad" >"$T/bad"
	chmod 600 "$T/bad"
	refuses "not a token: $(printf %.20s "$bad")" '~a token (is|has)' \
	    "token_file = $T/bad"
done
head -c 5000 /dev/zero >"$T/bad"
refuses 'a large file' '~larger than' "token_file = $T/bad"

chmod 640 "$T/token"
with "token_file = $T/token"
auth()
{
	auth_name=$1 auth_want=$2
	shift 2
	json $v/bots/register "$good" "$@"
	is "$code" "$auth_want" "$auth_name"
}
auth 'the token' 503 -H "Authorization: Bearer $secret"
auth 'in small letters' 503 -H "authorization: bearer  $secret "
auth 'none' 401
ok 'its answer is JSON' jq -e '.status == 401 and (.error | length > 0)' \
    "$T/body"
like "$(cat "$T/head")" '^WWW-Authenticate: Bearer realm=' 'says what is asked'
for bad in "Bearer ${secret}x" "Bearer ${secret%?}" 'Bearer ' Bearer '' \
    "Basic $secret" "$secret" "Bearer$secret" "Bearer x $secret" \
    "Bearer $(echo "$secret" | tr a-f A-F)" \
    "Bearer $(head -c 3000 /dev/zero | tr '\0' x)"; do
	auth "not the token: $(printf %.30s "$bad")" 401 \
	    -H "Authorization: $bad"
done
auth 'two of them: the first counts' 401 -H 'Authorization: Bearer no' \
    -H "Authorization: Bearer $secret"
head -c 60000 /dev/zero >"$T/big"
json $v/bots/register "@$T/big"
is "$code" 401 'nor is a body looked at'
req GET "$v/blobs/$sha"
is "$code" 401 'no blob'
ok 'of which nothing is told' sh -c "! grep -q 'the blob' '$T/body'"
req GET "$v/blobs/$sha" -H "Authorization: Bearer $secret"
is "$code" 200 'with it there is one'
req GET /none
is "$code" 401 'nobody hears what there is'
req PUT $v/status
is "$code" 401 'or how it is asked'
req GET /none -H "Authorization: Bearer $secret"
is "$code" 404 'but with the token'
req GET /health
is "$code" 200 'health is open'
req PUT /health
is "$code" 401 'to be read only'
rm "$T/token"
auth 'the file is read at the start' 503 -H "Authorization: Bearer $secret"
httpd_stop
ran 0 'it ends well'
ok 'and told the token nowhere' sh -c \
    "! grep -rq '$secret' '$T/h.out' '$T/h.err' '$T/s' '$T/m'"
done_testing
