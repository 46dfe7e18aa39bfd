#!/bin/sh
# pf-blackbox: a target that leaves processes behind, out of its session and
# its group, leaves none for long, whether it ends well, crashes or hangs.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
need setsid

# Each run leaves two: one by itself, and one that a third has left.
cat >"$T/leaver" <<END
#!/bin/sh
cd "$T" || exit 1
setsid sh -c 'echo x >>"$T/begun"; exec sleep 1001' &
setsid sh -c 'setsid sh -c "echo x >>\"$T/begun\"; exec sleep 1001" & :' &
until [ "\$(wc -l <"$T/begun")" -ge 2 ]; do sleep 0.01; done
echo >>"$T/runs"
rm "$T/begun"
: >"$T/begun"
case \$(cat) in
*crash*)	kill -SEGV \$\$ ;;
*hang*)		sleep 1002 ;;
esac
END
chmod 755 "$T/leaver"
: >"$T/begun"
mkdir "$T/seeds" "$T/import" "$T/corpus" "$T/crashes" "$T/state"
echo well >"$T/seeds/1"
echo crash >"$T/seeds/2"
echo hang >"$T/seeds/3"

# left: those of this test that still run
left()
{
	for p in $(pgrep -x sleep); do
		[ "$(readlink "/proc/$p/cwd")" != "$T" ] || echo "$p"
	done
}
at_end 'left | xargs -r kill -9'
runs() { [ "$(wc -l <"$T/runs")" -ge "$1" ]; }

(
	cd "$T/state" || exit 1
	exec env PF_ENGINE_CONTRACT=1 "PF_ENGINE_TARGET=$T/leaver" \
	    PF_ENGINE_INPUT=stdin "PF_ENGINE_SEEDS=$T/seeds" \
	    "PF_ENGINE_IMPORT=$T/import" "PF_ENGINE_CORPUS=$T/corpus" \
	    "PF_ENGINE_CRASHES=$T/crashes" "PF_ENGINE_STATE=$T/state" \
	    "PF_ENGINE_STATS=$T/stats" PF_ENGINE_RESUME=0 \
	    PF_ENGINE_INPUT_MAX=1000 PF_ENGINE_TIMEOUT=3000 \
	    PF_ENGINE_MEMORY=0 PF_ENGINE_SECONDS=600 \
	    pf-blackbox "$T/leaver"
) >"$T/bb.out" 2>"$T/bb.err" &
bb=$!
at_end "kill -9 $bb 2>/dev/null"
ok 'it runs the target' until_true 60 runs 12
# Those of the run at hand, and those being ended.
ok 'and not many are left of all these runs' test "$(left | wc -l)" -le 4
crashed() { [ -n "$(ls "$T/crashes")" ]; }
ok 'the crash is found' until_true 30 crashed
kill "$bb"
status=0
wait "$bb" || status=$?
[ "$status" -eq 0 ] || diag "$T/bb.err"
is "$status" 0 'told to, it ends well'
is "$(left)" '' 'and leaves nobody'
done_testing
