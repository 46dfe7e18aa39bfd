#!/bin/sh
# Every request of pf-httpd's OpenAPI document, with everything wrong that one
# can say against it: each is refused as it should be, and nothing came of it.
# Then what is only strange, of which some is taken: it can be read back.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/httpd.sh
. "$PF_ROOT/t/lib/httpd.sh"
need sqlite3

# Debian's, which has Debian's modules
python="/usr/bin/python3 -B -W ignore"
$python -c 'import jsonschema' 2>/dev/null || skip_all 'no jsonschema here'

printf '#!/bin/sh\n' >"$T/t1"
chmod +x "$T/t1"
printf seed >"$T/in"
master_new
master_start httpd
submit a libfuzzer "$T/t1" -C camp
a=$job
mkpack corpus "$a" b1 -d "$PF_SPOOL" -f name=n -f engine=libfuzzer \
    "$T/in" >/dev/null
mkpack crash "$a" b1 -d "$PF_SPOOL" -f type=segfault -f signal=11 \
    -f engine=libfuzzer "$T/in" >/dev/null
pf-ingest -q
V=/api/v1
json $V/bots/register '{"hostname":"h","capabilities":["libfuzzer"],"inc":"i"}'
bot=$(member bot_id)
req GET "$V/bots/$bot/job?inc=i"
is "$code $(member id)" "200 $a" 'a bot has a job'
epoch=$(member epoch) attempt=$(member attempt)
camp=$(master_sql "SELECT id FROM campaigns WHERE name = 'camp'")
crash=$(master_sql 'SELECT id FROM crashes')
input=$(sha256sum <"$T/in" | cut -d ' ' -f 1)
blob=$(sha256sum <"$T/t1" | cut -d ' ' -f 1)

# Bodies that are right.  A route that is not here is asked with what its
# document requires.
token='"inc":"i","epoch":%epoch%,"attempt":%attempt%'
held="$token"',"job_id":"%jobs%"'
of="$held"',"bot_id":"%bots%"'
R=$V/results
cat >"$T/bodies" <<END
POST $V/bots/register {"hostname":"h","capabilities":["libfuzzer"],"inc":"i"}
POST $V/bots/{id}/heartbeat {$held}
POST $V/bots/{id}/job/start {$held}
POST $V/bots/{id}/job/complete {$held,"success":true}
POST $V/bots/{id}/job/handback {$held}
POST $V/campaigns/{id}/builds {"target":{"sha256":"%blobs%","name":"n"}}
PUT $V/rules {"text":"# none"}
POST $V/rules/undo {"version":"2"}
POST $V/jobs {"name":"n","fuzzer":"libfuzzer","target":"%blobs%"}
FORM $V/jobs/upload {"name":"n","fuzzer":"libfuzzer","target":"%blobs%"}
FORM $V/jobs/{id}/corpus {"bot_id":"%bots%"}
POST $V/jobs/{id}/logs/push {$token,"bot_id":"%bots%","content":"text"}
POST $R/batch {$of}
POST $R/crash {$of,"type":"segfault","input":"QUJD"}
FORM $R/crash {$of,"type":"segfault"}
POST $R/coverage {$of,"edges":3,"exec_count":7}
POST $R/corpus {$of,"files":[{"name":"n","data":"QUI="}]}
FORM $R/corpus {$of,"engine":"libfuzzer"}
POST $R/status {$of,"executions":3}
END
# ask [-a] BODIES: what is not as it should be
refuse=$PF_ROOT/t/lib/refuse.py
ask()
{
	# shellcheck disable=SC2086
	$python "$refuse" ${2:+"$1"} "$url" "${2:-$1}" \
	    "bots=$bot" "jobs=$a" "campaigns=$camp" "crashes=$crash" \
	    "corpus=$input" "blobs=$blob" "epoch=$epoch" "attempt=$attempt"
}
# All that is kept: the database, the storage, the spool.
kept()
{
	master_sql .dump
	find "$PF_STORAGE" "$PF_SPOOL" -type f ! -path '*/data/*' | sort
}

kept >"$T/before"
like "$(cat "$T/before")" "^INSERT INTO jobs.*$a" 'what is kept is known'
ask "$T/bodies" >"$T/wrong" 2>"$T/count" || cat "$T/count" >>"$T/wrong"
empty "$T/wrong" 'all that is wrong is refused as it should be'
like "$(cat "$T/count")" '^[5-9][0-9]{3} ' 'and it was much'
kept >"$T/after"
ok 'nothing came of it' cmp "$T/before" "$T/after"

# What is strange.  A batch must have something in it to be taken.
sed '/results.batch/s/}$/,"coverage":[{"edges":3}]}/' "$T/bodies" >"$T/more"
ask -a "$T/more" >"$T/wrong" 2>"$T/count" || cat "$T/count" >>"$T/wrong"
empty "$T/wrong" 'what is strange is taken, or refused with a reason'
like "$(cat "$T/count")" '^[4-9][0-9]{3} ' 'and it was much'
check 'pf-ingest' 0 '*' - pf-ingest
check 'keeps it' 0 '*' - pf-ingest fsck
cat >"$T/asked" <<END
= bots $bot
= jobs $a
= campaigns $camp
= crashes $crash
= corpus $input
= blobs $blob
GET $V/corpus/download 200 $V/corpus/download?job=$a
GET $V/bots/{id}/job 200 $V/bots/$bot/job
.
END
$python "$PF_ROOT/t/lib/conform.py" "$url" "$T/asked" 2>&1 |
    grep -v -e exercised -e ' answers$' >"$T/wrong"
empty "$T/wrong" 'all of it can be read'
# A checker that sees nothing would be of no use.  What it takes for right is
# not, and what it takes for an unknown id is one.
printf 'POST %s/bots/register {"hostname":7,"capabilities":["libfuzzer"]}\n' \
    $V >"$T/lies"
sed "s/'nobody'/'$a'/" "$PF_ROOT/t/lib/refuse.py" >"$T/refuse.py"
cp "$PF_ROOT/t/lib/conform.py" "$T"
refuse=$T/refuse.py
ask "$T/lies" >"$T/wrong" 2>&1
like "$(cat "$T/wrong")" "register: name 7: is of field 'hostname'" \
    'another member that is blamed would be seen'
like "$(cat "$T/wrong")" "^GET $V/jobs/$a: unknown: status 200, not 404" \
    'and another status'

master_stop
done_testing
