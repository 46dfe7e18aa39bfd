#!/bin/sh
# pf-httpd: results are on disk before they are acknowledged.
. "$(dirname "$0")/lib/tap.sh"
. "$(dirname "$0")/lib/httpd.sh"

master
printf 'input' >"$T/in"
mkpack crash job-1 bot-1 -f signal=11 "$T/in" >"$T/good"
mkpack coverage job-1 bot-1 -s 2 -f edges=7 >"$T/good2"
sed 's/^input$/inpuT/' "$T/good" >"$T/damaged"
cat "$T/good" "$T/damaged" "$T/good2" >"$T/mixed"
cat "$T/good" "$T/good2" >"$T/kept"
head -c 150 "$T/good" >"$T/half"
cat "$T/good" "$T/half" >"$T/truncated"
printf '%s\n' 'Dear Sir or Madam' >"$T/garbage"
: >"$T/nothing"
httpd

pack "$T/good"
is "$code" 200 'a pack'
like "$(cat "$T/body")" \
    '^\{"status":"accepted","results":\[\{"rid":"[0-9a-f]{64}","verdict":"accepted"\}\],' \
    'a verdict a record'
is "$(count "$T/s/new") $(count "$T/s/tmp")" '1 0' 'lies in the spool'
ok 'as it came' cmp "$T"/s/new/* "$T/good"
rm "$T"/s/new/*

pack "$T/mixed"
is "$code" 200 'a pack with a damaged record'
is "$(grep -o '"verdict":"[a-z]*"' "$T/body" | cut -d '"' -f 4 | xargs)" \
    'accepted refused accepted' 'each has its verdict'
like "$(cat "$T/body")" 'record is damaged' 'and the reason'
ok 'the others are kept' cmp "$T"/s/new/* "$T/kept"
rm "$T"/s/new/*

pack "$T/damaged"
is "$code $(member verdict)" '200 refused' 'nothing but a damaged record'
for bad in half truncated garbage nothing; do
	pack "$T/$bad"
	is "$code $(member class)" '422 data' "not a pack: $bad"
done
pack "$T/good" -H 'Transfer-Encoding: chunked'
is "$code" 200 'a pack in chunks'
rm "$T"/s/new/*
req POST /api/v1/results/batch --data-binary "@$T/good" \
    -H 'Content-Type: application/octet-stream'
is "$code" 415 'a wrong type'
req POST /api/v1/results/batch --data-binary "@$T/good" \
    -H 'Content-Type: application/json'
is "$code" 400 'or the other one'
is "$(count "$T/s/new")" 0 'nothing of all that was kept'
head -c 1048577 /dev/zero >"$T/large"
mkpack corpus job-1 bot-1 "$T/large" >"$T/large.pack"
pack "$T/large.pack"
is "$code $(member verdict)" '200 refused' 'an input over the limit'
head -c 900000 /dev/zero >"$T/large"
mkpack corpus job-1 bot-1 "$T/large" >"$T/large.pack"
pack "$T/large.pack"
is "$code $(member verdict)" '200 accepted' 'one below it'
head -c 262145 /dev/zero >"$T/large"
mkpack log job-1 bot-1 -f offset=0 "$T/large" >"$T/large.pack"
pack "$T/large.pack"
is "$code $(member verdict)" '200 refused' 'too much of a log at once'
rm "$T"/s/new/*

# Many at once: each is answered, each is there.
i=0
while [ $i -lt 40 ]; do
	i=$((i + 1))
	mkpack status job-1 bot-1 -s $i -f executions=$i >"$T/p.$i"
done
seq 40 | xargs -P 20 -I '{}' curl -sS -m 10 -o "$T/a.{}" \
    -H 'Content-Type: application/x-pandafuzz-pack' \
    --data-binary "@$T/p.{}" "$url/api/v1/results/batch" 2>"$T/err"
is "$(cat "$T"/a.* | grep -c '"verdict":"accepted"')" 40 'forty at once'
is "$(cat "$T"/s/new/* | grep -c '^END$')" 40 'forty in the spool'
rm "$T"/s/new/*

# No spool.
mv "$T/s" "$T/s.away"
pack "$T/good"
is "$code $(member class)" '503 busy' 'no spool'
like "$(cat "$T/head")" 'Retry-After: [0-9]' 'and when to come again'
like "$(cat "$T/h.err")" 'pf-httpd: warning: results are refused: .*/s[:/]' \
    'the operator hears of it'
