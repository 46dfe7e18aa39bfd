/*
 * Single things in full, as JSON.  Read-only.
 */
#ifndef PF_VIEW_DETAIL_H
#define PF_VIEW_DETAIL_H

#include <stdbool.h>

#include "view/view.h"

/* Appends the row of a key as members of an open object, if *found. */
const struct pf_err	*pf_detail_members(struct pf_buf *, bool *found,
			    struct pf_db *, const struct pf_view *,
			    const char *key);

/* At most max rows of a key as an array, a member of an open object. */
const struct pf_err	*pf_detail_array(struct pf_buf *, struct pf_db *,
			    const char *name, const struct pf_view *,
			    const char *key, int64_t max);

/* The members of a job, and its files and leases, at most max of each. */
const struct pf_err	*pf_detail_job(struct pf_buf *, bool *found,
			    struct pf_db *, const char *id, int64_t max);

/* How many bots and jobs there are by state: members bots and jobs. */
const struct pf_err	*pf_detail_states(struct pf_buf *, struct pf_db *);
/* The counters of the whole master as members of an open object. */
const struct pf_err	*pf_detail_counters(struct pf_buf *, struct pf_db *);

#endif
