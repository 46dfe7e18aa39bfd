/*
 * Replies of pf-httpd; see reply.h.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/time.h"
#include "codec/header.h"
#include "httpd/live/live.h"
#include "httpd/meter.h"
#include "httpd/reply.h"
#include "httpd/route.h"
#include "os/clock.h"

#define STREAM_BLOCK	4096
#define PIECE_BLOCK	(16 * 1024)

#define PLAIN(name, kind, what)	{ name, kind, 0, what, NULL }
static const struct field error_fields[] = {
	PLAIN("error", SHAPE_TEXT, "what is wrong, a sentence"),
	PLAIN("details", SHAPE_TEXT, "what to do about it"),
	PLAIN("class", SHAPE_TEXT, "a word, as in pf-ops(5)"),
	PLAIN("field", SHAPE_TEXT, "what it is about, or empty"),
	PLAIN("status", SHAPE_INT, "the status of the answer"),
	PLAIN("timestamp", SHAPE_TIME, "when this was answered"),
	PLAIN(NULL, SHAPE_ANY, NULL)
};
const struct shape reply_error_shape = { "Error", error_fields, false };

static void
add_time(struct pf_buf *b)
{
	char now[PF_TIME_TEXT];

	pf_jw_str(b, "timestamp", pf_time_text(now, pf_wall_ms()));
}

/* What to do, where nobody who knows the case better has said it. */
static const char *
advice(unsigned int status)
{
	static const struct {
		unsigned int	 status;
		const char	*todo;
	} all[] = {
		{ 400, "correct the request: GET /api/v1/openapi.json says "
		    "what each one takes" },
		{ 403, "send it from a page of this server, or from a program "
		    "without Origin" },
		{ 404, "GET /api/v1/openapi.json says which requests there "
		    "are; the lists, as GET /api/v1/jobs, which ids" },
		{ 405, "use a method that Allow names" },
		{ 409, "ask for its state again, and go on from there" },
		{ 411, "send Content-Length, or the body in chunks" },
		{ 413, "send less at a time, or have [limits] of "
		    "pandafuzz.conf(5) raised on the master" },
		{ 415, "say in Content-Type what the body is: GET "
		    "/api/v1/openapi.json has what is taken" },
		{ 416, "ask for a part of it, or without Range for all" },
		{ 422, "correct what field names: GET /api/v1/openapi.json "
		    "says what it may be" },
		{ 503, "send it again after the seconds of Retry-After; "
		    "pf-report status on the master says what is amiss" },
		{ 507, "send it again after the seconds of Retry-After; the "
		    "master's disk needs room" },
	};
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i].status == status)
			return all[i].todo;
	return "look at the log of pf-httpd and pf-sched on the master";
}

void
reply_error(struct req *r, unsigned int status, const struct pf_err *err,
    const char *hint)
{
	struct reply *p = &r->reply;
	const char *field = err->field;

	/* The wire says job_id where an op says job, but in arguments. */
	if (r->route == NULL || !route_takes(r->route, field))
		field = strcmp(field, "job") == 0 ? "job_id" :
		    strcmp(field, "bot") == 0 ? "bot_id" : field;
	p->status = status != 0 ? status :
	    (unsigned int)pf_class_http(err->class);
	if (p->status == 503 || p->status == 507)
		p->retry_after = RETRY_AFTER;
	pf_buf_reset(&p->body);
	pf_jw_open(&p->body, NULL, '{');
	pf_jw_str(&p->body, "error", err->msg);
	pf_jw_str(&p->body, "details", hint != NULL ? hint :
	    advice(p->status));
	pf_jw_str(&p->body, "class", pf_class_name(err->class));
	pf_jw_str(&p->body, "field", field);
	pf_jw_int(&p->body, "status", p->status);
	add_time(&p->body);
	pf_jw_close(&p->body, '}');
	pf_buf_addc(&p->body, '\n');
}

void
reply_open(struct req *r, unsigned int status, const char *word)
{
	r->reply.status = status;
	pf_jw_open(&r->reply.body, NULL, '{');
	if (word != NULL)
		pf_jw_str(&r->reply.body, "status", word);
}

void
reply_close(struct req *r)
{
	r->reply.stamp = r->reply.body.len;
	add_time(&r->reply.body);
	reply_end(r);
}

void
reply_end(struct req *r)
{
	pf_jw_close(&r->reply.body, '}');
	pf_buf_addc(&r->reply.body, '\n');
}

