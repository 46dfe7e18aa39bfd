/*
 * The route table of pf-httpd and the matching of paths; see route.h.
 */
#include <stdio.h>
#include <string.h>

#include "httpd/route.h"

#define BOTS	"/api/v1/bots/"
#define JOBS	"/api/v1/jobs/"

static const struct route routes[] = {
	{ "POST", BOTS "register", api_register, NULL, BODY_JSON,
	    false, false, "pf-registry register" },
	{ "DELETE", BOTS "{id}", api_delete, NULL, BODY_NONE,
	    false, false, "pf-registry deregister" },
	{ "POST", BOTS "{id}/heartbeat", api_heartbeat, NULL, BODY_JSON,
	    false, false, "pf-registry heartbeat" },
	{ "GET", BOTS "{id}/job", api_claim, NULL, BODY_NONE,
	    false, false, "pf-sched apply" },
	{ "POST", BOTS "{id}/job/start", api_start, NULL, BODY_JSON,
	    false, false, "pf-sched apply" },
	{ "POST", BOTS "{id}/job/complete", api_complete, NULL, BODY_JSON,
	    false, false, "pf-sched apply" },
	{ "POST", BOTS "{id}/job/handback", api_handback, NULL, BODY_JSON,
	    false, false, "pf-sched apply" },
	{ "POST", "/api/v1/results/batch", api_batch, feed_batch, BODY_PACK,
	    false, false, "pf-ingest" },
	{ "GET", "/api/v1/blobs/{sha256}", api_blob, NULL, BODY_NONE,
	    true, false, "cat targets/SHA256/data" },
	{ "GET", JOBS "{id}/shared", api_shared, NULL, BODY_NONE,
	    true, false, "pf-report corpus" },
	{ "GET", JOBS "{id}/corpus/{sha256}", api_input, NULL, BODY_NONE,
	    true, false, "cat corpus/JOB/SHA256" },
	{ "GET", "/api/v1/status", api_status, NULL, BODY_NONE,
	    true, false, "pf-report status" },
	{ "GET", "/health", api_health, NULL, BODY_NONE,
	    true, true, "pf-report status" },
};

#define NROUTES	(sizeof(routes) / sizeof(routes[0]))

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

bool
route_decode(char *s)
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
		if (c == '\0' || c == '/')
			return false;
		*to++ = (char)c;
		s += 2;
	}
	*to = '\0';
	return true;
}

/* One decoded segment against one of the pattern. */
static bool
same(struct req *r, const char *seg, const char *pat, size_t patlen)
{
	bool sha;

	if (*pat != '{')
		return strlen(seg) == patlen && memcmp(seg, pat, patlen) == 0;
	sha = pat[1] == 's';
	if (sha ? !pf_sha_ok(seg) : !pf_id_ok(seg))
		return false;
	memcpy(sha ? r->sha : r->id, seg, strlen(seg) + 1); /* 64 at most */
	return true;
}

/* Segment by segment: what is decoded can never become a separator. */
static bool
match(struct req *r, const char *path, const char *pat)
{
	char seg[PF_ID_MAX * 3 + 1];
	size_t n, m;

	for (;;) {
		if (*path != '/' || *pat != '/')
			return *path == '\0' && *pat == '\0';
		n = strcspn(++path, "/");
		m = strcspn(++pat, "/");
		if (n >= sizeof(seg))
			return false;
		memcpy(seg, path, n);
		seg[n] = '\0';
		if (!route_decode(seg) || !same(r, seg, pat, m))
			return false;
		path += n;
		pat += m;
	}
}

static void
add_method(char allow[64], const char *method)
{
	size_t n = strlen(allow);

	snprintf(allow + n, 64 - n, "%s%s", n == 0 ? "" : ", ", method);
}

const struct pf_err *
route_find(struct req *r, const char *method, const char *path)
{
	const struct route *t;
	char *allow = r->reply.allow;
	bool head = strcmp(method, "HEAD") == 0;

	for (t = routes; t < routes + NROUTES; t++) {
		if (!match(r, path, t->path))
			continue;
		if (strcmp(t->method, method) == 0 || (head && t->safe)) {
			r->route = t;
			allow[0] = '\0';
			return NULL;
		}
		add_method(allow, t->method);
		if (t->safe)
			add_method(allow, "HEAD");
	}
	if (allow[0] != '\0')
		return pf_err(PF_USAGE, "the method %.16s is not allowed here",
		    method);
	return pf_err(PF_NOTFOUND, "there is nothing at this path");
}
