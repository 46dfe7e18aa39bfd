/*
 * Pages of rows; see rows.h.
 */
#include "view/rows.h"

const struct pf_err *
pf_view_rows(struct pf_page *p, struct pf_buf *b, const struct pf_view *v,
    struct pf_q *q, int64_t looks)
{
	const struct pf_err *err;
	int cursor = (int)v->n;
	bool flag = pf_q_columns(q) > cursor + 1, more = false;

	p->count = 0;
	p->next[0] = '\0';
	while ((err = pf_q_row(q, &more)) == NULL && more) {
		if (p->count == p->limit || looks-- == 0)
			return NULL;
		if (!flag || pf_q_int(q, cursor + 1) != 0) {
			pf_view_json(b, v, q);
			p->count++;
		}
		pf_q_copy(q, cursor, p->next, sizeof(p->next));
	}
	p->next[0] = '\0';
	return err;
}
