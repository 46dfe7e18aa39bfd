/*
 * Results that were counted; see result.h.
 */
#include "model/result.h"

const struct pf_err *
pf_result_find(struct pf_buf *reply, bool *found, struct pf_db *db,
    const char *rid)
{
	const struct pf_err *err;
	struct pf_q q;

	*found = false;
	if ((err = pf_q(&q, db, "SELECT reply FROM results WHERE rid = ?",
	    "s", rid)) == NULL)
		err = pf_q_row(&q, found);
	if (err == NULL && *found)
		pf_buf_adds(reply, pf_q_text(&q, 0));
	pf_q_done(&q);
	return err;
}

const struct pf_err *
pf_result_insert(struct pf_db *db, const struct pf_result *r,
    const char *reply)
{
	return pf_db_run(db, NULL, "INSERT INTO results (rid, kind, job, bot,"
	    " time, late, reply) VALUES (?, ?, ?, ?, ?, ?, ?)", "ssssiis",
	    r->rid, r->kind, r->job, r->bot, r->time, (int64_t)r->late,
	    reply);
}
