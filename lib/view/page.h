/*
 * Lists page by page, the newest row first.  A page goes on behind a row, so
 * that what is added meanwhile moves nothing: no row comes twice, none that
 * was there is left out.  What a page costs depends on its size alone: it
 * may be short, even empty, with more behind it.  Read-only.
 */
#ifndef PF_VIEW_PAGE_H
#define PF_VIEW_PAGE_H

#include "view/cursor.h"
#include "view/view.h"

#define PF_PAGE_WANTS	4	/* conditions that a walk may have */
#define PF_PAGE_NEXT	256	/* room for any list's cursor */
#define PF_PAGE_SKIP	INT64_C(10000)	/* rows that are passed over at most */

/*
 * A way through the rows of a table.  sql gives those before the key (?1, ?2),
 * in descending order of it: both parts of the key, and whether the row is
 * wanted by ?3 and those after it, wants in number; NULL wants any.  To that
 * id view.by is the row.
 */
struct pf_walk {
	char			 list;		/* of its cursors */
	const struct pf_view	*view;
	const char		*sql;
	int			 wants;
};

struct pf_page {
	const char	*want[PF_PAGE_WANTS];
	const char	*cursor;	/* of the page before, or NULL */
	int64_t		 limit;		/* rows at most */
	int64_t		 skip;		/* passed over first, PF_PAGE_SKIP */
	bool		 whole;		/* whatever it costs */
	int64_t		 count;		/* out: rows */
	char		 next[PF_PAGE_NEXT];	/* out: "" at the end */
};

/* The ids of the rows, by calls that may fail. */
const struct pf_err	*pf_page_ids(struct pf_page *, struct pf_db *,
			    const struct pf_walk *,
			    const struct pf_err *(*each)(void *, const char *),
			    void *);
/* Appends the rows as elements of a JSON array that is open. */
const struct pf_err	*pf_page_json(struct pf_page *, struct pf_db *,
			    const struct pf_walk *, struct pf_buf *);

#endif
