/*
 * The rules that crashes are told apart by: those in force, others, and back.
 */
#include <string.h>

#include "httpd/reply.h"
#include "httpd/route.h"
#include "store/writer.h"
#include "view/inforce.h"
#include "view/rebucket.h"

/* Of a dry run: a report takes some 40 us, and nobody waits for minutes. */
#define CRASHES_MAX	10000
#define CHANGES_MAX	1000

static const struct pf_err *
read_rules(struct pf_db *db, struct req *r)
{
	const struct pf_err *err;

	reply_open(r, 200, NULL);
	err = pf_inforce_json(&r->reply.body, db);
	reply_end(r);
	return err;
}

const struct pf_err *
api_rules(struct worker *w, struct req *r)
{
	return worker_read(w, r, read_rules);
}

static bool
is_dry(const struct req *r)
{
	const char *text = route_text(r, "dry");

	return text != NULL && *text == '1';
}

/* The text that was sent, and that it is one of rules. */
static const struct pf_err *
get_rules(struct pf_rules **rules, const char **text, const struct req *r)
{
	const struct pf_err *err;

	*rules = NULL;
	*text = r->body.data;
	if (r->kind == BODY_JSON) {
		if ((err = pf_json_need(text, r->json, "text")) != NULL)
			return err;
	} else if (memchr(r->body.data, '\0', r->body.len) != NULL ||
	    !pf_utf8_ok(r->body.data, r->body.len))
		return pf_err_field(PF_DATA, "text", "the rules are not text "
		    "in UTF-8");
	*rules = pf_rules_new();
	if ((err = pf_rules_add(*rules, *text, strlen(*text))) != NULL)
		return pf_err_field(PF_DATA, "text", "%s", err->msg);
	return NULL;
}

static void
put_ways(struct pf_buf *b, const struct pf_ways *w)
{
	const struct pf_way *x;
	const char *change;
	size_t i;
	int n = 0;

	pf_jw_open(b, "changes", '[');
	for (i = 0; i < w->n; i++) {
		x = &w->way[i];
		if ((change = pf_way_change(x)) == NULL ||
		    n++ >= CHANGES_MAX)
			continue;
		pf_jw_open(b, NULL, '{');
		pf_jw_str(b, "change", change);
		pf_jw_str(b, "bucket", x->from);
		pf_jw_str(b, "becomes", x->to);
		pf_jw_int(b, "crashes", x->n);
		pf_jw_str(b, "type", x->type);
		pf_jw_str(b, "frames", x->frames);
		pf_jw_str(b, "crash", x->crash);
		pf_jw_close(b, '}');
	}
	pf_jw_close(b, ']');
	pf_jw_int(b, "crashes", w->crashes);
	pf_jw_bool(b, "whole", w->whole && n <= CHANGES_MAX);
}

static const struct pf_err *
read_changes(struct pf_db *db, struct req *r)
{
	const struct pf_err *err;
	struct pf_rules *rules;
	struct pf_ways w = { .n = 0 };
	char version[PF_RULES_TEXT];
	const char *text;

	if ((err = get_rules(&rules, &text, r)) == NULL) {
		pf_rules_version(version, rules);
		err = pf_rebucket(&w, db, rules, CRASHES_MAX);
	}
	if (err == NULL) {
		reply_open(r, 200, NULL);
		pf_jw_str(&r->reply.body, "version", version);
		pf_jw_bool(&r->reply.body, "dry", true);
		put_ways(&r->reply.body, &w);
		reply_end(r);
	}
	pf_ways_free(&w);
	pf_rules_free(rules);
	return err;
}

/* The op with one member besides, and what it makes of it: status 200 if that
 * version is in force already, 202 if crashes are being placed by it. */
static const struct pf_err *
rules_op(struct worker *w, struct req *r, const char *what, const char *name,
    const char *value, const char *version)
{
	const struct pf_err *err;
	struct pf_buf line = PF_BUF_INIT;
	struct pf_json *op = NULL;
	const char *now = "";

	pf_jw_open(&line, NULL, '{');
	pf_jw_str(&line, "op", "rules");
	pf_jw_str(&line, "do", what);
	pf_jw_str(&line, name, value);
	pf_jw_close(&line, '}');
	if (line.len > PF_OP_MAX - 256) {
		reply_error(r, 413, pf_err_field(PF_USAGE, "text", "rules of "
		    "more than %d bytes, with what is escaped in them",
		    PF_OP_MAX - 256), "make them fewer: globs may stand for "
		    "many functions");
		err = NULL;
	} else if ((err = worker_op(w, &op, &line)) == NULL &&
	    (err = pf_json_need(&now, op, "version")) == NULL) {
		reply_open(r, strcmp(now, version) == 0 ? 200 : 202, NULL);
		pf_jw_str(&r->reply.body, "version", version);
		pf_jw_str(&r->reply.body, "in_force", now);
		pf_jw_bool(&r->reply.body, "dry", false);
		reply_end(r);
	}
	pf_json_free(op);
	pf_buf_free(&line);
	return err;
}

const struct pf_err *
api_rules_apply(struct worker *w, struct req *r)
{
	const struct pf_err *err;
	struct pf_rules *rules;
	char version[PF_RULES_TEXT];
	const char *text;

	if (is_dry(r))
		return worker_read(w, r, read_changes);
	if ((err = get_rules(&rules, &text, r)) == NULL) {
		pf_rules_version(version, rules);
		err = rules_op(w, r, "apply", "text", text, version);
	}
	pf_rules_free(rules);
	return err;
}

/* What undo goes back to, as the answer of one that is dry. */
static const struct pf_err *
read_undone(struct pf_db *db, struct req *r)
{
	const struct pf_err *err;
	char version[PF_RULES_TEXT];

	if ((err = pf_inforce_undone(version, db)) != NULL)
		return err;
	reply_open(r, 200, NULL);
	pf_jw_str(&r->reply.body, "version", version);
	pf_jw_bool(&r->reply.body, "dry", true);
	reply_end(r);
	return NULL;
}

const struct pf_err *
api_rules_undo(struct worker *w, struct req *r)
{
	const struct pf_err *err;
	char version[PF_RULES_TEXT];
	const char *of = "";
	struct pf_db *db;

	if ((err = pf_json_need(&of, r->json, "version")) != NULL ||
	    (err = worker_db(&db, w)) != NULL ||
	    (err = pf_inforce_undone(version, db)) != NULL)
		return err;
	return is_dry(r) ? worker_read(w, r, read_undone) :
	    rules_op(w, r, "undo", "version", of, version);
}
