#!/bin/sh
# pf-httpd: crashes and inputs that come as files, small and large.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/httpd.sh
. "$PF_ROOT/t/lib/httpd.sh"
need jq

printf '#!/bin/sh\n' >"$T/t1"
chmod +x "$T/t1"
master_new - <<'END'
crash_size = 3M
pack_size = 4M
END
master_start httpd
submit a libfuzzer "$T/t1"
crash=/api/v1/results/crash corpus=/api/v1/results/corpus
upload=/api/v1/jobs/$job/corpus
who="\"job_id\":\"$job\",\"bot_id\":\"b1\""
hash() { sha256sum "$1" | cut -d ' ' -f 1; }
get() { jq -r "$1" "$T/body"; }
in_spool() { count "$PF_SPOOL/new"; }
file() { run pf-ingest; }

printf 'boom\r\n--x\r\n' >"$T/small"
head -c 300000 /dev/urandom >"$T/middle"
head -c 2500000 /dev/urandom >"$T/large"
: >"$T/empty"

# A crash, of each size; the same as in JSON.
for f in empty small middle large; do
	meta="{$who,\"type\":\"abort\",\"hash\":\"$(hash "$T/$f")\",\"id\":\"$f\"}"
	for how in 'Expect:' 'Transfer-Encoding: chunked'; do
		req POST $crash -F "metadata=$meta" -F "input=@$T/$f" -H "$how"
		is "$code $(get .status)" '200 processed' "$f, $how"
		rid=$(get .rid) id=$(get .crash_id)
	done
	req POST $crash -F "input=@$T/$f" -F "metadata=$meta;type=application/json"
	is "$code $(get .rid)" "200 $rid" 'in another order it is the same'
	file
	like "$(head -n 1 "$T/out")" "^crash	new	.*$id" 'filed under the id that was told'
	is "$(grep -c 'again' "$T/out")" 2 'once'
	ok 'with its bytes' cmp "$PF_STORAGE/crashes/$job/$(hash "$T/$f")" "$T/$f"
done
printf '{%s,"type":"abort","id":"middle","input":"%s"}' "$who" \
    "$(base64 -w 0 "$T/middle")" >"$T/json"
rid=$(master_sql "SELECT rid FROM crashes WHERE size = 300000")
req POST $crash -H 'Content-Type: application/json' --data-binary "@$T/json"
is "$code $(get .rid)" "200 $rid" 'and in JSON it is the same again'
file

# Refused, and nothing is left.
refused()
{
	refused_want=$1 refused_name=$2
	shift 2
	req POST "$@" -H Expect:
	is "$code $(member field)" "$refused_want" "$refused_name"
}
ok_meta="metadata={$who}"
for f in small middle; do
	refused '422 hash' "$f: another hash" $crash -F "input=@$T/$f" \
	    -F "metadata={$who,\"hash\":\"$(hash "$T/large")\"}"
	refused '422 size' 'another size' $crash -F "input=@$T/$f" \
	    -F "metadata={$who,\"size\":7}"
	refused '422 input' 'two inputs' $crash -F "$ok_meta" \
	    -F "input=@$T/$f" -F "input=@$T/small"
	refused '422 input' 'an input in each form' $crash \
	    -F "metadata={$who,\"input\":\"YQ==\"}" -F "input=@$T/$f"
	refused '422 job_id' 'no metadata' $crash -F "input=@$T/$f"
	refused '422 metadata' 'metadata that is no JSON' $crash \
	    -F 'metadata=x' -F "input=@$T/$f"
	refused '422 metadata' 'nor an object' $crash -F 'metadata=[]' \
	    -F "input=@$T/$f"
	refused '422 metadata' 'metadata twice' $crash -F "$ok_meta" \
	    -F "$ok_meta" -F "input=@$T/$f"
	refused '422 signal' 'a member that is wrong' $crash \
	    -F "metadata={$who,\"signal\":true}" -F "input=@$T/$f"
	refused '422 ' 'a part that is not known' $crash -F "$ok_meta" \
	    -F "file=@$T/$f"
	refused '422 ' 'an encoding' $crash -F "$ok_meta" \
	    -F "input=@$T/$f;encoder=base64"
	refused '404 job_id' 'no such job' $crash -F "input=@$T/$f" \
	    -F 'metadata={"job_id":"nobody","bot_id":"b"}'
	refused '404 job_id' 'nor by its path' /api/v1/jobs/nobody/corpus \
	    -F "a=@$T/$f"
	refused '422 files' 'no files' $corpus -F "$ok_meta"
	refused '422 job_id' 'inputs of nobody' $corpus -F "a=@$T/small"
	refused '422 job_id' 'another job than that of the path' "$upload" \
	    -F 'metadata={"job_id":"other"}' -F "a=@$T/small"
