/*
 * Crashes and coverage as they lie in the database; the bytes of a crash.
 */
#include <stdio.h>
#include <string.h>

#include "httpd/api/list.h"
#include "httpd/reply.h"
#include "view/coverage.h"
#include "view/crash.h"
#include "view/crashes.h"

static const struct pf_err *
put_crashes(struct pf_db *db, struct req *r, struct pf_crash_pick *k,
    int64_t offset)
{
	const struct pf_err *err;
	struct pf_page p;

	list_page(&p, r);
	p.skip = offset;
	if ((k->job != NULL && (err = list_need_job(db, k->job)) != NULL) ||
	    (err = pf_pick_crashes(k, &p, db)) != NULL)
		return err;
	return list_rows(r, "crashes", &p, db, k->walk);
}

static const struct pf_err *
read_crashes(struct pf_db *db, struct req *r)
{
	const struct pf_err *err;
	struct pf_crash_pick k = { .job = route_text(r, "job"),
	    .campaign = route_text(r, "campaign"),
	    .bucket = route_text(r, "bucket"), .type = route_text(r, "type") };

	int64_t offset = 0;

	route_int(&offset, r, "offset");
	err = put_crashes(db, r, &k, offset);
	pf_jw_int(&r->reply.body, "offset", offset);
	reply_end(r);
	return err;
}

const struct pf_err *
api_crashes(struct worker *w, struct req *r)
{
	return worker_read(w, r, read_crashes);
}

static const struct pf_err *
read_job_crashes(struct pf_db *db, struct req *r)
{
	const struct pf_err *err;
	struct pf_crash_pick k = { .job = r->id,
	    .bucket = route_text(r, "bucket"), .type = route_text(r, "type") };

	err = put_crashes(db, r, &k, 0);
	pf_jw_str(&r->reply.body, "job_id", r->id);
	reply_end(r);
	return err;
}

const struct pf_err *
api_job_crashes(struct worker *w, struct req *r)
{
	return worker_read(w, r, read_job_crashes);
}

/* The row of r->id; pf_q_done() in every case. */
static const struct pf_err *
find(struct pf_q *q, struct pf_db *db, const struct req *r)
{
	const struct pf_err *err;
	bool there = false;

	if ((err = pf_view_open(q, db, &pf_view_crash, r->id, 1)) == NULL)
		err = pf_q_row(q, &there);
	if (err == NULL && !there)
		err = pf_err(PF_NOTFOUND, "there is no crash %s", r->id);
	return err;
}

static const struct pf_err *
read_crash(struct pf_db *db, struct req *r)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;

	if ((err = find(&q, db, r)) == NULL) {
		reply_open(r, 200, NULL);
		err = pf_crash_members(&r->reply.body, db,
		    r->h->conf.storage_path, &q);
		reply_end(r);
	}
	pf_q_done(&q);
	return err;
}

const struct pf_err *
api_crash_get(struct worker *w, struct req *r)
{
	return worker_read(w, r, read_crash);
}

/* Where the input of a crash lies, in the place of the body that there is
 * none of, and its hash. */
static const struct pf_err *
read_input(struct pf_db *db, struct req *r)
{
	const struct pf_err *err;
	struct pf_crash c = { 0 };
	struct pf_q q = PF_Q_INIT;

	if ((err = find(&q, db, r)) == NULL) {
		pf_crash_load(&c, r->h->conf.storage_path, &q);
		pf_buf_reset(&r->body);
		pf_buf_adds(&r->body, c.input);
		snprintf(r->sha, sizeof(r->sha), "%s", c.hash);
		pf_crash_free(&c);
	}
	pf_q_done(&q);
	return err;
}

const struct pf_err *
api_crash_input(struct worker *w, struct req *r)
{
	const struct pf_err *err;

	if ((err = worker_read(w, r, read_input)) != NULL)
		return err;
	snprintf(r->reply.name, sizeof(r->reply.name), "%s", r->sha);
	return reply_file(r, r->body.data, "input", r->sha);
}

static const struct pf_err *
read_coverage(struct pf_db *db, struct req *r)
{
	const struct pf_err *err;
	const char *job = route_text(r, "job");
	struct pf_page p;

	if (job != NULL && (err = list_need_job(db, job)) != NULL)
		return err;
	list_page(&p, r);
	list_open(r, "coverage");
	err = pf_coverage_page(&p, &r->reply.body, db, job);
	list_close(r, &p);
	reply_end(r);
	return err;
}

const struct pf_err *
api_coverage_list(struct worker *w, struct req *r)
{
	return worker_read(w, r, read_coverage);
}
