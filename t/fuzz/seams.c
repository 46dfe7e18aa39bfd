/*
 * In the place of request.c, ops.c, commit.c and whatever has threads or
 * sockets; see request.h.
 */
#include <sys/socket.h>

#include <microhttpd.h>

#include <netinet/in.h>
#include <string.h>
#include <strings.h>

#include "t/fuzz/request.h"
#include "codec/rec.h"
#include "httpd/live/live.h"
#include "httpd/meter.h"
#include "httpd/reply.h"
#include "httpd/route.h"
#include "os/fs.h"
#include "store/writer.h"

const struct text *asked;
const struct req *asking;

const char *
header(const char *name)
{
	int i;

	for (i = 0; i < asked->nheaders; i++)
		if (strcasecmp(asked->headers[i].name, name) == 0)
			return asked->headers[i].value;
	return NULL;
}

/* request.c */
const char *
req_header(const struct req *r, const char *name)
{
	(void)r;
	return header(name);
}

const char *
req_query(bool *twice, const struct req *r, const char *name)
{
	const char *value = NULL;
	int i, n = 0;

	(void)r;
	for (i = 0; i < asked->nargs; i++)
		if (strcmp(asked->args[i].name, name) == 0 && n++ == 0)
			value = asked->args[i].value;
	*twice = n > 1;
	return value;
}

void
req_refuse(struct req *r, unsigned int status, const struct pf_err *err,
    const char *hint)
{
	reply_error(r, status, err, hint);
	r->refused = true;
}

void
req_resume(struct req *r)
{
	r->away = false;
}

void
req_finish(struct req *r)
{
	r->done = true;
}

void
req_free(struct req *r)
{
	(void)r;
	abort();
}

/* An error of the class that a header names. */
static const struct pf_err *
told_to(const char *name)
{
	const char *class = header(name);

	if (class == NULL)
		return NULL;
	return pf_err_field(strcmp(class, "busy") == 0 ? PF_BUSY :
	    strcmp(class, "full") == 0 ? PF_FULL : strcmp(class, "stale") ==
	    0 ? PF_STALE : strcmp(class, "conflict") == 0 ? PF_CONFLICT :
	    strcmp(class, "notfound") == 0 ? PF_NOTFOUND : PF_DATA,
	    strcmp(name, "Writer") == 0 ? "target" : "", "target: as %s was "
	    "told to say", name);
}

/* ops.c: a writer that agrees with everything. */
const struct pf_err *
worker_op(struct worker *w, struct pf_json **reply, const struct pf_buf *line)
{
	static const char given[] = "{\"ok\":true,\"job\":{\"id\":\"j\","
	    "\"engine\":\"afl++\",\"duration_ms\":5,\"blobs\":[{\"kind\":"
	    "\"target\",\"name\":\"t\"},{\"kind\":\"seed\",\"name\":\"s\"}]},"
	    "\"epoch\":1,\"attempt\":2,\"lease_ms\":3}";
	static const char other[] = "{\"ok\":true,\"id\":\"c\",\"campaign\":"
	    "\"c\",\"status\":\"active\",\"weight\":1,\"jobs\":[\"j\"],"
	    "\"bot\":\"b\",\"name\":\"n\",\"created\":true,\"job\":\"j\","
	    "\"heartbeat_ms\":1,\"lease_ms\":3,\"master\":\"m\"}";
	const struct pf_err *err;
	struct pf_buf sent = PF_BUF_INIT;
	const char *text = strstr(line->data, "\"op\":\"claim\"") != NULL ?
	    given : other;

	(void)w;
	*reply = NULL;
	MUST(strlen(line->data) == line->len);
	look_at_line(asking, line->data);
	err = pf_writer_line(&sent, line->data);
	MUST(err != NULL || (sent.len == line->len + 1 &&
	    sent.len <= PF_OP_MAX));
	pf_buf_free(&sent);
	if (err == NULL && (err = told_to("Writer")) == NULL)
		MUST(pf_json_parse(reply, text, strlen(text)) == NULL);
	return err;
}

