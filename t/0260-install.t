#!/bin/sh
# make install puts the files where they belong, make uninstall takes away
# exactly those, make dist packs the tree.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/tree.sh
. "$PF_ROOT/t/lib/tree.sh"
whole
need make

# What was built is installed, from where it was built.
to()
{
	make -s "$1" O="${PF_OBJ#"$PF_ROOT/"}" B="${PF_BIN#"$PF_ROOT/"}" \
	    DESTDIR="$T/d" PREFIX=/opt/pf
}

check 'make install' 0 '*' - to install
{
	{ var PROGS; var SCRIPTS; } | tr ' ' '\n' | sed 's|^|bin/|'
	var MANS | tr ' ' '\n' | sed 's|^|share/man/|'
	var ETC | tr ' ' '\n' | sed 's|^|share/pandafuzz/|'
	var ENGINES | tr ' ' '\n' | sed 's|^|lib/pandafuzz/engines.d/|'
} | sort >"$T/want"
(cd "$T/d/opt/pf" && find . -type f) | sed 's|^\./||' | sort >"$T/got"
check 'installs programs, manuals, samples and nothing else' 0 - - \
    diff "$T/want" "$T/got"
find "$T/d" -type f \( -path '*/bin/*' -o -path '*/lib/*' \) ! -perm 755 >"$T/modes"
find "$T/d" -type f ! -path '*/bin/*' ! -path '*/lib/*' ! -perm 644 >>"$T/modes"
empty "$T/modes" 'with the usual modes'
for p in $(var PROGS); do
	check "$p runs from there" 0 "~^$p [0-9]" - "$T/d/opt/pf/bin/$p" -V
done
check 'twice is fine' 0 '*' - to install
check 'make uninstall' 0 - - to uninstall
find "$T/d" -type f >"$T/left"
empty "$T/left" 'leaves no file'
check 'again is fine' 0 - - to uninstall

# What the last commit holds, in one directory, the same bytes each time.
if [ -e .git ] && git -c safe.directory='*' clone -q --no-local --depth 1 \
    "$PF_ROOT" "$T/clone" 2>/dev/null; then
	check 'make dist' 0 '*' - make -s -C "$T/clone" dist
	set -- "$T"/clone/*.tar.gz
	tar -tzf "$1" >"$T/packed"
	grep -v '^pandafuzz-[0-9.]*/' "$T/packed" >"$T/strange"
	empty "$T/strange" 'packs one directory'
	ok 'with the Makefile in it' grep -q '^[^/]*/Makefile$' "$T/packed"
	sha256sum "$1" >"$T/first"
	run make -s -C "$T/clone" dist
	ok 'again it is the same' sha256sum -c --status "$T/first"
else
	skip 'no history to pack here'
fi

# Where nothing may be written it fails and says so.
mkdir -p "$T/file"
: >"$T/file/opt"
check 'a place that is none' 2 '*' '~opt' make -s install DESTDIR="$T/file" \
    O="${PF_OBJ#"$PF_ROOT/"}" B="${PF_BIN#"$PF_ROOT/"}" PREFIX=/opt/pf
done_testing
