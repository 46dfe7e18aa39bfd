/*
 * Campaigns, and what their jobs have found together.
 */
#include "httpd/api/list.h"
#include "httpd/reply.h"
#include "view/campaigns.h"
#include "view/crashes.h"
#include "view/detail.h"
#include "view/inputs.h"

static const struct pf_err *
read_campaigns(struct pf_db *db, struct req *r)
{
	const struct pf_err *err;
	struct pf_page p;

	list_page(&p, r);
	err = list_rows(r, "campaigns", &p, db, &pf_walk_campaigns);
	reply_end(r);
	return err;
}

const struct pf_err *
api_campaigns(struct worker *w, struct req *r)
{
	return worker_read(w, r, read_campaigns);
}

/* The row of r->id as the answer. */
static const struct pf_err *
put_record(struct pf_db *db, struct req *r, const struct pf_view *v)
{
	const struct pf_err *err;
	bool found;

	reply_open(r, 200, NULL);
	err = pf_detail_members(&r->reply.body, &found, db, v, r->id);
	reply_end(r);
	if (err == NULL && !found)
		err = pf_err(PF_NOTFOUND, "there is no campaign %s", r->id);
	return err;
}

static const struct pf_err *
read_campaign(struct pf_db *db, struct req *r)
{
	return put_record(db, r, &pf_view_campaigns);
}

const struct pf_err *
api_campaign(struct worker *w, struct req *r)
{
	return worker_read(w, r, read_campaign);
}

static const struct pf_err *
read_stats(struct pf_db *db, struct req *r)
{
	return put_record(db, r, &pf_view_campaign_stats);
}

const struct pf_err *
api_campaign_stats(struct worker *w, struct req *r)
{
	return worker_read(w, r, read_stats);
}

static const struct pf_err *
read_buckets(struct pf_db *db, struct req *r)
{
	const struct pf_err *err;
	struct pf_page p;

	if ((err = list_need_campaign(db, r->id)) != NULL)
		return err;
	list_page(&p, r);
	p.want[0] = r->id;
	err = list_rows(r, "crashes", &p, db, &pf_walk_buckets);
	reply_end(r);
	return err;
}

const struct pf_err *
api_campaign_crashes(struct worker *w, struct req *r)
{
	return worker_read(w, r, read_buckets);
}

static const struct pf_err *
read_inputs(struct pf_db *db, struct req *r)
{
	return list_of_campaign(r, "files", db, pf_campaign_inputs_page);
}

const struct pf_err *
api_campaign_corpus(struct worker *w, struct req *r)
{
	return worker_read(w, r, read_inputs);
}
