/*
 * Files that several pf-ingest write to, one at a time: the ledger, logs.
 *
 * Who creates one may die before its directory is synced, so the directory is
 * synced by each that finds the file empty, before it writes.  Who meets an
 * fsync that fails puts another file in its place, so nobody may go on
 * writing to what has lost its name.
 */
#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "ingest/keep.h"
#include "os/fs.h"

static const struct pf_err *
sync_parent(const char *path)
{
	const struct pf_err *err;
	char *dir = pf_strndup(path, (size_t)(strrchr(path, '/') - path));

	err = pf_sync_dir(dir);
	free(dir);
	return err;
}

/* Locks it; *named is false if its name is another file's by now. */
static const struct pf_err *
lock(bool *named, struct stat *st, int fd, const char *path)
{
	struct stat now;

	if (flock(fd, LOCK_EX) == -1)
		return pf_errno("lock %s", path);
	if (fstat(fd, st) == -1)
		return pf_errno("stat %s", path);
	*named = lstat(path, &now) == 0 && now.st_ino == st->st_ino &&
	    now.st_dev == st->st_dev;
	return NULL;
}

const struct pf_err *
keep_open(int *fd, const char *path, int flags)
{
	const struct pf_err *err;
	struct stat st;
	bool named;

	do {
		*fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC |
		    flags, 0640);
		if (*fd == -1)
			return pf_errno("open %s", path);
		err = lock(&named, &st, *fd, path);
		if (err == NULL && named && st.st_size == 0)
			err = sync_parent(path);
		if (err != NULL || !named)
			close(*fd);
	} while (err == NULL && !named);
	if (err != NULL)
		*fd = -1;
	return err;
}

/* Gives the file another name, which no other has. */
static void
put_aside(const char *path)
{
	const char *dot = strrchr(path, '.');
	char *to;
	int i, rc = -1;

	errno = EEXIST;
	for (i = 1; rc == -1 && errno == EEXIST && i < 100; i++) {
		to = pf_asprintf("%.*s-%02d%s", (int)(dot - path), path, i,
		    dot);
		rc = pf_rename_new(path, to);
		free(to);
	}
	if (rc == 0)
		(void)sync_parent(path);
}

const struct pf_err *
keep_sync(int fd, const char *path, off_t end)
{
	const struct pf_err *err;

	if (fsync(fd) == 0)
		return NULL;
	err = pf_errno("fsync %s", path);
	/* What it was to keep is not there; what was before may be. */
	(void)!ftruncate(fd, end);
	put_aside(path);
	return err;
}

const struct pf_err *
keep_renew(int fd, const char *path, size_t max)
{
	const struct pf_err *err = pf_errno("fsync %s", path), *e;
	struct pf_buf b = PF_BUF_INIT;

	if (lseek(fd, 0, SEEK_SET) == 0 &&
	    (e = pf_read_all(&b, fd, max, path)) == NULL)
		(void)pf_file_put(path, NULL, b.data, b.len, 0640);
	pf_buf_free(&b);
	return err;
}
