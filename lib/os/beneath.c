/*
 * Files in a tree that somebody else writes to: no link in it leads us out;
 * see fs.h.
 */
#include <sys/stat.h>
#include <sys/syscall.h>

#include <linux/openat2.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/fs.h"

/* What of path lies below root, or NULL. */
static const char *
rest_of(const char *path, const char *root)
{
	size_t n = strlen(root);

	if (strncmp(path, root, n) != 0 || path[n] != '/')
		return NULL;
	return path + n + 1;
}

static int
open_in(const char *root, const char *rest, int flags)
{
	struct open_how how = { .flags = (uint64_t)(flags | O_CLOEXEC),
	    .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS |
	    RESOLVE_NO_MAGICLINKS };
	int top = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC), fd, num;

	if (top == -1)
		return -1;
	fd = (int)syscall(SYS_openat2, top, rest, &how, sizeof(how));
	/* An old kernel: at least the last part is no link. */
	if (fd == -1 && errno == ENOSYS)
		fd = openat(top, rest, flags | O_NOFOLLOW | O_CLOEXEC);
	num = errno;
	close(top);
	errno = num;
	return fd;
}

const struct pf_err *
pf_slurp_in(struct pf_buf *b, const char *root, const char *path, size_t max)
{
	const char *rest = rest_of(path, root);
	int fd;

	if (rest == NULL)
		return pf_err(PF_DATA, "%s: not in %s", path, root);
	if ((fd = open_in(root, rest, O_RDONLY | O_NONBLOCK)) == -1)
		return errno == ELOOP || errno == EXDEV ? pf_err(PF_DATA,
		    "%s: a link leads elsewhere", path) :
		    pf_errno("open %s", path);
	return pf_slurp_fd(b, fd, path, max);
}

/* The directory of what is to be changed there; *name is the last part. */
static int
open_parent(const char **name, const char *root, const char *path)
{
	const char *rest = rest_of(path, root);
	char *dir;
	int fd;

	*name = rest != NULL ? strrchr(rest, '/') : NULL;
	if (*name == NULL) {
		errno = EXDEV;
		return -1;
	}
	dir = pf_strndup(rest, (size_t)((*name)++ - rest));
	fd = open_in(root, dir, O_PATH | O_DIRECTORY);
	free(dir);
	return fd;
}

const struct pf_err *
pf_rename_in(const char *from, const char *root, const char *path)
{
	const struct pf_err *err = NULL;
	const char *name;
	int fd = open_parent(&name, root, path);

	if (fd == -1 || renameat(AT_FDCWD, from, fd, name) == -1)
		err = pf_errno("rename %s", path);
	if (fd != -1)
		close(fd);
	return err;
}

const struct pf_err *
pf_unlink_in(const char *root, const char *path)
{
	const struct pf_err *err = NULL;
	const char *name;
	int fd = open_parent(&name, root, path);

	if (fd == -1 || (unlinkat(fd, name, 0) == -1 && errno != ENOENT))
		err = pf_errno("unlink %s", path);
	if (fd != -1)
		close(fd);
	return err;
}
