#!/bin/sh
# The tree: what may lie where, what may not stand in it.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/tree.sh
. "$PF_ROOT/t/lib/tree.sh"
whole

# Files of the product: those git knows, or all of an unpacked archive.
if [ -e .git ] && command -v git >/dev/null; then
	git -c safe.directory='*' ls-files -co --exclude-standard |
	    while read -r f; do
		[ ! -e "$f" ] || echo "$f"
	done
else
	find . -type f ! -path './.build/*' ! -path './bin/pf-*' ! -path './var/*' |
	    sed 's|^\./||'
fi | sort >"$T/files"

sed 's|/.*||' "$T/files" | sort -u | grep -vxE \
    'Makefile|README|bin|src|lib|man|etc|t|scripts|\.[a-z].*' >"$T/strange"
empty "$T/strange" 'the top level holds what it should'
for d in src lib man etc t scripts; do
	ok "$d is there" test -d $d
done

# Every source is named in the Makefile, and what is named exists.
{
	var ALLSRC | tr ' ' '\n'
	var UNIT | tr ' ' '\n' | sed 's|.*|t/unit/&.c|'
	var HELPERS | tr ' ' '\n' | sed 's|.*|t/lib/&.c|'
	var PRELOAD | tr ' ' '\n' | sed 's|.*|t/lib/&.c|'
	var FUZZ | tr ' ' '\n' | sed 's|.*|t/fuzz/&.c|'
} | grep -v '/\.c$' | sort >"$T/named"
grep -E '^(src/.*|lib/.*|t/unit/[^/]*|t/lib/[^/]*|t/fuzz/[^/]*)\.c$' \
    "$T/files" >"$T/sources"
comm -13 "$T/named" "$T/sources" | while read -r f; do
	grep -q "/${f%.c}\\.[co] " scripts/rules.mk || echo "$f"
done >"$T/unnamed"
empty "$T/unnamed" 'the Makefile names every source'
comm -23 "$T/named" "$T/sources" >"$T/missing"
empty "$T/missing" 'every source it names is there'
{
	var ETC | tr ' ' '\n'
	var ENGINES | tr ' ' '\n' | sed 's|^|engines.d/|'
} | sort >"$T/named"
sed -n 's|^etc/||p' "$T/files" >"$T/etc"
check 'the Makefile names every file of etc' 0 - - diff "$T/named" "$T/etc"

check 'no banned function is called' 0 - - scripts/banned
mkdir -p "$T/t/scripts" "$T/t/lib/a" "$T/t/src/b"
cp scripts/banned "$T/t/scripts"
echo 'pf_sprintf(s, "gets()"); /* sprintf */' >"$T/t/lib/a/a.c"
: >"$T/t/lib/a/a.h"
: >"$T/t/src/b/b.h"
echo '	if (x) sprintf(s, "a");' >"$T/t/src/b/b.c"
check 'one that were would be seen' 1 '=src/b/b.c:1: sprintf; instead: pf_buf_addf, snprintf' - \
    "$T/t/scripts/banned"

# Text without machine paths or papers of those who wrote it.  The brackets
# keep this line from finding itself.
words='/[w]ork/|/[r]oot/|\.\./[s]hared|[^A-Z][D]ESIGN\.md|[M]EASURED\.md'
words="$words|[R]ELIABILITY\\.md|[B]RIEF|\\b[T]ODO\\b|[F]IXME"
xargs grep -d skip -nIE "$words" <"$T/files" >"$T/words"
empty "$T/words" 'nothing points outside of the tree'
xargs grep -d skip -nIE '[ 	]+$' <"$T/files" | grep -v -e '^t/data/' -e '^t/fuzz/corpus/' \
    >"$T/blanks"
empty "$T/blanks" 'no blanks at ends of lines'
# shellcheck disable=SC2016 # awk's, not the shell's
grep -E '\.[ch]$' "$T/files" | xargs awk '
FNR == 1 && FILENAME ~ /^(lib|src|t)\/.*\.[ch]$/ && !/^\/\*/ {
	print FILENAME ": does not say what it is for"
}
FILENAME ~ /\.[ch]$/ {
	line = $0
	while (match(line, /\t/)) {
		n = 8 - (RSTART - 1) % 8
		line = substr(line, 1, RSTART - 1) \
		    substr("        ", 1, n) substr(line, RSTART + 1)
	}
	if (length(line) > 80)
		print FILENAME ":" FNR ": " length(line) " columns"
}' >"$T/form"
empty "$T/form" 'sources begin with their purpose and keep to 80 columns'

if [ -e README ]; then
	scripts/readme >"$T/README"
	check 'README is pandafuzz(7)' 0 - - diff "$T/README" README
	check 'it begins with the commands' 0 '~make (demo|check)' - \
	    head -n 40 README
else
	fail 'there is a README'
fi
done_testing
