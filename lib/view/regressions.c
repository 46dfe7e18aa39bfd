/*
 * Crashes from build to build; see regressions.h.
 */
#include "store/trials.h"
#include "view/regressions.h"

#define ROWS \
	"SELECT r.campaign, p.name, r.seq, b.name, b.target, b.seq = (SELECT " \
	"max(seq) FROM builds WHERE campaign = r.campaign), r.crash, r.hash, " \
	"coalesce(c.type, ''), coalesce((SELECT bucket FROM placed WHERE id =" \
	" c.id), ''), r.job, " \
	"coalesce(j.status, '') FROM regressions AS r JOIN builds AS b ON " \
	"b.campaign = r.campaign AND b.seq = r.seq JOIN campaigns AS p ON " \
	"p.id = r.campaign LEFT JOIN crashes AS c ON c.id = r.crash " \
	"LEFT JOIN jobs AS j ON j.id = r.job "
#define ORDER	" ORDER BY r.campaign, r.hash, r.seq"

static const struct pf_err *
tell(struct pf_db *db, const struct pf_regressions *r, struct pf_trials *t,
    const struct pf_q *q)
{
	const struct pf_err *err;
	struct pf_regression one = { .campaign = pf_q_text(q, 1),
	    .seq = pf_q_int(q, 2), .build = pf_q_text(q, 3),
	    .target = pf_q_text(q, 4), .newest = pf_q_int(q, 5) != 0,
	    .crash = pf_q_text(q, 6), .hash = pf_q_text(q, 7),
	    .type = pf_q_text(q, 8), .bucket = pf_q_text(q, 9),
	    .job = pf_q_text(q, 10), .status = pf_q_text(q, 11) };

	if ((err = pf_trials_get(t, db, pf_q_text(q, 0), one.hash, one.seq))
	    != NULL)
		return err;
	one.fate = pf_fate_of(&one.enough, t->v, t->n);
	one.trial = t->v[t->n - 1];
	r->each(r->arg, &one);
	return NULL;
}

const struct pf_err *
pf_regressions_walk(struct pf_db *db, const struct pf_regressions *r)
{
	const struct pf_err *err;
	struct pf_trials t = PF_TRIALS_INIT;
	struct pf_q q = PF_Q_INIT;
	bool more = true;

	if (r->campaign != NULL)
		err = pf_q(&q, db, ROWS "WHERE r.campaign = ?1 AND (?2 = 0 OR "
		    "r.seq = ?2)" ORDER, "si", r->campaign, r->seq);
	else
		err = pf_q(&q, db, ROWS "WHERE (?1 = 0 OR r.seq = ?1)" ORDER,
		    "i", r->seq);
	while (err == NULL && (err = pf_q_row(&q, &more)) == NULL && more)
		err = tell(db, r, &t, &q);
	pf_q_done(&q);
	pf_trials_free(&t);
	return err;
}
