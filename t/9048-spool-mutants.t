#!/bin/sh
# The sweeps of who lays packs down and of who takes them fail on a program
# that is broken: for each here is one that is, and the line that says so.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/mutant.sh
. "$PF_ROOT/t/lib/mutant.sh"
whole
need strace make gcc socat sqlite3

# broken NAME FILE SED PROGRAM: a mutant with the right ones beside it
broken()
{
	mutant "$@"
	for p in "$PF_BIN"/pf-*; do
		# The writer is looked for beside who starts it.
		[ -e "$T/$1/bin/${p##*/}" ] || cp "$p" "$T/$1/bin/"
	done
}
# caught NAME CALLS TEST LINE WHAT: with faults at these calls only, the test's
# line of that name fails on it; where the test is skipped nothing is said
caught()
{
	run env PF_TOTALS= PF_CALLS="$2" PF_STOP="^not ok [0-9]* - $4" \
	    PF_BIN="$T/$1/bin" PATH="$PF_ROOT/bin:$PATH" \
	    sh "$PF_ROOT/t/$3" </dev/null
	grep -q '^1\.\.0' "$T/out" ||
		ok "$5 is caught" grep -q "^not ok [0-9]* - $4" "$T/out"
}

broken in_place lib/store/spoolfile.c \
    's|f->tmp = pf_asprintf("%s/tmp/|f->tmp = pf_asprintf("%s/new/|' pf-httpd
caught in_place write 9001-accept-faults.t \
    'pf-httpd: kill: no promise is broken' 'a pack written where it is read'
caught in_place write 9012-push-faults.t \
    'form: kill: no promise is broken' 'a file written where it is read'
broken early_answer src/httpd/commit.c \
    's/answer(c, r, err);/answer(c, r, err == NULL ? err : NULL);/
    s/if (bytes - n < times/if (bytes < 0 \&\& n < times/' pf-httpd
caught early_answer 'fsync|rename' 9001-accept-faults.t \
    'pf-httpd: EIO: no promise is broken' 'an answer whatever the disk said'
caught early_answer 'fsync|rename' 9012-push-faults.t \
    'json: EIO: no promise is broken' 'one to a crash in JSON'
caught early_answer '' 9006-spool-full.t 'without a block it is not' \
    'one without a block'

broken let_go src/run/master/outbox.c '/^send_one(/,/^}/s/^	s->allowance -= size;/&\
	{\
		char gone[4096];\
		snprintf(gone, sizeof(gone), "%s\/cur\/%s", s->outbox, p->name);\
		(void)remove(gone);\
	}/' pf-run
caught let_go sendto 9002-outbox-faults.t \
    'pf-run: kill: no promise is broken' \
    'an outbox that lets go before it is told'

broken no_hold src/ingest/bad.c '/^return_record(/,/^}/{
	s/	if (err == NULL) {/	if (err == NULL \&\& unlink(hidden) == 0) {/
	s/	if (err == NULL \&\& unlink(hidden) == -1)/	if (err == NULL \&\& false)/
}' pf-ingest
caught no_hold 'fsync|openat' 9003-tools-faults.t \
    'retry: kill: no promise is broken' 'a retry that lets go too early'
broken no_day src/ingest/thin.c \
    's/else if (rename(tmp, path) == -1)/else if (unlink(path) == 0 \&\& rename(tmp, path) == -1)/' \
    pf-ingest
caught no_day rename 9003-tools-faults.t 'thin: kill: no promise is broken' \
    'a day of the ledger that is gone for a moment'

broken counts_full lib/store/spool.c \
    's/p->tries <= 1 ? "new" : "cur", p->tries - 1)/"cur", p->tries)/' pf-ingest
caught counts_full '' 9007-full-disk.t 'the spool keeps the pack' \
    'a full disk that counts as a death'

broken by_arrival lib/act/crash.c \
    's/"?6 = 0 AND (?4, ?5) < (timestamp, rid)"/"?6 = 7 AND (?4, ?5) < (timestamp, rid)"/' \
    pf-sched
caught by_arrival '' 9008-disorder.t \
    '.*packs in disorder end the same' 'a report that stays since it came first'
done_testing
