# shellcheck shell=sh disable=SC2154,SC2034
# After tap.sh: one command, with a fault at each of its system calls.  What
# it does undisturbed is traced once; then for every call and number in that
# trace it begins anew, meets the fault, is mended, and must end the same.
# The test defines
#
#	sweep_back		all as before the command
#	sweep_run [CMD ...]	the command, behind these words; sets status
#	sweep_broken		a line for each promise that is broken now,
#				before anything is mended
#	sweep_mend		what anybody does after an accident; sets status
#	sweep_look		what must be the same at the end
#
# Only faults that came count as points.  PF_SWEEP=all tries every point, the
# default some, PF_CALLS (a regular expression) only those of some calls and
# nothing else; PF_TOTALS names a file that gets a line for each sweep: what,
# points, lost, different.

# Calls that only have to do with memory, or come after everything.
sweep_skip='execve|exit|exit_group|brk|mmap|munmap|mprotect|madvise|futex|rt_sigreturn|getpid|gettid'
# Calls whose failure says something of files and sockets.
sweep_fails='openat|close|read|pread64|write|pwrite64|fsync|fdatasync|rename|unlink|mkdir|ftruncate|fallocate|flock|fcntl|newfstatat|lstat|stat|fstatfs|statfs|lseek|getdents64|sync_file_range|getrandom|socket|connect|sendto|recvfrom|poll|ppoll|chmod|pipe2|dup2'
: >"${T:?}/wrong"

