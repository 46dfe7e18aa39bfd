/*
 * Which bots and jobs a list is to have, and how many there are of them.
 * Read-only.
 */
#ifndef PF_VIEW_PICK_H
#define PF_VIEW_PICK_H

#include "view/page.h"

/* NULL is any; strings as a client sends them. */
struct pf_pick {
	const char		*status, *fuzzer, *campaign;	/* name or id */
	char			 id[PF_ID_MAX + 1];	/* of the campaign */
	char			 engine[33];	/* by its own name */
	const struct pf_walk	*walk;		/* out: and the page's wants */
};

/*
 * Makes the page one of what is picked.  A status that there is not is
 * PF_DATA of that field; a campaign that there is not PF_NOTFOUND.
 */
const struct pf_err	*pf_pick_jobs(struct pf_pick *, struct pf_page *,
			    struct pf_db *);
const struct pf_err	*pf_pick_bots(struct pf_pick *, struct pf_page *,
			    struct pf_db *);

/* How many that is in all, by the counters; -1 if nothing counts them. */
const struct pf_err	*pf_pick_total(int64_t *n, struct pf_db *,
			    const struct pf_pick *);

/*
 * The page of bots that are heard: when they and their jobs are over, as
 * members of two open objects, times by ids.
 */
const struct pf_err	*pf_pick_timeouts(struct pf_page *, struct pf_db *,
			    struct pf_buf *bots, struct pf_buf *jobs);

/* How many there are by state, as members of an open object, and in all. */
const struct pf_err	*pf_pick_states(struct pf_buf *, struct pf_db *,
			    const struct pf_view *);

#endif
