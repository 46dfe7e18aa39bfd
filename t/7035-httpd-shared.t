#!/bin/sh
# pf-httpd: what jobs of one campaign have for one another, by a cursor.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/httpd.sh
. "$PF_ROOT/t/lib/httpd.sh"
v=/api/v1/jobs

printf '#!/bin/sh\n' >"$T/t1"
printf '#!/bin/sh\n:\n' >"$T/t2"
chmod +x "$T/t1" "$T/t2"
master_new
master_start httpd
submit a libfuzzer "$T/t1" -C camp; a=$job
submit b afl++ "$T/t1" -C camp; b=$job
submit c libfuzzer "$T/t1" -C else; c=$job
submit d libfuzzer "$T/t2" -C camp; d=$job
submit e libfuzzer "$T/t1"; e=$job
submit f afl++ "$T/t1"; f=$job
submit g libfuzzer "$T/t2"; g=$job

# file JOB TEXT ...: inputs of a job, one after another
file()
{
	file_job=$1
	shift
	for text in "$@"; do
		printf %s "$text" >"$T/in"
		mkpack corpus "$file_job" b1 -d "$PF_SPOOL" -f name=n \
		    -f engine=libfuzzer "$T/in" >/dev/null
		pf-ingest -q || exit 1
	done
}
sha() { printf %s "$1" | sha256sum | cut -d ' ' -f 1; }
# hashes: those of the answer; names TEXT ...: what they should be
hashes() { grep -o '"hash":"[0-9a-f]*"' "$T/body" | cut -d '"' -f 4; }
names() { for text in "$@"; do sha "$text"; done; }

req GET "$v/$a/shared"
is "$code $(cut -d , -f 1,2,4 "$T/body")" \
    '200 {"inputs":[],"cursor":0,"more":false' 'nothing filed yet'
file "$a" one two
file "$b" three
file "$c" elsewhere
file "$e" alone
file "$g" lonely
printf boom >"$T/in"
mkpack crash "$b" b1 -d "$PF_SPOOL" -f type=segfault -f signal=11 \
    -f engine=afl++ "$T/in" >/dev/null
pf-ingest -q

req GET "$v/$b/shared"
is "$code $(member more)" '200 false' 'what is there for a job'
is "$(hashes)" "$(names one two)" \
    'is what the others found, in order, and not its own'
like "$(cat "$T/body")" "\{\"hash\":\"$(sha one)\",\"size\":3,\"job_id\":\"$a\",\"cursor\":1\}" \
    'with its size, finder and place'
is "$(sed 's/.*],"cursor":\([0-9]*\).*/\1/' "$T/body")" 3 'and a cursor'
req GET "$v/$a/shared"
is "$(hashes)" "$(names three)" 'no crash, nothing of another campaign'
req GET "$v/$d/shared"
is "$(hashes)" "$(names one two three)" 'also for the build of another engine'
req GET "$v/$f/shared"
is "$(hashes)" "$(names alone)" \
    'without a campaign nothing but that of the same target'
req GET "$v/$c/shared"
is "$(hashes)" '' 'nor for another campaign'

req GET "$v/$b/shared?after=3"
is "$(hashes) $(member cursor)" ' 3' 'nothing new'
file "$a" four
file "$b" four
file "$a" five
req GET "$v/$b/shared?after=3"
is "$(hashes)" "$(names five)" 'what it found too is not new to it'
is "$(sed 's/.*],"cursor":\([0-9]*\).*/\1/' "$T/body")" 6 'but passed over'
req GET "$v/$b/shared?limit=1"
is "$(hashes) $(member more)" "$(names one) true" 'the first page'
req GET "$v/$b/shared?after=1&limit=1"
is "$(hashes) $(member more)" "$(names two) true" 'the second'
req GET "$v/$b/shared?after=2&limit=1"
is "$(hashes) $(member more) $(member cursor)" ' true 3' \
    'a page of what it has is empty and not the last'
