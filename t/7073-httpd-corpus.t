#!/bin/sh
# pf-httpd: the inputs of a job in pages, what they amount to, and all of them
# in one archive that is made while it goes out.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/httpd.sh
. "$PF_ROOT/t/lib/httpd.sh"
need jq tar
v=/api/v1

printf '#!/bin/sh\n' >"$T/target"
chmod +x "$T/target"
master_new
master_start httpd
submit a libfuzzer "$T/target"; a=$job
submit b libfuzzer "$T/target"; b=$job

# file JOB COUNT TEXT: inputs, "%d" in the text is their number
file()
{
	printf '%s' "$3" >"$T/in"
	mkpack corpus "$1" b1 -d "$PF_SPOOL" -n "$2" -s "${4:-1}" -f name=n \
	    -f engine=libfuzzer "$T/in" >/dev/null
	pf-ingest -q
}
# hashes FILE ...: of the files in these answers; have JOB: those in storage
hashes() { jq -r '.files[].hash' "$@"; }
have() { ls "$PF_STORAGE/corpus/$1"; }
head_of() { sed -n "s/^$1: *\\(.*\\)/\\1/Ip" "$T/head" | tr -d '\r'; }

# Nothing filed yet.
req GET "$v/jobs/$a/corpus"
is "$code $(cat "$T/body")" \
    "200 {\"files\":[],\"count\":0,\"limit\":100,\"next_cursor\":null,\"job_id\":\"$a\"}" \
    'an empty corpus'
req GET "$v/jobs/$a/corpus/stats"
is "$code $(cat "$T/body")" \
    '200 {"total_files":0,"total_size":0,"last_updated":null,"unique_hashes":0}' \
    'amounts to nothing'
req GET "$v/jobs/$a/corpus/download"
is "$code $(tar tf "$T/body" | wc -l)" '200 0' 'and is an empty archive'
for path in jobs/nobody/corpus jobs/nobody/corpus/stats \
    jobs/nobody/corpus/download 'corpus/stats?job=nobody' \
    'corpus/download?job=nobody'; do
	req GET "$v/$path"
	is "$code $(member class)" '404 notfound' "$path"
done
for path in 'corpus/stats?job=../x' 'corpus/download?job=A' corpus/download; do
	req GET "$v/$path"
	is "$code $(member field)" '422 job' "$path"
done
for path in "jobs/$a/corpus/stats" "jobs/$a/corpus/download" corpus/stats; do
	req POST "$v/$path" -d x
	is "$code $(head_of Allow)" '405 GET, HEAD, OPTIONS' "it is only read: $path"
done

# Pages.
file "$a" 300 'input %d'
file "$b" 2 'input %d'
req GET "$v/jobs/$a/corpus?limit=1000"
is "$code $(jq -c '[.count, .limit, .next_cursor]' "$T/body")" \
    '200 [300,1000,null]' 'all in one page'
have "$a" >"$T/want"
hashes "$T/body" >"$T/got"
ok 'in the order of their hashes' cmp "$T/got" "$T/want"
first=$(sed 1q "$T/want")
is "$(jq -c '.files[0] | [.hash, .size, .name, .engine, .bot_id, .job_id]' \
    "$T/body")" \
    "[\"$first\",$(wc -c <"$PF_STORAGE/corpus/$a/$first"),\"n\",\"libfuzzer\",\"b1\",\"$a\"]" \
    'with what is known of each'
like "$(jq -r '.files[0].uploaded_at' "$T/body")" '^20[0-9-]*T[0-9:.]*Z$' \
    'and when it was filed'
