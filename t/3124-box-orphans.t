#!/bin/sh
# A target whose children outlive their parents by a moment: without a
# namespace they end as children of pf-run, and do not count as processes of
# the job for longer than that.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/box.sh
. "$PF_ROOT/t/lib/box.sh"
need clang

case $(pf-run -n 2>&1) in
*missing*) skip_all 'no control groups to be had here' ;;
esac
run_master
box_path
cat >"$T/orphans.c" <<'END'
#include <sys/wait.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int n;
	pid_t pid;

	(void)data;
	(void)size;
	if ((pid = fork()) == -1)
		return 0;
	if (pid == 0) {
		if (fork() == 0)
			usleep(1000);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	if (++n == 400)
		fprintf(stderr, "orphans: 400\n");
	usleep(3000);
	return 0;
}
END
clang -g -O1 -fsanitize=fuzzer -o "$T/orphans" "$T/orphans.c" || exit 1

# orphaned HOW CONF CMD ...
orphaned()
{
	how=$1 conf=$2
	shift 2
	submit orphans libfuzzer "$T/orphans" -d 8s -m 256M
	check "$how" 0 - '~completed' "$@" timeout 100 pf-run -m "$url" \
	    -c "$conf"
	is "$(log_of "$job" | grep -c '^orphans: 400')" 1 "$how: 400 orphans"
	is "$(job_message | grep -c 'limits met')" 0 \
	    "$how: never too many at once"
}

orphaned landlock "$PF_CONF" without_bwrap
sed 's/^\[bot\]/&\nisolation = none/' "$PF_CONF" >"$T/none.conf"
orphaned 'no box' "$T/none.conf" env
done_testing
