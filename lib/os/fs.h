/*
 * Files made safe: whole writes, bounded reads, durable replacement.
 * Errors name the path.  Descriptors are opened O_CLOEXEC.
 */
#ifndef PF_OS_FS_H
#define PF_OS_FS_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/* Writes all n bytes or fails; path is for the message only. */
const struct pf_err	*pf_write_all(int fd, const void *, size_t n,
			    const char *path);

/* Reads until end of file; more than max bytes is PF_DATA. */
const struct pf_err	*pf_read_all(struct pf_buf *, int fd, size_t max,
			    const char *path);

/*
 * Appends the whole of a regular file (symlinks not followed at the last
 * part) to buf; more than max bytes, or not a regular file, is PF_DATA.
 */
const struct pf_err	*pf_slurp(struct pf_buf *, const char *path,
			    size_t max);
/* The same of what is open, which it closes; path is for messages. */
const struct pf_err	*pf_slurp_fd(struct pf_buf *, int fd,
			    const char *path, size_t max);

/*
 * The same, rename(2) and unlink(2), of a path below the directory root, in
 * which somebody else may write: a link on the way is an error (PF_DATA,
 * PF_IO) and leads nowhere.
 */
const struct pf_err	*pf_slurp_in(struct pf_buf *, const char *root,
			    const char *path, size_t max);
const struct pf_err	*pf_rename_in(const char *from, const char *root,
			    const char *path);
const struct pf_err	*pf_unlink_in(const char *root, const char *path);

/* fsync of a directory, or of any file, by path. */
const struct pf_err	*pf_sync_dir(const char *path);

/* A file of mode 0640 with these bytes, old or new; not synced. */
const struct pf_err	*pf_file_write(const char *path,
			    const struct pf_buf *);

/*
 * A durable new file: tmp is created (O_EXCL, mode), written and fsynced,
 * then renamed to path and path's directory fsynced.  An existing path is
 * replaced.  On error tmp is removed and path is as it was.  tmp must lie on
 * the same file system; NULL makes "<path>.tmp.<pid>", or the like if a dead
 * process left that.
 */
const struct pf_err	*pf_file_put(const char *path, const char *tmp,
			    const void *, size_t n, mode_t);

/*
 * rename(2) that never replaces: -1 with EEXIST if the new name is there.
 * Where the file system cannot do that, the new name is linked and the old
 * one removed; killed in between, the file has both.
 */
int	pf_rename_new(const char *from, const char *to);

/* mkdir -p with the mode for what is made; each parent of one is fsynced. */
const struct pf_err	*pf_mkdirs(const char *path, mode_t);

/* rm -rf that never follows a symlink, also of a tree that somebody made deep
 * or closed to make it last; a missing path is fine. */
const struct pf_err	*pf_rmtree(const char *path);

/* Sorted names in a directory without "." and "..", NULL-ended; free with
 * pf_names_free().  A missing directory is PF_NOTFOUND. */
const struct pf_err	*pf_names(char ***out, size_t *n, const char *path);
void			 pf_names_free(char **);

/*
 * Removes from a directory what a dead process left half-written: regular
 * files "...tmp.PID" whose process is gone, older than an hour.  A missing
 * directory has none.
 */
const struct pf_err	*pf_sweep_tmp(const char *dir);

/* Free bytes and inodes for an ordinary user on path's file system. */
const struct pf_err	*pf_disk_free(int64_t *bytes, int64_t *inodes,
			    const char *path);

/*
 * *in: whether path, or what of it is there, lies in the directory root or is
 * root itself, by whatever name, link or detour it is called.
 */
const struct pf_err	*pf_within(bool *in, const char *path,
			    const char *root);

/* True if path is there; and if it is a regular file, and no link to one. */
bool	pf_exists(const char *path);
bool	pf_is_file(const char *path);

#endif
