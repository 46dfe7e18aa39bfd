/*
 * What is in the storage of a job: its log, and the program it fuzzes.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "httpd/reply.h"
#include "httpd/route.h"
#include "store/blob.h"
#include "view/known.h"
#include "view/loglines.h"

#define LIMIT	1000	/* lines, if not said */

static const struct pf_err *
about(struct pf_about *a, struct pf_db *db, const struct req *r)
{
	const struct pf_err *err;
	bool known;

	if ((err = pf_known_about(a, &known, db, r->id)) == NULL && !known)
		err = pf_err(PF_NOTFOUND, "there is no job %s", r->id);
	return err;
}

static void
put_or_null(struct pf_buf *b, const char *name, bool there, int64_t n)
{
	if (there)
		pf_jw_int(b, name, n);
	else
		pf_jw_null(b, name);
}

/* The lines, and where to go on. */
static const struct pf_err *
put_lines(struct pf_buf *b, struct pf_loglines *l)
{
	const struct pf_err *err;

	pf_jw_open(b, "logs", '[');
	err = pf_loglines(l, b);
	pf_jw_close(b, ']');
	pf_jw_int(b, "count", l->count);
	put_or_null(b, "total_lines", l->total >= 0, l->total);
	pf_jw_bool(b, "has_more", l->more);
	put_or_null(b, "next_offset", l->total >= 0 && l->more,
	    l->skip + l->count);
	if (l->next[0] != '\0')
		pf_jw_str(b, "cursor", l->next);
	else
		pf_jw_null(b, "cursor");
	return err;
}

static const struct pf_err *
read_logs(struct pf_db *db, struct req *r)
{
	const struct pf_err *err;
	struct pf_loglines l = { .limit = LIMIT,
	    .cursor = route_text(r, "cursor") };
	struct pf_buf *b = &r->reply.body;
	struct pf_about a;
	char *dir;

	route_int(&l.limit, r, "limit");
	route_int(&l.skip, r, "offset");
	if (l.cursor != NULL && route_text(r, "offset") != NULL)
		return pf_err_field(PF_DATA, "offset", "offset and cursor "
		    "exclude each other");
	if ((err = about(&a, db, r)) != NULL)
		return err;
	l.dir = dir = pf_joblog_dir(r->h->conf.storage_path, r->id);
	l.source = a.fuzzer;
	l.over = a.over;
	reply_open(r, 200, a.status);
	pf_jw_str(b, "job_id", r->id);
	pf_jw_str(b, "job_name", a.name);
	err = put_lines(b, &l);
	reply_end(r);
	free(dir);
	return err;
}

const struct pf_err *
api_job_logs(struct worker *w, struct req *r)
{
	return worker_read(w, r, read_logs);
}

static const struct pf_err *
read_has_logs(struct pf_db *db, struct req *r)
{
	const struct pf_err *err;
	struct pf_buf *b = &r->reply.body;
	struct pf_about a;
	char path[PF_ID_MAX + 32];
	int64_t bytes = 0;

	if ((err = about(&a, db, r)) != NULL || (err = pf_joblog_bytes(&bytes,
	    r->h->conf.storage_path, r->id)) != NULL)
		return err;
	snprintf(path, sizeof(path), "logs/jobs/%s", r->id);
	reply_open(r, 200, NULL);
	pf_jw_str(b, "job_id", r->id);
	pf_jw_bool(b, "exists", bytes > 0);
	pf_jw_str(b, "path", path);
	pf_jw_int(b, "bytes", bytes);
	reply_end(r);
	return NULL;
}

const struct pf_err *
api_job_has_logs(struct worker *w, struct req *r)
{
	return worker_read(w, r, read_has_logs);
}

/* A name that means the same in a header, a shell and any file system. */
static void
plain_name(char *out, size_t n, const char *name)
{
	size_t i;

	for (i = 0; name[i] != '\0' && i + 1 < n; i++)
		out[i] = (name[i] >= 'a' && name[i] <= 'z') ||
		    (name[i] >= 'A' && name[i] <= 'Z') ||
		    (name[i] >= '0' && name[i] <= '9') || name[i] == '-' ||
		    (name[i] == '.' && i > 0) ? name[i] : '_';
	out[i] = '\0';
}

static const struct pf_err *
read_binary(struct pf_db *db, struct req *r)
{
	const struct pf_err *err;
	struct pf_buf path = PF_BUF_INIT;
	struct pf_about a;

	if ((err = about(&a, db, r)) != NULL)
		return err;
	pf_blob_path(&path, r->h->conf.storage_path, a.target_hash);
	err = reply_file(r, path.data, "target", a.target_hash);
	if (err == NULL)
		plain_name(r->reply.name, sizeof(r->reply.name), a.target);
	pf_buf_free(&path);
	return err;
}

const struct pf_err *
api_job_binary(struct worker *w, struct req *r)
{
	return worker_read(w, r, read_binary);
}
