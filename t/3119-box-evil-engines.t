#!/bin/sh
# Targets that do harm under other engines than libFuzzer: afl-fuzz, which
# starts them from a fork server, and one of pf-engine(5), which is a script
# with programs below it.
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

harms='removes daemons leaves'

evil_master
box_path
mkdir "$T/engines" "$T/seeds"
cp "$PF_ROOT/etc/engines.d/blackbox" "$T/engines"
chmod 755 "$T/engines" "$T/engines/blackbox"
echo 'any input' >"$T/seeds/a"
cat >>"$T/m/evil.conf" <<END
engines = $T/engines
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

over()
{
	! job_is pending && ! job_is running && ! job_is assigned
}

# all HOW CMD ...: each harm under each engine, three at once
all()
{
	how=$1
	shift
	rm -rf "$T/w"
	jobs=
	for harm in $harms; do
		cp "$T/plain" "$T/$harm"
		for engine in afl++ blackbox; do
			submit "$harm-$engine" "$engine" "$T/$harm" -d 4s \
			    -m 64M -T 500ms -s "$T/seeds"
			jobs="$jobs $harm-$engine:$job"
		done
	done
	for round in 1 2; do
		check "$how: pf-run, round $round" 0 - '*' "$@" \
		    timeout 200 pf-run -j 3 -m "$url"
	done
	for one in $jobs; do
		job=${one#*:}
		ok "$how: ${one%:*} is over" over
		is "$(log_of "$job" | grep -c 'evil: ')" 0 \
		    "$how: ${one%:*} did not manage it"
	done
	is "$(cat "$T/dear/file")" dear "$how: not what others have"
	is "$(evil_left)" '' "$how: no memory is left"
	is "$(pgrep -fc "$T/w/slot-")" 0 "$how: no process is left"
	is "$(find "$T/w" -path '*/jobs/*' | wc -l)" 0 \
	    "$how: no directory of a job"
}

at_end evil_forget
all bubblewrap env
all landlock without_bwrap
submit good afl++ "$T/plain" -d 2s -s "$T/seeds"
check 'the next job' 0 - '~completed' timeout 60 pf-run -m "$url"
done_testing
