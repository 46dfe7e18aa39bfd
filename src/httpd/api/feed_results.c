/*
 * A large pack on its way in: each piece goes through the reader of packs
 * into a pack of its own, and what turns out damaged is cut off again.
 * Nothing of it is in memory but the piece at hand; verdicts that grow long
 * wait in a file without a name.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "codec/unpack.h"
#include "httpd/api/batch.h"
#include "httpd/reply.h"
#include "httpd/route.h"
#include "os/fs.h"
#include "store/spool.h"

#define TEXT_MAX	65536		/* of verdicts in memory */

struct upload {
	struct httpd		*h;
	struct req		*r;
	struct pf_unpack	*reader;
	struct pf_spool_file	 file;
	int64_t			 good;		/* bytes of whole records */
	int64_t			 total;		/* of the body, known */
	int64_t			 reserved;
	struct pf_buf		 text;		/* verdicts */
	int			 fd;		/* more, before, or -1 */
	int64_t			 size;
	bool			 refused;	/* something is, for good */
};

static const struct pf_err *
on_header(const struct pf_err **why, void *arg, const struct pf_rec *rec)
{
	struct upload *up = arg;

	if ((*why = batch_limit(up->h, rec)) == NULL)
		*why = batch_later(up->r, rec);
	return batch_size(up->h, rec, up->total);
}

static const struct pf_err *
on_bytes(void *arg, const void *p, size_t n)
{
	struct upload *up = arg;
	const struct pf_err *err = pf_spool_write(&up->file, p, n);

	return err == NULL ? NULL : commit_refuse(up->h->commit, err);
}

/* Verdicts that are many leave memory. */
static const struct pf_err *
spill(struct upload *up)
{
	const struct pf_err *err;
	char *path;

	if (up->fd == -1) {
		path = pf_asprintf("%s.verdicts", up->file.tmp);
		up->fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC,
		    0600);
		err = up->fd == -1 ? pf_errno("create %s", path) :
		    unlink(path) == -1 ? pf_errno("remove %s", path) : NULL;
		free(path);
		if (err != NULL)
			return err;
	}
	if ((err = pf_write_all(up->fd, up->text.data, up->text.len,
	    "verdicts")) != NULL)
		return err;
	up->size += (int64_t)up->text.len;
	pf_buf_reset(&up->text);
	return NULL;
}

static const struct pf_err *
on_end(void *arg, const struct pf_rec *rec, const struct pf_err *verdict)
{
	struct upload *up = arg;
	const struct pf_err *err = NULL;

	up->refused |= verdict != NULL && verdict->class != PF_BUSY;
	if (verdict == NULL)
		up->good = up->file.size;
	else
		err = pf_spool_cut(&up->file, up->good);
	if (up->text.len == 0)
		pf_buf_adds(&up->text, ",\n");	/* goes on after a spill */
	batch_verdict(&up->text, rec->rid, verdict);
	if (err == NULL && up->text.len > TEXT_MAX)
		err = spill(up);
	return err == NULL ? NULL : commit_refuse(up->h->commit, err);
}

static const struct pf_unpack_calls calls = { on_header, on_bytes, NULL,
    on_end };

static void
upload_free(void *arg)
{
	struct upload *up = arg;

	pf_unpack_free(up->reader);
	pf_spool_abort(&up->file);
	commit_release(up->h->commit, up->reserved);
	pf_buf_free(&up->text);
	if (up->fd != -1)
		close(up->fd);
	free(up);
}

/* More of the body is known to come: is there room, for crashes at least? */
static const struct pf_err *
reserve(struct upload *up, int64_t n)
{
	const struct pf_err *err;

	err = commit_reserve(up->h->commit, n, up->r->short_of);
	if (err != NULL && !up->r->short_of) {
		up->r->short_of = true;
		up->r->later = *err;
		err = commit_reserve(up->h->commit, n, true);
	}
	if (err == NULL)
		up->reserved += n;
	return err;
}

static const struct pf_err *
begin(struct req *r)
{
	static const struct pf_buf empty = PF_BUF_INIT;
	static const struct pf_spool_file none = PF_SPOOL_FILE_INIT;
	const struct pf_err *err;
	struct upload *up = pf_calloc(1, sizeof(*up));

	up->h = r->h;
	up->r = r;
	up->fd = -1;
	up->text = empty;
	up->file = none;
	up->reader = pf_unpack_new(&calls, up);
	r->upload = up;
	r->drop = upload_free;
	if (r->length > 0) {
		up->total = r->length;
		if ((err = reserve(up, r->length)) != NULL)
			return err;
	}
	batch_open(&up->text);
	err = pf_spool_begin(&up->file, r->h->conf.spool_path);
	return err == NULL ? NULL : commit_refuse(r->h->commit, err);
}

/* The verdicts become the reply, before anything is laid down. */
static const struct pf_err *
make_reply(struct upload *up, struct reply *p)
{
	const struct pf_err *err;

	batch_close(&up->text);
	if (up->fd != -1) {
		if ((err = spill(up)) != NULL)
			return commit_refuse(up->h->commit, err);
		p->fd = up->fd;
		p->size = up->size;
		up->fd = -1;
	} else
		pf_buf_add(&p->body, up->text.data, up->text.len);
	p->status = 200;
	return NULL;
}

static const struct pf_err *
finish(struct req *r, struct upload *up)
{
	const struct pf_err *err;

	if ((err = pf_unpack_end(up->reader)) == NULL && r->short_of &&
	    up->good == 0 && !up->refused)
		return &r->later;	/* all of it put off is no answer */
	if (err != NULL || (err = make_reply(up, &r->reply)) != NULL)
		return err;
	if (up->file.size > 0 &&
	    (err = pf_spool_commit(&up->file, NULL)) != NULL) {
		if (r->reply.fd != -1)
			close(r->reply.fd);
		r->reply.fd = -1;
		return commit_refuse(r->h->commit, err);
	}
	upload_free(up);
	r->upload = NULL;
	r->drop = NULL;
	return NULL;
}

const struct pf_err *
feed_batch(struct worker *w, struct req *r, bool last)
{
	const struct pf_err *err;
	struct upload *up;

	(void)w;
	if (r->upload == NULL && (err = begin(r)) != NULL)
		return err;
	up = r->upload;
	if (r->length < 0) {
		up->total += (int64_t)r->body.len;
		if ((err = reserve(up, (int64_t)r->body.len)) != NULL)
			return err;
	}
	err = pf_unpack_feed(up->reader, r->body.data, r->body.len);
	if (err != NULL && err->class == PF_DATA)
		return pf_err(PF_DATA, "not a pack: at byte %lld: %s",
		    (long long)pf_unpack_start(up->reader), err->msg);
	if (err != NULL && err->class == PF_USAGE) {
		reply_error(r, 413, err, NULL);
		r->refused = true;
		return NULL;
	}
	return err != NULL || !last ? err : finish(r, up);
}
