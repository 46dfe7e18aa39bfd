/*
 * Crashes on builds; see trials.h.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "store/trials.h"

static void
add(struct pf_trials *t, const struct pf_trial *one)
{
	if (t->n == t->room) {
		t->room = 2 * t->room + 8;
		t->v = pf_reallocarray(t->v, t->room, sizeof(*t->v));
	}
	t->v[t->n++] = *one;
}

const struct pf_err *
pf_trials_get(struct pf_trials *t, struct pf_db *db, const char *campaign,
    const char *hash, int64_t seq)
{
	static const struct pf_trial none = { 0, 0, 0 };
	const struct pf_err *err;
	struct pf_trial one;
	struct pf_q q;
	bool more = true, last = false;

	t->n = 0;
	err = pf_q(&q, db, "SELECT coalesce(b.seq, 0), sum(r.runs), "
	    "sum(r.crashed), sum(" PF_TRIALS_SAME ") FROM check_records AS r "
	    "LEFT JOIN builds AS b ON b.campaign = r.campaign AND b.target = "
	    "r.target WHERE r.campaign = ?1 AND r.hash = ?2 AND r.build = "
	    "'target' AND coalesce(b.seq, 0) <= ?3 GROUP BY 1 ORDER BY 1",
	    "ssi", campaign, hash, seq);
	while (err == NULL && (err = pf_q_row(&q, &more)) == NULL && more) {
		if (t->n == 0 && pf_q_int(&q, 0) != 0)
			add(t, &none);
		last = pf_q_int(&q, 0) == seq;
		one = (struct pf_trial){ pf_q_int(&q, 1), pf_q_int(&q, 2),
		    pf_q_int(&q, 3) };
		add(t, &one);
	}
	pf_q_done(&q);
	if (t->n == 0)
		add(t, &none);
	if (!last)
		add(t, &none);
	return err;
}

void
pf_trials_free(struct pf_trials *t)
{
	free(t->v);
	*t = (struct pf_trials)PF_TRIALS_INIT;
}
