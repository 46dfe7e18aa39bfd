#!/bin/sh
# pf-httpd: crashes in pages and by what they have in common, one in full, its
# bytes; samples of coverage.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/httpd.sh
. "$PF_ROOT/t/lib/httpd.sh"
need jq
v=/api/v1/results

cat >"$T/target" <<'END'
#!/bin/sh
! grep -q boom "$1"
END
chmod +x "$T/target"
master_new
master_start httpd
submit a libfuzzer "$T/target" -C camp; a=$job
submit b libfuzzer "$T/target" -C camp; b=$job
submit c libfuzzer "$T/target" -C else; c=$job
camp=$(master_sql "SELECT id FROM campaigns WHERE name = 'camp'")

# crash JOB TEXT FIELD ...: files it
seq=0
crash()
{
	crash_job=$1 seq=$((seq + 1))
	printf '%s' "$2" >"$T/in"
	shift 2
	for f; do
		set -- "$@" -f "$f"
		shift
	done
	mkpack crash "$crash_job" "${bot:-b1}" -d "$PF_SPOOL" -s $seq -t $seq \
	    -f engine=libfuzzer "$@" "$T/in" >/dev/null
	pf-ingest -q
}
sha() { printf '%s' "$1" | sha256sum | cut -d ' ' -f 1; }
head_of() { sed -n "s/^$1: *\\(.*\\)/\\1/Ip" "$T/head" | tr -d '\r'; }
# found: the hashes of the answer; names TEXT ...: what they should be
found() { jq -r '.crashes[].hash' "$T/body"; }
names() { for text in "$@"; do sha "$text"; done; }

req GET "$v/crashes"
is "$code $(cat "$T/body")" \
    '200 {"crashes":[],"count":0,"limit":100,"next_cursor":null,"offset":0}' 'none yet'
crash "$a" 'boom 1' type=segfault signal=11 'stack=f < main' \
    'output=it said "x"' 'command=%TARGET% %INPUT%'
crash "$a" 'boom 2' type=segfault signal=11 'stack=f < main'
crash "$a" 'boom 3' type=abort signal=6 'stack=g < main'
crash "$b" 'boom 4' type=segfault signal=11 'stack=h < main'
crash "$c" 'boom 5' type=segfault signal=11 'stack=f < main'
bot=b2
crash "$a" 'boom 1' type=segfault signal=11 'stack=f < main'
bot=b1

req GET "$v/crashes"
is "$code $(found)" "200 $(names 'boom 5' 'boom 4' 'boom 3' 'boom 2' 'boom 1')" \
    'the newest first'
is "$(jq -c '.crashes[4] | [.type, .signal, .exit_code, .size, .count,
    .is_unique, .job_id, .bot_id, .stack_trace, .file_path, .output]' \
    "$T/body")" "[\"segfault\",11,0,6,2,true,\"$a\",\"b1\",\"f < main\",\"crashes/$a/$(sha 'boom 1')\",null]" \
    'with all but the report'
one=$(jq -r '.crashes[4].id' "$T/body")
bucket=$(jq -r '.crashes[4].bucket' "$T/body")
tag=$(head_of ETag)
req GET "$v/crashes" -H "If-None-Match: $tag"
is "$code" 304 'nothing new'
# picked QUERY TEXT ...: these are what it finds, and pf-report the same
picked()
{
	picked=$1
	shift
	req GET "$v/crashes?$picked"
	is "$code $(found)" "200 $(names "$@")" "$picked"
}
picked "job=$a" 'boom 3' 'boom 2' 'boom 1'
picked campaign=camp 'boom 4' 'boom 3' 'boom 2' 'boom 1'
picked "campaign=$camp" 'boom 4' 'boom 3' 'boom 2' 'boom 1'
picked "bucket=$bucket" 'boom 2' 'boom 1'
picked type=abort 'boom 3'
picked "type=segfault&job=$a" 'boom 2' 'boom 1'
picked "type=segfault&campaign=$camp&limit=2" 'boom 4' 'boom 2'
picked "bucket=$bucket&job=$b"
picked "bucket=$bucket&type=abort"
picked 'type=seg%27fault'
picked 'type=%25'
picked bucket=none
picked 'offset=3' 'boom 2' 'boom 1'
picked "offset=1&limit=1&job=$a" 'boom 2'
picked offset=10000
req GET "/api/v1/jobs/$a/crashes?type=segfault"
is "$code $(found) $(jq -r .job_id "$T/body")" \
    "200 $(names 'boom 2' 'boom 1') $a" 'those of a job by its own path'
