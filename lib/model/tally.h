/*
 * Counts of states, table counters: what a transaction changes is added up
 * here and written once, before its commit.
 *
 * Counters of rows that are only added (crashes, corpus, results, new jobs
 * and bots) are kept by triggers.
 */
#ifndef PF_MODEL_TALLY_H
#define PF_MODEL_TALLY_H

#include "store/db.h"

#define PF_TALLY_MAX	32	/* kinds times states, and some */

struct pf_tally {
	struct {
		const char	*prefix, *name;
		int64_t		 n;
	} of[PF_TALLY_MAX];
	size_t	 used;
};

/*
 * Adds n to the counter <prefix><name>.  Both texts must live as long as the
 * program does.
 */
void			 pf_tally_add(struct pf_tally *, const char *prefix,
			    const char *name, int64_t n);

/* Writes all of it and begins anew; for commits, and before a read. */
const struct pf_err	*pf_tally_write(struct pf_tally *, struct pf_db *);

#endif
