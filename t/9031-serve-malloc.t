#!/bin/sh
# The allocations of pf-sched serve fail, one after the other: while it begins
# and at each step of a client, who sends what was not answered once more.
# PF_SWEEP=all tries each of those of a step, and a hundredth of those of the
# beginning, most of which make a schema in memory to compare with.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sched.sh
. "$PF_ROOT/t/lib/sched.sh"
# shellcheck source-path=SCRIPTDIR source=lib/history.sh
. "$PF_ROOT/t/lib/history.sh"
# shellcheck source-path=SCRIPTDIR source=lib/serving.sh
. "$PF_ROOT/t/lib/serving.sh"
whole
need sqlite3 socat

: >"$T/wrong"
# shellcheck disable=SC2119 # all its steps
history_new
mf=$PF_OBJ/t/lib/mf.so

# counted FROM TO: how many allocations a life of those steps has
counted()
{
	rm -f "$T/count"
	life "$1" "$2" env LD_PRELOAD="$mf" MF_COUNT="$T/count"
	sort -n "$T/count" | tail -n 1
}

# point N TO I: step N in a life whose I-th allocation fails; none but the
# beginning if TO is less.  What ends is started again by who sees to that.
point()
{
	fault_what="allocation $3"
	points=$((points + 1)) before=$restarts
	life "$1" "$2" env LD_PRELOAD="$mf" MF_AT="$3" ${once:+"$once"}
	[ ! -e "$T/m/storage/data/DAMAGED" ] || {
		condemned=$((condemned + 1))
		echo "step $1: $fault_what: said to be damaged" >>"$T/wrong"
	}
	[ $restarts -eq $before ] || ended=$((ended + 1))
}

# total NAME
total()
{
	hits=$points
	echo "# $1: $points points, $ended lives with a new start"
	history_total "no memory $1" 'pf-sched serve'
	is $lost 0 "$1: what was answered was there"
	is $condemned 0 "$1: no lack of memory is taken for damage"
}

# all_of FROM TO STRIDE: numbers
all_of() { seq "$1" "$([ "${PF_SWEEP-}" = all ] && echo "${4:-1}" || echo "$3")" "$2"; }

lost=0 restarts=0 fault_what='no fault' points=0
first=$(counted 5 4)
ok 'it allocates before the first client' test "$first" -gt 100
lost=0 points=0 restarts=0 ended=0 condemned=0
for once in '' MF_ON=1; do
	for i in $(all_of $((7 + ${#once})) "$first" 29989 101); do
		point 5 5 "$i"
	done
done
total 'at the beginning'

lost=0 points=0 restarts=0 ended=0 condemned=0
# Some of the steps by default: each takes two lives to be counted.
[ "${PF_SWEEP-}" = all ] || PF_STEPS=${PF_STEPS:-2 5 12 19 27 34 35 36}
for n in $(history_all); do
	# As many as before a client came, give or take some.
	begun=$(($(counted "$n" $((n - 1))) - 20))
	last=$(counted "$n" "$n")
	echo "# step $n: $((last - begun)) of $last allocations"
	once=
	[ $((n % 2)) -eq 0 ] || once=MF_ON=1
	for i in $(all_of $((begun + n * 7 % 97)) "$last" 307); do
		point "$n" "$n" "$i"
	done
done
total 'at a step'
ok 'it ended for want of memory' test $ended -gt 0
empty "$T/wrong" 'and each life ended as the undisturbed one'
done_testing
