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

/* A list on its way out. */
struct list {
	const struct pf_show	*s;
	const struct pf_view	*v;
	struct pf_buf		 b;
	struct pf_column	 cols[32];
	struct pf_table		 t;
};

static void
list_begin(struct list *l, const struct pf_show *s, const struct pf_view *v)
{
	*l = (struct list){ .s = s, .v = v, .b = PF_BUF_INIT };
	if (s->format == PF_FORMAT_JSON)
		return;
	pf_table_begin(&l->t, &l->b, s->format, l->cols,
	    pf_view_columns(l->cols, v));
	if (s->header)
		pf_table_header(&l->t);
}

static void
list_row(struct list *l, const struct pf_q *q)
{
	if (l->s->format == PF_FORMAT_JSON) {
		pf_view_json(&l->b, l->v, q);
		pf_buf_addc(&l->b, '\n');
	} else
		pf_view_cells(&l->t, l->v, q);
	if (l->b.len > FLUSH)
		pf_show_flush(l->s, &l->b);
}

static void
list_end(struct list *l)
{
	if (l->s->format != PF_FORMAT_JSON)
		pf_table_end(&l->t);
	pf_show_flush(l->s, &l->b);
	pf_buf_free(&l->b);
}

const struct pf_err *
pf_show_list(const struct pf_show *s, const struct pf_view *v,
    const char *key, int64_t *last)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	struct list l;
	bool more = false;

	if ((err = pf_view_open(&q, s->db, v, key, s->max)) == NULL) {
		list_begin(&l, s, v);
		while ((err = pf_q_row(&q, &more)) == NULL && more) {
			if (last != NULL)
				*last = pf_q_int(&q, 0);
			list_row(&l, &q);
		}
		list_end(&l);
	}
	pf_q_done(&q);
	return err;
}

static const struct pf_err *
keep_id(void *arg, const char *id)
{
	struct pf_buf *ids = arg;
	char slot[PF_ID_MAX + 1] = "";

	snprintf(slot, sizeof(slot), "%s", id);
	pf_buf_add(ids, slot, sizeof(slot));
	return NULL;
}

/* The row of an id, unless it has gone meanwhile. */
static const struct pf_err *
list_one(struct list *l, const char *id)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	bool more = false;

	if ((err = pf_view_open(&q, l->s->db, l->v, id, 1)) == NULL &&
	    (err = pf_q_row(&q, &more)) == NULL && more)
		list_row(l, &q);
	pf_q_done(&q);
	return err;
}

const struct pf_err *
pf_show_page(const struct pf_show *s, const struct pf_walk *w,
    struct pf_page *p)
{
	const struct pf_err *err;
	struct pf_buf ids = PF_BUF_INIT;
	struct list l;
	size_t at;

	p->whole = true;
	p->limit = s->max == PF_VIEW_ALL ? INT64_MAX : s->max;
	if ((err = pf_page_ids(p, s->db, w, keep_id, &ids)) == NULL) {
		list_begin(&l, s, w->view);
		for (at = ids.len; err == NULL && at > 0;
		    at -= PF_ID_MAX + 1)
			err = list_one(&l, ids.data + at - PF_ID_MAX - 1);
		list_end(&l);
	}
	pf_buf_free(&ids);
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
