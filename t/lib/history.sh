# shellcheck shell=sh disable=SC2154
# After tap.sh and sched.sh: a short life of a master in steps of one or two
# op lines, each tried with a fault at every point.  Every op may be repeated,
# so whatever happened, the same step once more must end in the same state.

history_steps=38

# row RID: the members of a result of the first lease
row()
{
	printf '"rid":"%s","job":"%s","bot":"%s","inc":"i","seq":1,"epoch":1,"attempt":1,"time":5' \
	    "$(echo "$1" | sha256sum | cut -c 1-64)" "$step_job" "$step_bot"
}

# elapse TICKS: so many, after those there were
elapse()
{
	sql "SELECT tick, boot_ms FROM clock" | tr '|' ' ' >"$T/clock"
	read -r step_tick step_ms <"$T/clock"
	step_n=0
	while [ $step_n -lt "$1" ]; do
		echo "{\"op\":\"tick\",\"boot\":\"b\",\"boot_ms\":$((step_ms + 1000 * (step_n + 1))),\"prev\":$((step_tick + step_n))}"
		step_n=$((step_n + 1))
	done
}

# expiry WHAT: the end of the live lease, or of its job's time
expiry()
{
	echo "{\"op\":\"expire\",\"what\":\"$1\",\"bot\":\"$step_bot\",$step_token,\"lease_tick\":$(sql "SELECT lease_tick FROM assignments WHERE ended_at IS NULL")}"
}

# step N: its lines, for the database as it is before it
step()
{
	step_bot=$(sql 'SELECT id FROM bots')
	step_job=$(sql "SELECT job_id FROM assignments WHERE ended_at IS NULL")
	step_token=$(sql "SELECT '\"job\":\"' || job_id || '\",\"epoch\":' ||
	    epoch || ',\"attempt\":' || attempt FROM assignments
	    WHERE ended_at IS NULL")
	step_who="\"bot\":\"$step_bot\",\"inc\":\"$(sql 'SELECT inc FROM bots')\""
	step_blob=$(sha256sum /bin/true | cut -c 1-64)
	case $1 in
	1 | 8)	echo '{"op":"register","hostname":"h","capabilities":["libfuzzer"],"inc":"i"}' ;;
	2)	echo "{\"op\":\"submit\",\"name\":\"k\",\"engine\":\"libfuzzer\",\"request\":\"one\",\"copies\":3,\"campaign\":\"c\",\"target\":{\"sha256\":\"$step_blob\",\"name\":\"t\"}}"
		# For the last steps: nobody gets it before.
		echo "{\"op\":\"submit\",\"name\":\"l\",\"engine\":\"libfuzzer\",\"request\":\"two\",\"copies\":2,\"campaign\":\"d\",\"duration_ms\":1000,\"target\":{\"sha256\":\"$step_blob\",\"name\":\"t\"}}"
		echo '{"op":"campaign","do":"pause","campaign":"d"}' ;;
	3 | 10 | 12 | 14 | 21 | 31 | 33)
		echo "{\"op\":\"claim\",$step_who}" ;;
	4 | 15 | 34)
		echo "{\"op\":\"start\",$step_who,$step_token}" ;;
	5)	echo "{\"op\":\"crash\",\"rows\":[{$(row 1),\"hash\":\"$step_blob\",\"size\":1}]}"
		echo "{\"op\":\"corpus\",\"rows\":[{$(row 2),\"hash\":\"$step_blob\",\"size\":1}]}" ;;
	6)	echo "{\"op\":\"coverage\",\"rows\":[{$(row 3),\"edges\":7,\"exec_count\":9}]}"
		echo "{\"op\":\"status\",\"rows\":[{$(row 4),\"executions\":9}]}"
		echo "{\"op\":\"log\",\"rows\":[{$(row 5),\"offset\":0,\"size\":3}]}" ;;
	7)	echo '{"op":"tick","boot":"b","boot_ms":1,"prev":0}'
		echo '{"op":"tick","boot":"b","boot_ms":1001,"prev":0}' ;;
	9)	echo "{\"op\":\"handback\",$step_who,$step_token}" ;;
	11 | 19)
		elapse 3
		expiry lease ;;
	13)	elapse 2
		echo '{"op":"register","hostname":"h","capabilities":["libfuzzer"],"inc":"j"}' ;;
	16)	echo '{"op":"hearing","ear":"e"}' ;;
	17)	echo '{"op":"recover"}' ;;
	18)	echo '{"op":"deaf","ear":"e","forget":true}' ;;
	20)	echo "{\"op\":\"reset\",$step_who}" ;;
	22)	echo '{"op":"campaign","do":"pause","campaign":"c"}' ;;
	23)	echo '{"op":"campaign","do":"resume","campaign":"c"}' ;;
	24)	echo '{"op":"campaign","do":"set","campaign":"c","weight":5}' ;;
	25)	echo "{\"op\":\"complete\",$step_who,$step_token,\"result\":\"failed\"}" ;;
	26)	echo "{\"op\":\"archive\",\"job\":\"$(sql "SELECT id FROM jobs WHERE status = 'failed'")\"}" ;;
	27)	echo '{"op":"sweep"}' ;;
	28)	echo "{\"op\":\"cancel\",\"job\":\"$(sql "SELECT min(id) FROM jobs WHERE status = 'pending'")\"}" ;;
	29)	echo '{"op":"campaign","do":"finish","campaign":"c"}' ;;
	30)	echo '{"op":"campaign","do":"resume","campaign":"d"}' ;;
	32)	echo "{\"op\":\"complete\",$step_who,$step_token,\"result\":\"completed\"}" ;;
	35)	elapse 4
		expiry job ;;
	36)	elapse 3
		echo "{\"op\":\"expire\",\"what\":\"bot\",\"bot\":\"$step_bot\",\"lease_tick\":$(sql 'SELECT lease_tick FROM bots')}" ;;
	37)	echo "{\"op\":\"drain\",$step_who}" ;;
	38)	echo "{\"op\":\"deregister\",$step_who}" ;;
	esac
}