done
refused '422 input' 'no input' $crash -F "$ok_meta"
printf '{%s}\0' "$who" >"$T/nul"
refused '422 metadata' 'a NUL behind it' $crash -F "metadata=<$T/nul" \
    -F "input=@$T/small"
refused '422 files' 'a file in the metadata' $corpus -F "a=@$T/small" \
    -F "metadata={$who,\"files\":[{\"data\":\"YQ==\"}]}"
head -c 3145729 /dev/zero >"$T/over"
head -c 1048577 /dev/zero >"$T/over2"
refused '413 ' 'a crash over the limit' $crash -F "$ok_meta" -F "input=@$T/over"
refused '413 ' 'an input' $corpus -F "$ok_meta" -F "a=@$T/over2"
refused '413 ' 'also as the body' "$upload" --data-binary "@$T/over2" \
    -H 'Content-Type: application/octet-stream'
head -c 70000 /dev/zero | tr '\0' ' ' >"$T/blank"
refused '413 ' 'metadata' $crash -F "metadata=<$T/blank" -F "input=@$T/small"
printf -- '--bound\r\nContent-Disposition: form-data; name="input"\r\n\r\nboom' \
    >"$T/cut"
form='Content-Type: multipart/form-data'
refused '422 ' 'a form without an end' $crash --data-binary "@$T/cut" \
    -H "$form; boundary=bound"
refused '422 ' 'no boundary' $crash --data-binary "@$T/cut" -H "$form"
for boundary in Boundary=bound boundary=b boundary=; do
	refused '422 ' "$boundary" $crash --data-binary "@$T/cut" \
	    -H "$form; $boundary"
	like "$(get .error)" 'must end with boundary= in small letters, and two' \
	    'says what it is to be'
done
refused '422 ' 'another boundary' $crash --data-binary "@$T/cut" \
    -H "$form; boundary=other"
refused '422 ' 'nothing' $crash --data-binary '' -H "$form; boundary=bound"
is "$(in_spool) $(count "$PF_SPOOL/tmp")" '0 0' 'nothing is left of all these'

# Cut anywhere it is refused: only what follows the end may be missing.
printf -- '--bound\r\nContent-Disposition: form-data; name="metadata"\r\n\r\n{%s}\r\n--bound\r\nContent-Disposition: form-data; name="input"\r\n\r\nboom\r\n--bound--\r\n' \
    "$who" >"$T/form"
size=$(wc -c <"$T/form")
i=0
while [ $i -le "$size" ]; do
	head -c $i "$T/form" >"$T/cuts.$i"
	printf 'next\nurl = "%s%s"\nheader = "%s; boundary=bound"\n' \
	    "$url" "$crash" "$form"
	printf 'data-binary = "@%s"\noutput = "/dev/null"\n' "$T/cuts.$i"
	printf 'write-out = "%d %%{http_code}\\n"\n' $((size - i))
	i=$((i + 1))
done | sed 1d >"$T/curl"
curl -sS -K "$T/curl" >"$T/codes"
is "$(wc -l <"$T/codes" | tr -d ' ') $(grep -c ' 422$' "$T/codes")" \
    "$((size + 1)) $((size + 1 - $(grep -c ' 200$' "$T/codes")))" \
    'cut anywhere a form is refused'
is "$(grep ' 200$' "$T/codes" | cut -d ' ' -f 1 | xargs)" '2 1 0' \
    'but for the end of its last line'
