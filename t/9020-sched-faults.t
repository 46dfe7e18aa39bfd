#!/bin/sh
# A history of the writer, killed at its system calls, with errors at them,
# and killed again in what mends it.  PF_SWEEP=all tries every point, the
# default some of them.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sched.sh
. "$PF_ROOT/t/lib/sched.sh"
# shellcheck source-path=SCRIPTDIR source=lib/history.sh
. "$PF_ROOT/t/lib/history.sh"
whole
need strace sqlite3

: >"$T/wrong"
# shellcheck disable=SC2119 # all its steps
history_new
is "$(grep -L '"ok":true' "$T"/reply-* | wc -l)" 0 'the history goes well'

# history_sweep WHAT STRIDE [AGAIN]: the fault at every STRIDE-th call
history_sweep()
{
	points=0 answered=0 lost=0 wrong=0 killed=0 hits=0 twice=0
	history_sample "$2" >"$T/sample"
	while read -r n call i; do
		fault_what="$1 at $call $i"
		history_back "$n"
		fault "$n" inject "$1" "$call" "$i" pf-sched apply
		# A second fault hits what mends the first; those count then.
		if [ -n "${3-}" ]; then
			hits=$twice
			fault "$n" inject "$1" "$call" $((1 + i / 2)) \
			    pf-sched apply
			twice=$hits
		fi
		again "$n"
	done <"$T/sample"
	echo "# $1: $points points, $answered answered, $killed killed"
	history_total "$1${3:+ twice}"
}

history_sweep signal=KILL 17
ok "killed at many points" test $killed -gt 40
is $lost 0 'what was answered was there'
is $wrong 0 'the same step again ends the same'
history_sweep signal=KILL 41 twice
ok "killed twice at many" test $killed -gt 30
is $lost 0 'what was answered was there'
is $wrong 0 'the third time ends the same'
for e in EIO ENOSPC EINTR EMFILE; do
	history_sweep error=$e 67
	is $killed 0 "$e: never a signal"
	is $lost 0 "$e: what was answered was there"
	is $wrong 0 "$e: the same step again ends the same"
done

# Recoveries: pf-sched recover, and the one of pf-sched serve, which ends
# where it would wait for clients.
recover_only()
{
	strace -D -f -qq -o /dev/null "$@" pf-sched recover >/dev/null \
	    2>"$T/err"
}
start_only()
{
	strace -D -f -qq -o /dev/null "$@" -e inject=poll:signal=TERM:when=1 \
	    pf-sched serve 2>"$T/err"
}

# recovered N: a recovery is over after step N was cut off: all is as before
# the step or after it, after it if it was answered, and leases are renewed
recovered()
{
	look >"$T/got"
	before=$(($1 - 1))
	if cmp -s "$T/got" "$T/want-$1" || { [ "$answered" -eq 0 ] &&
	    cmp -s "$T/got" "$T/want-$before"; } &&
	    [ "$(sql 'SELECT count(*) FROM assignments, clock WHERE ended_at IS NULL AND lease_tick <> tick')" = 0 ]; then
		return
	fi
	wrong=$((wrong + 1))
	echo "step $1: $fault_what" >>"$T/wrong"
	diff "$T/want-$1" "$T/got" | head -n 4 >>"$T/wrong"
}

# spent: milliseconds of the processor between the two notes of times
spent()
{
	awk 'NR % 2 == 0 {
		gsub("s", "")
		split($1, user, "m")
		split($2, sys, "m")
		before = now
		now = 60 * (user[1] + sys[1]) + user[2] + sys[2]
	} END { printf "%d", (now - before) * 1000 }' "$T/times"
}

# doubly RECOVERY WHAT STRIDE: a step is killed, its recovery gets a fault,
# and then goes well
doubly()
{
	points=0 doubly=0 lost=0 wrong=0 killed=0
	history_back 11
	"$1" -o "$T/trace" -e "trace=poll,$history_calls"
	history_counts | grep -v poll | history_points $(($3 / 3)) >"$T/second"
	history_sample "$3" >"$T/sample"
	# The shorter list goes around.
	awk 'NR == FNR { s[NR] = $0; m = NR; next } { p[FNR] = $0 } END {
	    for (i = 1; i <= m || i <= FNR; i++)
		print s[(i - 1) % m + 1], p[(i - 1) % FNR + 1] }' \
	    "$T/sample" "$T/second" >"$T/pairs"
	while read -r n call i second j; do
		fault_what="KILL at $call $i, $1 $2 at $second $j"
		answered=0
		history_back "$n"
		fault "$n" inject signal=KILL "$call" "$i" pf-sched apply
		"$1" -e "inject=$second:$2:when=$j" || doubly=$((doubly + 1))
		times >"$T/times"
		"$1" || wrong=$((wrong + 1))
		times >>"$T/times"
		took=$(spent)
		[ "$took" -le "$slowest" ] || slowest=$took
		recovered "$n"
	done <"$T/pairs"
	echo "# $1, $2: $points points, $doubly of them failed twice"
	hits=$doubly
	history_total "$2 mending" "pf-sched $1"
}
slowest=0
for how in recover_only start_only; do
	doubly $how signal=KILL 53
	ok "$how: killed too, at many points" test $doubly -gt 10
	is $lost 0 "$how: what was answered was there"
	is $wrong 0 "$how: the next one ends it, as before or after the step"
	for e in EIO ENOSPC EINTR EMFILE; do
		doubly $how error=$e 231
		is $lost 0 "$how, $e: what was answered was there"
		is $wrong 0 "$how, $e: the next one ends it"
	done
done
diag "$T/wrong"
# Of its own time: the machine may have more to do.
echo "# the longest recovery: $slowest ms"
ok 'none took a second' test "$slowest" -lt 1000
ok 'nor nothing' test "$slowest" -gt 0

# SQLite opens for reading what it cannot open for writing.
history_back 5
strace -f -qq -o "$T/trace" -e trace=openat pf-sched apply \
    <"$T/lines-5" >/dev/null 2>&1
at=$(grep -n 'pandafuzz.db", O_RDWR' "$T/trace" | head -n 1 | cut -d : -f 1)
history_back 5
check 'a database that opens for reading only' 77 - \
    '~[/]pandafuzz.db could not be opened for writing$' \
    strace -f -qq -o /dev/null -e "inject=openat:error=EIO:when=$at" \
    pf-sched apply <"$T/lines-5"

# It can fail: a step that was answered and is not there is noticed.
history_back 2
fault_what=forged
fault 2 cat "$T/reply-2"
ok 'a lost answer would be seen' test $lost -gt 0
done_testing
