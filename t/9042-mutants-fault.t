#!/bin/sh
# Broken programs again: what the fault tests are for, and that they see it.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/mutant.sh
. "$PF_ROOT/t/lib/mutant.sh"
whole
need make gcc sqlite3 strace socat jq

export PF_STEPS
# A result that was not bound is ignored as if it were known.
PF_STEPS=5
mutant ignore lib/store/db.c '/^bind(/,/^}/{
	s/ && rc == SQLITE_OK;/;/
	s/if (rc != SQLITE_OK)/if (rc == -1)/
}' pf-sched lib/model/result.c \
    's/INSERT INTO results/INSERT OR IGNORE INTO results/'
failing ignore 9030-sched-malloc.t 'unchecked binds, and OR IGNORE' \
    'binds: what was answered was there'

# Want of memory that is swallowed: status 0, and something is left out.
PF_STEPS=12
mutant no_row lib/store/db.c '/^pf_q_row(/,/^}/s/rc != SQLITE_DONE)/rc != SQLITE_DONE \&\& rc != SQLITE_NOMEM)/' pf-sched
failing no_row 9031-serve-malloc.t 'a row that had no memory, taken for done' \
    'at a step: what was answered was there'

PF_STEPS=snapshot
mutant left_out src/sched/snapshot.c '/^each(/,/^}/{
	/one(s, /s/.*/		if ((err = one(s, pf_q_text(\&q, 0))) != NULL \&\&\
		    err->class == PF_BUSY)\
			err = NULL;/
}' pf-sched
failing left_out 9026-tool-malloc.t 'a snapshot that leaves out a job' \
    'snapshot: as before or done'

PF_STEPS=' '
mutant no_text lib/store/db.c \
    '/^need_memory(/,/^}/s/pf_no_memory();/return;/' pf-report
failing no_text 9026-tool-malloc.t 'a report that leaves out a text' \
    'a report is whole'

# A recovery that is killed must do all of it the next time.
PF_STEPS=8
mutant no_renewal lib/act/recover.c \
    's/(err = pf_assignment_renew_all(a->db, &renewed, &l)) !=/((void)l, err = NULL) !=/' \
    pf-sched
failing no_renewal 9020-sched-faults.t 'a recovery that renews no lease' \
    'recover_only: the next one ends it'

PF_STEPS=1
mutant answer_first src/sched/serve.c \
    's/^			mark_ear(s, c);/&\
			c->mark = c->out.len;\
			client_tell(c);/' pf-sched
failing answer_first 9022-serve-faults.t 'a server that answers too early' \
    'all that was answered was there'

PF_STEPS=4
mutant apply_first src/sched/apply.c '/err = writer_commit(&s->own);/{
	s/.*/		print_all(s, \&replies), pf_buf_reset(\&replies), err = writer_commit(\&s->own);/
}' pf-sched
failing apply_first 9020-sched-faults.t 'lines answered before the commit' \
    'what was answered was there'

PF_STEPS=restore
mutant live_leases src/sched/remake.c \
    's/(err = end_leases(r)) != NULL ||/(false \&\& (err = end_leases(r)) != NULL) ||/' \
    pf-sched
failing live_leases 9025-tool-faults.t 'a restore that leaves leases' \
    'restore, signal=KILL: as before or done'
done_testing
