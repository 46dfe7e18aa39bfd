/*
 * Worker threads of pf-httpd: they wait for disks and for the writer so that
 * the event thread never does.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "httpd/reply.h"
#include "httpd/route.h"
#include "os/clock.h"

#define STACK	(512 * 1024)
#define TOGETHER	64	/* ops at the most */
#define KEEP_S	20	/* an idle worker keeps the database open */
#define HELD	(6 * 1024 * 1024)	/* bytes of large answers, or */
#define LISTS	4		/* workers at lists, beyond which one more */
#define HOLD_US	(500 * 1000)	/* waits, but no longer than that, */
#define LOOK_MS	5		/* and is looked at again */

/* A thread; those that wait lie in a pile. */
struct hand {
	struct pool	*p;
	pthread_t	 thread;
	pthread_cond_t	 more;
	struct hand	*below;
	bool		 idle;
};

struct pool {
	struct httpd	*h;
	pthread_mutex_t	 lock;
	struct hand	*idle;		/* the last that began to wait */
	struct req	*head, **tail;
	struct req	*new, **newest;	/* of the event thread, yet to go in */
	int		 lists;		/* being made */
	bool		 stop;
	int		 n;
	struct hand	 hands[];
};

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
	if (r->done) {
		reply_refill(w, r);
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

static bool
is_list(const struct req *r)
{
	return r->conn != NULL && !r->done && !r->fed && r->route != NULL &&
	    route_takes(r->route, "limit");
}

/*
 * Where the first is that may be taken, or NULL.  Of lists that many ask for
 * at once each is made when there is room for it: else all of them would lie
 * in memory until their readers have read.  Who reads slowly keeps others
 * back for a moment only; but however late it is, no more workers make lists,
 * for they would take the processor from the thread that sends them.
 */
static struct req **
ready(struct pool *p)
{
	struct req **at = &p->head;
	int64_t now;

	if (*at == NULL || (p->lists < LISTS &&
	    atomic_load(&p->h->answers) < HELD))
		return *at == NULL ? NULL : at;
	for (now = pf_boot_us(); *at != NULL && is_list(*at) &&
	    (p->lists >= LISTS || now - (*at)->begun < HOLD_US);
	    at = &(*at)->next)
		;
	return *at == NULL ? NULL : at;
}

/*
 * Wakes the one that worked last: it has the database open and in memory,
 * while those at the bottom let go of it.
 */
static void
rouse(struct pool *p)
{
	struct hand *o = p->idle;

	if (o == NULL)
		return;
	p->idle = o->below;
	o->idle = false;
	pthread_cond_signal(&o->more);
}

/* Until roused, or until then: ETIMEDOUT. */
static int
rest(struct hand *o, const struct timespec *until)
{
	struct pool *p = o->p;
	struct hand **at = &p->idle;
	int rc = 0;

	o->below = p->idle;
	p->idle = o;
	for (o->idle = true; o->idle && rc == 0;)
		rc = until == NULL ? pthread_cond_wait(&o->more, &p->lock) :
		    pthread_cond_timedwait(&o->more, &p->lock, until);
	if (!o->idle)
		return 0;
	while (*at != o)
		at = &(*at)->below;
	*at = o->below;
	return rc;
}

/* Takes it, and with an op those behind it that can go together. */
static struct req *
cut(struct pool *p, struct req **at)
{
	struct req *first = *at, *last = first;
	int n = 1;

	while (ops_is(last) && last->next != NULL && n++ < TOGETHER &&
	    ops_is(last->next))
		last = last->next;
	if ((*at = last->next) == NULL)
		p->tail = at;
	/* Each that leaves more behind than it takes wakes another. */
	if (p->head != NULL)
		rouse(p);
	last->next = NULL;
	return first;
}

/*
 * Waits for a request; the lock is held.  Who has nothing to do lets go of
 * the database, which may be another by now.
 */
static void
await(struct hand *o, struct worker *w)
{
	struct pool *p = o->p;
	struct timespec until;

	if (w->db == NULL && p->head == NULL) {
		rest(o, NULL);
		return;
	}
	clock_gettime(CLOCK_MONOTONIC, &until);
	if (p->head != NULL) {
		until.tv_nsec += LOOK_MS * 1000000;
		until.tv_sec += until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
		rest(o, &until);
		return;
	}
	until.tv_sec += KEEP_S;
	if (rest(o, &until) == ETIMEDOUT && p->head == NULL)
		worker_forget(w);
}

static struct req *
next(struct hand *o, struct worker *w)
{
	struct pool *p = o->p;
	struct req *r = NULL, **at;

	pthread_mutex_lock(&p->lock);
	p->lists -= w->list;
	w->list = false;
	while ((at = ready(p)) == NULL && !(p->stop && p->head == NULL))
		await(o, w);
	if (at != NULL) {
		r = cut(p, at);
		p->lists += w->list = is_list(r);
	}
	pthread_mutex_unlock(&p->lock);
	return r;
}

static void *
worker_main(void *arg)
{
	struct hand *o = arg;
	struct worker w = { .h = o->p->h };
	struct req *r;

	while ((r = next(o, &w)) != NULL)
		if (ops_is(r))
			ops_do(&w, r);
		else
			work(&w, r);
	worker_forget(&w);
	worker_hang_up(&w);
	return NULL;
}

const struct pf_err *
pool_start(struct httpd *h, int threads)
{
	const struct pf_err *err = NULL;
	struct pool *p;
	pthread_condattr_t clock;
	pthread_attr_t attr;
	struct hand *o;
	int rc = 0;

	p = pf_calloc(1, sizeof(*p) + (size_t)threads * sizeof(*o));
	p->h = h;
	p->tail = &p->head;
	p->newest = &p->new;
	pthread_mutex_init(&p->lock, NULL);
	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	h->pool = p;
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK);
	for (; p->n < threads && rc == 0; p->n += rc == 0) {
		o = &p->hands[p->n];
		o->p = p;
		pthread_cond_init(&o->more, &clock);
		rc = pthread_create(&o->thread, &attr, worker_main, o);
	}
	pthread_attr_destroy(&attr);
	pthread_condattr_destroy(&clock);
	if (rc != 0)
		err = pf_err(PF_BUSY, "cannot start a thread: %s",
		    strerror(rc));
	return err;
}

void
pool_push(struct pool *p, struct req *r)
{
	r->next = NULL;
	*p->newest = r;
	p->newest = &r->next;
}

void
pool_flush(struct pool *p)
{
	if (p->new == NULL)
		return;
	pthread_mutex_lock(&p->lock);
	if (p->head == NULL)
		rouse(p);
	*p->tail = p->new;
	p->tail = p->newest;
	p->new = NULL;
	p->newest = &p->new;
	pthread_mutex_unlock(&p->lock);
}

void
pool_stop(struct pool *p)
{
	int i;

	if (p == NULL)
		return;
	pool_flush(p);
	pthread_mutex_lock(&p->lock);
	p->stop = true;
	while (p->idle != NULL)
		rouse(p);
	pthread_mutex_unlock(&p->lock);
	for (i = 0; i < p->n; i++) {
		pthread_join(p->hands[i].thread, NULL);
		pthread_cond_destroy(&p->hands[i].more);
	}
	pthread_mutex_destroy(&p->lock);
	free(p);
}
