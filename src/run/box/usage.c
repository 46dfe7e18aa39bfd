/*
 * What a job's directory takes on the disk.  It is the target that fills it:
 * the walk is bounded in files and depth, follows no link, and crosses into
 * no other file system.
 */
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "run/box/room.h"

#define DEPTH_MAX	64
#define FILES_MAX	2000000
#define FILE_LEAST	2048		/* what a file costs that has nothing
					 * in it: the disk has but so many */

struct walk {
	struct used	 used;
	int64_t		 max, files;
	dev_t		 dev;
};

static const struct pf_err *walk_dir(struct walk *, int fd, int depth);

static const struct pf_err *
walk_entry(struct walk *w, int dirfd, const char *name, int depth)
{
	struct stat st;
	int fd;

	/* It comes and goes while we look. */
	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == -1 ||
	    st.st_dev != w->dev)
		return NULL;
	w->used.bytes += (int64_t)st.st_blocks * 512;
	if (w->used.bytes > w->max)
		return pf_err(PF_FULL, "it holds more than %lld MiB",
		    (long long)(w->max >> 20));
	if (++w->used.files > w->files)
		return pf_err(PF_FULL, "it holds more than %lld files",
		    (long long)w->files);
	if (!S_ISDIR(st.st_mode))
		return NULL;
	if (depth == DEPTH_MAX)
		return pf_err(PF_FULL, "its directories are more than %d "
		    "deep", DEPTH_MAX);
	fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
	    O_CLOEXEC);
	return fd == -1 ? NULL : walk_dir(w, fd, depth + 1);
}

/* Closes fd. */
static const struct pf_err *
walk_dir(struct walk *w, int fd, int depth)
{
	const struct pf_err *err = NULL;
	DIR *dir = fdopendir(fd);
	struct dirent *d;

	if (dir == NULL) {
		close(fd);
		return NULL;
	}
	while (err == NULL && (d = readdir(dir)) != NULL)
		/* Fetched files are of the cache, which all jobs share. */
		if (strcmp(d->d_name, ".") != 0 &&
		    strcmp(d->d_name, "..") != 0 && (depth > 0 ||
		    (strcmp(d->d_name, "files") != 0 &&
		    strcmp(d->d_name, "seeds") != 0)))
			err = walk_entry(w, fd, d->d_name, depth);
	closedir(dir);
	return err;
}

int64_t
usage_files(int64_t max)
{
	return max / FILE_LEAST < FILES_MAX ? max / FILE_LEAST : FILES_MAX;
}

const struct pf_err *
usage(struct used *used, const char *path, int64_t max)
{
	const struct pf_err *err;
	struct walk w = { .max = max, .files = usage_files(max) };
	struct stat st;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	*used = (struct used){ 0 };
	if (fd == -1 || fstat(fd, &st) == -1) {
		err = pf_errno("open directory %s", path);
		if (fd != -1)
			close(fd);
		return err;
	}
	w.dev = st.st_dev;
	err = walk_dir(&w, fd, 0);
	*used = w.used;
	return err;
}
