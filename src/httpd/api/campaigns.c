/*
 * Campaigns are made, changed and finished: the op campaign of pf-ops(5).
 * What a Go program would also say of one, and what this master has no place
 * for, is refused unless it says nothing.
 */
#include <string.h>

#include "httpd/reply.h"
#include "httpd/route.h"

static const struct {
	const char	*name, *instead;
} others[] = {
	{ "target_binary", "the target is a job's: POST /api/v1/jobs/upload "
	    "with campaign" },
	{ "binary_hash", "the target is a job's: POST /api/v1/jobs with "
	    "target and campaign" },
	{ "job_template", "each job says it of itself: POST /api/v1/jobs with "
	    "campaign" },
	{ "max_jobs", "as many jobs run as are submitted: POST /api/v1/jobs "
	    "with campaign" },
	{ "max_duration", "each job says it of itself: duration of POST "
	    "/api/v1/jobs" },
	{ "auto_restart", "a job that ends is over: POST /api/v1/jobs "
	    "submits another" },
	{ "priority", "weight says how large its share of the bots is; "
	    "priority orders the jobs in it" },
};

#define NOTHERS	(sizeof(others) / sizeof(others[0]))

/* null, "", 0, false, an empty list or object. */
static bool
says_nothing(const struct pf_json *j, const char *key)
{
	static const char *const nothing[] = { "\"\"", "0", "false", "[]",
	    "{}" };
	const struct pf_json *v = pf_json_get(j, key);
	struct pf_buf text = PF_BUF_INIT;
	size_t i, n = sizeof(nothing) / sizeof(nothing[0]);

	if (v == NULL)
		return true;
	pf_json_print(&text, v);
	for (i = 0; i < n && strcmp(text.data, nothing[i]) != 0; i++)
		;
	pf_buf_free(&text);
	return i < n;
}

/* True if there is nothing else in the body; the reply is made if not. */
static bool
is_all(struct req *r)
{
	const struct pf_err *err = NULL;
	const char *instead = "campaigns on the same target do not share: "
	    "make another one";
	bool shared = true;
	size_t i;

	for (i = 0; i < NOTHERS && says_nothing(r->json, others[i].name); i++)
		;
	if (i < NOTHERS) {
		err = pf_err_field(PF_DATA, others[i].name, "campaigns have "
		    "no %s", others[i].name);
		instead = others[i].instead;
	} else if ((err = pf_json_bool(&shared, r->json, "shared_corpus")) ==
	    NULL && !shared)
		err = pf_err_field(PF_DATA, "shared_corpus", "jobs of a "
		    "campaign always share");
	if (err != NULL)
		reply_error(r, 0, err, instead);
	return err == NULL;
}

/* What is asked for of a campaign. */
struct wish {
	const char		*request;	/* of who makes it, or NULL */
	bool			 paused;	/* from the beginning */
	int64_t			 weight;	/* 0: not said */
	const struct pf_json	*description, *tags;	/* or NULL */
};

static void
put_raw(struct pf_buf *line, const char *name, const struct pf_json *v)
{
	struct pf_buf text = PF_BUF_INIT;

	if (v == NULL)
		return;
	pf_json_print(&text, v);
	pf_jw_raw(line, name, text.data);
	pf_buf_free(&text);
}

/* *op is the writer's answer; the wish may be NULL. */
static const struct pf_err *
campaign_op(struct worker *w, struct pf_json **op, const char *what,
    const char *name, const struct wish *wish)
{
	const struct pf_err *err;
	struct pf_buf line = PF_BUF_INIT;

	pf_json_free(*op);
	*op = NULL;
	pf_jw_open(&line, NULL, '{');
	pf_jw_str(&line, "op", "campaign");
	pf_jw_str(&line, "do", what);
	pf_jw_str(&line, "campaign", name);
	if (wish != NULL) {
		if (wish->request != NULL)
			pf_jw_str(&line, "request", wish->request);
		if (wish->paused)
			pf_jw_bool(&line, "paused", true);
		if (wish->weight != 0)
			pf_jw_int(&line, "weight", wish->weight);
		put_raw(&line, "description", wish->description);
		put_raw(&line, "tags", wish->tags);
	}
	pf_jw_close(&line, '}');
	err = worker_op(w, op, &line);
	pf_buf_free(&line);
	return err;
}

/* A weight that is there is one, or the writer says why not. */
static const struct pf_err *
get_wish(struct wish *wish, const struct req *r)
{
	*wish = (struct wish){ .description = pf_json_get(r->json,
	    "description"), .tags = pf_json_get(r->json, "tags") };
	return pf_json_int(&wish->weight, r->json, "weight", 1, 1000);
}

static const struct pf_err *
reply_campaign(struct worker *w, struct req *r, const struct pf_json *op,
    unsigned int status)
{
	const struct pf_err *err;
	const char *id = "", *name = "", *state = "";
	int64_t weight = 0;

	if ((err = pf_json_need(&id, op, "id")) != NULL ||
	    (err = pf_json_need(&name, op, "campaign")) != NULL ||
	    (err = pf_json_need(&state, op, "status")) != NULL ||
	    (err = pf_json_int(&weight, op, "weight", 0, 1000)) != NULL)
		return pf_err(PF_BUG, "the writer's answer: %s", err->msg);
	reply_open(r, status, NULL);
	if (!reply_row(w, r, &pf_view_campaigns, id)) {
		pf_jw_str(&r->reply.body, "id", id);
		pf_jw_str(&r->reply.body, "name", name);
		pf_jw_str(&r->reply.body, "status", state);
		pf_jw_int(&r->reply.body, "weight", weight);
		put_raw(&r->reply.body, "description", pf_json_get(op,
		    "description"));
		put_raw(&r->reply.body, "tags", pf_json_get(op, "tags"));
	}
	reply_end(r);
	return NULL;
}

