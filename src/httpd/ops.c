/*
 * Requests that are one op of the writer each.  Those that wait at the same
 * time go to it together, over the worker's connection, and have one
 * commit: most of what one alone costs is the waking of threads.
 */
#include "httpd/reply.h"
#include "httpd/route.h"
#include "store/writer.h"

#define LINES_MAX	65536	/* bytes that go together, and one more line */

struct asked {
	struct req	*head, **tail;	/* those whose lines are in */
	struct pf_buf	 lines;
	const struct pf_err *why;	/* the connection was lost */
};

static const struct pf_err *
call_up(struct worker *w)
{
	const struct pf_err *err;

	if (w->writer != NULL || (err = pf_writer_open(&w->writer,
	    w->h->conf.sched_socket, false, NULL)) == NULL)
		return NULL;
	return err->class == PF_BUSY ? pf_err(PF_BUSY,
	    "the writer is not running") : err;
}

void
worker_hang_up(struct worker *w)
{
	pf_writer_close(w->writer);
	w->writer = NULL;
}

const struct pf_err *
worker_op(struct worker *w, struct pf_json **reply, const struct pf_buf *line)
{
	const struct pf_err *err;
	bool old = w->writer != NULL;

	for (;;) {
		*reply = NULL;
		if ((err = call_up(w)) != NULL)
			return err;
		err = pf_writer_op(w->writer, reply, line->data,
		    w->h->conf.request);
		if (!pf_writer_lost(w->writer))
			return err;
		worker_hang_up(w);
		/* A connection that lay idle may be of a writer long gone. */
		if (!old)
			return err;
		old = false;
	}
}

static void
finish(struct req *r, const struct pf_err *err)
{
	if (err != NULL)
		reply_error(r, 0, err, NULL);
	reply_settle(r);
	req_finish(r);
}

/* Its line, or its end. */
static void
ask(struct asked *a, struct req *r)
{
	const struct pf_err *err;
	struct pf_buf line = PF_BUF_INIT;

	if ((err = route_check(r)) == NULL &&
	    (err = r->route->ask(r, &line)) == NULL)
		err = pf_writer_line(&a->lines, line.data);
	pf_buf_free(&line);
	if (err != NULL) {
		finish(r, err);
		return;
	}
	r->next = NULL;
	*a->tail = r;
	a->tail = &r->next;
}

/* The next reply is the first one's that waits; false if none will come. */
static bool
tell(struct worker *w, struct asked *a)
{
	const struct pf_err *err;
	struct req *r = a->head;
	struct pf_json *reply = NULL;

	err = pf_writer_reply(w->writer, &reply, w->h->conf.request);
	if (err != NULL && pf_writer_lost(w->writer)) {
		a->why = err;
		return false;
	}
	a->head = r->next;
	if (err == NULL)
		err = r->route->tell(r, reply);
	pf_json_free(reply);
	finish(r, err);
	return true;
}

/* Until each that waits has heard, or it cannot be. */
static const struct pf_err *
talk(struct worker *w, struct asked *a)
{
	const struct pf_err *err;
	bool old = w->writer != NULL, heard = false;

	for (;;) {
		if ((err = call_up(w)) != NULL)
			return err;
		a->why = pf_writer_send(w->writer, &a->lines,
		    w->h->conf.request);
		while (a->why == NULL && a->head != NULL && tell(w, a))
			heard = true;
		if (a->head == NULL)
			return NULL;
		worker_hang_up(w);
		if (!old || heard)
			return a->why;
		old = false;
	}
}

/* All of them end here. */
static void
settle(struct worker *w, struct asked *a)
{
	const struct pf_err *err = a->head != NULL ? talk(w, a) : NULL;
	struct req *r, *next;

	for (r = a->head; r != NULL; r = next) {
		next = r->next;
		finish(r, err);
	}
	a->head = NULL;
	a->tail = &a->head;
	pf_buf_reset(&a->lines);
}

bool
ops_is(const struct req *r)
{
	return r->conn != NULL && r->route->ask != NULL;
}

void
ops_do(struct worker *w, struct req *r)
{
	struct asked a = { NULL, NULL, PF_BUF_INIT, NULL };
	struct req *next;

	a.tail = &a.head;
	for (; r != NULL; r = next) {
		next = r->next;
		ask(&a, r);
		if (next == NULL || a.lines.len > LINES_MAX)
			settle(w, &a);
	}
	pf_buf_free(&a.lines);
}