bool
reply_row(struct worker *w, struct req *r, const struct pf_view *v,
    const char *key)
{
	const struct pf_err *err;
	struct pf_db *db;
	struct pf_q q = PF_Q_INIT;
	bool more = false;

	if ((err = worker_db(&db, w)) == NULL &&
	    (err = pf_view_open(&q, db, v, key, 1)) == NULL)
		err = pf_q_row(&q, &more);
	more = err == NULL && more;
	if (more)
		pf_view_members(&r->reply.body, v, &q);
	pf_q_done(&q);
	if (err != NULL)
		worker_forget(w);
	return more;
}

static void
shut_file(struct reply *p)
{
	if (p->fd != -1)
		close(p->fd);
	p->fd = -1;
}

static const struct pf_err *
open_file(struct reply *p, const char *path, const char *what,
    const char *sha)
{
	const struct pf_err *err = NULL;
	struct stat st;

	p->fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (p->fd == -1)
		err = errno == ENOENT ? pf_err(PF_NOTFOUND,
		    "there is no %s %s", what, sha) :
		    pf_errno("%s %s", what, sha);
	else if (fstat(p->fd, &st) == -1)
		err = pf_errno("%s %s", what, sha);
	else if (!S_ISREG(st.st_mode))
		err = pf_err(PF_NOTFOUND, "%s %s is not a file", what, sha);
	else
		p->whole = st.st_size;
	if (err != NULL)
		shut_file(p);
	return err;
}

/* The part that is wanted, if it is of the file that the client means. */
static void
take_range(struct req *r)
{
	struct reply *p = &r->reply;
	const char *same = req_header(r, "If-Range");

	if (same != NULL && strcmp(same, p->etag) != 0)
		return;
	switch (pf_header_range(&p->from, &p->size, req_header(r, "Range"),
	    p->whole)) {
	case PF_RANGE_PART:
		p->status = 206;
		break;
	case PF_RANGE_OUTSIDE:
		shut_file(p);
		p->type = NULL;
		p->etag[0] = '\0';
		reply_error(r, 416, pf_err(PF_USAGE, "there are %lld bytes, "
		    "and none of that range", (long long)p->whole), NULL);
		break;
	default:
		break;
	}
}

const struct pf_err *
reply_file(struct req *r, const char *path, const char *what,
    const char *sha)
{
	const struct pf_err *err;
	struct reply *p = &r->reply;

	if ((err = open_file(p, path, what, sha)) != NULL)
		return err;
	snprintf(p->etag, sizeof(p->etag), "\"%s\"", sha);
	p->type = "application/octet-stream";
	p->status = 200;
	p->file = true;
	p->size = p->whole;
	if (pf_header_tag(req_header(r, "If-None-Match"), p->etag)) {
		shut_file(p);
		p->status = 304;
	} else if (!r->head)
		take_range(r);
	return NULL;
}

void
reply_free(struct reply *p)
{
	pf_buf_free(&p->body);
	shut_file(p);
}

/* What is sent may be a part of a file, or what is known of it. */
static void
add_file_headers(struct MHD_Response *m, const struct reply *p)
{
	char text[160];

	MHD_add_response_header(m, "Accept-Ranges", "bytes");
	if (p->status == 206)
		snprintf(text, sizeof(text), "bytes %lld-%lld/%lld",
		    (long long)p->from, (long long)(p->from + p->size - 1),
		    (long long)p->whole);
	else
		snprintf(text, sizeof(text), "bytes */%lld",
		    (long long)p->whole);
	if (p->status == 206 || p->status == 416)
		MHD_add_response_header(m, "Content-Range", text);
}

/* What is a file, or comes under a name, is to be saved and not shown. */
static void
add_name(struct MHD_Response *m, const struct reply *p)
{
	char text[160];

	if (p->status == 416 || (!p->file && (p->name[0] == '\0' ||
	    p->status != MHD_HTTP_OK)))
		return;
	snprintf(text, sizeof(text), "attachment%s%s%s",
	    p->name[0] != '\0' ? "; filename=\"" : "", p->name,
	    p->name[0] != '\0' ? "\"" : "");
	MHD_add_response_header(m, "Content-Disposition", text);
}

/* Whether it may be kept, and for which requests it is good. */
static void
add_cache_headers(struct MHD_Response *m, const struct reply *p)
{
	if (p->etag[0] != '\0')
		MHD_add_response_header(m, "ETag", p->etag);
	if (p->etag[0] == '\0')
		MHD_add_response_header(m, "Cache-Control", "no-store");
	else if (!p->file)
		MHD_add_response_header(m, "Cache-Control", "no-cache");
	if (p->varies)
		MHD_add_response_header(m, "Vary", "Accept-Encoding");
	if (p->gzip)
		MHD_add_response_header(m, "Content-Encoding", "gzip");
}

