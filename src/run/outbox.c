/*
 * Delivery: packs from the outbox to the master, until it has them.
 *
 * A pack leaves the outbox only when the master has answered for each of its
 * records.  Refused ones are kept in bad/; anything else that goes wrong
 * leaves the pack where it is.  Results are tried for ever, with a growing
 * pause between tries.
 */
#include <string.h>

#include "codec/rec.h"
#include "os/clock.h"
#include "run/run.h"
#include "store/spool.h"

#define PACK_TYPE	"application/x-pandafuzz-pack"
#define AT_ONCE		64	/* packs of one delivery */

/* Keeps a refused record where a person will find it. */
static const struct pf_err *
keep_refused(struct slot *s, const struct pf_pack *p, const char *rid,
    const char *why)
{
	const struct pf_err *err = NULL;
	const char *rec;
	char name[PF_SHA_TEXT];
	size_t at = 0, used, len;

	pf_warn("%s: the master refused result %.16s: %s", s->name, rid, why);
	while (err == NULL && at < p->data.len) {
		err = pf_frame_next(p->data.data + at, p->data.len - at,
		    &used, &rec, &len, name);
		if (err != NULL || used == 0)
			break;
		if (strcmp(name, rid) == 0)
			return pf_spool_bad(p, s->outbox, rid, rec, len, why);
		at += used;
	}
	return err;
}

/* One verdict a record; a reply without them all is no acknowledgement. */
static const struct pf_err *
read_verdicts(struct slot *s, const struct pf_pack *p,
    const struct pf_json *reply)
{
	const struct pf_err *err;
	const struct pf_json *v;
	const char *rid, *verdict, *why;
	const char *rec;
	char name[PF_SHA_TEXT];
	size_t frames = 0, at = 0, used = 1, len;

	while (used > 0 && pf_frame_next(p->data.data + at, p->data.len - at,
	    &used, &rec, &len, name) == NULL && used > 0) {
		frames++;
		at += used;
	}
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
		if (strcmp(verdict, "refused") == 0 &&
		    (err = keep_refused(s, p, rid, why)) != NULL)
			return err;
	}
	return NULL;
}

static const struct pf_err *
send_pack(struct slot *s, struct pf_pack *p)
{
	const struct pf_err *err;
	struct pf_json *reply = NULL;
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
	} else if ((err = pf_json_parse(&reply, c.reply.data, c.reply.len)) ==
	    NULL)
		err = read_verdicts(s, p, reply);
done:
	pf_json_free(reply);
	pf_buf_free(&c.reply);
	return err;
}

const struct pf_err *
outbox_deliver(struct slot *s)
{
	const struct pf_err *err = NULL;
	struct pf_pack p = PF_PACK_INIT;
	bool found = true;
	int n;

	if (pf_boot_ms() < s->not_before)
		return pf_err(PF_BUSY, "the master is away");
	for (n = 0; n < AT_ONCE && err == NULL; n++) {
		if ((err = pf_spool_claim(&p, &found, s->outbox,
		    (size_t)s->conf->pack_size * 2)) != NULL || !found)
			break;
		if ((err = send_pack(s, &p)) == NULL)
			err = pf_spool_done(&p, s->outbox);
		else
			(void)pf_spool_back(&p, s->outbox);
	}
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
