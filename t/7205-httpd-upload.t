#!/bin/sh
# pf-httpd: a job that comes with its files.  They go to the spool as they
# come; the job waits until pf-ingest has filed them, and loses none.
# shellcheck disable=SC2016 # what stands in quotes is for eval
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/httpd.sh
. "$PF_ROOT/t/lib/httpd.sh"
need jq sqlite3

master_new - <<'END'
target_size = 3M
spool_size = 16M
pack_size = 1M
crash_size = 512K
END
master_start httpd
v=/api/v1/jobs/upload
get() { jq -r "$1" "$T/body"; }
sha() { sha256sum "$1" | cut -c 1-64; }
jobs() { master_sql 'SELECT count(*) FROM jobs'; }
waiting() { master_sql "SELECT waiting FROM jobs WHERE id = '$1'"; }
# form ARGUMENT ...: the parts, in curl's words, after the description
meta='{"name":"n","fuzzer":"libfuzzer","duration":"60s"}'
form()
{
	req POST $v -F "job_metadata=$meta" "$@"
}

printf '#!/bin/sh\n' >"$T/small"
head -c 2500000 /dev/urandom >"$T/large"
printf one >"$T/one"
mkdir "$T/x" "$T/y"
printf two >"$T/x/two"
printf three >"$T/y/two"
printf 'kw="x"\n' >"$T/dict"

# Small, and in one piece.
form -F "target_binary=@$T/small;filename=prog" -F "seed_corpus=@$T/one" \
    -F "seed_corpus[]=@$T/x/two" -F "seed_corpus=@$T/y/two" \
    -F "dictionary=@$T/dict"
is "$code $(get .status)" '201 pending' 'a job with its files'
job=$(get .id)
is "$(get '[.target, .target_hash, .uploaded_binary.size, .uploaded_corpus.count] | map(tostring) | join(" ")')" \
    "prog $(sha "$T/small") 10 3" 'says what came'
is "$(get .uploaded_binary.path)" "targets/$(sha "$T/small")/data" 'and where to'
is "$(get '.config.seed_corpus | join(" ")')" 'one two seed-3' \
    'no two seeds are called the same'
is "$(waiting "$job")" 5 'it waits for five files'
check 'explain' 0 '=pending: waiting for upload (5 of 5 files)' - \
    pf-report explain job "$job"
is "$(count "$PF_SPOOL/new") $(count "$PF_SPOOL/tmp")" '1 0' \
    'which lie in the spool, as one pack'
check 'pf-ingest' 0 '~^blob	new' - pf-ingest
is "$(wc -l <"$T/out" | tr -d ' ')" 5 'files them'
is "$(waiting "$job")" 0 'now the job can be given'
ok 'the target' cmp "$T/small" "$PF_STORAGE/targets/$(sha "$T/small")/data"
bot=$(pf-registry register -H h -e libfuzzer -i i)
req GET "/api/v1/bots/$bot/job?inc=i"
is "$(get .id)" "$job" 'and is'
is "$(get '.blobs | map(.kind + ":" + .name) | join(" ")')" \
    'target:prog dict:dict seed:one seed:two seed:seed-3' 'with its files'
req GET "/api/v1/blobs/$(sha "$T/y/two")"
is "$(cat "$T/body")" three 'which can be fetched'

# Large, with the length known and without; what is there is not waited for.
for how in 'Expect:' 'Transfer-Encoding: chunked'; do
	form -H "$how" -F "target=@$T/large" -F "seed_corpus=@$T/one"
	is "$code $(get .uploaded_binary.size)" '201 2500000' "large, $how"
	is "$(get .target)" large 'is called as its file'
	check 'pf-ingest' 0 '*' - pf-ingest
	is "$(waiting "$(get .id)")" 0 'comes to the storage'
done
ok 'as it was' cmp "$T/large" "$PF_STORAGE/targets/$(sha "$T/large")/data"
is "$(count "$PF_SPOOL/new")" 0 'the spool is empty'
check 'fsck has nothing to say' 0 '*' '*' pf-ingest fsck
meta='{"name":"n","fuzzer":"afl","target":"bin/fuzz_me","config":{"duration":3600000000000}}'
form -F "target_binary=@$T/small"
is "$code $(get .target) $(waiting "$(get .id)")" '201 fuzz_me 0' \
    'the name that the description gives'
meta="{\"name\":\"n\",\"fuzzer\":\"afl\",\"target\":\"$(sha "$T/small")\"}"
form -F "seed_corpus=@$T/one"
is "$code $(get .target_hash)" "201 $(sha "$T/small")" \
    'a target that is there already'