# listed HASHES ARGUMENT ...: what pf-report has, the oldest first
listed()
{
	listed=$1
	shift
	is "$(pf-report crashes "$@" | cut -f 4)" "$listed" \
	    "pf-report crashes $1"
}
listed "$(names 'boom 1' 'boom 2')" -b "$bucket"
listed "$(names 'boom 1' 'boom 2' 'boom 3' 'boom 4')" -C camp
listed "$(names 'boom 3')" -t abort -J "$a"
listed "$(names 'boom 4')" -t segfault -C camp -J "$b"
listed '' -b none
is "$(pf-report -n 1 crashes -C camp | cut -f 4)" "$(names 'boom 4')" \
    'of more than the limit the newest'
check 'of no campaign' 66 - '~no campaign "none"' pf-report crashes -C none
is "$(pf-report buckets -C camp | wc -l) $(pf-report buckets -C else | wc -l)" \
    '3 1' 'buckets of a campaign'

# Pages.
: >"$T/got"
cursor=
for i in 1 2 3 4; do
	req GET "$v/crashes?limit=2${cursor:+&cursor=$cursor}"
	found >>"$T/got"
	cursor=$(jq -r .next_cursor "$T/body")
	[ "$cursor" != null ] || break
	[ $i != 1 ] || crash "$c" 'boom 6' type=abort
done
is "$i $(cat "$T/got")" \
    "3 $(names 'boom 5' 'boom 4' 'boom 3' 'boom 2' 'boom 1')" \
    'what comes between pages shifts nothing'
for bad in job=nobody campaign=nobody; do
	req GET "$v/crashes?$bad"
	is "$code $(member class)" '404 notfound' "$bad"
done
req GET /api/v1/jobs/nobody/crashes
is "$code $(member class)" '404 notfound' 'crashes of an unknown job'
req GET "$v/crashes?limit=1"
cursor=$(jq -r .next_cursor "$T/body")
for bad in offset=10001 offset=-1 job=../a bucket=x/y job= limit=0 limit=1001 limit=1e3 \
    limit=99999999999999999999 cursor= cursor=x "cursor=${cursor}0" \
    "cursor=y${cursor#?}" "cursor=x7${cursor#??}"; do
	req GET "$v/crashes?$bad"
	is "$code $(member field)" "422 ${bad%%=*}" "$bad"
done
req GET "$v/crashes?type=a%00b"
is "$code" 400 'an escaped NUL'
req POST "$v/crashes" -d x
is "$code" 405 'it is only read'

# One in full.
req GET "$v/crashes/$one"
is "$code $(jq -r '[.id, .hash, .output, .count, .bucket] | @tsv' "$T/body")" \
    "200 $one	$(sha 'boom 1')	it said \"x\"	2	$bucket" 'a crash'
is "$(jq -c '.bots | map([.bot, .count])' "$T/body")" '[["b1",1],["b2",1]]' \
    'who has found it'
is "$(jq -r '.command' "$T/body")" '%TARGET% %INPUT%' 'as the bot ran it'
run sh -c "$(jq -r .reproduce "$T/body")"
ran 1 'and the command that makes it happen again'
pf-report -j crash "$one" >"$T/want"
ok 'the record is that of pf-report' cmp "$T/body" "$T/want"
req GET "$v/crashes/nobody"
is "$code $(member class)" '404 notfound' 'an unknown one'
req GET "$v/crashes/$(echo "$one" | cut -c 1-20)"
is "$code" 404 'the beginning of an id is none'
for bad in ..%2f"$one" "$one/" A "$one/input/x"; do
	req GET "$v/crashes/$bad"
	is "$code" 404 "no path: $(echo "$bad" | cut -c 1-40)"
done

# Its bytes.
req GET "$v/crashes/$one/input"
is "$code $(cat "$T/body") $(head_of Content-Type)" \
    '200 boom 1 application/octet-stream' 'the bytes'
is "$(head_of Content-Disposition) $(head_of X-Content-Type-Options)" \
    "attachment; filename=\"$(sha 'boom 1')\" nosniff" \
    'are to be saved, not shown'
is "$(head_of ETag)" "\"$(sha 'boom 1')\"" 'their tag is their hash'
req GET "$v/crashes/$one/input" -H "If-None-Match: $(head_of ETag)"
is "$code" 304 'nor sent again'
req GET "$v/crashes/$one/input" -H 'Range: bytes=5-'
is "$code $(cat "$T/body")" '206 1' 'a part of them'
req HEAD "$v/crashes/$one/input" -I
is "$code $(head_of Content-Length)" '200 6' 'HEAD'
req GET "$v/crashes/nobody/input"
is "$code $(member class)" '404 notfound' 'of an unknown crash'
file=$PF_STORAGE/crashes/$a/$(sha 'boom 1')
mv "$file" "$T/gone"
req GET "$v/crashes/$one/input"
is "$code $(member class)" '404 notfound' 'bytes that are gone'
like "$(member error)" "input $(sha 'boom 1')" 'are named'
is "$(head_of Content-Disposition)" '' 'and nothing is to be saved'
ln -s /etc/passwd "$file"
req GET "$v/crashes/$one/input"
like "$code $(grep -c root "$T/body")" '^[45].. 0' 'a link is not followed'
rm "$file"
mv "$T/gone" "$file"

