/*
 * Which rules are in force, and how others come to be: every crash is placed
 * by them too, some at a time, and when all are one number says so, for them
 * as for the buckets that they are in.  Until then nobody sees anything of
 * it; whoever died goes on where it was.
 */
#ifndef PF_ACT_PLACE_H
#define PF_ACT_PLACE_H

#include <stdbool.h>
#include <stdint.h>

#include "store/db.h"
#include "store/placing.h"

/* Those of an apply: they get the next number. */
const struct pf_err	*pf_place_apply(int64_t *n, struct pf_db *,
			    const char *text, const char *version,
			    int64_t now);
/*
 * Back to those before: what is coming goes, or else what was in force before
 * comes again.  PF_CONFLICT if there is nothing.
 */
const struct pf_err	*pf_place_undo(int64_t *n, struct pf_db *,
			    struct pf_live *);
/* The text in force again, if it was by a version of before. */
const struct pf_err	*pf_place_renew(struct pf_db *, const struct pf_live *,
			    int64_t now);

/* Where nothing was placed yet the rules are of this version. */
const struct pf_err	*pf_place_settle(struct pf_db *, struct pf_live *);

/* What is coming is placed from the start again. */
const struct pf_err	*pf_place_again(struct pf_db *,
			    const struct pf_live *);

/*
 * A piece of what is to be done, so many crashes: placing what is coming,
 * putting it in force once all is placed, removing what nothing needs any
 * more.  *left if there is more; *flipped if the rules in force have changed.
 * live is as the database was; it is to be loaded anew after each.
 */
const struct pf_err	*pf_place_step(bool *left, bool *flipped,
			    struct pf_db *, struct pf_live *, int64_t piece);

#endif
