# shellcheck shell=sh disable=SC2154
# After tap.sh and sched.sh: a short life of a master in steps of one or two
# op lines, each tried with a fault at every point.  Every op may be repeated,
# so whatever happened, the same step once more must end in the same state.

history_steps=13

# step N: its lines, for the database as it is before it
step()
{
	step_bot=$(sql 'SELECT id FROM bots')
	step_job=$(sql "SELECT job_id FROM assignments WHERE status IN
	    ('assigned', 'started')")
	step_token=$(sql "SELECT '\"job\":\"' || job_id || '\",\"epoch\":' ||
	    epoch || ',\"attempt\":' || attempt FROM assignments WHERE status
	    IN ('assigned', 'started')")
	step_who="\"bot\":\"$step_bot\",\"inc\":\"i\""
	step_blob=$(sha256sum /bin/true | cut -c 1-64)
	case $1 in
	1)	echo '{"op":"register","hostname":"h","capabilities":["libfuzzer"],"inc":"i"}' ;;
	2)	echo "{\"op\":\"submit\",\"name\":\"k\",\"engine\":\"libfuzzer\",\"request\":\"one\",\"copies\":3,\"campaign\":\"c\",\"target\":{\"sha256\":\"$step_blob\",\"name\":\"t\"}}" ;;
	3 | 8)	echo "{\"op\":\"claim\",$step_who}" ;;
	4)	echo "{\"op\":\"start\",$step_who,$step_token}" ;;
	5)	step_row="\"job\":\"$step_job\",\"bot\":\"$step_bot\",\"inc\":\"i\",\"seq\":1,\"epoch\":1,\"attempt\":1,\"time\":5"
		echo "{\"op\":\"crash\",\"rows\":[{\"rid\":\"$step_blob\",$step_row,\"hash\":\"$step_blob\",\"size\":1}]}"
		echo "{\"op\":\"corpus\",\"rows\":[{\"rid\":\"$(echo 2 | sha256sum | cut -c 1-64)\",$step_row,\"hash\":\"$step_blob\",\"size\":1}]}" ;;
	6)	echo '{"op":"tick","boot":"b","boot_ms":1,"prev":0}' ;;
	7)	echo "{\"op\":\"handback\",$step_who,$step_token}" ;;
	9)	echo "{\"op\":\"complete\",$step_who,$step_token,\"result\":\"failed\"}" ;;
	10)	echo "{\"op\":\"cancel\",\"job\":\"$(sql "SELECT min(id) FROM jobs WHERE status = 'pending'")\"}" ;;
	11)	echo '{"op":"campaign","do":"finish","campaign":"c"}' ;;
	12)	echo "{\"op\":\"drain\",$step_who}" ;;
	13)	echo "{\"op\":\"deregister\",$step_who}" ;;
	esac
}

# look: all that must be the same at the end, without ids and times
look()
{
	sql "SELECT hostname, status, failure_count, drain, gone_at IS NULL,
		current_job IS NULL FROM bots;
	    SELECT status, attempt, strikes, cancel, message FROM jobs
		ORDER BY status, attempt;
	    SELECT epoch, attempt, status, result FROM assignments
		ORDER BY attempt, status;
	    SELECT name, status, weight, pending, running, turns FROM campaigns
		ORDER BY name;
	    SELECT hash, count, is_unique FROM crashes; SELECT hash FROM corpus;
	    SELECT rid, kind FROM results ORDER BY rid; SELECT tick FROM clock;
	    SELECT name, value FROM counters WHERE scope = '' ORDER BY name;
	    PRAGMA integrity_check; PRAGMA foreign_key_check"
}

# history_new: the undisturbed run; $T/at-N is the storage before step N,
# $T/lines-N its lines, $T/want-N what it has to end in
history_new()
{
	sched_new ''
	pf-sched submit -N warm -e afl++ -t /bin/true >/dev/null
	history_n=1
	while [ $history_n -le $history_steps ]; do
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
