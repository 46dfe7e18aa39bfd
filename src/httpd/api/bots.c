/*
 * Requests of bots that become op lines: pf-ops(5) says what each does.  The
 * names on the wire are the API's, those of the line the writer's.
 */
#include <string.h>

#include "httpd/reply.h"
#include "httpd/route.h"

#define NS_MS	1000000		/* nanoseconds of a millisecond */

static void
line_open(struct pf_buf *line, const char *op)
{
	pf_jw_open(line, NULL, '{');
	pf_jw_str(line, "op", op);
}

/* Copies a string member, if there is one. */
static const struct pf_err *
copy_str(struct pf_buf *line, const struct pf_json *j, const char *key)
{
	const struct pf_err *err;
	const char *s = NULL;

	if ((err = pf_json_str(&s, j, key)) == NULL && s != NULL)
		pf_jw_str(line, key, s);
	return err;
}

static const struct pf_err *
copy_int(struct pf_buf *line, const struct pf_json *j, const char *key)
{
	const struct pf_err *err;
	int64_t v = 0;

	if (pf_json_get(j, key) == NULL)
		return NULL;
	if ((err = pf_json_int(&v, j, key, 0, INT64_MAX)) == NULL)
		pf_jw_int(line, key, v);
	return err;
}

/* The job of a request, by its own name or the older one; NULL if none. */
static const struct pf_err *
job_of(const char **job, const struct pf_json *j)
{
	const struct pf_err *err;

	*job = NULL;
	if ((err = pf_json_str(job, j, "job_id")) == NULL && *job == NULL)
		err = pf_json_str(job, j, "current_job");
	if (err == NULL && *job != NULL && **job == '\0')
		*job = NULL;
	if (err == NULL && *job != NULL && !pf_id_ok(*job))
		err = pf_err_field(PF_DATA, "job_id", "job_id is not an id");
	return err;
}

/* Members inc, job and token of a request's body. */
static const struct pf_err *
copy_token(struct pf_buf *line, const char **job, const struct pf_json *j,
    bool needed)
{
	const struct pf_err *err;

	if ((err = copy_str(line, j, "inc")) != NULL ||
	    (err = job_of(job, j)) != NULL)
		return err;
	if (*job == NULL)
		return needed ? pf_err_field(PF_DATA, "job_id",
		    "job_id is missing") : NULL;
	pf_jw_str(line, "job", *job);
	if ((err = copy_int(line, j, "epoch")) == NULL)
		err = copy_int(line, j, "attempt");
	return err;
}

static void
copy_back(struct req *r, const struct pf_json *from, const char *key,
    const char *as)
{
	const struct pf_json *v = pf_json_get(from, key);
	struct pf_buf b = PF_BUF_INIT;

	if (v != NULL) {
		pf_json_print(&b, v);
		pf_jw_raw(&r->reply.body, as, b.data);
	}
	pf_buf_free(&b);
}

static void
put_timeout(struct req *r, const struct pf_json *op)
{
	int64_t lease = 0;

	copy_back(r, op, "lease_ms", "lease_ms");
	if (pf_json_int(&lease, op, "lease_ms", 0, INT64_MAX / NS_MS) == NULL)
		pf_jw_int(&r->reply.body, "timeout", lease * NS_MS);
}

const struct pf_err *
api_register(struct worker *w, struct req *r)
{
	const struct pf_err *err;
	const struct pf_json *caps;
	const struct pf_json *j = r->json;
	struct pf_json *op = NULL;
	struct pf_buf line = PF_BUF_INIT, list = PF_BUF_INIT;
	bool created = false;

	line_open(&line, "register");
	if ((err = copy_str(&line, j, "hostname")) != NULL ||
	    (err = copy_str(&line, j, "name")) != NULL ||
	    (err = copy_str(&line, j, "inc")) != NULL)
		goto done;
	if ((caps = pf_json_get(j, "capabilities")) != NULL) {
		pf_json_print(&list, caps);
		pf_jw_raw(&line, "capabilities", list.data);
	}
	pf_jw_close(&line, '}');
	if ((err = worker_op(w, &op, &line)) != NULL ||
	    (err = pf_json_bool(&created, op, "created")) != NULL)
		goto done;
	reply_open(r, created ? 201 : 200, "registered");
	copy_back(r, op, "bot", "bot_id");
	copy_back(r, op, "name", "name");
	pf_jw_bool(&r->reply.body, "created", created);
	copy_back(r, op, "heartbeat_ms", "heartbeat_ms");
	copy_back(r, op, "master", "master");
	put_timeout(r, op);
	reply_close(r);
done:
	pf_json_free(op);
	pf_buf_free(&list);
	pf_buf_free(&line);
	return err;
}

