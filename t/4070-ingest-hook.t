#!/bin/sh
# [ingest] on_new_crash: told of each bucket, whatever the hook does.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"
need jq

master <<!
[ingest]
on_new_crash = $T/hook
hook_timeout = 1s
hooks_per_minute = 6
!
crash()
{
	printf '%s' "$1" >"$T/input"
	mkpack crash "$job" b1 -s "$2" -f type=segv -f "stack=$3 < main" \
	    "$T/input" | lay
}
hook()
{
	printf '#!/bin/sh\n%s\n' "$1" >"$T/hook.new"
	chmod +x "$T/hook.new"
	mv "$T/hook.new" "$T/hook"
}
due() { sql "SELECT count(*) FROM hooks"; }
# later: as if the time had come, and another minute
later()
{
	sqlite3 "$S/data/pandafuzz.db" 'UPDATE hooks SET due = 0'
	rm -f "$S/metadata/hooks.lock"
}

hook "cat >>$T/told; env >$T/env"
crash one 1 here
crash two 2 here
run pf-ingest
ran 0 'two crashes of a bucket'
is "$(wc -l <"$T/told")" 1 'the hook is told once'
is "$(jq -r '.type + " " + .job_name + " " + .campaign + " " + .stack' "$T/told")" \
    'segv test default here < main' 'of the first'
is "$(jq -r .input "$T/told")" "$S/crashes/$job/$(printf one | sha256sum | cut -c 1-64)" \
    'with the path of its input'
ok 'which is there' test -f "$(jq -r .input "$T/told")"
is "$(due)" 0 'it is crossed out'
run pf-ingest
is "$(wc -l <"$T/told")" 1 'and not told again'

# A hook that fails.
hook 'exit 3'
crash three 3 there
check 'a failing hook' 0 '~^crash	new' \
    '~hook: crash .*: it ended with status 3; it is tried again later$' pf-ingest
is "$(sql 'SELECT tries FROM hooks')" 1 'is counted'
ok 'and due later' test "$(sql 'SELECT due FROM hooks')" -gt "$(date +%s000)"
hook "cat >>$T/told"
check 'not before' 0 - - pf-ingest
is "$(wc -l <"$T/told")" 1 'indeed'
later
check 'when the time has come' 0 - - pf-ingest
is "$(wc -l <"$T/told") $(due)" '2 0' 'it is told'

# The clock was a month ahead, or has been set back: never tried, and failed.
hook "cat >>$T/told"
crash three-b 31 there-b
sqlite3 "$S/data/pandafuzz.db" "INSERT INTO hooks (crash, due, tries) SELECT id,
    (unixepoch() + 30 * 86400) * 1000, 1 FROM crashes WHERE stack LIKE 'there %'"
sqlite3 "$S/data/pandafuzz.db" "CREATE TRIGGER ahead AFTER INSERT ON hooks BEGIN
    UPDATE hooks SET due = due + 30 * 86400000 WHERE crash = new.crash; END"
check 'what a clock that was ahead put off' 0 '~^crash	new' - pf-ingest
four() { [ "$(wc -l <"$T/told")" = 4 ]; }
ok 'is told at once' until_true 10 four
sqlite3 "$S/data/pandafuzz.db" 'DROP TRIGGER ahead'
is "$(due)" 0 'and crossed out'

# One that hangs, with a child, and one in a session of its own.
hook "sleep 77 & echo \$! >$T/child; setsid sleep 78 & echo \$! >$T/other; sleep 77"
crash four 4 elsewhere
begin=$(date +%s%N)
check 'a hook that hangs' 0 '~^crash	new' - pf-ingest
took=$((($(date +%s%N) - begin) / 1000000))
ok 'is not waited for' test $took -lt 2500
gone() { ! grep -q '^State:.[^Z]' "/proc/$(cat "$1")/status" 2>/dev/null; }
ok 'its child is gone' until_true 5 gone "$T/child"
ok 'the one in another session too' until_true 5 gone "$T/other"
failed() { [ "$(sql 'SELECT count(*) FROM hooks WHERE tries > 0')" = 1 ]; }
ok 'it stays due' until_true 5 failed
hook "setsid sleep 79 & echo \$! >$T/other"
later
check 'one that ends and leaves a process behind' 0 - - pf-ingest
ok 'which is gone' until_true 5 gone "$T/other"
is "$(due)" 0 'is done'
crash fourth 44 fourth
hook "exec 0<&-; sleep 4; echo x >>$T/late"
begin=$(date +%s%N)
sed -i 's/hook_timeout = .*/hook_timeout = 9s/' "$T/conf"
pf-ingest | cat >"$T/piped"
took=$((($(date +%s%N) - begin) / 1000000))
ok 'a pipeline does not wait for it either' test $took -lt 3700
ok 'it goes on' until_true 10 test -s "$T/late"
none() { [ "$(due)" = 0 ]; }
ok 'and is crossed out' until_true 5 none
sed -i 's/hook_timeout = .*/hook_timeout = 1s/' "$T/conf"
check 'names' 64 - '~hooks: "x": it takes no names' pf-ingest hooks x
crash fifth 45 fifth
hook 'sleep 77'
sed -i '/on_new_crash/s/^/#/' "$T/conf"
pf-ingest -q
sed -i '/on_new_crash/s/^#//' "$T/conf"
sqlite3 "$S/data/pandafuzz.db" "INSERT INTO hooks SELECT id, 0, 0 FROM crashes WHERE stack LIKE 'fifth%'"
later
check 'by hand it says what it killed' 0 - '~killed after hook_timeout' \
    pf-ingest hooks
