/*
 * What the writer counts in memory since it was started: ops, transactions,
 * and what was given and found.  What is in a transaction counts once that is
 * committed.
 */
#ifndef PF_ACT_COUNTS_H
#define PF_ACT_COUNTS_H

#include <stdint.h>

#include "base/hist.h"

#define PF_ACT_OPS	40	/* at least as many as there are */

struct pf_act_counts {
	int64_t	 ok[PF_ACT_OPS], refused[PF_ACT_OPS];
	int64_t	 lines;		/* of them, but those that only ask */
	int64_t	 claims;	/* jobs that were given, each once */
	int64_t	 completions;
	int64_t	 executions;	/* more than was known */
	int64_t	 new_edges;
};

struct pf_act_stats {
	struct pf_act_counts sum, open;	/* committed, and not yet */
	struct pf_hist	 batch;		/* lines of a transaction */
	struct pf_hist	 commit;	/* microseconds of its end */
	int64_t		 failed;	/* transactions */
};

/* The transaction is on disk, which took so long; or it is undone. */
void	pf_act_counted(struct pf_act_stats *, int64_t us);
void	pf_act_uncounted(struct pf_act_stats *);

#endif
