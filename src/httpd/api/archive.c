/*
 * A corpus, or seeds, as an archive; see archive.h.
 *
 * The rows of the database say which files there are, a few hundred at a
 * time, the storage has their bytes.  A file is opened before its header is
 * written: from then on it cannot go away.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "codec/tar.h"
#include "codec/zip.h"
#include "httpd/api/archive.h"
#include "store/blob.h"
#include "view/inputs.h"

#define ARCHIVE_PIECE	(64 * 1024)	/* made at a time */
#define ARCHIVES_MAX	64		/* at the same time */

struct archive {
	struct httpd	*h;
	char		 job[PF_ID_MAX + 1];
	struct pf_input_names names;	/* some of the files */
	size_t		 next;		/* of them */
	int		 fd;		/* the one that is read, or -1 */
	int64_t		 size, left;	/* of it */
	bool		 seeds;		/* in a zip, not a tar */
	struct pf_zip	 zip;
};

static void
archive_free(void *state)
{
	struct archive *a = state;

	if (a->fd != -1)
		close(a->fd);
	pf_buf_free(&a->zip.dir);
	atomic_fetch_sub(&a->h->archives, 1);
	free(a);
}

/* The names that come next; none at the end. */
static const struct pf_err *
load(struct worker *w, struct archive *a)
{
	const struct pf_err *err;
	struct pf_db *db;

	a->next = 0;
	if ((err = worker_db(&db, w)) == NULL)
		err = (a->seeds ? pf_seeds_next : pf_inputs_next)(&a->names,
		    db, a->job);
	if (err != NULL)
		worker_forget(w);
	return err;
}

static void
put_header(struct archive *a, struct pf_buf *out, const char *name,
    const struct stat *st)
{
	a->size = a->left = st->st_size;
	if (a->seeds)
		pf_zip_file(&a->zip, out, name);
	else
		pf_tar_file(out, a->job, name, st->st_size, st->st_mtime);
}

/* Opens the file and writes its header.  One that is gone is left out. */
static const struct pf_err *
open_next(struct archive *a, struct pf_buf *out)
{
	const struct pf_err *err = NULL;
	const char *name = a->names.sha[a->next++];
	struct pf_buf at = PF_BUF_INIT;
	const char *path;
	struct stat st;

	if (a->seeds)
		pf_blob_path(&at, a->h->conf.storage_path, name);
	else
		pf_buf_addf(&at, "%s/corpus/%s/%s", a->h->conf.storage_path,
		    a->job, name);
	path = at.data;
	a->fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (a->fd == -1 && errno != ENOENT && errno != ELOOP)
		err = pf_errno("open %s", path);
	else if (a->fd != -1 && fstat(a->fd, &st) == -1)
		err = pf_errno("stat %s", path);
	else if (a->fd != -1 && S_ISREG(st.st_mode))
		put_header(a, out, name, &st);
	else if (a->fd != -1) {
		close(a->fd);
		a->fd = -1;
	}
	pf_buf_free(&at);
	return err;
}

/* More of the file.  One that is shorter than it was is not the one. */
static const struct pf_err *
read_on(struct archive *a, struct pf_buf *out)
{
	const char *name = a->names.sha[a->next - 1];
	size_t n = a->left < ARCHIVE_PIECE ? (size_t)a->left : ARCHIVE_PIECE;
	ssize_t got = n == 0 ? 0 : read(a->fd, pf_buf_room(out, n), n);

	if (got == -1)
		return pf_errno("read %s of job %s", name, a->job);
	if (got == 0 && n > 0)
		return pf_err(PF_IO, "%s of job %s has shrunk", name, a->job);
	pf_buf_grew(out, (size_t)got);
	if (a->seeds)
		pf_zip_bytes(&a->zip, out->data + out->len - got, (size_t)got);
	if ((a->left -= got) > 0)
		return NULL;
	if (a->seeds)
		pf_zip_done(&a->zip, out);
	else
		pf_tar_pad(out, a->size);
	close(a->fd);
	a->fd = -1;
	return NULL;
}

/*
 * A piece of the archive, or the last one.  It may be small or nothing where
 * files are gone, for the worker has others to serve.
 */
static const struct pf_err *
fill(struct worker *w, struct req *r)
{
	const struct pf_err *err = NULL;
	struct pf_buf *out = &r->reply.body;
	struct archive *a = r->upload;

	if (a->fd == -1 && a->next == a->names.n &&
	    (err = load(w, a)) == NULL && a->names.n == 0) {
		if (a->seeds)
			pf_zip_end(&a->zip, out);
		else
			pf_tar_end(out);
		r->reply.fill = NULL;
	}
	while (err == NULL && out->len < ARCHIVE_PIECE &&
	    (a->fd != -1 || a->next < a->names.n))
		err = a->fd != -1 ? read_on(a, out) : open_next(a, out);
	return err;
}

static const struct pf_err *
start(struct worker *w, struct req *r, const char *job, bool seeds)
{
	const struct pf_err *err;
	struct archive *a;

	if (atomic_fetch_add(&w->h->archives, 1) >= ARCHIVES_MAX) {
		atomic_fetch_sub(&w->h->archives, 1);
		return pf_err(PF_BUSY, "%d archives are on their way already",
		    ARCHIVES_MAX);
	}
	a = pf_calloc(1, sizeof(*a));
	a->h = w->h;
	a->fd = -1;
	a->seeds = seeds;
	a->zip = (struct pf_zip)PF_ZIP_INIT;
	memcpy(a->job, job, strlen(job) + 1);
	r->upload = a;
	r->drop = archive_free;
	r->reply.fill = fill;
	if ((err = fill(w, r)) != NULL) {
		r->reply.fill = NULL;
		return err;
	}
	r->reply.type = seeds ? "application/zip" : "application/x-tar";
	r->reply.status = 200;
	snprintf(r->reply.name, sizeof(r->reply.name), "%s.%s", job,
	    seeds ? "zip" : "tar");
	return NULL;
}

const struct pf_err *
archive_start(struct worker *w, struct req *r, const char *job)
{
	return start(w, r, job, false);
}

const struct pf_err *
archive_seeds(struct worker *w, struct req *r, const char *job)
{
	const struct pf_err *err;
	struct pf_db *db;
	int64_t n, bytes;

	if ((err = worker_db(&db, w)) == NULL)
		err = pf_seeds_sum(&n, &bytes, db, job);
	if (err != NULL) {
		worker_forget(w);
		return err;
	}
	if (n == 0)
		return pf_err(PF_NOTFOUND, "job %s has no seeds", job);
	if (n > PF_ZIP_FILES || bytes > PF_ZIP_BYTES)
		return pf_err(PF_CONFLICT, "job %s has %lld seeds of %lld "
		    "bytes, too much for a zip: fetch them by blobs/{sha256}",
		    job, (long long)n, (long long)bytes);
	return start(w, r, job, true);
}
