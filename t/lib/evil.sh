# shellcheck shell=sh disable=SC2034,SC2154
# After box.sh: targets that do harm, some at once, each in a slot.

evil_all='forks stays fills grows connects traces removes daemons prints'

# evil_master: a master, the targets, a file that is dear to somebody
evil_master()
{
	run_master
	sed 's/^\[bot\]/&\ndisk = 256M/' "$PF_CONF" >"$T/m/evil.conf"
	chmod 755 "$T" "$T/m"
	clang -g -O1 -fsanitize=fuzzer -D_GNU_SOURCE -DEVIL_TREE="\"$T\"" \
	    -DEVIL_PORT="${url##*:}" -o "$T/evil" "$PF_ROOT/t/data/evil.c" ||
	    exit 1
	mkdir "$T/dear"
	echo dear >"$T/dear/file"
	chmod -R 777 "$T/dear"
}

# evil_jobs: one of each; job_NAME are their ids
evil_jobs()
{
	for evil in $evil_all; do
		cp "$T/evil" "$T/$evil"
		# How long it takes to be noticed is the machine's affair.
		case $evil in
		fills)	set -- -d 90s ;;
		grows)	set -- -d 15s ;;
		stays)	set -- -d 2s ;;
		*)	set -- -d 6s ;;
		esac
		set -- "$@" -m 64M -T 60s
		submit "$evil" libfuzzer "$T/$evil" "$@"
		eval "job_$evil=\$job"
	done
}

# largest: the largest log of an engine so far, in $T/largest (MiB)
largest()
{
	echo 0 >"$T/largest"
	while :; do
		evil_now=$(find "$T/w" -name engine.log -printf '%s\n' \
		    2>/dev/null | sort -n | tail -n 1)
		evil_now=$((${evil_now:-0} >> 20))
		[ "$evil_now" -le "$(cat "$T/largest")" ] ||
		    echo "$evil_now" >"$T/largest"
		sleep 0.05
	done
}

# evil_run CMD ...: pf-run by that command
evil_run()
{
	largest &
	evil_watch=$!
	evil_conf=$PF_CONF
	PF_CONF=$T/m/evil.conf
	for evil_round in 1 2 3; do
		check "three at once, round $evil_round" 0 - '~completed' "$@" \
		    timeout 200 pf-run -j 3 -m "$url"
	done
	# On a busy machine one may have been lost, and was given again.
	if master_sql 'SELECT status FROM jobs' | grep -q pending; then
		check 'and what is left' 0 - '~completed' "$@" \
		    timeout 200 pf-run -j 3 -m "$url"
	fi
	PF_CONF=$evil_conf
	kill "$evil_watch"
}

# evil_dirs: directories of jobs that went well at once.  One whose lease was
# lost leaves its own to its retention, as what was not taken from it needs.
evil_dirs()
{
	find "$T/w" -mindepth 3 -maxdepth 3 -path '*/jobs/*' -printf '%f %p\n' |
	    while read -r evil_id evil_dir; do
		[ "$(master_sql "SELECT attempt FROM jobs
		    WHERE id = '$evil_id'")" != 1 ] || echo "$evil_dir"
	done
}

# evil_left: what the targets left in the memory of the machine
evil_left()
{
	evil_port=${url##*:}
	find /dev/shm -name "evil-$evil_port-*"
	awk -v n=$((1000000 + evil_port)) '$4 == n { print "segment", $2 }' \
	    /proc/sysvipc/shm
}

evil_forget()
{
	rm -f "/dev/shm/evil-${url##*:}-"*
	evil_left | sed -n 's/^segment //p' | while read -r id; do
		ipcrm -m "$id"
	done
}

# is_job NAME STATUS MESSAGE-ERE
is_job()
{
	eval "job=\$job_$1"
	is "$(master_sql "SELECT status FROM jobs WHERE id = '$job'")" "$2" \
	    "$1: $2"
	like "$(job_message)" "$3" "$1: its message"
}

# never NAME TEXT: it did not manage that
never()
{
	eval "job=\$job_$1"
	is "$(log_of "$job" | grep -c "evil: $2")" 0 "$1: not $2"
}

# evil_outcome FORKS-ERE CMD ...: what became of all of it, and whether pf-run,
# by the command, has a next job
evil_outcome()
{
	is_job forks completed "$1"
	shift
	is_job stays completed '^'
	is_job fills failed \
	    "^the job's directory: it holds more than 256 MiB(; isolation|$)"
	is_job grows completed 'limits met: memory \([0-9]+ processes ended at'
	is_job connects completed '^'
	never connects connected
	is_job traces completed '^'
	for evil in traced 'in memory' stopped; do
		never traces "$evil"
	done
	is "$(cat "$T/dear/file")" dear 'removes: not what others have'
	ok 'removes: not the cache' test -n "$(ls "$T/w/blobs")"
	is_job daemons completed '^'
	is_job prints completed '^'
	ok 'prints: its log keeps small' test "$(cat "$T/largest")" -le 128
	is "$(pgrep -fc "$T/w/slot-")" 0 'no process is left'
	is "$(evil_dirs)" '' 'no directory of a job'
	submit good libfuzzer "$T/evil" -d 2s
	check 'the next job' 0 - '~completed' "$@" timeout 60 pf-run -m "$url"
}
