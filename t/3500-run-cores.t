#!/bin/sh
# Each job on a core of its own: the engine and all that it starts, by what
# the kernel says of them; and what happens if there are too few.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
need clang afl-fuzz taskset nproc

all=$(sed -n 's/^Cpus_allowed_list:[^0-9]*//p' /proc/self/status)
[ "$(nproc)" -ge 2 ] || skip_all 'one core here'
# Two that may be used here.
two=$(taskset -cp $$ | sed 's/.*: //' | tr ',' '\n' |
    awk -F- '{ for (i = $1; i <= ($2 == "" ? $1 : $2); i++) print i }' |
    head -n 2 | paste -sd ' ')
a=${two% *} b=${two#* }

# Processes of others that are bound must not be seen: tests run in parallel.
alone=
if unshare -pf --mount-proc true 2>/dev/null; then
	alone='unshare -pf --mount-proc --kill-child'
elif unshare -rpf --mount-proc true 2>/dev/null; then
	alone='unshare -rpf --mount-proc --kill-child'
fi

build_quiet
build_afl slow <<'END'
#include <unistd.h>

int
main(void)
{
	char c[4];

	return read(0, c, 4) == 4 && c[0] == 'x' ? 1 : 0;
}
END
run_master 'heartbeat_interval = 500ms'

# begin CMD ...: pf-run, by that command, in the background
begin()
{
	# shellcheck disable=SC2086 # words
	timeout 120 "$@" -l -m "$url" >"$T/bot.out" 2>"$T/bot.err" &
	bot=$!
	at_end "kill $bot 2>/dev/null"
}
finish()
{
	# unshare(1) does not pass it on.
	kill "$(main_pid)"
	wait "$bot" || :
}

# below PID ...: those and all that they started
below()
{
	for pid in "$@"; do
		echo "$pid"
		# shellcheck disable=SC2046 # words
		below $(pgrep -P "$pid")
	done
}

# main_pid: pf-run itself, below timeout(1) and what else it was started by
main_pid()
{
	for pid in $(below "$bot"); do
		if [ "$(cat "/proc/$pid/comm")" = pf-run ]; then
			echo "$pid"
			break
		fi
	done 2>/dev/null
}

# slots: the processes of the slots, in their order
slots()
{
	pgrep -P "$(main_pid)" -x pf-run | sort -n
}

# engines SLOT: what runs for it, of this number
engines()
{
	below "$(slots | sed -n "$(($1 + 1))p")" | sed 1d
}

# on SLOT: the cores its engine and what it started may use, each once
on()
{
	for pid in $(engines "$1"); do
		# Not of those that have ended.
		sed -n '/^VmSize/,$s/^Cpus_allowed_list:[^0-9]*//p' \
		    "/proc/$pid/status"
	done 2>/dev/null | sort -u | paste -sd ' '
}

several()
{
	[ "$(engines "$1" | wc -l)" -ge "$2" ]
}
target_runs()
{
	several 0 2 || several 1 2
}
running()
{
	[ "$(master_sql "SELECT count(*) FROM jobs WHERE status = 'running'")" \
	    -eq "$1" ]
}
cancel_all()
{
	for job in $(master_sql "SELECT id FROM jobs
	    WHERE status IN ('pending', 'assigned', 'running')"); do
		pf-sched cancel "$job" >/dev/null
	done
}

# afl-fuzz puts the target into a session of its own: it is bound as well.
submit one afl++ "$T/slow" -d 5m
submit two libfuzzer "$T/quiet" -d 5m
begin pf-run -j 2
ok 'two jobs run' until_true 60 running 2
ok 'afl-fuzz has started its target' until_true 60 target_runs
first=$(on 0) second=$(on 1)
like "$first" '^[0-9]+$' 'the engine of slot 0 and its target: one core'
like "$second" '^[0-9]+$' 'those of slot 1: one core'
ok 'another one' test "$first" != "$second"
slot=$(slots | head -n 1)
like "$(sed -n 's/^Cpus_allowed_list:[^0-9]*//p' "/proc/$slot/status")" \
    '^[0-9]+$' 'the slot itself is there too'
cancel_all
ok 'the jobs end' until_true 30 running 0
unbound()
{
	[ "$(sed -n 's/^Cpus_allowed_list:[^0-9]*//p' \
	    "/proc/$slot/status")" = "$all" ]
}
ok 'between jobs a slot may use all cores' until_true 30 unbound
finish

for how in '-B' 'affinity = no'; do
	submit off libfuzzer "$T/quiet" -d 5m
	case $how in
	-B)	begin pf-run -B ;;
	*)
		{
			cat "$PF_CONF"
			echo "$how"
		} >"$T/off.conf"
		begin pf-run -c "$T/off.conf"
		;;
	esac
	ok "$how: a job runs" until_true 60 running 1
	until_true 60 several 0 1
	is "$(on 0)" "$all" "$how: on any core"
	cancel_all
	finish
