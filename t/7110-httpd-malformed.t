#!/bin/sh
# pf-httpd: requests that two parsers could read in two ways, or that none
# can.  Behind each comes a good one: it is answered only where the end of the
# first is beyond doubt.
. "$(dirname "$0")/lib/tap.sh"
. "$(dirname "$0")/lib/httpd.sh"

need perl
master
httpd
H='Host: localhost\r\n'
P="POST /api/v1/bots/register HTTP/1.1\r\n${H}Content-Type: application/json\r\n"
C="${P}Transfer-Encoding: chunked\r\n\r\n"
last="GET /health HTTP/1.1\r\n${H}Connection: close\r\n\r\n"
x40k=$(head -c 40000 /dev/zero | tr '\0' x)

# sends NAME STATUSES TEXT: with the good one behind
sends()
{
	# shellcheck disable=SC2059
	is "$(printf "$3$last" | perl "$PF_ROOT/t/lib/hostile.pl" ask "$addr")" \
	    "$2" "$1"
}

sends 'a good one' '400 200' "${P}Content-Length: 2\r\n\r\n[]"
sends 'in chunks' '400 200' "${C}2\r\n[]\r\n0\r\n\r\n"
sends 'without a body' '200 200' "GET /health HTTP/1.1\r\n$H\r\n"

# Lengths.  What libmicrohttpd refuses itself may be told twice.
sends 'a blank before the colon' 400 "${P}Content-Length : 2\r\n\r\n[]"
sends 'a tab before it' 400 "${P}Content-Length	: 2\r\n\r\n[]"
sends 'a list of lengths' '400 400' "${P}Content-Length: 2, 2\r\n\r\n[]"
sends 'a sign' '400 400' "${P}Content-Length: +2\r\n\r\n[]"
sends 'less than none' '400 400' "${P}Content-Length: -2\r\n\r\n[]"
sends 'in another base' '400 400' "${P}Content-Length: 0x2\r\n\r\n[]"
sends 'no number' '400 400' "${P}Content-Length:\r\n\r\n[]"
sends 'more than numbers hold' '413 413' \
    "${P}Content-Length: 99999999999999999999\r\n\r\n[]"
sends 'the largest number' 413 \
    "${P}Content-Length: 9223372036854775807\r\n\r\n[]"
sends 'a little more' 400 "${P}Content-Length: 18446744073709551614\r\n\r\n[]"
sends 'two of them' 400 "${P}Content-Length: 2\r\nContent-Length: 3\r\n\r\n[]"
sends 'in two cases' 400 "${P}content-length: 2\r\nCONTENT-LENGTH: 2\r\n\r\n[]"
sends 'none' '411 200' "${P}\r\n"
sends 'a body where none is' '413 200' \
    "GET /health HTTP/1.1\r\n${H}Content-Length: 4\r\n\r\nabcd"

# Codings.
sends 'a length and chunks' 400 \
    "${P}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
sends 'chunks and a length' 400 \
    "${P}Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n"
sends 'chunks twice' 400 \
    "${P}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
for coding in 'gzip, chunked' 'chunked, gzip' identity xchunked 'chunked;a=b' \
    '' '\vchunked' '"chunked"' 'chunked '; do
	sends "the coding $coding" 400 \
	    "${P}Transfer-Encoding: $coding\r\n\r\n0\r\n\r\n"
done
sends 'a blank after its name' 400 \
    "${P}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"
sends 'a coding in capitals' '400 200' \
    "${P}Transfer-Encoding: CHUNKED\r\n\r\n0\r\n\r\n"
sends 'chunks before HTTP/1.1' 400 \
    "POST /api/v1/bots/register HTTP/1.0\r\n${H}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"

# Chunks.
for size in -1 0x2 ' 2' '2 ' '' g + '2	;a'; do
	sends "a chunk of \"$size\"" 400 "$C$size\r\n[]\r\n0\r\n\r\n"
