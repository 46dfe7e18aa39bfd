/*
 * The life of a request in pf-httpd: what the headers must be, the body, the
 * way to a worker and back.  Everything here runs in the event thread but
 * req_finish().
 */
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <microhttpd.h>

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "httpd/body.h"
#include "httpd/framing.h"
#include "httpd/live/live.h"
#include "httpd/meter.h"
#include "httpd/reply.h"
#include "httpd/route.h"
#include "os/clock.h"

#define CONN_MEMORY	(16 * 1024)
#define DISCARD_MAX	(1024 * 1024)	/* of a body nobody wants */
#define DISCARD_FED	(64 * 1024 * 1024)	/* of one that was wanted */

struct argument {
	const char	*name;
	const char	*value;
	int		 n;
};

static enum MHD_Result
see_argument(void *cls, enum MHD_ValueKind kind, const char *key,
    const char *value)
{
	struct argument *a = cls;

	(void)kind;
	if (strcmp(key, a->name) == 0 && a->n++ == 0)
		a->value = value;
	return MHD_YES;
}

const char *
req_query(bool *twice, const struct req *r, const char *name)
{
	struct argument a = { .name = name };

	MHD_get_connection_values(r->conn, MHD_GET_ARGUMENT_KIND,
	    see_argument, &a);
	*twice = a.n > 1;
	return a.value;
}

const char *
req_header(const struct req *r, const char *name)
{
	return MHD_lookup_connection_value(r->conn, MHD_HEADER_KIND, name);
}

void
req_refuse(struct req *r, unsigned int status, const struct pf_err *err,
    const char *hint)
{
	reply_error(r, status, err, hint);
	r->refused = true;
}

struct stranger {
	const struct route *route;
	const char	*name;		/* the first of them, or NULL */
};

static enum MHD_Result
see_name(void *cls, enum MHD_ValueKind kind, const char *key,
    const char *value)
{
	struct stranger *s = cls;

	(void)kind;
	(void)value;
	if (route_takes(s->route, key))
		return MHD_YES;
	s->name = key;
	return MHD_NO;
}

/*
 * An argument that the route has not is a mistake, of typing mostly, and the
 * answer would be that to another question.  Whoever watches whether we live
 * may add what he likes.
 */
static const struct pf_err *
check_names(const struct req *r)
{
	const struct param *p = r->route->query;
	struct stranger s = { .route = r->route };
	struct pf_buf known = PF_BUF_INIT;
	const struct pf_err *err;

	MHD_get_connection_values(r->conn, MHD_GET_ARGUMENT_KIND, see_name,
	    &s);
	if (s.name == NULL || r->route->aside)
		return NULL;
	for (; p != NULL && p->name != NULL; p++)
		pf_buf_addf(&known, "%s%s", known.len > 0 ? ", " : "there "
		    "are ", p->name);
	err = pf_err_field(PF_USAGE, s.name, "%s %s has no argument %.64s: %s",
	    r->route->method, r->route->path, s.name, known.len > 0 ?
	    known.data : "there is none");
	pf_buf_free(&known);
	return err;
}

/* Whom the request is for, what it is, who asks; then its body. */
static void
admit(struct req *r, const struct framing *f, const char *method,
    const char *path)
{
	const struct pf_err *err, *none;

	if ((err = access_host(r->h, f->host)) != NULL) {
		req_refuse(r, 421, err, "set hosts in section [http] of its "
		    "configuration, or use its address");
		return;
	}
	/* Without the token one does not hear what there is. */
	if ((none = route_find(r, method, path)) == NULL)
		none = aside_check(r);
	if ((none != NULL || !r->route->open) &&
	    (err = access_token(r)) != NULL)
		req_refuse(r, 401, err, "send Authorization: Bearer TOKEN");
	else if (none != NULL && none->class == PF_USAGE)
		req_refuse(r, 405, none, NULL);
	else if (none != NULL)
		req_refuse(r, 0, none, r->route == NULL ?
		    route_elsewhere(r, path) : NULL);
	else if ((err = access_origin(r, f->host)) != NULL)
		req_refuse(r, 0, err, NULL);
	else if ((err = check_names(r)) != NULL)
		req_refuse(r, 0, err, "leave it out, or correct its name");
	else
		body_check(r, f->lengths + f->codings > 0, r->length);
}

/*
 * How much of a body is read that is refused: whoever sends it hears why only
 * after it.  Where files are expected that is more.
 */
static int64_t
discard_max(const struct req *r)
{
	return r->route != NULL && r->route->feed != NULL ? DISCARD_FED :
	    DISCARD_MAX;
}

/*
 * Looks at the headers.  Returns true if the reply must go out at once and
 * the connection with it: nobody knows, or wants to see, where the body ends.
 */
