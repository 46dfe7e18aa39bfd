#!/bin/sh
# pf-httpd: campaigns, and what their jobs have found together.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/httpd.sh
. "$PF_ROOT/t/lib/httpd.sh"
need jq
v=/api/v1/campaigns

for i in 1 2 3; do
	printf '#!/bin/sh\n: %d\n' $i >"$T/t$i"
	chmod +x "$T/t$i"
done
master_new
master_start httpd
submit a libfuzzer "$T/t1" -C camp; a=$job
submit b libfuzzer "$T/t1" -C camp; b=$job
submit c libfuzzer "$T/t2" -C camp; c=$job
submit d libfuzzer "$T/t1" -C else; d=$job
submit e libfuzzer "$T/t3" -C camp
submit f libfuzzer "$T/t3" -C empty
id() { master_sql "SELECT id FROM campaigns WHERE name = '$1'"; }
camp=$(id camp) else=$(id else) empty=$(id empty)
sha() { printf '%s' "$1" | sha256sum | cut -d ' ' -f 1; }

# put KIND JOB TEXT FIELD ...: files a record of its own
seq=0
put()
{
	put_kind=$1 put_job=$2 seq=$((seq + 1))
	printf '%s' "$3" >"$T/in"
	shift 3
	for f; do
		set -- "$@" -f "$f"
		shift
	done
	mkpack "$put_kind" "$put_job" b1 -d "$PF_SPOOL" -s $seq -t $seq \
	    "$@" "$T/in" >/dev/null
	pf-ingest -q
}
corpus() { put corpus "$1" "$2" name=n engine=libfuzzer; }
crash()
{
	put crash "$1" "$2" engine=libfuzzer type=segfault signal=11 \
	    "stack=$3"
}

# Nothing found yet.
req GET "$v"
is "$code $(jq -r '.campaigns[].name' "$T/body" | xargs)" \
    '200 empty else camp default' 'the newest first'
is "$(jq -c '.campaigns[2] | [.id, .status, .weight, .pending_jobs]' \
    "$T/body")" "[\"$camp\",\"active\",1,4]" 'with their state'
got='' cursor=
for i in 1 2 3 4 5; do
	req GET "$v?limit=2${cursor:+&cursor=$cursor}"
	got="$got $(jq -r '.campaigns[].name' "$T/body" | xargs)"
	cursor=$(jq -r .next_cursor "$T/body")
	[ "$cursor" != null ] || break
done
is "$i$got" '2 empty else camp default' 'in pages'
req GET "$v/$camp"
is "$code $(jq -r .name "$T/body")" '200 camp' 'one of them'
pf-report -j campaign camp >"$T/want"
ok 'as pf-report has it' cmp "$T/body" "$T/want"
req GET "$v/$empty/stats"
is "$code $(sed 's/"last_updated":"20[^"]*"/TIME/' "$T/body")" \
    "200 {\"campaign_id\":\"$empty\",\"total_jobs\":1,\"completed_jobs\":0,\"total_crashes\":0,\"unique_crashes\":0,\"total_coverage\":0,\"corpus_size\":0,\"corpus_bytes\":0,TIME}" \
    'nothing found yet'
req GET "$v/$(id default)/stats"
is "$code $(jq -c '[.total_jobs, .last_updated]' "$T/body")" '200 [0,null]' \
    'nor ever done'
for what in crashes files; do
	path=$what
	[ $what = crashes ] || path=corpus
	req GET "$v/$empty/$path"
	is "$code $(jq -c "[.$what, .count, .next_cursor]" "$T/body")" \
	    '200 [[],0,null]' "no $what"
done
for path in '' /stats /crashes /corpus; do
	req GET "$v/nobody$path"
	is "$code $(member class)" '404 notfound' "of an unknown one: $path"
	req GET "$v/camp$path"
	is "$code" 404 "its name is no id: $path"
	req DELETE "$v/$camp/stats$path"
	like "$code" '^40[45]$' 'they are only read'
done
for path in "$v" "$v/$camp/crashes" "$v/$camp/corpus"; do
	for bad in limit=0 limit=1001 limit=x cursor=x cursor=1.A cursor= \
	    cursor=1. cursor=.1 cursor=-1.0 \
	    cursor=9999999999999999999999999999.0; do
		req GET "$path?$bad"
		is "$code $(member field)" "422 ${bad%%=*}" \
		    "${path##*/}?$bad"
	done
done

# What the jobs have found.
corpus "$a" one
corpus "$c" two
corpus "$b" one
corpus "$a" three
corpus "$d" elsewhere
crash "$a" boom1 'f < g "q" < main'
crash "$b" boom2 'f < g "q" < main'
crash "$c" boom3 ''
crash "$d" boom1 'f < main'
put coverage "$a" '' edges=70 exec_count=1
put coverage "$b" '' edges=90 exec_count=1

req GET "$v/$camp/stats"
is "$code $(jq -c '[.total_jobs, .completed_jobs, .total_crashes,
    .unique_crashes, .total_coverage, .corpus_size, .corpus_bytes]' \
    "$T/body")" '200 [4,0,3,2,90,4,14]' 'what they have found'
