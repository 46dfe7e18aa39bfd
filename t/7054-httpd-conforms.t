#!/bin/sh
# Real answers of pf-httpd against its OpenAPI document: every route in it is
# asked for, and what comes back is what was told.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/httpd.sh
. "$PF_ROOT/t/lib/httpd.sh"

# Debian's, which has Debian's modules
python=/usr/bin/python3
$python -c 'import jsonschema' 2>/dev/null || skip_all 'no jsonschema here'
# conform FILE: what does not, for the requests in FILE
conform() { $python -W ignore "$PF_ROOT/t/lib/conform.py" "$url" "$1"; }

printf '#!/bin/sh\n' >"$T/t1"
chmod +x "$T/t1"
master_new
master_start httpd
submit a libfuzzer "$T/t1" -C 'my camp'; a=$job
submit b libfuzzer "$T/t1" -C 'my camp'
printf seed >"$T/in"
input=$(sha256sum <"$T/in" | cut -d ' ' -f 1)
mkpack corpus "$a" b1 -d "$PF_SPOOL" -f name=n -f engine=libfuzzer \
    "$T/in" >/dev/null
mkpack crash "$a" b1 -d "$PF_SPOOL" -f type=segfault -f signal=11 \
    -f engine=libfuzzer "$T/in" >/dev/null
pf-ingest -q
mkpack corpus "$a" b1 -f name=n -f engine=libfuzzer "$T/t1" >"$T/pack"
crash=$(master_sql 'SELECT id FROM crashes LIMIT 1')
camp=$(master_sql "SELECT id FROM campaigns WHERE name = 'my camp'")
blob=$(sha256sum <"$T/t1" | cut -d ' ' -f 1)

