/*
 * jobs/{id}/logs/push: what an engine printed, as text or in JSON, becomes
 * records of the log of an attempt.
 */
#include <string.h>

#include "httpd/api/batch.h"
#include "httpd/api/push.h"
#include "httpd/reply.h"
#include "httpd/route.h"

/* A request: n bytes that belong at offset. */
struct text {
	const char	*bytes;
	size_t		 n;
	int64_t		 offset;
};

/* By its arguments, if it is text, or by its members. */
static const struct pf_err *
read_text(struct text *t, struct pf_rec *outer, const struct req *r)
{
	const struct pf_err *err = NULL;
	const char *inc;

	*t = (struct text){ .bytes = r->body.data, .n = r->body.len };
	route_int(&t->offset, r, "offset");
	route_int(&outer->epoch, r, "epoch");
	route_int(&outer->attempt, r, "attempt");
	if ((inc = route_text(r, "inc")) != NULL)
		memcpy(outer->inc, inc, strlen(inc) + 1);	/* an id */
	if (r->json != NULL) {
		t->bytes = "";
		if ((err = pf_json_str(&t->bytes, r->json, "content")) !=
		    NULL || (err = pf_json_int(&t->offset, r->json, "offset",
		    0, PF_LOG_MAX)) != NULL)
			return err;
		t->n = strlen(t->bytes);
	}
	if (t->n == 0)
		return pf_err_field(PF_DATA, "content", "there is no text in "
		    "it");
	if (t->offset + (int64_t)t->n > PF_LOG_MAX)
		return pf_err_field(PF_DATA, "offset", "a log has no more "
		    "than %lld bytes", (long long)PF_LOG_MAX);
	return NULL;
}

static const struct pf_err *
add_pieces(struct req *r, struct pf_wire *wire, const struct text *t)
{
	const struct pf_err *err = NULL;
	size_t at, n;

	for (at = 0; at < t->n && err == NULL; at += n) {
		n = t->n - at < PF_LOG_CHUNK ? t->n - at : PF_LOG_CHUNK;
		pf_wire_piece(wire, t->bytes + at, n,
		    t->offset + (int64_t)at);
		err = push_add(r, wire);
	}
	return err;
}

static const struct pf_err *
take(struct worker *w, struct req *r, struct pf_wire *wire)
{
	const struct pf_err *err;
	struct pf_rec outer;
	struct text t;

	push_outer(&outer, r, r->id);
	if ((err = read_text(&t, &outer, r)) != NULL ||
	    (err = push_lease(w, &outer, r->json)) != NULL ||
	    (err = push_read(wire, PF_KIND_LOG, r->json, &outer)) != NULL)
		return err;
	if (strcmp(wire->rec.job, r->id) != 0)
		return pf_err_field(PF_DATA, "job_id", "job_id is not the job "
		    "of the path");
	if ((err = push_job(w, &wire->rec)) != NULL)
		return err;
	batch_room(r, r->received);
	if (r->short_of)
		return &r->later;
	if ((err = add_pieces(r, wire, &t)) != NULL)
		return err;
	r->reply.status = 201;
	push_open(r, "success");
	pf_jw_str(&r->verdicts, "job_id", r->id);
	pf_jw_int(&r->verdicts, "size", (int64_t)t.n);
	pf_jw_int(&r->verdicts, "offset", t.offset + (int64_t)t.n);
	push_close(r);
	return NULL;
}

const struct pf_err *
api_log(struct worker *w, struct req *r)
{
	const struct pf_err *err;
	struct pf_wire wire = PF_WIRE_INIT;

	if ((err = take(w, r, &wire)) == NULL)
		push_send(w, r);
	pf_wire_free(&wire);
	return err == NULL ? NULL : push_end(r, err);
}
