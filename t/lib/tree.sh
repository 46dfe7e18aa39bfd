# shellcheck shell=sh
# After tap.sh, for the tests of the tree itself.

cd "$PF_ROOT" || exit 1

# var NAME: the value of a variable of the Makefile
var()
{
	printf 'include Makefile\nshow:\n\t@echo %s\n' "\$($1)" |
	    make -s -f - show
}

# page PROGRAM: its manual page
page()
{
	find man -name "$1.[18]"
}

# source_dir PROGRAM
source_dir()
{
	echo "src/${1#pf-}"
}

# blocks FILE SECTION: the lines of the manual's section
section()
{
	awk -v name="$2" '
	/^\.Sh / {
		inside = $0 == ".Sh " name
		next
	}
	inside' "$1"
}
