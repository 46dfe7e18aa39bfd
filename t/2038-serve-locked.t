#!/bin/sh
# pf-sched serve while somebody else has the database locked: its recovery is
# tried again as [retry.recovery] says, and no more often.
# shellcheck disable=SC2119 # no arguments meant
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sched.sh
. "$PF_ROOT/t/lib/sched.sh"
need sqlite3 socat

sched_new ''
# policy RECOVERY: so many retries of a recovery, at once; none below it
policy()
{
	cat >"$T/m/retry.conf" <<-CONF
	$(cat "$T/m/pandafuzz.conf")
	[retry.database]
	max_retries = 0
	[retry.recovery]
	max_retries = $1
	initial_delay = 50ms
	max_delay = 100ms
	CONF
}
# held: a person has the database until "let_go"
held()
{
	mkfifo "$T/words"
	sqlite3 "$T/m/storage/data/pandafuzz.db" <"$T/words" >"$T/person" 2>&1 &
	person=$!
	exec 3>"$T/words"
	echo "BEGIN EXCLUSIVE; SELECT 'has it';" >&3
	until_true 20 grep -q 'has it' "$T/person"
}
let_go()
{
	echo 'COMMIT;' >&3
	exec 3>&-
	wait "$person"
	rm "$T/words"
}
tries() { sql "SELECT count(*) FROM events WHERE who = 'recover'"; }

policy 0
held
before=$(tries)
start=$(date +%s)
check 'without retries it ends' 75 - \
    '~^pf-sched: recovery: .*database is locked' \
    timeout 60 pf-sched -c "$T/m/retry.conf" serve
ok 'soon, not after all the time that a request may take' \
    test $(($(date +%s) - start)) -lt 25
ok 'and leaves no socket' test ! -e "$T/m/sock"
policy 2
check 'with two it tries three times' 75 - \
    '~^pf-sched: recovery: .*locked.* \(3 tries\)$' \
    timeout 60 pf-sched -c "$T/m/retry.conf" serve
sed 's/^max_retries = 2/&\nretryable_errors = full/' "$T/m/retry.conf" \
    >"$T/m/other.conf"
check 'of an error that is not to be retried one' 75 - \
    '~^pf-sched: recovery: .*database is locked$' \
    timeout 60 pf-sched -c "$T/m/other.conf" serve
is "$(tries)" "$before" 'none of these wrote anything'

# It waits, and is not there for clients before it has recovered.
policy 1000
strace=
# strace and sanitizers do not mix
[ -n "${PF_FAST:-}" ] || ! command -v strace >/dev/null || \
    strace="strace -D -qq -o $T/trace -e trace=fcntl"
# shellcheck disable=SC2086 # its words
$strace pf-sched -v -c "$T/m/retry.conf" serve 2>"$T/serve.err" 3>&- &
serve_pid=$!
at_end "kill $serve_pid 2>/dev/null"
again() { [ "$(grep -c 'EAGAIN' "$T/trace")" -gt 20 ]; }
if [ -n "$strace" ]; then
	ok 'it tries again and again' until_true 20 again
else
	skip 'no strace here'
fi
ok 'it goes on waiting' kill -0 "$serve_pid"
ok 'and nobody can connect yet' test ! -e "$T/m/sock"
let_go
ok 'it starts when the lock is gone' until_true 20 test -S "$T/m/sock"
check 'as a writer' 0 '~"ok":true' - \
    sh -c 'echo "{\"op\":\"sweep\"}" | pf-sched apply'
serve_stop
is "$serve_rc" 0 'and ends well'
ok 'having recovered' test "$(tries)" -gt "$before"

# SIGTERM ends the waiting.
held
pf-sched -c "$T/m/retry.conf" serve 2>"$T/serve.err" 3>&- &
serve_pid=$!
at_end "kill $serve_pid 2>/dev/null"
until_true 20 grep -q pf-sched "/proc/$serve_pid/comm"
kill "$serve_pid"
serve_rc=0
wait "$serve_pid" || serve_rc=$?
like "$serve_rc" '^(0|75|143)$' 'told to end it ends, though it waits'
let_go
done_testing
