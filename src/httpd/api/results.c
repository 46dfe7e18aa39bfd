/*
 * Results on their way in, blobs on their way out.  Neither needs the writer
 * or, but for inputs of crashes, the database: what is accepted is on disk in
 * the spool, pf-ingest does the rest.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/time.h"
#include "codec/rec.h"
#include "httpd/api/batch.h"
#include "httpd/api/push.h"
#include "httpd/reply.h"
#include "httpd/route.h"
#include "os/clock.h"

const struct pf_err *
batch_limit(const struct httpd *h, const struct pf_rec *rec)
{
	int64_t max = INT64_MAX;

	if (rec->kind == PF_KIND_CRASH)
		max = h->conf.crash_size;
	else if (rec->kind == PF_KIND_CORPUS)
		max = h->conf.corpus_size;
	else if (rec->kind == PF_KIND_LOG)
		max = PF_LOG_CHUNK;
	else if (rec->kind == PF_KIND_CHECK)
		max = PF_CHECK_BODY;
	else if (rec->kind == PF_KIND_SMALL)
		max = h->conf.crash_size;
	else if (rec->kind == PF_KIND_BLOB)
		max = h->conf.target_size;
	if (rec->kind == PF_KIND_BLOB && rec->len == 0)
		return pf_err(PF_DATA, "the blob is empty");
	if (rec->len > max)
		return pf_err(PF_DATA, "the input has %lld bytes, the limit is "
		    "%lld", (long long)rec->len, (long long)max);
	return NULL;
}

const struct pf_err *
batch_size(const struct httpd *h, const struct pf_rec *rec, int64_t size)
{
	if (size <= h->conf.pack_size || rec->kind == PF_KIND_BLOB)
		return NULL;
	return pf_err(PF_USAGE, "the body is larger than %lld bytes and not "
	    "of blobs alone", (long long)h->conf.pack_size);
}

void
batch_verdict(struct pf_buf *b, const char *rid, const struct pf_err *err)
{
	pf_jw_open(b, NULL, '{');
	pf_jw_str(b, "rid", rid);
	pf_jw_str(b, "verdict", err == NULL ? "accepted" :
	    err->class == PF_BUSY ? "later" : "refused");
	if (err != NULL)
		pf_jw_str(b, "error", err->msg);
	pf_jw_close(b, '}');
}

void
batch_open(struct pf_buf *b)
{
	pf_jw_open(b, NULL, '{');
	pf_jw_str(b, "status", "accepted");
	pf_jw_open(b, "results", '[');
}

void
batch_close(struct pf_buf *b)
{
	char now[PF_TIME_TEXT];

	pf_jw_close(b, ']');
	pf_jw_str(b, "timestamp", pf_time_text(now, pf_wall_ms()));
	pf_jw_close(b, '}');
	pf_buf_addc(b, '\n');
}

const struct pf_err *
batch_later(const struct req *r, const struct pf_rec *rec)
{
	if (!r->short_of || rec->kind == PF_KIND_CRASH)
		return NULL;
	return pf_err(PF_BUSY, "%s", r->later.msg);
}

/* One record: *wrong ends the whole request. */
static const struct pf_err *
check_record(const struct pf_err **wrong, const struct req *r, const char *p,
    size_t n, const char *rid)
{
	const struct pf_err *err;
	struct pf_rec rec;

	*wrong = NULL;
	if ((err = pf_rec_parse(&rec, p, n, rid)) == NULL) {
		*wrong = batch_size(r->h, &rec, (int64_t)r->body.len);
		if ((err = batch_limit(r->h, &rec)) == NULL)
			err = batch_later(r, &rec);
	} else if (err->class != PF_DATA)
		*wrong = err;	/* our own trouble is no verdict on it */
	pf_rec_free(&rec);
	return err;
}

/*
 * Each frame of the body gets a verdict; the good ones go to r->frames, and
 * *refused is how many will never be good.
 */
