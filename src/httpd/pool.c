/*
 * Worker threads of pf-httpd: they wait for disks and for the writer so that
 * the event thread never does.  A worker has its own connection to the
 * writer, for replies on one come in order.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "httpd/reply.h"
#include "httpd/route.h"
#include "store/writer.h"

#define STACK	(512 * 1024)
#define KEEP_S	20	/* an idle worker keeps the database open */

struct pool {
	struct httpd	*h;
	pthread_mutex_t	 lock;
	pthread_cond_t	 more;
	struct req	*head, **tail;
	bool		 stop;
	int		 n;
	pthread_t	 threads[];
};

const struct pf_err *
worker_op(struct worker *w, struct pf_json **reply, const struct pf_buf *line)
{
	const struct pf_conf *conf = &w->h->conf;
	const struct pf_err *err = NULL;
	bool old = w->writer != NULL;

	for (;;) {
		*reply = NULL;
		if (w->writer == NULL && (err = pf_writer_open(&w->writer,
		    conf->sched_socket, false, NULL)) != NULL)
			return err->class == PF_BUSY ? pf_err(PF_BUSY,
			    "the writer is not running") : err;
		err = pf_writer_op(w->writer, reply, line->data,
		    conf->request);
		if (!pf_writer_lost(w->writer))
			return err;
		pf_writer_close(w->writer);
		w->writer = NULL;
		/* A connection that lay idle may be of a writer long gone. */
		if (!old)
			return err;
		old = false;
	}
}

/* Ends an upload whose request is refused or gone. */
static void
drop(struct req *r)
{
	if (r->drop != NULL)
		r->drop(r->upload);
	r->drop = NULL;
	r->upload = NULL;
}

/* A piece of a body, or the last of it. */
static void
feed(struct worker *w, struct req *r)
{
	const struct pf_err *err = r->route->feed(w, r, r->last);

	pf_buf_reset(&r->body);
	if (err != NULL) {
		reply_error(r, 0, err, NULL);
		r->refused = true;
	}
	if (r->refused) {
		drop(r);
		pf_buf_free(&r->body);
	}
	if (r->last)
		r->done = true;
	req_resume(r);
}

static void
work(struct worker *w, struct req *r)
{
	const struct pf_err *err;

	w->taken = false;
	if (r->conn == NULL) {
		drop(r);
		req_free(r);
		return;
	}
	if (r->fed) {
		feed(w, r);
		return;
	}
	err = route_call(w, r);
	if (w->taken)
		return;
	if (err != NULL)
		reply_error(r, 0, err, NULL);
	reply_settle(r);
	req_finish(r);
}

/*
 * Waits for a request; the lock is held.  Who has nothing to do lets go of
 * the database, which may be another by now.
 */
static void
await(struct pool *p, struct worker *w)
{
	struct timespec until;

	if (w->db == NULL) {
		pthread_cond_wait(&p->more, &p->lock);
		return;
	}
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += KEEP_S;
	if (pthread_cond_timedwait(&p->more, &p->lock, &until) == ETIMEDOUT &&
	    p->head == NULL)
		worker_forget(w);
}

static struct req *
next(struct pool *p, struct worker *w)
{
	struct req *r;

	pthread_mutex_lock(&p->lock);
	while (p->head == NULL && !p->stop)
		await(p, w);
	if ((r = p->head) != NULL && (p->head = r->next) == NULL)
		p->tail = &p->head;
	pthread_mutex_unlock(&p->lock);
	return r;
}

static void *
worker_main(void *arg)
{
	struct pool *p = arg;
	struct worker w = { .h = p->h };
	struct req *r;

	while ((r = next(p, &w)) != NULL) {
		r->next = NULL;
		work(&w, r);
	}
	worker_forget(&w);
	pf_writer_close(w.writer);
	return NULL;
}

const struct pf_err *
pool_start(struct httpd *h, int threads)
{
	const struct pf_err *err = NULL;
	struct pool *p;
	pthread_condattr_t clock;
	pthread_attr_t attr;
	int rc = 0;

	p = pf_calloc(1, sizeof(*p) + (size_t)threads * sizeof(pthread_t));
	p->h = h;
	p->tail = &p->head;
	pthread_mutex_init(&p->lock, NULL);
	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_cond_init(&p->more, &clock);
	pthread_condattr_destroy(&clock);
	h->pool = p;
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK);
	for (; p->n < threads && rc == 0; p->n += rc == 0)
		rc = pthread_create(&p->threads[p->n], &attr, worker_main, p);
	pthread_attr_destroy(&attr);
	if (rc != 0)
		err = pf_err(PF_BUSY, "cannot start a thread: %s",
		    strerror(rc));
	return err;
}

void
pool_push(struct pool *p, struct req *r)
{
	pthread_mutex_lock(&p->lock);
	r->next = NULL;
	*p->tail = r;
	p->tail = &r->next;
	pthread_cond_signal(&p->more);
	pthread_mutex_unlock(&p->lock);
}

void
pool_stop(struct pool *p)
{
	int i;

	if (p == NULL)
		return;
	pthread_mutex_lock(&p->lock);
	p->stop = true;
	pthread_cond_broadcast(&p->more);
	pthread_mutex_unlock(&p->lock);
	for (i = 0; i < p->n; i++)
		pthread_join(p->threads[i], NULL);
	pthread_cond_destroy(&p->more);
	pthread_mutex_destroy(&p->lock);
	free(p);
}
