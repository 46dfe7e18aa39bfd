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
	cat lib/*/*.c lib/*/*/*.c "$@" | awk '
	BEGIN { string = "^\"([^\"\\\\]|\\\\.)*\"" }
	{
		line = $0
		while (line != "") {
			if (comment) {
				at = index(line, "*/")
				line = at ? substr(line, at + 2) : ""
				comment = !at
			} else if (match(line, string)) {
				text = text substr(line, 2, RLENGTH - 2)
				line = substr(line, RLENGTH + 1)
			} else if (line ~ /^\/\*/) {
				comment = 1
			} else if (match(line, /^([ \t]+|PRI[a-zA-Z0-9]+)/)) {
				line = substr(line, RLENGTH + 1)
			} else {
				if (text != "")
					print text
				text = ""
				if (!match(line, /^(\047\\?.\047|[A-Za-z_0-9]+)/))
					RLENGTH = 1
				line = substr(line, RLENGTH + 1)
			}
		}
	}' | sed -e 's/\\n//g; s/\\"/"/g' -e 's/%[-0-9.*]*[hlzj]*[diouxXcsfgeE]/%/g'
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

# lost MESSAGES STRINGS: messages that no string has in it, or makes when
# anything is put in place of its conversions
lost()
{
	awk '
	NR == FNR {
		message[++n] = $0
		next
	}
	{
		whole = $0
		said = $0
		gsub(/%/, "", said)
		gsub(/[][\\.*+?(){}|^$]/, "\\\\&")
		gsub(/%/, ".*")
		for (i = 1; i <= n; i++)
			if (index(whole, message[i]) ||
			    (length(said) >= 10 && message[i] ~ "^" $0 "$"))
				found[i] = 1
	}
	END {
		for (i = 1; i <= n; i++)
			if (!found[i])
				print message[i]
	}' "$1" "$2"
}

for m in $(var MANS); do
	case $m in
	man[18]/*) ;;
	*)	continue ;;
	esac
	p=${m#man?/}
	p=${p%.?}
	# shellcheck disable=SC2046 # names of sources have no blanks
	strings $(find "$(source_dir "$p")" -name '*.c' 2>/dev/null) >"$T/strings"
	messages "man/$m" >"$T/messages"
	[ -s "$T/messages" ] || {
		skip "$m lists no messages"
		continue
	}
	lost "$T/messages" "$T/strings" >"$T/lost"
	empty "$T/lost" "$m: $(wc -l <"$T/messages") messages are in the source"
done
done_testing
