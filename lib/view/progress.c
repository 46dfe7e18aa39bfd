/*
 * Progress of a job; see progress.h.
 */
#include <string.h>

#include "view/progress.h"

static bool
is_over(const char *status)
{
	return strcmp(status, "pending") != 0 &&
	    strcmp(status, "assigned") != 0 && strcmp(status, "running") != 0;
}

const struct pf_err *
pf_progress(struct pf_buf *b, bool *over, struct pf_db *db, const char *job)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	bool more = false;

	*over = false;
	if ((err = pf_view_open(&q, db, &pf_view_progress, job, 1)) == NULL &&
	    (err = pf_q_row(&q, &more)) == NULL && more) {
		pf_view_json(b, &pf_view_progress, &q);
		*over = is_over(pf_q_text(&q, 1));
	}
	pf_q_done(&q);
	return err;
}