static const struct pf_err *
sort_frames(struct req *r, size_t *refused)
{
	const struct pf_err *err, *wrong;
	const char *rec;
	char rid[PF_SHA_TEXT];
	size_t at = 0, used, n;

	for (; at < r->body.len; at += used) {
		used = 0;
		err = pf_frame_next(r->body.data + at, r->body.len - at, &used,
		    &rec, &n, rid);
		if (err != NULL)
			return pf_err(PF_DATA, "not a pack: at byte %zu: %s",
			    at, err->msg);
		if (used == 0)
			return pf_err(PF_DATA, "the pack is truncated: the "
			    "frame at byte %zu does not end", at);
		err = check_record(&wrong, r, rec, n, rid);
		if (wrong != NULL)
			return wrong;
		batch_verdict(&r->verdicts, rid, err);
		if (err == NULL)
			pf_buf_add(&r->frames, r->body.data + at, used);
		else if (err->class != PF_BUSY)
			++*refused;
	}
	return at == 0 ? pf_err(PF_DATA, "the pack is empty") : NULL;
}

void
batch_room(struct req *r, int64_t n)
{
	const struct pf_err *err = commit_admit(r->h->commit, n, false);

	r->short_of = err != NULL;
	if (err != NULL)
		r->later = *err;
}

const struct pf_err *
batch_again(const struct req *r, size_t refused)
{
	if (!r->short_of)
		return NULL;
	if (r->frames.len > 0)
		return commit_admit(r->h->commit, (int64_t)r->frames.len,
		    true);
	return refused > 0 ? NULL : &r->later;
}

const struct pf_err *
api_batch(struct worker *w, struct req *r)
{
	const struct pf_err *err;
	struct pf_buf *v = &r->verdicts;
	size_t refused = 0;

	if (r->kind == BODY_JSON)
		return push_batch(w, r);
	batch_room(r, (int64_t)r->body.len);
	batch_open(v);
	if ((err = sort_frames(r, &refused)) != NULL &&
	    err->class == PF_USAGE) {
		reply_error(r, 413, err, NULL);
		return NULL;
	}
	if (err != NULL || (err = batch_again(r, refused)) != NULL)
		return err;
	batch_close(v);
	pf_buf_free(&r->body);
	if (r->frames.len == 0) {
		r->reply.status = 200;
		pf_buf_add(&r->reply.body, v->data, v->len);
		return NULL;
	}
	w->taken = true;
	commit_push(r->h->commit, r);
	return NULL;
}

/* The input of a crash of that hash, whichever job has it; its path in the
 * place of the body that there is none of. */
static const struct pf_err *
find_crash(struct pf_db *db, struct req *r)
{
	const struct pf_err *err;
	struct pf_q q;
	bool there = false;

	if ((err = pf_q(&q, db, "SELECT file_path FROM crashes WHERE hash = ?"
	    " LIMIT 1", "s", r->sha)) == NULL && (err = pf_q_row(&q, &there))
	    == NULL && there)
		pf_buf_addf(&r->body, "%s/%s", r->h->conf.storage_path,
		    pf_q_text(&q, 0));
	pf_q_done(&q);
	return err;
}

const struct pf_err *
api_blob(struct worker *w, struct req *r)
{
	const struct pf_err *err;
	char *path = pf_asprintf("%s/targets/%s/data",
	    w->h->conf.storage_path, r->sha);

	err = reply_file(r, path, "blob", r->sha);
	pf_buf_reset(&r->body);
	/* Without the database there are no crashes to be had. */
	if (err != NULL && err->class == PF_NOTFOUND &&
	    worker_read(w, r, find_crash) == NULL && r->body.len > 0)
		err = reply_file(r, r->body.data, "blob", r->sha);
	else if (err != NULL && err->class == PF_NOTFOUND)
		err = pf_err(PF_NOTFOUND, "there is no blob %s", r->sha);
	free(path);
	return err;
}