# look: all that must be the same at the end, without ids and times
look()
{
	sql "SELECT hostname, status, inc, failure_count, drain,
		gone_at IS NULL, current_job IS NULL FROM bots;
	    SELECT status, attempt, strikes, cancel, message, archived_at IS
		NULL FROM jobs ORDER BY status, attempt;
	    SELECT epoch, attempt, status, progress, result FROM assignments
		ORDER BY attempt, status;
	    SELECT name, status, weight, pending, running, turns FROM campaigns
		ORDER BY name;
	    SELECT hash, count, is_unique FROM crashes; SELECT hash FROM corpus;
	    SELECT edges, exec_count FROM coverage;
	    SELECT executions FROM job_stats; SELECT name FROM ears;
	    SELECT rid, kind FROM results ORDER BY rid;
	    SELECT name, value FROM counters WHERE scope = '' ORDER BY name;
	    SELECT kind, was, now, who, count(*) FROM events WHERE kind <>
		'system' GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4;
	    SELECT 'tick', tick FROM clock;
	    PRAGMA integrity_check; PRAGMA foreign_key_check"
}

# history_new [STEPS]: the undisturbed run; $T/at-N is the storage before
# step N, $T/lines-N its lines, $T/want-N what it has to end in.  What is
# tried again is not long waited for: a fault that stays would be for a minute.
history_new()
{
	sched_new '[timeouts]
tick = 1s
bot = 2s
job_grace = 1s
[limits]
max_failures = 2
[retry.database]
initial_delay = 10ms
[retry.bot_operation]
initial_delay = 10ms
max_delay = 50ms
[retry.recovery]
initial_delay = 10ms
max_delay = 50ms'
	pf-sched submit -N warm -e afl++ -t /bin/true >/dev/null
	look >"$T/want-0"
	history_n=1
	while [ $history_n -le "${1:-$history_steps}" ]; do
		cp -r "$T/m" "$T/at-$history_n"
		step $history_n >"$T/lines-$history_n"
		pf-sched apply <"$T/lines-$history_n" >"$T/reply-$history_n"
		look >"$T/want-$history_n"
		history_n=$((history_n + 1))
	done
}

# history_back N: the storage as before step N
history_back()
{
	rm -rf "$T/m"
	cp -r "$T/at-$1" "$T/m"
}

# fault N CMD ...: step N by the command, whose fault it has to bear; after
# an answer the state must be there, and after the same step again in any
# case.  Counts in points, answered, lost, wrong, killed.
points=0 answered=0 lost=0 wrong=0 killed=0
fault()
{
	fault_n=$1
	shift
	fault_rc=0
	"$@" <"$T/lines-$fault_n" >"$T/out" 2>"$T/err" || fault_rc=$?
	points=$((points + 1))
	[ $fault_rc -lt 128 ] || killed=$((killed + 1))
	# A refused row stands inside a reply that is ok as a whole.
	if ! grep -Eq '"ok":false|"class":' "$T/out" && [ "$(wc -l <"$T/out")" = \
	    "$(wc -l <"$T/lines-$fault_n")" ]; then
		answered=$((answered + 1))
		look >"$T/got"
		if ! cmp -s "$T/got" "$T/want-$fault_n"; then
			lost=$((lost + 1))
			echo "lost: step $fault_n: $fault_what" >>"$T/wrong"
			diff "$T/want-$fault_n" "$T/got" | head -n 4 \
			    >>"$T/wrong"
		fi
	fi
}

