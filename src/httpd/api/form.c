/*
 * multipart/form-data taken apart, by libmicrohttpd; see form.h.
 */
#include <microhttpd.h>

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "httpd/api/form.h"
#include "httpd/body.h"
#include "httpd/route.h"

#define PARTS_MAX	1024
#define PARSER		(32 * 1024)

static enum MHD_Result
fail(struct form *f, const struct pf_err *err)
{
	f->err = *err;
	f->failed = true;
	return MHD_NO;
}

/* Why it failed, for when the form is gone. */
static const struct pf_err *
how(const struct form *f)
{
	return pf_err_field(f->err.class, f->err.field, "%s", f->err.msg);
}

static void
end_part(struct form *f)
{
	if (f->hash != NULL)
		pf_hash_end(f->hash, f->parts[f->n - 1].sha256);
	f->hash = NULL;
	f->in_meta = false;
}

static void
begin_file(struct form *f, const char *name)
{
	struct part *p;

	f->parts = pf_reallocarray(f->parts, f->n + 1, sizeof(*f->parts));
	p = &f->parts[f->n++];
	*p = (struct part){ .name = pf_strdup(name), .at = f->stash.size };
	f->hash = pf_hash_begin();
}

/* NULL if a part of that name has a place in the request. */
static const struct pf_err *
check_part(const struct form *f, const char *key, const char *coding)
{
	if (coding != NULL && strcasecmp(coding, "binary") != 0 &&
	    strcasecmp(coding, "8bit") != 0 && strcasecmp(coding, "7bit") != 0)
		return pf_err(PF_DATA, "the part %.64s is encoded: send its "
		    "bytes as they are", key);
	if (strcmp(key, "metadata") == 0)
		return !f->has_meta ? NULL : pf_err_field(PF_DATA, "metadata",
		    "metadata comes twice");
	if (f->n == PARTS_MAX)
		return pf_err(PF_USAGE, "more than %d files at once",
		    PARTS_MAX);
	if (f->r->route->call != api_crash)
		return NULL;
	if (strcmp(key, "input") != 0)
		return pf_err(PF_DATA, "nothing is known of a part %.64s: "
		    "there are metadata and input", key);
	return f->n == 0 ? NULL : pf_err_field(PF_DATA, "input", "the input "
	    "comes twice");
}

static enum MHD_Result
add_bytes(struct form *f, const char *data, size_t n)
{
	const struct pf_err *err;
	struct part *p;

	if (f->in_meta) {
		if (f->meta.len + n > JSON_MAX)
			return fail(f, pf_err(PF_USAGE, "metadata is larger "
			    "than %d bytes", JSON_MAX));
		pf_buf_add(&f->meta, data, n);
		return MHD_YES;
	}
	p = &f->parts[f->n - 1];
	if (p->len + (int64_t)n > f->max)
		return fail(f, pf_err(PF_USAGE, "a file has more than the "
		    "%lld bytes that are the limit", (long long)f->max));
	if ((err = stash_add(&f->stash, data, n)) != NULL)
		return fail(f, err);
	pf_hash_add(f->hash, data, n);
	p->len += (int64_t)n;
	return MHD_YES;
}

/*
 * libmicrohttpd may begin a part with no bytes and begin it again with some:
 * so an empty file with another of its name behind it is one with that.
 */
static bool
begins_again(const struct form *f, const char *key, const char *name)
{
	if (f->in_meta)
		return f->meta.len == 0 && strcmp(key, "metadata") == 0;
	return f->hash != NULL && f->parts[f->n - 1].len == 0 &&
	    strcmp(key, "metadata") != 0 &&
	    strcmp(f->parts[f->n - 1].name, name) == 0;
}

static enum MHD_Result
on_part(void *cls, enum MHD_ValueKind kind, const char *key,
    const char *filename, const char *type, const char *coding,
    const char *data, uint64_t off, size_t n)
{
	struct form *f = cls;
	const struct pf_err *err;

	(void)kind;
	(void)type;
	if (f->failed)
		return MHD_NO;
	if (key == NULL)
		key = "";
	if (filename == NULL)
		filename = "";
	if (off == 0 && !begins_again(f, key, filename)) {
		end_part(f);
		if ((err = check_part(f, key, coding)) != NULL)
			return fail(f, err);
		f->in_meta = strcmp(key, "metadata") == 0;
		if (f->in_meta)
			f->has_meta = true;
		else
			begin_file(f, filename);
	}
	return n > 0 ? add_bytes(f, data, n) : MHD_YES;
}

static void
form_free(void *arg)
{
	struct form *f = arg;
	size_t i;

	if (f->pp != NULL)
		MHD_destroy_post_processor(f->pp);
	if (f->hash != NULL)
		pf_hash_abort(f->hash);
	for (i = 0; i < f->n; i++)
		free(f->parts[i].name);
	free(f->parts);
	stash_free(&f->stash);
	pf_buf_free(&f->meta);
	commit_release(f->r->h->commit, f->reserved);
	free(f);
}

void
form_end(struct req *r)
{
	if (r->upload != NULL)
		form_free(r->upload);
	r->upload = NULL;
	r->drop = NULL;
}

const struct pf_err *
form_begin(struct req *r, bool large, int64_t max)
{
	static const struct pf_buf empty = PF_BUF_INIT;
	const struct pf_err *err;
	struct form *f = pf_calloc(1, sizeof(*f));

	f->r = r;
	f->max = max;
	f->meta = empty;
	r->upload = f;
	r->drop = form_free;
	if ((err = stash_open(&f->stash, r->h, large)) != NULL)
		return err;
	if (r->kind != BODY_FORM) {
		begin_file(f, "");
		return NULL;
	}
	f->pp = MHD_create_post_processor(r->conn, PARSER, on_part, f);
	return f->pp != NULL ? NULL : pf_err(PF_DATA, "%s", BODY_NO_BOUNDARY);
}

const struct pf_err *
form_feed(struct form *f, const char *data, size_t n)
{
	enum MHD_Result ok = MHD_YES;

	if (n == 0)
		return NULL;
	if (f->pp == NULL)
		add_bytes(f, data, n);
	else
		ok = MHD_post_process(f->pp, data, n);
	if (f->failed)
		return how(f);
	return ok == MHD_YES ? NULL : pf_err(PF_DATA, "the body is not "
	    "multipart/form-data");
}

const struct pf_err *
form_read(struct form *f)
{
	enum MHD_Result whole = MHD_YES;
	bool form = f->pp != NULL;

	if (f->pp != NULL)
		whole = MHD_destroy_post_processor(f->pp);
	f->pp = NULL;
	end_part(f);
	if (f->failed)
		return how(f);
	if (form && f->n == 0 && !f->has_meta)
		return pf_err(PF_DATA, "there is no part in the body: is its "
		    "boundary that of the Content-Type?");
	return whole == MHD_YES ? NULL : pf_err(PF_DATA, "the body is not "
	    "multipart/form-data to its end");
}
