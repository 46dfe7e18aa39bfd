#!/bin/sh
# Groups of version 2, in a group that was handed over: pf-run moves out of
# the way with all that is its own, so that those of its slots can be limited,
# and leaves it as it was.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/box.sh
. "$PF_ROOT/t/lib/box.sh"
need clang findmnt python3

root=$(findmnt -nt cgroup2 -o TARGET | head -n 1)
[ "$(id -u)" = 0 ] || skip_all 'only root can make a group to begin with'
[ -n "$root" ] || skip_all 'no groups of version 2 here'
group=$root/pf-test.$$

# What pf-run gives to its slots, and this machine has in version 2.
for one in memory pids cpu hugetlb; do
	grep -Eqw "$one" "$root/cgroup.controllers" || continue
	if ! grep -Eqw "$one" "$root/cgroup.subtree_control"; then
		echo "+$one" >"$root/cgroup.subtree_control" || continue
		at_end "echo -$one >'$root/cgroup.subtree_control'"
	fi
done
at_end "rmdir '$group/pandafuzz-bot' '$group' 2>/dev/null"
mkdir "$group" || skip_all 'no group can be made here'
have=$(cat "$group/cgroup.controllers")
case " $have " in
*' memory '* | *' pids '* | *' cpu '* | *' hugetlb '*) ;;
*)	skip_all 'no controller of version 2 here' ;;
esac

run_master 'heartbeat_interval = 1s'
build_quiet
chmod 755 "$T"

# inside GROUP CMD ...: that command, in the group
inside()
{
	inside_group=$1
	shift
	# shellcheck disable=SC2016
	sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$inside_group" "$@"
}

# names DIR: the programs of the processes that are in the group
names()
{
	while read -r pid; do
		cat "/proc/$pid/comm"
	done <"$1/cgroup.procs" 2>/dev/null | sort | uniq -c |
	    awk '{ printf "%s%s %s", sep, $1, $2; sep = ", " }'
}

slot_group()
{
	find "$group" -maxdepth 1 -name 'pandafuzz-*' ! -name pandafuzz-bot
}

runs()
{
	[ -n "$(slot_group)" ] && grep -q . "$(slot_group)/cgroup.procs" &&
	    job_is running
}

# as_it_was HOW
as_it_was()
{
	is "$(find "$group" -mindepth 1 -type d)" '' "$1: no group is left"
	is "$(cat "$group/cgroup.subtree_control")" '' "$1: nothing is given"
}

# begin HOW CMD ...: a job in the group
begin()
{
	how=$1
	shift
	rm -rf "$T/w"
	submit quiet libfuzzer "$T/quiet" -d 60s
	mkdir "$T/w"
	[ $# -eq 0 ] || chown "$box_uid" "$T/w"
	inside "$group" "$@" pf-run -q -m "$url" >"$T/bot.out" \
	    2>"$T/bot.err" &
	bot=$!
	ok "$how: the job runs" until_true 20 runs
}

end()
{
	pf-sched cancel "$job" >/dev/null
	status=0
	wait "$bot" || status=$?
	ran 0 "$how: pf-run ends"
	is "$(grep -v 'isolation without' "$T/bot.err")" '' \
	    "$how: it says nothing"
	is "$(find "$group" -mindepth 1 -type d)" '' "$how: no group is left"
	is "$(cat "$group/cgroup.subtree_control")" '' "$how: nothing is given"
}

# limited: the group of the slot has what there is
limited()
{
	slot=$(slot_group)
	for one in memory pids cpu hugetlb; do
		case " $have " in
		*" $one "*)
			ok "$how: $one can be limited" grep -qw "$one" \
			    "$slot/cgroup.controllers" ;;
		esac
	done
	for file in "$slot"/hugetlb.*.rsvd.max; do
		[ ! -e "$file" ] || is "$(cat "$file")" 0 \
		    "$how: no huge pages: ${file##*/}"
	done
}

# alone HOW CMD ...
alone()
{
	begin "$@"
	is "$(names "$group")" '' "$how: nobody stays in the group"
	is "$(names "$group/pandafuzz-bot")" '3 pf-run' \
	    "$how: pf-run, its slot and its warden live in one of their own"
	limited
	end
}

alone root
as="setpriv --reuid=$box_uid --regid=$box_uid --clear-groups"
if can_nobody; then
	chown "$box_uid" "$group" "$group/cgroup.procs" \
	    "$group/cgroup.subtree_control" "$group/cgroup.threads"
	# shellcheck disable=SC2086
	alone 'handed to a user' $as
fi

# What can be limited is: by groups of version 2, whose words are others.
clang -g -O1 -fsanitize=fuzzer -D_GNU_SOURCE -DEVIL_TREE="\"$T\"" \
    -DEVIL_PORT=1 -o "$T/evil" "$PF_ROOT/t/data/evil.c" || exit 1
# met CONTROLLER HARM ERE
met()
{
	case " $have " in
	*" $1 "*) ;;
	*)	skip "no $1 of version 2 here"
		return ;;
	esac
	cp "$T/evil" "$T/$2"
	submit "$2" libfuzzer "$T/$2" -d 10s -m 64M -T 60s
	check "$1: a target that $2" 0 - "~completed: $3" inside "$group" \
	    timeout 100 pf-run -m "$url"
	as_it_was "$1"
}
rm -rf "$T/w"
met memory grows 'limits met: memory \([0-9]+ processes ended at'
met pids forks 'limits met: processes \([0-9]+ not started\)'

# Somebody else is there: nobody moves, and the job runs without limits.
sleep 600 &
other=$!
at_end "kill $other 2>/dev/null"
echo "$other" >"$group/cgroup.procs"
begin 'with somebody else'
is "$(names "$group")" '3 pf-run, 1 sleep' "$how: all stay where they are"
is "$(cat "$group/cgroup.subtree_control")" '' "$how: nothing is given"
end

# A group that systemd has handed over as a whole.
ok 'systemd marks a group' python3 -c \
    'import os, sys; os.setxattr(sys.argv[1], "user.delegate", b"1")' "$group"
begin 'all of it handed over'
is "$(names "$group")" '' "$how: nobody stays in the group"
is "$(names "$group/pandafuzz-bot")" '3 pf-run, 1 sleep' \
    "$how: who else was there moves along"
limited
end
is "$(names "$group")" '1 sleep' "$how: and back"

# To look what there is leaves nothing behind.
check 'a dry run' 0 '~isolation: memory' - inside "$group" pf-run -n
is "$(find "$group" -mindepth 1 -type d)" '' 'leaves no group'
is "$(cat "$group/cgroup.subtree_control")" '' 'and gives nothing'
is "$(names "$group")" '1 sleep' 'and moves nobody'

done_testing
