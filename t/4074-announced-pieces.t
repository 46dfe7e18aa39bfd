#!/bin/sh
# Rules that make very many buckets: who is told of them is settled in pieces,
# none is passed over and none is told twice, whoever comes between.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"
# shellcheck source-path=SCRIPTDIR source=lib/crashes.sh
. "$PF_ROOT/t/lib/crashes.sh"
need jq sqlite3

master <<!
[ingest]
on_new_crash = $T/hook
!
# Each of a stack of its own.
crash_rows "$S/data/pandafuzz.db" "$job" 1500 10000 || exit 1

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
