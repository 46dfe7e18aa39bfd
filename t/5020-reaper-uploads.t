#!/bin/sh
# Jobs whose files never come fail at last; what was acknowledged in time
# counts, filed or not.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"
need jq sqlite3

master <<'!'
[timeouts]
tick = 1s
[retention]
uploads = 1h
!
db=$S/data/pandafuzz.db
# submit NAME TEXT...: a job that waits for files of these texts
submit()
{
	name=$1 seeds=''
	shift
	for text; do
		sha=$(printf '%s' "$text" | sha256sum | cut -c 1-64)
		seeds="$seeds,{\"sha256\":\"$sha\",\"name\":\"$text\",\"size\":${#text},\"upload\":true}"
	done
	target=$(sql "SELECT target_hash FROM jobs LIMIT 1")
	printf '{"op":"submit","name":"%s","engine":"libfuzzer","target":{"sha256":"%s","name":"t","size":10},"seeds":[%s]}\n' \
	    "$name" "$target" "${seeds#,}" | pf-sched apply >"$T/reply"
	jq -r '.jobs[0]' "$T/reply"
}
# ago JOB SECONDS: it was submitted then
ago()
{
	sqlite3 "$db" "UPDATE jobs SET created_at = unixepoch() * 1000 - $2 * 1000
	    WHERE id = '$1'"
}
state() { sql "SELECT status || ' ' || waiting FROM jobs WHERE id = '$1'"; }
# upload TEXT: acknowledged, in the spool
upload()
{
	printf '%s' "$1" >"$T/blob"
	mkpack blob '' '' -i '' -s 0 -t 0 -E 0 -A 0 "$T/blob" | lay
}
expire() { printf '{"op":"expire","what":"upload","job":"%s"}\n' "$1" | pf-sched apply; }
reap() { pf-reaper | pf-sched apply >"$T/replies"; }
ticked() { reap; [ "$(sql 'SELECT trusted > 0 FROM clock')" = 1 ]; }

ok 'the clock runs' until_true 20 ticked
now="unixepoch() * 1000"
a=$(submit a one two)
is "$(state "$a")" 'pending 2' 'a job waits for two files'
run pf-reaper
is "$(grep -c upload "$T/out")" 0 'nothing of it yet'
ago "$a" 3500
reap
is "$(state "$a")" 'pending 2' 'nearly an hour is not too long'
like "$(expire "$a")" '"class":"stale"' 'an op by hand is refused'
ago "$a" 4000
sqlite3 "$db" "UPDATE clock SET trusted = $now"
check 'dry' 0 "~job $a .a. would fail: its files never came" - pf-reaper -n
is "$(state "$a")" 'pending 2' 'does nothing'

# What is acknowledged and not filed holds it.
upload one
touch -d '50 minutes ago' "$SPOOL/new/$(pack)"
reap
is "$(state "$a")" 'pending 2' 'what lies in the spool counts'
rm "$SPOOL/new/$(pack)"
upload one
pf-ingest -q
is "$(state "$a")" 'pending 1' 'one has come'
reap
is "$(state "$a")" 'pending 1' 'just now: the other one may be on its way'
like "$(expire "$a")" '"class":"stale"' 'by hand either'
sqlite3 "$db" "UPDATE uploads SET time = time - 5000000"
upload three
reap
is "$(state "$a")" 'failed 1' 'too long ago; what came too late is no matter'
is "$(sql "SELECT message FROM jobs WHERE id = '$a'")" 'its files never came' \
    'it says why'
like "$(pf-report -j events)" 'its files never came' 'as does an event'
like "$(expire "$a")" '"class":"stale"' 'it ends once'

# A job that has all of them, or no limit, or a clock that stands.
b=$(submit b one)
is "$(state "$b")" 'pending 0' 'one that finds its files waits for nothing'
ago "$b" 999999
c=$(submit c four)
ago "$c" 999999
sqlite3 "$db" 'UPDATE clock SET trusted = 1'
pf-reaper >"$T/ops"
grep -v '"tick"' "$T/ops" >"$T/rest" || :
is "$(cat "$T/rest")" '' 'without ticks no time passes'
like "$(expire "$c")" '"class":"stale"' 'for the writer too'
sqlite3 "$db" "UPDATE clock SET trusted = $now"
sed -i 's/^uploads = .*/uploads = 0/' "$T/conf"
like "$(expire "$c")" '"class":"stale"' '0 is for ever'
reap
is "$(state "$b") $(state "$c")" 'pending 0 pending 1' 'nothing ends'
sed -i 's/^uploads = .*/uploads = 1h/' "$T/conf"
printf '{"op":"hearing","ear":"e"}\n' | pf-sched -q apply
like "$(expire "$c")" '"class":"stale"' 'nor while nobody could bring them'
printf '{"op":"deaf","ear":"e","forget":true}\n' | pf-sched -q apply
mv "$SPOOL" "$SPOOL.away"
run pf-reaper
ok 'a spool that cannot be looked at' test "$status" -ne 0
is "$(grep -c '"upload"' "$T/out")" 0 'ends nothing'
mv "$SPOOL.away" "$SPOOL"
sed -i 's/^uploads = .*/uploads = x/' "$T/conf"
check 'a setting that makes no sense' 78 - '~uploads' pf-reaper
sed -i 's/^uploads = .*/uploads = 1h/' "$T/conf"
pf-ingest -q
reap
is "$(state "$b") $(state "$c")" 'pending 0 failed 1' 'the one, not the other'

# What comes later is filed, and found by who submits again.
upload four
check 'the file of a job that failed' 0 '~^blob' - pf-ingest
is "$(state "$c")" 'failed 0' 'changes nothing of that job'
d=$(submit d four)
is "$(state "$d")" 'pending 0' 'but another one has it'
like "$(printf '{"op":"expire","what":"upload","job":"nobody"}\n' |
    pf-sched apply)" '"class":"notfound"' 'an unknown job'
like "$(printf '{"op":"expire","what":"upload"}\n' | pf-sched apply)" \
    '"field":"job"' 'no job'
done_testing
