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

calls='pwrite64 write fdatasync fsync openat fcntl ftruncate'
: >"$T/wrong"
history_new
is "$(grep -L '"ok":true' "$T"/reply-* | wc -l)" 0 'the history goes well'

# counts N: how often step N makes each call
counts()
{
	history_back "$1"
	strace -f -qq -o "$T/trace" -e "trace=$(echo "$calls" | tr ' ' ,)" \
	    pf-sched apply <"$T/lines-$1" >/dev/null 2>&1
	for call in $calls; do
		echo "$call $(grep -c " $call(" "$T/trace")"
	done
}

# sweep WHAT STRIDE [AGAIN]: the fault at every STRIDE-th call of each step
sweep()
{
	points=0 answered=0 lost=0 wrong=0 killed=0
	[ "${PF_SWEEP-}" != all ] || set -- "$1" 1 "${3-}"
	n=1
	while [ $n -le $history_steps ]; do
		counts $n >"$T/counts"
		while read -r call max; do
			i=$((1 + n % $2))
			while [ $i -le "$max" ]; do
				fault_what="$1 at $call $i"
				history_back $n
				fault $n strace -f -qq -o /dev/null \
				    -e "inject=$call:$1:when=$i" pf-sched apply
				# A second fault hits what mends the first.
				[ -z "${3-}" ] || fault $n strace -f -qq \
				    -o /dev/null -e \
				    "inject=$call:$1:when=$((1 + (i * 7) % max))" \
				    pf-sched apply
				again $n
				i=$((i + $2))
			done
		done <"$T/counts"
		n=$((n + 1))
	done
	echo "# $1: $points points, $answered answered, $killed killed"
}

sweep signal=KILL 17
ok "killed at many points" test $killed -gt 40
is $lost 0 'what was answered was there'
is $wrong 0 'the same step again ends the same'
sweep signal=KILL 29 twice
ok "killed twice at many" test $killed -gt 40
is $lost 0 'what was answered was there'
is $wrong 0 'the third time ends the same'
for e in EIO ENOSPC EINTR EMFILE; do
	sweep error=$e 41
	is $killed 0 "$e: never a signal"
	is $lost 0 "$e: what was answered was there"
	is $wrong 0 "$e: the same step again ends the same"
done
diag "$T/wrong"

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
