/*
 * The outbox is bounded: what is over goes in this order, oldest first.
 *
 *	numbers that later ones replace, crashes that are there twice
 *	what engines printed
 *	inputs of the corpus, and what runs of a crash have shown
 *
 * Packs that are too many, not too large, become fewer first.  Crashes never
 * go.  Some room is made at once, so that this is not done for
 * each new pack; what went is counted and told.  A pack keeps its name, and so
 * its place, when records are taken out of it; killed in between, it is there
 * twice, which is once for the master.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codec/rec.h"
#include "os/fs.h"
#include "os/stop.h"
#include "run/engine/engine.h"
#include "store/spool.h"

#define PART	8		/* what is freed: this part of all */
#define MERGE_MAX	64	/* packs that become one */
#define MERGE_BYTES	(1 << 20)

enum stage { DOUBLE, PRINTED, INPUTS, STAGES };

struct trim {
	struct slot	*slot;
	enum stage	 stage;
	struct seen	 newer;		/* what replaces older ones */
	int64_t		 max_bytes, max_packs;
	int64_t		 gone[PF_KIND_MAX], bytes;
};

static bool
small_enough(const struct trim *t)
{
	return t->slot->waits_bytes <= t->max_bytes &&
	    t->slot->waits_packs <= t->max_packs;
}

/* Records are seen newest first at this stage. */
static bool
replaced(struct trim *t, const struct pf_rec *r)
{
	char key[PF_ID_MAX + PF_SHA_TEXT + 32];
	const char *hash = "";

	if (r->kind == PF_KIND_CRASH &&
	    pf_json_need(&hash, r->fields, "hash") != NULL)
		return false;
	snprintf(key, sizeof(key), "%d %s %" PRId64 " %.64s", (int)r->kind,
	    r->job, r->kind == PF_KIND_CRASH ? 0 : r->attempt, hash);
	return !seen_add(&t->newer, key);
}

static bool
goes(struct trim *t, const struct pf_rec *r)
{
	switch (r->kind) {
	case PF_KIND_STATUS:
	case PF_KIND_COVERAGE:
	case PF_KIND_CRASH:
		return t->stage == DOUBLE && replaced(t, r);
	case PF_KIND_LOG:
		return t->stage == PRINTED && !small_enough(t);
	case PF_KIND_CHECK:
	case PF_KIND_CORPUS:
		return t->stage == INPUTS && !small_enough(t);
	default:
		return false;
	}
}

/* True if a frame stays, as what cannot be read does. */
static bool
stays(struct trim *t, const char *frame, size_t used)
{
	struct pf_rec r;
	const char *rec;
	char rid[PF_SHA_TEXT];
	size_t len, n;
	bool gone;

	if (pf_frame_next(frame, used, &n, &rec, &len, rid) != NULL || n == 0)
		return true;
	gone = pf_rec_parse(&r, rec, len, rid) == NULL && goes(t, &r);
	if (gone) {
		t->gone[r.kind]++;
		t->bytes += (int64_t)used;
		t->slot->waits_bytes -= (int64_t)used;
	}
	pf_rec_free(&r);
	return !gone;
}

/* What of a pack stays, in its order. */
static void
sift(struct trim *t, const struct pf_pack *p, const size_t *at, size_t n,
    struct pf_buf *rest)
{
	bool *keep = pf_calloc(n + 1, sizeof(*keep));
	size_t i, k;

	for (i = 0; i < n; i++) {
		k = t->stage == DOUBLE ? n - 1 - i : i;
		keep[k] = stays(t, p->data.data + at[k], at[k + 1] - at[k]);
	}
	for (i = 0; i < n; i++)
		if (keep[i])
			pf_buf_add(rest, p->data.data + at[i],
			    at[i + 1] - at[i]);
	pf_buf_add(rest, p->data.data + at[n], p->data.len - at[n]);
	free(keep);
}

/* Where the frames of a pack begin and, last, where the whole ones end. */
static size_t *
frames_of(const struct pf_pack *p, size_t *n)
{
	const char *rec;
	char rid[PF_SHA_TEXT];
	size_t *at = NULL, pos = 0, used, len;

	for (*n = 0;; pos += used) {
		at = pf_reallocarray(at, *n + 1, sizeof(*at));
		at[*n] = pos;
		if (pf_frame_next(p->data.data + pos, p->data.len - pos, &used,
		    &rec, &len, rid) != NULL || used == 0)
			return at;
		++*n;
	}
}

/* Other bytes in the place of a pack that is claimed. */
static const struct pf_err *
lay(struct trim *t, const struct pf_pack *p, const struct pf_buf *bytes)
{
	const struct pf_err *err;
	struct pf_spool_file out;
	char name[PF_PACK_NAME];

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(p->name, ":"),
	    p->name);
	if ((err = pf_spool_begin(&out, t->slot->outbox)) == NULL &&
	    (err = pf_spool_write(&out, bytes->data, bytes->len)) == NULL)
		err = pf_spool_settle(&out, "new", name);
	pf_spool_abort(&out);
	return err;
}

/* The rest in the place of the pack, which goes. */
static const struct pf_err *
replace(struct trim *t, struct pf_pack *p, const struct pf_buf *rest)
{
	const struct pf_err *err = NULL;

	if (rest->len > 0)
		err = lay(t, p, rest);
	else
		t->slot->waits_packs--;
	if (err == NULL)
		return pf_spool_done(p, t->slot->outbox);
	(void)pf_spool_back(p, t->slot->outbox);
	return err;
}

