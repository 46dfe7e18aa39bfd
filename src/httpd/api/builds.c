/*
 * New builds of what a campaign fuzzes, and what becomes of its crashes.
 */
#include "httpd/api/list.h"
#include "httpd/reply.h"
#include "os/clock.h"
#include "store/blob.h"
#include "view/regressions.h"

static const struct pf_err *
read_builds(struct pf_db *db, struct req *r)
{
	return list_of_campaign(r, "builds", db, pf_builds_page);
}

const struct pf_err *
api_builds(struct worker *w, struct req *r)
{
	return worker_read(w, r, read_builds);
}

static const struct pf_err *
read_regressions(struct pf_db *db, struct req *r)
{
	const struct pf_err *err;
	struct pf_page p;
	int64_t seq = 0;

	if ((err = list_need_campaign(db, r->id)) != NULL)
		return err;
	list_page(&p, r);
	route_int(&seq, r, "build");
	list_open(r, "regressions");
	if ((err = pf_regressions_page(&p, &r->reply.body, db, r->id, seq)) !=
	    NULL)
		return err;
	list_close(r, &p);
	reply_end(r);
	return NULL;
}

const struct pf_err *
api_regressions(struct worker *w, struct req *r)
{
	return worker_read(w, r, read_regressions);
}

/* What has come of a build so far. */
struct told {
	struct pf_buf	 jobs;		/* an array, open */
	struct pf_buf	 next;		/* where the writer goes on, or "" */
	int64_t		 seq, crashes;
	bool		 new;
};

static void
put_told(struct req *r, struct told *t, bool dry)
{
	struct pf_buf *b = &r->reply.body;

	pf_jw_close(&t->jobs, ']');
	reply_open(r, t->new && !dry ? 201 : 200, NULL);
	pf_jw_str(b, "campaign_id", r->id);
	if (t->seq > 0)
		pf_jw_int(b, "build", t->seq);
	else
		pf_jw_null(b, "build");
	pf_jw_bool(b, "new", t->new);
	pf_jw_bool(b, "dry", dry);
	pf_jw_raw(b, "jobs", t->jobs.data);
	pf_jw_int(b, "crashes", t->crashes);
	pf_jw_bool(b, "whole", t->next.len == 0);
	reply_end(r);
}

static void
put_line(struct pf_buf *b, const struct req *r, const struct told *t)
{
	struct pf_buf target = PF_BUF_INIT;
	const char *engine = NULL;

	(void)pf_json_str(&engine, r->json, "engine");
	pf_json_print(&target, pf_json_get(r->json, "target"));
	pf_jw_open(b, NULL, '{');
	pf_jw_str(b, "op", "build");
	pf_jw_str(b, "campaign", r->id);
	if (engine != NULL)
		pf_jw_str(b, "engine", engine);
	pf_jw_raw(b, "target", target.data);
	if (t->next.len > 0)
		pf_jw_raw(b, "after", t->next.data);
	pf_jw_close(b, '}');
	pf_buf_free(&target);
}

static const struct pf_err *
take_job(struct told *t, const struct pf_json *v)
{
	const struct pf_err *err;
	const char *job = NULL;
	int64_t crashes = 0;

	if ((err = pf_json_int(&crashes, v, "crashes", 0, INT64_MAX)) !=
	    NULL || (err = pf_json_str(&job, v, "job")) != NULL)
		return err;
	t->crashes += crashes;
	if (job != NULL)
		pf_jw_str(&t->jobs, NULL, job);
	return NULL;
}

/* One op: a few buckets, and at most a job and one under valgrind. */
static const struct pf_err *
ask(struct worker *w, const struct req *r, struct told *t)
{
	const struct pf_err *err;
	struct pf_buf line = PF_BUF_INIT;
	struct pf_json *op = NULL;
	const struct pf_json *next;
	bool new = false;

	put_line(&line, r, t);
	if ((err = worker_op(w, &op, &line)) == NULL &&
	    (err = pf_json_int(&t->seq, op, "seq", 1, INT64_MAX)) == NULL &&
	    (err = pf_json_bool(&new, op, "new")) == NULL &&
	    (err = take_job(t, op)) == NULL &&
	    (err = take_job(t, pf_json_get(op, "under"))) == NULL) {
		t->new = t->new || new;
		pf_buf_reset(&t->next);
		next = pf_json_get(op, "next");
		if (pf_json_is_object(next))
			pf_json_print(&t->next, next);
	}
	pf_json_free(op);
	pf_buf_free(&line);
	return err;
}

/* The file is there, and what it would be. */
static const struct pf_err *
read_dry(struct pf_db *db, struct req *r)
{
	const struct pf_err *err;
	struct told t = { .jobs = PF_BUF_INIT, .next = PF_BUF_INIT };
	const char *sha = "";
	int64_t size;
	bool known = false;

	if ((err = list_need_campaign(db, r->id)) != NULL ||
	    (err = pf_json_need(&sha, pf_json_get(r->json, "target"),
	    "sha256")) != NULL)
		return err;
	if (!pf_blob_has(r->h->conf.storage_path, sha, &size))
		return pf_err_field(PF_NOTFOUND, "target", "target: blob "
		    "%.16s... is not in the storage", sha);
	pf_jw_open(&t.jobs, NULL, '[');
	if ((err = pf_build_seq(&t.seq, &known, db, r->id, sha)) == NULL) {
		t.new = !known;
		put_told(r, &t, true);
	}
	pf_buf_free(&t.jobs);
	return err;
}

/* All crashes, or as many as half the time of a request allows: sent again
 * the same request goes on with what no job is at. */
static const struct pf_err *
build(struct worker *w, struct req *r)
{
	const struct pf_err *err;
	struct told t = { .jobs = PF_BUF_INIT, .next = PF_BUF_INIT };
	int64_t end = pf_boot_ms() + r->h->conf.request / 2;

	pf_jw_open(&t.jobs, NULL, '[');
	do
		err = ask(w, r, &t);
	while (err == NULL && t.next.len > 0 && pf_boot_ms() < end);
	if (err == NULL)
		put_told(r, &t, false);
	pf_buf_free(&t.jobs);
	pf_buf_free(&t.next);
	return err;
}

const struct pf_err *
api_build(struct worker *w, struct req *r)
{
	const struct pf_err *err;
	const char *dry = route_text(r, "dry");

	err = dry != NULL && *dry == '1' ? worker_read(w, r, read_dry) :
	    build(w, r);
	if (err == NULL || err->class != PF_NOTFOUND)
		return err;
	reply_error(r, 0, err, "GET /api/v1/campaigns has the campaigns; POST "
	    "/api/v1/blobs brings a file, which pf-ingest on the master files "
	    "before it can be a target");
	return NULL;
}