is "$(pf-report status | grep hooks_)" 'hooks_waiting	1
hooks_tries	1' 'what waits is shown'

# One that is not there, or dies.
rm "$T/hook"
later
check 'no program' 0 - '~hook: crash .*: .*No such file' pf-ingest
hook 'kill -SEGV $$'
later
check 'a hook that dies' 0 - '~it ended with signal 11' pf-ingest

# The rate is one of the master, whoever runs them.
hook "cat >>$T/told"
rm -f "$T/told"
for n in 1 2 3 4 5 6 7; do crash "r$n" "1$n" "rate$n"; done
later
for n in 1 2 3 4 5 6; do pf-ingest -q; done
six() { [ "$(wc -l <"$T/told")" -ge 6 ]; }
ok 'many buckets at once' until_true 10 six
two() { [ "$(due)" = 2 ]; }
ok 'some wait' until_true 5 two
pf-ingest -q
pf-ingest hooks
is "$(wc -l <"$T/told") $(due)" '6 2' 'six of eight are told in the first minute'
# A minute later, or after a boot.
echo '99999999999999 6' >"$S/metadata/hooks.lock"

# Filing goes on beside it; killed, it is told again.
hook "cat >>$T/slow; sleep 0.7"
later
pf-ingest -w >"$T/w.out" 2>"$T/w.err" &
pid=$!
at_end "kill $pid 2>/dev/null"
ok 'a slow hook runs' until_true 10 test -s "$T/slow"
crash five 50 beside
ok 'a crash is filed meanwhile' until_true 5 grep -q '^crash	new' "$T/w.out"
kill -9 $pid
wait $pid 2>/dev/null || :
ok 'killed, it is still due' test "$(due)" -gt 0
rm -f "$T/slow"
hook "cat >>$T/slow"
later
pf-ingest -q
ok 'and told again' until_true 10 none
is "$(wc -l <"$T/slow")" 3 'with the two that waited'

# It does not outlive who started it, nor do its children.
hook "cat >/dev/null; sleep 77 & echo \$! >$T/child; setsid sleep 78 & echo \$! >$T/other; echo \$\$ >$T/itself; wait"
rm -f "$T/child" "$T/other"
sed -i 's/hook_timeout = .*/hook_timeout = 60s/' "$T/conf"
crash orphan 55 orphan
pf-ingest -w >/dev/null 2>&1 &
pid=$!
at_end "kill $pid 2>/dev/null"
ok 'a hook hangs, and so do its children' until_true 10 test -s "$T/itself"
kill -9 $pid
wait $pid 2>/dev/null || :
ok 'pf-ingest is killed: it is gone' until_true 10 gone "$T/itself"
ok 'so is its child' until_true 10 gone "$T/child"
ok 'and the one in a session of its own' until_true 10 gone "$T/other"
sed -i 's/hook_timeout = .*/hook_timeout = 1s/' "$T/conf"
hook true
later
pf-ingest -q
ok 'it stayed due' until_true 10 none

# Never given up.
hook 'exit 1'
crash six 60 sick
pf-ingest -q 2>/dev/null
sqlite3 "$S/data/pandafuzz.db" 'UPDATE hooks SET due = 0, tries = 40'
pf-ingest -q 2>/dev/null
is "$(sql 'SELECT tries FROM hooks')" 41 'it is tried for ever'
hour=$(($(sql 'SELECT due FROM hooks') / 1000 - $(date +%s)))
ok 'once an hour at last' eval "[ $hour -gt 3500 ] && [ $hour -le 3600 ]"

# Its time is up in times of trouble too.
hook "echo \$\$ >$T/child; exec sleep 77"
rm "$T/child"
later
pf-ingest -w >/dev/null 2>"$T/w.err" &
pid=$!
at_end "kill $pid 2>/dev/null"
ok 'a hook hangs' until_true 10 test -s "$T/child"
mv "$S/crashes" "$S/crashes.away"
: >"$S/crashes"
crash seven 70 seventh
ok 'filing is in trouble' until_true 5 grep -q 'stays in the spool\|the spool keeps' "$T/w.err"
ok 'it is killed in time' until_true 3 gone "$T/child"
kill $pid
wait $pid 2>/dev/null || :
sed -i 's|^on_new_crash = .*|on_new_crash = hook|' "$T/conf"
check 'a hook that is looked for nowhere' 78 - \
    '~on_new_crash = "hook" in \[ingest\] is not an absolute path' pf-ingest
done_testing
