/*
 * The steps that make the schema, version by version, and whether a database
 * is as they make it: every database, new or old, went through all of them.
 */
#ifndef PF_STORE_STEPS_H
#define PF_STORE_STEPS_H

#include "store/db.h"

struct pf_step {
	int		 version;	/* that it brings about */
	const char	*sql;
};

extern const struct pf_step pf_steps[];		/* ended by version 0 */

/*
 * Appends to why what the first table, index or trigger is that is not as
 * the steps make it; nothing if all are.  What somebody added is let be.
 */
const struct pf_err	*pf_steps_check(struct pf_db *, struct pf_buf *why);

#endif