static bool
begin(struct req *r, const char *method, const char *url, const char *version)
{
	const struct pf_err *err;
	const char *path;
	struct framing f = { 0 };
	int64_t length = 0;

	if ((err = framing_read(&f, r->conn, version)) != NULL ||
	    (err = framing_path(&path, url, &f)) != NULL) {
		req_refuse(r, 400, err, NULL);
		r->reply.close = true;
		return true;
	}
	if (f.codings > 0)
		length = -1;
	else if (f.lengths > 0)
		pf_num(&length, f.length, 0, INT64_MAX);
	r->length = length;
	admit(r, &f, method, path);
	if (!r->refused || (length >= 0 && length <= discard_max(r)))
		return false;
	r->reply.close = true;
	return true;
}

/* Whoever sends a body that is fed has the time of a request a piece. */
static bool
in_time(struct req *r, size_t n)
{
	int64_t now = pf_boot_ms();

	if (now > r->deadline)
		return false;
	if (r->fed && r->received / PIECE !=
	    (r->received + (int64_t)n) / PIECE) {
		r->deadline = now + r->h->conf.request;
		watch_body(r->watched);
	}
	r->received += (int64_t)n;
	return true;
}

/* Bytes of a refused body.  One of known length may come to its end, so that
 * its sender hears why. */
static bool
discard(struct req *r, size_t n)
{
	r->discarded += (int64_t)n;
	if (!r->fed)
		return r->discarded <= 2 * discard_max(r);
	return r->length >= 0 || r->discarded <= DISCARD_FED;
}

/* A piece of the body.  False closes the connection without a word. */
static bool
collect(struct req *r, const char *data, size_t n)
{
	if (!in_time(r, n))
		return false;
	if (!r->refused) {
		if (r->received > body_max(r))
			body_over(r);
		else if (!body_hold(r, (int64_t)(r->body.len + n)))
			body_crowd(r);
		else {
			pf_buf_add(&r->body, data, n);
			return true;
		}
		pf_buf_free(&r->body);
	}
	return discard(r, n);
}

/*
 * The rest of a body that is fed will never come.  libmicrohttpd may miss
 * that after a pause, for it waits for edges: it would wait for its timeout,
 * and what has come so long lie in the spool.  All that was read was seen
 * here, so with a length known nothing can be left elsewhere.
 */
static bool
is_cut(const struct req *r)
{
	const union MHD_ConnectionInfo *info;
	char c;

	if (!r->fed || r->length <= r->received)
		return false;
	info = MHD_get_connection_info(r->conn,
	    MHD_CONNECTION_INFO_CONNECTION_FD);
	return info != NULL && recv(info->connect_fd, &c, 1,
	    MSG_PEEK | MSG_DONTWAIT) == 0;
}

