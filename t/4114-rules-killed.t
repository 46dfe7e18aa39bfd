#!/bin/sh
# Rules half in force: what is shown meanwhile, what comes meanwhile, who
# dies, who takes it back; and a database whose crashes lie as they did once.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sched.sh
. "$PF_ROOT/t/lib/sched.sh"
need jq socat sqlite3 strace

sched_new ''
db=$T/m/storage/data/pandafuzz.db
job=$(pf-sched submit -N n -e libfuzzer -t /bin/true 2>/dev/null)

# rows FROM TO [MORE]: crashes in forty ways, as ops of ten
rows()
{
	seq "$1" "$2" | awk -v job="$job" -v more="${3-}" '
	function row(i,    out) {
		out = sprintf("==%d==ERROR: AddressSanitizer: SEGV on unknown " \
		    "address 0x%x\\n    #0 0x%x in top%d /b%d/x.c:1\\n    #1 " \
		    "0x2 in mid /b/x.c:2\\n    #2 0x2 in low /b/x.c:2\\n    " \
		    "#3 0x3 in far%d /b/x.c:3\\n", i, i, i, i % 4, i, i % 10)
		return sprintf("{\"rid\":\"%064x\",\"job\":\"%s\",\"bot\":\"b\"," \
		    "\"time\":%d,\"filed\":%d,\"v\":2,\"hash\":\"%064x\"," \
		    "\"size\":4,\"signal\":11,\"output\":\"%s\"%s}", i, job, i,
		    1000 + i, i, out, more)
	}
	NR % 10 == 1 { printf "{\"op\":\"crash\",\"rows\":[" }
	{ printf "%s%s", (NR % 10 == 1 ? "" : ","), row($1) }
	NR % 10 == 0 { print "]}" }
	END { if (NR % 10 != 0) print "]}" }' | pf-sched -q apply
}

# What anybody sees; what is there, all but what has happened.
shown() { pf-report -j buckets; pf-report -j -n 9999 crashes; }
dump()
{
	sqlite3 -readonly "$db" .dump |
	    grep -v "^INSERT INTO \(events\|sqlite_\)"
}
state() { sql 'SELECT rules, coming IS NULL, cursor FROM placing'; }
step='{"op":"rules","do":"step"}'
begin="{\"op\":\"rules\",\"do\":\"apply\",\"text\":\"function top*\"}"

rows 1 400
rows 401 420 ',"stored":false'
is "$(pf-report buckets | cut -f 4,5 | sort | xargs -n 2 | sort -u)" '100 5' \
    'four buckets'
shown >"$T/before"
dump >"$T/dump"

# Begun, and one step of it.
printf '%s\n' "$begin" "$step" >"$T/ops"
pf-sched apply <"$T/ops" >"$T/replies"
is "$(jq -c '[.rules, .left]' "$T/replies" | xargs)" '[0,true] [0,true]' 'begun'
ok 'some are placed' test "$(sql 'SELECT count(*) FROM moves')" = 100
is "$(shown | diff - "$T/before")" '' 'nobody sees it'
printf '%s\n' '{"op":"rules","do":"undo"}' "$step" "$step" "$step" |
    pf-sched apply | tail -n 1 >"$T/replies"
is "$(jq -c .left "$T/replies")" false 'taken back before it was in force'
is "$(dump | diff - "$T/dump")" '' 'nothing is left of it'

# What comes meanwhile is placed by both.
pf-sched -q apply <"$T/ops"
rows 421 500
rows 500 505 ',"stored":false'
is "$(pf-report buckets | cut -f 4 | sort -u)" 120 'what comes meanwhile'
cp -r "$T/m" "$T/half"
echo 'function top*' >"$T/rules"
check 'the rest' 0 '~^in force	[0-9]+[+]' - pf-sched rules apply "$T/rules"
is "$(pf-report buckets | cut -f 4 | sort | xargs)" \
    '48 48 48 48 48 48 48 48 48 48' 'ten by the frames that are left'
shown >"$T/after"
# A server that starts notes that it did, and rules when they came.
lasting() { dump | grep -v '^INSERT INTO \(rules\|system\|clock\) '; }
lasting >"$T/dumped"

# The server is dead, or has done what there was to do.
ended()
{
	! kill -0 "$serve_pid" 2>/dev/null ||
	    [ "$(sql 'SELECT coming IS NULL FROM placing')" = 1 ]
}

# A server goes on by itself, however often it is killed.
rm -rf "$T/m"
cp -r "$T/half" "$T/m"
n=0 killed=0
while [ "$(sql 'SELECT coming IS NULL FROM placing')" = 0 ] && [ $n -lt 12 ]; do
	n=$((n + 1))
	strace -D -f -qq -o /dev/null -e \
	    "inject=pwrite64,fdatasync:signal=KILL:when=$((n * 8))" \
	    pf-sched serve 2>/dev/null &
	serve_pid=$!
	until_true 60 ended
	kill "$serve_pid" 2>/dev/null
	serve_rc=0
	wait "$serve_pid" 2>/dev/null || serve_rc=$?
	[ $serve_rc -lt 128 ] || killed=$((killed + 1))
	[ "$(sql 'SELECT coming IS NULL FROM placing')" = 1 ] ||
	    [ "$(pf-report buckets | cut -f 4 | sort -u)" = 120 ] ||
	    echo "$n" >>"$T/torn"
done
ok 'it was killed' test "$killed" -gt 3
ok 'nobody saw half of it' test ! -e "$T/torn"
serve_start
over() { [ "$(state)" = '1|1|' ]; }
ok 'one that lives puts them in force' until_true 60 over
is "$(shown | diff - "$T/after")" '' 'as they would have been'
is "$(lasting | diff - "$T/dumped")" '' 'with counters and all that was told'
rows 601 603
is "$(sql 'SELECT count(*) FROM moves WHERE crash IN (SELECT id FROM crashes
    WHERE timestamp > 600)')" 0 'what comes then lies where it belongs'
check 'back, by a server' 0 '~^in force	[0-9]+$' - pf-sched rules undo
is "$(pf-report buckets | cut -f 4 | sort | xargs)" '120 121 121 121' \
    'that comes with it'
is "$(sql 'SELECT count(*) FROM moves, rules')" 3 'those that came under them'
serve_stop TERM
is $serve_rc 0 'it ends well'

# A database in which crashes lie as they once did.
rm -rf "$T/m"
cp -r "$T/half" "$T/m"
printf '{"op":"rules","do":"undo"}\n%s\n%s\n' "$step" "$step" | pf-sched -q apply
shown | sort >"$T/want"
sqlite3 "$db" "UPDATE rules SET version = '';
    UPDATE crashes SET bucket = substr('0123', 1 + timestamp % 2, 1);
    DELETE FROM bucket_rows;
    INSERT INTO bucket_rows SELECT (SELECT rules FROM placing), bucket,
	campaign, 'segv', '', 'x', min(c.id),
	count(*), 0, min(first_seen), max(first_seen) FROM crashes AS c JOIN jobs
	AS j ON j.id = c.job_id GROUP BY 2;
    UPDATE dropped SET bucket = '0'"
serve_start
ok 'are placed anew' until_true 60 over
is "$(shown | sort | diff - "$T/want")" '' 'as by their reports'
serve_stop TERM
done_testing
