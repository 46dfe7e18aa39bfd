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
# later: as if the time had come
later() { sqlite3 "$S/data/pandafuzz.db" 'UPDATE hooks SET due = 0'; }

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

# One that hangs, with a child.
hook "sleep 77 & echo \$! >$T/child; sleep 77"
crash four 4 elsewhere
check 'a hook that hangs' 0 '~^crash	new' '~killed after hook_timeout' pf-ingest
gone() { ! grep -q '^State:.[^Z]' "/proc/$(cat "$T/child")/status" 2>/dev/null; }
ok 'its child is gone' until_true 5 gone
is "$(due)" 1 'it stays due'

# One that is not there, or dies.
rm "$T/hook"
later
check 'no program' 0 - '~hook: crash .*: .*No such file' pf-ingest
hook 'kill -SEGV $$'
later
check 'a hook that dies' 0 - '~it ended with signal 11' pf-ingest

# The rate: six in this process were none yet; eight more are too many.
hook "cat >>$T/told"
for n in 1 2 3 4 5 6 7; do crash "r$n" "1$n" "rate$n"; done
later
rm -f "$T/told"
run timeout 50 pf-ingest -q
ran 0 'many buckets at once'
is "$(wc -l <"$T/told") $(due)" '6 2' 'six of eight are told in the first minute'

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
timeout 50 pf-ingest -q
is "$(due) $(wc -l <"$T/slow")" '0 3' 'and told again'

# Given up at last.
hook 'exit 1'
crash six 60 sick
pf-ingest -q 2>/dev/null
sqlite3 "$S/data/pandafuzz.db" 'UPDATE hooks SET due = 0, tries = 11'
pf-ingest -q 2>/dev/null
is "$(due)" 0 'after twelve times it is given up'
is "$(sql "SELECT now FROM events WHERE who = 'hooked'")" 'hook given up' \
    'with an event'
done_testing
