#!/bin/sh
# A bot whose lease counts from when the reply came, not from when it asked:
# a slow network is enough for two engines on one job.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/mutant.sh
. "$PF_ROOT/t/lib/mutant.sh"
whole
need clang make gcc

build_quiet
mutant from_reply src/run/master/master.c \
    's/lease_end = sent + lease/lease_end = pf_boot_ms() + lease/' pf-run
run_master 'tick = 500ms' 'bot = 6s'
partition "$T/from_reply/bin/pf-run"
ok 'its engine still runs when the job waits again' test "$alive" -gt 0
done_testing
