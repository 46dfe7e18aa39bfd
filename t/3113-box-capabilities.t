#!/bin/sh
# A target of a bot that root runs has none of root's capabilities, with
# bubblewrap or without, and gets none back by another program.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/box.sh
. "$PF_ROOT/t/lib/box.sh"
[ "$(id -u)" = 0 ] || skip_all 'only root has capabilities'

run_master
box_path
script probe <<'END'
sed -n 's/^Cap\(Inh\|Prm\|Eff\|Amb\):[ 	0]*$/none \1/p' /proc/self/status
if nice -n -5 true 2>&1 | grep -q .; then echo cannot nice; fi
echo x >"$TMPDIR/x" && chmod 600 "$TMPDIR/x" && cat "$TMPDIR/x" &&
    echo can own
END

# job HOW CMD ...: what a target has, by the command
job()
{
	how=$1
	shift
	submit probe libfuzzer "$T/probe" -d 60s
	check "$how: pf-run" 0 - '~: failed: ' "$@" timeout 120 \
	    pf-run -m "$url"
	until_true 20 spool_empty
	log_of "$job" >"$T/log"
	for line in 'none Inh' 'none Prm' 'none Eff' 'none Amb' \
	    'cannot nice' 'can own'; do
		ok "$how: $line" grep -Fqx "$line" "$T/log"
	done
}

job 'without bubblewrap' without_bwrap
if pf-run -n 2>&1 | grep -q '^isolation: namespaces: bubblewrap'; then
	job 'with bubblewrap' env
else
	skip 'bubblewrap does not work here'
fi
done_testing
