/*
 * Known crashes on the builds of their campaign: what became of them.
 * Read-only.
 */
#ifndef PF_VIEW_REGRESSIONS_H
#define PF_VIEW_REGRESSIONS_H

#include <stdbool.h>

#include "codec/repro.h"
#include "store/db.h"

/* A crash on a build; texts are valid during the call only. */
struct pf_regression {
	const char	*campaign;	/* its name */
	int64_t		 seq;
	const char	*build, *target;	/* file name and SHA-256 */
	bool		 newest;	/* the campaign has no newer build */
	const char	*crash, *hash, *type, *bucket;
	enum pf_fate	 fate;
	struct pf_trial	 trial;
	int64_t		 enough;	/* runs that would call it fixed */
	const char	*job, *status;	/* that was to run it, "" if gone */
};

/*
 * Those of a campaign (its id, NULL: of all) on a build (0: on all), by
 * campaign, crash and build.
 */
struct pf_regressions {
	const char	*campaign;
	int64_t		 seq;
	void		(*each)(void *, const struct pf_regression *);
	void		*arg;
};
const struct pf_err	*pf_regressions_walk(struct pf_db *,
			    const struct pf_regressions *);

#endif
