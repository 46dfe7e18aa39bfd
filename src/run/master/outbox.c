/*
 * Delivery: packs from the outbox to the master, until it has them.
 *
 * A pack leaves the outbox only when the master has answered for each of its
 * records.  Refused ones are kept in bad/, those put off become a pack of
 * their own; anything else that goes wrong leaves the pack where it is.
 * Results are tried for ever, with a growing pause between tries.
 *
 * What something between us and the master does not let by stays too, and
 * does not keep the others; what is too large goes in halves.
 *
 * A master that is short of room still takes crashes: then packs without one
 * stay behind, and those with one are sent.
 */
#include <stdio.h>
#include <string.h>

#include "codec/rec.h"
#include "os/clock.h"
#include "os/fs.h"
#include "run/run.h"
#include "store/spool.h"

#define PACK_TYPE	"application/x-pandafuzz-pack"
#define AT_ONCE		64	/* packs of one delivery */
#define ODD_MAX		8	/* of them not let by, then it is all */
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

	if (refused && refused_new(s, why))
		pf_warn("%s: the master refused result %.16s: %s", s->name,
		    rid, why);
	while (next_frame(&f, p)) {
		if (strcmp(f.rid, rid) != 0)
			continue;
		if (refused)
			return refused_room(s, (int64_t)f.len) ? pf_spool_bad(p,
			    s->outbox, rid, f.rec, f.len, why) : NULL;
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

/* Two packs in place of one; false if it has but one record. */
static bool
halve(struct slot *s, const struct pf_pack *p, const struct pf_err **err)
{
	struct frame f = { 0 };
	size_t cut = 0;

	while (next_frame(&f, p) && (cut == 0 || f.at <= p->data.len / 2))
		cut = f.at > 0 ? f.at : cut;
	*err = NULL;
	if (cut == 0)
		return false;
	/* Twice there, should we die now, is once for the master. */
	if ((*err = pf_spool_put(s->outbox, p->data.data, cut, NULL)) ==
	    NULL) {
		s->waits_packs++;
		s->waits_bytes += (int64_t)cut;
		*err = pf_spool_put(s->outbox, p->data.data + cut,
		    p->data.len - cut, NULL);
	}
	if (*err == NULL) {
		s->waits_packs++;
		s->waits_bytes += (int64_t)(p->data.len - cut);
	}
	return true;
}

/*
 * What the answer means that is no list of verdicts.  Only the master himself
 * says that nothing of a pack will ever be taken.  PF_NO: another pack may be.
 */
static const struct pf_err *
not_taken(struct slot *s, struct pf_pack *p, const struct pf_http_call *c,
    bool *brief)
{
	const struct pf_err *err;
	struct pf_json *reply = NULL;
	bool own;

	own = pf_json_parse(&reply, c->reply.data, c->reply.len) == NULL &&
	    master_said(reply);
	pf_json_free(reply);
	if (c->status == 413 && halve(s, p, &err))
		return err;
	if (own && (c->status == 422 || c->status == 413)) {
		pf_warn("%s: the master refused a pack (%ld)", s->name,
		    c->status);
		return !refused_room(s, p->size) ? NULL : pf_spool_bad(p,
		    s->outbox, NULL, p->data.data, p->data.len,
		    "refused as a whole by the master");
	}
	if (c->retry_after > 0)
		s->not_before = pf_boot_ms() + c->retry_after;
	*brief = (c->status == 503 || c->status == 507) && !has_crash(p);
	/* These are about all that we send. */
	if (c->status >= 500 || c->status == 429 || c->status == 408 ||
	    c->status == 401)
		return pf_err(PF_BUSY, "the master answered %ld to results",
		    c->status);
	return pf_err(PF_NO, "%ld was answered to results", c->status);
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
	if (c.status != 200) {
		err = not_taken(s, p, &c, brief);
	} else if ((err = pf_json_parse(&reply, c.reply.data, c.reply.len)) ==
	    NULL && (err = read_verdicts(s, p, reply, &later)) == NULL &&
	    later.len > 0) {
		/* Twice there, should we die now, is once for the master. */
		err = pf_spool_put(s->outbox, later.data, later.len, NULL);
		s->waits_packs++;
		s->waits_bytes += (int64_t)later.len;
		*brief = true;
	}
done:
	pf_buf_free(&later);
	pf_json_free(reply);
	pf_buf_free(&c.reply);
	return err;
}

/*
 * True if all of the pack is whole.  If not, as after a power cut, it is put
 * aside, and what is whole of it goes on in a pack of its own.
 */
static bool
is_whole(struct slot *s, struct pf_pack *p)
{
	const struct pf_err *err = NULL;
	struct pf_buf good = PF_BUF_INIT;
	struct frame f = { 0 };
	struct pf_rec r;
	bool whole = true;

	while (next_frame(&f, p)) {
		if (pf_rec_parse(&r, f.rec, f.len, f.rid) == NULL)
			pf_buf_add(&good, p->data.data + f.at, f.used);
		else
			whole = false;
		pf_rec_free(&r);
	}
	whole = whole && f.at == p->data.len && p->data.len > 0;
	if (!whole) {
		pf_warn("%s: outbox: %s is damaged; it is in %s/bad", s->name,
		    p->name, s->outbox);
		if (good.len > 0)
			err = pf_spool_put(s->outbox, good.data, good.len,
			    NULL);
		if (err == NULL)
			err = refused_room(s, p->size) ?
			    pf_spool_reject(p, s->outbox, "damaged here") :
			    pf_spool_done(p, s->outbox);
		if (err != NULL)
			(void)pf_spool_back(p, s->outbox);
	}
	pf_buf_free(&good);
	return whole;
}

/* How many bytes may go now; what went too far is waited for. */
static bool
may_send(struct slot *s)
{
	int64_t now = pf_boot_ms(), rate = s->conf->delivery_rate;

	s->allowance += (now - s->allowed_at) * rate / 1000;
	if (s->allowance > rate || s->allowed_at == 0)
		s->allowance = rate;
	s->allowed_at = now;
	return s->allowance > 0;
}

/* One pack, done with or back in its place. */
static const struct pf_err *
send_one(struct slot *s, struct pf_pack *p, bool *brief)
{
	const struct pf_err *err;
	int64_t size = p->size;

	s->allowance -= size;
	if ((err = send_pack(s, p, brief)) != NULL) {
		(void)pf_spool_back(p, s->outbox);
		return err;
	}
	s->waits_packs--;
	s->waits_bytes -= size;
	return pf_spool_done(p, s->outbox);
}

/*
 * The packs of a list, AT_ONCE at most; *brief as above, and what it says
 * stays behind.  One that cannot be read, or is not let by, does not keep the
 * others: where many are not let by, the next round begins behind them.
 */
static const struct pf_err *
send_list(struct slot *s, char *const *list, size_t n, bool *brief)
{
	const struct pf_err *err = NULL;
	struct pf_pack p = PF_PACK_INIT;
	int64_t skipped = 0;
	char words[128] = "";
	int sent = 0, odd = 0;
	bool found, was;
	size_t i;

	for (i = 0; i < n && sent < AT_ONCE && skipped < SKIP_MAX &&
	    odd < ODD_MAX && may_send(s); i++) {
		if (strncmp(list[i], "new/", 4) == 0 &&
		    strcmp(list[i], s->past) <= 0)
			continue;
		err = pf_spool_take(&p, &found, s->outbox, list[i],
		    (size_t)s->conf->pack_size * 2);
		if (err != NULL && !found)
			return err;
		if (err != NULL && !s->unread)
			pf_warn("%s: outbox: %s", s->name, err->msg);
		s->unread = s->unread || err != NULL;
		if (err != NULL || !found || !is_whole(s, &p))
			continue;
		if (*brief && !has_crash(&p)) {
			skipped += p.size;
			(void)pf_spool_back(&p, s->outbox);
			continue;
		}
		sent++;
		was = *brief;
		err = send_one(s, &p, brief);
		if (err != NULL && err->class == PF_NO) {
			snprintf(words, sizeof(words), "%.100s", err->msg);
			odd++;
		} else if (err != NULL && (was || !*brief))
			return err;
	}
	snprintf(s->past, sizeof(s->past), "%s", odd >= ODD_MAX ?
	    list[i - 1] : "");
	return odd == 0 ? NULL : pf_err(PF_BUSY, "%s", words);
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
	if ((err = pf_spool_list(&list, &n, s->outbox)) == NULL) {
		/* Those of slots that are no more were brought. */
		if ((int64_t)n > s->waits_packs)
			outbox_count(s);
		err = send_list(s, list, n, &brief);
	}
	if (n == 0)
		s->waits_packs = s->waits_bytes = 0;
	pf_spool_list_free(list);
	if (err == NULL && brief)
		err = pf_err(PF_BUSY, "the master takes only crashes for now");
	if (err == NULL) {
		s->failures = 0;
		return NULL;
	}
	/* Given up for the end of an engine: the master is not away. */
	if (s->lease != LEASE_NONE && s->lease != LEASE_HELD)
		return err;
	/* Others have not had their turn. */
	if (s->past[0] == '\0' && pf_boot_ms() >= s->not_before)
		s->not_before = pf_boot_ms() + pf_retry_delay(
		    &s->conf->retry_update, &pf_timer, s->failures);
	s->failures++;
	return err;
}
