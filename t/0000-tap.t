#!/bin/sh
# The library of the tests themselves: what it must not let pass.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
whole
unset PF_KEEP

# inner: a test on stdin, run by itself
inner()
{
	{
		echo ". '$PF_ROOT/t/lib/tap.sh'"
		cat
	} >"$T/inner.t"
	(cd "$T" && sh inner.t)
}

# catches NAME STEP: the step fails, and so does the whole test
catches()
{
	printf '%s\ndone_testing\n' "$2" >"$T/step"
	check "$1" 1 '~^not ok 1 - x$' '~^# inner.t: not ok 1 - x$' \
	    inner <"$T/step"
}

# passes NAME STEP
passes()
{
	printf '%s\ndone_testing\n' "$2" >"$T/step"
	check "$1" 0 '~^ok 1 - x$' - inner <"$T/step"
}

passes 'check: all as expected' \
    "check x 3 =a '~b\$' sh -c 'echo a; echo ab >&2; exit 3'"
passes 'check: nothing said' 'check x 1 - - false'
passes 'check: no matter what' "check x 0 '*' '*' echo a"
passes 'check: several lines' "check x 0 '=a
b' - printf 'a\\nb\\n'"
passes 'check: its input' "echo a | check x 0 =a - cat"
catches 'check: another status' 'check x 0 - - false'
catches 'check: success' 'check x 1 - - true'
catches 'check: killed, though expected' \
    "check x 143 - '*' sh -c 'kill \$\$'"
catches 'check: no such program' "check x 0 '*' '*' ./no-such-program"
catches 'check: unexpected output' 'check x 0 - - echo a'
catches 'check: no output' 'check x 0 =a - true'
catches 'check: other output' 'check x 0 =a - echo b'
catches 'check: more output' "check x 0 =a - printf 'a\\nb\\n'"
catches 'check: output without a match' "check x 0 '~^b' - echo ab"
catches 'check: unexpected talk' "check x 0 - - sh -c 'echo a >&2'"
catches 'check: talk on stdout' "check x 0 - =a echo a"
catches 'check: words it does not know' "check x 0 a - echo a"
catches 'ok: a failure' 'ok x false'
catches 'is: another text' 'is a b x'
catches 'like: no match' "like a '^b' x"
catches 'ran: another status' 'run false; ran 0 x'
catches 'empty: something there' 'echo a >a; empty a x'
passes 'empty: nothing there' ': >a; empty a x'
catches 'until_true: never' "ok x until_true 1 false"
check 'a test without an end fails' 1 '~^ok 1' - inner <<'END'
pass x
END
check 'a test that exits early fails' 5 '~^ok 1' - inner <<'END'
pass x
exit 5
END
export PF_STOP='^not ok .*(x|y)'
check 'the line it was asked for is its last' 1 '=ok 1 - not x
not ok 2 - x
gone' '~^# inner.t: not ok 2 - x$' inner <<'END'
at_end 'echo gone'
pass 'not x'
fail x
pass 'and more'
END
unset PF_STOP
check 'skipped with a reason' 0 '=1..0 # SKIP no no-such-program here' - \
    inner <<'END'
need sh no-such-program
fail x
END
check 'what is to be done at the end is' 7 '=later
sooner' - inner <<'END'
at_end 'echo sooner'
at_end 'echo later'
exit 7
END
check 'the directory goes' 0 '~^/' - inner <<'END'
echo "$T"
done_testing
END
ok 'it is gone' test ! -e "$(head -n 1 "$T/out")"
PF_KEEP=1 run inner <<'END'
fail x
done_testing
END
kept=$(sed -n 's/^# kept: //p' "$T/out")
ok 'after a failure it can be kept' test -d "$kept"
[ -z "$kept" ] || rm -rf "$kept"

# Sweeps are added up, and too few of them are a failure.
totals() { awk -f "$PF_ROOT/t/lib/totals.awk" "$@"; }
printf '%s\n' 'kill 3000 0 0 a' 'chain 3000 0 0 a b' 'EIO 5000 0 0 a' \
    'no memory from there on 1500 0 0 a' >"$T/totals"
check 'enough of each' 0 '~^kills  *3000 points, 0 lost, 0 different$' - \
    totals "$T/totals"
for line in 'EIO 0 0 0 a' 'EIO 9 1 0 a' 'EIO 9 0 1 a'; do
	echo "$line" >"$T/more"
	check "a line '$line'" 1 "~^failed: $line\$" - \
	    totals "$T/totals" "$T/more"
done
sed 1d "$T/totals" >"$T/fewer"
check 'kills that nobody made' 1 '~^kills  *0 points of at least 3000,' - \
    totals "$T/fewer"
done_testing
