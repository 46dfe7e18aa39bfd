#!/bin/sh
# pf-sched serve, killed at its system calls while a client goes through the
# history, and started again: the client sends what was not answered once
# more.  PF_SWEEP=all tries every call.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sched.sh
. "$PF_ROOT/t/lib/sched.sh"
# shellcheck source-path=SCRIPTDIR source=lib/history.sh
. "$PF_ROOT/t/lib/history.sh"
whole
need strace sqlite3 socat

: >"$T/wrong"
# shellcheck disable=SC2119 # all its steps
history_new

# serve CMD ...: a writer; started by strace -D it is itself our child
serve_pid=
serve()
{
	"$@" pf-sched serve 2>>"$T/serve.err" &
	serve_pid=$!
	until_true 10 dead_or_there
}
dead_or_there()
{
	! kill -0 "$serve_pid" 2>/dev/null ||
	    socat /dev/null "UNIX-CONNECT:$T/m/sock"
}
# shellcheck disable=SC2016 # the one there is then
at_end 'kill $serve_pid 2>/dev/null'

# ask N: its lines sent and each answered
ask()
{
	socat -t 10 - "UNIX-CONNECT:$T/m/sock" <"$T/lines" >"$T/out" \
	    2>/dev/null
	[ "$(wc -l <"$T/out")" = "$(wc -l <"$T/lines")" ] &&
	    ! grep -Eq '"class":"(io|busy|full|denied)"' "$T/out"
}

# unticked FILE: without the tick: a lease that a start has renewed takes
# more of them until it is over
unticked() { grep -v '^tick' "$1"; }

# still_live: what the lines let expire has not
still_live()
{
	grep -q '"expire"' "$T/lines" || return
	live_who="assignments WHERE ended_at IS NULL"
	! grep -q '"what":"bot"' "$T/lines" || live_who='bots WHERE is_online'
	[ "$(sql "SELECT count(*) FROM $live_who")" = 1 ]
}

# told N: step N, until it is answered; then it must be there, whatever comes
told()
{
	tries=0
	cp "$T/lines-$1" "$T/lines"
	until ask; do
		tries=$((tries + 1))
		if [ $tries -gt 9 ]; then
			echo "step $1: never answered: $fault_what" >>"$T/wrong"
			return 1
		fi
		if ! kill -0 "$serve_pid" 2>/dev/null; then
			wait "$serve_pid" 2>/dev/null
			restarts=$((restarts + 1))
			serve
		fi
		if still_live; then
			step "$1" >"$T/lines"
		fi
	done
	look >"$T/now"
	unticked "$T/now" >"$T/got"
	unticked "$T/want-$1" | cmp -s - "$T/got" && return
	lost=$((lost + 1))
	{
		echo "step $1 was answered, and is not there: $fault_what"
		unticked "$T/want-$1" | diff - "$T/got" | head -n 4
	} >>"$T/wrong"
}

# life FROM TO CMD ...: those steps, the writer started by the command
life()
{
	history_back "$1"
	life_n=$1 life_to=$2
	shift 2
	serve "$@"
	while [ "$life_n" -le "$life_to" ] && told "$life_n"; do
		life_n=$((life_n + 1))
	done
	kill "$serve_pid" 2>/dev/null
	wait "$serve_pid" 2>/dev/null
}

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
	points=0 lost=0 wrong=0 restarts=0 hit=0
	history_points "$2" <"$T/calls" >"$T/sample"
	while read -r from to call i; do
		fault_what="$1 at $call $i"
		points=$((points + 1)) before=$restarts
		life "$from" "$to" strace -D -f -qq -o /dev/null \
		    -e "inject=$call:$1:when=$i"
		[ $restarts -eq $before ] || hit=$((hit + 1))
	done <"$T/sample"
	echo "# $1: $points points, $hit lives with a new start"
	history_total "$1" 'pf-sched serve'
}
echo "# $(awk '{ n += $4 } END { print n }' "$T/calls") calls in all"
# Of the steps that are named, more of their few calls.
sweep signal=KILL $((${PF_STEPS:+-34} + 37))
ok 'it was killed at many points' test $hit -gt 8
is $lost 0 'all that was answered was there after the next start'
for e in EIO ENOSPC; do
	sweep error=$e 151
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
