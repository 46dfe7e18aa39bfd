#!/bin/sh
# A campaign of AFL++ and libFuzzer, each with its own build: what one finds
# is used by the other, each input is sent once, and none goes back.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/share.sh
. "$PF_ROOT/t/lib/share.sh"
need afl-fuzz afl-clang-fast clang

{
	echo "#define MAGIC $(share_magic pandafu7)"
	share_source
	cat <<'END_C'

static volatile int seen;

/* Brackets, some words, numbers: found step by step. */
static void
parse(const uint8_t *p, size_t n)
{
	size_t i, deep = 0;

	for (i = 0; i < n && i < 64; i++) {
		if (p[i] == '{' && ++deep > 2)
			seen++;
		else if (p[i] == '}' && deep-- == 0)
			return;
		else if (p[i] == ':' && deep > 0)
			seen++;
		else if (p[i] == 't' && i + 3 < n && p[i + 1] == 'r' &&
		    p[i + 2] == 'u' && p[i + 3] == 'e')
			seen++;
		else if (p[i] == '[' && i + 1 < n && p[i + 1] == ']')
			seen++;
	}
	if (magic(p, n))
		seen++;
}
END_C
} >"$T/parse.h"
build_libfuzzer lf <<'END_C'
#include "parse.h"
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	parse(data, size);
	return 0;
}
END_C
build_afl afl <<'END_C'
#include "parse.h"
int
main(void)
{
	uint8_t b[64];

	parse(b, fread(b, 1, sizeof(b), stdin));
	return 0;
}
END_C

run_master
mkdir "$T/seed"
printf '{' >"$T/seed/s"
submit lf libfuzzer "$T/lf" -C camp -d 300s -s "$T/seed"
lf=$job
submit afl afl++ "$T/afl" -C camp -d 300s -s "$T/seed"
afl=$job
submit third libfuzzer "$T/lf" -C camp -p -50
third=$job
pf-run -q -j 2 -m "$url" >"$T/bot.out" 2>"$T/bot.err" &
bot=$!
# shellcheck disable=SC2016 # the last one
at_end 'kill $bot 2>/dev/null'
# in_job JOB DIRECTORY: the files there
in_job()
{
	find "$T/w" -path "*/jobs/$1/$2/*" -type f
}

# taken JOB: hashes it was given, of those that the other one has filed
given_afl() { in_job "$afl" out/pandafuzz/queue | sed 's/.*,src://'; }
given_lf() { in_job "$lf" corpus | sed -n 's,.*/\([0-9a-f]\{64\}\)$,\1,p'; }
filed_by()
{
	master_sql "SELECT hash FROM corpus WHERE job_id = '$1'" | sort
}
# both HASHES JOB: how many of the list the job has filed
both() { sort -u "$1" | comm -12 - "$2" | wc -l; }
from_lf()
{
	given_afl | sort >"$T/given"
	filed_by "$lf" >"$T/filed"
	[ "$(both "$T/given" "$T/filed")" -gt 0 ]
}
from_afl()
{
	given_lf | sort >"$T/given"
	filed_by "$afl" >"$T/filed"
	[ "$(both "$T/given" "$T/filed")" -gt 0 ]
}
ok 'libFuzzer finds something for AFL++' until_true 60 from_lf
ok 'AFL++ finds something for libFuzzer' until_true 60 from_afl
# One that no engine finds.
file_input "$third" pandafu7
given_one() { given_afl | grep -q "$hash"; }
ok 'an input that takes some finding' until_true 30 given_one
imported() { in_job "$afl" out/main/queue | grep -q ',sync:pandafuzz'; }
ok 'AFL++ imports' until_true 90 imported
reloaded() { grep -q RELOAD "$T"/w/slot-*/jobs/"$lf"/own/engine.log; }
ok 'libFuzzer reads its corpus again' until_true 60 reloaded
kill "$bot"
wait "$bot"
is $? 0 'pf-run ends well'
ok 'all is filed' until_true 20 spool_empty

given_afl | sort >"$T/afl.given"
given_lf | sort >"$T/lf.given"
is "$(uniq -d <"$T/afl.given" | wc -l)" 0 'nothing is given twice'
filed_by "$afl" >"$T/afl.filed"
filed_by "$lf" >"$T/lf.filed"
# But for one that an engine found while it was on its way to it.
ok 'none is sent that was given' test "$(($(both "$T/afl.given" \
    "$T/afl.filed") + $(both "$T/lf.given" "$T/lf.filed")))" -le 2
# What went out: each input once to whoever lacked it, and a line of ten
# bytes or so.
bytes=$(cat "$T/afl.given" "$T/lf.given" | while read -r h; do
	master_sql "SELECT size + 16 FROM corpus WHERE hash = '$h' LIMIT 1"
done | awk '{ n += $1 } END { print n + 0 }')
ok 'bytes were sent once' test "$(exchanged)" -le "$bytes"
ok 'and they were sent' test "$(exchanged)" -gt 0
is "$(grep -c 'nothing is shared\|what came' "$T/bot.err")" 0 'no complaints'
done_testing
