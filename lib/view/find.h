/*
 * From what a person types to an id: the id itself or as much of it as is
 * unique, for bots and campaigns the name too.  Read-only.
 */
#ifndef PF_VIEW_FIND_H
#define PF_VIEW_FIND_H

#include "base/err.h"
#include "base/name.h"
#include "store/db.h"

/* PF_NOTFOUND says how to list them; more than one is PF_DATA. */
const struct pf_err	*pf_find_job(char out[PF_ID_MAX + 1], struct pf_db *,
			    const char *text);
const struct pf_err	*pf_find_bot(char out[PF_ID_MAX + 1], struct pf_db *,
			    const char *text);
const struct pf_err	*pf_find_campaign(char out[PF_ID_MAX + 1],
			    struct pf_db *, const char *text);
const struct pf_err	*pf_find_crash(char out[PF_ID_MAX + 1],
			    struct pf_db *, const char *text);

#endif
