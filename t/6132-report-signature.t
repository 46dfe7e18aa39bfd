#!/bin/sh
# What repro.sh reads from a report without pf-triage is what pf-triage reads
# from it: the same frames, on reports that sanitizers made.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
whole
room=$PF_ROOT/src/report

sed -n 's/^    "\(.*\)\\n".*/\1/p' "$PF_ROOT/lib/codec/report/builtin.c" \
    >"$T/frames"
ok 'there are rules' test "$(wc -l <"$T/frames")" -gt 100
cd "$PF_ROOT/t/data/reports" || exit 1

# names FILE ...: those of the frames, by signature.awk
names()
{
	for f; do
		printf '%s\t' "$f"
		awk -f "$room/signature.awk" "$T/frames" "$f" | sed -n 2p
	done
}

# Templates have other names in it, for both reports of a bundle; of Go it
# reads no races, and nothing of what was said without a stack; and which leak
# is the least it tells by the names, not by their hash.
for tool in asan hwasan lsan msan tsan ubsan libfuzzer libcxx go valgrind; do
	set --
	for f in "$tool"/*.clang-O0 "$tool"/*-asan.clang-lines \
	    "$tool"/remark*.clang-lines "$tool"/*.go \
	    "$tool"/*.gcc-O0 "$tool"/*.gcc-bare; do
		case $f in
		*/things-template*|*\**|*-none.go|*/race.go|*cgo-abort*|\
		*/leak-two.*)
			;;
		*/*.gcc-*)
			[ "$tool" != valgrind ] || set -- "$@" "$f" ;;
		*)	set -- "$@" "$f" ;;
		esac
	done
	names "$@" >"$T/got"
	pf-triage "$@" | cut -f 1,13 >"$T/want"
	ok "$tool: there are reports" test -s "$T/want"
	check "$tool: frames of $# reports" 0 - - diff "$T/want" "$T/got"
done

# The kind, and what is no report.
signature()
{
	awk -f "$room/signature.awk" "$T/frames" "$1" | tr '\n' '|'
}
: >"$T/none"
is "$(signature "$T/none")" '-|-|1|-|' 'an empty report'
echo 'a: b.c:1: f: Assertion `x == 1'\'' failed.' >"$T/assert"
is "$(signature "$T/assert")" 'assertion `x == 1'\''|-|1|6|' 'an assertion'
echo '/a/b.c:12:3: runtime error: shift exponent 99 is too large' >"$T/ub"
is "$(signature "$T/ub")" \
    'undefined shift exponent N is too large|b.c:12|1|-|' 'a runtime error'
echo '==1== ERROR: libFuzzer: deadly signal' | cat "$T/ub" - >"$T/ub-abort"
is "$(signature "$T/ub-abort")" \
    'undefined shift exponent N is too large|b.c:12|1|6|' 'that ended it'
{
	cat "$T/ub" "$T/ub"
	echo '==1==ERROR: AddressSanitizer: heap-use-after-free on address 0x6'
	echo '    #0 0x1 in f a.c:1'
} >"$T/ub-asan"
is "$(signature "$T/ub-asan")" 'AddressSanitizer heap-use-after-free|f|1|-|' \
    'that did not'
cat "$T/ub" "$T/assert" >"$T/ub-assert"
is "$(signature "$T/ub-assert")" 'assertion `x == 1'\''|-|1|6|' \
    'an assertion behind one'
printf '==1==ERROR: AddressSanitizer: SEGV on unknown address 0x000000000010 (pc 0x1)\n' >"$T/near"
is "$(signature "$T/near")" 'AddressSanitizer SEGV near null|-|1|11|' \
    'near null'
printf '==1==ERROR: AddressSanitizer: SEGV on unknown address 0x0000deadbeef (pc 0x1)\n' >"$T/wild"
is "$(signature "$T/wild")" 'AddressSanitizer SEGV|-|1|11|' 'and far from it'
# Leaks, whose order is that of their sizes: one tells of all.
leak()
{
	printf '\n%s leak of %d byte(s) in 1 object(s) allocated from:\n' "$1" "$2"
	printf '    #0 0x1 in malloc (/x+0x1)\n    #1 0x2 in %s /b/a.c:1\n' "$3"
	printf '    #2 0x3 in parse /b/a.c:2\n'
}
head='==1==ERROR: LeakSanitizer: detected memory leaks'
for order in 'zeta 9 beta 8 alpha 7' 'beta 9 zeta 8 alpha 7' \
    'beta 9 alpha 9 zeta 8'; do
	# shellcheck disable=SC2086 # words
	set -- $order
	{
		echo "$head"
		while [ $# -gt 0 ]; do
			case $1 in
			alpha)	leak Indirect "$2" "$1" ;;
			*)	leak Direct "$2" "$1" ;;
			esac
			shift 2
		done
	} >"$T/leaks"
	is "$(signature "$T/leaks")" \
	    'LeakSanitizer detected|beta < parse|1|-|' "leaks: $order"
done
# Rust is told by the place, of which it speaks in two ways.
is "$(signature rust/index.1.63-O2)" 'panic|panic.rs:18|1|-|' 'a panic of Rust'
for f in rust/index.1.95-O0 rust/index-short.1.63-O2; do
	is "$(signature $f)" "$(signature rust/index.1.63-O2)" "as in $f"
done
is "$(signature rust/borrow.1.63-O2)" 'panic|panic.rs:76|1|-|' 'and another'
is "$(signature go/index.go)" 'go panic: runtime error: index out of range [N] with length N|main.(*shelf).get < main.index|1|-|' \
    'a panic of Go'
# A remark with a stack before what ended it, and before its own abort.
is "$(signature ubsan/remark-read-1.clang-lines)" \
    'AddressSanitizer heap-buffer-overflow|read_1 < step < handle|1|-|' \
    'what ended it behind a remark'
is "$(signature ubsan/remark-abort.clang-lines)" \
    'undefined signed integer overflow|pass < give_up < step|1|6|' \
    'an abort behind one'
# MemorySanitizer breaks in upon the name of an exception.
is "$(signature msan/things-at.clang-O0)" \
    'uncaught |at < step < handle|1|6|' 'an exception, half told'
# Assertions of others, without the values.
is "$(signature glog/checks-equal-asan.clang-lines)" \
    'assertion: one == 7 |equal < step < handle|1|6|' 'of glog'
is "$(signature glib/gchecks-equal.gcc-O0)" 'assertion (one == 7|-|1|6|' \
    'of GLib'
is "$(signature afl/showmap-hoard.asan)" \
    'AddressSanitizer out-of-memory|-|1|-|' 'a limit of memory'
head -c 100000 /dev/urandom >"$T/rubbish"
ok 'rubbish ends' signature "$T/rubbish"
done_testing
