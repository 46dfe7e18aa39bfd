/*
 * A crash with its input, or inputs of a job, as files: into records.  Small
 * ones go the way of all results; what was fed goes from the stash into a
 * pack of its own.
 */
#include <stdlib.h>
#include <string.h>

#include "httpd/api/batch.h"
#include "httpd/api/form.h"
#include "httpd/api/push.h"
#include "httpd/reply.h"
#include "httpd/route.h"
#include "store/spool.h"

#define NOBODY	"api"		/* sends inputs that no bot has found */

/* A request and where its records go. */
struct sink {
	struct worker		*w;
	struct req		*r;
	struct form		*f;
	struct pf_spool_file	 file;	/* of what was fed */
	struct pf_hash		*hash;
};

static enum pf_kind
kind_of(const struct req *r)
{
	return r->route->call == api_crash ? PF_KIND_CRASH : PF_KIND_CORPUS;
}

static const struct pf_err *
to_hash(void *arg, const void *p, size_t n)
{
	pf_hash_add(((struct sink *)arg)->hash, p, n);
	return NULL;
}

static const struct pf_err *
to_file(void *arg, const void *p, size_t n)
{
	struct sink *s = arg;
	const struct pf_err *err = pf_spool_write(&s->file, p, n);

	return err == NULL ? NULL : commit_refuse(s->r->h->commit, err);
}

/* The file of the next n bytes: another one where it would be too large. */
static const struct pf_err *
need_file(struct sink *s, int64_t n)
{
	const struct pf_err *err = NULL;
	int64_t max = s->r->h->conf.pack_size;

	if (n > max)
		return pf_err(PF_USAGE, "the file is larger than a pack may "
		    "be, %lld bytes", (long long)max);
	if (s->file.fd != -1 && s->file.size + n <= max)
		return NULL;
	if (s->file.fd != -1) {
		err = pf_spool_commit(&s->file, NULL);
		pf_spool_abort(&s->file);
	}
	if (err == NULL)
		err = pf_spool_begin(&s->file, s->r->h->conf.spool_path);
	return err == NULL ? NULL : commit_refuse(s->r->h->commit, err);
}

/* A record whose body is in the stash, which is read twice: rid comes first. */
static const struct pf_err *
put_large(struct sink *s, struct pf_wire *wire, const struct part *p)
{
	const struct pf_err *err;
	struct pf_buf head = PF_BUF_INIT, line = PF_BUF_INIT;

	pf_rec_head(&head, &wire->rec, wire->fields.data + 1);
	s->hash = pf_hash_begin();
	pf_hash_add(s->hash, head.data, head.len);
	if ((err = stash_read(&s->f->stash, p->at, p->len, to_hash, s)) !=
	    NULL) {
		pf_hash_abort(s->hash);
		goto done;
	}
	pf_hash_add(s->hash, PF_REC_END, PF_REC_END_LEN);
	pf_hash_end(s->hash, wire->rec.rid);
	pf_buf_addf(&line, "%s %lld\n", wire->rec.rid,
	    (long long)((int64_t)head.len + p->len + PF_REC_END_LEN));
	if ((err = need_file(s, (int64_t)(line.len + head.len) + p->len +
	    PF_REC_END_LEN)) == NULL &&
	    (err = to_file(s, line.data, line.len)) == NULL &&
	    (err = to_file(s, head.data, head.len)) == NULL &&
	    (err = stash_read(&s->f->stash, p->at, p->len, to_file, s)) ==
	    NULL)
		err = to_file(s, PF_REC_END, PF_REC_END_LEN);
done:
	pf_buf_free(&line);
	pf_buf_free(&head);
	return err;
}

static const struct pf_err *
put(struct sink *s, struct pf_wire *wire, const struct part *p)
{
	if (s->r->fed && p != NULL)
		return put_large(s, wire, p);
	if (p != NULL)
		wire->rec.body = s->f->stash.mem.data + p->at;
	return push_add(s->r, wire);
}

