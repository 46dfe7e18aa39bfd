#!/bin/sh
# What an operator runs, killed at its system calls or with errors at them:
# submit, snapshot, backup, restore, rebuild, recover, init, and init of an
# old database.  Afterwards all is as before or done, or it is said that it is
# not; and the same once more does it.  PF_SWEEP=all tries every call.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sched.sh
. "$PF_ROOT/t/lib/sched.sh"
# shellcheck source-path=SCRIPTDIR source=lib/history.sh
. "$PF_ROOT/t/lib/history.sh"
# shellcheck source-path=SCRIPTDIR source=lib/tools.sh
. "$PF_ROOT/t/lib/tools.sh"
whole
need strace sqlite3 jq

# cut TOOL WHAT STRIDE: at every STRIDE-th of its calls
cut()
{
	tool=$1 points=0 lost=0 wrong=0 failed=0 hits=0
	history_points "$3" <"$T/calls-$1" >"$T/sample"
	while read -r call i; do
		points=$((points + 1))
		ready "$tool"
		rc=0
		"run_$tool" inject "$2" "$call" "$i" >"$T/told" 2>"$T/err" ||
		    rc=$?
		[ $rc -eq 0 ] || failed=$((failed + 1))
		judge "$tool" "$2 at $call $i"
	done <"$T/sample"
	echo "# $tool, $2: $points points, $failed of them failed"
	is $wrong 0 "$tool, $2: as before or done, and done at the second time"
	history_total "$2" "$tool"
}
for tool in ${PF_STEPS:-$tools}; do
	# shellcheck disable=SC2086 # its words
	learn "$tool" $history_trace
	history_counts >"$T/calls-$tool"
	case $tool in submit | snapshot | backup) kills=9 ;; *) kills=31 ;; esac
	cut "$tool" signal=KILL $kills
	for e in EIO ENOSPC EINTR EMFILE; do
		cut "$tool" error=$e 141
	done
done
diag "$T/wrong"

# It can fail.
ready migrate
sqlite3 "$db" "DELETE FROM campaigns WHERE name = 'old'"
is "$(cut_migrate)" 'what was in it is not there' 'a loss would be seen'
for kept in '{"a":' ''; do
	echo '{"a":1}' >"$T/one.json"
	printf %s "$kept" >"$T/two.json"
	like "$(uncut "$T/one.json" "$T/two.json")" 'not all' \
	    "a file of which '$kept' is left would be seen"
done
done_testing
