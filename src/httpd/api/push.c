/*
 * From a request to its records; see push.h.
 */
#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "codec/bucket.h"
#include "httpd/api/batch.h"
#include "httpd/api/push.h"
#include "httpd/reply.h"
#include "httpd/route.h"
#include "os/clock.h"
#include "view/known.h"

#define AGENT		"PandaFuzz-Bot/"
#define AHEAD		86400000	/* ms that a bot's clock may be */
#define RECORDS_MAX	4096		/* of one request */

void
push_outer(struct pf_rec *outer, const struct req *r, const char *job)
{
	const char *bot = req_header(r, "X-Bot-ID");
	const char *agent = req_header(r, "User-Agent");

	*outer = (struct pf_rec){ .kind = PF_KIND_MAX };
	snprintf(outer->job, sizeof(outer->job), "%s", job);
	if (bot == NULL && agent != NULL &&
	    strncmp(agent, AGENT, strlen(AGENT)) == 0)
		bot = agent + strlen(AGENT);
	if (bot != NULL && pf_id_ok(bot))
		snprintf(outer->bot, sizeof(outer->bot), "%s", bot);
}

/* What is said of it, if that may be an id: pf_wire_read() is stricter. */
static void
take_id(char out[PF_ID_MAX + 1], const struct pf_json *j, const char *key)
{
	const char *s = pf_json_text(pf_json_get(j, key));

	if (s != NULL && pf_id_ok(s))
		snprintf(out, PF_ID_MAX + 1, "%s", s);
}

const struct pf_err *
push_read(struct pf_wire *wire, enum pf_kind kind, const struct pf_json *j,
    const struct pf_rec *outer)
{
	const struct pf_err *err = pf_wire_read(wire, kind, j, outer);

	if (err == NULL)
		pf_wire_latest(wire, pf_wall_ms() + AHEAD);
	return err;
}

const struct pf_err *
push_lease(struct worker *w, struct pf_rec *outer, const struct pf_json *j)
{
	const struct pf_err *err;
	struct pf_db *db;
	bool known;

	if (outer->epoch != 0 || outer->attempt != 0 ||
	    pf_json_get(j, "epoch") != NULL ||
	    pf_json_get(j, "attempt") != NULL)
		return NULL;
	take_id(outer->job, j, "job_id");
	take_id(outer->bot, j, "bot_id");
	if (outer->bot[0] == '\0')
		return pf_err_field(PF_DATA, "bot_id", "bot_id is missing");
	if ((err = worker_db(&db, w)) == NULL &&
	    (err = pf_known_lease(&known, db, outer)) != NULL)
		worker_forget(w);
	if (err != NULL)
		return pf_err(PF_UNAVAIL, "the lease of bot %s cannot be "
		    "looked at: %s", outer->bot, err->msg);
	if (!known)
		err = pf_err_field(PF_CONFLICT, "epoch", "bot %s does not "
		    "hold %s%s: send epoch and attempt of the time it did",
		    outer->bot, outer->job[0] != '\0' ? "job " : "a job",
		    outer->job);
	return err;
}

const struct pf_err *
push_job(struct worker *w, const struct pf_rec *rec)
{
	const struct pf_err *err;
	struct pf_db *db;
	char campaign[PF_ID_MAX + 1];
	bool known = true;

	if (worker_db(&db, w) != NULL)
		return NULL;
	if ((err = pf_known_job(&known, campaign, db, rec->job)) != NULL)
		worker_forget(w);
	return err != NULL || known ? NULL : pf_err_field(PF_NOTFOUND, "job",
	    "there is no job %s", rec->job);
}

const struct pf_err *
push_add(struct req *r, struct pf_wire *wire)
{
	const struct pf_err *err;

	if ((err = pf_wire_ready(wire)) != NULL ||
	    (err = batch_limit(r->h, &wire->rec)) != NULL ||
	    (err = batch_later(r, &wire->rec)) != NULL)
		return err;
	if (++r->records > RECORDS_MAX)
		return pf_err(PF_USAGE, "more than %d results at once",
		    RECORDS_MAX);
	pf_wire_frame(&r->frames, wire);
	if ((int64_t)r->frames.len > r->h->conf.pack_size)
		return pf_err(PF_USAGE, "the results are larger than a pack "
		    "may be, %lld bytes", (long long)r->h->conf.pack_size);
	return NULL;
}

const struct pf_err *
push_one(struct worker *w, struct req *r, struct pf_wire *wire)
{
	const struct pf_err *err;

	if ((err = pf_wire_ready(wire)) != NULL)
		return err;
	if ((err = batch_limit(r->h, &wire->rec)) != NULL)
		return pf_err(PF_USAGE, "%s", err->msg);
	if ((err = push_job(w, &wire->rec)) != NULL)
		return err;
	batch_room(r, r->received);
	if ((err = batch_later(r, &wire->rec)) != NULL)
		return &r->later;
	if ((err = push_add(r, wire)) != NULL)
		return err;
	return batch_again(r, 0);
}

void
push_told_crash(struct pf_buf *b, const struct pf_wire *wire)
{
	char id[PF_ID_MAX + 1];

	pf_crash_id(id, wire->rec.job, wire->rec.sha256);
	if (wire->absent)
		pf_jw_null(b, "crash_id");
	else
		pf_jw_str(b, "crash_id", id);
	pf_jw_null(b, "is_unique");	/* nobody knows before it is filed */
	pf_jw_str(b, "rid", wire->rec.rid);
}

void
push_told_id(struct pf_buf *b, const struct pf_wire *wire)
{
	if (*wire->id != '\0')
		pf_jw_str(b, "corpus_id", wire->id);
	else
		pf_jw_null(b, "corpus_id");
}

void
push_told_file(struct pf_buf *b, const char *name, const struct pf_rec *rec)
{
	pf_jw_open(b, NULL, '{');
	pf_jw_str(b, "name", name);
	pf_jw_str(b, "hash", rec->sha256);
	pf_jw_int(b, "size", rec->len);
	pf_jw_str(b, "rid", rec->rid);
	pf_jw_close(b, '}');
}

void
push_open(struct req *r, const char *status)
{
	pf_jw_open(&r->verdicts, NULL, '{');
	if (status != NULL)
		pf_jw_str(&r->verdicts, "status", status);
}

void
push_close(struct req *r)
{
	char now[PF_TIME_TEXT];

	pf_jw_str(&r->verdicts, "timestamp",
	    pf_time_text(now, pf_wall_ms()));
	pf_jw_close(&r->verdicts, '}');
	pf_buf_addc(&r->verdicts, '\n');
}

void
push_send(struct worker *w, struct req *r)
{
	/* It may wait, and has what it needs of these. */
	pf_json_free(r->json);
	r->json = NULL;
	pf_buf_free(&r->body);
	w->taken = true;
	commit_push(r->h->commit, r);
}

const struct pf_err *
push_end(struct req *r, const struct pf_err *err)
{
	if (err == NULL || err->class != PF_USAGE)
		return err;
	reply_error(r, 413, err, (r->route->body & BODY_PACK) != 0 ?
	    "send less at a time" : NULL);
	r->refused = true;
	return NULL;
}
