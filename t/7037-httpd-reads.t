#!/bin/sh
# pf-httpd: what a reader has already, which part it wants, how it is packed.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/httpd.sh
. "$PF_ROOT/t/lib/httpd.sh"
need curl gzip sqlite3
v=/api/v1

seq 2000 >"$T/target"
chmod +x "$T/target"
size=$(wc -c <"$T/target")
sha=$(sha256sum <"$T/target" | cut -d ' ' -f 1)
master_new
master_start httpd
submit a libfuzzer "$T/target" -C camp; a=$job
submit b libfuzzer "$T/target" -C camp; b=$job
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
	printf 'input %d' $i >"$T/in"
	mkpack corpus "$a" b1 -s $i -d "$PF_SPOOL" -f name=n \
	    -f engine=libfuzzer "$T/in" >/dev/null
done
pf-ingest -q
head_of() { sed -n "s/^$1: *\\(.*\\)/\\1/Ip" "$T/head" | tr -d '\r'; }

# Parts of a file.
blob=$v/blobs/$sha
# part RANGE CODE BYTES CONTENT-RANGE
part()
{
	req GET "$blob" -H "Range: $1"
	is "$code $(wc -c <"$T/body") $(head_of Content-Range)" "$2 $3 $4" \
	    "Range: $1"
}
part bytes=0-9 206 10 "bytes 0-9/$size"
is "$(cat "$T/body")" "$(head -c 10 "$T/target")" 'the first bytes'
is "$(head_of Content-Length) $(head_of Content-Disposition)" \
    '10 attachment' 'with their number'
part "bytes=$((size - 4))-" 206 4 "bytes $((size - 4))-$((size - 1))/$size"
is "$(cat "$T/body")" 000 'the last bytes'
part bytes=-4 206 4 "bytes $((size - 4))-$((size - 1))/$size"
part "bytes=0-$((size * 2))" 206 "$size" "bytes 0-$((size - 1))/$size"
ok 'all of it' cmp "$T/body" "$T/target"
for bad in bytes=9-1 bytes=x- bytes= bytes=0-1,3-4 lines=0-1 ''; do
	part "$bad" 200 "$size" ''
done
for bad in "bytes=$size-" bytes=-0 bytes=99999999999999999999-; do
	req GET "$blob" -H "Range: $bad"
	is "$code $(member class) $(head_of Content-Range)" \
	    "416 usage bytes */$size" "Range: $bad"
done
is "$(head_of ETag) $(head_of Content-Disposition)" ' ' \
    'which is no part of the file'
req GET "$blob" -H 'Range: bytes=0-9' -H "If-Range: \"$sha\""
is "$code" 206 'a part of the file it has'
for other in "W/\"$sha\"" '"other"' 'Thu, 26 Nov 2026 00:00:00 GMT'; do
	req GET "$blob" -H 'Range: bytes=0-9' -H "If-Range: $other"
	is "$code $(wc -c <"$T/body")" "200 $size" "of another: $other"
done
req GET "$blob" -H "If-None-Match: \"$sha\"" -H 'Range: bytes=0-9'
is "$code $(wc -c <"$T/body")" '304 0' \
    'what it has all of is not sent'
req HEAD "$blob" -I -H 'Range: bytes=0-9'
is "$code $(head_of Content-Length) $(head_of Accept-Ranges)" \
    "200 $size bytes" 'HEAD is of all'
req GET "$blob" --compressed
is "$code $(head_of Content-Encoding)" '200 ' 'files go as they are'
# In two halves, as a client goes on that was interrupted
head -c 4000 "$T/target" >"$T/half"
curl -sS -m 10 -C - -o "$T/half" "$url$blob"
ok 'an interrupted one' cmp "$T/half" "$T/target"

# Tags of lists.
list=$v/jobs/$b/shared
req GET "$list"
tag=$(head_of ETag)
like "$code $tag" '^200 W/"[0-9a-f]{32}"$' 'a list has a tag'
is "$(head_of Cache-Control) $(head_of Content-Disposition)" 'no-cache ' \
    'to be asked for, not saved'
for same in "$tag" "${tag#W/}" '*' "\"x\", $tag" "W/\"a,b\",${tag#W/}"; do
	req GET "$list" -H "If-None-Match: $same"
	is "$code $(wc -c <"$T/body") $(head_of ETag)" "304 0 $tag" \
	    "the same: $same"