static const struct pf_err *
put_crash(struct sink *s, struct pf_wire *wire)
{
	const struct pf_err *err;
	const struct part *p = s->f->n > 0 ? s->f->parts : NULL;

	if ((p != NULL && (err = pf_wire_input(wire, p->sha256, p->len)) !=
	    NULL) || (err = pf_wire_ready(wire)) != NULL ||
	    (err = put(s, wire, p)) != NULL)
		return err;
	push_open(s->r, "processed");
	push_told_crash(&s->r->verdicts, wire);
	return NULL;
}

static const struct pf_err *
put_file(struct sink *s, struct pf_wire *wire, const struct part *p,
    const char *name)
{
	if (*name != '\0' && !pf_text_ok(name))
		return pf_err_field(PF_DATA, "name", "the name of a file is "
		    "not a text of at most 128 bytes");
	memcpy(wire->rec.sha256, p->sha256, PF_SHA_TEXT);
	wire->rec.len = p->len;
	pf_wire_named(wire, name);
	return put(s, wire, p);
}

/* Inputs: told as results/corpus does, or as jobs/{id}/corpus. */
static const struct pf_err *
put_files(struct sink *s, struct pf_wire *wire)
{
	const struct pf_err *err = NULL;
	struct pf_buf told = PF_BUF_INIT, *b = &s->r->verdicts;
	bool upload = s->r->route->call == api_upload;
	const char *name;
	size_t i;

	if (s->f->n == 0)
		return pf_err_field(PF_DATA, "files", "there is no file in "
		    "it");
	push_open(s->r, upload ? NULL : "processed");
	if (upload)
		pf_jw_str(b, "job_id", wire->rec.job);
	else
		push_told_id(b, wire);
	pf_jw_open(b, upload ? "uploaded_files" : "files", '[');
	for (i = 0; i < s->f->n && err == NULL; i++) {
		name = s->f->parts[i].name;
		if (s->r->kind == BODY_BYTES &&
		    (name = route_text(s->r, "name")) == NULL)
			name = "";
		err = put_file(s, wire, &s->f->parts[i], name);
		if (upload)
			pf_jw_str(b, NULL, *name != '\0' ? name :
			    wire->rec.sha256);
		push_told_file(&told, name, &wire->rec);
	}
	if (upload) {
		pf_jw_close(b, ']');
		pf_jw_int(b, "count", (int64_t)s->f->n);
		pf_jw_open(b, "files", '[');
	}
	pf_buf_add(b, told.data, told.len);
	pf_jw_close(b, ']');
	pf_buf_free(&told);
	return err;
}

/* Inputs come as parts here: those that do not would be lost. */
static const struct pf_err *
check_names(const struct pf_json *j)
{
	const struct pf_json *v = pf_json_first(pf_json_get(j, "files"));

	for (; v != NULL; v = pf_json_next(v))
		if (pf_json_is_object(v))
			return pf_err_field(PF_DATA, "files", "files: in a "
			    "form each file is a part of it");
	return NULL;
}

/* The form is read; now what it says. */
static const struct pf_err *
take(struct sink *s)
{
	const struct pf_err *err;
	struct req *r = s->r;
	struct pf_wire wire = PF_WIRE_INIT;
	struct pf_rec outer;
	const char *meta = s->f->has_meta ? s->f->meta.data : "{}";
	size_t n = s->f->has_meta ? s->f->meta.len : 2;

	if ((err = pf_json_parse(&r->json, meta, n)) != NULL)
		return pf_err_field(PF_DATA, "metadata", "metadata is not "
		    "JSON: %s", err->msg);
	if (!pf_json_is_object(r->json))
		return pf_err_field(PF_DATA, "metadata", "metadata is not a "
		    "JSON object");
	push_outer(&outer, r, r->id);
	if (r->id[0] != '\0' && outer.bot[0] == '\0')
		memcpy(outer.bot, NOBODY, sizeof(NOBODY));
	if ((err = shape_check(r->route->takes, r->json)) == NULL &&
	    (err = check_names(r->json)) == NULL &&
	    (err = push_read(&wire, kind_of(r), r->json, &outer)) == NULL &&
	    r->id[0] != '\0' && strcmp(wire.rec.job, r->id) != 0)
		err = pf_err_field(PF_DATA, "job_id", "job_id is not the job "
		    "of the path");
	if (err == NULL && (err = push_job(s->w, &wire.rec)) == NULL)
		err = kind_of(r) == PF_KIND_CRASH ? put_crash(s, &wire) :
		    put_files(s, &wire);
	if (err == NULL)
		push_close(r);
	pf_wire_free(&wire);
	return err;
}

