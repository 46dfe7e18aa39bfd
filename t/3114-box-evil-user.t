#!/bin/sh
# Targets that do harm, an ordinary user with bubblewrap: the machine, other
# jobs and pf-run go on, and each job is told for what it is.
# shellcheck disable=SC2034 # for tap.sh
tap_disk=yes
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
# shellcheck source-path=SCRIPTDIR source=lib/box.sh
. "$PF_ROOT/t/lib/box.sh"
# shellcheck source-path=SCRIPTDIR source=lib/evil.sh
. "$PF_ROOT/t/lib/evil.sh"
need clang bwrap

can_nobody || skip_all 'no other user can run this'
evil_master
evil_jobs
evil_run as_nobody
evil_outcome '^' as_nobody
done_testing
