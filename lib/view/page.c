/*
 * Pages of lists; see page.h.
 */
#include <stdio.h>
#include <string.h>

#include "view/page.h"

#define LOOK	5000	/* rows that a page looks at */

/* What is bound: the key, then as many conditions as there are. */
static const struct pf_err *
begin(struct pf_q *q, const struct pf_page *p, struct pf_db *db,
    const struct pf_walk *w, const struct pf_cursor *from)
{
	static const char formats[PF_PAGE_WANTS + 1][PF_PAGE_WANTS + 3] = {
	    "is", "iss", "isss", "issss", "isssss" };

	return pf_q(q, db, w->sql, formats[w->wants], from->at, from->id,
	    p->want[0], p->want[1], p->want[2], p->want[3]);
}

/* "~" comes after every id. */
static const struct pf_err *
find_start(struct pf_cursor *from, const struct pf_page *p, char list)
{
	static const struct pf_cursor newest = { INT64_MAX, "~" };

	*from = newest;
	return p->cursor == NULL ? NULL :
	    pf_cursor_parse(from, list, p->cursor);
}

const struct pf_err *
pf_page_ids(struct pf_page *p, struct pf_db *db, const struct pf_walk *w,
    const struct pf_err *(*each)(void *, const char *), void *arg)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	struct pf_cursor last;
	int64_t looked = 0, skip = p->skip;
	bool more = false, full = false;

	p->count = 0;
	p->next[0] = '\0';
	if ((err = find_start(&last, p, w->list)) != NULL)
		return err;
	err = begin(&q, p, db, w, &last);
	while (err == NULL && (err = pf_q_row(&q, &more)) == NULL && more) {
		bool wanted = pf_q_int(&q, 2) != 0;

		/* One more than fits says that there is a next page. */
		if ((full = (wanted && p->count == p->limit) ||
		    (!p->whole && looked++ == LOOK + p->skip)))
			break;
		last.at = pf_q_int(&q, 0);
		pf_q_copy(&q, 1, last.id, sizeof(last.id));
		if (!wanted || skip-- > 0)
			continue;
		p->count++;
		err = each(arg, last.id);
	}
	pf_q_done(&q);
	if (err == NULL && full)
		pf_cursor_text(p->next, w->list, &last);
	return err;
}

struct rows {
	struct pf_db		*db;
	const struct pf_view	*view;
	struct pf_buf		*out;
};

static const struct pf_err *
put_row(void *arg, const char *id)
{
	const struct pf_err *err;
	struct rows *r = arg;
	struct pf_q q = PF_Q_INIT;
	bool more = false;

	if ((err = pf_view_open(&q, r->db, r->view, id, 1)) == NULL &&
	    (err = pf_q_row(&q, &more)) == NULL && more)
		pf_view_json(r->out, r->view, &q);
	pf_q_done(&q);
	return err;
}

const struct pf_err *
pf_page_json(struct pf_page *p, struct pf_db *db, const struct pf_walk *w,
    struct pf_buf *out)
{
	struct rows r = { db, w->view, out };

	return pf_page_ids(p, db, w, put_row, &r);
}