const struct pf_err *
api_delete(struct worker *w, struct req *r)
{
	const struct pf_err *err;
	struct pf_json *op = NULL;
	struct pf_buf line = PF_BUF_INIT;

	line_open(&line, "deregister");
	pf_jw_str(&line, "bot", r->id);
	pf_jw_close(&line, '}');
	if ((err = worker_op(w, &op, &line)) == NULL)
		r->reply.status = 204;
	pf_json_free(op);
	pf_buf_free(&line);
	return err;
}

const struct pf_err *
ask_heartbeat(struct req *r, struct pf_buf *line)
{
	const struct pf_err *err;
	const char *job;

	line_open(line, "heartbeat");
	pf_jw_str(line, "bot", r->id);
	err = copy_token(line, &job, r->json, false);
	pf_jw_close(line, '}');
	return err;
}

const struct pf_err *
tell_heartbeat(struct req *r, const struct pf_json *op)
{
	reply_open(r, 200, "ok");
	copy_back(r, op, "status", "bot_status");
	copy_back(r, op, "cancel", "cancel");
	copy_back(r, op, "drain", "drain");
	put_timeout(r, op);
	reply_close(r);
	return NULL;
}

/* start, complete and handback: one op about the job, one acknowledgement. */
static const struct pf_err *
about_job(struct worker *w, struct req *r, const char *op, const char *result)
{
	const struct pf_err *err;
	const char *job;
	const struct pf_json *j = r->json;
	struct pf_json *reply = NULL;
	struct pf_buf line = PF_BUF_INIT;
	bool success = true, ends = strcmp(op, "complete") == 0;

	line_open(&line, op);
	pf_jw_str(&line, "bot", r->id);
	/* Older bots complete whatever they hold. */
	if ((err = copy_token(&line, &job, j, !ends)) != NULL ||
	    (err = copy_str(&line, j, "message")) != NULL)
		goto done;
	if (ends) {
		if (pf_json_get(j, "success") == NULL &&
		    pf_json_get(j, "result") == NULL) {
			err = pf_err_field(PF_DATA, "success",
			    "success is missing");
			goto done;
		}
		if ((err = pf_json_bool(&success, j, "success")) != NULL)
			goto done;
		result = success ? "completed" : "failed";
		if ((err = pf_json_str(&result, j, "result")) != NULL)
			goto done;
		pf_jw_str(&line, "result", result);
	}
	pf_jw_close(&line, '}');
	if ((err = worker_op(w, &reply, &line)) != NULL)
		goto done;
	reply_open(r, 200, result);
	pf_jw_bool(&r->reply.body, "acknowledged", true);
	if (job != NULL)
		pf_jw_str(&r->reply.body, "job_id", job);
	else
		copy_back(r, reply, "job", "job_id");
	copy_back(r, reply, "replay", "replay");
	reply_close(r);
done:
	pf_json_free(reply);
	pf_buf_free(&line);
	return err;
}

const struct pf_err *
api_start(struct worker *w, struct req *r)
{
	return about_job(w, r, "start", "running");
}

const struct pf_err *
api_complete(struct worker *w, struct req *r)
{
	return about_job(w, r, "complete", NULL);
}

const struct pf_err *
api_handback(struct worker *w, struct req *r)
{
	return about_job(w, r, "handback", "pending");
}
