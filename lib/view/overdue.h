/*
 * What has timed out, as the database shows it: leases, jobs, silent bots.
 * Read-only, and counted in ticks; the writer checks it again.
 */
#ifndef PF_VIEW_OVERDUE_H
#define PF_VIEW_OVERDUE_H

#include <stdint.h>

#include "codec/conf.h"
#include "store/db.h"

/* The last tick; tick 0 and boot "" if there was none. */
struct pf_clock {
	int64_t	 tick;
	char	 boot[40];
	int64_t	 boot_ms;
	int64_t	 trusted;	/* wall time that ticks bear out, 0: none */
	int64_t	 passed;	/* sum of the intervals counted, ms */
};

const struct pf_err	*pf_clock_get(struct pf_clock *, struct pf_db *);

/* Text is the query's, valid during the call. */
struct pf_overdue {
	const char	*what;		/* "lease", "job" or "bot" */
	const char	*job;		/* "" of a bot */
	const char	*bot;
	int64_t		 epoch;
	int64_t		 attempt;
	int64_t		 lease_tick;
	int64_t		 tick;		/* as seen by us */
	const char	*job_name;	/* for people */
	const char	*bot_name;
};

/* Calls each() for everything that is overdue at the clock's tick. */
const struct pf_err	*pf_overdue(struct pf_db *, const struct pf_conf *,
			    const struct pf_clock *,
			    void (*each)(void *, const struct pf_overdue *),
			    void *);

/*
 * What is past its retention at this wall time: *old true if any event
 * or report is; each ended job, at most max of them, by its id.
 */
const struct pf_err	*pf_overdue_old(struct pf_db *, const struct pf_conf *,
			    int64_t now, bool *old,
			    void (*each)(const char *job));

/*
 * Jobs whose files have been missing for too long at this wall time, with
 * what "upload".  What was acknowledged in time and lies in the spool still
 * may be one of those files: until it is filed nothing is too late.
 */
const struct pf_err	*pf_overdue_uploads(struct pf_db *,
			    const struct pf_conf *, int64_t now,
			    void (*each)(void *, const struct pf_overdue *),
			    void *);

#endif
