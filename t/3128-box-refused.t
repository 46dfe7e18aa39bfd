#!/bin/sh
# The kernel refuses a limit of memory to the control group of a slot: the job
# runs all the same, its memory is looked at instead, and that is said.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
# shellcheck source-path=SCRIPTDIR source=lib/run.sh
. "$PF_ROOT/t/lib/run.sh"
[ -z "${PF_FAST:-}" ] || skip_all 'strace and sanitizers do not mix'
need clang strace findmnt

case $(pf-run -n 2>&1) in
*'memory: control group, v1'*)
	file=memory.limit_in_bytes
	mount=$(findmnt -nt cgroup -O memory -o TARGET | head -n 1)
	own=$(sed -n 's/^[0-9]*:memory://p' /proc/self/cgroup) ;;
*'memory: control group, v2'*)
	file=memory.max
	mount=$(findmnt -nt cgroup2 -o TARGET | head -n 1)
	own=$(sed -n 's/^0:://p' /proc/self/cgroup) ;;
*)	skip_all 'no control group for memory here' ;;
esac

run_master
build_quiet
group=pandafuzz-$(printf %s "$T/w/slot-0" | sha256sum | cut -c 1-16)
refuse=$mount${own%/}/$group/$file
submit quiet libfuzzer "$T/quiet" -d 3s -m 512M
run timeout 100 strace -f -o "$T/trace" -P "$refuse" \
    -e trace=write -e inject=write:error=EBUSY pf-run -m "$url"
ran 0 'the job is run'
ok 'the limit was refused' grep -q 'write.*EBUSY.*INJECTED' "$T/trace"
ok 'that is said' grep -q "$group: limit of memory: Device or resource busy" \
    "$T/err"
is "$(master_sql "SELECT status, message FROM jobs")" 'completed|' \
    'and no harm is done'
like "$(master_sql 'SELECT max(executions) FROM job_stats')" '^[1-9]' \
    'its target was run'
done_testing
