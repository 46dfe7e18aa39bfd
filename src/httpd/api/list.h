/*
 * Lists by cursor: what is the same in the table, the query and the answer of
 * each.
 */
#ifndef PF_HTTPD_LIST_H
#define PF_HTTPD_LIST_H

#include "httpd/route.h"
#include "view/page.h"

#define LIST_QUERY \
	{ "limit", SHAPE_INT, "rows at most, 100 if not said", 1, 1000 }, \
	{ "cursor", SHAPE_TEXT, "next_cursor of the answer before", 0, 0 }
#define LIST_FIELDS \
	{ "count", SHAPE_INT, 0, "rows of this answer", NULL }, \
	{ "limit", SHAPE_INT, 0, "at most", NULL }, \
	{ "next_cursor", SHAPE_TEXT, FIELD_NULL, "where the list goes on", \
	    NULL }

/* The page that the query asks for. */
void			 list_page(struct pf_page *, const struct req *);

/* What the answer says of its page: the fields above. */
void			 list_next(struct req *, const struct pf_page *);

/*
 * The answer: an object of the rows, an array under that name, which walk
 * gives, and the fields above.  The object stays open.
 */
const struct pf_err	*list_rows(struct req *, const char *name,
			    struct pf_page *, struct pf_db *,
			    const struct pf_walk *);
/* The two ends of that, for rows that come otherwise. */
void			 list_open(struct req *, const char *name);
void			 list_close(struct req *, const struct pf_page *);

/* PF_NOTFOUND unless there is such a job or campaign. */
const struct pf_err	*list_need_job(struct pf_db *, const char *id);
const struct pf_err	*list_need_campaign(struct pf_db *, const char *id);

/* All of the answer: a page of what the campaign of the request has. */
const struct pf_err	*list_of_campaign(struct req *, const char *name,
			    struct pf_db *, const struct pf_err *(*page)(
			    struct pf_page *, struct pf_buf *, struct pf_db *,
			    const char *campaign));

#endif
