#!/bin/sh
# Each new bucket is announced once, whichever way it arose: by a report
# whose input was not kept, by an earlier report of a known input, by rules.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"
need jq sqlite3 strace

master <<!
[ingest]
on_new_crash = $T/hook
hooks_per_minute = 1000
!
hook()
{
	printf '#!/bin/sh\n%s\n' "$1" >"$T/hook.new"
	chmod +x "$T/hook.new"
	mv "$T/hook.new" "$T/hook"
}
db=$S/data/pandafuzz.db
hook "cat >>$T/told"
: >"$T/told"

# row N INPUT FRAME TIME [MORE]: one report as an op
row()
{
	printf '{"op":"crash","rows":[{"rid":"%064x","job":"%s","bot":"b",' \
	    "$1" "$job"
	printf '"time":%d,"filed":%d,"v":2,"hash":"%064x","size":4,' "$4" \
	    "$4" "$2"
	printf '"type":"segv","signal":11,"stack":"%s < mid < low%s"%s}]}\n' \
	    "$3" "${tail-}" "${5-}"
}
file() { row "$@" | pf-sched apply; }
lost=',"stored":false'
# tell: runs what is due; told: what was said since, a line each, sorted
tell() { pf-ingest -q hooks 2>/dev/null; }
told()
{
	jq -r '(.stack | split(" ")[0]) + " " + ((.input // "")[-2:])' \
	    "$T/told" | sort | tr '\n' ,
	: >"$T/told"
}
due() { sql 'SELECT count(*) FROM hooks'; }
new() { jq -c '.results[0] // .rows[0] | [.new_bucket, .count]' "$T/reply"; }

# A report whose input was not kept.
file 1 1 alpha 1000 "$lost" >"$T/reply"
is "$(due)" 1 'a bucket without an input is news'
hook 'exit 3'
tell
is "$(told) $(due)" ' 1' 'a hook that fails'
is "$(sql 'SELECT tries FROM hooks')" 1 'is to be told again'
hook "cat >>$T/told"
sqlite3 "$db" 'UPDATE hooks SET due = 0'
tell
is "$(jq -r '[.type, .count, .campaign] | @tsv' "$T/told")" \
    'segv	1	default' 'says what is known'
is "$(jq -c '[has("input"), has("id"), has("job_id")]' "$T/told")" \
    '[false,false,false]' 'which is no input'
is "$(told)" 'alpha ,' 'it is told'
file 2 2 alpha 1001 "$lost" >"$T/reply"
file 3 3 alpha 1002 >"$T/reply"
file 4 1 alpha 1003 >"$T/reply"
tell
is "$(told) $(due)" ' 0' 'once: not by what comes to it'
file 5 5 beta 1000 "$lost" >"$T/reply"
file 6 6 beta 1001 >"$T/reply"
tell
is "$(told)" 'beta 06,' 'an input that came meanwhile is shown'

# An earlier report of a known input moves it.
file 10 10 gamma 2000 >"$T/reply"
tell
is "$(told)" 'gamma 0a,' 'a bucket of one'
file 11 10 delta 1500 >"$T/reply"
like "$(cat "$T/reply")" '"new_bucket":true' 'is another one, and new'
tell
is "$(told) $(due)" 'delta 0a, 0' 'which is told'
file 12 10 gamma 1400 >"$T/reply"
like "$(cat "$T/reply")" '"new_bucket":true' 'one that arises again'
tell
is "$(told) $(due)" ' 0' 'was told'
# The one it leaves, with others in it.
file 20 20 eps 3000 >"$T/reply"
file 21 21 eps 3001 >"$T/reply"
file 22 20 zeta 2500 >"$T/reply"
is "$(due)" 2 'both wait'
tell
is "$(told)" 'eps 15,zeta 14,' 'each by a crash of its own'
file 30 30 eta 3000 >"$T/reply"
file 31 30 theta 2500 >"$T/reply"
tell
is "$(told)" 'theta 1e,' 'one that is gone before anybody heard of it is not'
file 32 32 eta 3000 >"$T/reply"
tell
is "$(told)" 'eta 20,' 'and is, should it come to stay'
file 33 33 iota 3000 >"$T/reply"
file 34 33 theta 2500 >"$T/reply"
tell
is "$(told) $(due)" ' 0' 'into one that is known: nothing is new'

