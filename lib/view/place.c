/*
 * Crashes and where they are; see place.h.
 */
#include "view/place.h"

#define ROWS \
	"SELECT c.type, c.tool, c.stack, c.output, c.signal, c.id, " \
	"j.campaign, p.bucket, b.type, b.frames FROM crashes AS c JOIN jobs " \
	"AS j ON j.id = c.job_id JOIN placed AS p ON p.id = c.id LEFT JOIN " \
	"buckets AS b ON b.id = p.bucket"

const struct pf_err *
pf_place_query(struct pf_q *q, struct pf_db *db, const char *id)
{
	return id == NULL ? pf_q(q, db, ROWS, "") :
	    pf_q(q, db, ROWS " WHERE c.id = ?", "s", id);
}

void
pf_place_said(struct pf_given *s, const struct pf_q *q)
{
	*s = (struct pf_given){ .type = pf_q_text(q, 0),
	    .tool = pf_q_text(q, 1), .stack = pf_q_text(q, 2),
	    .output = pf_q_text(q, 3), .signal = pf_q_int(q, 4) };
}
