/*
 * Bytes kept until the request is understood; see form.h.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "httpd/api/form.h"
#include "os/fs.h"
#include "store/spool.h"

const struct pf_err *
stash_open(struct stash *s, struct httpd *h, bool large)
{
	const struct pf_err *err;
	struct pf_spool_file f = PF_SPOOL_FILE_INIT;

	*s = (struct stash)STASH_INIT;
	s->h = h;
	if (!large)
		return NULL;
	/* A name that is nobody else's; then no name at all. */
	if ((err = pf_spool_begin(&f, h->conf.spool_path)) == NULL &&
	    (s->fd = open(f.tmp, O_RDWR | O_NOFOLLOW | O_CLOEXEC)) == -1)
		err = pf_errno("open %s", f.tmp);
	pf_spool_abort(&f);
	return err == NULL ? NULL : commit_refuse(h->commit, err);
}

const struct pf_err *
stash_add(struct stash *s, const void *p, size_t n)
{
	const struct pf_err *err = NULL;

	if (s->fd == -1)
		pf_buf_add(&s->mem, p, n);
	else
		err = pf_write_all(s->fd, p, n, "what was uploaded");
	if (err == NULL)
		s->size += (int64_t)n;
	return err == NULL ? NULL : commit_refuse(s->h->commit, err);
}

static const struct pf_err *
read_file(struct stash *s, char *piece, int64_t at, int64_t n,
    const struct pf_err *(*call)(void *, const void *, size_t), void *arg)
{
	const struct pf_err *err = NULL;
	ssize_t got;

	for (; n > 0 && err == NULL; n -= got, at += got) {
		got = pread(s->fd, piece, n < PIECE ? (size_t)n : PIECE, at);
		if (got <= 0)
			return commit_refuse(s->h->commit, got == 0 ?
			    pf_err(PF_IO, "what was uploaded is shorter "
			    "than it was") : pf_errno("what was uploaded"));
		err = call(arg, piece, (size_t)got);
	}
	return err;
}

const struct pf_err *
stash_read(struct stash *s, int64_t at, int64_t n,
    const struct pf_err *(*call)(void *, const void *, size_t), void *arg)
{
	const struct pf_err *err;
	char *piece;

	if (s->fd == -1)
		return call(arg, s->mem.data + at, (size_t)n);
	piece = pf_calloc(n < PIECE ? (size_t)n + 1 : PIECE, 1);
	err = read_file(s, piece, at, n, call, arg);
	free(piece);
	return err;
}

void
stash_free(struct stash *s)
{
	if (s->fd != -1)
		close(s->fd);
	s->fd = -1;
	pf_buf_free(&s->mem);
}
