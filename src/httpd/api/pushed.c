/*
 * results/crash, coverage, corpus, status, and batch in JSON: a request is a
 * result or a few, made records here.
 */
#include <stdio.h>
#include <string.h>

#include "httpd/api/batch.h"
#include "httpd/api/form.h"
#include "httpd/api/push.h"
#include "httpd/reply.h"
#include "httpd/route.h"

#define ERRORS_MAX	100	/* of a batch that are told in full */

/* A result that is one record; *wire is for the answer. */
static const struct pf_err *
take_one(struct worker *w, struct req *r, struct pf_wire *wire,
    enum pf_kind kind)
{
	const struct pf_err *err;
	struct pf_rec outer;

	*wire = (struct pf_wire)PF_WIRE_INIT;
	push_outer(&outer, r, "");
	if (kind == PF_KIND_STATUS &&
	    (err = push_lease(w, &outer, r->json)) != NULL)
		return err;
	if ((err = push_read(wire, kind, r->json, &outer)) != NULL)
		return err;
	return push_one(w, r, wire);
}

static const struct pf_err *
api_one(struct worker *w, struct req *r, enum pf_kind kind)
{
	const struct pf_err *err;
	struct pf_wire wire;

	if ((err = take_one(w, r, &wire, kind)) == NULL) {
		push_open(r, kind == PF_KIND_STATUS ? "received" :
		    "processed");
		if (kind == PF_KIND_CRASH)
			push_told_crash(&r->verdicts, &wire);
		else
			pf_jw_str(&r->verdicts, kind == PF_KIND_COVERAGE ?
			    "coverage_id" : "rid", wire.rec.rid);
		push_close(r);
		push_send(w, r);
	}
	pf_wire_free(&wire);
	return err == NULL ? NULL : push_end(r, err);
}

const struct pf_err *
api_crash(struct worker *w, struct req *r)
{
	return r->kind == BODY_FORM ? form_whole(w, r) :
	    api_one(w, r, PF_KIND_CRASH);
}

const struct pf_err *
api_coverage(struct worker *w, struct req *r)
{
	return api_one(w, r, PF_KIND_COVERAGE);
}

const struct pf_err *
api_numbers(struct worker *w, struct req *r)
{
	return api_one(w, r, PF_KIND_STATUS);
}

/* The inputs of one update; told (may be NULL) gets an element of each. */
static const struct pf_err *
take_files(struct req *r, struct pf_wire *wire, const struct pf_json *j,
    struct pf_buf *told)
{
	const struct pf_err *err = NULL;
	const struct pf_json *v = pf_json_get(j, "files");
	const char *name;
	char at[32];
	int i = 0;

	if (v != NULL && !pf_json_is_array(v))
		return pf_err_field(PF_DATA, "files", "files is not an array");
	if ((v = pf_json_first(v)) == NULL)
		return pf_err_field(PF_DATA, "files", "files is missing");
	for (; v != NULL && err == NULL; v = pf_json_next(v), i++) {
		snprintf(at, sizeof(at), "files[%d]", i);
		if ((err = pf_wire_file(wire, v)) != NULL)
			return shape_below(err, at);
		if ((err = push_add(r, wire)) != NULL)
			return err;
		if (told == NULL)
			continue;
		name = pf_json_text(pf_json_get(v, "name"));
		push_told_file(told, name != NULL ? name : "", &wire->rec);
	}
	return NULL;
}

static const struct pf_err *
take_corpus(struct worker *w, struct req *r, struct pf_wire *wire)
{
	const struct pf_err *err;
	struct pf_buf *b = &r->verdicts;
	struct pf_rec outer;

	push_outer(&outer, r, "");
	if ((err = push_read(wire, PF_KIND_CORPUS, r->json, &outer)) !=
	    NULL || (err = push_job(w, &wire->rec)) != NULL)
		return err;
	batch_room(r, r->received);
	push_open(r, "processed");
	push_told_id(b, wire);
	pf_jw_open(b, "files", '[');
	if ((err = take_files(r, wire, r->json, b)) != NULL)
		return r->short_of && err->class == PF_BUSY ? &r->later : err;
	pf_jw_close(b, ']');
	push_close(r);
	return NULL;
}

const struct pf_err *
api_corpus(struct worker *w, struct req *r)
{
	const struct pf_err *err;
	struct pf_wire wire = PF_WIRE_INIT;

	if (r->kind == BODY_FORM)
		return form_whole(w, r);
	if ((err = take_corpus(w, r, &wire)) == NULL)
		push_send(w, r);
	pf_wire_free(&wire);
	return err == NULL ? NULL : push_end(r, err);
}

