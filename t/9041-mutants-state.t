#!/bin/sh
# Broken programs again: what must hold of states and restores, and
# that the tests of it see where it does not.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/mutant.sh
. "$PF_ROOT/t/lib/mutant.sh"
whole
need make gcc sqlite3

mutant answer_first src/sched/apply.c '/err = writer_commit(&s->own);/{
	s/.*/		print_all(s, \&replies), pf_buf_reset(\&replies), err = writer_commit(\&s->own);/
}' pf-sched
failing answer_first 9010-sched-kill.t 'an answer before the commit' \
    'no answered job was lost'

mutant never_deaf lib/act/common.c \
    's/\*deaf = known > 0 && a->hearing == 0;/*deaf = false;/' pf-sched
failing never_deaf 2050-hearing.t 'ticks though nobody is heard' \
    'it has gone: deaf|no tick is counted'

mutant no_renewal lib/act/recover.c \
    's/(err = pf_assignment_renew_all(a->db, &renewed, &l)) !=/((void)l, err = NULL) !=/' \
    pf-sched
failing no_renewal 2060-recover.t 'a start that renews no lease' \
    'recover says what it did|the other lease was renewed'

mutant old_epoch src/sched/remake.c \
    's/epoch = (epoch > known ? epoch : known) + 1;/epoch = known;/' pf-sched
failing old_epoch 2070-restore.t 'an epoch that is not raised' \
    'the epoch was raised'

# by_histories NAME FILE SED WHAT: seen by random histories, which end
by_histories()
{
	mutant "$1" "$2" "$3" t/unit/history.t
	run env PF_SEEDS=60 "$T/$1/bin/history.t"
	ok "$4, by random histories" grep -q '^not ok .*seed' "$T/out"
	is "$(grep -c '^ok .*seed' "$T/out")" \
	    "$((60 - $(grep -c '^not ok .*seed' "$T/out")))" \
	    'they came to their end'
}
by_histories no_strike lib/act/common.c 's/j.strikes++;/(void)strike;/' \
    'strikes that do not count'
by_histories no_grace lib/act/expire.c \
    's/ + a->conf->job_grace >=/ >=/' \
    'a job that overran without its grace'
by_histories not_told lib/act/submit.c \
    's/return pf_blob_arrived(a, NULL, \*sha, there);/return NULL;/' \
    'a job that waits on though another found its file'
by_histories given_up lib/act/expire.c 's/ || j.waiting == 0//' \
    'a job given up though its file is there'
done_testing
