/*
 * Files on their way into the spool; see spool.h.  The steps are those of
 * pf-spool(5), in this order: open, write, fsync, close, rename, fsync of the
 * directory.  After a failed fsync the file is void.
 */
#include <sys/random.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/clock.h"
#include "os/fs.h"
#include "store/spool.h"

#define FILE_MODE	0640

const struct pf_err *
pf_spool_name(char name[PF_PACK_NAME])
{
	uint64_t r;

	if (getrandom(&r, sizeof(r), 0) != (ssize_t)sizeof(r))
		return pf_errno("getrandom");
	snprintf(name, PF_PACK_NAME, "%016" PRIx64 "-%016" PRIx64,
	    (uint64_t)pf_wall_ms(), r);
	return NULL;
}

void
pf_spool_boot(char out[PF_SPOOL_BOOT + 1])
{
	char boot[PF_BOOT_ID];

	if (pf_boot_id(boot) != NULL)
		memset(boot, '0', PF_SPOOL_BOOT);
	snprintf(out, PF_SPOOL_BOOT + 1, "%.*s", PF_SPOOL_BOOT, boot);
}

const struct pf_err *
pf_spool_begin(struct pf_spool_file *f, const char *dir)
{
	const struct pf_err *err;
	char boot[PF_SPOOL_BOOT + 1];

	*f = (struct pf_spool_file)PF_SPOOL_FILE_INIT;
	if ((err = pf_spool_name(f->name)) != NULL)
		return err;
	pf_spool_boot(boot);
	f->dir = pf_strdup(dir);
	f->tmp = pf_asprintf("%s/tmp/%ld.%s.%s", dir, (long)getpid(), boot,
	    f->name);
	f->fd = open(f->tmp, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW |
	    O_CLOEXEC, FILE_MODE);
	if (f->fd == -1) {
		err = pf_errno("create %s", f->tmp);
		free(f->tmp);
		f->tmp = NULL;
	}
	return err;
}

const struct pf_err *
pf_spool_write(struct pf_spool_file *f, const void *p, size_t n)
{
	const struct pf_err *err = pf_write_all(f->fd, p, n, f->tmp);

	if (err == NULL)
		f->size += (int64_t)n;
	return err;
}

const struct pf_err *
pf_spool_cut(struct pf_spool_file *f, int64_t size)
{
	if (f->size == size)
		return NULL;
	if (ftruncate(f->fd, size) == -1 ||
	    lseek(f->fd, size, SEEK_SET) == -1)
		return pf_errno("truncate %s", f->tmp);
	f->size = size;
	return NULL;
}

const struct pf_err *
pf_spool_reread(struct pf_spool_file *f, int64_t at, void *p, size_t n)
{
	ssize_t k;
	char *to = p;

	for (; n > 0; to += k, at += k, n -= (size_t)k) {
		k = pread(f->fd, to, n, at);
		if (k == 0)
			return pf_err(PF_IO, "read %s: it ends too early",
			    f->tmp);
		if (k == -1 && errno != EINTR)
			return pf_errno("read %s", f->tmp);
		if (k == -1)
			k = 0;
	}
	return NULL;
}

const struct pf_err *
pf_spool_patch(struct pf_spool_file *f, int64_t at, const void *p, size_t n)
{
	const char *from = p;
	ssize_t k;

	for (; n > 0; from += k, at += k, n -= (size_t)k) {
		k = pwrite(f->fd, from, n, at);
		if (k == -1 && errno != EINTR)
			return pf_errno("write %s", f->tmp);
		if (k == -1)
			k = 0;
	}
	return NULL;
}

/* fsync and close: the descriptor is gone in any case. */
static const struct pf_err *
harden(struct pf_spool_file *f)
{
	const struct pf_err *err = NULL;

	if (fsync(f->fd) == -1)
		err = pf_errno("fsync %s", f->tmp);
	if (close(f->fd) == -1 && err == NULL)
		err = pf_errno("close %s", f->tmp);
	f->fd = -1;
	return err;
}

const struct pf_err *
pf_spool_settle(struct pf_spool_file *f, const char *part, const char *name)
{
	const struct pf_err *err;
	char *to = pf_asprintf("%s/%s/%s", f->dir, part, name);
	char *dir = pf_asprintf("%s/%s", f->dir, part);

	if ((err = harden(f)) == NULL && rename(f->tmp, to) == -1)
		err = pf_errno("rename %s to %s", f->tmp, to);
	if (err == NULL) {
		free(f->tmp);
		f->tmp = NULL;
		err = pf_sync_dir(dir);
	}
	free(dir);
	free(to);
	return err;
}

const struct pf_err *
pf_spool_commit(struct pf_spool_file *f, char name[PF_PACK_NAME])
{
	const struct pf_err *err;
	char *path;

	if ((err = pf_spool_settle(f, "new", f->name)) != NULL) {
		/* The rename may have been done and its sync have failed. */
		path = pf_asprintf("%s/new/%s", f->dir, f->name);
		unlink(path);
		free(path);
	} else if (name != NULL)
		memcpy(name, f->name, sizeof(f->name));
	return err;
}

void
pf_spool_abort(struct pf_spool_file *f)
{
	if (f->fd != -1)
		close(f->fd);
	if (f->tmp != NULL)
		unlink(f->tmp);
	free(f->tmp);
	free(f->dir);
	*f = (struct pf_spool_file)PF_SPOOL_FILE_INIT;
}

const struct pf_err *
pf_spool_put(const char *dir, const void *p, size_t n,
    char name[PF_PACK_NAME])
{
	const struct pf_err *err;
	struct pf_spool_file f;

	if ((err = pf_spool_begin(&f, dir)) == NULL &&
	    (err = pf_spool_write(&f, p, n)) == NULL)
		err = pf_spool_commit(&f, name);
	pf_spool_abort(&f);
	return err;
}

const struct pf_err *
pf_spool_place(const char *dir, const char *part, const char *name,
    const void *p, size_t n)
{
	const struct pf_err *err;
	struct pf_spool_file f;

	if ((err = pf_spool_begin(&f, dir)) == NULL &&
	    (err = pf_spool_write(&f, p, n)) == NULL)
		err = pf_spool_settle(&f, part, name);
	pf_spool_abort(&f);
	return err;
}
