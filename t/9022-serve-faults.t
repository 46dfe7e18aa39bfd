#!/bin/sh
# pf-sched serve, killed at its system calls while a client goes through the
# history, and started again, or with errors at them: the client sends what
# was not answered once more.  PF_SWEEP=all tries every call.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sched.sh
. "$PF_ROOT/t/lib/sched.sh"
# shellcheck source-path=SCRIPTDIR source=lib/history.sh
. "$PF_ROOT/t/lib/history.sh"
# shellcheck source-path=SCRIPTDIR source=lib/serving.sh
. "$PF_ROOT/t/lib/serving.sh"
whole
need strace sqlite3 socat

: >"$T/wrong"
# shellcheck disable=SC2119 # all its steps
history_new
# A server has clients besides.
history_calls=$history_calls,poll,accept4,recvfrom

# calls FROM TO: "FROM TO CALL MAX" of a life without a fault
calls()
{
	lost=0 restarts=0 fault_what='no fault'
	life "$1" "$2" strace -D -f -qq -o "$T/trace" \
	    -e "trace=$history_calls"
	is "$lost $restarts" '0 0' "steps $1 to $2, undisturbed"
	history_counts | sed "s/^/$1 $2 /" >>"$T/calls"
}
# The first two give out ids: the lines of the others fit only those they had.
: >"$T/calls"
for from in ${PF_STEPS:-1 2 3}; do
	calls "$from" "$([ "$from" -lt 3 ] && echo "$from" || echo $history_steps)"
done

# sweep WHAT STRIDE
sweep()
{
	points=0 lost=0 wrong=0 restarts=0 hit=0 hits=0
	history_points "$2" <"$T/calls" >"$T/sample"
	while read -r from to call i; do
		fault_what="$1 at $call $i"
		points=$((points + 1)) before=$restarts
		life "$from" "$to" strace -D -f -q -o "$T/hit" \
		    -e "trace=$call" -e "inject=$call:$1:when=$i"
		[ $restarts -eq $before ] || hit=$((hit + 1))
		! injected || hits=$((hits + 1))
	done <"$T/sample"
	echo "# $1: $points points, $hit lives with a new start"
	history_total "$1" 'pf-sched serve'
}
echo "# $(awk '{ n += $4 } END { print n }' "$T/calls") calls in all"
# Of the steps that are named, more of their few calls.
sweep signal=KILL $((${PF_STEPS:+-34} + 37))
ok 'it was killed at many points' test $hit -gt 8
is $lost 0 'all that was answered was there after the next start'
for e in EIO ENOSPC EINTR EMFILE; do
	sweep error=$e 251
	is $lost 0 "$e: what was answered was there"
done
empty "$T/wrong" 'and each life ended as the undisturbed one'

# It can fail: an answer to what is not there is noticed.
lost=0 fault_what=forged
history_back 5
ask() { cp "$T/reply-4" "$T/out"; }
told 5
is $lost 1 'a lost answer would be seen'
done_testing
