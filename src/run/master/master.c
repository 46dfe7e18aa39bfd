/*
 * The calls to the master; see run.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/clock.h"
#include "run/engine/engine.h"
#include "store/token.h"

bool
master_said(const struct pf_json *reply)
{
	const char *text = "", *class = "";

	return pf_json_is_object(reply) &&
	    pf_json_str(&text, reply, "error") == NULL && *text != '\0' &&
	    pf_json_str(&class, reply, "class") == NULL && *class != '\0';
}

const struct pf_err *
master_refusal(long status, const struct pf_json *reply)
{
	const char *text = "", *more = "";
	enum pf_class class = PF_DATA;

	/* What a proxy says is nothing that the master decided. */
	if (!master_said(reply))
		return pf_err(PF_BUSY, "%ld was answered, and not by a master",
		    status);
	(void)pf_json_str(&text, reply, "error");
	(void)pf_json_str(&more, reply, "details");
	if (status >= 500 || status == 429 || status == 408)
		class = PF_BUSY;
	else if (status == 409)
		class = PF_STALE;
	else if (status == 404)
		class = PF_NOTFOUND;
	else if (status == 403 || status == 401)
		class = PF_DENIED;
	return pf_err(class, "the master answered %ld: %s%s%s", status,
	    text, *more != '\0' ? ": " : "", more);
}

const struct pf_err *
master_token(struct slot *s, bool *new)
{
	const struct pf_err *err;
	struct pf_buf token = PF_BUF_INIT;
	bool other;

	if (s->conf->bot_token_file[0] == '\0')
		return NULL;
	if ((err = pf_token_read(&token, s->conf->bot_token_file)) != NULL)
		return err;
	other = pf_http_token(s->http, token.data);
	(void)pf_http_token(s->beat, token.data);
	pf_token_free(&token);
	if (new != NULL)
		*new = other;
	return NULL;
}

const struct pf_err *
master_http(struct slot *s, struct pf_http_call *c, bool lease)
{
	const struct pf_err *err;
	struct pf_http *http = lease ? s->beat : s->http;
	int64_t now = pf_boot_ms(), left = s->lease_end - now;
	bool other = false;

	if (!lease && !pf_breaker_may(&s->breaker, now))
		return pf_err(PF_BUSY, "the master is away (circuit %s, next "
		    "try in %lld s)", pf_circuit_name(s->breaker.state),
		    (long long)pf_breaker_wait(&s->breaker, now) / 1000 + 1);
	/* A master that says nothing must not hold up the lease's end. */
	if (c->most == 0)
		c->most = s->conf->master_communication;
	if (left > 0 && left < c->most)
		c->most = left;
	s->beating = s->beating || lease;
	err = pf_http_call(http, c);
	/* The token may have been changed on both sides while we run. */
	if (err == NULL && c->status == 401 &&
	    master_token(s, &other) == NULL && other)
		err = pf_http_call(http, c);
	if (lease)
		s->beating = false;
	pf_breaker_tell(&s->breaker, err == NULL && c->status < 500,
	    pf_boot_ms());
	if (err == NULL && c->status < 500) {
		s->away = 0;
		s->silent = false;
	} else if (s->away == 0)
		s->away = now;
	return err;
}

struct request {
	const char	*method, *path;
	struct pf_buf	*body;		/* an open object, or NULL */
	bool		 lease;		/* about one: the breaker lets it by */
};

/*
 * One JSON call; *reply is the caller's to free.  The time it was sent is
 * what a lease counts from: by the reply's, two bots could run one job.
 */
static const struct pf_err *
call(struct slot *s, const struct request *r, struct pf_json **reply)
{
	const struct pf_err *err, *bad;
	struct pf_buf *body = r->body;
	struct pf_http_call c = { .method = r->method, .path = r->path,
	    .reply = PF_BUF_INIT };
	int64_t sent = pf_boot_ms(), lease = 0;

	*reply = NULL;
	if (body != NULL) {
		pf_jw_close(body, '}');
		c.type = "application/json";
		c.body = body->data;
		c.len = body->len;
	}
	if ((err = master_http(s, &c, r->lease)) == NULL) {
		bad = c.reply.len == 0 ? NULL :
		    pf_json_parse(reply, c.reply.data, c.reply.len);
		if (c.status < 200 || c.status > 299)
			err = master_refusal(c.status, *reply);
		else if (bad != NULL)
			err = pf_err(PF_BUSY, "reply of %s: %s", r->path,
			    bad->msg);
		else if (*reply != NULL)
			err = pf_json_int(&lease, *reply, "lease_ms", 1,
			    INT64_C(1) << 40);
	}
	if (err == NULL && lease > 0) {
		s->lease_ms = lease;
		s->lease_end = sent + lease;
		(void)pf_json_int(&s->heartbeat_ms, *reply, "heartbeat_ms",
		    10, INT64_C(1) << 40);
		if (s->heartbeat_ms <= 0 || s->heartbeat_ms > lease / 2)
			s->heartbeat_ms = lease / 3;
		s->next_beat = sent + s->heartbeat_ms;
	}
	if (err != NULL) {
		pf_json_free(*reply);
		*reply = NULL;
	}
	pf_buf_free(&c.reply);
	return err;
}