pack "$T/good"
is "$(wc -l <"$T/h.err" | tr -d ' ')" 1 'but not each time'
mv "$T/s.away" "$T/s"
pack "$T/good"
is "$code" 200 'and is well again'
httpd_stop
ran 0 'it ends'
rm "$T"/s/new/*

# Limits.
sed 's/^disk_min_free.*/disk_min_free = 1000T/' "$T/conf" >"$T/conf2"
httpd_by env PF_CONF="$T/conf2"
pack "$T/good"
is "$code $(member class)" '507 full' 'too little space is left'
like "$(cat "$T/head")" 'Retry-After: [0-9]' 'and when to come again'
httpd_stop
sed 's/^disk_min_free.*/&\nspool_size = 100/' "$T/conf" >"$T/conf2"
httpd_by env PF_CONF="$T/conf2"
pack "$T/good"
is "$code $(member class)" '503 busy' 'the spool is over its size'
httpd_stop
# Over three quarters of it crashes only.
head -c 800 /dev/zero >"$T/large"
mkpack corpus job-1 bot-1 "$T/large" >"$T/corpus.pack"
cat "$T/good2" "$T/good" "$T/damaged" >"$T/mixed2"
cat "$T/good2" "$T/damaged" >"$T/mixed3"
verdicts() { grep -o '"verdict":"[a-z]*"' "$T/body" | cut -d '"' -f 4 | xargs; }
sed 's/^disk_min_free.*/&\nspool_size = 4000/' "$T/conf" >"$T/conf2"
httpd_by env PF_CONF="$T/conf2"
head -c 2900 /dev/zero >"$T/s/new/filler"
pack "$T/corpus.pack"
is "$code $(member class)" '503 busy' 'over three quarters of the spool: no corpus'
pack "$T/good2"
is "$code $(member class)" '503 busy' 'no coverage'
pack "$T/good"
is "$code $(verdicts)" '200 accepted' 'but a crash'
pack "$T/mixed2"
is "$code $(verdicts)" '200 later accepted refused' 'of a pack the crash alone'
like "$(cat "$T/body")" '"verdict":"later","error":"[^"]*[0-9]* bytes wait' \
    'with the reason'
pack "$T/mixed3"
is "$code $(verdicts)" '200 later refused' 'what will never do is refused'
cat "$T/good" "$T/good" >"$T/kept"
cat "$T"/s/new/*-* >"$T/there"
ok 'crashes lie there, nothing else' cmp "$T/there" "$T/kept"
head -c 4000 /dev/zero >"$T/s/new/filler"
sleep 1.1
pack "$T/good"
is "$code $(member class)" '503 busy' 'at the limit no crash either'
httpd_stop
rm "$T"/s/new/*
free=$(($(stat -f -c '%a * %S' "$T/s")))
sed "s/^disk_min_free.*/disk_min_free = $((free * 2 / 3))/" "$T/conf" >"$T/conf2"
httpd_by env PF_CONF="$T/conf2"
pack "$T/good2"
is "$code $(member class)" '507 full' 'below twice what is kept free: no coverage'
pack "$T/mixed2"
is "$code $(verdicts)" '200 later accepted refused' 'but a crash'
httpd_stop
rm "$T"/s/new/*
if [ "$(stat -f -c %c "$T/s")" -gt 0 ]; then
	sed 's/^disk_min_free.*/&\ninodes_min_free = 1000000000000/' "$T/conf" >"$T/conf2"
	httpd_by env PF_CONF="$T/conf2"
	pack "$T/good"
	is "$code $(member class)" '507 full' 'too few inodes are left'
	httpd_stop
fi
sed 's/^disk_min_free.*/&\npack_size = 64K/' "$T/conf" >"$T/conf2"
httpd_by env PF_CONF="$T/conf2"
pack "$T/large.pack"
is "$code" 413 'a pack over the limit'
httpd_stop
is "$(count "$T/s")" 0 'nothing was kept'
done_testing