# walk QUERY: all pages into $T/got; pages is how many
walk()
{
	: >"$T/got"
	pages=0 cursor=
	while [ "$cursor" != null ] && [ $pages -lt 20 ]; do
		req GET "$v/jobs/$a/corpus?$1${cursor:+&cursor=$cursor}"
		hashes "$T/body" >>"$T/got"
		cursor=$(jq -r .next_cursor "$T/body")
		pages=$((pages + 1))
	done
}
walk limit=128
is "$pages" 3 'three pages'
ok 'have all of it once' cmp "$T/got" "$T/want"
walk limit=100
is "$pages" 3 'there is no empty page behind a full one'
req GET "$v/jobs/$a/corpus?limit=150"
hashes "$T/body" >"$T/got"
next=$(jq -r .next_cursor "$T/body")
file "$a" 50 'more %d' 301
req GET "$v/jobs/$a/corpus?limit=1000&cursor=$next"
hashes "$T/body" >>"$T/got"
sort -c -u "$T/got"
is "$? $(comm -23 "$T/want" "$T/got" | wc -l)" '0 0' \
    'what is filed between pages repeats and shifts nothing'
for bad in cursor=x cursor= cursor=..%2f "cursor=${next}0" limit=0 limit=1001 \
    limit=x limit=-1 limit=; do
	req GET "$v/jobs/$a/corpus?$bad"
	is "$code $(member field)" "422 ${bad%%=*}" "$bad"
done
req GET "$v/jobs/$a/corpus?cursor=%00"
is "$code" 400 'an escaped NUL'

req GET "$v/jobs/$a/corpus/stats"
is "$code $(jq -c '[.total_files, .total_size, .unique_hashes]' "$T/body")" \
    "200 [350,$(cat "$PF_STORAGE/corpus/$a"/* | wc -c | tr -d ' '),350]" \
    'what it amounts to'
tag=$(head_of ETag)
req GET "$v/corpus/stats?job=$a" -H "If-None-Match: $tag"
is "$code" 304 'which is the same by the other name'
req GET "$v/corpus/stats"
is "$code $(jq -c '[.total_files, .unique_hashes]' "$T/body")" \
    '200 [352,null]' 'of all jobs'

# The archive.  download JOB [CURL-ARGUMENT ...]: sets code and rc
download()
{
	download_job=$1 rc=0
	shift
	code=$(curl -sS -m 60 -o "$T/tar" -D "$T/head" -w '%{http_code}' "$@" \
	    "$url$v/jobs/$download_job/corpus/download" 2>"$T/err") || rc=$?
}
# unpack: what is in it comes to lie in $T/x
unpack()
{
	rm -rf "$T/x"
	mkdir "$T/x"
	tar xf "$T/tar" -C "$T/x" 2>"$T/err"
}
download "$a"
is "$code $rc $(head_of Content-Type) $(head_of Content-Disposition)" \
    "200 0 application/x-tar attachment; filename=\"$a.tar\"" 'an archive'
is "$(head_of X-Content-Type-Options)" nosniff 'is not guessed at'
unpack
is "$? $(cat "$T/err")" '0 ' 'tar unpacks it without a word'
ok 'it is the corpus' diff -r "$T/x/$a" "$PF_STORAGE/corpus/$a"
is "$(ls "$T/x")" "$a" 'and nothing else'
tar tf "$T/tar" >"$T/got"
have "$a" | sed "s,^,$a/," >"$T/want"
ok 'in order' cmp "$T/got" "$T/want"
cp "$T/tar" "$T/tar1"
req GET "$v/corpus/download?job=$a"
ok 'the same by its other name' cmp "$T/tar1" "$T/body"
download "$a" -0
ok 'and for a client of old' cmp "$T/tar1" "$T/tar"
download "$a" --compressed -H 'Range: bytes=0-9'
ok 'in full, whatever is asked' cmp "$T/tar1" "$T/tar"
req HEAD "$v/jobs/$a/corpus/download" -I
is "$code $(head_of Content-Type)" '200 application/x-tar' 'HEAD'
curl -sS "$url$v/jobs/$a/corpus/download" | tar xf - -C "$T/x"
is "$?" 0 'curl | tar x'

