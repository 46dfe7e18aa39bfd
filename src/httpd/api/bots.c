/*
 * Requests of bots that become op lines: pf-ops(5) says what each does.  The
 * names on the wire are the API's, those of the line the writer's.
 */
#include <string.h>

#include "base/time.h"
#include "httpd/reply.h"
#include "httpd/route.h"
#include "os/clock.h"

#define LEASE_MAX	(INT64_C(1) << 53)

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

/* Go programs read a time, and drop the whole answer if it is none. */
static void
put_timeout(struct req *r, const struct pf_json *op)
{
	char text[PF_TIME_TEXT];
	int64_t lease = 0;

	copy_back(r, op, "lease_ms", "lease_ms");
	if (pf_json_int(&lease, op, "lease_ms", 0, LEASE_MAX) == NULL)
		pf_jw_str(&r->reply.body, "timeout", pf_time_text(text,
		    pf_wall_ms() + lease));
}

const struct pf_err *
ask_register(struct req *r, struct pf_buf *line)
{
	const struct pf_err *err;
	const struct pf_json *caps = pf_json_get(r->json, "capabilities");
	struct pf_buf list = PF_BUF_INIT;

	line_open(line, "register");
	if ((err = copy_str(line, r->json, "hostname")) != NULL ||
	    (err = copy_str(line, r->json, "name")) != NULL ||
	    (err = copy_str(line, r->json, "inc")) != NULL)
		return err;
	if (caps != NULL) {
		pf_json_print(&list, caps);
		pf_jw_raw(line, "capabilities", list.data);
		pf_buf_free(&list);
	}
	pf_jw_close(line, '}');
	return NULL;
}

const struct pf_err *
tell_register(struct req *r, const struct pf_json *op)
{
	const struct pf_err *err;
	bool created = false;

	if ((err = pf_json_bool(&created, op, "created")) != NULL)
		return err;
	reply_open(r, created ? 201 : 200, "registered");
	copy_back(r, op, "bot", "bot_id");
	copy_back(r, op, "name", "name");
	pf_jw_bool(&r->reply.body, "created", created);
	copy_back(r, op, "heartbeat_ms", "heartbeat_ms");
	copy_back(r, op, "master", "master");
	put_timeout(r, op);
	reply_close(r);
	return NULL;
}

const struct pf_err *
ask_delete(struct req *r, struct pf_buf *line)
{
	line_open(line, "deregister");
	pf_jw_str(line, "bot", r->id);
	pf_jw_close(line, '}');
	return NULL;
}

const struct pf_err *
tell_delete(struct req *r, const struct pf_json *op)
{
	(void)op;
	r->reply.status = 204;
	return NULL;
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
ask_about(struct req *r, struct pf_buf *line, const char *op)
{
	const struct pf_err *err;
	const char *job;

	line_open(line, op);
	pf_jw_str(line, "bot", r->id);
	/* Older bots complete whatever they hold. */
	if ((err = copy_token(line, &job, r->json, strcmp(op, "complete") !=
	    0)) == NULL)
		err = copy_str(line, r->json, "message");
	return err;
}

static const struct pf_err *
tell_about(struct req *r, const struct pf_json *op, const char *status)
{
	const struct pf_err *err;
	const char *job;

	if ((err = job_of(&job, r->json)) != NULL)
		return err;
	reply_open(r, 200, status);
	pf_jw_bool(&r->reply.body, "acknowledged", true);
	if (job != NULL)
		pf_jw_str(&r->reply.body, "job_id", job);
	else
		copy_back(r, op, "job", "job_id");
	copy_back(r, op, "replay", "replay");
	reply_close(r);
	return NULL;
}

const struct pf_err *
ask_start(struct req *r, struct pf_buf *line)
{
	const struct pf_err *err = ask_about(r, line, "start");

	pf_jw_close(line, '}');
	return err;
}

const struct pf_err *
tell_start(struct req *r, const struct pf_json *op)
{
	return tell_about(r, op, "running");
}

const struct pf_err *
ask_handback(struct req *r, struct pf_buf *line)
{
	const struct pf_err *err = ask_about(r, line, "handback");

	pf_jw_close(line, '}');
	return err;
}

const struct pf_err *
tell_handback(struct req *r, const struct pf_json *op)
{
	return tell_about(r, op, "pending");
}

/* Older bots say success, others how it ended. */
static const struct pf_err *
result_of(const char **result, const struct pf_json *j)
{
	const struct pf_err *err;
	bool success = true;

	if (pf_json_get(j, "success") == NULL &&
	    pf_json_get(j, "result") == NULL)
		return pf_err_field(PF_DATA, "success", "success is missing");
	if ((err = pf_json_bool(&success, j, "success")) != NULL)
		return err;
	*result = success ? "completed" : "failed";
	return pf_json_str(result, j, "result");
}

const struct pf_err *
ask_complete(struct req *r, struct pf_buf *line)
{
	const struct pf_err *err;
	const char *result;

	if ((err = ask_about(r, line, "complete")) != NULL ||
	    (err = result_of(&result, r->json)) != NULL)
		return err;
	pf_jw_str(line, "result", result);
	pf_jw_close(line, '}');
	return NULL;
}

const struct pf_err *
tell_complete(struct req *r, const struct pf_json *op)
{
	const struct pf_err *err;
	const char *status = "";

	/* What became of the job, which may have been cancelled meanwhile. */
	if ((err = pf_json_need(&status, op, "status")) != NULL)
		return err;
	return tell_about(r, op, status);
}
