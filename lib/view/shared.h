/*
 * What the other jobs of a campaign found on the same target.  Read-only.
 */
#ifndef PF_VIEW_SHARED_H
#define PF_VIEW_SHARED_H

#include <stdbool.h>

#include "store/db.h"

struct pf_shared {
	int64_t	 after;		/* the cursor, 0 at first; out: the next */
	int64_t	 limit;		/* rows to look at, 1 at least */
	bool	 own;		/* also what the job has filed itself */
	bool	 known;		/* out: there is such a job */
	bool	 more;		/* out: there are more */
};

/*
 * Appends the inputs after the cursor, in the order they were filed and
 * without those that the job has filed itself, as the elements of an open
 * JSON array: hash, size, job_id and the cursor behind each.  At most limit
 * are looked at, whatever is passed over, so that a call costs the same
 * whoever asks.  A cursor beyond the last is one of another database: it
 * begins anew.
 */
const struct pf_err	*pf_shared_list(struct pf_shared *, struct pf_db *,
			    const char *job, struct pf_buf *out);

#endif
