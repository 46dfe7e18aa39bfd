/*
 * Files made safe; see fs.h.  Must not know what the files mean.
 */
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "os/fs.h"

#define DEEP	64	/* levels of a tree that are removed at once */
#define OWN_MAX	99	/* names for a file until it has its own */

const struct pf_err *
pf_write_all(int fd, const void *p, size_t n, const char *path)
{
	const char *s = p;
	ssize_t k;

	while (n > 0) {
		k = write(fd, s, n);
		if (k == -1 && errno == EINTR)
			continue;
		if (k == -1)
			return pf_errno("write %s", path);
		s += k;
		n -= (size_t)k;
	}
	return NULL;
}

const struct pf_err *
pf_read_all(struct pf_buf *b, int fd, size_t max, const char *path)
{
	size_t got = 0, want;
	ssize_t k;

	for (;;) {
		want = max - got < 65536 ? max - got + 1 : 65536;
		k = read(fd, pf_buf_room(b, want), want);
		if (k == -1 && errno == EINTR)
			continue;
		if (k == -1)
			return pf_errno("read %s", path);
		if (k == 0)
			return NULL;
		got += (size_t)k;
		if (got > max)
			return pf_err(PF_DATA, "%s: larger than %zu bytes",
			    path, max);
		pf_buf_grew(b, (size_t)k);
	}
}

const struct pf_err *
pf_slurp_fd(struct pf_buf *b, int fd, const char *path, size_t max)
{
	const struct pf_err *err = NULL;
	struct stat st;

	if (fstat(fd, &st) == -1)
		err = pf_errno("stat %s", path);
	else if (!S_ISREG(st.st_mode))
		err = pf_err(PF_DATA, "%s: not a regular file", path);
	else
		err = pf_read_all(b, fd, max, path);
	close(fd);
	return err;
}

const struct pf_err *
pf_slurp(struct pf_buf *b, const char *path, size_t max)
{
	/* O_NONBLOCK: a FIFO put in the way must not hang us. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	if (fd == -1)
		return pf_errno("open %s", path);
	return pf_slurp_fd(b, fd, path, max);
}

const struct pf_err *
pf_sync_dir(const char *path)
{
	const struct pf_err *err = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd == -1)
		return pf_errno("open %s", path);
	if (fsync(fd) == -1)
		err = pf_errno("fsync %s", path);
	close(fd);
	return err;
}

/* fsync of the directory that holds path. */
static const struct pf_err *
sync_parent(const char *path)
{
	const struct pf_err *err;
	const char *slash = strrchr(path, '/');
	char *dir;

	if (slash == NULL)
		return pf_sync_dir(".");
	dir = pf_strndup(path, slash == path ? 1 : (size_t)(slash - path));
	err = pf_sync_dir(dir);
	free(dir);
	return err;
}

const struct pf_err *
pf_file_write(const char *path, const struct pf_buf *b)
{
	const struct pf_err *err;
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW |
	    O_CLOEXEC, 0640);

	if (fd == -1)
		return pf_errno("create %s", path);
	err = pf_write_all(fd, b->data, b->len, path);
	if (close(fd) == -1 && err == NULL)
		err = pf_errno("close %s", path);
	return err;
}

/*
 * "<path>.tmp.<pid>", or with a number before ".tmp" if that is there: of one
 * that had our pid and was killed, or of another thread.
 */
static int
create_own(char **tmp, const char *path, mode_t mode)
{
	int fd, i;

	for (i = 0;; i++) {
		*tmp = i == 0 ? pf_asprintf("%s.tmp.%ld", path,
		    (long)getpid()) : pf_asprintf("%s.%d.tmp.%ld", path, i,
		    (long)getpid());
		fd = open(*tmp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
		    O_CLOEXEC, mode);
		if (fd != -1 || errno != EEXIST || i == OWN_MAX)
			return fd;
		free(*tmp);
	}
}

const struct pf_err *
pf_file_put(const char *path, const char *tmp, const void *p, size_t n,
    mode_t mode)
{
	const struct pf_err *err = NULL;
	char *own = NULL;
	int fd;

	if (tmp == NULL) {
		fd = create_own(&own, path, mode);
		tmp = own;
	} else
		fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
		    O_CLOEXEC, mode);
	if (fd == -1) {
		err = pf_errno("create %s", tmp);
		free(own);
		return err;
	}
	/* A failed fsync voids the file: it is unlinked, never synced again. */
	if ((err = pf_write_all(fd, p, n, tmp)) == NULL && fsync(fd) == -1)
		err = pf_errno("fsync %s", tmp);
	if (close(fd) == -1 && err == NULL)
		err = pf_errno("close %s", tmp);
	if (err == NULL && rename(tmp, path) == -1)
		err = pf_errno("rename %s to %s", tmp, path);
	if (err != NULL)
		unlink(tmp);
	else
		err = sync_parent(path);
	free(own);
	return err;
}