const struct pf_err *
master_register(struct slot *s, const char *caps)
{
	const struct pf_err *err;
	struct pf_buf b = PF_BUF_INIT, all = PF_BUF_INIT;
	struct pf_json *reply = NULL;
	const char *id = "", *master = "";
	const struct request r = { "POST", "/api/v1/bots/register", &b,
	    false };
	char host[129] = "localhost";

	(void)gethostname(host, sizeof(host) - 1);
	pf_jw_open(&b, NULL, '{');
	pf_jw_str(&b, "hostname", host);
	pf_jw_str(&b, "name", s->name);
	pf_jw_str(&b, "inc", s->inc);
	engine_kinds(&all, caps);
	pf_jw_raw(&b, "capabilities", all.data);
	if ((err = call(s, &r, &reply)) != NULL) {
		/* Another of our name is at work: that may pass. */
		if (err->class == PF_STALE)
			err = pf_err(PF_BUSY, "%s", err->msg);
		goto done;
	}
	if ((err = pf_json_need(&id, reply, "bot_id")) != NULL ||
	    (err = pf_json_need(&master, reply, "master")) != NULL)
		err = pf_err(PF_BUSY, "reply of %s: %s", r.path, err->msg);
	else if ((err = state_check_master(s, master)) == NULL &&
	    !pf_id_ok(id))
		err = pf_err(PF_DATA, "the master gave a bad id");
	else if (err == NULL)
		snprintf(s->bot, sizeof(s->bot), "%s", id);
done:
	pf_json_free(reply);
	pf_buf_free(&all);
	pf_buf_free(&b);
	return err;
}

const struct pf_err *
master_claim(struct slot *s, struct job *j, bool *found)
{
	const struct pf_err *err;
	struct pf_json *reply = NULL;
	struct pf_buf text = PF_BUF_INIT;
	const char *status = "";
	char path[256];
	const struct request r = { "GET", path, NULL, false };

	*found = false;
	snprintf(path, sizeof(path), "/api/v1/bots/%s/job?inc=%s", s->bot,
	    s->inc);
	if ((err = call(s, &r, &reply)) == NULL &&
	    (err = pf_json_need(&status, reply, "status")) == NULL &&
	    strcmp(status, "no_jobs_available") != 0) {
		pf_json_print(&text, reply);
		if ((err = job_parse(j, text.data, text.len)) == NULL)
			*found = true;
		else
			job_free(j);
	}
	pf_json_free(reply);
	pf_buf_free(&text);
	return err;
}

/* Opens a body with the members that name a bot's job. */
static void
token(struct pf_buf *b, const struct slot *s, const struct job *j)
{
	pf_jw_open(b, NULL, '{');
	pf_jw_str(b, "inc", s->inc);
	if (j != NULL) {
		pf_jw_str(b, "job_id", j->id);
		pf_jw_int(b, "epoch", j->epoch);
		pf_jw_int(b, "attempt", j->attempt);
	}
}

/* POST /api/v1/bots/ID/what with the body. */
static const struct pf_err *
post(struct slot *s, const char *what, struct pf_buf *body,
    struct pf_json **reply)
{
	const struct pf_err *err;
	char path[256];
	const struct request r = { "POST", path, body, true };

	snprintf(path, sizeof(path), "/api/v1/bots/%s/%s", s->bot, what);
	err = call(s, &r, reply);
	pf_buf_free(body);
	return err;
}

const struct pf_err *
master_heartbeat(struct slot *s, const struct job *j, struct beat *beat)
{
	const struct pf_err *err;
	struct pf_buf b = PF_BUF_INIT;
	struct pf_json *reply = NULL;

	*beat = (struct beat){ 0 };
	token(&b, s, j);
	pf_jw_str(&b, "status", j != NULL ? "busy" : "idle");
	if ((err = post(s, "heartbeat", &b, &reply)) == NULL &&
	    (err = pf_json_bool(&beat->cancel, reply, "cancel")) == NULL)
		err = pf_json_bool(&beat->drain, reply, "drain");
	pf_json_free(reply);
	return err;
}

const struct pf_err *
master_start(struct slot *s, const struct job *j)
{
	const struct pf_err *err;
	struct pf_buf b = PF_BUF_INIT;
	struct pf_json *reply = NULL;

	token(&b, s, j);
	err = post(s, "job/start", &b, &reply);
	pf_json_free(reply);
	return err;
}

const struct pf_err *
master_complete(struct slot *s, const struct job *j, const char *result,
    const char *message)
{
	const struct pf_err *err;
	struct pf_buf b = PF_BUF_INIT;
	struct pf_json *reply = NULL;

	token(&b, s, j);
	pf_jw_bool(&b, "success", strcmp(result, "completed") == 0);
	pf_jw_str(&b, "result", result);
	pf_jw_str(&b, "message", message);
	err = post(s, "job/complete", &b, &reply);
	pf_json_free(reply);
	return err;
}

const struct pf_err *
master_handback(struct slot *s, const struct job *j)
{
	const struct pf_err *err;
	struct pf_buf b = PF_BUF_INIT;
	struct pf_json *reply = NULL;

	token(&b, s, j);
	err = post(s, "job/handback", &b, &reply);
	pf_json_free(reply);
	return err;
}
