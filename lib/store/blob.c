/*
 * Blobs by content; see blob.h.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/fs.h"
#include "store/blob.h"

#define CHUNK	262144

void
pf_blob_path(struct pf_buf *b, const char *storage, const char *sha)
{
	pf_buf_addf(b, "%s/targets/%s/data", storage, sha);
}

bool
pf_blob_has(const char *storage, const char *sha, int64_t *size)
{
	struct pf_buf path = PF_BUF_INIT;
	struct stat st;
	bool has;

	pf_blob_path(&path, storage, sha);
	has = lstat(path.data, &st) == 0 && S_ISREG(st.st_mode);
	if (has)
		*size = st.st_size;
	pf_buf_free(&path);
	return has;
}

/* Reads from to its end, hashing, and writing to out unless that is -1. */
static const struct pf_err *
pump(char sha[PF_SHA_TEXT], int64_t *size, int from, int to, int64_t max)
{
	const struct pf_err *err = NULL;
	struct pf_hash *h = pf_hash_begin();
	struct pf_buf b = PF_BUF_INIT;
	ssize_t n;

	*size = 0;
	while (err == NULL) {
		n = read(from, pf_buf_room(&b, CHUNK), CHUNK);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			err = pf_errno("read");
		if (n <= 0)
			break;
		*size += n;
		if (*size > max)
			err = pf_err(PF_DATA, "larger than %" PRId64 " bytes",
			    max);
		else if (to != -1)
			err = pf_write_all(to, b.data, (size_t)n, "copy");
		pf_hash_add(h, b.data, (size_t)n);
	}
	if (err == NULL && *size == 0)
		err = pf_err(PF_DATA, "empty");
	pf_hash_end(h, sha);
	pf_buf_free(&b);
	return err;
}

static const struct pf_err *
open_regular(int *fd, const char *path)
{
	struct stat st;

	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (*fd == -1)
		return pf_errno("open %s", path);
	if (fstat(*fd, &st) == -1 || !S_ISREG(st.st_mode)) {
		close(*fd);
		return pf_err(PF_DATA, "%s: not a regular file", path);
	}
	return NULL;
}

const struct pf_err *
pf_blob_hash(char sha[PF_SHA_TEXT], int64_t *size, const char *path,
    int64_t max)
{
	const struct pf_err *err;
	int fd;

	if ((err = open_regular(&fd, path)) != NULL)
		return err;
	err = pump(sha, size, fd, -1, max);
	close(fd);
	return err == NULL ? NULL : pf_err_at(err, "%s", path);
}

/* Another process may have renamed it and died before its sync. */
static const struct pf_err *
sync_blob(const char *storage, const char *sha)
{
	const struct pf_err *err;
	struct pf_buf dir = PF_BUF_INIT;

	pf_buf_addf(&dir, "%s/targets/%s", storage, sha);
	err = pf_sync_dir(dir.data);
	pf_buf_free(&dir);
	return err;
}

/* Moves the synced copy to its place; somebody may have been faster. */
static const struct pf_err *
settle(const char *storage, const char *tmp, const char *sha)
{
	const struct pf_err *err;
	struct pf_buf dir = PF_BUF_INIT, path = PF_BUF_INIT;

	pf_buf_addf(&dir, "%s/targets/%s", storage, sha);
	pf_blob_path(&path, storage, sha);
	if ((err = pf_mkdirs(dir.data, 0750)) == NULL &&
	    rename(tmp, path.data) == -1)
		err = pf_errno("rename %s to %s", tmp, path.data);
	if (err == NULL)
		err = sync_blob(storage, sha);
	pf_buf_free(&dir);
	pf_buf_free(&path);
	return err;
}

const struct pf_err *
pf_blob_begin(struct pf_blob_file *f, const char *storage)
{
	f->tmp = pf_asprintf("%s/targets/.tmp.%ld", storage,
	    (long)getpid());
	/* One of old cannot be opened: it may not be written. */
	unlink(f->tmp);
	f->fd = open(f->tmp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
	    O_CLOEXEC, 0550);
	return f->fd == -1 ? pf_errno("create %s", f->tmp) : NULL;
}

const struct pf_err *
pf_blob_settle(struct pf_blob_file *f, const char *storage, const char *sha,
    int64_t size)
{
	const struct pf_err *err = NULL;
	int64_t there;
	int fd = f->fd;

	if (pf_blob_has(storage, sha, &there) && there == size)
		return sync_blob(storage, sha);
	if (fsync(fd) == -1)
		return pf_errno("fsync %s", f->tmp);
	f->fd = -1;
	if (close(fd) == -1)
		err = pf_errno("close %s", f->tmp);
	else if ((err = settle(storage, f->tmp, sha)) == NULL) {
		free(f->tmp);
		f->tmp = NULL;
	}
	return err;
}

void
pf_blob_abort(struct pf_blob_file *f)
{
	if (f->fd != -1)
		close(f->fd);
	if (f->tmp != NULL)
		unlink(f->tmp);
	free(f->tmp);
	*f = (struct pf_blob_file)PF_BLOB_FILE_INIT;
}

const struct pf_err *
pf_blob_add(char sha[PF_SHA_TEXT], int64_t *size, const char *storage,
    const char *path, int64_t max)
{
	const struct pf_err *err;
	struct pf_blob_file to = PF_BLOB_FILE_INIT;
	int from;

	if ((err = open_regular(&from, path)) != NULL)
		return err;
	if ((err = pf_blob_begin(&to, storage)) == NULL &&
	    (err = pump(sha, size, from, to.fd, max)) != NULL)
		err = pf_err_at(err, "%s", path);
	if (err == NULL)
		err = pf_blob_settle(&to, storage, sha, *size);
	pf_blob_abort(&to);
	close(from);
	return err;
}