static const struct pf_err *
trim_pack(struct trim *t, const char *entry)
{
	const struct pf_err *err;
	struct pf_pack p = PF_PACK_INIT;
	struct pf_buf rest = PF_BUF_INIT;
	int64_t before = t->bytes;
	size_t *at, n;
	bool found;

	err = pf_spool_take(&p, &found, t->slot->outbox, entry,
	    (size_t)t->slot->conf->pack_size * 2);
	/* One that cannot be read is none that can be made smaller. */
	if (err != NULL || !found)
		return found ? NULL : err;
	at = frames_of(&p, &n);
	sift(t, &p, at, n, &rest);
	if (t->bytes == before)
		err = pf_spool_back(&p, t->slot->outbox);
	else
		err = replace(t, &p, &rest);
	free(at);
	pf_buf_free(&rest);
	return err;
}

/* Packs that are to be one, in the place of the first. */
struct merge {
	struct pf_pack	 packs[MERGE_MAX];
	size_t		 n;
	struct pf_buf	 all;
};

static const struct pf_err *
merge_now(struct trim *t, struct merge *m)
{
	const struct pf_err *err = NULL;
	size_t i;

	if (m->n > 1) {
		err = lay(t, &m->packs[0], &m->all);
		t->slot->waits_packs -= err == NULL ? (int64_t)m->n - 1 : 0;
	}
	for (i = 0; i < m->n; i++)
		if (err == NULL && m->n > 1)
			err = pf_spool_done(&m->packs[i], t->slot->outbox);
		else
			(void)pf_spool_back(&m->packs[i], t->slot->outbox);
	m->n = 0;
	pf_buf_reset(&m->all);
	return err;
}

/* Too many files, not too many bytes: nothing has to go for that. */
static const struct pf_err *
merge_pack(struct trim *t, struct merge *m, const char *entry)
{
	const struct pf_err *err;
	struct pf_pack *p = &m->packs[m->n];
	size_t *at, n;
	bool found;

	err = pf_spool_take(p, &found, t->slot->outbox, entry, MERGE_BYTES);
	if (err != NULL || !found)
		return found ? NULL : err;
	at = frames_of(p, &n);
	if (p->size > MERGE_BYTES || at[n] != p->data.len)
		(void)pf_spool_back(p, t->slot->outbox);
	else {
		pf_buf_add(&m->all, p->data.data, p->data.len);
		m->n++;
	}
	free(at);
	if (m->n == MERGE_MAX || m->all.len >= MERGE_BYTES)
		return merge_now(t, m);
	return NULL;
}

static const struct pf_err *
merge_all(struct trim *t)
{
	const struct pf_err *err, *last;
	struct merge *m = pf_calloc(1, sizeof(*m));
	char **list = NULL;
	size_t i, n = 0;

	m->all = (struct pf_buf)PF_BUF_INIT;
	err = pf_spool_list(&list, &n, t->slot->outbox);
	for (i = 0; err == NULL && i < n && !pf_stopping &&
	    lease_keep(t->slot) <= LEASE_HELD; i++)
		err = merge_pack(t, m, list[i]);
	if ((last = merge_now(t, m)) != NULL && err == NULL)
		err = last;
	pf_spool_list_free(list);
	pf_buf_free(&m->all);
	free(m);
	return err;
}

/* All packs at one stage; the lease is kept meanwhile. */
static const struct pf_err *
trim_all(struct trim *t)
{
	const struct pf_err *err;
	char **list = NULL;
	size_t i, n = 0;

	if ((err = pf_spool_list(&list, &n, t->slot->outbox)) != NULL)
		return err;
	for (i = 0; err == NULL && i < n && !pf_stopping; i++) {
		if (t->stage != DOUBLE && small_enough(t))
			break;
		err = trim_pack(t, list[t->stage == DOUBLE ? n - 1 - i : i]);
		if (lease_keep(t->slot) > LEASE_HELD)
			break;
	}
	pf_spool_list_free(list);
	return err;
}

static void
describe(char *words, size_t n, const struct trim *t)
{
	size_t at = 0;
	int k;

	for (k = 0; k < PF_KIND_MAX; k++)
		if (t->gone[k] > 0)
			at += (size_t)snprintf(words + at, n - at, "%s%" PRId64
			    " %s", at > 0 ? ", " : "", t->gone[k],
			    pf_kind_name((enum pf_kind)k));
	if (at > 0)
		snprintf(words + at, n - at, " (%" PRId64 " bytes)", t->bytes);
}

void
outbox_count(struct slot *s)
{
	const struct pf_err *err;
	int64_t bad;

	if ((err = pf_spool_depth(s->outbox, &s->waits_packs, &s->waits_bytes,
	    &bad)) != NULL)
		pf_warn("%s: outbox: %s", s->name, err->msg);
}

bool
outbox_over(const struct slot *s, int part)
{
	return s->waits_bytes > s->conf->outbox_size / PART * part ||
	    s->waits_packs > s->conf->outbox_packs / PART * part;
}

bool
outbox_trim(struct slot *s, char *words, size_t n)
{
	const struct pf_err *err = NULL;
	struct trim t = { .slot = s,
	    .max_bytes = s->conf->outbox_size / PART * (PART - 1),
	    .max_packs = s->conf->outbox_packs / PART * (PART - 1) };

	words[0] = '\0';
	outbox_count(s);
	if (!outbox_over(s, PART))
		return true;
	if (s->waits_packs > t.max_packs)
		err = merge_all(&t);
	for (t.stage = 0; t.stage < STAGES && err == NULL; t.stage++)
		if (!small_enough(&t))
			err = trim_all(&t);
	if (err != NULL)
		pf_warn("%s: outbox: %s", s->name, err->msg);
	describe(words, n, &t);
	seen_free(&t.newer);
	return !outbox_over(s, PART);
}
