/*
 * Delivery: packs from the outbox to the master, until it has them.
 *
 * A pack leaves the outbox only when the master has answered for each of its
 * records.  Refused ones are kept in bad/, those put off become a pack of
 * their own; anything else that goes wrong leaves the pack where it is.
 * Results are tried for ever, with a growing pause between tries.
 *
 * A master that is short of room still takes crashes: then packs without one
 * stay behind, and those with one are sent.
 */
#include <string.h>

#include "codec/rec.h"
#include "os/clock.h"
#include "os/fs.h"
#include "run/run.h"
#include "store/spool.h"

#define PACK_TYPE	"application/x-pandafuzz-pack"
#define AT_ONCE		64	/* packs of one delivery */
#define SKIP_MAX	(256 << 20)	/* bytes looked through for crashes */

/* One frame of a pack. */
struct frame {
	size_t		 at, used;
	const char	*rec;
	size_t		 len;
	char		 rid[PF_SHA_TEXT];
};

/* The next one, the first of one that is all zero; false at the end. */
static bool
next_frame(struct frame *f, const struct pf_pack *p)
{
	f->at += f->used;
	f->used = 0;
	return pf_frame_next(p->data.data + f->at, p->data.len - f->at,
	    &f->used, &f->rec, &f->len, f->rid) == NULL && f->used > 0;
}

static bool
has_crash(const struct pf_pack *p)
{
	struct frame f = { 0 };
	struct pf_rec r;
	bool found = false;

	while (!found && next_frame(&f, p)) {
		found = pf_rec_parse(&r, f.rec, f.len, f.rid) == NULL &&
		    r.kind == PF_KIND_CRASH;
		pf_rec_free(&r);
	}
	return found;
}

/*
 * Keeps a refused record where a person will find it, and one that was put
 * off for a pack of its own.
 */
static const struct pf_err *
keep(struct slot *s, const struct pf_pack *p, const char *rid,
    bool refused, const char *why, struct pf_buf *later)
{
	struct frame f = { 0 };

	if (refused)
		pf_warn("%s: the master refused result %.16s: %s", s->name,
		    rid, why);
	while (next_frame(&f, p)) {
		if (strcmp(f.rid, rid) != 0)
			continue;
		if (refused)
			return pf_spool_bad(p, s->outbox, rid, f.rec, f.len,
			    why);
		pf_buf_add(later, p->data.data + f.at, f.used);
		break;
	}
	return NULL;
}

/* One verdict a record; a reply without them all is no acknowledgement. */
static const struct pf_err *
read_verdicts(struct slot *s, const struct pf_pack *p,
    const struct pf_json *reply, struct pf_buf *later)
{
	const struct pf_err *err;
	const struct pf_json *v;
	const char *rid, *verdict, *why;
	struct frame f = { 0 };
	size_t frames = 0;
	bool refused;

	while (next_frame(&f, p))
		frames++;
	if (pf_json_count(pf_json_get(reply, "results")) != frames)
		return pf_err(PF_BUSY, "the master answered for %zu of %zu "
		    "results", pf_json_count(pf_json_get(reply, "results")),
		    frames);
	for (v = pf_json_first(pf_json_get(reply, "results")); v != NULL;
	    v = pf_json_next(v)) {
		rid = verdict = why = "";
		if ((err = pf_json_need(&rid, v, "rid")) != NULL ||
		    (err = pf_json_need(&verdict, v, "verdict")) != NULL ||
		    (err = pf_json_str(&why, v, "error")) != NULL)
			return err;
		refused = strcmp(verdict, "refused") == 0;
		if ((refused || strcmp(verdict, "later") == 0) &&
		    (err = keep(s, p, rid, refused, why, later)) != NULL)
			return err;
	}
	return NULL;
}

/* Without error the pack is done with; *brief: only crashes are taken now. */
static const struct pf_err *
send_pack(struct slot *s, struct pf_pack *p, bool *brief)
{
	const struct pf_err *err;
	struct pf_json *reply = NULL;
	struct pf_buf later = PF_BUF_INIT;
	struct pf_http_call c = { .method = "POST",
	    .path = "/api/v1/results/batch", .type = PACK_TYPE,
	    .most = s->conf->bot_operation, .body = p->data.data,
	    .len = p->data.len, .reply = PF_BUF_INIT };

	if ((err = master_http(s, &c, false)) != NULL)
		goto done;
	if (c.status == 422 || c.status == 400 || c.status == 413) {
		/* Nothing in it will ever be taken: for a person to see. */
		pf_warn("%s: the master refused a pack (%ld)", s->name,
		    c.status);
		err = pf_spool_bad(p, s->outbox, NULL, p->data.data,
		    p->data.len, "refused as a whole by the master");
	} else if (c.status != 200) {
		err = pf_err(PF_BUSY, "the master answered %ld to results",
		    c.status);
		if (c.retry_after > 0)
			s->not_before = pf_boot_ms() + c.retry_after;
		*brief = (c.status == 503 || c.status == 507) &&
		    !has_crash(p);
	} else if ((err = pf_json_parse(&reply, c.reply.data, c.reply.len)) ==
	    NULL && (err = read_verdicts(s, p, reply, &later)) == NULL &&
	    later.len > 0) {
		/* Twice there, should we die now, is once for the master. */
		err = pf_spool_put(s->outbox, later.data, later.len, NULL);
		*brief = true;
	}
done:
	pf_buf_free(&later);
	pf_json_free(reply);
	pf_buf_free(&c.reply);
	return err;
}

/*
 * The packs of a list, AT_ONCE at most; *brief as above, and what it says
 * stays behind.
 */
static const struct pf_err *
send_list(struct slot *s, char *const *list, size_t n, bool *brief)
{
	const struct pf_err *err = NULL;
	struct pf_pack p = PF_PACK_INIT;
	int64_t skipped = 0;
	int sent = 0;
	bool found, was;
	size_t i;

	for (i = 0; i < n && sent < AT_ONCE && skipped < SKIP_MAX; i++) {
		err = pf_spool_take(&p, &found, s->outbox, list[i],
		    (size_t)s->conf->pack_size * 2);
		if (err != NULL)
			return err;
		if (!found)
			continue;
		if (*brief && !has_crash(&p)) {
			skipped += p.size;
			(void)pf_spool_back(&p, s->outbox);
			continue;
		}
		sent++;
		was = *brief;
		if ((err = send_pack(s, &p, brief)) == NULL)
			err = pf_spool_done(&p, s->outbox);
		else
			(void)pf_spool_back(&p, s->outbox);
		if (err != NULL && (was || !*brief))
			return err;
	}
	return NULL;
}

const struct pf_err *
outbox_deliver(struct slot *s)
{
	const struct pf_err *err;
	char **list = NULL;
	bool brief = false;
	size_t n = 0;

	if (pf_boot_ms() < s->not_before)
		return pf_err(PF_BUSY, "the master is away");
	if ((err = pf_spool_list(&list, &n, s->outbox)) == NULL)
		err = send_list(s, list, n, &brief);
	pf_names_free(list);
	if (err == NULL && brief)
		err = pf_err(PF_BUSY, "the master takes only crashes for now");
	if (err == NULL) {
		s->failures = 0;
		return NULL;
	}
	if (pf_boot_ms() >= s->not_before)
		s->not_before = pf_boot_ms() + pf_retry_delay(
		    &s->conf->retry_update, &pf_timer, s->failures);
	s->failures++;
	return err;
}
