# shellcheck shell=sh disable=SC2154,SC2034
# After run.sh: targets in which an engine finds something all the time, what
# the engines found, and whether the master has just that.

# away_source: C of f(), that crashes for many inputs and shows something new
# for many more
away_source()
{
	cat <<-'C'
	#include <stddef.h>
	#include <stdint.h>
	#include <stdlib.h>

	C
	echo 'static volatile int sink;'
	echo 'static void f(const uint8_t *p, size_t n) {'
	echo '	if (n < 3) return;'
	echo '	switch (p[0]) {'
	seq 0 255 | sed 's/.*/	case &: sink += &; __asm__ volatile("" ::"i"(&)); break;/'
	echo '	}'
	echo '	switch (p[1]) {'
	seq 0 4 250 | sed 's/.*/	case &: sink ^= &; __asm__ volatile("" ::"i"(&)); break;/'
	echo '	}'
	echo "	if (p[2] == 'C' && p[0] % 16 == 3) abort();"
	echo '}'
}

# away_proxy: the master is behind a network that does what $T/network says
away_proxy()
{
	: >"$T/network"
	"$PF_OBJ/t/lib/proxy" "${url##*:}" "$T/network" >"$T/proxy.out" &
	at_end "kill $! 2>/dev/null"
	until_true 10 test -s "$T/proxy.out"
	url=http://127.0.0.1:$(sed 's/.* //' "$T/proxy.out")
}

# away_targets lf | lf af: $T/lf for libFuzzer, $T/af for afl-fuzz
away_targets()
{
	{
		away_source
		cat <<-'C'
		int LLVMFuzzerTestOneInput(const uint8_t *, size_t);
		int
		LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
		{
			f(p, n);
			return 0;
		}
		C
	} >"$T/lf.c"
	clang -O1 -fsanitize=fuzzer -o "$T/lf" "$T/lf.c" || exit 1
	[ $# -gt 1 ] || return 0
	{
		away_source
		cat <<-'C'
		#include <unistd.h>
		__AFL_FUZZ_INIT();
		int
		main(void)
		{
			__AFL_INIT();
			unsigned char *p = __AFL_FUZZ_TESTCASE_BUF;
			while (__AFL_LOOP(100000))
				f(p, (size_t)__AFL_FUZZ_TESTCASE_LEN);
			return 0;
		}
		C
	} | build_afl af
}

# away_note DIR ...: what the engines of these work directories have found
# goes to $T/found, a line "JOB KIND HASH SLOT" each, and what they were given
# to $T/given, "JOB corpus HASH"; nothing may be running
away_note()
{
	for away_w; do
		find "$away_w"/slot-*/jobs -type f \
		    \( -path '*/corpus/*' -o -path '*/pandafuzz/queue/id:*' \)
	done 2>/dev/null | sed -n 's|.*/jobs/\([^/]*\)/.*[/:]\([0-9a-f]\{64\}\)$|\1 corpus \2|p' \
	    >>"$T/given"
	for away_w; do
		# What afl-fuzz was given or saw elsewhere is no find.
		find "$away_w"/slot-*/jobs -type f \( -path '*/corpus/*' -o \
		    -path '*/artifacts/*' -o -path '*/main/queue/id:*' -o \
		    -path '*/main/crashes*/id:*' \) ! -path '*/.state/*' \
		    ! -name '*,orig:*' ! -name '*,sync:*' \
		    -exec sha256sum '{}' + 2>/dev/null
	done | sed 's|^\\||
	    s|\([0-9a-f]*\)  *\(.*\)/jobs/\([^/]*\)/\(.*\)|\3 \4 \2 \1|' |
	    awk '
	$2 ~ /^corpus\/[0-9a-f]+$/ && length($2) == 71 { next }
	{
		crash = $2 ~ /^(artifacts|out\/main\/crashes)/
		print $1, crash ? "crash" : "corpus", $NF, $(NF - 1)
	}' >>"$T/found"
}

# away_filed: what the master has, in the same form
away_filed()
{
	master_sql "SELECT job_id || ' crash ' || hash FROM crashes UNION ALL
	    SELECT job_id || ' corpus ' || hash FROM corpus" | sort
}

# away_judge: the master has all of it, each once
away_judge()
{
	until_true 30 spool_empty
	cut -d ' ' -f 1-3 "$T/found" | sort -u >"$T/found.sorted"
	away_filed >"$T/filed"
	comm -23 "$T/found.sorted" "$T/filed" >"$T/not-filed"
	# One that it was given while it found it itself is no find of its own:
	# the master has it of whoever told it first.
	sort -u "$T/given" | comm -12 - "$T/not-filed" | while read -r away_l; do
		! grep -q " ${away_l#* }\$" "$T/filed" || echo "$away_l"
	done >"$T/both-ways"
	comm -23 "$T/not-filed" "$T/both-ways" >"$T/missing"
	echo "# found $(grep -c ' crash ' "$T/found.sorted") crashes and" \
	    "$(grep -c ' corpus ' "$T/found.sorted") inputs," \
	    "filed $(wc -l <"$T/filed")"
	ok 'engines found crashes' grep -q ' crash ' "$T/found.sorted"
	ok 'and inputs' grep -q ' corpus ' "$T/found.sorted"
	empty "$T/missing" 'nothing that was found is missing'
	# Two bots may find the same; each tells it once, and if it does not
	# know whether it did, by the same record.
	cat "$PF_STORAGE"/metadata/ledger/*.jsonl | jq -r '
	    select(.kind == "crash" or .kind == "corpus") |
	    [.kind, .job, .bot, .hash, .rid] | join(" ")' | sort -u |
	    cut -d ' ' -f 1-4 | uniq -d >"$T/twice"
	empty "$T/twice" 'no bot told of any of it twice'
}

# away_orphans DIR: processes of engines that work there
away_orphans()
{
	for away_p in /proc/[0-9]*; do
		case $(readlink "$away_p/cwd" 2>/dev/null) in
		"$1"/slot-*)	echo "${away_p#/proc/}" ;;
		esac
	done
	pgrep -f "$1/slot-[0-9]*/jobs/" || :
}

away_alone()
{
	[ -z "$(away_orphans "$1")" ]
}