req GET "$v/$b/shared?after=5&limit=1"
is "$(hashes) $(member more)" "$(names five) false" 'the last'
req GET "$v/$b/shared?after=1000"
is "$(hashes)" "$(names one two five)" 'a cursor of another database'

req GET "$v/$b/shared?own=1&after=2&limit=3"
is "$(hashes) $(member more)" "$(names three four four) true" \
    'its own, if it wants them'

epoch=$(sed 's/.*"epoch":\([0-9]*\).*/\1/' "$T/body")
req GET "$v/$b/shared?after=6&epoch=$epoch"
is "$(hashes)" '' 'a cursor with its epoch'
req GET "$v/$b/shared?after=6&epoch=$((epoch + 1))"
is "$(hashes)" "$(names one two five)" 'and with that of another database'

# The bytes, as many as are wanted.
i=shared/inputs
req GET "$v/$b/$i?want=1,2,6&epoch=$epoch"
is "$code $(tr '\n' / <"$T/body")" '200 1 3/one2 3/two6 4/five' 'several inputs'
req GET "$v/$b/$i?want=2,3,1000,2"
is "$(tr '\n' / <"$T/body")" '2 3/two3 5/three1000 -/2 3/two' \
    'in that order, and what there is not'
req GET "$v/$c/$i?want=1,2"
is "$(tr '\n' / <"$T/body")" '1 9/elsewhere2 -/' 'of its own campaign'
req GET "$v/$b/$i?want=1&epoch=$((epoch + 1))"
is "$code $(member field)" '409 epoch' 'of another database'
req GET "$v/nobody/$i?want=1"
is "$code" 404 'of an unknown job'
for bad in 'want=,' want=0 want=-1 want=x 'want=1,,2' 'want=1,2,' \
    want=9223372036854775808 "want=$(seq -s , 1025)"; do
	req GET "$v/$a/$i?$bad"
	is "$code $(member field)" '422 want' "inputs: $(echo "$bad" | cut -c 1-30)"
done
req GET "$v/$a/$i"
is "$code $(wc -c <"$T/body")" '200 0' 'none'
# Nothing but the bytes, if all are there.
y=shared/bytes
req GET "$v/$b/$y?want=1,2,6&epoch=$epoch"
is "$code $(cat "$T/body")" '200 onetwofive' 'the bytes of several inputs'
req GET "$v/$b/$y?want=2,3,2"
is "$code $(cat "$T/body")" '200 twothreetwo' 'in the order wanted'
for gone in 2,1000 1000,2; do
	req GET "$v/$b/$y?want=$gone"
	is "$code $(member field) $(member error)" \
	    '404 want there is no input 1000' "one of $gone is not there"
done
req GET "$v/$c/$y?want=1,2"
is "$code $(member field)" '404 want' 'nor are those of another campaign'
req GET "$v/$b/$y?want=1&epoch=$((epoch + 1))"
is "$code $(member field)" '409 epoch' 'bytes of another database'
req GET "$v/nobody/$y?want=1"
is "$code" 404 'bytes of an unknown job'
req GET "$v/$a/$y?want=1,x"
is "$code $(member field)" '422 want' 'bytes: 1,x'
req GET "$v/$a/$y"
is "$code $(wc -c <"$T/body")" '200 0' 'no bytes'
req GET "$v/$a/$i?want=$(seq -s , 1024)"
is "$code" 200 'as many as may be'
# An input of 3 MiB, twice: the second does not fit.
head -c 3145728 /dev/zero >"$T/in"
sed 's/^crash_size.*//' "$PF_CONF" >"$T/large.conf"
printf '[limits]\ncorpus_size = 4M\n' >>"$T/large.conf"
for n in 1 2; do
	echo $n >>"$T/in"
	mkpack corpus "$c" b1 -d "$PF_SPOOL" -f name=n -f engine=afl++ \
	    "$T/in" >/dev/null
	pf-ingest -q -c "$T/large.conf" || exit 1
done
req GET "$v/$c/$i?want=2,3,1"
is "$code $(wc -c <"$T/body")" '200 3145740' 'what fits'
req GET "$v/$c/$y?want=2,3"
is "$code $(member field)" '422 want' 'bytes that do not fit'
req GET "$v/$c/$y?want=3"
is "$code $(wc -c <"$T/body")" '200 3145732' 'and that do'