done

# Workers would share the one.
submit workers libfuzzer "$T/quiet" -d 5m -o fork=2
begin pf-run
ok 'a job of several processes' until_true 60 running 1
until_true 60 several 0 3
is "$(on 0)" "$all" 'is bound to no core'
cancel_all
finish

# What pf-run may not use its engines may not either.
submit bound libfuzzer "$T/quiet" -d 5m
begin taskset -c "$b" pf-run
ok 'a bot that is bound itself' until_true 60 running 1
until_true 60 several 0 1
is "$(on 0)" "$b" 'stays where it is'
is "$(grep -c shared "$T/bot.err")" 0 'which is nothing to speak of'
cancel_all
finish

# The first process there adopts those that nobody waits for: not pf-run.
cat >"$T/beside" <<END
#!/bin/sh
if [ "\$1" = beside ]; then
	shift
	taskset -c $a sleep 300 &
fi
taskset -c $a,$b pf-run "\$@"
exit \$?
END
chmod +x "$T/beside"
if [ -n "$alone" ]; then
	for n in 1 2 3; do
		submit "many$n" libfuzzer "$T/quiet" -d 5m
	done
	# shellcheck disable=SC2086 # words
	begin $alone "$T/beside" -j 3
	ok 'three jobs on two cores' until_true 60 running 3
	for n in 0 1 2; do
		until_true 60 several $n 1
		on $n
	done | sort >"$T/cores"
	is "$(wc -l <"$T/cores")" 3 'are bound to one each'
	is "$(sort -u "$T/cores" | wc -l)" 2 'on both'
	is "$(grep -c 'none of 2 cores is free: core [0-9]* is shared' \
	    "$T/bot.err")" 1 'that one is shared is said once'
	cancel_all
	finish

	# Somebody else is bound to the first of them, like an afl-fuzz.
	submit other libfuzzer "$T/quiet" -d 5m
	# shellcheck disable=SC2086 # words
	begin $alone "$T/beside" beside
	ok 'a job beside another program' until_true 60 running 1
	until_true 60 several 0 1
	is "$(on 0)" "$b" 'runs on the core that is free'
	cancel_all
	finish
else
	skip 'no process namespaces here'
fi

# A cpuset of the control groups, where it can be made.
cpuset=/sys/fs/cgroup/cpuset/pf-test.$$
if [ -e /sys/fs/cgroup/cpuset/cpuset.cpus ] &&
    mkdir "$cpuset" 2>/dev/null; then
	at_end "rmdir $cpuset 2>/dev/null || { sleep 1; rmdir $cpuset; }"
	cat /sys/fs/cgroup/cpuset/cpuset.mems >"$cpuset/cpuset.mems"
	echo "$b" >"$cpuset/cpuset.cpus"
	submit cpuset libfuzzer "$T/quiet" -d 5m
	# shellcheck disable=SC2016 # its own
	begin sh -c 'echo $$ >"$0/cgroup.procs" && exec pf-run "$@"' "$cpuset"
	ok 'a bot in a cpuset' until_true 60 running 1
	until_true 60 several 0 1
	is "$(on 0)" "$b" 'keeps to it'
	cancel_all
	finish
else
	skip 'no cpusets here'
fi
done_testing
