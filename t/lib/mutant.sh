# shellcheck shell=sh disable=SC2154
# After tap.sh: programs that are broken on purpose, built in the test's own
# directory and never installed.

# What they do not do is waited for in vain, and no longer than need be.
PF_PATIENCE=1
export PF_PATIENCE

# mutant NAME FILE SED PROGRAM [FILE SED]: PROGRAM, with the sed script
# applied to FILE of the source, as $T/NAME/bin/PROGRAM; fails if the script
# changed nothing.  A PROGRAM with a slash is a unit test, below .build.
mutant()
{
	mkdir -p "$T/tree"
	if [ ! -d "$T/tree/lib" ]; then
		cp -a "$PF_ROOT/lib" "$PF_ROOT/src" "$PF_ROOT/scripts" \
		    "$PF_ROOT/Makefile" "$T/tree/"
		mkdir -p "$T/tree/.build"
		cp -a "$PF_OBJ/lib" "$PF_OBJ/src" "$PF_OBJ/libpf.a" \
		    "$PF_OBJ/libpfw.a" "$T/tree/.build/"
		# What a unit test is made of.
		mkdir -p "$T/tree/t" "$T/tree/.build/t"
		cp -a "$PF_ROOT/t/lib" "$PF_ROOT/t/unit" "$T/tree/t/"
		cp -a "$PF_OBJ/t/unit" "$T/tree/.build/t/"
	fi
	mutant_edit "$1" "$2" "$3"
	[ $# -lt 5 ] || mutant_edit "$1" "$5" "$6"
	mkdir -p "$T/$1/bin"
	case $4 in
	*/*)	mutant_what=.build/$4 ;;
	*)	mutant_what=$T/$1/bin/$4 ;;
	esac
	# With sanitizers if the others have them.
	mutant_extra=
	! ldd "$PF_BIN/pf-ingest" | grep -q libasan ||
		mutant_extra='-fsanitize=address,undefined -fno-sanitize-recover=all'
	make -s -C "$T/tree" B="$T/$1/bin" EXTRA="$mutant_extra" \
	    "$mutant_what" >"$T/$1.log" 2>&1 || {
		fail "$1 builds"
		diag "$T/$1.log"
	}
	[ "$4" = "${4#*/}" ] || cp "$T/tree/.build/$4" "$T/$1/bin"
	mutant_mend "$2"
	[ $# -lt 5 ] || mutant_mend "$5"
}

# mutant_edit NAME FILE SED
mutant_edit()
{
	sed -i.orig "$3" "$T/tree/$2"
	mutant_object "$2"
	[ ! -e "$mutant_o" ] || cp -p "$mutant_o" "$mutant_o.orig"
	if cmp -s "$T/tree/$2" "$T/tree/$2.orig"; then
		fail "$1: the sed script changes $2"
	fi
}

# mutant_mend FILE: as it was, for the next one; what was made of a header is
# made again
mutant_mend()
{
	mv "$T/tree/$1.orig" "$T/tree/$1"
	touch "$T/tree/$1"
	mutant_object "$1"
	[ ! -e "$mutant_o.orig" ] || {
		mv "$mutant_o.orig" "$mutant_o"
		touch "$mutant_o"
	}
}

# mutant_object FILE: sets mutant_o, where its object is
mutant_object()
{
	mutant_o=$T/tree/.build/${1%.[ch]}.o
	[ "${1%.h}" = "$1" ] || mutant_o=$T/tree/.build/none
}

# failing MUTANT TEST NAME [ERE]: the test, with the mutant first on its path,
# fails, and where it is expected to; what comes after that line is not waited
# for
failing()
{
	run env PF_TOTALS= PF_STOP="^not ok .*(${4-})" PF_BIN="$T/$1/bin" \
	    PATH="$PF_ROOT/bin:$PATH" sh "$PF_ROOT/t/$2" </dev/null
	ok "$3" grep -Eq "^not ok .*(${4-})" "$T/out"
	grep -E "^not ok .*(${4-})" "$T/out" | head -n 1 |
	    sed 's/^/# caught by: /'
}
