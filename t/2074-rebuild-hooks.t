#!/bin/sh
# After a rebuild or a restore no bucket is passed over in silence.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"
need jq sqlite3

master <<!
[ingest]
on_new_crash = $T/hook
hooks_per_minute = 1000
!
# settled: nobody is about to run a hook
settled() { [ "$(sql 'SELECT count(*) FROM hooks WHERE tries = 0')" = 0 ]; }
# crash N PLACE: one of a bucket of its own
crash()
{
	printf '%s' "$1" >"$T/input"
	mkpack crash "$job" b1 -s "$1" -f type=segv -f "stack=$2 < main" \
	    "$T/input" | lay
	pf-ingest -q 2>/dev/null
}
# Hooks run on behind pf-ingest, and a writer of theirs may be there yet.
remake() { until_true 60 pf-sched -q "$@" 2>/dev/null; }
none() { [ -z "$(due)" ]; }
hook()
{
	printf '#!/bin/sh\n%s\n' "$1" >"$T/hook.new"
	chmod +x "$T/hook.new"
	mv "$T/hook.new" "$T/hook"
}
drop() { rm -f "$S"/data/pandafuzz.db*; }
due()
{
	sql "SELECT group_concat(stack) FROM (SELECT stack FROM hooks JOIN
	    crashes ON id = crash ORDER BY stack)"
}
hooked=$S/metadata/system/hooked
buckets() { sql "SELECT count(*) FROM buckets"; }

hook "cat >>$T/told"
crash 1 told
until_true 60 settled || fail 'hook 1 was run'
hook 'exit 3'
crash 2 waits
until_true 60 settled || fail 'hook 2 was run'
crash 3 waits
until_true 60 settled || fail 'hook 3 was run'
is "$(due)" 'waits < main' 'one hook waits'
is "$(wc -l <"$T/told")" 1 'one was told'
pf-sched -q snapshot
pf-sched -q backup "$T/b"

drop
ok 'rebuild' remake rebuild
is "$(buckets) $(due)" '2 waits < main' 'the same one waits'
crash 4 late
until_true 60 settled || fail 'hook 4 was run'
ok 'restore' remake restore "$T/b"
is "$(due)" 'late < main,waits < main' 'one since the backup too'
hook "cat >>$T/told"
sqlite3 "$S/data/pandafuzz.db" 'UPDATE hooks SET due = 0'
ok 'with a hook that works' pf-ingest -q hooks
ok 'all are told' until_true 60 none
is "$(jq -r .stack "$T/told" | sort | tr '\n' ' ')" \
    'late < main told < main waits < main ' 'each once'
ok 'a restore from the same' remake restore "$T/b"
is "$(due)" '' 'tells nothing that was told since'
drop
ok 'nor does a rebuild' remake rebuild
is "$(due)" '' 'indeed'

# What is known no more of who was told: all are told again.
cp "$hooked" "$T/hooked"
rm "$hooked"
drop
ok 'rebuild without the list' remake rebuild
is "$(due)" 'late < main,told < main,waits < main' 'all are due'
rm -f "$hooked"
ok 'restore without it' remake restore "$T/b"
is "$(due)" 'late < main,waits < main' 'but for those the backup knows'
printf 'x\n../etc\n\n%0100d\nx y\nx ../y z\nhalf' 7 >"$hooked"
drop
ok 'a list of rubbish' remake rebuild
is "$(due)" 'late < main,told < main,waits < main' 'is no list'
# Half a line of a writer that was killed costs a second telling.
head -c -20 "$T/hooked" >"$hooked"
drop
ok 'half a line' remake rebuild
is "$(due | tr ',' '\n' | wc -l)" 1 'one is told again'

# A tree of before: what waits no more was told.
hook 'exit 3'
crash 5 also
until_true 60 settled || fail 'hook 5 was run'
rm "$hooked"
printf '{"op":"stats"}\n' | pf-sched -q apply
drop
ok 'rebuild, the list made by a writer' remake rebuild
is "$(due | tr ',' '\n' | grep -c .)" 2 'has those that waited'

# Nobody wanted to be told: they are not told later.
cp "$T/hooked" "$hooked"
sed -i '/^on_new_crash/d' "$PF_CONF"
crash 6 quiet
rm "$T/told"
printf '[ingest]\non_new_crash = %s/hook\n' "$T" >>"$PF_CONF"
hook "cat >>$T/told"
drop
ok 'rebuild' remake rebuild
is "$(due)" 'also < main' 'without one that nobody wanted to hear of'
done_testing
