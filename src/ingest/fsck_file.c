/*
 * fsck: what is not as a file or a directory of a tree should be, or cannot
 * be looked into.  It is told of, and what comes after it is looked at.
 */
#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "ingest/fsck.h"
#include "os/fs.h"

#define LOST	".lost"		/* behind the name of a file that is */

bool
fsck_is_odd(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

const char *
fsck_nature(const struct stat *st)
{
	return S_ISLNK(st->st_mode) ? "it is a symbolic link" :
	    S_ISDIR(st->st_mode) ? "it is a directory" :
	    "it is not a regular file";
}

/* Trouble of this one, not of the whole storage? */
static bool
is_local(const struct pf_err *err)
{
	return err->class == PF_IO || err->class == PF_DENIED;
}

const struct pf_err *
mend_failed(struct fsck *f, const char *path, const struct pf_err *err)
{
	char why[PF_ERR_MSG];

	if (err == NULL || !f->mend || !is_local(err))
		return err;
	snprintf(why, sizeof(why), "%s", err->msg);
	pf_warn("%s: stays as it is: %s", path, why);
	return NULL;
}

const struct pf_err *
fsck_unread(struct fsck *f, const char *path, const struct pf_err *err)
{
	char why[PF_ERR_MSG];

	if (err == NULL || !is_local(err))
		return err;
	snprintf(why, sizeof(why), "%s", err->msg);
	finding(f, "unread", path, why);
	if (f->mend)
		pf_warn("%s: stays as it is, for it cannot be read", path);
	return NULL;
}

const struct pf_err *
fsck_place(bool *usable, struct fsck *f, const char *dir)
{
	struct stat st;
	int rc = stat(dir, &st);

	*usable = rc == -1 && errno == ENOENT && lstat(dir, &st) == -1;
	if (*usable)
		return NULL;
	if (rc == -1 && errno != ENOENT)
		return fsck_unread(f, dir, pf_err(PF_IO, "look at %s: %s",
		    dir, strerror(errno)));
	if (S_ISDIR(st.st_mode)) {
		*usable = access(dir, R_OK | X_OK) == 0;
		return *usable ? NULL : fsck_unread(f, dir,
		    pf_errno("open %s", dir));
	}
	finding(f, "foreign", dir, "it is no directory, as that of a job is");
	return mend_aside(f, dir);
}

/* The mark that the loss of a file was told of and taken for granted. */
static char *
mark_of(const char *path)
{
	return pf_asprintf("%s" LOST, path);
}

const struct pf_err *
fsck_missing(struct fsck *f, const char *path, const char *why)
{
	const struct pf_err *err = NULL;
	char *mark = mark_of(path), *dir;

	if (pf_exists(mark)) {
		f->lost++;
		free(mark);
		return NULL;
	}
	finding(f, "missing", path, why);
	if (f->mend) {
		dir = pf_strndup(path, (size_t)(strrchr(path, '/') - path));
		if ((err = pf_mkdirs(dir, 0750)) == NULL && (err =
		    pf_file_put(mark, NULL, "", 0, 0640)) == NULL)
			mended(f, "noted as lost", path);
		else
			err = mend_failed(f, path, err);
		free(dir);
	}
	free(mark);
	return err;
}

bool
fsck_is_mark(const char *name)
{
	const size_t n = strlen(name);

	return n >= FSCK_LOST_LEN &&
	    strcmp(name + n - FSCK_LOST_LEN, LOST) == 0;
}

const struct pf_err *
fsck_mark(struct fsck *f, const char *mark)
{
	const struct pf_err *err = NULL;
	char *path = pf_strndup(mark, strlen(mark) - FSCK_LOST_LEN);

	if (f->mend && pf_exists(path) && unlink(mark) == -1 &&
	    errno != ENOENT)
		err = mend_failed(f, mark, pf_errno("remove %s", mark));
	free(path);
	return err;
}
