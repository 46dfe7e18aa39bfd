/*
 * Which crashes and buckets a list is to have.  Read-only.
 */
#ifndef PF_VIEW_CRASHES_H
#define PF_VIEW_CRASHES_H

#include "view/page.h"

/* NULL is any. */
struct pf_crash_pick {
	const char	*job;			/* id */
	const char	*campaign;		/* name or id */
	const char	*bucket, *type;
	char		 id[PF_ID_MAX + 1];	/* of the campaign */
	const struct pf_walk *walk;		/* out: and the page's wants */
};

/* Makes the page one of what is picked.  A campaign that there is not is
 * PF_NOTFOUND. */
const struct pf_err	*pf_pick_crashes(struct pf_crash_pick *,
			    struct pf_page *, struct pf_db *);

/* The buckets of the campaign whose id is the first that is wanted. */
extern const struct pf_walk pf_walk_buckets;

#endif