done
is "$(head_of Content-Length) $(head_of Transfer-Encoding)" \
    '0 ' 'nobody waits for a body'
is "$(curl -sS -m 10 -H "If-None-Match: $tag" -o /dev/null -o /dev/null \
    -w '%{http_code} %{num_connects} ' "$url$list" "$url$list")" \
    '304 1 304 0 ' 'and the connection goes on'
for other in '"x"' "${tag%?}" "$(echo "$tag" | tr -d '"')" "${tag#W}"; do
	req GET "$list" -H "If-None-Match: $other"
	is "$code" 200 "another: $other"
done
req HEAD "$list" -I -H "If-None-Match: $tag"
is "$code" 304 'HEAD too'
req GET "$list?limit=3"
ok 'another list has another' test "$(head_of ETag)" != "$tag"
req GET "$v/jobs/nobody/shared" -H 'If-None-Match: *'
is "$code $(head_of ETag) $(head_of Cache-Control)" '404  no-store' \
    'an error has none'

# Packed.
is "$(req GET "$list"; head_of Vary)" Accept-Encoding 'it varies'
req GET "$list"
cp "$T/body" "$T/plain"
is "$(head_of Content-Encoding)" '' 'not packed unless asked for'
req GET "$list" -H 'Accept-Encoding: br;q=1, gzip;q=0.5'
is "$code $(head_of Content-Encoding) $(head_of Vary)" \
    '200 gzip Accept-Encoding' 'packed if asked for'
ok 'which is smaller' test "$(wc -c <"$T/body")" -lt \
    $(($(wc -c <"$T/plain") / 2))
cut_time() { sed 's/"timestamp".*//'; }
is "$(gzip -dc <"$T/body" | cut_time)" "$(cut_time <"$T/plain")" \
    'and the same'
zip=$(head_of ETag)
is "$zip" "${tag%\"}-gzip\"" 'under another tag'
req GET "$list" -H 'Accept-Encoding: gzip' -H "If-None-Match: $zip"
is "$code $(head_of ETag)" "304 $zip" 'that is the same'
is "$(head_of Vary)" 'Accept-Encoding' 'and still varies'
req GET "$list" -H 'Accept-Encoding: gzip' -H "If-None-Match: $tag"
is "$code" 200 'not to be taken for the plain one'
req GET $v/jobs -H 'Accept-Encoding: gzip'
zip=$(head_of ETag)
like "$zip" '^"[0-9a-f]{32}-gzip"$' \
    'without a time in it the tag is strong'
req GET $v/jobs -H 'Accept-Encoding: gzip' -H "If-None-Match: $zip"
is "$code" 304 'and the same as long as nothing happens'
for none in 'gzip;q=0' 'identity' 'br' '*;q=0' 'gzip;q=0.1, identity;q=0.9'; do
	req GET "$list" -H "Accept-Encoding: $none"
	is "$code $(head_of Content-Encoding)" '200 ' "not: $none"
done
req HEAD "$list" -I -H 'Accept-Encoding: gzip'
is "$code $(head_of Content-Encoding)" '200 gzip' 'HEAD is of the packed one'
req GET "$list?limit=1" -H 'Accept-Encoding: gzip'
is "$code $(head_of Content-Encoding) $(head_of Vary)" '200  ' \
    'a small one is not packed'

# The database is kept open, and another one in its place noticed.
for i in 1 2 3 4 5 6 7 8; do
	req GET "$list?limit=1"
done
db=$PF_STORAGE/data/pandafuzz.db
master_sql '.backup '"$T/other.db"
sqlite3 "$T/other.db" 'DELETE FROM shared WHERE seq > 2;
    PRAGMA journal_mode = delete' >/dev/null
mv "$db" "$T/away.db"
req GET "$list"
is "$code $(member class) $(head_of Retry-After)" '503 unavailable 5' \
    'it is away'
mv "$T/other.db" "$db"
rm "$db-wal" "$db-shm"
req GET "$list"
is "$code $(grep -o '"hash"' "$T/body" | wc -l)" '200 2' 'another one'
mv "$T/away.db" "$db"
done_testing
