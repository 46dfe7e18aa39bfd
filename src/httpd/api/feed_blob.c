/*
 * A file that jobs or builds are to have, as the bytes of the body: into a
 * pack in the spool as it comes.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "httpd/api/push.h"
#include "httpd/reply.h"
#include "httpd/route.h"
#include "store/blob.h"
#include "store/spoolblob.h"

struct upload {
	struct httpd		*h;
	struct pf_spool_file	 pack;
	struct pf_spool_blob	 blob;
	int64_t			 reserved;
};

static void
upload_free(void *arg)
{
	struct upload *up = arg;

	pf_spool_blob_abort(&up->blob);
	pf_spool_abort(&up->pack);
	commit_release(up->h->commit, up->reserved);
	free(up);
}

static const struct pf_err *
reserve(struct upload *up, int64_t n)
{
	const struct pf_err *err = commit_reserve(up->h->commit, n, false);

	if (err == NULL)
		up->reserved += n;
	return err;
}

static const struct pf_err *
begin(struct req *r)
{
	static const struct pf_spool_file none = PF_SPOOL_FILE_INIT;
	const struct pf_err *err;
	struct upload *up = pf_calloc(1, sizeof(*up));

	up->h = r->h;
	up->pack = none;
	r->upload = up;
	r->drop = upload_free;
	if (r->length > 0 && (err = reserve(up, r->length)) != NULL)
		return err;
	if ((err = pf_spool_begin(&up->pack, r->h->conf.spool_path)) ==
	    NULL)
		err = pf_spool_blob_begin(&up->blob, &up->pack);
	return err == NULL ? NULL : commit_refuse(r->h->commit, err);
}

static const struct pf_err *
finish(struct req *r, struct upload *up)
{
	const struct pf_err *err;
	char sha[PF_SHA_TEXT];
	int64_t size = up->blob.size, there;
	bool filed;

	if (size == 0)
		return pf_err(PF_DATA, "the file is empty");
	if ((err = pf_spool_blob_end(&up->blob, sha)) != NULL)
		return commit_refuse(r->h->commit, err);
	filed = pf_blob_has(r->h->conf.storage_path, sha, &there) &&
	    there == size;
	/* What lies there already needs no second copy. */
	if (!filed && (err = pf_spool_commit(&up->pack, NULL)) != NULL)
		return commit_refuse(r->h->commit, err);
	reply_open(r, filed ? 200 : 202, NULL);
	pf_jw_str(&r->reply.body, "sha256", sha);
	pf_jw_int(&r->reply.body, "size", size);
	pf_jw_bool(&r->reply.body, "filed", filed);
	reply_end(r);
	return NULL;
}

static const struct pf_err *
feed(struct req *r, bool last)
{
	const struct pf_err *err;
	struct upload *up;

	if (r->upload == NULL && (err = begin(r)) != NULL)
		return err;
	up = r->upload;
	if (up->blob.size + (int64_t)r->body.len > r->h->conf.target_size)
		return pf_err_field(PF_USAGE, "target_size", "the file is "
		    "larger than %lld bytes",
		    (long long)r->h->conf.target_size);
	if (r->length < 0 && (err = reserve(up, (int64_t)r->body.len)) !=
	    NULL)
		return err;
	if ((err = pf_spool_blob_add(&up->blob, r->body.data,
	    r->body.len)) != NULL)
		return commit_refuse(r->h->commit, err);
	if (!last)
		return NULL;
	if ((err = finish(r, up)) != NULL)
		return err;
	upload_free(up);
	r->upload = NULL;
	r->drop = NULL;
	return NULL;
}

const struct pf_err *
feed_blob(struct worker *w, struct req *r, bool last)
{
	(void)w;
	return push_end(r, feed(r, last));
}

const struct pf_err *
api_blob_new(struct worker *w, struct req *r)
{
	return feed_blob(w, r, true);
}
