#!/bin/sh
# pf-httpd: a large pack goes to disk as it comes.  The answers are those to
# a small one; the memory of the server does not depend on its size.
. "$(dirname "$0")/lib/tap.sh"
. "$(dirname "$0")/lib/httpd.sh"

master
random()
{
	head -c "$1" /dev/urandom
}
random 700000 >"$T/in"
mkpack corpus job-1 bot-1 "$T/in" >"$T/a"
random 300000 >"$T/in"
mkpack corpus job-1 bot-1 -s 2 "$T/in" >"$T/b"
mkpack status job-1 bot-1 -s 3 -f executions=1 >"$T/c"
random 2000000 >"$T/in"
mkpack corpus job-1 bot-1 -s 4 "$T/in" >"$T/over"
# One byte changed, near the end of the body
{
	head -c 699000 "$T/a"
	printf x
	tail -c +699002 "$T/a"
} >"$T/damaged"
cat "$T/a" "$T/b" "$T/c" >"$T/kept"
cat "$T/damaged" "$T/a" "$T/over" "$T/b" "$T/damaged" "$T/c" "$T/damaged" \
    >"$T/mixed"
httpd

# verdicts: those of the last answer, in a line
verdicts()
{
	grep -o '"verdict":"[a-z]*"' "$T/body" | cut -d '"' -f 4 | xargs
}
one=200
for how in 'Expect:' 'Transfer-Encoding: chunked'; do
	pack "$T/kept" -H "$how"
	is "$code $(verdicts)" '200 accepted accepted accepted' "large, $how"
	is "$(count "$T/s/new") $(count "$T/s/tmp")" '1 0' 'lies in the spool'
	ok 'as it came' cmp "$T"/s/new/* "$T/kept"
	rm "$T"/s/new/*
	pack "$T/mixed" -H "$how"
	is "$code $(verdicts)" "$one"' refused accepted refused accepted refused accepted refused' \
	    'damaged ones and one too large between'
	ok 'the answer is JSON' jq -e .timestamp "$T/body"
	like "$(cat "$T/body")" 'record is damaged: its hash' 'why'
	like "$(cat "$T/body")" '2000000 bytes, the limit is 1048576' 'and why'
	ok 'the others are kept' cmp "$T"/s/new/* "$T/kept"
	rm "$T"/s/new/*
	pack "$T/damaged" -H "$how"
	is "$code $(verdicts)" '200 refused' 'nothing but a damaged one'
	head -c 900000 "$T/kept" >"$T/cut"
	pack "$T/cut" -H "$how"
	is "$code $(member class)" '422 data' 'a truncated pack'
	like "$(cat "$T/body")" 'truncated: the frame at byte 700' 'says where'
	{ cat "$T/kept"; echo garbage; cat "$T/kept"; } >"$T/garbage"
	pack "$T/garbage" -H "$how"
	is "$code $(member class)" '422 data' 'a pack with garbage in it'
	like "$(cat "$T/body")" 'not a pack: at byte 100' 'says where'
	is "$(count "$T/s")" 0 'nothing of these is kept'
done

# The same words as to a small pack.
mkpack crash job-1 bot-1 "$T/c" >"$T/small"
sed 's/kind/KIND/' "$T/small" >"$T/odd"
mkpack log job-1 bot-1 -f offset=0 "$T/b" >"$T/log"
for f in small odd log; do
	pack "$T/$f"
	sed 's/.*"results":\[//; s/\],"time.*//' "$T/body" >"$T/short"
	cat "$T/$f" "$T/a" >"$T/long"
	pack "$T/long"
	sed 's/.*"results":\[//; s/},{.*/}/' "$T/body" >"$T/long"
	ok "$f: the same verdict" cmp "$T/short" "$T/long"
