#!/bin/sh
# Far more crashes than can be run again: they keep neither the engine from
# going on, nor the job from ending, nor pf-run from that, and all are filed.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ways.sh
. "$PF_ROOT/t/lib/ways.sh"
# shellcheck source-path=SCRIPTDIR source=lib/engine.sh
. "$PF_ROOT/t/lib/engine.sh"
need clang

engine_master 'heartbeat_interval = 1s'
printf 'recheck_runs = 0\n' >>"$PF_CONF"
# Whoever fuzzes with it gets 1500 artifacts, each of which takes 0.3 s to be
# run again.
build_libfuzzer flood <<'END'
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerInitialize(int *, char ***);
int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *prefix = NULL;
	char path[4096];
	FILE *f;
	int i;

	for (i = 1; i < *argc; i++)
		if (strncmp((*argv)[i], "-artifact_prefix=", 17) == 0)
			prefix = (*argv)[i] + 17;
	if (prefix == NULL)
		usleep(300000);
	for (i = 0; prefix != NULL && i < 1500; i++) {
		snprintf(path, sizeof(path), "%scrash-%040d", prefix, i);
		if ((f = fopen(path, "wx")) == NULL)
			break;
		fprintf(f, "flood %d of %d", i, (int)getpid());
		fclose(f);
	}
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	usleep(200);
	return p != NULL && n > 100 ? 0 : 0;
}
END

without()
{
	master_sql "SELECT count(*) FROM crashes WHERE job_id = '$job' AND
	    output LIKE '%was not run again for its report: there was no time%'"
}
all_filed()
{
	[ "$(master_sql "SELECT count(*) FROM results WHERE kind = 'crash' AND
	    job = '$job'")" = 1500 ]
}
# over SECONDS: the bot is there no longer than that
over()
{
	over_end=$(($(date +%s) + $1))
	while kill -0 "$bot" 2>/dev/null; do
		[ "$(date +%s)" -lt $over_end ] || return 1
		sleep 0.1
	done
	wait "$bot"
	bot=
}

submit flood libfuzzer "$T/flood" -d 10m -o restart=2
log=$T/w/slot-0/jobs/$job/own/engine.log
bot_start
ok 'the engine is started again' until_true 20 \
    grep -q '^pf-run: start [2-9]' "$log"
ok 'by then all are filed' until_true 20 all_filed
bot_done
ok 'that is filed' until_true 30 spool_empty
n=$(without)
ok "most without a run of their own ($n)" test "$n" -gt 500
ok 'but not all' test "$n" -lt "$(crashes_of 'count(*)')"
pf-report log "$job" >"$T/log"
is "$(grep -c 'crashes are filed without being run again' "$T/log")" 1 \
    'which the log says once'
is "$(grep -c 'artifacts that libFuzzer does not tell of' "$T/log")" 1 \
    'and whose they are'

# The time is over.
submit short libfuzzer "$T/flood" -d 5s
bot_start
ok 'the job ends soon after its time' over 120
ok 'as completed' job_is completed
ok 'all are filed' until_true 20 all_filed

# pf-run is told to stop.
submit stopped libfuzzer "$T/flood" -d 10m -o restart=2
bot_start
ok 'they are run again' until_true 60 \
    test -e "$T/w/slot-0/jobs/$job/own/rerun.input"
kill "$bot"
ok 'told to stop it does' over 20
bot_start
ok 'what was left is found by the next' until_true 20 all_filed
bot_done

# An engine of pf-engine(5), with an executable that is no crash.
engine_says floods <<'END'
i=0
while [ $i -lt 1500 ]; do
	i=$((i + 1))
	echo "input $i" >try
	mv try "$PF_ENGINE_CRASHES/$i"
done
trap 'exit 0' TERM
while :; do sleep 0.1; done
END
printf '#!/bin/sh\nexec sleep 0.3\n' >"$T/sleeps"
chmod 755 "$T/sleeps"
submit floods floods "$T/sleeps" -d 10s
bot_start
ok 'the job of another engine ends soon, too' over 120
ok 'as completed' job_is completed
ok 'all are filed' until_true 20 all_filed
done_testing
