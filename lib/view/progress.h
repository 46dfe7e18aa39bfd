/*
 * How far a job is: what who follows it wants to know.  Read-only.
 */
#ifndef PF_VIEW_PROGRESS_H
#define PF_VIEW_PROGRESS_H

#include "view/view.h"

/* The job as a JSON object, nothing if there is none; *over: it has ended. */
const struct pf_err	*pf_progress(struct pf_buf *, bool *over,
			    struct pf_db *, const char *job);

#endif
