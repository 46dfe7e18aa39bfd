#!/bin/sh
# Errors at every write-like system call of pf-ingest, and its allocations
# failing one after the other: it ends with a status of the table or does it
# all the same, the spool keeps what is not filed, and the next run makes it
# whole.  PF_SWEEP=all fails every allocation, the default some of them.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"
# shellcheck source-path=SCRIPTDIR source=lib/mutant.sh
. "$PF_ROOT/t/lib/mutant.sh"
whole
need strace

ingest_base
calls='openat write pwrite64 fsync close rename renameat2 unlink mkdir sendto'
strace -qq -o "$T/ref" -e "trace=$(echo "$calls" | tr ' ' ,)" \
    pf-ingest >"$T/out" 2>"$T/err"
is $? 0 'the undisturbed run'
picture >"$T/want"

# after WHAT: the state a fault left, then the next run's
after()
{
	case $status in
	0 | 65 | 66 | 69 | 70 | 71 | 74 | 75 | 77 | 78) ;;
	*)	codes=$((codes + 1))
		echo "# $1: status $status" ;;
	esac
	[ -z "$(naked)" ] || naked=$((naked + 1))
	[ -z "$(torn)" ] || torn=$((torn + 1))
	[ $status -ne 0 ] || said=$((said + 1))
	recover
	picture >"$T/got"
	if [ $status -ne 0 ] || ! cmp -s "$T/want" "$T/got"; then
		wrong=$((wrong + 1))
		echo "# after $1: status $status"
		diff "$T/want" "$T/got" | head -n 5 | sed 's/^/# /'
	fi
	points=$((points + 1))
}
judged()
{
	echo "# $1: $points points, $said done all the same"
	ok "$1: many points" test $points -gt "$2"
	is $codes 0 "$1: a status of the table"
	is $naked 0 "$1: never a row without its file"
	is $torn 0 "$1: never half a file under its name"
	is $wrong 0 "$1: the next run makes it whole"
}

for e in EIO ENOSPC; do
	points=0 said=0 codes=0 naked=0 torn=0 wrong=0
	for call in $calls; do
		n=$(grep -c "^$call(" "$T/ref")
		# Most of these are of libraries: from the first of ours on.
		i=1 step=1
		case $call in openat | close)
			i=$(sed "\\|$T/conf|q" "$T/ref" |
			    grep -c "^$call(")
			i=$((i + 1))
			[ "${PF_SWEEP-}" = all ] || step=5 ;;
		esac
		while [ "$i" -le "$n" ]; do
			restore
			run strace -qq -o /dev/null \
			    -e "inject=$call:error=$e:when=$i" pf-ingest
			after "$e at $call $i"
			i=$((i + step))
		done
	done
	judged $e 20
done

# The disk is full from some call on, and stays so.
points=0 said=0 codes=0 naked=0 torn=0 wrong=0
for i in 1 2 3 5 8 13 21; do
	restore
	run strace -qq -o /dev/null -e "inject=write,pwrite64:error=ENOSPC:when=$i+" \
	    pf-ingest
	after "full from $i on"
done
judged 'a full disk' 5

restore
LD_PRELOAD="$PF_OBJ/t/lib/mf.so" MF_COUNT="$T/count" pf-ingest >/dev/null 2>&1
max=$(cat "$T/count")
stride=$((max / 12))
[ "${PF_SWEEP-}" != all ] || stride=1
points=0 said=0 codes=0 naked=0 torn=0 wrong=0
i=1
while [ $i -le "$max" ]; do
	restore
	run env LD_PRELOAD="$PF_OBJ/t/lib/mf.so" MF_AT=$i pf-ingest
	after "allocation $i of $max"
	i=$((i + stride))
done
judged 'no memory' 10

# These tests fail on a program that sends rows before it places files.
mutant rows_first src/ingest/batch.c '/(err = make_room(g, it, n)) == NULL/{
	s/make_room/send_rows/
}' pf-ingest
naked=0
restore
ln -s "$PF_BIN/pf-sched" "$T/rows_first/bin/pf-sched"
strace -qq -o /dev/null -e inject=mkdir:signal=KILL:when=1 \
    "$T/rows_first/bin/pf-ingest" >/dev/null 2>&1
ok 'a row before its file is seen' test -n "$(naked)"
done_testing
