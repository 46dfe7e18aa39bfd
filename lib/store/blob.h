/*
 * What jobs need, by content: <storage>/targets/<sha256>/data.  Only the
 * writer of targets/ adds to it; everybody may look.
 */
#ifndef PF_STORE_BLOB_H
#define PF_STORE_BLOB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "codec/hash.h"

/* Path of a blob; sha was checked by pf_sha_ok(). */
void	pf_blob_path(struct pf_buf *, const char *storage, const char *sha);

/* True with its size if the blob lies there. */
bool	pf_blob_has(const char *storage, const char *sha, int64_t *size);

/*
 * Hash and size of a regular file of at most max bytes (PF_DATA if larger,
 * empty or not a regular file).
 */
const struct pf_err	*pf_blob_hash(char sha[PF_SHA_TEXT], int64_t *size,
			    const char *path, int64_t max);

/*
 * A blob on its way, for who has its bytes in pieces: begun, written to fd,
 * and settled under its hash, synced with its directories when that returns;
 * there already: nothing to do.  A process has one at a time; what a dead one
 * left is swept by the writer.  pf_blob_abort() is needed in every case.
 */
struct pf_blob_file {
	int	 fd;
	char	*tmp;
};
#define PF_BLOB_FILE_INIT	{ -1, NULL }

const struct pf_err	*pf_blob_begin(struct pf_blob_file *,
			    const char *storage);
const struct pf_err	*pf_blob_settle(struct pf_blob_file *,
			    const char *storage, const char *sha,
			    int64_t size);
void			 pf_blob_abort(struct pf_blob_file *);

/*
 * Copies the file into the store under its hash, synced with its directories
 * when it returns; mode 0550, so that a target can be run in place.  There
 * already: nothing to do.
 */
const struct pf_err	*pf_blob_add(char sha[PF_SHA_TEXT], int64_t *size,
			    const char *storage, const char *path,
			    int64_t max);

#endif
