/*
 * Rows of results that are not what they were, for pf-ingest fsck -r: what is
 * in the way of the row made anew, and what is counted, from what is there.
 */
#ifndef PF_MODEL_MEND_H
#define PF_MODEL_MEND_H

#include "store/db.h"

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