# What crashes anybody is for nobody any more.
req GET "$v/$b/shared?after=5"
is "$(hashes)" "$(names five)" 'an input'
printf five >"$T/in"
mkpack crash "$d" b1 -d "$PF_SPOOL" -f type=segfault -f signal=11 \
    -f engine=libfuzzer "$T/in" >/dev/null
pf-ingest -q
req GET "$v/$b/shared?after=5"
is "$(hashes) $(member cursor)" ' 6' 'that crashed another build'
req GET "$v/$b/$i?want=6"
is "$(cat "$T/body")" '6 -' 'is not handed out'

req GET "$v/nobody/shared"
is "$code $(member class)" '404 notfound' 'an unknown job'
for bad in after=-1 after=x after= limit=0 limit=1025 own=2; do
	req GET "$v/$a/shared?$bad"
	is "$code $(member field)" "422 ${bad%%=*}" "$bad"
done
req POST "$v/$a/shared" -d x
is "$code" 405 'it is only read'

file=$(sha three)
req GET "$v/$b/corpus/$file"
is "$code $(cat "$T/body")" '200 three' 'the bytes'
like "$(cat "$T/head")" '^X-Content-Type-Options: nosniff' 'are not guessed at'
like "$(cat "$T/head")" '^Content-Disposition: attachment' 'nor shown'
req GET "$v/$b/corpus/$file" -H "If-None-Match: \"$file\""
is "$code" 304 'nor sent again'
req GET "$v/$a/corpus/$file"
is "$code $(member class)" '404 notfound' 'an input of another job'
req GET "$v/nobody/corpus/$file"
is "$code" 404 'or of none'
req GET "$v/$b/corpus/$(sha boom)"
is "$code" 404 'crashes are not there'
for bad in "../$b/corpus/$file" "$b/corpus/..%2f$file" "$b/corpus/X" \
    "$file/corpus/$b" "$b/corpus/$file/" "..%2f$b/corpus/$file"; do
	req GET "$v/$bad"
	is "$code" 404 "no path: $(echo "$bad" | cut -c 1-40)"
done
mkdir "$PF_STORAGE/corpus/$b/$(sha dir)"
ln -s /etc/passwd "$PF_STORAGE/corpus/$b/$(sha link)"
req GET "$v/$b/corpus/$(sha dir)"
is "$code" 404 'a directory'
req GET "$v/$b/corpus/$(sha link)"
like "$code" '^[45]' 'a link'
is "$(grep -c root "$T/body")" 0 'which is not followed'

# The cost of a page is its size, wherever it lies.
is "$(sqlite3 -readonly "$PF_STORAGE/data/pandafuzz.db" "EXPLAIN QUERY PLAN
    SELECT max(seq) FROM shared WHERE pool = 1;
    EXPLAIN QUERY PLAN SELECT s.seq FROM shared AS s LEFT JOIN corpus AS c ON
    c.job_id = s.job_id AND c.hash = s.hash WHERE s.pool = 1 AND s.seq > 9
    ORDER BY s.seq LIMIT 9" | grep -c 'SCAN\|TEMP')" 0 'no table is walked'

# A database that is made anew from the storage tree offers the same.
req GET "$v/$c/shared?own=1"
other=$(hashes)
req GET "$v/$b/shared?own=1"
all=$(hashes | sort -u)
rm -r "$PF_STORAGE/corpus/$b/$(sha dir)" "$PF_STORAGE/corpus/$b/$(sha link)"
master_stop
rm "$PF_STORAGE"/data/pandafuzz.db*
check 'a database made anew' 0 '~jobs' '~never a snapshot' pf-sched rebuild
master_start httpd
req GET "$v/$b/shared?own=1"
is "$(hashes | sort -u)" "$all" 'has the same to offer'
req GET "$v/$c/shared?own=1"
is "$(hashes)" "$other" 'in each campaign'
done_testing
