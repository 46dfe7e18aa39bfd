#!/bin/sh
# Pages that stand for a table of the source hold what the source holds.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
whole
cd "$PF_ROOT" || exit 1

# pandafuzz.conf(5) and the sample: every key with its default.
: >"$T/empty.conf"
pf-report -c "$T/empty.conf" config | awk -F'\t' '{ print $1, $2, $3 }' |
    sed 's/ *$//' >"$T/keys"
ok 'there are keys' test "$(wc -l <"$T/keys")" -gt 30
awk '/^\.Ss Section/ { s = $3 }
    /^\.It Cm .* No =/ { k = $3; v = ""; if (NF > 6) v = $7
	print s, k, v }' man/man5/pandafuzz.conf.5 | sed 's/ *$//' >"$T/page"
ok 'pandafuzz.conf(5) has each key and default' cmp "$T/keys" "$T/page"
diff "$T/keys" "$T/page" | sed 's/^/# /'
awk '/^\[/ { s = substr($1, 2, length($1) - 2) }
    /^#[a-z_]+ =/ { print s, substr($1, 2), $3 }' etc/pandafuzz.conf |
    sed 's/ *$//' >"$T/sample"
ok 'so has the sample' cmp "$T/keys" "$T/sample"
check 'which can be used as it is' 0 '*' - \
    pf-report -c etc/pandafuzz.conf config
sed 's/^#\([a-z_]* =\)/\1/' etc/pandafuzz.conf >"$T/all.conf"
check 'and with every key set' 0 '*' - pf-report -c "$T/all.conf" config

# pf-db(5): every table and column.
cat lib/store/schema.sql lib/store/schema-[0-9].sql \
    lib/store/schema-[0-9][0-9].sql | sqlite3 "$T/db"
sqlite3 "$T/db" "SELECT t.name || ' ' || c.name FROM sqlite_schema t JOIN
    pragma_table_info(t.name) c WHERE t.type = 'table' AND
    t.name NOT LIKE 'sqlite_%' ORDER BY t.name, cid" >"$T/columns"
awk '/^\.Ss [a-z_]+$/ { t = $2 } /^\.It Cm/ { print t, $3 }' man/man5/pf-db.5 |
    LC_ALL=C sort -s -k1,1 >"$T/page"
ok 'pf-db(5) has each table and column, in order' cmp "$T/columns" "$T/page"
diff "$T/columns" "$T/page" | sed 's/^/# /'

version=$(sed -n 's/^#define PF_DB_VERSION[^0-9]*\([0-9]*\).*/\1/p' lib/store/db.h)
ok 'and the number of the schema' grep -q "the schema, $version\.\$" \
    man/man5/pf-db.5

# pf-internals(7): every file of the source.
find lib src -name "*.c" | while read -r f; do
	grep -qw -- "${f##*/}" man/man7/pf-internals.7 || echo "$f"
done >"$T/unnamed"
empty "$T/unnamed" 'pf-internals(7) names each file'

# pf-triage(1): every rule of severity, each once, in order.
tr '\n' ' ' <lib/codec/report/severity.c |
    grep -oE '\{ *"[a-z]+", (EXPLOITABLE|PROBABLY|NOT),[	 ]*"[a-z-]+"' |
    tr -d '{",' | sed 's/PROBABLY/PROBABLY_EXPLOITABLE/; s/NOT/NOT_EXPLOITABLE/' |
    awk '!seen[$3]++ { print $3, $1, $2 }' >"$T/rules"
ok 'there are rules of severity' test "$(wc -l <"$T/rules")" -gt 40
sed -n 's/^\.It \([a-z-]*\) Ta \([a-z]*\) Ta \([A-Z_]*\)$/\1 \2 \3/p' \
    man/man1/pf-triage.1 >"$T/page"
check 'pf-triage(1) has each' 0 - - diff "$T/rules" "$T/page"

# pf-ops(5): every op.
sed -n 's/^	{ "\([a-z]*\)",	.*pf_act_.*/\1/p' lib/act/act.c >"$T/ops"
ok 'there are ops' test "$(wc -l <"$T/ops")" -gt 15
while read -r op; do
	grep -q "^\.It Cm $op\$" man/man5/pf-ops.5 || echo "$op"
done <"$T/ops" >"$T/unnamed"
empty "$T/unnamed" 'pf-ops(5) names each op'
done_testing
