/*
 * Samples of coverage in pages.  Read-only.
 */
#ifndef PF_VIEW_COVERAGE_H
#define PF_VIEW_COVERAGE_H

#include "view/page.h"

/*
 * A page of the samples of a job, or of all if it is NULL, as elements of an
 * open JSON array of pf_view_coverage: by job, the oldest first.
 */
const struct pf_err	*pf_coverage_page(struct pf_page *, struct pf_buf *,
			    struct pf_db *, const char *job);

#endif
