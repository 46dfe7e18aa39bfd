/*
 * The last that happens to an answer of JSON or text; see reply_settle().
 * It runs where the handler ran, for hashing and packing take their time.
 */
#include <stdio.h>
#include <string.h>

#include "codec/gzip.h"
#include "codec/header.h"
#include "httpd/reply.h"
#include "httpd/route.h"

#define GZIP_MIN	1024			/* less is not worth it */
#define LARGE		(16 * 1024)		/* more is counted */
#define ANSWERS_MAX	(128 * 1024 * 1024)	/* at one time */
#define TAG_HEX		32			/* of the hash */

/*
 * The tag of what the answer says.  The time of answering is no part of that:
 * with one, equal tags do not mean equal bytes, which is what weak ones are
 * for.
 */
static void
put_tag(struct reply *p, bool gzip)
{
	char sha[PF_SHA_TEXT];

	pf_sha256(sha, p->body.data, p->stamp > 0 ? p->stamp : p->body.len);
	snprintf(p->etag, sizeof(p->etag), "%s\"%.*s%s\"",
	    p->stamp > 0 ? "W/" : "", TAG_HEX, sha, gzip ? "-gzip" : "");
}

static void
pack(struct reply *p)
{
	struct pf_buf z = PF_BUF_INIT;

	if ((p->gzip = pf_gzip(&z, p->body.data, p->body.len))) {
		pf_buf_free(&p->body);
		p->body = z;
	} else
		pf_buf_free(&z);
}

/* Who asks for much and reads slowly must not have all the memory. */
static void
count(struct req *r)
{
	int64_t n = (int64_t)r->reply.body.len;

	if (n < LARGE)
		return;
	r->large = n;
	if (atomic_fetch_add(&r->h->answers, n) + n <= ANSWERS_MAX)
		return;
	pf_buf_free(&r->reply.body);
	r->reply.etag[0] = '\0';
	r->reply.gzip = false;
	reply_error(r, 0, pf_err(PF_BUSY, "too many large answers at the same "
	    "time"), "ask for less at once");
}

void
reply_settle(struct req *r)
{
	struct reply *p = &r->reply;
	bool gzip;

	if (!r->route->safe || p->fd != -1 || p->fill != NULL ||
	    p->status != 200)
		return;
	p->varies = p->body.len >= GZIP_MIN;
	gzip = p->varies && pf_header_gzip(req_header(r, "Accept-Encoding"));
	if (strstr(r->route->codes, "304") != NULL)
		put_tag(p, gzip);
	/*
	 * Its Content-Length is 0 and should be that of what is not sent, or
	 * not be there.  There are clients that wait for as much if it is,
	 * and libmicrohttpd does not leave it out.
	 */
	if (pf_header_tag(req_header(r, "If-None-Match"), p->etag)) {
		p->status = 304;
		pf_buf_free(&p->body);
		return;
	}
	if (gzip)
		pack(p);
	count(r);
}