rm -f "$PF_SPOOL"/new/*

# Cut off in the middle of what is large.
half()
{
	printf 'POST %s HTTP/1.1\r\nHost: localhost\r\n%s; boundary=bound\r\n' "$crash" "$form"
	printf 'Content-Length: 2600000\r\n\r\n'
	printf -- '--bound\r\nContent-Disposition: form-data; name="input"\r\n\r\n'
	head -c 1000000 /dev/zero
}
half | timeout 5 socat -t 0.1 - "TCP:${url#http://}" >"$T/raw" 2>&1
sleep 0.2
is "$(in_spool) $(count "$PF_SPOOL/tmp") $(wc -c <"$T/raw")" '0 0 0' \
    'a client that goes away leaves nothing'

# Inputs, many and large together.
set --
for i in 1 2 3 4 5 6 7 8; do
	head -c 1000000 /dev/urandom >"$T/f$i"
	[ $i -gt 3 ] || set -- "$@" -F "files[]=@$T/f$i;filename=f$i"
done
req POST $corpus -F "metadata={$who,\"engine\":\"afl++\",\"id\":\"u9\"}" "$@" \
    -F "files[]=@$T/small;filename=../../etc/passwd"
is "$code $(get '.corpus_id, (.files | length)' | xargs)" '200 u9 4' 'inputs'
is "$(in_spool)" 1 'in one pack'
req POST $corpus -F "metadata={$who,\"engine\":\"afl++\",\"id\":\"u9\"}" "$@"
file
is "$(cut -f 1,2 "$T/out" | tr '\t' ' ' | sort | uniq -c | xargs)" \
    '3 corpus again 4 corpus new' 'are filed, and again have no effect'
is "$(master_sql "SELECT name, bot_id, engine FROM corpus WHERE size < 99")" \
    '../../etc/passwd|b1|afl++' 'a name is a name'
cat "$T/f1" "$T/f2" "$T/f3" | sha256sum >"$T/want"
for i in 1 2 3; do cat "$PF_STORAGE/corpus/$job/$(hash "$T/f$i")"; done |
    sha256sum >"$T/have"
ok 'with their bytes' cmp "$T/want" "$T/have"

# The same for a job, by anybody.
req POST "$upload" -F "one=@$T/f4;filename=f4" -F "two=@$T/f5;filename=" \
    -F "three=@$T/small;filename=s"
is "$code $(get '.job_id, .count' | xargs)" "200 $job 3" 'inputs for a job'
is "$(get '.uploaded_files | join(" ")')" "f4 $(hash "$T/f5") s" 'are told'
req POST "$upload?name=f%206" --data-binary "@$T/f6" -H 'X-Bot-ID: b7' \
    -H 'Content-Type: application/octet-stream'
is "$code $(get '.uploaded_files[0], .files[0].hash' | xargs)" \
    "200 f 6 $(hash "$T/f6")" 'a body alone'
req POST "$upload" --data-binary 'tiny' -H 'Content-Type: application/octet-stream'
is "$code $(get '.count, .files[0].size' | xargs)" '200 1 4' 'a small one'
refused '422 name' 'an odd name' "$upload?name=%0a" --data-binary x \
    -H 'Content-Type: application/octet-stream'
refused '422 name' 'and of what is large' "$upload?name=%0a" \
    --data-binary "@$T/f6" -H 'Content-Type: application/octet-stream'
refused '400 name' 'one that is not escaped right' "$upload?name=%zz" \
    --data-binary "@$T/f6" -H 'Content-Type: application/octet-stream'
refused '415 ' 'JSON' "$upload" -d '{}' -H 'Content-Type: application/json'
refused '405 ' 'another method' "$upload" -X PUT
file
is "$(master_sql "SELECT bot_id, name, size FROM corpus WHERE
    bot_id <> 'b1' AND size <> 11 ORDER BY size, name")" 'api||4
api||1000000
b7|f 6|1000000
api|f4|1000000' 'are filed'
is "$(count "$PF_SPOOL/bad")" 0 'none is refused'

# 1,000 files, one too many.
mkdir "$T/many"
seq 1025 | while read -r i; do printf '%d' "$i" >"$T/many/$i"; done
seq 1024 | sed "s,.*,form = \"f=@$T/many/&\"," >"$T/curl"
req POST "$upload" -K "$T/curl"
is "$code $(get .count)" '200 1024' 'as many files as may be'
rm -f "$PF_SPOOL"/new/*
echo "form = \"f=@$T/many/1025\"" >>"$T/curl"
req POST "$upload" -K "$T/curl"
is "$code" 413 'and one more'

# Over three quarters of the spool: crashes only.
sed 's/^disk_min_free.*/&\nspool_size = 10M/' "$PF_CONF" >"$T/conf2"
PF_CONF=$T/conf2 httpd_by env
at_end httpd_stop
head -c 7900000 /dev/zero >"$PF_SPOOL/new/filler"
for f in small f1; do
	refused '503 ' "$f: no room for inputs" "$upload" -F "a=@$T/$f"
	like "$(cat "$T/head")" '^Retry-After: [0-9]' 'come again'
	refused '200 ' 'but for crashes' $crash -F "$ok_meta" -F "input=@$T/$f"
done
json /api/v1/results/coverage "{$who,\"edges\":1}"
is "$code" 503 'no room for coverage'
json /api/v1/results/corpus "{$who,\"files\":[{\"data\":\"YQ==\"}]}"
is "$code" 503 'nor for inputs in JSON'
json /api/v1/results/batch "{$who,\"crashes\":[{\"input\":\"YQ==\"}],\"coverage\":[{}],\"corpus\":[{\"files\":[{\"data\":\"\"}]}]}"
is "$code $(get '[.processed[]] | @text')" '200 [1,0,0]' 'of a batch the crash'
like "$(get .errors[0])" 'coverage\[0\]: .* wait in the spool' 'and why not the rest'
json /api/v1/results/batch "{$who,\"coverage\":[{}]}"
is "$code" 503 'nothing of one without'
head -c 11000000 /dev/zero >"$PF_SPOOL/new/filler"
sleep 1.1
for f in small f1; do
	refused '503 ' "$f: full, also for crashes" $crash -F "$ok_meta" \
	    -F "input=@$T/$f"
done
json /api/v1/results/crash "{$who,\"input\":\"YQ==\"}"
is "$code" 503 'and in JSON'
rm -f "$PF_SPOOL"/new/filler
done_testing
