/*
 * Why a job or a bot runs or does not, and a crash is where it is.
 */
#include "httpd/reply.h"
#include "httpd/route.h"
#include "view/explain.h"
#include "view/why.h"

typedef const struct pf_err *explainer(struct pf_buf *, struct pf_db *,
    const struct pf_conf *, const char *id);

static const struct pf_err *
explain(struct pf_db *db, struct req *r, const char *what, explainer *fn)
{
	const struct pf_err *err;
	struct pf_buf text = PF_BUF_INIT;

	if ((err = fn(&text, db, &r->h->conf, r->id)) == NULL) {
		reply_open(r, 200, NULL);
		pf_jw_str(&r->reply.body, what, r->id);
		pf_jw_str(&r->reply.body, "why", text.data);
		reply_end(r);
	}
	pf_buf_free(&text);
	return err;
}

static const struct pf_err *
read_job(struct pf_db *db, struct req *r)
{
	return explain(db, r, "job", pf_explain_job);
}

const struct pf_err *
api_explain_job(struct worker *w, struct req *r)
{
	return worker_read(w, r, read_job);
}

static const struct pf_err *
read_bot(struct pf_db *db, struct req *r)
{
	return explain(db, r, "bot", pf_explain_bot);
}

const struct pf_err *
api_explain_bot(struct worker *w, struct req *r)
{
	return worker_read(w, r, read_bot);
}

static const struct pf_err *
read_crash(struct pf_db *db, struct req *r)
{
	const struct pf_err *err;
	struct pf_why why;

	if ((err = pf_why_load(&why, db, r->id)) == NULL) {
		reply_open(r, 200, NULL);
		pf_why_json(&why, &r->reply.body);
		reply_end(r);
	}
	pf_why_free(&why);
	return err;
}

const struct pf_err *
api_explain_crash(struct worker *w, struct req *r)
{
	return worker_read(w, r, read_crash);
}
