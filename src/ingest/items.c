/*
 * Records taken out of their packs; see batch.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ingest/batch.h"

void
item_free(struct item *it)
{
	free(it->fault);
	pf_rec_free(&it->rec);
	pf_buf_free(&it->row);
}

void
items_free(struct items *s)
{
	while (s->n > 0)
		item_free(&s->v[--s->n]);
	free(s->v);
}

struct item *
items_add(struct items *s)
{
	if (s->n == s->cap) {
		s->cap = s->cap * 2 + SLICE;
		s->v = pf_reallocarray(s->v, s->cap, sizeof(*s->v));
	}
	s->v[s->n] = (struct item){ .row = PF_BUF_INIT, .id = "-" };
	return &s->v[s->n++];
}

/* What follows the last whole frame is kept as it is. */
static const struct pf_err *
refuse_rest(struct ingest *g, const struct pf_pack *p, size_t at,
    const char *why)
{
	const struct pf_err *err;
	char text[PF_ERR_MSG];

	snprintf(text, sizeof(text), "%s", why);
	pf_warn("pack %.*s is damaged: %s", (int)strcspn(p->name, ":"),
	    p->name, text);
	err = keep_bad(g, p, p->data.data + at, p->data.len - at, text);
	if (err == NULL) {
		g->refused++;
		count_refusal(g, PF_KIND_MAX, "");
	}
	return err;
}

/* Takes the pack's frames apart. */
static const struct pf_err *
split(struct ingest *g, struct items *s, struct pf_pack *p)
{
	const struct pf_err *err;
	char rid[PF_SHA_TEXT], why[128];
	const char *rec;
	size_t at = 0, used, len;
	struct item *it;

	if (p->data.len == 0)
		return refuse_rest(g, p, 0, "it is empty");
	while (at < p->data.len) {
		err = pf_frame_next(p->data.data + at, p->data.len - at,
		    &used, &rec, &len, rid);
		if (err != NULL)
			return refuse_rest(g, p, at, err->msg);
		if (used == 0) {
			snprintf(why, sizeof(why), "it ends inside a record, "
			    "%zu bytes are left", p->data.len - at);
			return refuse_rest(g, p, at, why);
		}
		it = items_add(s);
		it->pack = p;
		it->raw = rec;
		it->rawlen = len;
		memcpy(it->rid, rid, sizeof(rid));
		at += used;
	}
	return NULL;
}

const struct pf_err *
split_or_stay(struct ingest *g, struct items *s, struct pf_pack *p)
{
	const struct pf_err *err;
	const size_t before = s->n;

	if ((err = split(g, s, p)) == NULL || !bad_ails(g, p->name, err))
		return err;
	for (; s->n > before; s->n--)
		pf_buf_free(&s->v[s->n - 1].row);
	p->stays = true;
	return NULL;
}

struct slice
slice_of(const struct items *s, size_t from, size_t to)
{
	return from >= to ? (struct slice){ NULL, 0 } :
	    (struct slice){ &s->v[from], to - from };
}
