#!/bin/sh
# The buckets of planted bugs: of pairs of reports of one build, and of two
# builds, how many that are called the same are so (precision), and how many
# that are so are called it (recall).
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
need clang gcc llvm-symbolizer
whole
variants=3
[ "${PF_SWEEP-}" != all ] || variants=20

mkdir "$T/here" "$T/there"
cp "$PF_ROOT"/t/data/triage/bugs.c* "$T/here"
cp "$PF_ROOT"/t/data/triage/bugs.c* "$T/there"

# reports NAME DIR CC FLAG ...: a build of $src, and what its $bugs say
reports()
{
	name=$1 from=$2
	shift 2
	# shellcheck disable=SC2016 # for the inner shell
	ok "build $name" sh -c 'cd "$1" && shift && exec "$@"' - "$T/$from" \
	    "$@" -w -fsanitize=address -o "$T/$name.bin" "$src" -lpthread
	mkdir "$T/$name"
	for b in $bugs; do
		i=0
		while [ $i -lt $variants ]; do
			way=$(printf '%s' "$i$((i * 7))$((i + 3))$b" |
			    tr 0-9 k-t)
			ASAN_OPTIONS=handle_abort=1:detect_leaks=0 \
			    "$T/$name.bin" "$b$way" >/dev/null \
			    2>"$T/$name/$b.$i"
			i=$((i + 1))
		done
	done
	(cd "$T/$name" && pf-triage ./*) >"$T/out" 2>"$T/err"
	is $? 0 "$name: every report is recognised"
	sed 's/^\.\/\([a-z]\)\.[0-9]*	/\1	/' "$T/out" | cut -f 1,14 >"$T/$name.tsv"
}

# score A B: precision and recall of the pairs of one from each
score()
{
	awk -F '\t' -v same="$([ "$1" = "$2" ] && echo 1 || echo 0)" '
	FNR == 1 { file++ }
	{
		n[file, $1, $2]++
		bug[file, $1]++
		bucket[file, $2]++
		both[$1, $2]
		b[$1]
		k[$2]
	}
	# Pairs of one file: each but with itself, counted twice.
	function pairs(x, y) { return same ? x * (x - 1) : x * y }
	END {
		for (i in both) {
			split(i, w, SUBSEP)
			true += pairs(n[1, w[1], w[2]], n[2, w[1], w[2]])
		}
		for (i in b)
			so += pairs(bug[1, i], bug[2, i])
		for (i in k)
			called += pairs(bucket[1, i], bucket[2, i])
		printf "%.4f %.4f\n", called ? true / called : 1,
		    so ? true / so : 1
	}' "$T/$1.tsv" "$T/$2.tsv"
}

# held BUILD ...: each of them, and each two, to the bar
held()
{
	for x in "$@"; do
		score=$(score "$x" "$x")
		echo "# $x: precision and recall $score"
		ok "$x: at least 0.98" awk -v s="$score" 'BEGIN {
		    split(s, v, " "); exit !(v[1] >= .98 && v[2] >= .98) }'
	done
	while [ $# -gt 1 ]; do
		x=$1
		shift
		for y in "$@"; do
			score=$(score "$x" "$y")
			echo "# $x, $y: precision and recall $score"
			ok "$x and $y: at least 0.95" awk -v s="$score" \
			    'BEGIN { split(s, v, " ")
			    exit !(v[1] >= .95 && v[2] >= .95) }'
		done
	done
}

src=bugs.c bugs='a b c d e f g h i j k l m n o'
reports clang-O0 here clang -g -O0
reports clang-O2 here clang -g -O2
reports gcc-O0 there gcc -g -O0
reports gcc-O2 there gcc -g -O2
reports gcc-noinline here gcc -g -O2 -fno-inline -fno-optimize-sibling-calls
reports gcc-jumps here gcc -g -O2 -fno-inline
reports stripped here gcc -O2 -s
with='clang-O0 clang-O2 gcc-O0 gcc-O2 gcc-noinline'
# shellcheck disable=SC2086 # several names
held $with
held gcc-jumps

# What has no name, or is around what has none.
src=bugs.cc bugs='a b c d e f g h i j k l'
reports clang++-O0 there clang++ -g -O0
reports clang++-O2 here clang++ -g -O2
reports g++-O0 here g++ -g -O0
reports g++-O2 there g++ -g -O2
reports g++-noinline here g++ -g -O2 -fno-inline -fno-optimize-sibling-calls
held clang++-O0 clang++-O2 g++-O0 g++-O2 g++-noinline

# A call that became a jump left no frame; without names there is no telling.
for x in $with; do
	echo "# gcc-jumps, $x: precision and recall $(score gcc-jumps "$x")"
done
echo "# stripped: precision and recall $(score stripped stripped)"
echo "# stripped, gcc-O2: precision and recall $(score stripped gcc-O2)"
done_testing
