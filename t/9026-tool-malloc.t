#!/bin/sh
# What an operator runs, with its allocations failing, one after the other,
# once or from there on: afterwards all is as before or done, and the same
# once more does it.  PF_SWEEP=all tries some thousand of each.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sched.sh
. "$PF_ROOT/t/lib/sched.sh"
# shellcheck source-path=SCRIPTDIR source=lib/history.sh
. "$PF_ROOT/t/lib/history.sh"
# shellcheck source-path=SCRIPTDIR source=lib/tools.sh
. "$PF_ROOT/t/lib/tools.sh"
whole
need sqlite3 jq

mf=$PF_OBJ/t/lib/mf.so

# starve TOOL SOME [MF_ON=1]: so many of its allocations, evenly
starve()
{
	tool=$1 points=0 lost=0 wrong=0 failed=0 codes=0
	# An odd step: SQLite allocates in a rhythm.
	step=$((1 + max / $2))
	for i in $(seq $((1 + step / 2)) $((step | 1)) "$max"); do
		points=$((points + 1))
		ready "$tool"
		rc=0
		"run_$tool" env LD_PRELOAD="$mf" "MF_AT=$i" ${3:+"$3"} \
		    >"$T/told" 2>"$T/err" || rc=$?
		case $rc in
		0) ;;
		65 | 69 | 70 | 74 | 75 | 77 | 78) failed=$((failed + 1)) ;;
		*)	codes=$((codes + 1))
			echo "$tool: allocation $i: status $rc" >>"$T/wrong" ;;
		esac
		judge "$tool" "allocation $i of $max${3:+ and all after it}"
	done
	echo "# $tool: $points of $max allocations, $failed of them failed"
	is $wrong 0 "$tool${3:+, from there on}: as before or done, and done at the second time"
	is $codes 0 "$tool${3:+, from there on}: a status of the table"
	ok "$tool${3:+, from there on}: it came to pass" test $failed -gt 0
	hits=$points
	history_total "no memory${3:+ from there on}" "$tool"
}
some=8
[ "${PF_SWEEP-}" != all ] || some=1000
for tool in ${PF_STEPS:-$tools}; do
	rm -f "$T/count"
	learn "$tool" env LD_PRELOAD="$mf" MF_COUNT="$T/count"
	max=$(sort -n "$T/count" | tail -n 1)
	starve "$tool" $some
	starve "$tool" $((some / 2)) MF_ON=1
done

# What is read is right, or it is said that it could not be: the last
# allocations are those of what is printed.
ready submit
pf-report job "$job" >"$T/want"
rm -f "$T/count"
LD_PRELOAD=$mf MF_COUNT=$T/count pf-report job "$job" >"$T/told"
max=$(cat "$T/count") wrong=0 failed=0
first=$((max - 50))
[ "${PF_SWEEP-}" != all ] || first=1
for i in $(seq $first "$max"); do
	run env LD_PRELOAD="$mf" "MF_AT=$i" pf-report job "$job"
	if [ "$status" -ne 0 ]; then
		failed=$((failed + 1))
	elif ! cmp -s "$T/out" "$T/want"; then
		wrong=$((wrong + 1))
		echo "report: allocation $i of $max:" >>"$T/wrong"
		diff "$T/want" "$T/out" | head -n 4 >>"$T/wrong"
	fi
done
is $wrong 0 'a report is whole, or there is none'
ok 'and some could not be made' test $failed -gt 0
diag "$T/wrong"

# It can fail.
rc=0 wrong=0
ready submit
run_submit() { :; }
done_submit() { echo 'there is no job'; }
judge submit nothing
is $wrong 1 'a command that does nothing would be seen'
done_testing
