#!/bin/sh
# pf-httpd(8) and the route table name the same requests and commands.
. "$(dirname "$0")/lib/tap.sh"

table=$PF_ROOT/src/httpd/route.c
page=$PF_ROOT/man/man8/pf-httpd.8

# The initialisers of the table, one a line: METHOD PATH
sed -n '/^static const struct route routes/,/^};/p' "$table" | tr -d '\n\t' |
    sed 's/},/&\n/g' |
    sed -n 's/.*{ "\([A-Z]*\)", \([A-Z]* \)\{0,1\}"\([^"]*\)".*"\([^"]*\)" },*/\1 \2\3|\4/p' |
    sed 's,BOTS ,/bots/,; s,JOBS ,/jobs/,; s,/api/v1,,' >"$T/routes"
cut -d '|' -f 1 "$T/routes" | sort >"$T/have"
sed -n 's/^\.It \([A-Z]* \/[^ ?]*\).*/\1/p' "$page" | sort >"$T/told"
ok 'the table has routes' test -s "$T/have"
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
