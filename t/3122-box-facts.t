#!/bin/sh
# What the box is built on: how limits of the kernel and bubblewrap behave.  A
# machine on which one of these is otherwise needs another box.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/box.sh
. "$PF_ROOT/t/lib/box.sh"
whole
need clang bwrap prlimit perl findmnt

# gave STATUS NAME CMD ...: also one above 128
gave()
{
	gave_want=$1 gave_name=$2
	shift 2
	run "$@"
	is "$status" "$gave_want" "$gave_name"
}

# Limits of address space and of data leave no room to a sanitizer's shadow,
# so the box sets neither.
cat >"$T/asan.c" <<'END'
#include <stdlib.h>
#include <string.h>

int
main(void)
{
	char *volatile p = malloc(1 << 20);

	if (p == NULL)
		return 2;
	memset(p, 1, 1 << 20);
	free(p);
	return 0;
}
END
clang -g -fsanitize=address -o "$T/asan" "$T/asan.c" || exit 1
clang -g -o "$T/bare" "$T/asan.c" || exit 1
gave 0 'a sanitizer without limits starts' "$T/asan"
for limit in as data; do
	run prlimit "--$limit=4294967296" "$T/asan"
	ok "a limit of $limit of 4 GiB: a sanitizer does not start" \
	    test "$status" -ne 0
	like "$(cat "$T/err")" 'AddressSanitizer|ReserveShadow|allocate' \
	    "a limit of $limit: for want of its shadow"
	gave 0 "a limit of $limit: the same without one starts" \
	    prlimit "--$limit=4294967296" "$T/bare"
done
# shellcheck disable=SC2016 # perl's
gave 0 'a limit of resident memory holds nobody' prlimit --rss=4096 \
    perl -e '$x = "a" x (64 << 20)'

# Of files and of processor time: who is over it is killed.
# shellcheck disable=SC2016 # perl's
gave 153 'a file that is too large: SIGXFSZ' prlimit --fsize=1024 \
    perl -e 'open(F, ">", $ARGV[0]); syswrite(F, "x" x 4096) for 1 .. 2' \
    "$T/large"
is "$(stat -c %s "$T/large")" 1024 'up to the limit it is written'
# shellcheck disable=SC2016 # perl's
gave 27 'who ignores that gets an error' prlimit --fsize=1024 perl -e \
    '$SIG{XFSZ} = "IGNORE"; open(F, ">", $ARGV[0]); syswrite(F, "x" x 4096);
    syswrite(F, "x"); exit($! + 0)' "$T/large"
gave 137 'no processor time left: SIGKILL' prlimit --cpu=1:1 \
    perl -e '1 while 1'

# Of processes: of the user, not of the job, and not of root.
fork='exit(defined(fork) ? 0 : 3)'
if can_nobody; then
	gave 0 'an ordinary user forks' as_nobody perl -e "$fork"
	gave 3 'a limit of processes holds it' as_nobody \
	    prlimit --nproc=1:1 perl -e "$fork"
	gave 0 'and not root' prlimit --nproc=1:1 perl -e "$fork"
else
	skip 'no other user can run this'
fi

# Whether a program that a signal ends leaves a core; where it would.
# shellcheck disable=SC2016 # perl's
dies='$? = 0; chdir($ARGV[0]); system("sh", "-c", q(kill -SEGV $$));
    exit($? & 128 ? 1 : 0)'
run prlimit --core=unlimited perl -e "$dies" "$T"
if [ "$status" = 1 ]; then
	gave 0 'no core with a limit of 0' prlimit --core=0 perl -e "$dies" "$T"
else
	skip 'no cores are written here'
fi

