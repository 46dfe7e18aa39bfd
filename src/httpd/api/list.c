/*
 * Lists by cursor; see list.h.
 */
#include "httpd/api/list.h"
#include "httpd/reply.h"
#include "view/known.h"

#define LIMIT	100	/* rows, if not said */

void
list_page(struct pf_page *p, const struct req *r)
{
	*p = (struct pf_page){ .limit = LIMIT };
	route_int(&p->limit, r, "limit");
	p->cursor = route_text(r, "cursor");
}

void
list_open(struct req *r, const char *name)
{
	reply_open(r, 200, NULL);
	pf_jw_open(&r->reply.body, name, '[');
}

void
list_close(struct req *r, const struct pf_page *p)
{
	pf_jw_close(&r->reply.body, ']');
	list_next(r, p);
}

void
list_next(struct req *r, const struct pf_page *p)
{
	struct pf_buf *b = &r->reply.body;

	pf_jw_int(b, "count", p->count);
	pf_jw_int(b, "limit", p->limit);
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

	list_open(r, name);
	if ((err = pf_page_json(p, db, walk, &r->reply.body)) == NULL)
		list_close(r, p);
	return err;
}

const struct pf_err *
list_need_job(struct pf_db *db, const char *id)
{
	const struct pf_err *err;
	char campaign[PF_ID_MAX + 1];
	bool known;

	err = pf_known_job(&known, campaign, db, id);
	if (err == NULL && !known)
		err = pf_err(PF_NOTFOUND, "there is no job %s", id);
	return err;
}

const struct pf_err *
list_need_campaign(struct pf_db *db, const char *id)
{
	const struct pf_err *err;
	bool known;

	err = pf_known_campaign(&known, db, id);
	if (err == NULL && !known)
		err = pf_err(PF_NOTFOUND, "there is no campaign %s", id);
	return err;
}

const struct pf_err *
list_of_campaign(struct req *r, const char *name, struct pf_db *db,
    const struct pf_err *(*page)(struct pf_page *, struct pf_buf *,
    struct pf_db *, const char *campaign))
{
	const struct pf_err *err;
	struct pf_page p;

	if ((err = list_need_campaign(db, r->id)) != NULL)
		return err;
	list_page(&p, r);
	list_open(r, name);
	if ((err = page(&p, &r->reply.body, db, r->id)) != NULL)
		return err;
	list_close(r, &p);
	reply_end(r);
	return NULL;
}
