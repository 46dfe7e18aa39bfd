#!/bin/sh
# scripts/prove: what fails is run once more, what hangs is ended with all it
# started, and neither is passed over.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
whole
run_it()
{
	(cd "$T" && sh "$PF_ROOT/scripts/prove" 2 state "$@")
}
a_test() { # NAME: of the commands on stdin
	mkdir -p "$T/t"
	{ echo '#!/bin/sh'; cat; } >"$T/t/$1.t" && chmod +x "$T/t/$1.t"
}
a_test good <<'!'
echo 1..1
echo ok 1
!
a_test bad <<'!'
echo 1..1
echo not ok 1
!
a_test late <<!
echo 1..1
[ -e "$T/before" ] || echo not ok 1
[ ! -e "$T/before" ] || echo ok 1
: >"$T/before"
!
a_test hangs <<!
echo 1..1
sleep 1000 &
echo \$! >"$T/pid"
wait
echo ok 1
!
unset PF_LIMIT
check 'all is well' 0 '~^Result: PASS$' - run_it t/good.t
check 'one that fails, fails again' 1 '~^Once more, alone:$' - \
    run_it t/good.t t/bad.t
check 'one that passes alone is named' 0 '~^Passed only alone.* t/late.t' - \
    run_it t/good.t t/late.t
for i in 1 2 3 4 5; do cp -p "$T/t/bad.t" "$T/t/bad$i.t"; done
check 'many that fail are not run again' 1 '~^Result: FAIL$' - \
    run_it t/bad1.t t/bad2.t t/bad3.t t/bad4.t t/bad5.t
is "$(grep -c 'Once more' "$T/out")" 0 'not one of them'
PF_LIMIT=2
export PF_LIMIT
check 'one that hangs has failed' 1 '~^  Non-zero exit status: 124$' - \
    run_it t/good.t t/hangs.t
# Nobody need have waited for it yet.
for _ in $(seq 100); do
	state=$(sed 's/.*) //; s/ .*//' "/proc/$(cat "$T/pid")/stat" \
	    2>/dev/null) || :
	case $state in Z|'') break ;; esac
	sleep 0.1
done
is "${state#Z}" '' 'what it started is gone'
check 'and one that does not hang is not touched' 0 '~^Result: PASS$' - \
    run_it t/good.t
done_testing