like "$(jq -r .last_updated "$T/body")" '^20.*Z$' 'and when the last of it'
pf-report -j totals camp >"$T/want"
ok 'as pf-report has it' cmp "$T/body" "$T/want"

req GET "$v/$camp/crashes"
is "$code $(jq -c '.crashes | map([.count, .samples, .dropped])' "$T/body")" \
    '200 [[1,1,0],[2,2,0]]' 'those that look alike are one'
is "$(jq -c '.crashes[1].stack_frames' "$T/body")" \
    '[{"function":"f"},{"function":"g \"q\""}]' \
    'with its frames'
is "$(jq -c '.crashes[0].stack_frames' "$T/body")" '[]' 'or none'
jq -r '.crashes[1] | .campaign_id, .stack_hash == .id, .example_crash' \
    "$T/body" >"$T/got"
is "$(sed 2q "$T/got" | xargs)" "$camp true" 'under both of its names'
example=$(sed -n 3p "$T/got")
bucket=$(jq -r '.crashes[1].id' "$T/body")
req GET "/api/v1/results/crashes/$example"
is "$code $(jq -r '.hash, .bucket' "$T/body" | xargs)" \
    "200 $(sha boom1) $bucket" 'and an example'
req GET "/api/v1/results/crashes?bucket=$bucket"
is "$(jq -r '.crashes[].job_id' "$T/body" | xargs)" "$b $a" 'all of it'
req GET "$v/$camp/crashes?limit=1"
cursor=$(jq -r .next_cursor "$T/body")
crash "$b" boom9 'later'
req GET "$v/$camp/crashes?limit=1&cursor=$cursor"
is "$(jq -c '[.crashes[0].id, .next_cursor]' "$T/body")" "[\"$bucket\",null]" \
    'a bucket that comes between pages'
req GET "$v/$else/crashes"
is "$(jq -r '.crashes[].campaign' "$T/body")" else 'another campaign'

# Inputs, of whatever target.
files() { jq -r '.files[] | .job_id + " " + .hash' "$T/body"; }
want="$a $(sha one)
$c $(sha two)
$b $(sha one)
$a $(sha three)"
req GET "$v/$camp/corpus"
is "$code $(files)" "200 $want" 'in the order they were filed'
is "$(jq -c '.files[0] | [.campaign_id, .filename, .size, .bot_id]' \
    "$T/body")" "[\"$camp\",\"n\",3,\"b1\"]" 'with what is known of each'
for limit in 1 2 3; do
	: >"$T/got"
	cursor=
	for i in 1 2 3 4 5 6; do
		req GET "$v/$camp/corpus?limit=$limit${cursor:+&cursor=$cursor}"
		files >>"$T/got"
		cursor=$(jq -r .next_cursor "$T/body")
		[ "$cursor" != null ] || break
	done
	is "$(cat "$T/got")" "$want" "in pages of $limit"
done
req GET "$v/$camp/corpus?limit=2"
cursor=$(jq -r .next_cursor "$T/body")
corpus "$a" four
req GET "$v/$camp/corpus?cursor=$cursor"
is "$(files)" "$b $(sha one)
$a $(sha three)
$a $(sha four)" 'with what came meanwhile'
req GET "$v/$camp/corpus?cursor=999999.0"
is "$code $(files)" '200 ' 'behind all of them'
done_testing
