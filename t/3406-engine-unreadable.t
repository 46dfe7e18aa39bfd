#!/bin/sh
# A find that an ordinary user cannot read is told of and passed over; it
# keeps neither the others nor the bot.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/engine.sh
. "$PF_ROOT/t/lib/engine.sh"
# shellcheck source-path=SCRIPTDIR source=lib/box.sh
. "$PF_ROOT/t/lib/box.sh"
need clang

can_nobody || skip_all 'no other user can run this'
build_crasher crasher
engine_master 'heartbeat_interval = 1s'
chmod 755 "$T" "$T/m" "$T/engines"
engine_says shut <<'END'
for tray in "$PF_ENGINE_CORPUS" "$PF_ENGINE_CRASHES"; do
	for name in a-open b-shut c-open; do
		printf '\377%s' "$tray$name" >made
		[ $name = b-shut ] && chmod 0 made
		mv made "$tray/$name"
	done
done
exec sleep 600
END
submit shut shut "$T/crasher" -d 4s
run as_nobody timeout 60 pf-run -m "$url"
ok 'the job ends' test "$status" = 0
ok 'all is filed' until_true 20 spool_empty
is "$(master_sql "SELECT status FROM jobs WHERE id = '$job'")" completed \
    'as it should'
is "$(master_sql "SELECT group_concat(name, ' ') FROM (SELECT name FROM corpus
    WHERE job_id = '$job' ORDER BY 1)")" 'a-open c-open' 'the other inputs'
is "$(master_sql "SELECT count(*) FROM crashes WHERE job_id = '$job'")" 2 \
    'the other crashes'
like "$(cat "$T/err")" 'not sent: .*b-shut' 'what was not sent is told'
ok 'a few times at most' test "$(grep -c b-shut "$T/err")" -le 8

# With libFuzzer the target itself can do that to its artifacts.
build_libfuzzer closes <<'END'
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* All artifacts but the first are shut by the run after. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dirent *e;
	DIR *d;

	if ((d = opendir("crashes")) != NULL || (d = opendir("artifacts")) !=
	    NULL) {
		while ((e = readdir(d)) != NULL)
			if (strncmp(e->d_name, "crash-", 6) == 0)
				fchmodat(dirfd(d), e->d_name, 0, 0);
		closedir(d);
	}
	if (size > 0 && data[0] == '!')
		abort();
	return 0;
}
END
mkdir "$T/seeds"
for i in 1 2 3 4; do
	echo "!$i" >"$T/seeds/$i"
done
submit closes libfuzzer "$T/closes" -d 6s -s "$T/seeds"
run as_nobody timeout 60 pf-run -m "$url"
ok 'a target that shuts its artifacts' test "$status" = 0
is "$(master_sql "SELECT status FROM jobs WHERE id = '$job'")" completed \
    'ends like any other'
is "$(find "$T/w" -path '*/jobs/*' | wc -l)" 0 'nothing of it is left'
done_testing