/* What a browser may do with it: nothing, but for pages of our own. */
static void
add_guards(struct MHD_Response *m, const struct reply *p)
{
	bool page = p->type != NULL && strncmp(p->type, "text/html", 9) == 0;

	MHD_add_response_header(m, "X-Content-Type-Options", "nosniff");
	MHD_add_response_header(m, "Referrer-Policy", "no-referrer");
	MHD_add_response_header(m, "X-Frame-Options", "DENY");
	MHD_add_response_header(m, "Content-Security-Policy", page ?
	    "default-src 'self'; object-src 'none'; base-uri 'none'; "
	    "form-action 'self'; frame-ancestors 'none'" :
	    "default-src 'none'; frame-ancestors 'none'");
	MHD_add_response_header(m, "Cross-Origin-Resource-Policy",
	    "same-origin");
	if (p->wants_token)
		MHD_add_response_header(m, "WWW-Authenticate",
		    "Bearer realm=\"PandaFuzz\"");
}

static void
add_headers(struct MHD_Response *m, const struct req *r)
{
	const struct reply *p = &r->reply;
	char n[16];

	if (p->status != MHD_HTTP_NO_CONTENT &&
	    p->status != MHD_HTTP_NOT_MODIFIED)
		MHD_add_response_header(m, "Content-Type",
		    p->type != NULL ? p->type : "application/json");
	add_guards(m, p);
	add_cache_headers(m, p);
	if (p->file)
		add_file_headers(m, p);
	add_name(m, p);
	if (p->allow[0] != '\0')
		MHD_add_response_header(m, "Allow", p->allow);
	if (p->retry_after != 0) {
		snprintf(n, sizeof(n), "%d", p->retry_after);
		MHD_add_response_header(m, "Retry-After", n);
	}
	if (p->close || atomic_load(&r->h->stopping))
		MHD_add_response_header(m, "Connection", "close");
}

void
reply_refill(struct worker *w, struct req *r)
{
	struct reply *p = &r->reply;
	const struct pf_err *err;

	pf_buf_reset(&p->body);
	p->at = 0;
	if ((err = p->fill(w, r)) != NULL) {
		pf_warn("%s: %s", r->route->path, err->msg);
		p->cut = true;
	}
	/* From here on it is the event thread's. */
	atomic_store(&r->away, false);
	loop_resume(r->h->loop, r);
}

/*
 * The next bytes of a body that comes in pieces.  Between two of them the
 * connection sleeps, for the next one may wait for a disk.
 */
static ssize_t
next_bytes(void *cls, uint64_t pos, char *to, size_t max)
{
	struct req *r = cls;
	struct reply *p = &r->reply;
	size_t n;

	(void)pos;
	if (atomic_load(&r->away))
		return 0;
	if ((n = p->body.len - p->at) > max)
		n = max;
	if (n > 0) {
		memcpy(to, p->body.data + p->at, n);
		p->at += n;
		return (ssize_t)n;
	}
	if (p->cut)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	if (p->fill == NULL)
		return MHD_CONTENT_READER_END_OF_STREAM;
	atomic_store(&r->away, true);
	MHD_suspend_connection(r->conn);
	pool_push(r->h->pool, r);
	return 0;
}

int
reply_queue(struct req *r)
{
	struct reply *p = &r->reply;
	struct MHD_Response *m;
	size_t n = p->body.len;
	int rc;

	if (r->stream != NULL) {
		m = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN,
		    STREAM_BLOCK, live_read, r->stream, NULL);
		/* It has begun, and that is all an end has to wait for. */
		r->apart = true;
		atomic_fetch_sub(&r->h->requests, 1);
	} else if (p->fill != NULL) {
		m = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN,
		    PIECE_BLOCK, next_bytes, r, NULL);
	} else if (p->fd != -1) {
		m = MHD_create_response_from_fd_at_offset64(
		    (uint64_t)p->size, p->fd, (uint64_t)p->from);
		if (m != NULL)
			p->fd = -1;	/* closed with the response */
	} else if (n == 0)
		m = MHD_create_response_from_buffer(0, pf_buf_empty,
		    MHD_RESPMEM_PERSISTENT);
	else
		m = MHD_create_response_from_buffer(n,
		    pf_buf_detach(&p->body), MHD_RESPMEM_MUST_FREE);
	if (m == NULL)
		return MHD_NO;
	add_headers(m, r);
	if (r->stream != NULL)
		watch_stream(r->watched);
	else
		watch_answered(r->watched);
	meter_count(r, p->status);
	rc = MHD_queue_response(r->conn, p->status, m);
	MHD_destroy_response(m);
	return rc;
}
