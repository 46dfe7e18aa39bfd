#!/bin/sh
# afl-fuzz in the box: a target that is over its memory, a sanitizer's target
# with a limit where no control group keeps it, and final statistics.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/box.sh
. "$PF_ROOT/t/lib/box.sh"
need afl-fuzz afl-clang-fast bwrap

source_of()
{
	cat <<-'END'
	#include <stdio.h>
	#include <stdlib.h>
	#include <string.h>

	static char *volatile kept[100];

	int
	main(void)
	{
		char b[16] = "";
		size_t i;

		if (fread(b, 1, sizeof(b) - 1, stdin) < 3)
			return 0;
		if (b[0] != 'M' || b[1] == 'N')
			return b[0] == 'x' && b[1] == 'y' && b[2] == 'z';
		for (i = 0; i < 100; i++)
			if ((kept[i] = malloc(4 << 20)) != NULL)
				memset(kept[i], 1, 4 << 20);
		return kept[99] == NULL;
	}
	END
}
source_of | build_afl eats
AFL_USE_ASAN=1
export AFL_USE_ASAN
source_of | build_afl asan
unset AFL_USE_ASAN
mkdir "$T/seeds"
echo abc >"$T/seeds/1"
printf 'k="M00"\n' >"$T/dict"

last_executions()
{
	master_sql "SELECT max(executions) FROM job_stats WHERE job_id = '$job'"
}

run_master
groups=1
case $(pf-run -n) in
*memory:\ missing*) groups= ;;
esac
if [ -n "$groups" ]; then
	submit eats afl++ "$T/eats" -d 10s -m 64M -T 5s -s "$T/seeds" \
	    -x "$T/dict"
	check 'a target without end' 0 - '~completed: limits met: memory' pfrun
	ok 'is filed' until_true 10 spool_empty
	is "$(crashes_of 'DISTINCT signal')" 9 'is a crash by signal 9'
	like "$(last_executions)" '^[0-9]{2,}$' 'final statistics'
else
	skip 'no control groups'
fi
is "$(pgrep -fc "$T/w/slot-0/jobs/")" 0 'nothing is left'

# No control group: -m of afl-fuzz, but not for a sanitizer.
if can_nobody; then
	rm -rf "$T/w"
	submit asan afl++ "$T/asan" -d 8s -m 64M -T 5s -s "$T/seeds"
	check 'a sanitizer with a limit' 0 - '~completed' as_nobody timeout 60 \
	    pf-run -m "$url"
	ok 'is filed' until_true 10 spool_empty
	like "$(last_executions)" '^[0-9]{2,}$' 'it ran'
	is "$(pgrep -fc "$T/w/slot-0/jobs/")" 0 'nothing is left'
fi
done_testing
