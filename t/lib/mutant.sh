# shellcheck shell=sh disable=SC2154
# After tap.sh: programs that are broken on purpose, built in the test's own
# directory and never installed.

# mutant NAME FILE SED PROGRAM: PROGRAM, with the sed script applied to FILE
# of the source, as $T/NAME/bin/PROGRAM; fails if the script changed nothing
mutant()
{
	mkdir -p "$T/tree"
	if [ ! -d "$T/tree/lib" ]; then
		cp -a "$PF_ROOT/lib" "$PF_ROOT/src" "$PF_ROOT/scripts" \
		    "$PF_ROOT/Makefile" "$T/tree/"
		mkdir -p "$T/tree/.build"
		cp -a "$PF_OBJ/lib" "$PF_OBJ/src" "$PF_OBJ/libpf.a" \
		    "$T/tree/.build/"
	fi
	sed -i.orig "$3" "$T/tree/$2"
	if cmp -s "$T/tree/$2" "$T/tree/$2.orig"; then
		fail "$1: the sed script changes $2"
	fi
	mkdir -p "$T/$1/bin"
	make -s -C "$T/tree" B="$T/$1/bin" "$T/$1/bin/$4" >"$T/$1.log" 2>&1 || {
		fail "$1 builds"
		diag "$T/$1.log"
	}
	mv "$T/tree/$2.orig" "$T/tree/$2"
	# Its object is the broken one's: make it again for the next.
	touch "$T/tree/$2"
}
