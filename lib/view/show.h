/*
 * Whole views onto a stream, in the three forms of codec/table.h.  A stream
 * that cannot be written is noticed by pf_exit().
 */
#ifndef PF_VIEW_SHOW_H
#define PF_VIEW_SHOW_H

#include <stdbool.h>
#include <stdio.h>

#include "view/page.h"

struct pf_show {
	FILE		*f;
	struct pf_db	*db;
	enum pf_format	 format;
	bool		 header;	/* a line of names, with TSV */
	int64_t		 max;		/* rows, PF_VIEW_ALL for all */
};

/*
 * The rows of a list; key as for pf_view_open().  last, if not NULL, gets the
 * first column of the last row as an integer and stays as it is without rows.
 */
const struct pf_err	*pf_show_list(const struct pf_show *,
			    const struct pf_view *, const char *key,
			    int64_t *last);

/*
 * The rows of a walk as a list: those that the page, which has no cursor,
 * wants; the oldest first as ever.
 */
const struct pf_err	*pf_show_page(const struct pf_show *,
			    const struct pf_walk *, struct pf_page *);

/* One record in full: lines "field value", or an object. */
const struct pf_err	*pf_show_record(const struct pf_show *,
			    const struct pf_view *, const char *key);

/* A table of "field value" that is written by hand, and its end. */
void	pf_show_fields(struct pf_table *, struct pf_buf *,
	    const struct pf_show *);
void	pf_show_flush(const struct pf_show *, struct pf_buf *);

#endif