done
rm -f "$T"/s/new/*

# A connection that is cut in the middle leaves nothing.
half()
{
	printf 'POST /api/v1/results/batch HTTP/1.1\r\nHost: localhost\r\n'
	printf 'Content-Type: application/x-pandafuzz-pack\r\n'
	printf 'Content-Length: 60000000\r\n\r\n'
	cat "$T/a"
}
half | timeout 2 socat -u - "TCP:$addr" 2>"$T/err"
ok 'a cut connection leaves nothing' until_true 5 \
    eval "[ \"\$(find '$T/s' -type f)\" = '' ]"
{
	half
	exec sleep 5
} | socat -u - "TCP:$addr" 2>"$T/err" &
cut=$!
until_true 5 eval "[ \"\$(find '$T/s/tmp' -type f)\" != '' ]"
is "$(count "$T/s/tmp")" 1 'one that is slow has its file'
kill $cut
wait $cut 2>/dev/null
ok 'until it is gone' until_true 5 eval "[ \"\$(find '$T/s' -type f)\" = '' ]"

# Many records, more verdicts than are held.
mkpack status job-1 bot-1 -n 20000 -f executions=1 >"$T/many"
pack "$T/many"
is "$code" 200 'twenty thousand records'
is "$(jq '.results | map(select(.verdict == "accepted")) | length' "$T/body")" \
    20000 'each has its verdict'
is "$(jq -r '.results[].rid' "$T/body" | md5sum)" \
    "$(grep -aoE '^[0-9a-f]{64} [0-9]+$' "$T/many" | cut -d ' ' -f 1 | md5sum)" \
    'in the order of the pack'
is "$(count "$T/s")" 1 'and leave one pack'
rm "$T"/s/new/*

# Memory.
peak()
{
	sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$httpd/status"
}
i=0
random 900000 >"$T/in"
while [ $i -lt 66 ]; do
	i=$((i + 1))
	mkpack corpus job-1 bot-1 -s $i "$T/in"
done >"$T/large"
pack "$T/large"
is "$code $(count "$T/s/new")" '200 1' 'a pack of 60 MB'
ok 'is whole' cmp "$T"/s/new/* "$T/large"
echo "# $(peak) KiB at most"
limit=30000
ldd "$PF_BIN/pf-httpd" | grep -q asan && limit=300000
ok 'takes no memory' test "$(peak)" -lt $limit
rm "$T"/s/new/*
seq 8 | xargs -P 8 -I '{}' curl -sS -m 60 -o "$T/a.{}" \
    -H 'Content-Type: application/x-pandafuzz-pack' \
    --data-binary "@$T/large" "$url/api/v1/results/batch" 2>"$T/err"
is "$(cat "$T"/a.? | grep -o '"accepted"}' | wc -l)" 528 'eight at once'
is "$(find "$T/s/new" -type f -size +50M | wc -l)" 8 'are eight packs'
echo "# $(peak) KiB at most"
ok 'which take no memory either' test "$(peak)" -lt $limit
rm "$T"/s/new/*
httpd_stop
ran 0 'it ends'

# Limits: what is announced must fit, what comes must be worth it.
sed 's/^disk_min_free.*/&\npack_size = 1M\nspool_size = 4M/' "$T/conf" \
    >"$T/conf2"
httpd_by env PF_CONF="$T/conf2"
pack "$T/large"
is "$code" 413 'more than the spool takes'
cat "$T/kept" "$T/a" >"$T/over"
pack "$T/over"
is "$code" 413 'over pack_size'
pack "$T/over" -H 'Transfer-Encoding: chunked'
is "$code" 413 'in chunks'
like "$(cat "$T/body")" 'not of blobs alone' 'says why'
pack "$T/kept"
is "$code" 200 'one below it'
cp "$T/kept" "$T/s/new/x"
sleep 1.1
cat "$T/b" "$T/b" >"$T/over"
pack "$T/over"
is "$code $(member class)" '200 ' 'a spool that fills'
cp "$T/kept" "$T/s/new/y"
sleep 1.1
pack "$T/over"
is "$code $(member class)" '503 busy' 'is full in the end'
pack "$T/over" -H 'Transfer-Encoding: chunked'
is "$code $(member class)" '503 busy' 'also for what does not tell its length'
httpd_stop
is "$(count "$T/s/tmp")" 0 'nothing is left in tmp'
done_testing
