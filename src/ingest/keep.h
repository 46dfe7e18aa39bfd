/*
 * Files that several pf-ingest write to, one at a time; see keep.c.
 */
#ifndef PF_INGEST_KEEP_H
#define PF_INGEST_KEEP_H

#include <sys/types.h>

#include "base/err.h"

/*
 * Opens the file, made if it is not there, for reading and writing, with a
 * lock that ends with *fd; its name is durable when it returns.
 */
const struct pf_err	*keep_open(int *fd, const char *path, int flags);

/*
 * Ways to sync it, after which it is never synced again if that fails.
 * keep_sync() then cuts it back to end and renames it NAME-NN.SUFFIX, so that
 * who comes next begins a new one.  keep_renew(), for after a failed fsync,
 * puts a copy with all of its at most max bytes in its place, as a new file.
 * The error is that of the fsync: what was written is not to be relied on.
 */
const struct pf_err	*keep_sync(int fd, const char *path, off_t end);
const struct pf_err	*keep_renew(int fd, const char *path, size_t max);

#endif