int
pf_rename_new(const char *from, const char *to)
{
	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	if (link(from, to) == -1)
		return -1;
	return unlink(from);
}

const struct pf_err *
pf_mkdirs(const char *path, mode_t mode)
{
	const struct pf_err *err = NULL;
	char *copy = pf_strdup(path), *p = copy, end;
	struct stat st;

	do {
		p += strspn(p, "/");
		p += strcspn(p, "/");
		end = *p;
		*p = '\0';
		if (mkdir(copy, mode) == 0)
			err = sync_parent(copy);
		else if (errno != EEXIST)
			err = pf_errno("mkdir %s", copy);
		else if (stat(copy, &st) == 0 && !S_ISDIR(st.st_mode))
			err = pf_err(PF_IO, "mkdir %s: a file is in the way",
			    copy);
		*p = end;
	} while (err == NULL && *p != '\0');
	free(copy);
	return err;
}

/* A tree on its way out. */
struct doomed {
	int	 top;		/* its root */
	int	 moved;		/* what was too deep, and lies there now */
};

/* Opens a directory that may have been made hard to open. */
static int
open_doomed(int dirfd, const char *name)
{
	struct stat st;
	int fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
	    O_CLOEXEC);

	if (fd == -1 && errno == EACCES && fstatat(dirfd, name, &st,
	    AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode) &&
	    fchmodat(dirfd, name, 0700, 0) == 0)
		fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY |
		    O_NOFOLLOW | O_CLOEXEC);
	if (fd != -1 && fstat(fd, &st) == 0 && (st.st_mode & 0700) != 0700)
		(void)fchmod(fd, 0700);
	return fd;
}

/* Out of the depth, to be removed in the next round. */
static int
lift(struct doomed *t, int dirfd, const char *name)
{
	char up[32];

	do
		snprintf(up, sizeof(up), ".deep.%d", t->moved++);
	while (renameat2(dirfd, name, t->top, up, RENAME_NOREPLACE) == -1 &&
	    errno == EEXIST);
	return faccessat(t->top, up, F_OK, AT_SYMLINK_NOFOLLOW);
}

