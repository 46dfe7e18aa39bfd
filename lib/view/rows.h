/*
 * Pages of lists that are read row by row as one query gives them, where the
 * rows have no id of their own.  Read-only.
 */
#ifndef PF_VIEW_ROWS_H
#define PF_VIEW_ROWS_H

#include "view/page.h"

/*
 * Appends the rows as elements of a JSON array that is open.  Behind the
 * columns of the view the query has the row's cursor, as text, and may have
 * whether the row is wanted.  It must not end with the page, that is how the
 * last one is known; looks bounds those that are passed over.
 */
const struct pf_err	*pf_view_rows(struct pf_page *, struct pf_buf *,
			    const struct pf_view *, struct pf_q *,
			    int64_t looks);

#endif