# Requests, in order.  A route that is not here, and is no GET that can be
# filled in by what stands behind "=", fails the test: give it a line.
{
	printf -- '--bb\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n' \
	    'name="job_metadata"' '{"name":"n","fuzzer":"libfuzzer"}' \
	    'name="target_binary"; filename="t"' '#!/bin/sh' \
	    'name="seed_corpus"; filename="s"' seed
	printf -- '--bb--\r\n'
} >"$T/form"
F='multipart/form-data;boundary=bb'
V=/api/v1 J=application/json P=application/x-pandafuzz-pack
token='"inc":"i","job_id":"%id%","epoch":%epoch%,"attempt":%attempt%'
of="\"job_id\":\"$a\",\"bot_id\":\"b1\""
new='"name":"n","target":"'$blob'","id":"mine"'
cat >"$T/asked" <<END
POST $V/bots/register 201 $V/bots/register $J {"hostname":"h","capabilities":["libfuzzer"],"inc":"i"}
POST $V/bots/register 200 $V/bots/register $J {"hostname":"h","capabilities":["libfuzzer"],"inc":"i"}
POST $V/bots/register 422 $V/bots/register $J {"hostname":"x"}
POST $V/bots/{id}/heartbeat 200 $V/bots/%bot_id%/heartbeat $J {"inc":"i"}
POST $V/bots/{id}/heartbeat 422 $V/bots/%bot_id%/heartbeat $J {"inc":1}
POST $V/bots/{id}/heartbeat 400 $V/bots/%bot_id%/heartbeat $J {
POST $V/bots/{id}/heartbeat 415 $V/bots/%bot_id%/heartbeat text/plain {}
GET $V/bots/{id}/job 200 $V/bots/%bot_id%/job?inc=i
GET $V/bots/{id}/job 200 $V/bots/%bot_id%/job?inc=i
POST $V/bots/{id}/job/start 200 $V/bots/%bot_id%/job/start $J {$token}
POST $V/bots/{id}/heartbeat 200 $V/bots/%bot_id%/heartbeat $J {$token}
POST $V/bots/{id}/job/handback 200 $V/bots/%bot_id%/job/handback $J {$token}
POST $V/bots/{id}/job/complete 409 $V/bots/%bot_id%/job/complete $J {$token,"success":true}
POST $V/results/batch 200 $V/results/batch $P @$T/pack
POST $V/results/batch 422 $V/results/batch $P rubbish
GET $V/jobs/{id}/shared 200 $V/jobs/$a/shared?own=1&limit=2
GET $V/jobs/{id}/shared 422 $V/jobs/$a/shared?limit=0
GET $V/jobs/{id}/shared/inputs 200 $V/jobs/$a/shared/inputs?want=1,9
GET $V/jobs/{id}/shared/inputs 409 $V/jobs/$a/shared/inputs?want=1&epoch=999
GET $V/jobs/{id}/shared/inputs 422 $V/jobs/$a/shared/inputs?want=x
GET $V/jobs/{id}/shared/bytes 200 $V/jobs/$a/shared/bytes
GET $V/jobs/{id}/shared/bytes 404 $V/jobs/$a/shared/bytes?want=1,9
GET $V/jobs/{id}/shared/bytes 409 $V/jobs/$a/shared/bytes?want=1&epoch=999
GET $V/jobs/{id}/shared/bytes 422 $V/jobs/$a/shared/bytes?want=x
POST $V/jobs 201 $V/jobs $J {$new,"fuzzer":"libfuzzer"}
POST $V/jobs 200 $V/jobs $J {$new,"fuzzer":"libfuzzer"}
POST $V/jobs 409 $V/jobs $J {$new,"fuzzer":"afl"}
POST $V/jobs 422 $V/jobs $J {"name":"n"}
POST $V/jobs/upload 201 $V/jobs/upload $F @$T/form
POST $V/jobs/upload 422 $V/jobs/upload $F rubbish
PUT $V/jobs/{id}/cancel 200 $V/jobs/%id%/cancel?message=why
POST $V/jobs/{id}/cancel 200 $V/jobs/%id%/cancel
DELETE $V/jobs/{id} 204 $V/jobs/%id%
DELETE $V/jobs/{id} 404 $V/jobs/nosuch
POST $V/campaigns 201 $V/campaigns $J {"name":"new","tags":["a"]}
POST $V/campaigns 200 $V/campaigns $J {"name":"new"}
POST $V/campaigns 422 $V/campaigns $J {"name":"newer","tags":[""]}
PUT $V/campaigns/{id} 200 $V/campaigns/%id% $J {"status":"paused"}
PATCH $V/campaigns/{id} 200 $V/campaigns/%id% $J {"weight":2}
DELETE $V/campaigns/{id} 204 $V/campaigns/%id%
PUT $V/campaigns/{id} 409 $V/campaigns/%id% $J {"status":"active"}
POST $V/blobs 202 $V/blobs application/octet-stream bytes
POST $V/campaigns/{id}/builds 201 $V/campaigns/$camp/builds $J {"target":{"sha256":"$blob","name":"n"}}
POST $V/campaigns/{id}/builds 200 $V/campaigns/$camp/builds?dry=1 $J {"target":{"sha256":"$blob","name":"n"}}
POST $V/campaigns/{id}/builds 404 $V/campaigns/$camp/builds $J {"target":{"sha256":"$input","name":"n"}}
PUT $V/rules 200 $V/rules?dry=1 text/plain # none
PUT $V/rules 202 $V/rules $J {"text":"# some\n"}
PUT $V/rules 422 $V/rules text/plain none
POST $V/rules/undo 409 $V/rules/undo $J {"version":"none"}
POST $V/rules/undo 202 $V/rules/undo $J {"version":"%version%"}
GET $V/corpus/download 200 $V/corpus/download?job=$a
GET $V/corpus/download 422 $V/corpus/download
= bots %bot_id%
= jobs $a
= campaigns $camp
= crashes $crash
= corpus $input
= blobs $blob
.
POST $V/bots/register 200 $V/bots/register $J {"hostname":"h","capabilities":["libfuzzer"],"inc":"i"}
GET $V/bots/{id}/job 200 $V/bots/%bot_id%/job?inc=i
POST $V/bots/{id}/job/complete 200 $V/bots/%bot_id%/job/complete $J {$token,"success":true}
POST $V/bots/{id}/job/complete 200 $V/bots/%bot_id%/job/complete $J {$token,"success":true}
DELETE $V/bots/{id} 204 $V/bots/%bot_id%
GET $V/bots/{id}/job 404 $V/bots/%bot_id%/job?inc=i
POST $V/results/batch 200 $V/results/batch $J {$of,"crashes":[],"coverage":[{"edges":3}],"corpus":[]}
POST $V/results/crash 200 $V/results/crash $J {$of,"type":"segfault","input":"QUJD"}
POST $V/results/crash 422 $V/results/crash $J {$of,"type":"segfault","input":"?"}
POST $V/results/coverage 200 $V/results/coverage $J {$of,"edges":5,"exec_count":9}
POST $V/results/coverage 422 $V/results/coverage $J {$of,"edges":-1}
POST $V/results/corpus 200 $V/results/corpus $J {$of,"files":[{"name":"n","data":"QUI="}]}
POST $V/results/status 200 $V/results/status $J {$of,"epoch":1,"attempt":1,"executions":5}
POST $V/jobs/{id}/corpus 200 $V/jobs/$a/corpus?name=x application/octet-stream bytes
POST $V/jobs/{id}/logs/push 201 $V/jobs/$a/logs/push $J {"bot_id":"b1","epoch":1,"attempt":1,"content":"a line"}
POST $V/jobs/{id}/logs/push 422 $V/jobs/$a/logs/push $J {"content":1}
END
conform "$T/asked" >"$T/wrong" 2>"$T/count" || cat "$T/count" >>"$T/wrong"
empty "$T/wrong" 'all answers conform'
like "$(cat "$T/count")" '^([4-9]|1[0-9])[0-9] ' 'and they were many'

# A checker that sees nothing would be of no use.
grep '^POST.*/register' "$T/asked" | sed 's/ 422 / 200 /' >"$T/lies"
conform "$T/lies" >"$T/wrong" 2>&1
like "$(cat "$T/wrong")" 'bots/register: answered with 422' \
    'another status would be seen'
like "$(cat "$T/wrong")" '^POST /api/v1/results/batch: was not exercised' \
    'and a route that nobody asks for'
master_stop
done_testing
