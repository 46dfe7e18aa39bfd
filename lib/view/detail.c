/*
 * Single things in full; see detail.h.
 */
#include "codec/json.h"
#include "view/detail.h"
#include "view/health.h"
#include "view/pick.h"

const struct pf_err *
pf_detail_members(struct pf_buf *b, bool *found, struct pf_db *db,
    const struct pf_view *v, const char *key)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;

	*found = false;
	if ((err = pf_view_open(&q, db, v, key, 1)) == NULL &&
	    (err = pf_q_row(&q, found)) == NULL && *found)
		pf_view_members(b, v, &q);
	pf_q_done(&q);
	return err;
}

const struct pf_err *
pf_detail_array(struct pf_buf *b, struct pf_db *db, const char *name,
    const struct pf_view *v, const char *key, int64_t max)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	bool more = false;

	pf_jw_open(b, name, '[');
	if ((err = pf_view_open(&q, db, v, key, max)) == NULL)
		while ((err = pf_q_row(&q, &more)) == NULL && more)
			pf_view_json(b, v, &q);
	pf_q_done(&q);
	pf_jw_close(b, ']');
	return err;
}

const struct pf_err *
pf_detail_job(struct pf_buf *b, bool *found, struct pf_db *db, const char *id,
    int64_t max)
{
	const struct pf_err *err;

	if ((err = pf_detail_members(b, found, db, &pf_view_jobs, id)) !=
	    NULL || !*found || (err = pf_detail_array(b, db,
	    "blobs", &pf_view_blobs, id, max)) != NULL)
		return err;
	return pf_detail_array(b, db, "assignments", &pf_view_assignments,
	    id, max);
}

const struct pf_err *
pf_detail_states(struct pf_buf *b, struct pf_db *db)
{
	const struct pf_err *err;

	pf_jw_open(b, "bots", '{');
	err = pf_pick_states(b, db, &pf_view_bots);
	pf_jw_close(b, '}');
	if (err != NULL)
		return err;
	pf_jw_open(b, "jobs", '{');
	err = pf_pick_states(b, db, &pf_view_jobs);
	pf_jw_close(b, '}');
	if (err != NULL)
		return err;
	pf_jw_open(b, "unwell", '{');
	err = pf_health_members(b, db);
	pf_jw_close(b, '}');
	return err;
}

const struct pf_err *
pf_detail_counters(struct pf_buf *b, struct pf_db *db)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	bool more = false;

	if ((err = pf_view_open(&q, db, &pf_view_counters, NULL,
	    PF_VIEW_ALL)) == NULL)
		while ((err = pf_q_row(&q, &more)) == NULL && more)
			pf_jw_int(b, pf_q_text(&q, 0), pf_q_int(&q, 1));
	pf_q_done(&q);
	return err;
}
