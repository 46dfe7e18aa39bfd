#!/bin/sh
# Targets that signal everybody, leave memory that no process has, ask the
# writer of a master on the same machine, or take all inodes: with bubblewrap,
# with landlock, and as an ordinary user with landlock.
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
need clang bwrap

more='signals leaves asks inodes'
as="setpriv --reuid=$box_uid --regid=$box_uid --clear-groups"

# witness [CMD ...]: somebody of the same user whom a signal would reach
witness()
{
	rm -f "$T/dear/hit" "$T/dear/there"
	# shellcheck disable=SC2016
	"$@" sh -c 'trap "echo >\"$1/hit\"" URG; echo >"$1/there"
	    while :; do sleep 0.1; done' sh "$T/dear" &
	witness=$!
	until_true 10 test -e "$T/dear/there"
}
witness=
# shellcheck disable=SC2016
at_end 'kill $witness 2>/dev/null'

# unharmed: nothing has reached it
unharmed()
{
	kill -0 "$witness" && [ ! -e "$T/dear/hit" ]
}

# all HOW CMD ...: one of each at once
all()
{
	how=$1
	shift
	rm -rf "$T/w"
	for evil in $more; do
		cp "$T/evil" "$T/$evil"
		submit "$evil" libfuzzer "$T/$evil" -m 64M -T 60s \
		    -d "$([ "$evil" = inodes ] && echo 90s || echo 4s)"
		eval "job_$evil=\$job"
	done
	case $* in
	*as_nobody*)
		# shellcheck disable=SC2086
		witness $as ;;
	*)	witness env ;;
	esac
	PF_CONF=$T/m/small.conf
	check "$how: pf-run" 0 - '*' "$@" timeout 200 pf-run -j 4 -m "$url"
	PF_CONF=$T/m/evil.conf
	ok "$how: signals reach nobody" unharmed
	kill "$witness"
	wait "$witness" 2>/dev/null
	is "$(evil_left)" '' "$how: no memory is left"
	is_job signals completed '^'
	is_job leaves completed '^'
	never leaves left
	is_job asks completed '^'
	never asks asked
	is_job inodes failed \
	    "^the job's directory: it holds more than 8192 files(; isol|$)"
	is "$(find "$T/w" -path '*/jobs/*' | wc -l)" 0 "$how: nothing is left"
}

evil_master
sed 's/^disk = .*/disk = 16M/' "$T/m/evil.conf" >"$T/m/small.conf"
chmod 666 "$T/m/sock"
box_path
at_end evil_forget

# What would be seen without a box.
echo input >"$T/in"
for evil in signals leaves asks; do
	cp "$T/evil" "$T/$evil"
done
run "$T/asks" "$T/in"
ok 'without a box: the writer is asked' grep -q 'evil: asked' "$T/err"
run "$T/leaves" "$T/in"
ok 'without a box: memory is left' grep -q 'evil: left' "$T/err"
is "$(evil_left | wc -l)" 2 'without a box: of both kinds'
evil_forget
is "$(evil_left)" '' 'which is taken away again'

all bubblewrap env
all landlock without_bwrap
if can_nobody; then
	# shellcheck disable=SC2086
	witness $as
	run as_nobody "$T/signals" "$T/in"
	ok 'without a box: everybody of the user is killed' \
	    until_true 10 sh -c "! kill -0 $witness"
	all 'a user with landlock' without_bwrap as_nobody
fi
done_testing