/* Of what was fed: the last file, and the answer when it is on disk. */
static const struct pf_err *
settle(struct sink *s)
{
	const struct pf_err *err = NULL;
	struct req *r = s->r;

	/* A crash in metadata alone: few bytes after many. */
	if (r->frames.len > 0 &&
	    (err = need_file(s, (int64_t)r->frames.len)) == NULL)
		err = to_file(s, r->frames.data, r->frames.len);
	if (err != NULL)
		return err;
	if ((err = pf_spool_commit(&s->file, NULL)) != NULL)
		return commit_refuse(r->h->commit, err);
	r->reply.status = 200;
	pf_buf_add(&r->reply.body, r->verdicts.data, r->verdicts.len);
	return NULL;
}

static int64_t
file_max(const struct req *r)
{
	return kind_of(r) == PF_KIND_CRASH ? r->h->conf.crash_size :
	    r->h->conf.corpus_size;
}

static const struct pf_err *
whole(struct worker *w, struct req *r)
{
	const struct pf_err *err;
	struct sink s = { .w = w, .r = r, .file = PF_SPOOL_FILE_INIT };

	if ((err = form_begin(r, false, file_max(r))) != NULL)
		return err;
	s.f = r->upload;
	if ((err = form_feed(s.f, r->body.data, r->body.len)) != NULL ||
	    (err = form_read(s.f)) != NULL)
		return err;
	batch_room(r, r->received);
	if (r->short_of && kind_of(r) != PF_KIND_CRASH)
		return &r->later;
	if ((err = take(&s)) != NULL)
		return err;
	return batch_again(r, 0);
}

const struct pf_err *
form_whole(struct worker *w, struct req *r)
{
	const struct pf_err *err = push_end(r, whole(w, r));

	form_end(r);
	if (err == NULL && !r->refused)
		push_send(w, r);	/* it is not ours any more */
	return err;
}

const struct pf_err *
api_upload(struct worker *w, struct req *r)
{
	return form_whole(w, r);
}

/* More of the body is known to come, or has come. */
static const struct pf_err *
reserve(struct form *f, int64_t n)
{
	const struct pf_err *err;

	err = commit_reserve(f->r->h->commit, n,
	    kind_of(f->r) == PF_KIND_CRASH);
	if (err == NULL)
		f->reserved += n;
	return err;
}

static const struct pf_err *
feed(struct worker *w, struct req *r, bool last)
{
	const struct pf_err *err = NULL;
	struct sink s = { .w = w, .r = r, .file = PF_SPOOL_FILE_INIT };

	if (r->upload == NULL) {
		err = form_begin(r, true, file_max(r));
		if (err == NULL && r->length > 0)
			err = reserve(r->upload, r->length);
	}
	s.f = r->upload;
	if (err == NULL && r->length < 0)
		err = reserve(s.f, (int64_t)r->body.len);
	if (err == NULL)
		err = form_feed(s.f, r->body.data, r->body.len);
	if (err != NULL || !last)
		return err;
	if ((err = form_read(s.f)) == NULL && (err = take(&s)) == NULL)
		err = settle(&s);
	pf_spool_abort(&s.file);
	return err;
}

const struct pf_err *
feed_form(struct worker *w, struct req *r, bool last)
{
	const struct pf_err *err;

	if (r->upload == NULL && (err = route_query(r)) != NULL)
		return err;
	err = push_end(r, feed(w, r, last));
	if (last && err == NULL)
		form_end(r);
	return err;
}
