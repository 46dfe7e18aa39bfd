/*
 * What the body of a request may be: its type, its length, and how much of
 * all bodies may be in memory.  In the event thread.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "httpd/body.h"
#include "httpd/reply.h"
#include "httpd/route.h"

#define BODIES_MAX	(64 * 1024 * 1024)	/* in memory at one time */
#define TEXT_MAX	(4 * 1024 * 1024)	/* of a log */
#define TIMES		4	/* what JSON takes while it is read */

static const struct {
	unsigned int	 kind;
	const char	*type;
} types[] = {
	{ BODY_JSON, "application/json" },
	{ BODY_PACK, "application/x-pandafuzz-pack" },
	{ BODY_FORM, "multipart/form-data" },
	{ BODY_BYTES, "application/octet-stream" },
	{ BODY_TEXT, "text/plain" },
};
#define TYPES	(sizeof(types) / sizeof(types[0]))

const char *
req_media_type(unsigned int kind)
{
	size_t i;

	for (i = 0; i < TYPES; i++)
		if (types[i].kind == kind)
			return types[i].type;
	pf_die("no kind of body is %u", kind);
}

/* Which of the route's kinds the type is, BODY_NONE if none of them. */
static unsigned int
kind_of(const struct route *route, const char *type)
{
	size_t i, n = type == NULL ? 0 : strcspn(type, "; \t");

	for (i = 0; i < TYPES; i++)
		if ((route->body & types[i].kind) != 0 &&
		    n == strlen(types[i].type) &&
		    strncasecmp(type, types[i].type, n) == 0)
			return types[i].kind;
	return BODY_NONE;
}

static const struct pf_err *
wrong_type(const struct route *route)
{
	char list[160] = "";
	size_t i, n;

	for (i = 0; i < TYPES; i++) {
		if ((route->body & types[i].kind) == 0)
			continue;
		n = strlen(list);
		snprintf(list + n, sizeof(list) - n, "%s%s", n > 0 ? " or " :
		    "", types[i].type);
	}
	return pf_err(PF_USAGE, "the body must be %s", list);
}

int64_t
body_max(const struct req *r)
{
	const struct pf_conf *c = &r->h->conf;
	int64_t bulk = c->pack_size / 3 * 4 + JSON_MAX;

	switch (r->kind) {
	case BODY_JSON:
		if (!r->route->bulky)
			return JSON_MAX;
		return bulk < JSON_BULK ? bulk : JSON_BULK;
	case BODY_PACK:
		/* What is in it says whether it may be over pack_size. */
		return c->pack_size > c->spool_size ? c->pack_size :
		    c->spool_size;
	case BODY_FORM:
	case BODY_BYTES:
		if (r->route->large)
			return c->spool_size;
		return c->pack_size + 2 * JSON_MAX;
	case BODY_TEXT:
		return TEXT_MAX;
	default:
		return 0;
	}
}

bool
body_is_fed(const struct req *r)
{
	return r->route->feed != NULL &&
	    (r->kind & (BODY_PACK | BODY_FORM | BODY_BYTES)) != 0;
}

bool
body_hold(struct req *r, int64_t n)
{
	int64_t more;

	if (r->kind == BODY_JSON && n > JSON_MAX)
		n *= TIMES;
	if ((more = n - r->held) <= 0)
		return true;
	if (atomic_fetch_add(&r->h->bodies, more) + more > BODIES_MAX) {
		atomic_fetch_sub(&r->h->bodies, more);
		return false;
	}
	r->held = n;
	return true;
}

void
body_over(struct req *r)
{
	req_refuse(r, 413, pf_err(PF_USAGE, "the body is larger than %lld "
	    "bytes", (long long)body_max(r)), r->kind == BODY_JSON &&
	    (r->route->body & BODY_FORM) != 0 ? "send the files as parts of "
	    "multipart/form-data" : NULL);
}

void
body_crowd(struct req *r)
{
	req_refuse(r, 503, pf_err(PF_BUSY, "too many large requests at the "
	    "same time"), NULL);
}

/* A body comes as it is: what is packed would be kept packed. */
static bool
is_coded(const struct req *r)
{
	const char *coding = req_header(r, "Content-Encoding");

	return coding != NULL && *coding != '\0' &&
	    strcasecmp(coding, "identity") != 0;
}

void
body_check(struct req *r, bool told, int64_t length)
{
	int64_t here;

	if (r->route->body == BODY_NONE) {
		if (length != 0)
			req_refuse(r, 413, pf_err(PF_USAGE, "this request "
			    "takes no body"), "send it without one");
		return;
	}
	r->kind = kind_of(r->route, req_header(r, "Content-Type"));
	here = body_is_fed(r) && length > PIECE ? PIECE : length;
	if (!told)
		req_refuse(r, 411, pf_err(PF_USAGE, "the body has no length"),
		    "send Content-Length, or Transfer-Encoding: chunked");
	else if (r->kind == BODY_NONE)
		req_refuse(r, 415, wrong_type(r->route), "set Content-Type");
	else if (is_coded(r))
		req_refuse(r, 415, pf_err(PF_USAGE, "a body with a "
		    "Content-Encoding is not read"), "send it as it is");
	else if (length > body_max(r))
		body_over(r);
	else if (!body_hold(r, here))
		body_crowd(r);
}
