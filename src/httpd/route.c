/*
 * Requests and the route table; see route.h.
 */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "httpd/route.h"
#include "os/clock.h"

#define SEGMENTS	8
#define VALUES_MAX	65536	/* of JSON that is large */
#define SEG_MAX	(PF_ID_MAX * 3 + 1)	/* an id with each byte escaped */

const struct table route_tables[] = {
	{ "bots", routes_bots },
	{ "bots", routes_bot_why },
	{ "jobs", routes_jobs },
	{ "jobs", routes_job_why },
	{ "jobs", routes_job_crashes },
	{ "jobs", routes_job_corpus },
	{ "campaigns", routes_campaigns },
	{ "campaigns", routes_builds },
	{ "results", routes_results },
	{ "results", routes_crashes },
	{ "results", routes_crash_why },
	{ "results", routes_found },
	{ "corpus", routes_corpus },
	{ "rules", routes_rules },
	{ "blobs", routes_blobs },
	{ "status", routes_status },
	{ "system", routes_system },
	{ "timeouts", routes_timeouts },
	{ "events", routes_events },
	{ "metrics", routes_metrics },
	{ "openapi.json", routes_openapi },
	{ "health", routes_health },
	{ NULL, NULL },
};

/* Every path that there is answers it. */
static const struct route options = {
	.method = "OPTIONS", .path = "", .call = api_options, .safe = true,
	.quick = true
};

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Undoes %XX; a slash only where it separates nothing. */
static bool
decode(char *s, bool slash)
{
	char *to = s;
	int hi, lo, c;

	for (; *s != '\0'; s++) {
		if (*s != '%') {
			*to++ = *s;
			continue;
		}
		if ((hi = hex(s[1])) == -1 || (lo = hex(s[2])) == -1)
			return false;
		c = hi * 16 + lo;
		if (c == '\0' || (c == '/' && !slash))
			return false;
		*to++ = (char)c;
		s += 2;
	}
	*to = '\0';
	return true;
}

bool
route_decode(char *s)
{
	return decode(s, false);
}

/* A path taken apart: what is decoded can never become a separator. */
struct path {
	char		 seg[SEGMENTS][SEG_MAX];
	int		 n;
};

static bool
split(struct path *p, const char *path)
{
	size_t n;

	for (p->n = 0; *path != '\0'; p->n++) {
		if (*path++ != '/' || p->n == SEGMENTS)
			return false;
		n = strcspn(path, "/");
		if (n >= SEG_MAX)
			return false;
		memcpy(p->seg[p->n], path, n);
		p->seg[p->n][n] = '\0';
		if (!route_decode(p->seg[p->n]))
			return false;
		path += n;
	}
	return p->n > 0;
}

/* One decoded segment against one of the pattern. */
static bool
same(struct req *r, const char *seg, const char *pat, size_t patlen)
{
	bool sha;

	if (*pat == '*')
		return true;
	if (*pat != '{')
		return strlen(seg) == patlen && memcmp(seg, pat, patlen) == 0;
	sha = pat[1] == 's';
	if (sha ? !pf_sha_ok(seg) : !pf_id_ok(seg))
		return false;
	memcpy(sha ? r->sha : r->id, seg, strlen(seg) + 1); /* 64 at most */
	return true;
}

static bool
match(struct req *r, const struct path *p, const char *pat)
{
	size_t n;
	int i;

	for (i = 0; *pat == '/'; i++, pat += n) {
		n = strcspn(++pat, "/");
		if (i == p->n || !same(r, p->seg[i], pat, n))
			return false;
	}
	return i == p->n;
}

/* What tells in which tables a path can be. */
static const char *
segment_of(const struct path *p)
{
	return strcmp(p->seg[0], "api") == 0 && p->n > 2 &&
	    strcmp(p->seg[1], "v1") == 0 ? p->seg[2] : p->seg[0];
}

static void
add_method(char allow[64], const char *method)
{
	size_t n = strlen(allow);

	snprintf(allow + n, 64 - n, "%s%s", n == 0 ? "" : ", ", method);
}

/*
 * True if the request is one of the table; else r->reply.allow grows.  *at is
 * the path that it fits.
 */
static bool
look(struct req *r, const char **at, const struct route *t,
    const struct path *p, const char *method)
{
	char *allow = r->reply.allow;
	bool head = strcmp(method, "HEAD") == 0;

	for (; t->path != NULL; t++) {
		/* One path, the first that fits: /bots/register is no id. */
		if ((*at != NULL && strcmp(*at, t->path) != 0) ||
		    !match(r, p, t->path))
			continue;
		*at = t->path;
		if (strcmp(t->method, method) == 0 || (head && t->safe)) {
			r->route = t;
			r->head = head;
			allow[0] = '\0';
			return true;
		}
		add_method(allow, t->method);
		if (t->safe)
			add_method(allow, "HEAD");
	}
	return false;
}

