/*
 * Known crashes on the builds of their campaign: what became of them.
 * Read-only.
 */
#ifndef PF_VIEW_REGRESSIONS_H
#define PF_VIEW_REGRESSIONS_H

#include <stdbool.h>

#include "codec/repro.h"
#include "store/db.h"
#include "view/page.h"

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
	char		 why[32];	/* it is unknown for good; or "" */
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

/*
 * Pages of a campaign (its id), as elements of a JSON array that is open: its
 * builds, of pf_view_builds, and its crashes on them, by build and input.
 */
const struct pf_err	*pf_builds_page(struct pf_page *, struct pf_buf *,
			    struct pf_db *, const char *campaign);
const struct pf_err	*pf_regressions_page(struct pf_page *,
			    struct pf_buf *, struct pf_db *,
			    const char *campaign, int64_t seq);

/* The number of a build by the hash of its target; false if it is none. */
const struct pf_err	*pf_build_seq(int64_t *seq, bool *known,
			    struct pf_db *, const char *campaign,
			    const char *target);

#endif
