/*
 * A record of kind blob into a pack that is being written, its bytes in
 * pieces and its hash known only after the last of them.
 */
#ifndef PF_STORE_SPOOLBLOB_H
#define PF_STORE_SPOOLBLOB_H

#include "codec/hash.h"
#include "store/spool.h"

struct pf_spool_blob {
	struct pf_spool_file	*file;		/* the caller's */
	int64_t			 start;		/* of the frame, in it */
	int64_t			 size;		/* of the body so far */
	struct pf_hash		*sum;		/* NULL: none is begun */
};
#define PF_SPOOL_BLOB_INIT	{ NULL, 0, 0, NULL }

const struct pf_err	*pf_spool_blob_begin(struct pf_spool_blob *,
			    struct pf_spool_file *);
const struct pf_err	*pf_spool_blob_add(struct pf_spool_blob *,
			    const void *, size_t n);
/* Ends the record; the body is read once more, for the hash of all of it. */
const struct pf_err	*pf_spool_blob_end(struct pf_spool_blob *,
			    char sha256[PF_SHA_TEXT]);
/* Forgets one that was begun; what was written of it stays in the file. */
void			 pf_spool_blob_abort(struct pf_spool_blob *);

#endif
