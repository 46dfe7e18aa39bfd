#!/bin/sh
# pf-run is killed outright: what outlived it is found by the next one on the
# same work directory, and its control groups are used again and removed.
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
need clang pgrep

groups()
{
	find /sys/fs/cgroup -name "pandafuzz-$(printf %s "$T/w/slot-0" |
	    sha256sum | cut -c 1-16)" 2>/dev/null
}

# strays: processes of the target that have no parent of the bot
strays()
{
	pgrep -f "$T/w/slot-0/jobs/$job/files/" >"$T/strays"
	[ "$(wc -l <"$T/strays")" -ge 3 ]
}

# gone: none of those that were there is any more
gone()
{
	while read -r pid; do
		! kill -0 "$pid" 2>/dev/null || return 1
	done <"$T/strays"
}

# shares: where groups share processors, one of them is of the slot
shares()
{
	[ ! -f /sys/fs/cgroup/cpu/cpu.shares ] || [ ! -w /sys/fs/cgroup/cpu ] ||
	    grep -q ^/sys/fs/cgroup/cpu "$T/groups"
}

# killed HOW CMD ...
killed()
{
	how=$1
	shift
	submit stray libfuzzer "$T/daemons" -d 60s
	"$@" timeout 100 pf-run -q -m "$url" >"$T/one.out" 2>"$T/one.err" &
	one=$!
	ok "$how: daemons run" until_true 20 strays
	groups >"$T/groups"
	for pid in $(pgrep -f "^pf-run -q -m $url"); do
		kill -KILL "$pid"
	done
	wait "$one"
	until_true 20 flock -n "$T/w/slot-0/lock" true
	ok "$how: some outlive it" test -n \
	    "$(pgrep -f "$T/w/slot-0/jobs/$job/files/")"
	pf-sched cancel "$job" >/dev/null
	run "$@" timeout 60 pf-run -q -m "$url"
	ok "$how: the next one ends them" gone
	is "$(pgrep -fc "$T/w/slot-0/jobs/")" 0 "$how: all of them"
	is "$(groups)" '' "$how: no control group is left"
}

evil_master
cp "$T/evil" "$T/daemons"
box_path
killed 'without bubblewrap' without_bwrap
case $(pf-run -n 2>&1) in
*memory:\ missing*) ;;
*)
	ok 'control groups had been left' test -s "$T/groups"
	ok 'one of them shares processors' shares
	;;
esac
if can_nobody; then
	rm -rf "$T/w"
	killed 'an ordinary user' without_bwrap as_nobody
fi
if command -v bwrap >/dev/null; then
	rm -rf "$T/w"
	submit boxed libfuzzer "$T/daemons" -d 60s
	pfrun -q >"$T/one.out" 2>"$T/one.err" &
	one=$!
	ok 'bubblewrap: daemons run' until_true 20 strays
	for pid in $(pgrep -f "^pf-run -m $url -q"); do
		kill -KILL "$pid"
	done
	wait "$one"
	ok 'bubblewrap: none outlives it' until_true 10 gone
fi
done_testing
