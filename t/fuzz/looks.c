/*
 * What pf-httpd hands on, looked at; see request.h.
 */
#include <stdio.h>
#include <string.h>

#include "t/fuzz/request.h"
#include "codec/json.h"
#include "codec/rec.h"
#include "httpd/route.h"

/* Which ops a path may lead to, and what may stand in them. */
static const struct {
	const char	*op, *method, *path, *members;
} ops[] = {
	{ "register", "POST", "bots/register",
	    " hostname name inc capabilities " },
	{ "deregister", "DELETE", "bots/{id}", " bot " },
	{ "heartbeat", "POST", "bots/{id}/heartbeat",
	    " bot inc job epoch attempt " },
	{ "claim", "GET", "bots/{id}/job", " bot inc " },
	{ "start", "POST", "bots/{id}/job/start",
	    " bot inc job epoch attempt message " },
	{ "complete", "POST", "bots/{id}/job/complete",
	    " bot inc job epoch attempt message result " },
	{ "handback", "POST", "bots/{id}/job/handback",
	    " bot inc job epoch attempt message " },
	{ "submit", "POST", "jobs", " name priority args options engine "
	    "request memory_limit duration_ms exec_timeout_ms target "
	    "dictionary builds seeds campaign " },
	{ "submit", "POST", "jobs/upload", " name priority args options engine "
	    "request memory_limit duration_ms exec_timeout_ms target "
	    "dictionary builds seeds campaign " },
	{ "campaign", "POST", "jobs", " do campaign " },
	{ "campaign", "POST", "jobs/upload", " do campaign " },
	{ "cancel", "PUT", "jobs/{id}/cancel", " job message " },
	{ "cancel", "POST", "jobs/{id}/cancel", " job message " },
	{ "archive", "DELETE", "jobs/{id}", " job " },
	{ "campaign", "POST", "campaigns", " do campaign weight "
	    "description tags request paused " },
	{ "campaign", "PUT", "campaigns/{id}", " do campaign weight "
	    "description tags " },
	{ "campaign", "PATCH", "campaigns/{id}", " do campaign weight "
	    "description tags " },
	{ "campaign", "DELETE", "campaigns/{id}", " do campaign " },
	{ "build", "POST", "campaigns/{id}/builds",
	    " campaign engine target after " },
	{ "rules", "PUT", "rules", " do text " },
	{ "rules", "POST", "rules/undo", " do version " },
};

/* Where a word may be from: members of the body, or for "" the path. */
static const struct {
	const char	*member, *from[4];
} words[] = {
	{ "bot", { "" } },
	{ "hostname", { "hostname" } },
	{ "name", { "name" } },
	{ "inc", { "inc" } },
	{ "message", { "message" } },
	{ "description", { "description" } },
	{ "text", { "text" } },
	{ "version", { "version" } },
	{ "job", { "", "job_id", "current_job" } },
	{ "campaign", { "", "name", "campaign", "campaign_id" } },
	{ "result", { "result" } },
};

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

/* The list has a blank before and behind each. */
static bool
one_of(const char *s, const char *list)
{
	char word[64];

	MUST(strlen(s) < sizeof(word) - 2 && strchr(s, ' ') == NULL);
	snprintf(word, sizeof(word), " %s ", s);
	return strstr(list, word) != NULL;
}

static bool
said(const struct req *r, const char *from, const char *member,
    const char *text)
{
	const char *s = *from == '\0' ? r->id :
	    pf_json_text(pf_json_get(r->json, from));

	/* Text is the one member of what is no JSON. */
	if (r->kind == BODY_TEXT && strcmp(from, "text") == 0)
		s = r->body.data;
	if (s != NULL && strcmp(s, text) == 0)
		return true;
	s = route_takes(r->route, member) ? route_text(r, member) : NULL;
	/* What is no UTF-8 does not stay as it was. */
	return s != NULL && (strcmp(s, text) == 0 ||
	    !pf_utf8_ok(s, strlen(s)));
}

static void
look_at_word(const struct req *r, const char *member, const char *text)
{
	size_t i, k;

	for (i = 0; i < COUNT(words); i++)
		if (strcmp(words[i].member, member) == 0)
			break;
	/* A form's description is not in r->json. */
	if (i == COUNT(words) || r->kind == BODY_FORM)
		return;
	for (k = 0; k < COUNT(words[i].from) && words[i].from[k] != NULL; k++)
		if (said(r, words[i].from[k], member, text))
			return;
	/* What the writer or the target's answer says. */
	MUST(strcmp(member, "result") == 0 ?
	    strcmp(text, "completed") == 0 || strcmp(text, "failed") == 0 :
	    strcmp(member, "inc") == 0 ? *text == '\0' :
	    strcmp(member, "campaign") == 0 && strcmp(text, "c") == 0);
}

/* True if the request is one that may ask for the op. */
static bool
may_ask(const struct req *r, size_t i)
{
	static const char room[] = "/api/v1/";

	return strcmp(r->route->method, ops[i].method) == 0 &&
	    strncmp(r->route->path, room, sizeof(room) - 1) == 0 &&
	    strcmp(r->route->path + sizeof(room) - 1, ops[i].path) == 0;
}

void
look_at_line(const struct req *r, const char *line)
{
	struct pf_json *j = NULL;
	const struct pf_json *v;
	const char *op, *key, *text;
	char engine[33];
	size_t i;

	MUST(strchr(line, '\n') == NULL);
	MUST(pf_json_parse(&j, line, strlen(line)) == NULL);
	MUST(pf_json_is_object(j));
	v = pf_json_first(j);
	MUST(strcmp(pf_json_key(v), "op") == 0);
	MUST((op = pf_json_text(v)) != NULL);
	for (i = 0; i < COUNT(ops); i++)
		if (strcmp(ops[i].op, op) == 0 && may_ask(r, i))
			break;
	MUST(i < COUNT(ops));
	while ((v = pf_json_next(v)) != NULL) {
		key = pf_json_key(v);
		text = pf_json_text(v);
		MUST(one_of(key, ops[i].members));
		if (strcmp(key, "do") == 0)
			MUST(one_of(text, " create pause resume finish set "
			    "apply undo "));
		else if (strcmp(key, "engine") == 0)
			MUST(pf_engine_name(engine, text) &&
			    strcmp(engine, text) == 0);
		else if (strcmp(key, "request") == 0)
			MUST(pf_id_ok(text));
		else if (text != NULL)
			look_at_word(r, key, text);
	}
	pf_json_free(j);
}

void
look_at_frames(const char *p, size_t n)
{
	struct pf_rec rec;
	const char *bytes;
	char rid[PF_SHA_TEXT];
	size_t at, used, len;

	for (at = 0; at < n; at += used) {
		MUST(pf_frame_next(p + at, n - at, &used, &bytes, &len, rid) ==
		    NULL && used > 0);
		MUST(pf_rec_parse(&rec, bytes, len, rid) == NULL);
		pf_rec_free(&rec);
	}
}
