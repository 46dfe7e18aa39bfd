/*
 * Leaks by the stack that they were allocated in, whichever crashes have
 * shown them: a report has many of them, and a bucket is of one only.
 * Read-only; what comes together is collected in a scratch database.
 */
#ifndef PF_VIEW_LEAKS_H
#define PF_VIEW_LEAKS_H

#include "store/db.h"

/* The sums of what all reports of a campaign tell of one place. */
struct pf_leaked {
	const char	*place;		/* "": frames that count were none */
	const char	*frames;	/* the first of them */
	const char	*campaign;	/* name */
	const char	*crash;		/* the first of those by id */
	int64_t		 direct_bytes, direct_objects;
	int64_t		 indirect_bytes, indirect_objects;
	int64_t		 crashes;	/* that have shown it */
};

struct pf_leaks {
	const char	*storage;
	const char	*campaign;	/* id, NULL: all */
	int64_t		 max;
	void		(*each)(void *, const struct pf_leaked *);
	void		*arg;
};

/* By the rules in force; those first of which the most bytes are lost. */
const struct pf_err	*pf_leaks_walk(struct pf_db *,
			    const struct pf_leaks *);

#endif
