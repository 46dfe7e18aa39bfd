/*
 * Packs that are filed alone: one whose last owner died record by record, so
 * that the record that kills is found, and a large one a part of it after the
 * other.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ingest/batch.h"
#include "view/known.h"

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

/* All of them, of packs that are held elsewhere. */
static const struct pf_err *
file_items(struct ingest *g, const struct items *s)
{
	const struct pf_err *err = NULL;
	struct slice before = slice_of(s, 0, 0), now, next;
	size_t at = 0, end;

	for (now = slice_of(s, 0, s->n < SLICE ? s->n : SLICE); err == NULL &&
	    now.n + before.n > 0; before = now, now = next) {
		/* Told to stop: what is on its way gets there, no more. */
		if (stopping())
			now = slice_of(s, 0, 0);
		at += now.n;
		end = s->n - at < SLICE ? s->n : at + SLICE;
		next = now.n == 0 ? now : slice_of(s, at, end);
		err = file_slice(g, before, now, next, NULL);
		hook_watch(g);
	}
	return err;
}

/* n bytes of the pack, in place of those that were in memory. */
static const struct pf_err *
read_at(struct pf_pack *p, int64_t at, int64_t n)
{
	char *to;
	ssize_t r;

	pf_buf_reset(&p->data);
	to = pf_buf_room(&p->data, (size_t)n);
	while (n > 0) {
		if ((r = pread(p->fd, to, (size_t)n, (off_t)at)) == -1)
			return pf_errno("read %s", p->name);
		if (r == 0)
			return pf_err(PF_IO, "%s became shorter", p->name);
		pf_buf_grew(&p->data, (size_t)r);
		to += r;
		at += r;
		n -= r;
	}
	return NULL;
}

/*
 * The part of the pack that begins there: whole frames, at least one.  What
 * is no frame is all of the rest, as with any other pack.
 */
static const struct pf_err *
read_part(struct pf_pack *p, int64_t at)
{
	const struct pf_err *err, *bad = NULL;
	const int64_t left = p->size - at;
	char rid[PF_SHA_TEXT];
	const char *rec, *line;
	size_t end = 0, used = 1, len;
	int64_t n = left < PACK_PART ? left : PACK_PART, body = 0;

	if ((err = read_at(p, at, n)) != NULL)
		return err;
	for (; used > 0 && bad == NULL && end < p->data.len; end += used)
		if ((bad = pf_frame_next(p->data.data + end, p->data.len -
		    end, &used, &rec, &len, rid)) != NULL)
			used = 0;
	if (n == left)
		return NULL;
	if (end > 0) {
		p->data.len = end;
		return NULL;
	}
	line = memchr(p->data.data, '\n', p->data.len);
	if (bad == NULL && line != NULL && pf_frame_line(rid, &body,
	    p->data.data, (size_t)(line - p->data.data)) == NULL &&
	    body < left)
		n = line + 1 - p->data.data + body;
	return read_at(p, at, bad != NULL || n > left || body >= left ?
	    left : n);
}

/* *on is false if what follows of the pack has to wait. */
static const struct pf_err *
file_part(struct ingest *g, struct pf_pack *p, bool *on)
{
	const struct pf_err *err;
	struct items s = { NULL, 0, 0 };
	size_t i;

	if ((err = split_or_stay(g, &s, p)) == NULL)
		err = p->tries > 1 ? file_each(g, &s, p) : file_items(g, &s);
	for (i = 0; i < s.n; i++) {
		p->stays = p->stays || s.v[i].state == ITEM_STAYS;
		*on = *on && s.v[i].state != ITEM_TODO;
	}
	items_free(&s);
	return err;
}

/* One blob and nothing else? */
static bool
is_blob(struct pf_pack *p)
{
	struct pf_rec rec = { .kind = PF_KIND_MAX };
	char rid[PF_SHA_TEXT], *line, *head, *end;
	int64_t n = PF_REC_HEADER_MAX + 256, body;
	bool is = false;

	if (read_at(p, 0, n < p->size ? n : p->size) != NULL)
		return false;
	line = p->data.data;
	if ((end = memchr(line, '\n', p->data.len)) != NULL &&
	    pf_frame_line(rid, &body, line, (size_t)(end - line)) == NULL &&
	    body == p->size - (end + 1 - line)) {
		head = end + 1;
		end = memchr(head, '\n', p->data.len - (size_t)(head - line));
		is = end != NULL && pf_rec_header(&rec, head,
		    (size_t)(end - head)) == NULL && rec.kind == PF_KIND_BLOB;
		pf_rec_free(&rec);
	}
	return is;
}

/*
 * What stays of it keeps all of it in the spool, where the rest is found
 * filed.
 */
const struct pf_err *
file_parts(struct ingest *g, struct pf_pack *p)
{
	const struct pf_err *err = NULL;
	const char *spool = g->conf->spool_path;
	bool on = true;
	int64_t at;

	if (p->tries > PF_SPOOL_TRIES)
		return keep_bad_pack(g, p,
		    "pf-ingest died each time it took this pack apart");
	if (p->tries < PF_SPOOL_TRIES && is_blob(p) &&
	    ((err = file_large(g, p)) != NULL || p->fd == -1))
		return err;
	for (at = 0; err == NULL && on && at < p->size && !stopping();
	    at += (int64_t)p->data.len) {
		if ((err = read_part(p, at)) == NULL)
			err = file_part(g, p, &on);
		else {
			/* Trouble of its own keeps nobody else waiting. */
			ail(g, p->name, err);
			p->stays = true;
			on = false;
			err = NULL;
		}
	}
	err = say_refused(g, err);
	if (err == NULL && on && at >= p->size && !p->stays) {
		ail_over(g, p->name);
		return pf_spool_done(p, spool);
	}
	pf_spool_back(p, spool);
	return err;
}