# again N [CMD ...]: the step once more, without fault; then all must be well
again()
{
	pf-sched apply <"$T/lines-$1" >/dev/null 2>&1
	look >"$T/got"
	cmp -s "$T/got" "$T/want-$1" && return
	wrong=$((wrong + 1))
	echo "step $1: $fault_what" >>"$T/wrong"
	diff "$T/want-$1" "$T/got" | head -n 4 >>"$T/wrong"
}

# Calls after which something may be there or not.
history_calls=pwrite64,write,sendto,fdatasync,fsync,syncfs,openat,fcntl,flock
history_calls=$history_calls,ftruncate,fallocate,rename,unlink,unlinkat,mkdir
# These are few, and others than a start make none of them.
[ "${PF_SWEEP-}" != all ] ||
	history_calls=$history_calls,chmod,fchmod,fchown,bind,link,linkat

# What to put before a program to have them counted in $T/trace.
history_trace="strace -f -qq -o $T/trace -e trace=$history_calls"

# history_counts: how often each of them was made, a line each; of several
# processes the busiest counts, as for strace's when=
history_counts()
{
	awk '{ sub(/\(.*/, "", $2) } $2 ~ /^[a-z0-9]+$/ && ++n[$1 " " $2] > max[$2] {
	    max[$2]++ } END { for (c in max) print c, max[c] }' "$T/trace" |
	    sort
}

# history_points STRIDE: of lines "... CALL MAX" every STRIDE-th call as
# "... CALL N"; of those that change no file every fourth of these; all of
# them with PF_SWEEP=all
history_points()
{
	[ "${PF_SWEEP-}" != all ] || set -- 1
	awk -v s="$1" '{
		max = $NF
		few = $(NF - 1) == "openat" || $(NF - 1) == "fcntl"
		for (i = 1; i <= max; i++)
			if (s == 1 || ++n[few] % (few ? 4 * s : s) == 1) {
				$NF = i
				print
			}
	}'
}

# history_all: the steps to try, all unless PF_STEPS names some
history_all()
{
	# shellcheck disable=SC2086 # a list
	printf '%s\n' ${PF_STEPS:-$(seq $history_steps)}
}

# history_sample STRIDE: such points of all steps, "STEP CALL N"
history_sample()
{
	for history_n in $(history_all); do
		if [ ! -e "$T/calls-$history_n" ]; then
			history_back "$history_n"
			# shellcheck disable=SC2086 # its words
			$history_trace pf-sched apply \
			    <"$T/lines-$history_n" >/dev/null 2>&1
			history_counts >"$T/calls-$history_n"
		fi
		sed "s/^/$history_n /" "$T/calls-$history_n"
	done | history_points "$1"
}

# inject WHAT CALL N CMD ...: the command, with that at the N-th of these
# calls; counts in hits if it came
hits=0
inject()
{
	inject_call=$2
	inject_what="inject=$2:$1:when=$3"
	shift 3
	inject_rc=0
	strace -f -q -o "$T/hit" -e "trace=$inject_call" -e "$inject_what" \
	    "$@" || inject_rc=$?
	! injected || hits=$((hits + 1))
	return $inject_rc
}
injected() { grep -Eq 'killed by SIGKILL|INJECTED' "$T/hit"; }

# history_total WHAT [WHO]: only faults that came count, and some have to; a
# line for who adds up, as sweep.sh has them
history_total()
{
	echo "# ${2-pf-sched}: $1: $points tried, $hits came"
	ok "${2-pf-sched}: $1: it came" test $hits -gt 0
	case $1 in
	'signal=KILL twice')	history_what=chain ;;
	'signal=KILL mending')	history_what=chain ;;
	signal=KILL)		history_what='kill' ;;
	*)			history_what=${1#error=} ;;
	esac
	history_what=${history_what% mending}
	[ -z "${PF_TOTALS-}" ] ||
		echo "$history_what $hits $lost $wrong ${2-pf-sched}" \
		    >>"$PF_TOTALS"
}
