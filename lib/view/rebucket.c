/*
 * Buckets by other rules; see rebucket.h.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "view/place.h"
#include "view/rebucket.h"

static int
by_from(const void *a, const void *b)
{
	const struct pf_way *x = a, *y = b;
	int c = strcmp(x->from, y->from);

	if (c == 0)
		c = strcmp(x->to, y->to);
	return c != 0 ? c : strcmp(x->crash, y->crash);
}

static int
by_to(const void *a, const void *b)
{
	const struct pf_way *x = a, *y = b;
	int c = strcmp(x->to, y->to);

	return c != 0 ? c : strcmp(x->from, y->from);
}

/* Those that go the same way become one; memory is bounded by buckets. */
static void
fold(struct pf_ways *w)
{
	struct pf_way *to = w->way, *x;
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
add(struct pf_ways *w, const struct pf_q *q, const char *to)
{
	struct pf_way *x;

	if (w->n == w->room) {
		fold(w);
		if (w->n >= w->room / 2) {
			w->room = w->room == 0 ? 4096 : 2 * w->room;
			w->way = pf_reallocarray(w->way, w->room,
			    sizeof(*w->way));
		}
	}
	x = &w->way[w->n++];
	*x = (struct pf_way){ .n = 1, .type = pf_strdup(pf_q_text(q,
	    PF_PLACE_TYPE)), .frames = pf_strdup(pf_q_text(q,
	    PF_PLACE_FRAMES)) };
	pf_q_copy(q, PF_PLACE_BUCKET, x->from, sizeof(x->from));
	pf_q_copy(q, PF_PLACE_ID, x->crash, sizeof(x->crash));
	memcpy(x->to, to, strlen(to) + 1);
}

static const struct pf_err *
place_all(struct pf_ways *w, struct pf_db *db, struct pf_rules *rules,
    int64_t max)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	struct pf_bucket b, rest;
	struct pf_given said;
	struct pf_sign s;
	bool more = true;

	err = pf_place_query(&q, db, NULL);
	while (err == NULL && (err = pf_q_row(&q, &more)) == NULL && more &&
	    w->crashes != max) {
		w->crashes++;
		pf_place_said(&said, &q);
		pf_rules_sign(&s, rules, &said);
		pf_bucket_of(&b, pf_q_text(&q, PF_PLACE_CAMPAIGN), s.key);
		/* What has no bucket of its own will not get one. */
		pf_bucket_over(&rest, pf_q_text(&q, PF_PLACE_CAMPAIGN));
		add(w, &q, strcmp(rest.id, pf_q_text(&q, PF_PLACE_BUCKET)) ==
		    0 ? rest.id : b.id);
	}
	w->whole = !more;
	pf_q_done(&q);
	return err;
}

/* Which buckets go several ways, and to which several go. */
static void
compare(struct pf_ways *w)
{
	struct pf_way *x = w->way;
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

const char *
pf_way_change(const struct pf_way *x)
{
	if (x->splits && x->merges)
		return "split, merge";
	if (x->splits || x->merges)
		return x->splits ? "split" : "merge";
	return strcmp(x->from, x->to) != 0 ? "rename" : NULL;
}

const struct pf_err *
pf_rebucket(struct pf_ways *w, struct pf_db *db, struct pf_rules *rules,
    int64_t max)
{
	const struct pf_err *err;

	*w = (struct pf_ways){ .n = 0 };
	if ((err = place_all(w, db, rules, max)) == NULL)
		compare(w);
	return err;
}

void
pf_ways_free(struct pf_ways *w)
{
	size_t i;

	for (i = 0; i < w->n; i++) {
		free(w->way[i].type);
		free(w->way[i].frames);
	}
	free(w->way);
	*w = (struct pf_ways){ .n = 0 };
}
