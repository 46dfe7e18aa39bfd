/*
 * pf-report rebucket: what other rules would make of the buckets there are.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codec/bucket.h"
#include "codec/table.h"
#include "os/fs.h"
#include "report/report.h"
#include "view/place.h"

/* A crash, or several that go the same way. */
struct way {
	char	 from[PF_BUCKET_TEXT], to[PF_BUCKET_TEXT];
	char	*type, *frames;		/* as they are told now */
	char	 crash[PF_ID_MAX + 1];	/* one of them */
	int64_t	 n;
	bool	 splits, merges;
};

struct ways {
	struct way	*way;
	size_t		 n, room;
};

static const struct pf_column columns[] = {
	{ "change",	PF_CELL_TEXT },
	{ "bucket",	PF_CELL_TEXT },
	{ "becomes",	PF_CELL_TEXT },
	{ "crashes",	PF_CELL_INT },
	{ "type",	PF_CELL_TEXT },
	{ "frames",	PF_CELL_TEXT },
	{ "crash",	PF_CELL_TEXT },
};

static int
by_from(const void *a, const void *b)
{
	const struct way *x = a, *y = b;
	int c = strcmp(x->from, y->from);

	if (c == 0)
		c = strcmp(x->to, y->to);
	return c != 0 ? c : strcmp(x->crash, y->crash);
}

static int
by_to(const void *a, const void *b)
{
	const struct way *x = a, *y = b;
	int c = strcmp(x->to, y->to);

	return c != 0 ? c : strcmp(x->from, y->from);
}

/* Those that go the same way become one; memory is bounded by buckets. */
static void
fold(struct ways *w)
{
	struct way *to = w->way, *x;
	size_t i;

	if (w->n == 0)
		return;
	qsort(w->way, w->n, sizeof(*w->way), by_from);
	for (i = 1; i < w->n; i++) {
		x = &w->way[i];
		if (strcmp(to->from, x->from) == 0 &&
		    strcmp(to->to, x->to) == 0) {
			to->n += x->n;
			free(x->type);
			free(x->frames);
		} else
			*++to = *x;
	}
	w->n = (size_t)(to - w->way) + 1;
}

static void
add(struct ways *w, const struct pf_q *q, const char *to)
{
	struct way *x;

	if (w->n == w->room) {
		fold(w);
		if (w->n >= w->room / 2) {
			w->room = w->room == 0 ? 4096 : 2 * w->room;
			w->way = pf_reallocarray(w->way, w->room,
			    sizeof(*w->way));
		}
	}
	x = &w->way[w->n++];
	*x = (struct way){ .n = 1, .type = pf_strdup(pf_q_text(q,
	    PF_PLACE_TYPE)), .frames = pf_strdup(pf_q_text(q,
	    PF_PLACE_FRAMES)) };
	pf_q_copy(q, PF_PLACE_BUCKET, x->from, sizeof(x->from));
	pf_q_copy(q, PF_PLACE_ID, x->crash, sizeof(x->crash));
	memcpy(x->to, to, strlen(to) + 1);
}

static const struct pf_err *
place_all(struct ways *w, struct pf_db *db, struct pf_rules *rules)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	struct pf_bucket b, rest;
	struct pf_given said;
	struct pf_sign s;
	bool more = true;

	err = pf_place_query(&q, db, NULL);
	while (err == NULL && (err = pf_q_row(&q, &more)) == NULL && more) {
		pf_place_said(&said, &q);
		pf_rules_sign(&s, rules, &said);
		pf_bucket_of(&b, pf_q_text(&q, PF_PLACE_CAMPAIGN), s.key);
		/* What has no bucket of its own will not get one. */
		pf_bucket_over(&rest, pf_q_text(&q, PF_PLACE_CAMPAIGN));
		add(w, &q, strcmp(rest.id, pf_q_text(&q, PF_PLACE_BUCKET)) ==
		    0 ? rest.id : b.id);
	}
	pf_q_done(&q);
	return err;
}

/* Which buckets go several ways, and to which several go. */
static void
compare(struct ways *w)
{
	struct way *x = w->way;
	size_t i;

	fold(w);
	for (i = 1; i < w->n; i++)
		if (strcmp(x[i - 1].from, x[i].from) == 0)
			x[i - 1].splits = x[i].splits = true;
	if (w->n > 0)
		qsort(x, w->n, sizeof(*x), by_to);
	for (i = 1; i < w->n; i++)
		if (strcmp(x[i - 1].to, x[i].to) == 0)
			x[i - 1].merges = x[i].merges = true;
	if (w->n > 0)
		qsort(x, w->n, sizeof(*x), by_from);
}

static void
print(struct report *r, const struct ways *w)
{
	struct pf_buf b = PF_BUF_INIT;
	struct pf_table t;
	const struct way *x;
	int64_t left = r->show.max > 0 ? r->show.max : INT64_MAX;

	pf_table_begin(&t, &b, r->show.format, columns,
	    sizeof(columns) / sizeof(columns[0]));
	if (r->show.header && r->show.format == PF_FORMAT_TSV)
		pf_table_header(&t);
	for (x = w->way; x < w->way + w->n && left > 0; x++) {
		if (!x->splits && !x->merges && strcmp(x->from, x->to) == 0)
			continue;
		pf_table_text(&t, x->splits && x->merges ? "split, merge" :
		    x->splits ? "split" : x->merges ? "merge" : "rename");
		pf_table_text(&t, x->from);
		pf_table_text(&t, x->to);
		pf_table_int(&t, x->n);
		pf_table_text(&t, x->type);
		pf_table_text(&t, x->frames);
		pf_table_text(&t, x->crash);
		left--;
	}
	pf_table_end(&t);
	fwrite(b.data, 1, b.len, stdout);
	pf_buf_free(&b);
}

const struct pf_err *
report_rebucket(struct report *r, const char *arg)
{
	const struct pf_err *err;
	struct pf_rules *rules = pf_rules_new();
	struct pf_buf text = PF_BUF_INIT;
	struct ways w = { .n = 0 };
	size_t i;

	if ((err = pf_slurp(&text, arg, PF_RULES_BYTES)) == NULL &&
	    (err = pf_rules_add(rules, text.data, text.len)) != NULL)
		err = pf_err_at(err, "%s", arg);
	if (err == NULL && (err = place_all(&w, r->show.db, rules)) == NULL) {
		compare(&w);
		print(r, &w);
	}
	for (i = 0; i < w.n; i++) {
		free(w.way[i].type);
		free(w.way[i].frames);
	}
	free(w.way);
	pf_buf_free(&text);
	pf_rules_free(rules);
	return err;
}
