#!/bin/sh
# The flags of each program: those of getopt are those of the usage are those
# of the manual's synopsis are those it describes; and so are its commands.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/tree.sh
. "$PF_ROOT/t/lib/tree.sh"
need mandoc

letters()
{
	grep -o '[A-Za-z]' | sort -u | tr -d '\n'
}

# From the strings given to getopt, wherever in the program.
in_source()
{
	cat "$(source_dir "$1")"/*.c | tr '\n' ' ' |
	    grep -o 'getopt([^"]*"[^"]*"' | sed 's/.*getopt([^"]*//' | letters
}

# From "-x" and "[-xyz]" in a text of words.
in_usage()
{
	tr -s ' \t\n' '\n' | sed -n 's/^\[*-\([A-Za-z]*\).*/\1/p' | letters
}

# Those that have an item of their own in the list of options.
in_items()
{
	sed -n 's/^\.It Fl \([A-Za-z]\)\( .*\)\{0,1\}$/\1/p' "$1" | letters
}

# Commands of the program: the table in its source, the lines of its usage,
# the items of its manual.
commands_in_source()
{
	sed -n 's/^	{ "\([a-z]*\)",.*/\1/p' "$(source_dir "$1")/$1.c"
}

commands_in_usage()
{
	sed -n 's/^\(usage:\)\{0,1\} *pf-[a-z]*//p' |
	    sed 's/\[[^]]*\]//g' |
	    awk '$1 ~ /^[a-z]+$/ && $1 != "target" { print $1 }'
}

commands_in_items()
{
	sed -n 's/^\.It [CI][mc] \([a-z]*\)\( .*\)\{0,1\}$/\1/p' "$1"
}

one_line()
{
	tr -s ' \t\n' ' ' | sed 's/^ //; s/ $//'
}

# The synopsis as the reader sees it.
synopsis()
{
	mandoc -Tascii -Owidth=78 "$1" 2>/dev/null | col -bx |
	    sed -n '/^SYNOPSIS/,/^DESCRIPTION/p' | sed '1d; $d'
}

# The first letter that is no flag.
wrong_flag()
{
	for l in Z Y X z y; do
		case $1 in
		*$l*)	;;
		*)	echo "$l"; return ;;
		esac
	done
}

for p in $(var PROGS); do
	m=$(page "$p")
	[ -n "$m" ] || {
		fail "$p has a page"
		continue
	}
	check "$p -h" 0 '~^usage: ' - "$p" -h
	cp "$T/out" "$T/usage"
	flags=$(in_source "$p")
	is "$(in_usage <"$T/usage")" "$flags" "$p: flags of usage = of getopt"
	is "$(in_items "$m")" "$flags" "$p: flags described = of getopt"
	is "$(synopsis "$m" | one_line)" \
	    "$(sed '1s/^usage: //' "$T/usage" | one_line)" \
	    "$p: synopsis = usage"
	verbs=$(commands_in_source "$p" | sort -u)
	is "$(commands_in_usage <"$T/usage" | sort -u)" "$verbs" \
	    "$p: commands of usage = of the source"
	for v in $verbs; do
		commands_in_items "$m" | grep -qx "$v" || echo "$v"
	done >"$T/undescribed"
	empty "$T/undescribed" "$p: every command is described"
	check "$p -V" 0 "~^$p [0-9]+\\.[0-9]+$" - "$p" -V
	check "$p: a flag it does not have" 64 - '~^usage: ' \
	    "$p" "-$(wrong_flag "$flags")"
	tail -n "$(wc -l <"$T/usage")" "$T/err" >"$T/said"
	check "$p: that shows the usage" 0 - - cmp "$T/usage" "$T/said"
	case $p in
	pf-blackbox)	set -- -m ;;
	pf-triage)	set -- -i ;;
	*)		set -- -c ;;
	esac
	check "$p: a flag without its argument" 64 - '~^usage: ' "$p" "$@"
	check "$p -h on a full device" 74 - '~standard output' \
	    sh -c "exec $p -h >/dev/full"
	case $p in
	pf-blackbox)	continue ;;	# it is told by its environment
	pf-triage)	continue ;;	# it needs to be told nothing
	pf-sched)	set -- apply ;;
	pf-registry)	set -- list ;;
	pf-report)	set -- bots ;;
	*)		set -- ;;
	esac
	check "$p: no such configuration" 78 - "~^$p: .*$T/none" \
	    env PF_CONF="$T/none" "$p" "$@"
done
done_testing
