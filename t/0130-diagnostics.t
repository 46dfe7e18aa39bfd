#!/bin/sh
# Every message in DIAGNOSTICS of the manual is one that the source can print.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/tree.sh
. "$PF_ROOT/t/lib/tree.sh"
whole

# Strings of the source a line each, joined where C joins them; any
# conversion is a %.
strings()
{
	cat lib/*/*.[ch] "$@" | tr '\n\t' '  ' |
	    sed -e 's/" *PRI[a-zA-Z0-9]* *"//g' -e 's/" *PRI[a-zA-Z0-9]*/"/g' \
	    -e 's/" *"//g' | grep -o '"\([^"\\]\|\\.\)*"' |
	    sed -e 's/^"//; s/"$//; s/\\n//g; s/\\"/"/g' \
	    -e 's/%[-0-9.*]*[hlzj]*[a-zA-Z]*/%/g'
}

# Messages of the page likewise: a conversion, an argument or a word in
# capitals is a %.
messages()
{
	section "$1" DIAGNOSTICS | sed -n 's/^\.It *//p' |
	    sed -e 's/^"//; s/"$//; s/^Sy //; s/"" */"/g; s/\\&//g; s/\\e/\\/g' \
	    -e 's/%[a-z]*/%/g; s/\\(dq/"/g; s/\\-/-/g' \
	    -e 's/\(Ar\|Pa\) [^ ]*/%/g' \
	    -e 's/\([^A-Za-z]\|^\)[A-Z][A-Z]\{2,\}\(:[A-Z]*\)*/\1%/g' \
	    -e 's/^warning: //; s/: %$//; s/^%: //'
}

for m in $(var MANS); do
	case $m in
	man[18]/*) ;;
	*)	continue ;;
	esac
	p=${m#man?/}
	p=${p%.?}
	strings "$(source_dir "$p")"/*.[ch] >"$T/strings"
	messages "man/$m" >"$T/messages"
	[ -s "$T/messages" ] || {
		skip "$m lists no messages"
		continue
	}
	while read -r text; do
		grep -Fqe "$text" "$T/strings" || echo "$text"
	done <"$T/messages" >"$T/lost"
	empty "$T/lost" "$m: $(wc -l <"$T/messages") messages are in the source"
done
done_testing
