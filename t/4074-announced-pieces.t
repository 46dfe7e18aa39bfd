#!/bin/sh
# Rules that make very many buckets: who is told of them is settled in pieces,
# none is passed over and none is told twice, whoever comes between.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"
need jq sqlite3

master <<!
[ingest]
on_new_crash = $T/hook
!
sqlite3 "$S/data/pandafuzz.db" "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL
    SELECT i + 1 FROM n WHERE i < 1500)
INSERT INTO crashes (id, job_id, bot_id, hash, file_path, type, signal,
    exit_code, timestamp, size, is_unique, tool, stack, output, command,
    engine, count, first_seen, last_seen, bucket, rid, target_hash, report)
SELECT printf('%08x-0000-7000-8000-%012x', i * 2654435761 & 0xffffffff, i),
    '$job', 'b', printf('%064x', i), printf('crashes/x/%064x', i), 'segfault',
    11, -1, i, 10, 1, 'asan', '', printf('==%d==ERROR: AddressSanitizer: ' ||
    'heap-buffer-overflow on address 0x6020%08x at pc 0x1 bp 0x2 sp 0x3' ||
    char(10) || '    #0 0x1 in xmalloc /b/a.c:12:3' || char(10) ||
    '    #1 0x2 in get_%d /b/g.c:9:1' || char(10) ||
    '    #2 0x3 in parse /b/p.c:1:7' || char(10), i, i, i),
    '', 'libfuzzer', 1, i, i, '', printf('%064x', i), '', 0 FROM n" ||
	exit 1

# op WORD [MORE]: one op rules, whose reply stays
op()
{
	printf '{"op":"rules","do":"%s"%s}\n' "$1" "${2-}" |
	    pf-sched apply >"$T/reply" || fail "op $1"
}
left() { [ "$(jq .left "$T/reply")" = true ]; }
told() { sql 'SELECT count(*) FROM told'; }
coming() { [ "$(sql 'SELECT coming IS NOT NULL FROM placing')" = 1 ]; }
most=0
step()
{
	before=$(told)
	op step
	after=$(told)
	[ $((after - before)) -le $most ] || most=$((after - before))
}
settled()
{
	sql "SELECT count(*) || ' ' || (SELECT count(*) FROM hooks) || ' ' ||
	    (SELECT count(*) FROM buckets WHERE id NOT IN (SELECT bucket FROM
	    told)) FROM buckets"
}

op apply ',"text":"function nothing"'
while coming; do step; done
is "$(told)" 0 'they are in force before anybody is told'
step
ok 'some are' test "$(told)" -gt 0
ok 'and not all' test "$(told)" -lt 1500

# Other rules come and are taken back, between two pieces.
op apply ',"text":"function other"'
step
op undo
while left; do step; done
is "$(settled)" '1500 1500 0' 'all wait for the hook, each once'
ok 'a piece is small' test $most -le 400

# Each under another name.
op apply ',"text":"function xmalloc"'
while left; do step; done
is "$(settled)" '1500 1500 0' 'those of other names wait, each once'
is "$(sql 'SELECT count(*) FROM told WHERE bucket IN (SELECT id FROM buckets)
    AND crash IN (SELECT first_crash FROM buckets)')" 1500 \
    'by what stood for them'
ok 'in small pieces too' test $most -le 400
op undo
while left; do step; done
is "$(settled)" '1500 1500 0' 'and back'

# All are one: that waits, the others are dropped.
op apply ',"text":"function xmalloc\nfunction get_*"'
while left; do step; done
is "$(settled)" '1 1 0' 'one of all of them waits'
done_testing
