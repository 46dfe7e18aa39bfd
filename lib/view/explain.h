/*
 * Why something does not run, in one line for people.  Read-only.
 */
#ifndef PF_VIEW_EXPLAIN_H
#define PF_VIEW_EXPLAIN_H

#include "base/buf.h"
#include "codec/conf.h"
#include "store/db.h"

/* Appends the line (without newline) for the job or bot of that id. */
const struct pf_err	*pf_explain_job(struct pf_buf *, struct pf_db *,
			    const struct pf_conf *, const char *id);
const struct pf_err	*pf_explain_bot(struct pf_buf *, struct pf_db *,
			    const struct pf_conf *, const char *id);

#endif
