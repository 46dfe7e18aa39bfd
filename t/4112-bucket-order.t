#!/bin/sh
# A thousand orders of arrival, each in a campaign of its own, half of them
# before other rules come into force: the same crashes in the same buckets.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$(dirname "$0")/lib/ingest.sh"
need sqlite3
master </dev/null

# Reports, a line each: input, time, what is told, and the report as it stands
# in JSON.  They differ in addresses, directories, frames that were inlined
# and the depth of recursion, and some of an input tell of another bug.
awk 'function report(kind, salt, frames,    i, n, f, s) {
	n = split(frames, f, " ")
	s = sprintf("==%d==ERROR: AddressSanitizer: %s on address 0x60%08x " \
	    "at pc 0x%x\\nREAD of size 4 at 0x60%08x thread T0\\n", salt,
	    kind, salt * 77, salt, salt * 77)
	for (i = 1; i <= n; i++)
		s = s sprintf("    #%d 0x%x in %s /build-%d/src/x.c:%d:%d\\n",
		    i - 1, salt * 99 + i, f[i], salt, salt % 90 + i, i)
	return s
}
function put(input, time, type, out) {
	print input "\t" time "\t" type "\t" out
}
BEGIN {
	hbo = "heap-buffer-overflow"
	png = "get parse load png main"
	gif = "get parse load gif main"
	deep = "get parse parse.part.0 parse load png main"
	put(1, 30, "lie", report(hbo, 11, png))
	put(1, 20, "lie2", report(hbo, 12, deep))
	put(1, 10, "", report(hbo, 13, "memcpy get parse load png start main"))
	put(2, 10, "x", report(hbo, 21, gif))
	put(2, 20, "x", report("stack-overflow", 22, "a b a b a b a b a b"))
	put(3, 20, "x", report(hbo, 31, gif))
	put(3, 10, "x", report("heap-use-after-free", 32, "put emit main"))
	put(4, 10, "x", report("heap-use-after-free", 41, "put.isra.0 emit go main"))
	put(4, 10, "x", report("heap-use-after-free", 42, "put emit go main"))
	put(5, 10, "segfault", "")
	put(5, 5, "segfault", "no report at all")
	put(6, 10, "segfault", "Segmentation fault\\n")
	put(7, 10, "x", report(hbo, 71, png))
	put(7, 9, "x", report(hbo, 72, gif))
	put(7, 8, "x", report(hbo, 73, png))
	put(8, 7, "abort", "")
}' >"$T/reports"
n=$(wc -l <"$T/reports")
hash=$(sha "$T/target")
seq 1000 | awk -v hash="$hash" '{
	printf "{\"op\":\"campaign\",\"do\":\"create\",\"campaign\":\"c%d\"}\n", $1
	printf "{\"op\":\"submit\",\"name\":\"n%d\",\"engine\":\"libfuzzer\"," \
	    "\"campaign\":\"c%d\",\"target\":{\"sha256\":\"%s\",\"name\":\"t\"}}\n",
	    $1, $1, hash
}' | pf-sched -q apply
sql "SELECT j.id FROM jobs AS j JOIN campaigns AS c ON c.id = j.campaign
    WHERE c.name <> 'default' ORDER BY c.name" >"$T/jobs"
is "$(wc -l <"$T/jobs")" 1000 'a thousand campaigns'

# orders FROM TO SEED: the reports of these jobs, each in an order of its own
orders()
{
	sed -n "$1,$2p" "$T/jobs" | awk -F '\t' -v seed="$3" '
	function hex(a, b) {
		return sprintf("%08x%056x", a, b)
	}
	BEGIN { srand(seed) }
	NR == FNR { r[NR] = $0; n = NR; next }
	{
		for (i = 1; i <= n; i++)
			o[i] = i
		for (i = n; i > 1; i--) {
			k = 1 + int(rand() * i)
			s = o[i]; o[i] = o[k]; o[k] = s
		}
		printf "{\"op\":\"crash\",\"rows\":["
		for (i = 1; i <= n; i++) {
			split(r[o[i]], f, "\t")
			printf "%s{\"rid\":\"%s\",\"job\":\"%s\",\"bot\":\"b%d\"," \
			    "\"time\":%d,\"filed\":%d,\"v\":2,\"hash\":\"%s\"," \
			    "\"size\":4,\"signal\":11,\"type\":\"%s\"," \
			    "\"stack\":\"f < g < h < i\",\"output\":\"%s\"}",
			    (i > 1 ? "," : ""), hex(o[i], seed * 1000 + FNR), $1,
			    o[i] % 3, f[2], 1000 + o[i], hex(1, f[1]), f[3], f[4]
		}
		print "]}"
	}' "$T/reports" - >"$T/lines"
	pf-sched apply <"$T/lines" | grep -c '"error"'
}

# What each campaign has: a bucket is called after its first input.
pictures()
{
	sql "WITH x AS (SELECT j.campaign AS k, substr(c.hash, -1) || ' ' ||
	    substr(f.hash, -1) || ' ' || c.count || c.timestamp || c.type ||
	    c.first_seen AS t FROM placed AS p JOIN crashes AS c ON c.id = p.id
	    JOIN buckets AS b ON b.id = p.bucket JOIN crashes AS f ON f.id =
	    b.first_crash JOIN jobs AS j ON j.id = c.job_id
	    UNION ALL SELECT campaign, type || tool || frames || samples ||
	    dropped || first_seen || ' ' || last_seen FROM buckets)
	    SELECT group_concat(t, '; ') FROM (SELECT * FROM x ORDER BY k, t)
	    GROUP BY k"
}

is "$(orders 1 500 1)" 0 'half of them'
pictures | sort -u >"$T/first"
is "$(wc -l <"$T/first")" 1 'in any order the same buckets'
like "$(cat "$T/first")" 'get < parse < load' 'by the reports'
major=$(pf-report -j explain crash "$(sql "SELECT first_crash FROM buckets
    WHERE frames = 'get < parse < load' LIMIT 1")" | jq -r .major)
echo "split $major function png" >"$T/rules"
check 'other rules' 0 '~^in force' - pf-sched rules apply "$T/rules"
is "$(orders 501 1000 2)" 0 'the other half'
is "$(pictures | sort -u | wc -l)" 1 'the same buckets by them'
ok 'and others than before' test "$(pictures | sort -u)" != "$(cat "$T/first")"
check 'back' 0 '~^in force	[0-9]+$' - pf-sched rules undo
is "$(pictures | sort | uniq -c | sed 's/^ *//')" "1000 $(cat "$T/first")" \
    'all thousand are as the first'
is "$n" 16 'of sixteen reports'
done_testing