static struct req *
req_new(struct httpd *h, struct MHD_Connection *conn)
{
	static const struct pf_buf empty = PF_BUF_INIT;
	struct req *r = pf_calloc(1, sizeof(*r));

	r->h = h;
	r->conn = conn;
	r->watched = MHD_get_connection_info(conn,
	    MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
	watch_body(r->watched);
	r->body = r->frames = r->verdicts = r->reply.body = empty;
	r->reply.fd = -1;
	r->begun = pf_boot_us();
	r->deadline = r->begun / 1000 + h->conf.request;
	atomic_fetch_add(&h->requests, 1);
	return r;
}

void
req_finish(struct req *r)
{
	r->done = true;
	loop_resume(r->h->loop, r);
}

void
req_resume(struct req *r)
{
	r->deadline = pf_boot_ms() + r->h->conf.request;
	watch_body(r->watched);
	/* From here on it is the event thread's. */
	atomic_store(&r->away, false);
	loop_resume(r->h->loop, r);
}

/* What has come of the body goes to a worker. */
static void
pass(struct req *r, bool last)
{
	r->fed = true;
	r->last = last;
	atomic_store(&r->away, true);
	watch_asked(r->watched);
	MHD_suspend_connection(r->conn);
	pool_push(r->h->pool, r);
}

/* The whole request is here. */
static enum MHD_Result
run(struct req *r)
{
	struct worker w = { .h = r->h };
	const struct pf_err *err;

	if (r->route->quick) {
		if ((err = route_call(&w, r)) != NULL)
			reply_error(r, 0, err, NULL);
		worker_forget(&w);
		reply_settle(r);
		r->done = true;
		return reply_queue(r) == MHD_YES ? MHD_YES : MHD_NO;
	}
	watch_asked(r->watched);
	MHD_suspend_connection(r->conn);
	pool_push(r->h->pool, r);
	return MHD_YES;
}

static enum MHD_Result
handle(void *cls, struct MHD_Connection *conn, const char *url,
    const char *method, const char *version, const char *data, size_t *n,
    void **state)
{
	struct req *r = *state;

	if (r == NULL) {
		*state = r = req_new(cls, conn);
		if (!begin(r, method, url, version))
			return MHD_YES;
	} else if (atomic_load(&r->away)) {
		return MHD_YES;		/* what is in the buffer stays there */
	} else if (*n > 0) {
		if (!collect(r, data, *n) || is_cut(r))
			return MHD_NO;
		*n = 0;
		if (!r->refused && body_is_fed(r) && r->body.len > PIECE)
			pass(r, false);
		return MHD_YES;
	} else if (!r->refused && !r->done) {
		if (!r->fed)
			return run(r);
		pass(r, true);
		return MHD_YES;
	}
	return reply_queue(r) == MHD_YES ? MHD_YES : MHD_NO;
}

void
req_free(struct req *r)
{
	struct httpd *h = r->h;
	bool counted = !r->apart;
	int i;

	atomic_fetch_sub(&h->bodies, r->held);
	atomic_fetch_sub(&h->answers, r->large);
	for (i = 0; i < ARGS_MAX; i++)
		free(r->args[i]);
	pf_json_free(r->json);
	pf_buf_free(&r->body);
	pf_buf_free(&r->frames);
	pf_buf_free(&r->verdicts);
	reply_free(&r->reply);
	free(r);
	atomic_store(&h->last, pf_boot_ms());
	if (counted)
		atomic_fetch_sub(&h->requests, 1);
}

static void
completed(void *cls, struct MHD_Connection *conn, void **state,
    enum MHD_RequestTerminationCode code)
{
	struct req *r = *state;

	(void)cls;
	(void)conn;
	(void)code;
	if (r == NULL)
		return;
	*state = NULL;
	meter_count(r, 0);
	if (r->stream != NULL)
		live_leave(r->stream);
	r->conn = NULL;
	watch_idle(r->watched);
	if (r->drop != NULL)
		pool_push(r->h->pool, r);
	else
		req_free(r);
}

static void
connection(void *cls, struct MHD_Connection *conn, void **state,
    enum MHD_ConnectionNotificationCode code)
{
	struct httpd *h = cls;

	atomic_store(&h->last, pf_boot_ms());
	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		atomic_fetch_add(&h->connections, 1);
		*state = watch_add(h->watch, MHD_get_connection_info(conn,
		    MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd,
		    h->from_aside);
	} else {
		watch_remove(h->watch, *state);
		atomic_fetch_add(&h->closed, 1);
		if (atomic_fetch_sub(&h->connections, 1) > 1)
			return;		/* nobody waits for that */
		if (eventfd_write(h->wake, 1) == -1)
			return;		/* main looks each second anyway */
	}
}

/* Paths and arguments stay escaped: route_decode() undoes it piecewise. */
static size_t
unescape(void *cls, struct MHD_Connection *conn, char *s)
{
	(void)cls;
	(void)conn;
	return strlen(s);
}

static int
connection_max(void)
{
	struct rlimit rl;

	if (getrlimit(RLIMIT_NOFILE, &rl) == -1 || rl.rlim_cur > CONN_MAX * 2)
		return CONN_MAX;
	return rl.rlim_cur < 128 ? 32 : (int)rl.rlim_cur / 2;
}

struct MHD_Daemon *
httpd_start(struct httpd *h, int listener)
{
	unsigned int seconds = (unsigned int)((h->conf.request + 999) / 1000);
	unsigned int flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME;
	struct MHD_OptionItem more[] = {
		{ listener == -1 ? MHD_OPTION_END : MHD_OPTION_LISTEN_SOCKET,
		    listener, NULL },
		{ MHD_OPTION_END, 0, NULL },
	};

	h->room = connection_max();
	if (listener == -1)
		flags |= MHD_USE_NO_LISTEN_SOCKET;
	return MHD_start_daemon(flags, 0, NULL, NULL, handle, h,
	    MHD_OPTION_NOTIFY_COMPLETED, completed, h,
	    MHD_OPTION_NOTIFY_CONNECTION, connection, h,
	    MHD_OPTION_UNESCAPE_CALLBACK, unescape, NULL,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONN_MEMORY,
	    MHD_OPTION_CONNECTION_LIMIT, (unsigned int)h->room,
	    MHD_OPTION_PER_IP_CONNECTION_LIMIT,
	    (unsigned int)h->conf.http_per_address,
	    MHD_OPTION_CONNECTION_TIMEOUT, seconds,
	    MHD_OPTION_STRICT_FOR_CLIENT, 1,
	    /* Ignored in main; files go by sendfile() then. */
	    MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1,
	    MHD_OPTION_ARRAY, more, MHD_OPTION_END);
}
