#!/bin/sh
# Targets that do harm, an ordinary user without bubblewrap: the machine, other
# jobs and pf-run go on, and each job is told for what it is.
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
sweep_all
need clang

can_nobody || skip_all 'no other user can run this'
evil_master
evil_jobs
box_path
evil_run without_bwrap as_nobody
evil_outcome '^' without_bwrap as_nobody
done_testing
