/*
 * Corpora: their inputs, what they amount to, all of one as an archive.
 */
#include <stdio.h>

#include "httpd/api/archive.h"
#include "httpd/api/list.h"
#include "httpd/reply.h"
#include "view/inputs.h"

static const struct pf_err *
read_corpus(struct pf_db *db, struct req *r)
{
	const struct pf_err *err;
	struct pf_page p;

	if ((err = list_need_job(db, r->id)) != NULL)
		return err;
	list_page(&p, r);
	list_open(r, "files");
	if ((err = pf_inputs_page(&p, &r->reply.body, db, r->id)) != NULL)
		return err;
	list_close(r, &p);
	pf_jw_str(&r->reply.body, "job_id", r->id);
	reply_end(r);
	return NULL;
}

const struct pf_err *
api_corpus_list(struct worker *w, struct req *r)
{
	return worker_read(w, r, read_corpus);
}

static const struct pf_err *
put_stats(struct pf_db *db, struct req *r, const char *job)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	bool there = false;

	if (job != NULL && (err = list_need_job(db, job)) != NULL)
		return err;
	if ((err = pf_view_open(&q, db, &pf_view_corpus_stats, job, 1)) ==
	    NULL && (err = pf_q_row(&q, &there)) == NULL && there) {
		reply_open(r, 200, NULL);
		pf_view_members(&r->reply.body, &pf_view_corpus_stats, &q);
		reply_end(r);
	}
	pf_q_done(&q);
	return err;
}

static const struct pf_err *
read_stats(struct pf_db *db, struct req *r)
{
	return put_stats(db, r, route_text(r, "job"));
}

const struct pf_err *
api_corpus_stats(struct worker *w, struct req *r)
{
	return worker_read(w, r, read_stats);
}

static const struct pf_err *
read_job_stats(struct pf_db *db, struct req *r)
{
	return put_stats(db, r, r->id);
}

const struct pf_err *
api_job_corpus_stats(struct worker *w, struct req *r)
{
	return worker_read(w, r, read_job_stats);
}

static const struct pf_err *
read_job(struct pf_db *db, struct req *r)
{
	return list_need_job(db, r->id);
}

const struct pf_err *
api_job_download(struct worker *w, struct req *r)
{
	const struct pf_err *err = worker_read(w, r, read_job);

	if (err != NULL)
		return err;
	/* So asks a bot for what to begin with, if there is anything. */
	return req_header(r, "X-Bot-ID") != NULL && r->route->query == NULL ?
	    archive_seeds(w, r, r->id) : archive_start(w, r, r->id);
}

const struct pf_err *
api_download(struct worker *w, struct req *r)
{
	const char *job = route_text(r, "job");

	if (job == NULL)
		return pf_err_field(PF_DATA, "job", "job is missing: whose "
		    "corpus?");
	snprintf(r->id, sizeof(r->id), "%s", job);
	return api_job_download(w, r);
}