done
sends 'one larger than numbers hold' 413 "${C}fffffffffffffffff\r\n[]"
sends 'one that is longer than it says' 400 "${C}1\r\n[]\r\n0\r\n\r\n"
sends 'one without its end' 400 "${C}2\r\n[]0\r\n\r\n"
sends 'extensions and trailers' '400 200' \
    "${C}2;a=\"b;c\"\r\n[]\r\n0;x\r\nT: u\r\n\r\n"
sends 'a length in the trailer' '400 200' \
    "${C}2\r\n[]\r\n0\r\nContent-Length: 50\r\n\r\n"
sends 'a trailer that is none' 400 "${C}2\r\n[]\r\n0\r\nT\r\n\r\n"
sends 'a large trailer' 431 "${C}2\r\n[]\r\n0\r\nX: $x40k\r\n\r\n"
# What is no request yet is refused in HTML, as the manual says; what is one
# is answered in JSON.
form() # NAME STATUS HOW TEXT
{
	raw "$4"
	is "$code $(grep -o '^<html>\|^{"error"' "$T/raw" | sort -u)" "$2 $3" \
	    "$1"
}
form 'a length beyond numbers' 413 '<html>' \
    "${P}Content-Length: 99999999999999999999\r\n\r\n[]"
form 'a chunk beyond numbers' 413 '<html>' "${C}fffffffffffffffff\r\n[]"
form 'HTTP/2.0' 505 '<html>' "GET /health HTTP/2.0\r\n$H\r\n"
form 'a long path' 414 '<html>' "GET /$x40k HTTP/1.1\r\n$H\r\n"
form 'a long header' 431 '<html>' "GET /health HTTP/1.1\r\n${H}X: $x40k\r\n\r\n"
form 'no HTTP' 400 '<html>' 'GET /health\r\n'
form 'a body where none is' 413 '{"error"' \
    "GET /health HTTP/1.1\r\n${H}Connection: close\r\nContent-Length: 4\r\n\r\nabcd"
form 'two lengths' 400 '{"error"' \
    "${P}Content-Length: 2\r\nContent-Length: 3\r\n\r\n[]"

# First lines.
sends 'HTTP/0.9' 400 'GET /health\r\n'
sends 'HTTP/2' 505 "GET /health HTTP/2.0\r\n$H\r\n"
sends 'the preface of HTTP/2' 505 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
sends 'a later HTTP/1' '200 200' "GET /health HTTP/1.2\r\n$H\r\n"
sends 'http in small letters' 400 "GET /health http/1.1\r\n$H\r\n"
sends 'no version' 400 "GET /health HTTP/\r\n$H\r\n"
sends 'many blanks' '' "GET   /health   HTTP/1.1\r\n$H\r\n"
sends 'a blank in the path' '' "GET /hea lth HTTP/1.1\r\n$H\r\n"
sends 'tabs for blanks' '' "GET\t/health\tHTTP/1.1\r\n$H\r\n"
sends 'a blank first' '' " GET /health HTTP/1.1\r\n$H\r\n"
sends 'one word' '' 'GET\r\n\r\n'
sends 'TLS' '' '\026\003\001\002\000\001\000\001\374\003\003\r\n'
sends 'empty lines first' '200 200' "\r\n\r\nGET /health HTTP/1.1\r\n$H\r\n"
sends 'CONNECT' '404 200' "CONNECT localhost:80 HTTP/1.1\r\n$H\r\n"
sends 'TRACE' '405 200' "TRACE /health HTTP/1.1\r\n${H}X: secret\r\n\r\n"
sends 'all of the server' '404 200' "OPTIONS * HTTP/1.1\r\n$H\r\n"
sends 'a method of bytes' '405 200' "G\377\001T /health HTTP/1.1\r\n$H\r\n"
sends 'a fragment' '404 200' "GET /health#x HTTP/1.1\r\n$H\r\n"
sends 'a long path' 414 "GET /$x40k HTTP/1.1\r\n$H\r\n"
sends 'a long query' 414 "GET /health?a=$x40k HTTP/1.1\r\n$H\r\n"
sends 'many arguments' 414 \
    "GET /health?$(seq -f 'a%g&' 3000 | tr -d '\n') HTTP/1.1\r\n$H\r\n"

