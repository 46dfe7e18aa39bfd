/*
 * Builds of what a campaign fuzzes, and which crashes are run on them by which
 * job.
 */
#ifndef PF_MODEL_BUILD_H
#define PF_MODEL_BUILD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/name.h"
#include "store/db.h"

#define PF_REGRESS_BUCKETS	20	/* that a job takes crashes of */
#define PF_REGRESS_JOB		100	/* crashes of a job */

struct pf_build {
	const char	*campaign, *target, *name;
	char		 engine[33];
	int64_t		 size, seq;
};

/* The campaign's build of that target: its seq and engine. */
const struct pf_err	*pf_build_find(struct pf_build *, bool *found,
			    struct pf_db *);
/* The next one; fills seq. */
const struct pf_err	*pf_build_insert(struct pf_db *, struct pf_build *,
			    int64_t now);

/*
 * The newest job of the campaign that fuzzes with the engine, with any if
 * that is empty, which it is filled with then.
 */
const struct pf_err	*pf_build_like(char job[PF_ID_MAX + 1], bool *found,
			    struct pf_db *, struct pf_build *);

/* A job that runs crashes on the build, otherwise as the job like. */
struct pf_regress_job {
	const char	*id, *like, *name;
	int64_t		 runs;		/* of all crashes together */
	int64_t		 now;
};
const struct pf_err	*pf_regress_job(struct pf_db *,
			    const struct pf_build *,
			    const struct pf_regress_job *);

/* A crash that a build is to be tried with. */
struct pf_regress {
	char	 crash[PF_ID_MAX + 1], hash[65];
	int64_t	 size;
	bool	 under;		/* valgrind, which alone has seen it */
};
/* Was a job made to run it on the build, and is that yet to end? */
const struct pf_err	*pf_regress_live(bool *made, bool *live,
			    struct pf_db *, const struct pf_build *,
			    const char *hash);
const struct pf_err	*pf_regress_put(struct pf_db *,
			    const struct pf_build *,
			    const struct pf_regress *, int64_t runs,
			    const char *job);

/*
 * The crashes that come next, PF_REGRESS_JOB of them and of
 * PF_REGRESS_BUCKETS buckets at most, of each bucket the smallest first.  at,
 * bucket and taken say where the walk is, and are 0, "" and 0 when it begins;
 * n says how many there are, more whether there may be further ones.
 */
struct pf_regress_walk {
	const char	*campaign;
	int64_t		 each;		/* of a bucket, 0: all */
	int64_t		 at;
	char		 bucket[PF_ID_MAX + 1];
	int64_t		 taken;		/* of it, 0: all that are wanted */
	struct pf_regress found[PF_REGRESS_JOB];
	size_t		 n;
	bool		 more;
};
const struct pf_err	*pf_regress_next(struct pf_regress_walk *,
			    struct pf_db *);

#endif
