/*
 * Inputs to share; see shared.h.
 */
#include "codec/json.h"
#include "view/shared.h"

/* The job's pool, 0 if nothing was filed in it yet, and its last number. */
static const struct pf_err *
find_pool(int64_t *pool, int64_t *last, bool *known, struct pf_db *db,
    const char *job)
{
	const struct pf_err *err;

	*pool = *last = 0;
	if ((err = pf_db_int(db, pool, known, "SELECT coalesce(p.id, 0) "
	    "FROM jobs AS j LEFT JOIN pools AS p ON p.campaign = j.campaign "
	    "AND p.target_hash = j.target_hash WHERE j.id = ?", "s", job)) !=
	    NULL || *pool == 0)
		return err;
	return pf_db_int(db, last, NULL, "SELECT max(seq) FROM shared "
	    "WHERE pool = ?", "i", *pool);
}

static void
put(struct pf_buf *out, const struct pf_q *q)
{
	pf_jw_open(out, NULL, '{');
	pf_q_json(q, 2, out, "hash");
	pf_jw_int(out, "size", pf_q_int(q, 3));
	pf_q_json(q, 1, out, "job_id");
	pf_jw_int(out, "cursor", pf_q_int(q, 0));
	pf_jw_close(out, '}');
}

const struct pf_err *
pf_shared_list(struct pf_shared *s, struct pf_db *db, const char *job,
    struct pf_buf *out)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	int64_t pool, last, n = 0;
	bool more = false;

	s->known = s->more = false;
	if ((err = find_pool(&pool, &last, &s->known, db, job)) != NULL ||
	    pool == 0)
		return err;
	if (s->after > last)
		s->after = 0;
	/* One more than is wanted tells whether there is more. */
	err = pf_q(&q, db, "SELECT s.seq, s.job_id, s.hash, c.size, "
	    "c.size IS NOT NULL AND (?5 OR NOT EXISTS (SELECT 1 FROM corpus "
	    "AS own WHERE own.job_id = ?1 AND own.hash = s.hash)) "
	    "FROM shared AS s LEFT JOIN corpus AS c ON c.job_id = s.job_id "
	    "AND c.hash = s.hash WHERE s.pool = ?2 AND s.seq > ?3 "
	    "ORDER BY s.seq LIMIT ?4", "siiii", job, pool, s->after,
	    s->limit + 1, (int64_t)s->own);
	while (err == NULL && (err = pf_q_row(&q, &more)) == NULL && more) {
		if ((s->more = n++ == s->limit))
			break;
		s->after = pf_q_int(&q, 0);
		if (pf_q_int(&q, 4) != 0)
			put(out, &q);
	}
	pf_q_done(&q);
	return err;
}
