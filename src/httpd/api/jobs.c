/*
 * Requests that make and end jobs: each is an op line, pf-ops(5) says what it
 * does.
 */
#include "httpd/api/newjob.h"
#include "httpd/reply.h"
#include "httpd/route.h"

const struct pf_err *
api_submit(struct worker *w, struct req *r)
{
	const struct pf_err *err;
	struct pf_buf line = PF_BUF_INIT;

	if ((err = newjob_line(w, &line, r, r->json, NULL)) == NULL)
		newjob_submit(w, r, &line, NULL);
	pf_buf_free(&line);
	return err;
}

/* An op about the job of the path, with a message if there is one. */
static const struct pf_err *
about_job(struct worker *w, struct req *r, struct pf_json **op,
    const char *name, const char *message)
{
	const struct pf_err *err;
	struct pf_buf line = PF_BUF_INIT;

	pf_jw_open(&line, NULL, '{');
	pf_jw_str(&line, "op", name);
	pf_jw_str(&line, "job", r->id);
	if (message != NULL)
		pf_jw_str(&line, "message", message);
	pf_jw_close(&line, '}');
	err = worker_op(w, op, &line);
	pf_buf_free(&line);
	return err;
}

const struct pf_err *
api_cancel(struct worker *w, struct req *r)
{
	const struct pf_err *err;
	struct pf_json *op = NULL;
	const char *status = "";

	if ((err = about_job(w, r, &op, "cancel", route_text(r, "message")))
	    == NULL && (err = pf_json_need(&status, op, "status")) == NULL) {
		reply_open(r, 200, "cancelled");
		pf_jw_str(&r->reply.body, "job_id", r->id);
		pf_jw_str(&r->reply.body, "job_status", status);
		reply_close(r);
	}
	pf_json_free(op);
	return err;
}

const struct pf_err *
api_archive(struct worker *w, struct req *r)
{
	const struct pf_err *err;
	struct pf_json *op = NULL;

	if ((err = about_job(w, r, &op, "archive", NULL)) == NULL)
		r->reply.status = 204;
	else if (err->class == PF_CONFLICT) {
		reply_error(r, 0, err, "PUT /api/v1/jobs/{id}/cancel ends it");
		err = NULL;
	}
	pf_json_free(op);
	return err;
}
