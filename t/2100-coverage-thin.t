#!/bin/sh
# Samples of coverage get thinner with age: which stay is a matter of which
# there are, not of the order they came in.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sched.sh
. "$PF_ROOT/t/lib/sched.sh"
need jq sqlite3 awk

# Forty days: two weeks and more every 10 minutes, two days every 20 seconds.
awk 'BEGIN {
	end = 1790000000
	for (t = end - 40 * 86400; t < end - 2 * 86400; t += 600) print t
	for (; t <= end; t += 20) print t
}' >"$T/times"
# What stays, by another way: a sample of a slot that is wholly old enough
# goes if there was one in that slot before it.
awk '
function slot(i, w) { return t[i] - t[i] % w }
{ t[NR] = $1 }
END {
	newest = t[NR]
	age[1] = 3600; w[1] = 60
	age[2] = 86400; w[2] = 900
	age[3] = 14 * 86400; w[3] = 7200
	for (i = 1; i <= NR; i++) {
		stays = 1
		for (l = 1; l <= 3; l++)
			if (slot(i, w[l]) + w[l] <= newest - age[l] - (newest - age[l]) % w[l] &&
			    i > 1 && slot(i - 1, w[l]) == slot(i, w[l]))
				stays = 0
		if (stays)
			print t[i] "000"
	}
}' "$T/times" >"$T/want"
ok 'far fewer should stay' test "$(wc -l <"$T/want")" -lt 3500

# ops < times: op lines of a hundred rows
ops()
{
	awk -v job="$job" '{
		if (NR % 100 == 1) printf "{\"op\":\"coverage\",\"rows\":["
		printf "%s{\"rid\":\"%064x\",\"job\":\"%s\",\"bot\":\"b\",\"inc\":\"i\",\"seq\":1,\"epoch\":1,\"attempt\":1,\"time\":%d000,\"filed\":1800000000000,\"edges\":%d}", NR % 100 == 1 ? "" : ",", $1, job, $1, $1 % 5000
		if (NR % 100 == 0) print "]}"
	} END { if (NR % 100) print "]}" }'
}
stays() { sql 'SELECT timestamp FROM coverage ORDER BY timestamp'; }

for order in cat tac shuf; do
	rm -rf "$T/m"
	sched_new ''
	# shellcheck disable=SC2119
	job
	if [ $order = shuf ]; then
		shuf --random-source=/bin/sh "$T/times"
	else
		$order "$T/times"
	fi | ops >"$T/ops"
	pf-sched apply <"$T/ops" >"$T/replies"
	is "$(grep -c '"error"' "$T/replies")" 0 "$order: all are taken"
	stays >"$T/got"
	ok "$order: those stay that should" cmp -s "$T/got" "$T/want"
	is "$(sql "SELECT value FROM counters WHERE name = 'edges'")" 4980 \
	    "$order: the most so far is exact"
	# The new edges of each, by another way.
	pf-report -n 100000 coverage "$job" | cut -f 2,3 >"$T/got"
	awk -F '\t' '{ n = $1 - most; print $1 "\t" (n > 0 ? n : 0)
	    if (n > 0) most = $1 }' "$T/got" >"$T/new"
	ok "$order: new are the edges beyond all before" cmp "$T/got" "$T/new"
	pf-report -n 100000 coverage | cut -f 2,3 | cmp - "$T/new"
	ok "$order: among all jobs as well" test $? = 0
	is "$(sql "SELECT value FROM counters WHERE name = 'results_coverage'")" \
	    "$(wc -l <"$T/times")" "$order: all were counted"
done
is "$(sql "SELECT count(*) FROM coverage c LEFT JOIN results r ON r.rid = c.id WHERE r.rid IS NULL")" \
    0 'what stays is known as filed'
is "$(sql "SELECT count(*) FROM results r LEFT JOIN coverage c ON r.rid = c.id WHERE c.id IS NULL")" \
    0 'and what does not is forgotten, also if it came too late to stay'

# A bot whose clock runs ahead does not age the others' samples.
rm -rf "$T/m"
sched_new ''
# shellcheck disable=SC2119
job
for t in 1790000001 1790000002; do echo $t; done | ops | pf-sched apply >/dev/null
echo 1900000000 | ops | sed 's/1800000000000/1790000003000/' |
    pf-sched apply >/dev/null
is "$(stays | tr '\n' ' ')" '1790000001000 1790000002000 1900000000000 ' \
    'a time of the future is only kept'

bot one '["libfuzzer"]'
op "{\"op\":\"claim\",\"bot\":\"$bot\",\"inc\":\"i-one\"}"

# Old reports of numbers are forgotten by the sweep, numbers stay.
now=$(date +%s)
for t in 1 2 3; do
	printf '{"op":"status","rows":[{"rid":"%064x","job":"%s","bot":"b","inc":"i","seq":%d,"epoch":1,"attempt":1,"time":%d000,"executions":%d}]}\n' \
	    "$t" "$job" "$t" $((now - 3500000 + t * 600000)) "$t"
done | pf-sched apply >/dev/null
is "$(sql "SELECT count(*) FROM results WHERE kind = 'status'")" 3 'three'
pf-reaper | pf-sched -q apply
check 'the reaper sees that some are old' 0 '~"op":"sweep"' - pf-reaper
pf-reaper | pf-sched -q apply
is "$(sql "SELECT count(*) FROM results WHERE kind = 'status'")" 2 \
    'those past their retention are forgotten'
is "$(sql 'SELECT executions FROM job_stats')" 3 'the numbers stay'
check 'once is enough' 0 - - sh -c 'pf-reaper | grep sweep || :'
done_testing