/* Whether it is as it was asked for; what is not said is not looked at but
 * for the weight, which is 1 then. */
static bool
is_same(const struct pf_json *op, const char *name, const struct pf_json *want)
{
	struct pf_buf a = PF_BUF_INIT, b = PF_BUF_INIT;
	bool same;

	if (want == NULL)
		return true;
	pf_json_print(&a, want);
	pf_json_print(&b, pf_json_get(op, name));
	same = strcmp(a.data, b.data) == 0;
	pf_buf_free(&a);
	pf_buf_free(&b);
	return same;
}

/* There already: perhaps only the first answer was lost. */
static const struct pf_err *
same_again(struct worker *w, struct req *r, const char *name,
    const struct wish *wish)
{
	const struct pf_err *err;
	struct pf_json *op = NULL;
	const char *is = "", *state = wish->paused ? "paused" : "active";
	int64_t has = 0;

	if ((err = campaign_op(w, &op, "set", name, NULL)) == NULL &&
	    (err = pf_json_need(&is, op, "status")) == NULL &&
	    (err = pf_json_int(&has, op, "weight", 0, 1000)) == NULL) {
		if (has == (wish->weight != 0 ? wish->weight : 1) &&
		    strcmp(is, state) == 0 &&
		    is_same(op, "description", wish->description) &&
		    is_same(op, "tags", wish->tags))
			err = reply_campaign(w, r, op, 200);
		else
			err = pf_err_field(PF_CONFLICT, "name", "name: there "
			    "is a campaign of that name already, %s and of "
			    "weight %d, or with another description or other "
			    "tags", is, (int)has);
	}
	pf_json_free(op);
	return err;
}

const struct pf_err *
api_campaign_new(struct worker *w, struct req *r)
{
	const struct pf_err *err;
	struct pf_json *op = NULL;
	const char *name = "";
	struct wish wish;
	char key[PF_SHA_TEXT];
	bool start = true, replay = false;

	if (!is_all(r))
		return NULL;
	if ((err = get_wish(&wish, r)) != NULL ||
	    (err = pf_json_need(&name, r->json, "name")) != NULL ||
	    (err = pf_json_bool(&start, r->json, "start_after_create")) !=
	    NULL)
		return err;
	if (!pf_text_ok(name))
		return pf_err_field(PF_DATA, "name", "name: not a name of 1 "
		    "to 128 printable bytes");
	route_key(key, r, NULL);
	wish.request = key;
	wish.paused = !start;
	if ((err = campaign_op(w, &op, "create", name, &wish)) == NULL &&
	    (err = pf_json_bool(&replay, op, "replay")) == NULL)
		err = reply_campaign(w, r, op, replay ? 200 : 201);
	else if (err->class == PF_CONFLICT &&
	    strcmp(err->field, "request") != 0)
		err = same_again(w, r, name, &wish);
	pf_json_free(op);
	return err;
}

/* The op that leads to a state; NULL if there is no such state. */
static const char *
op_of(const char *state)
{
	static const struct {
		const char	*state, *op;
	} words[] = {
		{ "active", "resume" }, { "running", "resume" },
		{ "paused", "pause" }, { "finished", "finish" },
		{ "completed", "finish" }, { "stopped", "finish" },
	};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i].state, state) == 0)
			return words[i].op;
	return NULL;
}

const struct pf_err *
api_campaign_set(struct worker *w, struct req *r)
{
	const struct pf_err *err;
	struct pf_json *op = NULL;
	const char *state = NULL, *name = NULL, *has = "", *what = NULL;
	struct wish wish;

	if (!is_all(r))
		return NULL;
	if ((err = get_wish(&wish, r)) != NULL ||
	    (err = pf_json_str(&state, r->json, "status")) != NULL ||
	    (err = pf_json_str(&name, r->json, "name")) != NULL)
		return err;
	if (state != NULL && (what = op_of(state)) == NULL)
		return pf_err_field(PF_DATA, "status", "status: \"%.32s\" is "
		    "none of active, paused and finished", state);
	/* Which one is it?  Nothing changes by that. */
	if ((err = campaign_op(w, &op, "set", r->id, NULL)) == NULL)
		err = pf_json_need(&has, op, "campaign");
	if (err == NULL && name != NULL && strcmp(name, has) != 0)
		err = pf_err_field(PF_DATA, "name", "name: it is called %s, "
		    "and cannot be called otherwise", has);
	if (err == NULL && (wish.weight != 0 || wish.description != NULL ||
	    wish.tags != NULL))
		err = campaign_op(w, &op, "set", r->id, &wish);
	if (err == NULL && what != NULL)
		err = campaign_op(w, &op, what, r->id, NULL);
	if (err == NULL)
		err = reply_campaign(w, r, op, 200);
	pf_json_free(op);
	return err;
}

const struct pf_err *
api_campaign_end(struct worker *w, struct req *r)
{
	const struct pf_err *err;
	struct pf_json *op = NULL;

	if ((err = campaign_op(w, &op, "finish", r->id, NULL)) == NULL)
		r->reply.status = 204;
	pf_json_free(op);
	return err;
}
