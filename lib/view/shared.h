/*
 * What the other jobs of a campaign found.  Read-only.
 */
#ifndef PF_VIEW_SHARED_H
#define PF_VIEW_SHARED_H

#include <stdbool.h>

#include "base/name.h"
#include "codec/hash.h"
#include "store/db.h"

struct pf_shared {
	int64_t	 after;		/* the cursor, 0 at first; out: the next */
	int64_t	 limit;		/* rows to look at, 1 at least */
	int64_t	 epoch;		/* it is of, -1: not known; out: of now */
	bool	 own;		/* also what the job has filed itself */
	bool	 known;		/* out: there is such a job */
	bool	 more;		/* out: there are more */
};

/*
 * Appends the inputs after the cursor, in the order they were filed and
 * without those that the job has filed itself, as the elements of an open
 * JSON array: hash, size, job_id and the cursor behind each.  What crashes a
 * target is not among them, whoever has found that out.  At most limit are
 * looked at, whatever is passed over, so that a call costs the same whoever
 * asks.  A cursor of another epoch, or beyond the last, is one of another
 * database: it begins anew.
 */
const struct pf_err	*pf_shared_list(struct pf_shared *, struct pf_db *,
			    const char *job, struct pf_buf *out);

/* One of them, by its cursor and where its file lies. */
struct pf_shared_input {
	int64_t	 cursor;
	char	 job[PF_ID_MAX + 1];
	char	 hash[PF_SHA_TEXT];
	int64_t	 size;
};

/* *found is false if the list would not have it.  PF_STALE: the epoch is
 * another one; PF_NOTFOUND: there is no such job. */
const struct pf_err	*pf_shared_pool(int64_t *pool, struct pf_db *,
			    const char *job, int64_t epoch);
const struct pf_err	*pf_shared_find(struct pf_shared_input *, bool *found,
			    struct pf_db *, int64_t pool, int64_t cursor);

#endif
