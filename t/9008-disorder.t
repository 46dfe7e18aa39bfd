#!/bin/sh
# A third of the packs comes twice, all in disorder, some cut short before
# they come whole, to several pf-ingest at once: in the end database and tree
# are those of a clean run.
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
	echo "input $n" >"$T/input"
	{
		mkpack corpus "$job" b1 -t $((1000 + n)) -s $((n * 10)) "$T/input"
		mkpack crash "$job" b1 -t $((1000 + n)) -s $((n * 10 + 1)) \
		    -f type=x -f "stack=f$n" "$T/input"
		mkpack coverage "$job" b1 -t $((1000 + n)) -s $((n * 10 + 2)) \
		    -f edges=$n
		mkpack status "$job" b1 -t $((1000 + n)) -s $((n * 10 + 3)) \
		    -A 1 -E 1 -f executions=$n
		mkpack log "$job" b1 -s $((n * 10 + 4)) -A 1 -E 1 \
		    -f "offset=$((n * 10))" "$T/input"
	} >"$T/sent/$n"
done
cp -a "$S" "$T/base"

# all but the names of what lies in bad
result()
{
	picture | grep -v '^bad/'
	sql "SELECT name, value FROM counters WHERE name NOT LIKE 'sampled' ORDER BY name, scope"
	sql "SELECT id, samples, dropped FROM buckets ORDER BY id"
}
for n in $(seq 150); do
	lay <"$T/sent/$n"
done
check 'a clean run' 0 - - pf-ingest -q
result >"$T/want"
is "$(sql 'SELECT count(*) FROM results')" 750 'files everything'

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
	ok "$seed: what was cut is set aside" test "$(files "$SPOOL/bad")" -gt 20
	is "$(naked)$(torn)" '' "$seed: each row has its file"
done
done_testing