# Large ones.  Files may go away while it is on its way.
head -c 500000 /dev/urandom >"$T/large"
i=0
while [ $i -lt 24 ]; do
	i=$((i + 1))
	{ echo $i; cat "$T/large"; } >"$T/in"
	mkpack corpus "$b" b1 -d "$PF_SPOOL" -s $((i + 2)) -f name=n \
	    -f engine=libfuzzer "$T/in" >/dev/null
done
pf-ingest -q
c=$PF_STORAGE/corpus/$b
download "$b"
unpack
ok 'twelve megabytes' diff -r "$T/x/$b" "$c"
download "$b" --limit-rate 6M &
down=$!
until_true 5 test -s "$T/tar"
last=$(have "$b" | tail -n 2 | sed 1q)
mv "$c/$last" "$T/gone"
wait $down
unpack
is "$? $(cat "$T/err")" '0 ' 'one that goes meanwhile breaks nothing'
ok 'the others are whole' diff -r "$T/x/$b" "$c"
ln -s /etc/passwd "$c/$last"
download "$b"
unpack
is "$? $(find "$T/x/$b" -name "$last")" '0 ' 'a link is not followed'
rm "$c/$last"
mkdir "$c/$last"
download "$b"
unpack
is "$? $(find "$T/x/$b" -name "$last")" '0 ' 'a directory is no input'
rmdir "$c/$last"
mv "$T/gone" "$c/$last"

chmod u+w "$c"/*
: >"$c/$last"
download "$b"
unpack
is "$? $(wc -c <"$T/x/$b/$last" | tr -d ' ')" '0 0' 'one that is empty is that'

# A gigabyte in the memory of a page.
httpd=$(echo "$master_pids" | tr ' ' '\n' | sed -n 's/:httpd//p')
open() { readlink "/proc/$httpd/fd"/* | grep -q "corpus/$b"; }
truncate -s 1G "$c/$last"
peak() { sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$httpd/status"; }
n=$(curl -sS -m 60 "$url$v/jobs/$b/corpus/download" | wc -c)
ok 'a gigabyte goes out' test "$n" -gt 1073741824
echo "# $(peak) KiB at most"
limit=30000
ldd "$PF_BIN/pf-httpd" | grep -q asan && limit=300000
ok 'and takes no memory' test "$(peak)" -lt $limit

# Those who do not read take their places, and nobody else's.
curl -sS -Z --parallel-immediate --parallel-max 66 --limit-rate 1k -m 30 -o /dev/null \
    "$url$v/corpus/download?job=$b#[1-66]" >"$T/many" 2>&1 &
many=$!
all() { [ "$(readlink "/proc/$httpd/fd"/* | grep -c "corpus/$b")" = 64 ]; }
ok 'sixty-four archives at a time' until_true 20 all
download "$a"
is "$code" 503 'are all there are'
like "$(cat "$T/head")" '^Retry-After: [0-9]' 'one more is to come again'
req GET "$v/jobs/$a/corpus/stats"
is "$code" 200 'other requests are answered'
echo "# $(peak) KiB at most"
ok 'they take no memory' test "$(peak)" -lt $((limit * 2))
kill $many
wait $many 2>/dev/null
free() { download "$a"; [ "$code" = 200 ]; }
ok 'they are gone and their places free' until_true 5 free
ok 'with all their files' until_true 5 eval '! open'
ok 'it is the archive again' cmp "$T/tar1" "$T/tar"

# A file that is not what it was.
{
	download "$b"
	echo "$rc" >"$T/rc"
} &
down=$!
until_true 5 open
truncate -s 100 "$c"/*
wait $down
like "$(cat "$T/rc")" '^(18|56)$' 'one that shrinks ends the connection'
like "$(cat "$T/m/httpd.err")" 'corpus/.* has shrunk' 'which the operator hears'
download "$a"
is "$code $rc" '200 0' 'and nobody else'
done_testing
