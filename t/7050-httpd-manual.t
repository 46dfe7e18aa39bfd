#!/bin/sh
# pf-api(7) and the route table name the same requests and commands.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"

page=$PF_ROOT/man/man7/pf-api.7

# The table, a line a route: METHOD PATH|COMMAND.  The compiler has put its
# macros in.
for f in "$PF_ROOT"/src/httpd/table/*.c; do
	${CC:-gcc} -E -P -I"$PF_ROOT" -I"$PF_ROOT/lib" -I"$PF_ROOT/src" "$f" |
	    sed -n '/^const struct route routes_/,/^};/p'
done | tr -d '\n\t' | sed 's/" *"//g; s/{ *\.method/\n&/g' |
    sed -n 's/^{ *\.method = "\([A-Z]*\)", *\.path = "\([^"]*\)".*\.cli = *"\([^"]*\)".*/\1 \2|\3/p' |
    sed 's,/api/v1,,' >"$T/routes"
cut -d '|' -f 1 "$T/routes" | sort >"$T/have"
sed -n 's/^\.It \([A-Z]* \/[^ ?]*\).*/\1/p' "$page" | sort >"$T/told"
ok 'the table has routes' test "$(wc -l <"$T/have")" -gt 10
is "$(cat "$T/told")" "$(cat "$T/have")" 'every route is in the page'

# What follows "Command line:", a line each
grep -A 3 '^Command line:' "$page" >"$T/told"
cut -d '|' -f 2 "$T/routes" | sort -u | while IFS= read -r cli; do
	grep -q -w -e "${cli%% *}" "$T/told" || echo "$cli"
done >"$T/missing"
is "$(cat "$T/missing")" '' 'and the command that does the same'
is "$(grep -c '^Command line:' "$T/told")" "$(grep -c . "$T/routes")" \
    'one for each'
done_testing
