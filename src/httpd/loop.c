/*
 * The event thread; see httpd.h.
 *
 * libmicrohttpd has one of its own, which sleeps while there is work when
 * exactly as many events come at once as it asks for (128): until one more
 * comes, and there may be none for half a minute.  Here it is asked to look
 * and never to wait.  Requests that workers are done with come back together,
 * with one waking for all of them.
 *
 * It may also say that there is work for a connection whose buffer is full
 * and whose request does not go on, until that one's time is over: after some
 * looks in vain the next ones take their time.
 */
#include <sys/eventfd.h>

#include <microhttpd.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "httpd/httpd.h"
#include "os/clock.h"

#define SLEEP_MS	1000	/* at most; clients that are late are ended */
#define VAIN		64	/* looks without an event in between */
#define VAIN_NS		100000	/* before each further one */
#define LAST_MS		5000	/* for requests that came at the very end */

struct loop {
	struct httpd	*h;
	struct MHD_Daemon *d;
	struct pool	*pool;
	pthread_t	 thread;
	int		 wake;		/* eventfd */
	pthread_mutex_t	 lock;		/* of what follows */
	pthread_cond_t	 deafened;
	struct req	*head, **tail;	/* done, to go on */
	bool		 deaf;		/* no more connections, */
	bool		 is_deaf;	/* as it was told */
	bool		 stop;
};

static void
wake(struct loop *l)
{
	/* No write() of its own: half of one would be refused. */
	if (eventfd_write(l->wake, 1) == -1)
		return;		/* full: it will wake */
}

/* What was left for this thread; false at the end. */
static bool
take(struct loop *l)
{
	struct req *r, *next;
	uint64_t n;
	bool stop, deaf;
	int fd;

	if (read(l->wake, &n, sizeof(n)) == -1)
		return true;
	pthread_mutex_lock(&l->lock);
	r = l->head;
	l->head = NULL;
	l->tail = &l->head;
	stop = l->stop;
	deaf = l->deaf && !l->is_deaf;
	pthread_mutex_unlock(&l->lock);
	for (; r != NULL; r = next) {
		next = r->next;
		MHD_resume_connection(r->conn);
	}
	if (deaf) {
		if ((fd = MHD_quiesce_daemon(l->d)) != -1)
			close(fd);
		aside_close(l->h);
		pthread_mutex_lock(&l->lock);
		l->is_deaf = true;
		pthread_cond_signal(&l->deafened);
		pthread_mutex_unlock(&l->lock);
	}
	return !stop;
}

/*
 * A kept connection may bring a request at any moment before its end, also
 * when all were answered a moment ago.  Only this thread begins any, so only
 * here none is none: libmicrohttpd must not be stopped with one at a worker.
 */
static bool
over(const struct loop *l, int64_t *until)
{
	if (*until == 0)
		*until = pf_boot_ms() + LAST_MS;
	return atomic_load(&l->h->requests) == 0 || pf_boot_ms() >= *until;
}

static void *
loop_main(void *arg)
{
	struct loop *l = arg;
	struct pollfd p[3] = { { .events = POLLIN }, { .events = POLLIN },
	    { .events = POLLIN } };
	MHD_UNSIGNED_LONG_LONG ms;
	struct timespec ts = { 0, 0 };
	int64_t until = 0;
	bool go = true;
	int vain = 0;

	p[0].fd = l->wake;
	p[1].fd = MHD_get_daemon_info(l->d,
	    MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
	while (go || !over(l, &until)) {
		if (MHD_get_timeout(l->d, &ms) != MHD_YES || ms > SLEEP_MS)
			ms = SLEEP_MS;
		ts.tv_sec = (time_t)(ms / 1000);
		ts.tv_nsec = ms == 0 && vain > VAIN ? VAIN_NS :
		    (long)(ms % 1000) * 1000000;
		p[2].fd = l->h->aside;
		vain = ppoll(p, 3, &ts, NULL) == 0 && ms == 0 ? vain + 1 : 0;
		if (vain == 0 && p[0].revents != 0)
			go = take(l);
		if (vain == 0 && p[2].revents != 0)
			aside_accept(l->h, l->d);
		MHD_run_wait(l->d, 0);
		pool_flush(l->pool);
	}
	return NULL;
}

const struct pf_err *
loop_start(struct httpd *h, struct MHD_Daemon *d)
{
	struct loop *l = pf_calloc(1, sizeof(*l));
	int rc;

	l->h = h;
	l->d = d;
	l->pool = h->pool;
	l->tail = &l->head;
	pthread_mutex_init(&l->lock, NULL);
	pthread_cond_init(&l->deafened, NULL);
	h->loop = l;
	if ((l->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) == -1)
		return pf_errno("eventfd");
	if ((rc = pthread_create(&l->thread, NULL, loop_main, l)) != 0)
		return pf_err(PF_BUSY, "cannot start a thread: %s",
		    strerror(rc));
	return NULL;
}

void
loop_resume(struct loop *l, struct req *r)
{
	bool first;

	pthread_mutex_lock(&l->lock);
	first = l->head == NULL;
	r->next = NULL;
	*l->tail = r;
	l->tail = &r->next;
	pthread_mutex_unlock(&l->lock);
	if (first)
		wake(l);
}

void
loop_deafen(struct loop *l)
{
	pthread_mutex_lock(&l->lock);
	l->deaf = true;
	wake(l);
	while (!l->is_deaf)
		pthread_cond_wait(&l->deafened, &l->lock);
	pthread_mutex_unlock(&l->lock);
}

bool
loop_stop(struct httpd *h)
{
	struct loop *l = h->loop;

	pthread_mutex_lock(&l->lock);
	l->stop = true;
	pthread_mutex_unlock(&l->lock);
	wake(l);
	pthread_join(l->thread, NULL);
	if (atomic_load(&h->requests) > 0)
		return false;	/* a worker will want to wake it */
	close(l->wake);
	pthread_cond_destroy(&l->deafened);
	pthread_mutex_destroy(&l->lock);
	free(l);
	h->loop = NULL;
	return true;
}
