/*
 * Crashes on builds; see trials.h.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "store/trials.h"

/*
 * Runs of the target that the crash was found with count twice if that is
 * given as a build: what was known before other builds must not be missing
 * there for it.
 */
#define FOUND \
	"(SELECT c.target_hash FROM " PF_TRIALS_CRASHES("?1", "?2") " ORDER " \
	"BY c.first_seen, c.id LIMIT 1)"
#define SQL \
	"WITH a AS MATERIALIZED (SELECT coalesce(b.seq, 0) AS seq, r.runs, " \
	"r.crashed, " PF_TRIALS_SAME " AS same, r.target IS " FOUND " AS " \
	"first, " PF_TRIALS_MISSING " AS missing FROM check_records AS r " \
	"LEFT JOIN builds AS b ON b.campaign = r.campaign AND b.target " \
	"= r.target WHERE r.campaign = ?1 AND r.hash = ?2 AND r.build = " \
	"iif(" PF_TRIALS_UNDER("?1", "?2") ", 'valgrind', 'target')) " \
	"SELECT seq, sum(iif(missing = '', runs, 0)), sum(crashed), " \
	"sum(same), max(first), max(missing) FROM " \
	"(SELECT * FROM a WHERE seq BETWEEN 1 AND ?3 UNION ALL SELECT 0, " \
	"runs, crashed, same, 0, missing FROM a WHERE seq = 0 OR first) " \
	"GROUP BY 1 ORDER BY 1"

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
	static const struct pf_trial none = { .runs = 0 };
	const struct pf_err *err;
	struct pf_trial one;
	struct pf_q q;
	bool more = true, last = false;

	t->n = 0;
	err = pf_q(&q, db, SQL, "ssi", campaign, hash, seq);
	while (err == NULL && (err = pf_q_row(&q, &more)) == NULL && more) {
		if (t->n == 0 && pf_q_int(&q, 0) != 0)
			add(t, &none);
		last = pf_q_int(&q, 0) == seq;
		one = (struct pf_trial){ .runs = pf_q_int(&q, 1),
		    .crashed = pf_q_int(&q, 2), .same = pf_q_int(&q, 3),
		    .first = pf_q_int(&q, 4) != 0 };
		pf_q_copy(&q, 5, one.missing, sizeof(one.missing));
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