/* A batch on its way. */
struct batch {
	struct worker	*w;
	struct req	*r;
	struct pf_rec	 outer;
	struct pf_buf	 errors;	/* elements of an array */
	struct pf_err	 first;		/* of them */
	size_t		 failed;	/* all of them */
	size_t		 refused;	/* those that will never do */
};

static const struct shape *
shape_of(enum pf_kind kind)
{
	return kind == PF_KIND_CRASH ? &shape_crash :
	    kind == PF_KIND_COVERAGE ? &shape_coverage : &shape_corpus;
}

/* One result: all its records or none. */
static const struct pf_err *
take_element(struct batch *b, const struct pf_json *v, enum pf_kind kind)
{
	const struct pf_err *err;
	struct pf_wire wire = PF_WIRE_INIT;
	size_t before = b->r->frames.len;

	if (!pf_json_is_object(v))
		return pf_err(PF_DATA, "not an object");
	if ((err = shape_check(shape_of(kind), v)) == NULL &&
	    (err = push_read(&wire, kind, v, &b->outer)) == NULL &&
	    (err = push_job(b->w, &wire.rec)) == NULL)
		err = kind == PF_KIND_CORPUS ? take_files(b->r, &wire, v,
		    NULL) : push_add(b->r, &wire);
	if (err != NULL)
		b->r->frames.len = before;
	pf_wire_free(&wire);
	return err;
}

/* *done is how many of a list were taken; an error ends all of it. */
static const struct pf_err *
take_list(struct batch *b, int64_t *done, const char *key, enum pf_kind kind)
{
	const struct pf_err *err;
	const struct pf_json *v;
	char at[32];
	int i = 0;

	*done = 0;
	for (v = pf_json_first(pf_json_get(b->r->json, key)); v != NULL;
	    v = pf_json_next(v), i++) {
		if ((err = take_element(b, v, kind)) == NULL) {
			++*done;
			continue;
		}
		if (err->class == PF_USAGE)
			return err;
		snprintf(at, sizeof(at), "%s[%d]", key, i);
		err = shape_below(err, at);
		if (b->failed++ == 0)
			b->first = *err;
		b->refused += err->class != PF_BUSY;
		if (b->failed <= ERRORS_MAX)
			pf_jw_str(&b->errors, NULL, err->msg);
	}
	return NULL;
}

static void
answer_batch(struct batch *b, const int64_t done[3])
{
	struct pf_buf *v = &b->r->verdicts;

	push_open(b->r, "processed");
	pf_jw_str(v, "bot_id", b->outer.bot);
	pf_jw_str(v, "job_id", b->outer.job);
	pf_jw_open(v, "processed", '{');
	pf_jw_int(v, "crashes", done[0]);
	pf_jw_int(v, "coverage", done[1]);
	pf_jw_int(v, "corpus", done[2]);
	pf_jw_close(v, '}');
	if (b->failed > 0) {
		pf_jw_bool(v, "partial_success", true);
		pf_jw_int(v, "failed", (int64_t)b->failed);
		pf_jw_open(v, "errors", '[');
		pf_buf_add(v, b->errors.data, b->errors.len);
		pf_jw_close(v, ']');
	}
	push_close(b->r);
}

static const struct pf_err *
take_batch(struct batch *b)
{
	const struct pf_err *err;
	struct pf_wire who;
	int64_t done[3];

	/* Read as any result: whose the others are if they do not say. */
	if ((err = push_read(&who, PF_KIND_COVERAGE, b->r->json,
	    &b->outer)) == NULL)
		b->outer = who.rec;
	pf_wire_free(&who);
	if (err != NULL)
		return err;
	batch_room(b->r, b->r->received);
	if ((err = take_list(b, &done[0], "crashes", PF_KIND_CRASH)) != NULL ||
	    (err = take_list(b, &done[1], "coverage", PF_KIND_COVERAGE)) !=
	    NULL || (err = take_list(b, &done[2], "corpus", PF_KIND_CORPUS))
	    != NULL || (err = batch_again(b->r, b->refused)) != NULL)
		return err;
	if (b->r->frames.len == 0)
		return b->failed > 0 ? &b->first : pf_err_field(PF_DATA,
		    "crashes", "there is nothing in it: send crashes, "
		    "coverage or corpus");
	answer_batch(b, done);
	return NULL;
}

const struct pf_err *
push_batch(struct worker *w, struct req *r)
{
	const struct pf_err *err;
	struct batch b = { .w = w, .r = r, .errors = PF_BUF_INIT };

	push_outer(&b.outer, r, "");
	if ((err = take_batch(&b)) == NULL)
		push_send(w, r);
	else
		/* b goes; its errors are told after that. */
		err = pf_err_field(err->class, err->field, "%s", err->msg);
	pf_buf_free(&b.errors);
	return err == NULL ? NULL : push_end(r, err);
}
