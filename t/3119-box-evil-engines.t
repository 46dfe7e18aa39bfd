#!/bin/sh
# Targets that do harm under other engines than libFuzzer: afl-fuzz, which
# starts them from a fork server, and one of pf-engine(5), which is a script
# with programs below it.  The machine goes on, and each job is told for what
# it is.
# shellcheck disable=SC2034 # for tap.sh
tap_disk=yes
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/box.sh
. "$PF_ROOT/t/lib/box.sh"
# shellcheck source-path=SCRIPTDIR source=lib/evil.sh
. "$PF_ROOT/t/lib/evil.sh"
need clang bwrap afl-fuzz afl-clang-fast

# What keeps a target from files and from others is another with each kind of
# box; what limits it is not.
apart='connects traces removes daemons signals leaves asks'
limited='forks stays fills grows prints inodes'
case $(pf-run -n 2>&1) in
# Nothing would hold these for root.
*processes:\ missing*) limited='stays fills prints inodes' ;;
esac
[ -z "${PF_FAST:-}" ] || limited='' apart='removes daemons leaves'

evil_master
box_path
mkdir "$T/engines" "$T/seeds"
cp "$PF_ROOT/etc/engines.d/blackbox" "$T/engines"
chmod 755 "$T/engines" "$T/engines/blackbox"
echo 'any input' >"$T/seeds/a"
cat >>"$T/m/evil.conf" <<END
engines = $T/engines
recheck_runs = 0
[retry.engine]
max_retries = 1
initial_delay = 100ms
END
AFL_QUIET=1 afl-clang-fast -O1 -D_GNU_SOURCE -DEVIL_MAIN \
    -DEVIL_TREE="\"$T\"" -DEVIL_PORT="${url##*:}" -o "$T/plain" \
    "$PF_ROOT/t/data/evil.c" 2>"$T/build.log" || {
	diag "$T/build.log"
	exit 1
}
PF_CONF=$T/m/evil.conf

# told HARM ENGINE: what is to become of such a job, "status: message"
told()
{
	case $1-$2 in
	# Each input of a seed takes too long.
	forks-afl++)
		echo '^failed: .*bad_seeds: .*limits met: processes \(' ;;
	stays-afl++ | grows-afl++)
		echo '^failed: .*bad_seeds: ' ;;
	# The engine itself may find no room to start another.
	forks-*)
		echo '^(completed: |failed: .*; )limits met: processes \(' ;;
	grows-*)
		echo '^completed: limits met: memory \([0-9]+ processes ended' ;;
	fills-*)
		echo "^failed: the job's directory: it holds more than 256 MiB" ;;
	# It takes away what its engine writes.
	removes-*)
		echo '^(completed|failed): ' ;;
	*)	echo '^completed: ($|isolation without)' ;;
	esac
}

# all HOW HARMS CMD ...: each harm under each engine, four at once
all()
{
	how=$1 some=$2
	shift 2
	rm -rf "$T/w"
	jobs=
	for harm in $some; do
		cp "$T/plain" "$T/$harm"
		for engine in afl++ blackbox; do
			long='-d 4s -T 500ms'
			case " $apart " in
			*" $harm "*)	long='-d 2s -T 500ms' ;;
			esac
			case $harm-$engine in
			# How long it takes to be noticed is the machine's
			# affair.
			fills-*)	long='-d 90s -T 30s' ;;
			# Each input is run again, which takes seconds.
			stays-blackbox)	long='-d 1s -T 500ms' ;;
			esac
			# shellcheck disable=SC2086 # words
			submit "$harm-$engine" "$engine" "$T/$harm" $long \
			    -m 64M -s "$T/seeds"
			jobs="$jobs $harm:$engine:$job"
		done
	done
	for round in $(seq 2 4 "$(echo "$jobs" | wc -w)"); do
		check "$how: pf-run, from the ${round}th on" 0 - '*' "$@" \
		    timeout 300 pf-run -j 4 -m "$url"
	done
	for one in $jobs; do
		job=${one##*:}
		harm=${one%%:*}
		engine=${one#*:}
		engine=${engine%:*}
		like "$(master_sql "SELECT status || ': ' || message FROM jobs
		    WHERE id = '$job'")" "$(told "$harm" "$engine")" \
		    "$how: $harm of $engine is told for what it is"
		is "$(log_of "$job" | grep -c 'evil: ')" 0 \
		    "$how: $harm of $engine did not manage it"
	done
	is "$(cat "$T/dear/file")" dear "$how: not what others have"
	is "$(evil_left)" '' "$how: no memory is left"
	is "$(pgrep -fc "$T/w/slot-")" 0 "$how: no process is left"
	is "$(evil_dirs)" '' "$how: no directory of a job"
}

at_end evil_forget
all bubblewrap "$limited $apart" env
all landlock "$apart" without_bwrap
submit good afl++ "$T/plain" -d 2s -s "$T/seeds"
check 'the next job' 0 - '~completed' timeout 60 pf-run -m "$url"
done_testing
