/*
 * Campaigns; see campaign.h.
 */
#include <stdio.h>

#include "model/campaign.h"

const struct pf_err *
pf_campaign_need(char id[PF_ID_MAX + 1], struct pf_db *db, const char *name,
    int64_t now)
{
	const struct pf_err *err;
	struct pf_q q;
	bool more = false;

	if ((err = pf_q(&q, db, "SELECT id FROM campaigns WHERE name = ?",
	    "s", name)) == NULL)
		err = pf_q_row(&q, &more);
	if (err == NULL && more)
		snprintf(id, PF_ID_MAX + 1, "%s", pf_q_text(&q, 0));
	pf_q_done(&q);
	if (err != NULL || more)
		return err;
	pf_uuid7(id, now);
	return pf_db_run(db, NULL, "INSERT INTO campaigns (id, name, "
	    "created_at) VALUES (?, ?, ?)", "ssi", id, name, now);
}

const struct pf_err *
pf_campaign_waiting(struct pf_db *db, const struct pf_campaign_walk *w)
{
	const struct pf_err *err;
	struct pf_q q;
	bool more = true, stop = false;

	err = pf_q(&q, db, "SELECT id FROM campaigns WHERE pending > 0 "
	    "ORDER BY CAST(running AS REAL) / weight, created_at, id", "");
	while (err == NULL && !stop &&
	    (err = pf_q_row(&q, &more)) == NULL && more)
		err = w->see(w->arg, pf_q_text(&q, 0), &stop);
	pf_q_done(&q);
	return err;
}
