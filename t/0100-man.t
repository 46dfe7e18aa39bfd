#!/bin/sh
# The manual: every page is there, well formed, in the order of pf-style(7).
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/tree.sh
. "$PF_ROOT/t/lib/tree.sh"
whole
need mandoc

# Which page should be where.
var MANS | tr ' ' '\n' | sort >"$T/named"
(cd man && find . -name '*.[1-8]') | sed 's|^\./||' | sort >"$T/there"
check 'the Makefile names every page there is' 0 - - \
    diff "$T/named" "$T/there"
for p in $(var PROGS); do
	ok "$p has a page" test -n "$(page "$p")"
done

# order FILE: says which section is out of place; a command has no others
order()
{
	sed -n 's/^\.Sh //p' "$1" | awk -v file="$1" '
	BEGIN {
		n = split("NAME,SYNOPSIS,DESCRIPTION,ENVIRONMENT,FILES," \
		    "EXIT STATUS,EXAMPLES,DIAGNOSTICS,SEE ALSO,STANDARDS," \
		    "HISTORY,AUTHORS,CAVEATS,BUGS", a, ",")
		for (i = 1; i <= n; i++)
			rank[a[i]] = i
	}
	!($0 in rank) {
		if (file ~ /[18]$/)
			print file ": " $0 ": not a section of a command"
		next
	}
	rank[$0] <= last { print file ": " $0 ": out of order" }
	{
		last = rank[$0]
		seen[$0] = 1
	}
	END {
		want = "NAME,DESCRIPTION,SEE ALSO"
		if (file ~ /[18]$/)
			want = want ",SYNOPSIS,EXIT STATUS,EXAMPLES"
		n = split(want, a, ",")
		for (i = 1; i <= n; i++)
			if (!(a[i] in seen))
				print file ": " a[i] ": missing"
	}'
}

# Of mandoc's matters of style: lines are sentences, as long as they are,
# and what is not installed cannot be found.
lint()
{
	# What it says of its own database would cut its lines in two.
	{
		mandoc -Tlint -W style "$1" 2>"$T/lint.err"
		cat "$T/lint.err"
	} | grep -v \
	    -e 'input text line longer than 80 bytes' \
	    -e 'referenced manual not found' -e 'outdated mandoc.db' \
	    -e 'unknown manual section'
}

# xrefs FILE: pages of ours that it names and that are not there
xrefs()
{
	sed -n 's/.*Xr \(p[a-z]*f[-a-z.]*\) \([1-8]\).*/\1 \2/p' "$1" |
	    sort -u |
	while read -r name number; do
		case $name in
		pf-*|pandafuzz*) ;;
		*)	continue ;;
		esac
		[ -e "man/man$number/$name.$number" ] ||
		    echo "$1: Xr $name $number"
	done
}

while read -r m; do
	lint "man/$m" >"$T/lint"
	empty "$T/lint" "$m: mandoc finds nothing"
	order "man/$m" >"$T/order"
	empty "$T/order" "$m: sections in order"
	xrefs "man/$m" >"$T/xrefs"
	empty "$T/xrefs" "$m: pages it refers to are there"
	grep -n '[.!?] [A-Z][a-z]* [a-z]' "man/$m" |
	    grep -v '^[0-9]*:\.[^ ]* *".*"$' >"$T/sentence"
	empty "$T/sentence" "$m: one sentence a line"
done <"$T/there"
done_testing
