/*
 * Views onto a stream; see show.h.
 */
#include "view/show.h"

#define FLUSH	(1 << 16)

void
pf_show_flush(const struct pf_show *s, struct pf_buf *b)
{
	fwrite(b->data, 1, b->len, s->f);
	pf_buf_reset(b);
}

/* The rows in JSON, an object a line. */
static const struct pf_err *
list_json(const struct pf_show *s, const struct pf_view *v, struct pf_q *q,
    int64_t *last)
{
	const struct pf_err *err;
	struct pf_buf b = PF_BUF_INIT;
	bool more = false;

	while ((err = pf_q_row(q, &more)) == NULL && more) {
		if (last != NULL)
			*last = pf_q_int(q, 0);
		pf_view_json(&b, v, q);
		pf_buf_addc(&b, '\n');
		if (b.len > FLUSH)
			pf_show_flush(s, &b);
	}
	pf_show_flush(s, &b);
	pf_buf_free(&b);
	return err;
}

static const struct pf_err *
list_text(const struct pf_show *s, const struct pf_view *v, struct pf_q *q,
    int64_t *last)
{
	const struct pf_err *err;
	struct pf_buf b = PF_BUF_INIT;
	struct pf_column cols[32];
	struct pf_table t;
	bool more = false;

	pf_table_begin(&t, &b, s->format, cols, pf_view_columns(cols, v));
	if (s->header)
		pf_table_header(&t);
	while ((err = pf_q_row(q, &more)) == NULL && more) {
		if (last != NULL)
			*last = pf_q_int(q, 0);
		pf_view_cells(&t, v, q);
		if (b.len > FLUSH)
			pf_show_flush(s, &b);
	}
	pf_table_end(&t);
	pf_show_flush(s, &b);
	pf_buf_free(&b);
	return err;
}

const struct pf_err *
pf_show_list(const struct pf_show *s, const struct pf_view *v,
    const char *key, int64_t *last)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;

	if ((err = pf_view_open(&q, s->db, v, key, s->max)) == NULL)
		err = s->format == PF_FORMAT_JSON ?
		    list_json(s, v, &q, last) : list_text(s, v, &q, last);
	pf_q_done(&q);
	return err;
}

void
pf_show_fields(struct pf_table *t, struct pf_buf *b, const struct pf_show *s)
{
	static const struct pf_column fields[] = {
		{ "field", PF_CELL_TEXT }, { "value", PF_CELL_TEXT } };

	pf_table_begin(t, b, s->format, fields, 2);
	if (s->header)
		pf_table_header(t);
}

const struct pf_err *
pf_show_record(const struct pf_show *s, const struct pf_view *v,
    const char *key)
{
	const struct pf_err *err;
	struct pf_buf b = PF_BUF_INIT;
	struct pf_q q = PF_Q_INIT;
	struct pf_table t;
	bool more = false;

	if ((err = pf_view_open(&q, s->db, v, key, 1)) == NULL &&
	    (err = pf_q_row(&q, &more)) == NULL && more) {
		if (s->format == PF_FORMAT_JSON) {
			pf_view_json(&b, v, &q);
			pf_buf_addc(&b, '\n');
		} else {
			pf_show_fields(&t, &b, s);
			pf_view_record(&t, v, &q);
			pf_table_end(&t);
		}
		pf_show_flush(s, &b);
	}
	pf_q_done(&q);
	pf_buf_free(&b);
	return err;
}