/* commit.c */
const struct pf_err *
commit_admit(struct commit *c, int64_t n, bool crashes)
{
	(void)c;
	(void)n;
	return crashes ? NULL : told_to("Room");
}

const struct pf_err *
commit_reserve(struct commit *c, int64_t n, bool crashes)
{
	return commit_admit(c, n, crashes);
}

void
commit_release(struct commit *c, int64_t n)
{
	(void)c;
	(void)n;
}

const struct pf_err *
commit_refuse(struct commit *c, const struct pf_err *err)
{
	(void)c;
	return err;
}

void
commit_push(struct commit *c, struct req *r)
{
	(void)c;
	MUST(r->frames.len > 0);
	look_at_frames(r->frames.data, r->frames.len);
	if (r->reply.status == 0)
		r->reply.status = 200;
	pf_buf_reset(&r->reply.body);
	pf_buf_add(&r->reply.body, r->verdicts.data, r->verdicts.len);
}

/* meter.c, watch.c and live.c with those that lead to them. */
void
meter_count(struct req *r, unsigned int status)
{
	(void)r;
	(void)status;
}

void
watch_answered(struct watched *c)
{
	(void)c;
}

void
watch_stream(struct watched *c)
{
	(void)c;
}

void
loop_resume(struct loop *l, struct req *r)
{
	(void)l;
	(void)r;
}

void
pool_push(struct pool *p, struct req *r)
{
	(void)p;
	(void)r;
}

ssize_t
live_read(void *l, uint64_t pos, char *to, size_t max)
{
	(void)l;
	(void)pos;
	(void)to;
	(void)max;
	return -1;
}

const struct pf_err *
api_metrics(struct worker *w, struct req *r)
{
	(void)w;
	(void)r;
	return pf_err(PF_UNAVAIL, "not here");
}

const struct pf_err *
api_events(struct worker *w, struct req *r)
{
	return api_metrics(w, r);
}

const struct pf_err *
api_progress(struct worker *w, struct req *r)
{
	return api_metrics(w, r);
}

const struct pf_err *
api_log_stream(struct worker *w, struct req *r)
{
	return api_metrics(w, r);
}

static struct MHD_Connection *form;

static enum MHD_Result
on_request(void *cls, struct MHD_Connection *conn, const char *url,
    const char *method, const char *version, const char *data, size_t *n,
    void **state)
{
	(void)cls;
	(void)url;
	(void)method;
	(void)version;
	(void)data;
	(void)n;
	if (*state == NULL) {
		*state = &form;
		return MHD_YES;
	}
	form = conn;
	MHD_suspend_connection(conn);
	return MHD_YES;
}

/* It asks once, over a pair of sockets, and is never answered. */
struct MHD_Connection *
form_connection(void)
{
	static const char text[] = "POST / HTTP/1.1\r\nHost: h\r\n"
	    "Content-Type: multipart/form-data; boundary=" BOUNDARY "\r\n"
	    "Content-Length: 0\r\n\r\n";
	static struct MHD_Daemon *d;
	struct sockaddr_in sin = { .sin_family = AF_INET };
	int fd[2], i;

	if (form != NULL)
		return form;
	d = MHD_start_daemon(MHD_USE_NO_LISTEN_SOCKET |
	    MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, on_request, NULL,
	    MHD_OPTION_END);
	MUST(d != NULL && socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0,
	    fd) == 0);
	MUST(pf_write_all(fd[1], text, sizeof(text) - 1, "a form") == NULL);
	MUST(MHD_add_connection(d, fd[0], (const struct sockaddr *)&sin,
	    sizeof(sin)) == MHD_YES);
	for (i = 0; i < 100 && form == NULL; i++)
		MHD_run(d);
	MUST(form != NULL);
	return form;
}
