/*
 * Bots and jobs as the database has them: lists and single ones.
 */
#include "httpd/api/list.h"
#include "httpd/reply.h"
#include "view/detail.h"
#include "view/known.h"
#include "view/pick.h"

#define PARTS_MAX	1000	/* files and leases of a job that are shown */

static const struct pf_err *
unknown(const char *what, const char *id)
{
	return pf_err(PF_NOTFOUND, "there is no %s %s", what, id);
}

static void
put_total(struct req *r, int64_t n)
{
	if (n >= 0)
		pf_jw_int(&r->reply.body, "total", n);
	else
		pf_jw_null(&r->reply.body, "total");
}

static const struct pf_err *
read_bots(struct pf_db *db, struct req *r)
{
	const struct pf_err *err;
	struct pf_pick pick = { .status = route_text(r, "status") };
	struct pf_page p;
	int64_t total;

	list_page(&p, r);
	if ((err = pf_pick_bots(&pick, &p, db)) != NULL ||
	    (err = list_rows(r, "bots", &p, db, pick.walk)) != NULL ||
	    (err = pf_pick_total(&total, db, &pick)) != NULL)
		return err;
	put_total(r, total);
	reply_end(r);
	return NULL;
}

const struct pf_err *
api_bots_list(struct worker *w, struct req *r)
{
	return worker_read(w, r, read_bots);
}

static const struct pf_err *
read_bot(struct pf_db *db, struct req *r)
{
	const struct pf_err *err;
	bool known;

	if ((err = pf_known_bot(&known, db, r->id)) != NULL)
		return err;
	if (!known)
		return unknown("bot", r->id);
	reply_open(r, 200, NULL);
	err = pf_detail_members(&r->reply.body, &known, db, &pf_view_bots,
	    r->id);
	reply_end(r);
	return err;
}

const struct pf_err *
api_bot_get(struct worker *w, struct req *r)
{
	return worker_read(w, r, read_bot);
}

/* Pages by number are for those who know no other; far ones would cost. */
static const struct pf_err *
number(int64_t *page, struct pf_page *p, const struct req *r)
{
	*page = 1;
	if (route_text(r, "page") == NULL)
		return NULL;
	if (p->cursor != NULL)
		return pf_err_field(PF_DATA, "page", "page and cursor exclude "
		    "each other");
	route_int(page, r, "page");
	if (*page > PF_PAGE_SKIP / p->limit + 1)
		return pf_err_field(PF_DATA, "page", "pages by number end "
		    "after %lld rows: follow next_cursor",
		    (long long)PF_PAGE_SKIP);
	p->skip = (*page - 1) * p->limit;
	return NULL;
}

static const struct pf_err *
read_jobs(struct pf_db *db, struct req *r)
{
	const struct pf_err *err;
	struct pf_pick pick = { .status = route_text(r, "status"),
	    .fuzzer = route_text(r, "fuzzer"),
	    .campaign = route_text(r, "campaign") };
	struct pf_buf *b = &r->reply.body;
	struct pf_page p;
	int64_t page, total;

	list_page(&p, r);
	if ((err = number(&page, &p, r)) != NULL ||
	    (err = pf_pick_jobs(&pick, &p, db)) != NULL ||
	    (err = list_rows(r, "jobs", &p, db, pick.walk)) != NULL ||
	    (err = pf_pick_total(&total, db, &pick)) != NULL)
		return err;
	if (p.cursor == NULL)
		pf_jw_int(b, "page", page);
	else
		pf_jw_null(b, "page");
	put_total(r, total);
	reply_end(r);
	return NULL;
}

const struct pf_err *
api_jobs_list(struct worker *w, struct req *r)
{
	return worker_read(w, r, read_jobs);
}

static const struct pf_err *
read_job(struct pf_db *db, struct req *r)
{
	const struct pf_err *err;
	bool found;

	reply_open(r, 200, NULL);
	if ((err = pf_detail_job(&r->reply.body, &found, db, r->id,
	    PARTS_MAX)) == NULL && !found)
		err = unknown("job", r->id);
	reply_end(r);
	return err;
}

const struct pf_err *
api_job_get(struct worker *w, struct req *r)
{
	return worker_read(w, r, read_job);
}
