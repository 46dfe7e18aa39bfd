#!/bin/sh
# The writer's allocations fail, one after the other, once or from there on.
# PF_SWEEP=all tries each.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sched.sh
. "$PF_ROOT/t/lib/sched.sh"
# shellcheck source-path=SCRIPTDIR source=lib/history.sh
. "$PF_ROOT/t/lib/history.sh"
whole
need sqlite3

: >"$T/wrong"
# shellcheck disable=SC2119 # all its steps
history_new
# sweep STRIDE NAME [VARIABLE=1 [COUNTER VARIABLE]]
sweep()
{
	points=0 answered=0 lost=0 wrong=0 killed=0 codes=0
	stride=$1
	[ "${PF_SWEEP-}" != all ] || stride=1
	for n in $(history_all); do
		history_back "$n"
		rm -f "$T/count"
		env LD_PRELOAD="$PF_OBJ/t/lib/mf.so" "${4:-MF_COUNT}=$T/count" \
		    pf-sched apply <"$T/lines-$n" >/dev/null 2>&1
		max=$(sort -n "$T/count" | tail -n 1)
		i=$((1 + n * 5 % stride))
		while [ $i -le "$max" ]; do
			fault_what="$2 $i of $max"
			history_back "$n"
			fault "$n" env LD_PRELOAD="$PF_OBJ/t/lib/mf.so" \
			    "${5:-MF_AT}=$i" ${3:+"$3"} pf-sched apply
			case $fault_rc in
			0 | 65 | 69 | 70 | 74 | 75 | 77 | 78) ;;
			*)	codes=$((codes + 1))
				echo "step $n: $fault_what: status $fault_rc" >>"$T/wrong" ;;
			esac
			again "$n"
			i=$((i + stride))
		done
	done
	echo "# $2: $points points, $answered answered"
	hits=$points
	history_total "no memory $2"
}
sweep 307 once
ok 'many allocations were tried' test $points -gt 60
is $killed 0 'never a signal'
is $codes 0 'a status of the table'
is $lost 0 'what was answered was there'
is $wrong 0 'the same step again ends the same'
sweep 613 'from there on' MF_ON=1
is $killed 0 'from there on: never a signal'
is $codes 0 'from there on: a status of the table'
is $lost 0 'from there on: what was answered was there'
is $wrong 0 'from there on: the same step again ends the same'
# Of the steps that are named, every one.
sweep "$([ -n "${PF_STEPS-}" ] && echo 1 || echo 11)" 'a bind' MF_NONE=1 MF_BINDS MF_BIND
is $killed 0 'binds: never a signal'
is $codes 0 'binds: a status of the table'
is $lost 0 'binds: what was answered was there'
is $wrong 0 'binds: the same step again ends the same'
diag "$T/wrong"
done_testing