# Headers.
sends 'a line that is none' 400 "GET /health HTTP/1.1\r\n${H}X\r\n\r\n"
sends 'a carriage return in a value' 400 \
    "GET /health HTTP/1.1\r\n${H}X: a\rContent-Length: 4\r\n\r\n"
sends 'a control byte' 400 "GET /health HTTP/1.1\r\n${H}X: a\001\r\n\r\n"
sends 'a name of bytes' 400 "GET /health HTTP/1.1\r\n${H}\377: a\r\n\r\n"
sends 'a NUL in a name' 400 "GET /health HTTP/1.1\r\n${H}X\\0: a\r\n\r\n"
sends 'a first one that goes on' 400 "GET /health HTTP/1.1\r\n X: a\r\n$H\r\n"
sends 'no host' '400 400' 'GET /health HTTP/1.1\r\n\r\n'
sends 'a long one' 431 "GET /health HTTP/1.1\r\n${H}X: $x40k\r\n\r\n"
sends 'many' 431 \
    "GET /health HTTP/1.1\r\n$H$(seq -f 'X%g: y\r\n' 3000 | tr -d '\n')\r\n"
sends 'many cookies' '431 431' \
    "GET /health HTTP/1.1\r\n${H}Cookie: $(seq -f 'a%g=b;' 1200 | tr -d '\n')\r\n\r\n"
sends 'an upgrade' '200 200' \
    "GET /health HTTP/1.1\r\n${H}Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n"

# Paths.
for path in '/..%%2fhealth' '/%%2e%%2e/health' '/./health' '//health' \
    '/health/' '/health;a=b' '/\\health' '/health%%00' '/health%%0a' \
    '/health%%' '/health%%4' '/health%%gg' '/%%c0%%afhealth' \
    '/health%%250d' '/api/v1/blobs/../../health' \
    '/api/v1/blobs/%%2e%%2e%%2f%%2e%%2e%%2fetc%%2fpasswd' '/api/v1//status' \
    '/API/v1/status' '/a/b/c/d/e/f/g/h/i/j/k'; do
	sends "the path $path" '404 200' "GET $path HTTP/1.1\r\n$H\r\n"
done
sends 'what splits an answer' '404 200' \
    "GET /%%0d%%0aX:%%20y HTTP/1.1\r\n${H}\r\n"

# Two hundred in one piece are answered one after the other.
{
	seq 200 | sed 's|.*|GET /health HTTP/1.1\r\nHost: localhost\r\n\r|'
	printf '%b' "$last"
} >"$T/many"
is "$(perl "$PF_ROOT/t/lib/hostile.pl" ask "$addr" <"$T/many" |
    tr ' ' '\n' | sort | uniq -c | tr -s ' ')" ' 201 200' 'a pipeline'

# Noise: all of it is the sender's fault, nothing is the server's.
n=300
[ "${PF_SWEEP-}" != all ] || n=20000
perl "$PF_ROOT/t/lib/hostile.pl" noise "$addr" $n 1 >"$T/noise"
ok 'noise is answered' test -s "$T/noise"
grep -v '^\(100\|200\|4..\|503\|505\) ' "$T/noise" >"$T/odd"
empty "$T/odd" 'and never a failure'
req GET /health
is "$code" 200 'it still answers'
httpd_stop
ran 0 'and ends as it should'
is "$(cat "$T/h.err")" '' 'and said nothing'
is "$(find "$T/s" -type f)" '' 'and nothing is in the spool'
done_testing