# By rules: alpha and beta are one, then not.
place()
{
	printf '{"op":"rules","do":"%s"%s}\n' "$1" "${2-}" | pf-sched -q apply
	while printf '{"op":"rules","do":"step"}\n' | pf-sched apply |
	    grep -q '"left":true'; do :; done
}
file 40 40 kappa 4000 "$lost" >"$T/reply"
file 41 41 lambda 4000 >"$T/reply"
tell
told >/dev/null
before=$(sql 'SELECT count(*) FROM buckets')
place apply ',"text":"function alpha*\nfunction kappa*"'
ok 'other rules: less buckets' test "$(sql 'SELECT count(*) FROM buckets')" \
    -lt "$before"
tell
is "$(told) $(due)" ' 0' 'what was told under another name is not news'
place undo
tell
is "$(told) $(due)" ' 0' 'nor what it was before'
is "$(sql 'SELECT count(*) FROM buckets')" "$before" 'which is there again'
tail=' < up'
file 50 50 mu 5000 >"$T/reply"
tail=' < down'
file 51 51 mu 5001 >"$T/reply"
file 52 52 mu 5002 "$lost" >"$T/reply"
tail=' < aside'
file 53 53 mu 5003 "$lost" >"$T/reply"
tail=
tell
is "$(told)" 'mu 32,' 'four reports, one bucket'
place apply ',"text":"function mid"'
hook 'exit 3'
tell
is "$(due) $(told)" '2 ' 'rules that make three of it: two are new'
place undo
place apply ',"text":"function mid"'
is "$(due)" 2 'once, whatever comes and goes'
hook "cat >>$T/told"
sqlite3 "$db" 'UPDATE hooks SET due = 0'
tell
is "$(told) $(due)" 'mu ,mu 33, 0' 'one of them without an input'
place undo
tell
is "$(told) $(due)" ' 0' 'back: nothing is new'

# Merged while it waits: the one that was told speaks for both.
hook 'exit 3'
file 60 60 nu 6000 >"$T/reply"
tell
place apply ',"text":"function mu\nfunction nu"'
is "$(due)" 0 'one that waits has become one that was told'
place undo
is "$(due)" 1 'taken back, it waits again'
hook "cat >>$T/told"
tell
is "$(told) $(due)" 'nu 3c, 0' 'and is told'

# A rebuild knows who was told of what, in the ways above.
drop() { rm -f "$S"/data/pandafuzz.db*; }
is "$(grep -vc '^[0-9a-f-]* [0-9a-f]\{32\}$' "$S/metadata/system/hooked")" 0 \
    'the list has a crash and its bucket a line'
pf-sched -q snapshot
pf-sched -q backup "$T/b"
file 61 61 omicron 6100 "$lost" >"$T/reply"
tell
told >/dev/null
pf-sched -q restore "$T/b"
is "$(due)" 0 'a restore tells nobody of what was told'
file 61 61 omicron 6100 "$lost" >"$T/reply"
is "$(due)" 0 'though it comes again'

# Killed anywhere: it is decided once, and nothing is passed over.  strace and
# sanitizers do not mix.
[ -z "${PF_FAST:-}" ] || { done_testing; exit; }
cp -a "$S/data" "$T/data"
cp "$S/metadata/system/hooked" "$T/hooked"
row 70 70 pi 7000 "$lost" >"$T/ops"
row 71 71 rho 7000 >>"$T/ops"
row 72 71 sigma 6900 >>"$T/ops"
n=0
done=false
until $done || [ $n -gt 1000 ]; do
	n=$((n + 1))
	rm -rf "$S/data"
	cp -a "$T/data" "$S/data"
	cp "$T/hooked" "$S/metadata/system/hooked"
	strace -f -qq -o /dev/null -e trace=pwrite64,fsync,fdatasync,write \
	    -e "inject=pwrite64,fsync,fdatasync,write:signal=KILL:when=$n" \
	    pf-sched apply <"$T/ops" >"$T/out" 2>/dev/null && done=true
	pf-sched -q apply <"$T/ops"
	now=$(sql "SELECT count(*) || ' ' || (SELECT count(*) FROM told WHERE
	    crash IN (SELECT crash FROM hooks)) FROM hooks")
	[ "$now" = '2 2' ] || fail "killed at $n: $now"
done
ok 'many kills, and one that came through' test "$n" -gt 8 -a $done = true
tell
is "$(told) $(due)" 'pi ,sigma 47, 0' 'each was told once'
done_testing
