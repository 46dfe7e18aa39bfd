#!/bin/sh
# Several bots find the same inputs, see them differently and tell of them in
# disorder: a third of the packs comes twice, some are cut short before they
# come whole, several pf-ingest take them at once.  In the end database and
# tree are those of a clean run, row for row.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"

master </dev/null
leases 1
mkdir "$T/sent"
n=0
while [ $n -lt 150 ]; do
	n=$((n + 1))
	# Times and edges jump; each input comes from three packs, by two bots,
	# with a stack of its own in each.
	t=$((1000 + n * 37 % 150)) bot=b$((n % 4)) seq=$((n * 10))
	echo "input $((n % 50))" >"$T/input"
	echo "line $n" >"$T/line"
	{
		mkpack corpus "$job" $bot -t $t -s $seq -f name=id:$n \
		    -f engine=e$n "$T/input"
		mkpack crash "$job" $bot -t $t -s $((seq + 1)) -f type=x$((n % 3)) \
		    -f "stack=f$((n % 9))" -f signal=$((n % 20)) -f tool=asan \
		    -f "output=said $n" -f "command=c$n" -f run_seed=$n "$T/input"
		mkpack coverage "$job" $bot -t $t -s $((seq + 2)) \
		    -f edges=$((n * 31 % 150))
		mkpack status "$job" $bot -t $t -s $((seq + 3)) \
		    -A 1 -E 1 -f executions=$n
		mkpack log "$job" $bot -s $((seq + 4)) -A 1 -E 1 \
		    -f "offset=$((n * 10))" "$T/line"
	} >"$T/sent/$n"
done
cp -a "$S" "$T/base"

# all but the names of what lies in bad
result()
{
	picture | grep -v '^bad/'
	# Packs that were cut are refused; logs are measured while others write.
	sql "SELECT name, value FROM counters WHERE name NOT IN ('sampled',
	    'log_bytes') AND name NOT LIKE 'refused%' ORDER BY name, scope"
	pf-report -n 1000 coverage "$job"
}
for n in $(seq 150); do
	lay <"$T/sent/$n"
done
check 'a clean run' 0 - - pf-ingest -q
result >"$T/want"
is "$(sql 'SELECT count(*) FROM results')" 750 'files everything'
is "$(sql 'SELECT count(*), sum(count), (SELECT sum(count) FROM crash_bots),
    (SELECT sum(samples) FROM buckets) FROM crashes')" '50|150|150|50' \
    'each input once, each report counted'
is "$(pf-report -n 1000 coverage "$job" | awk '{ n += $3 } END { print n }')" \
    149 'what is new of each sample adds up to the most'

for seed in a b c; do
	rm -rf "${S:?}" "${SPOOL:?}"/new/* "$SPOOL"/bad/*
	cp -a "$T/base" "$S"
	# What is sent: each whole once, a third twice, a third cut before.
	seq 150 | awk -v seed=$seed 'BEGIN { srand(length(seed) * 7 + index("abc", seed)) } {
		print rand(), $1, "whole"
		if (rand() < 0.3) print rand(), $1, "whole"
		if (rand() < 0.3) print rand(), $1, "cut"
	}' | sort -n >"$T/order"
	pids=
	for k in 1 2 3; do
		pf-ingest -q -w >/dev/null 2>"$T/err$k" &
		pids="$pids $!"
	done
	while read -r _ n how; do
		if [ "$how" = cut ]; then
			head -c $((100 + n * 3)) "$T/sent/$n" | lay
		else
			lay <"$T/sent/$n"
		fi
	done <"$T/order"
	empty_spool() { [ "$(files "$SPOOL/new")$(files "$SPOOL/cur")" = 00 ]; }
	ok "$seed: all of it is taken" until_true 60 empty_spool
	# shellcheck disable=SC2086 # several
	kill $pids
	wait
	result >"$T/got"
	ok "$seed: $(wc -l <"$T/order") packs in disorder end the same" \
	    cmp "$T/want" "$T/got"
	diff "$T/want" "$T/got" | head -n 20 | diag
	ok "$seed: what was cut is set aside" test "$(files "$SPOOL/bad")" -gt 20
	is "$(naked)$(torn)" '' "$seed: each row has its file"
	check "$seed: fsck finds nothing" 0 - - pf-ingest fsck
done
done_testing
