/*
 * The rules in force; see inforce.h.
 */
#include "base/time.h"
#include "codec/json.h"
#include "view/inforce.h"

/* The row of the rules in force, and of those they go back to or that come:
 * those in force may come anew, as another program reads them. */
#define ROW \
	"SELECT r.n, r.version, r.text, r.time, b.version, p.coming, " \
	"c.version FROM placing AS p JOIN rules AS r ON r.n = p.rules " \
	"LEFT JOIN rules AS c ON c.n = p.coming LEFT JOIN rules AS b ON " \
	"b.n = iif(p.coming > p.rules AND c.text <> r.text, p.rules, r.before)"

/* pf_q_done() in every case. */
static const struct pf_err *
get(struct pf_q *q, struct pf_db *db)
{
	const struct pf_err *err;
	bool more = false;

	if ((err = pf_q(q, db, ROW, "")) == NULL &&
	    (err = pf_q_row(q, &more)) == NULL && !more)
		err = pf_err(PF_IO, "the database does not say which rules "
		    "are in force");
	return err;
}

const struct pf_err *
pf_inforce_text(struct pf_buf *b, struct pf_db *db)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;

	if ((err = get(&q, db)) == NULL)
		pf_buf_adds(b, pf_q_text(&q, 2));
	pf_q_done(&q);
	return err;
}

static void
text_or_null(struct pf_buf *b, const char *name, const struct pf_q *q,
    int col)
{
	if (pf_q_null(q, col))
		pf_jw_null(b, name);
	else
		pf_jw_str(b, name, pf_q_text(q, col));
}

static void
put(struct pf_buf *b, const struct pf_q *q)
{
	char when[PF_TIME_TEXT];

	pf_jw_int(b, "rules", pf_q_int(q, 0));
	pf_jw_str(b, "version", pf_q_text(q, 1));
	pf_jw_str(b, "text", pf_q_text(q, 2));
	if (pf_q_int(q, 3) == 0)
		pf_jw_null(b, "applied_at");
	else
		pf_jw_str(b, "applied_at", pf_time_text(when,
		    pf_q_int(q, 3)));
	text_or_null(b, "before", q, 4);
	if (pf_q_null(q, 5)) {
		pf_jw_null(b, "coming");
		return;
	}
	pf_jw_open(b, "coming", '{');
	pf_jw_int(b, "rules", pf_q_int(q, 5));
	pf_jw_str(b, "version", pf_q_text(q, 6));
	pf_jw_close(b, '}');
}

const struct pf_err *
pf_inforce_json(struct pf_buf *b, struct pf_db *db)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;

	if ((err = get(&q, db)) == NULL)
		put(b, &q);
	pf_q_done(&q);
	return err;
}

const struct pf_err *
pf_inforce_undone(char version[PF_RULES_TEXT], struct pf_db *db)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;

	if ((err = get(&q, db)) == NULL && pf_q_null(&q, 4))
		err = pf_err(PF_CONFLICT, "no rules were applied: there is "
		    "nothing to take back");
	else if (err == NULL)
		pf_q_copy(&q, 4, version, PF_RULES_TEXT);
	pf_q_done(&q);
	return err;
}