rm -f "$PF_SPOOL"/new/*

# By their shorter names.
req POST $v -F 'metadata={"name":"n","fuzzer":"libfuzzer"}' \
    -F "seeds=@$T/one" -F "target=@$T/small" -F "seeds[]=@$T/x/two"
is "$code $(get '.uploaded_corpus.count, .target' | tr '\n' ' ')" \
    '201 2 small ' 'metadata, target and seeds'
rm -f "$PF_SPOOL"/new/*

# The sender's id: once.
meta='{"name":"n","fuzzer":"libfuzzer","id":"up-1"}'
form -F "target_binary=@$T/large"
first=$(get .id)
is "$code" 201 'with an id'
form -F "target_binary=@$T/large"
is "$code $(get .id)" "200 $first" 'sent again it is the same job'
form -F "target_binary=@$T/small"
is "$code $(get .field)" '409 id' 'another one under that id'
check 'pf-ingest' 0 '*' - pf-ingest

# Builds beside the target, one that comes and one that is there.
meta="{\"name\":\"n\",\"fuzzer\":\"x.1\",\"builds\":{\"asan\":\"$(sha "$T/one")\"}}"
form -F "build_cmplog=@$T/one;filename=prog" -F "target=@$T/small"
is "$code $(get .fuzzer)" '201 x.1' 'builds, for an engine of another kind'
is "$(sqlite3 -readonly "$PF_STORAGE/data/pandafuzz.db" "SELECT group_concat(kind || ':' || name, ' ') FROM (SELECT * FROM job_blobs WHERE job = '$(get .id)' ORDER BY n)")" \
    'target:small asan:asan cmplog:prog' 'are files of the job'
check 'pf-ingest' 0 '*' - pf-ingest
is "$(waiting "$(get .id)")" 0 'and come to the storage'

# refused CODE FIELD PATTERN NAME FORM ...
n=$(jobs)
refused()
{
	ref_code=$1 ref_field=$2 ref_pattern=$3 ref_name=$4
	shift 4
	req POST $v "$@"
	is "$code $(get .field)" "$ref_code $ref_field" "$ref_name"
	like "$(get '.error + " " + .details')" "$ref_pattern" \
	    "$ref_name: what to do"
}
meta='{"name":"n","fuzzer":"libfuzzer"}'
: >"$T/empty"
head -c 1100000 /dev/urandom >"$T/big"
head -c 3300000 /dev/urandom >"$T/over"
refused 422 job_metadata 'must be the first part' 'the description last' \
    -F "target_binary=@$T/small" -F "job_metadata=$meta"
refused 422 job_metadata 'must be the first part' 'none at all' \
    -F "target_binary=@$T/large"
refused 422 job_metadata 'one already' 'two of them' \
    -F "job_metadata=$meta" -F "job_metadata=$meta"
refused 422 job_metadata 'not a JSON object' 'one that is not JSON' \
    -F 'job_metadata=name' -F "target_binary=@$T/large"
refused 422 job_metadata 'not a JSON object' 'a list' -F 'job_metadata=[1]'
refused 413 job_metadata 'more than 65536 bytes' 'a very long one' \
    -F "job_metadata=<$T/large"
refused 422 colour 'nothing is known' 'an unknown member' \
    -F 'job_metadata={"name":"n","fuzzer":"afl","colour":1}' \
    -F "target_binary=@$T/large"
refused 422 fuzzer 'not a name of an engine' 'what is no engine' \
    -F 'job_metadata={"name":"n","fuzzer":"a b"}' -F "target_binary=@$T/large"
refused 422 builds '"asn" is none of asan' 'a build of no kind' \
    -F 'job_metadata={"name":"n","fuzzer":"x","builds":{"asn":"x"}}' \
    -F "target_binary=@$T/large"
refused 422 builds.asan 'not the SHA-256' 'a build without a hash' \
    -F 'job_metadata={"name":"n","fuzzer":"x","builds":{"asan":"x"}}' \
    -F "target_binary=@$T/large"
refused 422 build_asn 'nothing is known' 'a part of no kind' \
    -F "job_metadata=$meta" -F "build_asn=@$T/large"
refused 422 build_asan 'one already' 'two builds of a kind' \
    -F "job_metadata=$meta" -F "build_asan=@$T/large" \
    -F "build_asan=@$T/large"
refused 422 duration 'nanoseconds' 'a wrong duration' \
    -F 'job_metadata={"name":"n","fuzzer":"afl","duration":60}' \
    -F "target_binary=@$T/large"
refused 422 config.dictionary 'jobs/upload' 'a path for a dictionary' \
    -F 'job_metadata={"name":"n","fuzzer":"afl","config":{"dictionary":"d"}}' \
    -F "target_binary=@$T/small"
refused 404 campaign_id 'unknown' 'a campaign that is not there' \
    -F 'job_metadata={"name":"n","fuzzer":"afl","campaign_id":"no"}' \
    -F "target_binary=@$T/large"
refused 422 target_binary 'missing' 'no target' -F "job_metadata=$meta"
refused 422 target_binary 'missing' 'a path for a target' \
    -F 'job_metadata={"name":"n","fuzzer":"afl","target":"/bin/true"}'
refused 422 target_binary 'empty' 'an empty target' \
    -F "job_metadata=$meta" -F "target_binary=@$T/empty"
refused 413 target_binary 'larger than 3145728' 'one over target_size' \
    -F "job_metadata=$meta" -F "target_binary=@$T/over"
refused 422 target_binary 'one already' 'two targets' -F "job_metadata=$meta" \
    -F "target_binary=@$T/small" -F "target=@$T/large"
refused 422 seed_corpus 'empty' 'an empty seed' -F "job_metadata=$meta" \
    -F "target_binary=@$T/small" -F "seed_corpus=@$T/empty" \
    -F "dictionary=@$T/dict"
refused 413 seed_corpus 'larger than 1048576' 'a seed over a MiB' \
    -F "job_metadata=$meta" -F "target_binary=@$T/small" \
    -F "seed_corpus=@$T/big"
refused 422 binary 'nothing is known of the part' 'an unknown part' \
    -F "job_metadata=$meta" -F "binary=@$T/large"
req POST $v -H 'Content-Type: multipart/form-data' -d x
is "$code" 422 'no boundary'
req POST $v -H 'Content-Type: multipart/form-data; boundary=bb' -d x
is "$code" 422 'no form'
req POST $v -H 'Content-Type: multipart/form-data; boundary=bb' -d ''
is "$code $(get .field)" '422 job_metadata' 'an empty one'
printf -- '--bb\r\nContent-Disposition: form-data; name="job_metadata"\r\n\r\n%s\r\n--bb\r\nContent-Disposition: form-data; name="target_binary"; filename="t"\r\n\r\n%s' \
    "$meta" 'half of it' >"$T/cut"
req POST $v -H 'Content-Type: multipart/form-data; boundary=bb' \
    --data-binary "@$T/cut"
is "$code" 422 'a form without its end'
like "$(get .error)" 'last boundary is missing' 'says so'
printf '\r\n--bb--\r\n' >>"$T/cut"
req POST $v -H 'Content-Type: multipart/form-data; boundary=bb' \
    --data-binary "@$T/cut"
is "$code" 201 'with its end it is one'
req POST $v -H 'Content-Type: application/json' -d '{}'
is "$code" 415 'another type'
req GET $v
is "$code $(sed -n 's/^Allow: //p' "$T/head" | tr -d '\r')" '405 POST, OPTIONS' \
    'no job is called so'
head -c 17000000 /dev/zero >"$T/huge"
form -F "target_binary=@$T/huge" -H 'Expect:'
is "$code" 413 'one over spool_size'
is "$(jobs)" $((n + 1)) 'no job came of those that were refused'
is "$(count "$PF_SPOOL/tmp")" 0 'and nothing is left of them'
check 'pf-ingest' 0 '*' - pf-ingest

# Names are names, whatever they say.
form -F "target_binary=@$T/small;filename=../../etc/passwd" \
    -F "seed_corpus=@$T/one;filename=..\\\\..\\\\x" \
    -F "seed_corpus=@$T/one;filename=.hidden"
is "$code $(get .target) $(get '.config.seed_corpus | join(" ")')" \
    '201 passwd x seed-2' 'paths are cut off'
check 'pf-ingest' 0 '*' - pf-ingest

# An upload that is cut leaves nothing, and nobody waits for it.
n=$(jobs)
curl -s -o /dev/null -F "job_metadata=$meta" -F "target_binary=@$T/large" \
    --limit-rate 800K "$url$v" &
cut=$!
ok 'one is on its way' until_true 5 eval '[ "$(count "$PF_SPOOL/tmp")" = 1 ]'
kill $cut
until_true 5 eval '[ "$(count "$PF_SPOOL/tmp")" = 0 ]'
is "$(count "$PF_SPOOL/tmp") $(count "$PF_SPOOL/new") $(jobs)" "0 0 $n" \
    'cut in the middle'

# Without a writer nobody has to send it all.
for p in $master_pids; do
	case $p in
	*:sched)	kill "${p%%:*}"; wait "${p%%:*}" ;;
	*)	rest="${rest-} $p" ;;
	esac
done
master_pids=$rest
form -F "target_binary=@$T/small"
is "$code" 503 'no writer'
like "$(cat "$T/head")" 'Retry-After' 'come again'
is "$(count "$PF_SPOOL/new")$(count "$PF_SPOOL/tmp")" 00 'nothing is kept'
done_testing
