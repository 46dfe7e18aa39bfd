/*
 * Packs taken apart and filed.  Packs that arrived in order go together, a
 * slice of their records at a time; a pack whose last owner died goes alone
 * and record by record, so that the record that kills is found.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ingest/ingest.h"
#include "view/known.h"

struct items {
	struct item	*v;
	size_t		 n;
	size_t		 cap;
};

static void
items_free(struct items *s)
{
	size_t i;

	for (i = 0; i < s->n; i++) {
		free(s->v[i].fault);
		pf_rec_free(&s->v[i].rec);
		pf_buf_free(&s->v[i].row);
	}
	free(s->v);
}

static struct item *
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

/* One whose end cannot be put into bad/ stays as it is. */
static const struct pf_err *
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

static struct slice
slice_at(const struct items *s, size_t at)
{
	const size_t left = s->n - at;

	return left == 0 ? (struct slice){ NULL, 0 } :
	    (struct slice){ &s->v[at], left < SLICE ? left : SLICE };
}

/* After trouble of another kind than with the writer too; that comes first. */
static const struct pf_err *
say_refused(struct ingest *g, const struct pf_err *was)
{
	struct pf_err first;

	if (was == NULL)
		return tell_refusals(g);
	if (was->class == PF_BUSY || was->class == PF_UNAVAIL)
		return was;
	first = *was;
	(void)tell_refusals(g);
	/* Errors live in a ring, and what was may be gone from it. */
	return pf_err(first.class, "%s", first.msg);
}

const struct pf_err *
file_packs(struct ingest *g, struct pf_pack *p, size_t n)
{
	const struct pf_err *err = NULL, *e;
	const char *spool = g->conf->spool_path;
	struct items s = { NULL, 0, 0 };
	const struct slice none = { NULL, 0 };
	struct slice before = none, now, next;
	size_t i;

	for (i = 0; err == NULL && i < n; i++)
		err = split_or_stay(g, &s, &p[i]);
	for (i = 0, now = slice_at(&s, 0); err == NULL && now.n + before.n > 0;
	    before = now, now = next) {
		/* Told to stop: what is on its way gets there, no more. */
		if (stopping())
			now = none;
		next = now.n == 0 ? none : slice_at(&s, i += now.n);
		err = file_slice(g, before, now, next);
		hook_watch(g);
	}
	err = say_refused(g, err);
	for (i = 0; i < n; i++) {
		e = err == NULL ? let_go(g, &p[i], s.v, s.n) :
		    pf_spool_back(&p[i], spool);
		if (err == NULL)
			err = e;
	}
	items_free(&s);
	return err;
}

/*
 * Filed or refused before?  Found without looking into the record; what its
 * frame claims counts only if its bytes bear it out.
 */
static const struct pf_err *
is_settled(bool *settled, struct ingest *g, const struct item *it)
{
	char hash[PF_SHA_TEXT];

	*settled = pf_spool_is_bad(g->conf->spool_path, it->rid, it->raw,
	    it->rawlen);
	pf_sha256(hash, it->raw, it->rawlen);
	if (*settled || strcmp(hash, it->rid) != 0)
		return NULL;
	return pf_known_result(settled, g->db, it->rid);
}

/* The one that died may have come no further than the row of a crash. */
static const struct pf_err *
settle_again(struct ingest *g, struct item *it)
{
	const struct pf_err *err = check_item(g, it);

	if (err != NULL)
		return refuses(err) ? NULL : err;
	if (it->rec.kind == PF_KIND_SMALL)
		return settle_small(g, it);
	return it->rec.kind == PF_KIND_CRASH ? settle_report(g, it) : NULL;
}

/* The items one by one; the first that is not settled is the suspect. */
static const struct pf_err *
file_each(struct ingest *g, struct items *s, struct pf_pack *p)
{
	const struct pf_err *err = NULL;
	bool settled;
	size_t i;

	for (i = 0; err == NULL && i < s->n && !stopping(); i++) {
		if ((err = is_settled(&settled, g, &s->v[i])) != NULL)
			break;
		if (settled) {
			if ((err = settle_again(g, &s->v[i])) != NULL)
				break;
			s->v[i].state = ITEM_FILED;
			continue;
		}
		if (p->tries >= PF_SPOOL_TRIES)
			err = refuse_item(g, &s->v[i],
			    "pf-ingest died each time it came to this record");
		else
			err = file_alone(g, (struct slice){ &s->v[i], 1 });
		/* Not settled: it would be the suspect for what follows. */
		if (s->v[i].state == ITEM_STAYS)
			break;
		if (err == NULL)
			err = pf_spool_progress(p, g->conf->spool_path);
		hook_watch(g);
	}
	return err;
}

const struct pf_err *
file_carefully(struct ingest *g, struct pf_pack *p)
{
	const char *spool = g->conf->spool_path;
	struct items s = { NULL, 0, 0 };
	const struct pf_err *err;

	if (p->tries > PF_SPOOL_TRIES)
		return keep_bad_pack(g, p,
		    "pf-ingest died each time it took this pack apart");
	if ((err = split_or_stay(g, &s, p)) == NULL)
		err = file_each(g, &s, p);
	if ((err = say_refused(g, err)) == NULL)
		err = let_go(g, p, s.v, s.n);
	else
		pf_spool_back(p, spool);
	items_free(&s);
	return err;
}
