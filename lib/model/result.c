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

const struct pf_err *
pf_result_sweep(struct pf_db *db, int64_t *n, int64_t before, int64_t max)
{
	return pf_db_run(db, n, "DELETE FROM results WHERE rid IN (SELECT rid "
	    "FROM results WHERE (kind = 'status' OR kind = 'log') AND "
	    "time < ?1 LIMIT ?2)", "ii", before, max);
}

const struct pf_err *
pf_result_forget(struct pf_db *db, const char *rid)
{
	const struct pf_err *err;

	/* It will be counted anew, and is not one that was swept. */
	if ((err = pf_db_run(db, NULL, "INSERT INTO counters (name, scope, "
	    "value) SELECT v.column1 || r.kind, '', -1 FROM results AS r "
	    "CROSS JOIN (VALUES ('results_'), ('swept_')) AS v WHERE r.rid = "
	    "? ON CONFLICT (name, scope) DO UPDATE SET value = value - 1",
	    "s", rid)) != NULL)
		return err;
	return pf_db_run(db, NULL, "DELETE FROM results WHERE rid = ?", "s",
	    rid);
}
