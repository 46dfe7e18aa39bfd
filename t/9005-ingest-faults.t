#!/bin/sh
# Errors at the system calls of pf-ingest, short writes, and its allocations
# failing one after the other: it ends with a status of the table or does it
# all the same, the spool keeps what is not filed, and the next run makes it
# whole.  PF_SWEEP=all tries every point, the default some.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/ingest.sh
. "$PF_ROOT/t/lib/ingest.sh"
# shellcheck source-path=SCRIPTDIR source=lib/mutant.sh
. "$PF_ROOT/t/lib/mutant.sh"
# shellcheck source-path=SCRIPTDIR source=lib/sweep.sh
. "$PF_ROOT/t/lib/sweep.sh"
whole
need strace sqlite3

ingest_base
sweep_ingest
sweep_of pf-ingest "openat.*$T/conf"
sweep_errors 10 EIO ENOSPC EINTR EMFILE
sweep_nth 'short write' short SHORT 6

# The disk is full from some call on, and stays so.
points=0 lost=0 wrong=0 codes=0
for i in 1 2 3 5 8 13 21; do
	sweep_back
	sweep_fault error=ENOSPC write,pwrite64 "$i+"
	points=$((points + 1))
	sweep_status "full from $i on"
	sweep_kept "full from $i on"
	sweep_judge "full from $i on"
done
sweep_total 'a full disk'
is $codes 0 'a full disk: a status of the table'

sweep_nth 'no memory' mf MF 40
sweep_nth 'no memory from there on' mf MF 20 MF_ON=1
sweep_end

# These tests fail on a program that sends rows before it places files.
mutant rows_first src/ingest/slice.c '/	err = place_all(g, s.it, s.n, &look);/{
	s/.*/	if ((err = send_rows(g, s.it, s.n)) == NULL \&\&\
	    (err = take_rows(g, s.it, s.n)) == NULL)\
	&/
}' pf-ingest
restore
ln -s "$PF_BIN/pf-sched" "$T/rows_first/bin/pf-sched"
strace -qq -o /dev/null -e inject=mkdir:signal=KILL:when=1 \
    "$T/rows_first/bin/pf-ingest" >/dev/null 2>&1
ok 'a row before its file is seen' test -n "$(naked)"
done_testing