static int
remove_at(struct doomed *t, int dirfd, const char *name, int depth)
{
	struct dirent *d;
	DIR *dir;
	int fd, bad = 0;

	if (unlinkat(dirfd, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return -1;
	if (depth == DEEP)
		return lift(t, dirfd, name);
	fd = open_doomed(dirfd, name);
	if (fd == -1 || (dir = fdopendir(fd)) == NULL) {
		if (fd != -1)
			close(fd);
		return -1;
	}
	if (depth == 0)
		t->top = fd;
	while ((d = readdir(dir)) != NULL)
		if (strcmp(d->d_name, ".") != 0 &&
		    strcmp(d->d_name, "..") != 0 &&
		    remove_at(t, fd, d->d_name, depth + 1) == -1)
			bad = errno;
	closedir(dir);
	if (unlinkat(dirfd, name, AT_REMOVEDIR) == -1) {
		if (bad != 0)
			errno = bad;
		return -1;
	}
	return 0;
}

const struct pf_err *
pf_rmtree(const char *path)
{
	struct doomed t = { -1, 0 };
	int before;

	/* Each round takes DEEP levels off what is left. */
	do {
		before = t.moved;
		if (remove_at(&t, AT_FDCWD, path, 0) == 0)
			return NULL;
	} while (t.moved > before);
	return pf_errno("remove %s", path);
}

static int
cmp_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* All names one after the other, each with its NUL; how many. */
static const struct pf_err *
read_names(struct pf_buf *all, size_t *n, const char *path)
{
	const struct pf_err *err = NULL;
	struct dirent *d;
	DIR *dir = opendir(path);

	if (dir == NULL)
		return pf_errno("open directory %s", path);
	for (errno = 0; (d = readdir(dir)) != NULL; errno = 0) {
		if (strcmp(d->d_name, ".") == 0 ||
		    strcmp(d->d_name, "..") == 0)
			continue;
		pf_buf_add(all, d->d_name, strlen(d->d_name) + 1);
		++*n;
	}
	if (errno != 0)
		err = pf_errno("read directory %s", path);
	closedir(dir);
	return err;
}

const struct pf_err *
pf_names(char ***out, size_t *n, const char *path)
{
	const struct pf_err *err;
	struct pf_buf all = PF_BUF_INIT;
	size_t i, k = 0, at = 0;
	char **v, *text;

	*out = NULL;
	*n = 0;
	if ((err = read_names(&all, &k, path)) == NULL) {
		/* There may be very many: they stay in one block, which is
		 * told before the first. */
		v = pf_reallocarray(NULL, k + 2, sizeof(*v));
		*v++ = text = pf_buf_detach(&all);
		for (i = 0; i < k; i++, at += strlen(text + at) + 1)
			v[i] = text + at;
		v[k] = NULL;
		qsort(v, k, sizeof(*v), cmp_name);
		*out = v;
		*n = k;
	}
	pf_buf_free(&all);
	return err;
}

void
pf_names_free(char **v)
{
	if (v == NULL)
		return;
	free(v[-1]);
	free(v - 1);
}

/* True for "...tmp.PID" of a process that is gone, and old enough. */
static bool
is_left(const char *path, const char *name)
{
	const char *pid = strrchr(name, '.');
	struct stat st;
	int64_t n;

	if (pid == NULL || pid - name < 4 || memcmp(pid - 4, ".tmp", 4) != 0 ||
	    !pf_num(&n, pid + 1, 1, INT32_MAX) || lstat(path, &st) == -1 ||
	    !S_ISREG(st.st_mode))
		return false;
	if (kill((pid_t)n, 0) == 0 || errno != ESRCH)
		return false;
	return time(NULL) - st.st_mtime > 3600;
}

const struct pf_err *
pf_sweep_tmp(const char *dir)
{
	const struct pf_err *err;
	char **names = NULL, *path;
	size_t i, n = 0;

	err = pf_names(&names, &n, dir);
	for (i = 0; i < n && err == NULL; i++) {
		path = pf_asprintf("%s/%s", dir, names[i]);
		if (is_left(path, names[i]) && unlink(path) == -1 &&
		    errno != ENOENT)
			err = pf_errno("unlink %s", path);
		free(path);
	}
	pf_names_free(names);
	return err != NULL && err->class == PF_NOTFOUND ? NULL : err;
}

const struct pf_err *
pf_disk_free(int64_t *bytes, int64_t *inodes, const char *path)
{
	struct statvfs st;

	if (statvfs(path, &st) == -1)
		return pf_errno("statvfs %s", path);
	*bytes = (int64_t)st.f_bavail * (int64_t)st.f_frsize;
	/* File systems without a fixed number of inodes say 0 of 0. */
	*inodes = st.f_files == 0 ? INT64_MAX : (int64_t)st.f_favail;
	return NULL;
}

/* Opens path, or the nearest directory above it that is there. */
static int
open_nearest(const char *path)
{
	char *copy = pf_strdup(path), *slash;
	int fd;

	while ((fd = open(copy, O_PATH | O_CLOEXEC)) == -1 &&
	    (errno == ENOENT || errno == ENOTDIR)) {
		for (slash = copy + strlen(copy); slash > copy &&
		    slash[-1] == '/';)
			*--slash = '\0';
		if ((slash = strrchr(copy, '/')) == NULL)
			fd = open(".", O_PATH | O_CLOEXEC);
		else if (slash == copy)
			fd = open("/", O_PATH | O_CLOEXEC);
		else {
			*slash = '\0';
			continue;
		}
		break;
	}
	free(copy);
	return fd;
}

const struct pf_err *
pf_within(bool *in, const char *path, const char *root)
{
	const struct pf_err *err = NULL;
	struct stat at, up, top;
	int fd, next;

	*in = false;
	if (stat(root, &top) == -1)
		return pf_errno("%s", root);
	if ((fd = open_nearest(path)) == -1 || fstat(fd, &at) == -1)
		err = pf_errno("%s", path);
	while (err == NULL && !*in) {
		*in = at.st_ino == top.st_ino && at.st_dev == top.st_dev;
		next = openat(fd, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (next == -1 || fstat(next, &up) == -1)
			err = *in ? NULL : pf_errno("%s/..", path);
		close(fd);
		fd = next;
		if (fd == -1 || (up.st_ino == at.st_ino &&
		    up.st_dev == at.st_dev))
			break;		/* the root of all */
		at = up;
	}
	if (fd != -1)
		close(fd);
	return err;
}

bool
pf_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

bool
pf_is_file(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISREG(st.st_mode);
}
