/*
 * Rows of results that are not what they were, for pf-ingest fsck -r: what is
 * in the way of the row made anew, and what is counted, from what is there.
 */
#ifndef PF_MODEL_MEND_H
#define PF_MODEL_MEND_H

#include "store/db.h"

/* Of a row of results: its reply as JSON; its input was not kept; it counts
 * in its bucket alone, which is so if it was new besides. */
#define PF_REPLY	"'{' || reply || '}'"
#define PF_REPLY_DROPPED	"reply LIKE '%\"dropped\":true%'"
#define PF_REPLY_APART \
	"(" PF_REPLY_DROPPED " AND (" PF_REPLY " ->> '$.count') = 1)"

/* Remove the row that is to be made anew. */
const struct pf_err	*pf_mend_coverage(struct pf_db *, const char *rid);
const struct pf_err	*pf_mend_corpus(struct pf_db *, const char *job,
			    const char *hash, const char *rid);
const struct pf_err	*pf_mend_stats(struct pf_db *, const char *job);

/*
 * Of a job: how often each crash was reported, and that the replies count
 * from one on; which of its crashes and inputs were new.
 */
const struct pf_err	*pf_mend_replies(struct pf_db *, const char *job);

/* All counters that can be counted, and what jobs share. */
const struct pf_err	*pf_mend_counters(struct pf_db *);

#endif
