/*
 * Lists by cursor; see list.h.
 */
#include "httpd/list.h"
#include "httpd/reply.h"

#define LIMIT	100	/* rows, if not said */

void
list_page(struct pf_page *p, const struct req *r)
{
	*p = (struct pf_page){ .limit = LIMIT };
	route_int(&p->limit, r, "limit");
	p->cursor = route_text(r, "cursor");
}

void
list_next(struct req *r, const struct pf_page *p)
{
	struct pf_buf *b = &r->reply.body;

	pf_jw_int(b, "count", p->count);
	if (p->next[0] != '\0')
		pf_jw_str(b, "next_cursor", p->next);
	else
		pf_jw_null(b, "next_cursor");
}

const struct pf_err *
list_rows(struct req *r, const char *name, struct pf_page *p,
    struct pf_db *db, const struct pf_walk *walk)
{
	const struct pf_err *err;
	struct pf_buf *b = &r->reply.body;

	reply_open(r, 200, NULL);
	pf_jw_open(b, name, '[');
	if ((err = pf_page_json(p, db, walk, b)) != NULL)
		return err;
	pf_jw_close(b, ']');
	list_next(r, p);
	return NULL;
}
