# shellcheck shell=sh disable=SC2154,SC2034
# After tap.sh, sched.sh and history.sh: pf-sched serve with a fault in it,
# and a client that goes through the history and sends once more what was not
# answered, to the next one if that is gone.  The test sets lost, restarts
# and fault_what; what is wrong is in $T/wrong.

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
at_end 'kill $(mine $serve_pid) 2>/dev/null'

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

# freed: the fault was at the release of a lock.  strace leaves it held then;
# the kernel, which has no such error for a file of this machine, does not.
# The writer waits for itself, or readers for it, as long as it lives, so it
# is ended, once; what was answered must be there for the next one.
freed()
{
	[ "$life_freed" -eq 0 ] || return
	grep -q 'F_UNLCK.*INJECTED' "$T/hit" 2>/dev/null || return
	life_freed=1
	kill "$serve_pid" 2>/dev/null
	wait "$serve_pid" 2>/dev/null
	return 0
}

# seen N: all is as after step N
seen()
{
	look >"$T/now"
	unticked "$T/now" >"$T/got"
	unticked "$T/want-$1" | cmp -s - "$T/got"
}

# told N: step N, until it is answered and nothing is left to expire; then it
# must be there, whatever comes
told()
{
	tries=0
	cp "$T/lines-$1" "$T/lines"
	until ask && ! still_live; do
		tries=$((tries + 1))
		if [ $tries -gt 9 ]; then
			echo "step $1: never answered: $fault_what" >>"$T/wrong"
			return 1
		fi
		if freed || ! kill -0 "$serve_pid" 2>/dev/null; then
			wait "$serve_pid" 2>/dev/null
			restarts=$((restarts + 1))
			serve
		fi
		if still_live; then
			step "$1" >"$T/lines"
		fi
	done
	seen "$1" && return
	if freed; then
		restarts=$((restarts + 1))
		serve
		! seen "$1" || return 0
	fi
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
	life_n=$1 life_to=$2 life_freed=0
	shift 2
	serve "$@"
	while [ "$life_n" -le "$life_to" ] && told "$life_n"; do
		life_n=$((life_n + 1))
	done
	kill "$serve_pid" 2>/dev/null
	wait "$serve_pid" 2>/dev/null
}