# By its hash it is a blob, which is what a bot knows of it.
hash=$(sha 'boom 1')
req GET "/api/v1/blobs/$hash"
is "$code $(cat "$T/body") $(head_of ETag)" "200 boom 1 \"$hash\"" \
    'the bytes by their hash'
req GET "/api/v1/blobs/$hash" -H 'Range: bytes=5-'
is "$code $(cat "$T/body")" '206 1' 'a part of them'
req GET "/api/v1/blobs/$(sha "$(cat "$T/target")
")"
is "$code" 200 'a target is still one'
none=$(sha 'none')
req GET "/api/v1/blobs/$none"
is "$code $(member class)" '404 notfound' 'no blob and no crash'
like "$(member error)" "blob $none" 'is named'
req GET "/api/v1/blobs/..%2f$hash"
is "$code" 404 'no path'
mv "$file" "$T/gone"
req GET "/api/v1/blobs/$hash"
is "$code $(member class)" '404 notfound' 'of a crash whose bytes are gone'
mv "$T/gone" "$file"

# Coverage: what is new follows from all earlier samples, on any page.
cover()
{
	mkpack coverage "$1" b1 -d "$PF_SPOOL" -s "$2" -t "$2" \
	    -f edges="$3" -f exec_count=1 >/dev/null
}
v2=/api/v1/results/coverage
req GET "$v2"
is "$code $(jq -c '[.coverage, .next_cursor]' "$T/body")" '200 [[],null]' \
    'no coverage yet'
cover "$a" 10 100
cover "$a" 20 90
cover "$a" 30 130
cover "$a" 40 131
cover "$b" 10 50
pf-ingest -q
edges() { jq -r '.coverage[] | "\(.edges)+\(.new_edges)"' "$T/body" | xargs; }
req GET "$v2?job=$a"
is "$code $(edges)" '200 100+100 90+0 130+30 131+1' 'samples of a job'
req GET "$v2"
is "$code $(edges)" '200 100+100 90+0 130+30 131+1 50+50' 'of all, by job'
got='' cursor=
for i in 1 2 3 4 5; do
	req GET "$v2?limit=2${cursor:+&cursor=$cursor}"
	got="$got $(edges)"
	cursor=$(jq -r .next_cursor "$T/body")
	[ "$cursor" != null ] || break
done
is "$i$got" '3 100+100 90+0 130+30 131+1 50+50' 'in pages just as well'
req GET "$v2?limit=1&job=$a"
cursor=$(jq -r .next_cursor "$T/body")
req GET "$v2?cursor=$cursor&job=$a"
is "$(edges)" '90+0 130+30 131+1' 'of one job'
req GET "$v2?cursor=$cursor&job=$b"
is "$code $(member field)" '422 cursor' 'a cursor of another job'
req GET "$v2?job=nobody"
is "$code $(member class)" '404 notfound' 'coverage of an unknown job'
for bad in job=A limit=0 cursor=x cursor=1.2 cursor=1.2.a. \
    "cursor=1.2.A.$(sha x)" "cursor=1.2..$(sha x)" "cursor=x.2.a.$(sha x)" \
    "cursor=1.2.a$(sha x)" "cursor=1.2.$(sha x)$(sha x).$(sha x)"; do
	req GET "$v2?$bad"
	is "$code $(member field)" "422 ${bad%%=*}" "$(echo "$bad" | cut -c 1-40)"
done

# What is rare among many: a page has its price, found or not.
master_stop
sqlite3 "$PF_STORAGE/data/pandafuzz.db" "PRAGMA journal_mode = WAL;
    WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n
    WHERE i < 25000) INSERT INTO crashes (id, job_id, bot_id, hash, file_path,
    type, signal, exit_code, timestamp, size, is_unique, tool, stack, output,
    command, engine, count, first_seen, last_seen) SELECT 'x' || i, '$c', 'b',
    'h' || i, '', 'common', 0, 0, 1, 1, 1, '', '', '', '', '', 1, 5000 + i, 1
    FROM n; UPDATE crashes SET first_seen = 1000 + rowid WHERE rowid < 7" \
    >/dev/null
master_start httpd
pages=0 cursor='' got=''
while [ "$cursor" != null ] && [ $pages -lt 9 ]; do
	req GET "$v/crashes?type=abort${cursor:+&cursor=$cursor}"
	got="$got $(found)"
	cursor=$(jq -r .next_cursor "$T/body")
	pages=$((pages + 1))
done
is "$pages $(echo "$got" | xargs)" "6 $(names 'boom 6' 'boom 3' | xargs)" \
    'an empty page is not the last'
req GET "$v/crashes?job=$a&type=abort"
is "$(found) $(jq -r .next_cursor "$T/body")" "$(names 'boom 3') null" \
    'in a job it is found at once'
done_testing