# A control group of version 1 or 2, if one can be had: who is over its memory
# is killed, who is over its processes gets none.
# group CONTROLLER FILE: makes one with that file, in $group
group()
{
	for group in "$(findmnt -nt cgroup -O "$1" -o TARGET | head -n 1)" \
	    "$(findmnt -nt cgroup2 -o TARGET | head -n 1)"; do
		[ -n "$group" ] || continue
		group=$group/pf-test.$$
		mkdir "$group" 2>/dev/null || continue
		at_end "rmdir '$group' 2>/dev/null"
		for file in $2; do
			file=$group/$file
			[ ! -w "$file" ] || return 0
		done
		rmdir "$group"
	done
	return 1
}
# within CMD ...: that command, in the group
within()
{
	# shellcheck disable=SC2016
	sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$group" "$@"
}
if group memory 'memory.limit_in_bytes memory.max'; then
	echo 33554432 >"$file"
	[ ! -e "$group/memory.swap.max" ] || echo 0 >"$group/memory.swap.max"
	# shellcheck disable=SC2016 # perl's
	gave 0 'a group of 32 MiB: 8 of them are there' \
	    within perl -e '$x = "a" x (8 << 20)'
	# shellcheck disable=SC2016 # perl's
	gave 137 'not 64' within perl -e '$x = "a" x (64 << 20)'
	like "$(cat "$group/memory.events" "$group/memory.oom_control" \
	    2>/dev/null)" '(^|[^a-z_])oom_kill 1' 'it is counted'
	rmdir "$group"
else
	skip 'no control group of memory can be had'
fi
if group pids pids.max; then
	echo 1 >"$file"
	gave 3 'a group of one process: no other is started' \
	    within perl -e "$fork"
	like "$(cat "$group/pids.events")" '^max 1' 'it is counted'
	echo 2 >"$file"
	gave 0 'of two there is' within perl -e "$fork"
	# Who is moved there is let in; what it starts is not.
	echo 0 >"$file"
	gave 3 'a group of none' within perl -e "$fork"
	rmdir "$group"
else
	skip 'no control group of processes can be had'
fi
# One of version 2 ends all that is in it, of whatever session, at once.
if group none cgroup.kill; then
	within sh -c "setsid sleep 8$$ & setsid -f sleep 7$$; wait" &
	held=$!
	inside() { pgrep -fx "sleep [78]$$" >"$T/held"; }
	both() { inside && [ "$(wc -l <"$T/held")" = 2 ]; }
	outside() { ! inside; }
	ok 'two sessions in a group' until_true 20 both
	echo 1 >"$file"
	ok 'end with it' until_true 20 outside
	status=0
	wait "$held" || status=$?
	is "$status" 137 'and so does who began them'
	ok 'nothing is left in it' until_true 20 rmdir "$group"
else
	skip 'no control group of version 2 that kills can be had'
fi

# A network of its own has nobody else in it.
run bwrap --unshare-all --ro-bind / / --proc /proc cat /proc/net/dev
ran 0 'bubblewrap without the network of the machine'
is "$(sed -n 's/^ *\([^: ]*\):.*/\1/p' "$T/out")" lo 'has lo alone'

# box SCRIPT: in bubblewrap in the background; its words in $T/words
box()
{
	: >"$T/words"
	bwrap --unshare-all --die-with-parent --ro-bind / / --proc /proc \
	    --dev /dev --info-fd 3 sh -c "$1" >"$T/words" 3>"$T/info" &
	boxed=$!
	ok 'it runs in a box' until_true 10 grep -q ready "$T/words"
}
told='trap "echo told; exit 5" TERM; echo ready; while :; do sleep 0.1; done'

# SIGTERM ends bubblewrap and with it, untold, the program: that is why the
# program itself is told.
box "$told"
kill "$boxed"
status=0
wait "$boxed" || status=$?
is "$status" 143 'SIGTERM for bubblewrap ends it'
is "$(grep -c told "$T/words")" 0 'the program is not told'
box "$told"
init=$(sed -n 's/.*"child-pid": *\([0-9]*\).*/\1/p' "$T/info")
kill "$(pgrep -P "$init" -o)"
status=0
wait "$boxed" || status=$?
is "$status" 5 'SIGTERM for the program: its status is that of bubblewrap'
is "$(grep -c told "$T/words")" 1 'the program is told'
# A program that a signal ends is a status, as of a shell.
box 'echo ready; while :; do sleep 0.1; done'
init=$(sed -n 's/.*"child-pid": *\([0-9]*\).*/\1/p' "$T/info")
kill -SEGV "$(pgrep -P "$init" -o)"
status=0
wait "$boxed" || status=$?
is "$status" 139 'a signal is a status above 128'
# All of a namespace ends with its first process.
box "setsid sleep 9$$ & echo ready; wait"
ok 'a stray runs' until_true 10 pgrep -fx "sleep 9$$"
stray=$(pgrep -fxn "sleep 9$$")
kill -KILL "$boxed"
wait "$boxed"
ok 'a stray ends with bubblewrap' until_true 10 sh -c "! kill -0 $stray"
done_testing