const struct pf_err *
route_find(struct req *r, const char *method, const char *path)
{
	const struct table *t = route_tables;
	char *allow = r->reply.allow;
	const char *at = NULL;
	struct path p;

	if (split(&p, path))
		for (; t->segment != NULL; t++)
			if (strcmp(t->segment, segment_of(&p)) == 0 &&
			    look(r, &at, t->routes, &p, method))
				return NULL;
	if (allow[0] != '\0')
		add_method(allow, options.method);
	if (allow[0] != '\0' && strcmp(method, options.method) == 0) {
		r->route = &options;
		return NULL;
	}
	if (allow[0] != '\0')
		return pf_err(PF_USAGE, "the method %.16s is not allowed here",
		    method);
	return pf_err(PF_NOTFOUND, "there is nothing at this path");
}

const char *
route_elsewhere(struct req *r, const char *path)
{
	const struct elsewhere *e = elsewhere;
	struct path p;

	if (!split(&p, path))
		return NULL;
	while (e->path != NULL && !match(r, &p, e->path))
		e++;
	return e->hint;
}

/* The body as an object; what is not JSON at all is status 400. */
static const struct pf_err *
parse_body(struct req *r)
{
	const struct pf_err *err;

	if (r->body.len > JSON_MAX &&
	    pf_json_values(r->body.data, r->body.len) > VALUES_MAX)
		return pf_err(PF_DATA, "more than %d values in one body",
		    VALUES_MAX);
	if ((err = pf_json_parse(&r->json, r->body.data, r->body.len)) != NULL)
		return pf_err(PF_USAGE, "the body is not JSON: %s", err->msg);
	if (!pf_json_is_object(r->json))
		return pf_err(PF_USAGE, "the body is not a JSON object");
	/* Once is enough of what may be large. */
	pf_buf_free(&r->body);
	return shape_check(r->route->takes, r->json);
}

/* An argument of the query, decoded and of its kind. */
static const struct pf_err *
check_arg(struct req *r, const struct param *p, char **arg)
{
	bool twice;
	const char *text = req_query(&twice, r, p->name);
	int64_t n;

	if (twice)
		return pf_err_field(PF_DATA, p->name, "%s comes twice",
		    p->name);
	if (text == NULL)
		return NULL;
	*arg = pf_strdup(text);
	if (!decode(*arg, true))
		return pf_err_field(PF_USAGE, p->name, "%s is not escaped as "
		    "an argument is", p->name);
	if (p->kind == SHAPE_INT && !pf_num(&n, *arg, p->min, p->max))
		return pf_err_field(PF_DATA, p->name, "%s is not a number "
		    "from %lld to %lld", p->name, (long long)p->min,
		    (long long)p->max);
	if (p->kind == SHAPE_BOOL && strcmp(*arg, "0") != 0 &&
	    strcmp(*arg, "1") != 0)
		return pf_err_field(PF_DATA, p->name, "%s is neither 0 nor 1",
		    p->name);
	if ((p->kind == SHAPE_ID && !pf_id_ok(*arg)) ||
	    (p->kind == SHAPE_SHA256 && !pf_sha_ok(*arg)))
		return pf_err_field(PF_DATA, p->name, "%s is not an id",
		    p->name);
	return NULL;
}

const struct pf_err *
route_query(struct req *r)
{
	const struct pf_err *err = NULL;
	const struct param *p = r->route->query;
	int i;

	for (i = 0; p != NULL && p[i].name != NULL && err == NULL; i++) {
		if (i == ARGS_MAX)
			pf_die("more than %d arguments", ARGS_MAX);
		err = check_arg(r, p + i, &r->args[i]);
	}
	return err;
}

const struct pf_err *
route_check(struct req *r)
{
	const struct pf_err *err = route_query(r);

	if (err == NULL && r->kind == BODY_JSON)
		err = parse_body(r);
	return err;
}

const struct pf_err *
route_call(struct worker *w, struct req *r)
{
	const struct pf_err *err = route_check(r);

	return err != NULL ? err : r->route->call(w, r);
}

bool
route_takes(const struct route *r, const char *name)
{
	const struct param *p;

	for (p = r->query; p != NULL && p->name != NULL; p++)
		if (strcmp(p->name, name) == 0)
			return true;
	return false;
}

const char *
route_text(const struct req *r, const char *name)
{
	const struct param *p = r->route->query;
	int i;

	for (i = 0; p[i].name != NULL; i++)
		if (strcmp(p[i].name, name) == 0)
			return r->args[i];
	pf_die("the route %s has no argument %s", r->route->path, name);
}

void
route_int(int64_t *n, const struct req *r, const char *name)
{
	const char *text = route_text(r, name);

	if (text != NULL)
		(void)pf_num(n, text, INT64_MIN, INT64_MAX);
}

void
route_key(char key[PF_SHA_TEXT], const struct req *r, const char *given)
{
	if (given == NULL)
		given = req_header(r, "Idempotency-Key");
	if (given == NULL)
		pf_uuid7(key, pf_wall_ms());
	else if (pf_id_ok(given))
		snprintf(key, PF_SHA_TEXT, "%s", given);
	else
		pf_sha256(key, given, strlen(given));
}