# sweep_of NAME FROM [-f]: the undisturbed run.  Points begin after the first
# line of the trace that matches FROM; -f follows children and threads.
sweep_of()
{
	sweep_name=$1 sweep_f=${3-}
	sweep_back
	# shellcheck disable=SC2086 # an option or none
	sweep_run strace $sweep_f -qq -o "$T/ref" -s 200
	sweep_mend
	sweep_look >"$T/want"
	[ "$status" -eq 0 ] || fail "$1: the undisturbed run ($status)"
	# shellcheck disable=SC2016 # for awk
	awk -v from="$2" -v skip="^($sweep_skip)\$" '
	{
		pid = $1 ~ /^[0-9]+$/ ? $1 : ""
		if (pid != "")
			sub(/^[0-9]+ +/, "")
		if (!match($0, /^[a-z_0-9]+\(/))
			next
		call = substr($0, 1, RLENGTH - 1)
		n[pid, call]++
		if (on && call !~ skip && !seen[call, n[pid, call]]++)
			print call, n[pid, call]
		if ($0 ~ from)
			on = 1
	}' "$T/ref" >"$T/points"
	ok "$1: there are points" test "$(wc -l <"$T/points")" -gt 10
}

# sweep_fault FAULT CALL N: the command meets it; sweep_hit tells if it did
sweep_fault()
{
	# shellcheck disable=SC2086 # an option or none
	sweep_run timeout -k 1 30 strace $sweep_f -q -o "$T/hit" -e "trace=$2" \
	    -e "inject=$2:$1:when=$3"
}

sweep_hit()
{
	grep -Eq 'killed by SIGKILL|INJECTED' "$T/hit"
}

# sweep_judge WHAT: what is mended
sweep_judge()
{
	sweep_mend
	sweep_look >"$T/got"
	[ "$status" -eq 0 ] && cmp -s "$T/want" "$T/got" && return
	wrong=$((wrong + 1))
	{
		echo "$sweep_name: $1: mending ends with $status"
		diff "$T/want" "$T/got" | head -n 6
	} >>"$T/wrong"
}

# sweep_kept WHAT: counts promises that are broken
sweep_kept()
{
	sweep_broken >"$T/broken" 2>&1
	[ -s "$T/broken" ] || return 0
	lost=$((lost + 1))
	{
		echo "$sweep_name: $1:"
		head -n 4 "$T/broken"
	} >>"$T/wrong"
}

# sweep_total WHAT: one line for who adds up, and the judgement
sweep_total()
{
	echo "# $sweep_name: $1: $points points, $lost lost, $wrong different"
	[ -z "${PF_TOTALS-}" ] ||
		echo "$1 $points $lost $wrong $sweep_name" >>"$PF_TOTALS"
	ok "$sweep_name: $1: points" test "$points" -gt 0
	is "$lost" 0 "$sweep_name: $1: no promise is broken"
	is "$wrong" 0 "$sweep_name: $1: mended, it is as if nothing had been"
}

# sweep_pick SOME [CALLS]: every point, or as many by default
sweep_pick()
{
	grep -E "^(${2:-.*}) " "$T/points" |
	    grep -E "^(${PF_CALLS:-.*}) " >"$T/fit"
	sweep_step=1
	[ "${PF_SWEEP-}" = all ] ||
		sweep_step=$((1 + $(wc -l <"$T/fit") / $1))
	awk -v step=$sweep_step 'NR % step == int(step / 2) || step == 1' \
	    "$T/fit" >"$T/picked"
}

# sweep_kill SOME: killed at each call
sweep_kill()
{
	points=0 lost=0 wrong=0
	sweep_pick "$1"
	while read -r call n <&3; do
		sweep_back
		sweep_fault signal=KILL "$call" "$n"
		! sweep_hit || points=$((points + 1))
		sweep_kept "killed at $call $n"
		sweep_judge "killed at $call $n"
	done 3<"$T/picked"
	sweep_total kill
}

# sweep_chain SOME [TIMES]: and what mends it killed as well; those count
# whose second death came
sweep_chain()
{
	points=0 lost=0 wrong=0 sweep_k=0
	sweep_pick "$1"
	sweep_all=$(wc -l <"$T/points")
	while read -r call n <&3; do
		for sweep_t in $(seq "${2:-1}"); do
			sweep_k=$((sweep_k + 1))
			sweep_at=$((1 + (sweep_k * 37 + sweep_t * 11) % sweep_all))
			sweep_second=$(sed -n "${sweep_at}p" "$T/points")
			sweep_what="killed at $call $n and $sweep_second"
			sweep_back
			sweep_fault signal=KILL "$call" "$n"
			sweep_fault signal=KILL "${sweep_second% *}" \
			    "${sweep_second#* }"
			! sweep_hit || points=$((points + 1))
			sweep_kept "$sweep_what"
			sweep_judge "$sweep_what"
		done
	done 3<"$T/picked"
	sweep_total chain
}

# sweep_errors SOME ERROR ...: each of these at each call
sweep_errors()
{
	sweep_some=$1
	shift
	sweep_pick "$sweep_some" "$sweep_fails"
	for sweep_e in "$@"; do
		points=0 lost=0 wrong=0 codes=0
		while read -r call n <&3; do
			sweep_back
			sweep_fault "error=$sweep_e" "$call" "$n"
			! sweep_hit || points=$((points + 1))
			sweep_status "$sweep_e at $call $n"
			sweep_kept "$sweep_e at $call $n"
			sweep_judge "$sweep_e at $call $n"
		done 3<"$T/picked"
		sweep_total "$sweep_e"
		is $codes 0 "$sweep_name: $sweep_e: a status of the table"
	done
}

# sweep_status WHAT: an error is no reason to die of, nor for a sanitizer to
# say something
sweep_status()
{
	grep -Eq 'Sanitizer|runtime error' "$T/err" && status=134
	case $1 in
	# strace leaves open what it says could not be closed, the kernel does
	# not: who waits for the other end's end, or for its own lock, waits for
	# ever, and may heed no SIGTERM meanwhile.
	*' at close '*)	case $status in 124 | 137) return 0 ;; esac ;;
	esac
	case $status in
	0 | 1 | 65 | 66 | 69 | 70 | 71 | 74 | 75 | 77 | 78) return ;;
	esac
	codes=$((codes + 1))
	echo "$sweep_name: $1: status $status" >>"$T/wrong"
}

# sweep_nth NAME LIBRARY PREFIX SOME [VARIABLE=1]: the library's fault at its
# n-th chance, for every n; it counts them itself
sweep_nth()
{
	[ -z "${PF_CALLS-}" ] || return 0
	points=0 lost=0 wrong=0 codes=0
	sweep_so=$PF_OBJ/t/lib/$2.so
	sweep_back
	rm -f "$T/count"
	sweep_run env LD_PRELOAD="$sweep_so" "$3_COUNT=$T/count"
	sweep_max=$(sort -n "$T/count" | tail -n 1)
	sweep_step=1
	[ "${PF_SWEEP-}" = all ] || sweep_step=$((1 + sweep_max / $4))
	for n in $(seq $((1 + sweep_step / 2)) $sweep_step "$sweep_max"); do
		sweep_back
		sweep_run timeout -k 1 30 env LD_PRELOAD="$sweep_so" \
		    "$3_AT=$n" ${5:+"$5"}
		points=$((points + 1))
		sweep_status "$1 $n"
		sweep_kept "$1 $n of $sweep_max"
		sweep_judge "$1 $n of $sweep_max"
	done
	sweep_total "$1"
	is $codes 0 "$sweep_name: $1: a status of the table"
}

# sweep_end: what was wrong, to be seen
sweep_end()
{
	[ ! -s "$T/wrong" ] || head -n 60 "$T/wrong" | diag
}
