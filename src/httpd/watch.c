/*
 * Connections and their patience; see httpd.h.  libmicrohttpd ends what is
 * silent; this ends what keeps talking and never comes to the point: headers,
 * ends of bodies and answers that go by in drops.  The bytes of a body have a
 * deadline of their own, in request.c, that comes first.
 *
 * The event thread notes what a connection does, the main thread looks each
 * second and shuts the sockets of those that are late.
 */
#include <sys/socket.h>

#include <linux/tcp.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/mem.h"
#include "httpd/httpd.h"
#include "os/clock.h"

#define LOOK_MS		500	/* not more often */
#define CROWD_MS	2000	/* for those who ask nothing, in a crowd */
#define GONE_MS		1000	/* of silence, then it is asked who is there */

enum doing { NEW, IDLE, BODY, ASKED, ANSWERED, STREAM };

struct watched {
	struct watched	*next, *prev;
	int		 fd;
	bool		 aside;		/* it came by the other listener */
	_Atomic int64_t	 acked;		/* bytes that it has read, -1: new */
	_Atomic int64_t	 since;		/* pf_boot_ms() */
	_Atomic enum doing doing;
};

struct watch {
	pthread_mutex_t	 lock;		/* of the list */
	struct watched	 head;
	int64_t		 looked;
};

void
watch_start(struct httpd *h)
{
	struct watch *w = pf_calloc(1, sizeof(*w));

	pthread_mutex_init(&w->lock, NULL);
	w->head.next = w->head.prev = &w->head;
	h->watch = w;
}

void
watch_stop(struct httpd *h)
{
	pthread_mutex_destroy(&h->watch->lock);
	free(h->watch);
	h->watch = NULL;
}

static void
now(struct watched *c, enum doing doing)
{
	if (c == NULL)
		return;
	atomic_store(&c->since, pf_boot_ms());
	atomic_store(&c->doing, doing);
}

struct watched *
watch_add(struct watch *w, int fd, bool aside)
{
	struct watched *c = pf_calloc(1, sizeof(*c));

	c->fd = fd;
	c->aside = aside;
	now(c, NEW);
	pthread_mutex_lock(&w->lock);
	c->next = &w->head;
	c->prev = w->head.prev;
	c->prev->next = c->next->prev = c;
	pthread_mutex_unlock(&w->lock);
	return c;
}

bool
watch_aside(const struct watched *c)
{
	return c != NULL && c->aside;
}

void
watch_remove(struct watch *w, struct watched *c)
{
	if (c == NULL)
		return;
	pthread_mutex_lock(&w->lock);
	c->prev->next = c->next;
	c->next->prev = c->prev;
	pthread_mutex_unlock(&w->lock);
	free(c);
}

void
watch_body(struct watched *c)
{
	now(c, BODY);
}

void
watch_asked(struct watched *c)
{
	now(c, ASKED);
}

void
watch_answered(struct watched *c)
{
	if (c != NULL)
		c->acked = -1;
	now(c, ANSWERED);
}

void
watch_stream(struct watched *c)
{
	if (c != NULL)
		c->acked = -1;
	now(c, STREAM);
}

void
watch_idle(struct watched *c)
{
	now(c, IDLE);
}

/* Whether the reader has taken PIECE bytes since this was asked last. */
static bool
reads(struct watched *c)
{
	struct tcp_info info = { 0 };
	socklen_t n = sizeof(info);
	int64_t acked, was = c->acked;

	/* Only what is not TCP, a test or a pipe, cannot tell. */
	if (getsockopt(c->fd, IPPROTO_TCP, TCP_INFO, &info, &n) == -1)
		return true;
	acked = (int64_t)info.tcpi_bytes_acked;
	c->acked = acked;
	return was == -1 || acked - was >= PIECE;
}

/* Whether it takes what there is: all of it, or some since it was looked. */
static bool
takes(struct watched *c)
{
	struct tcp_info info = { 0 };
	socklen_t n = sizeof(info);
	int64_t was = c->acked;

	if (getsockopt(c->fd, IPPROTO_TCP, TCP_INFO, &info, &n) == -1)
		return true;
	c->acked = (int64_t)info.tcpi_bytes_acked;
	return (info.tcpi_notsent_bytes == 0 && info.tcpi_unacked == 0) ||
	    c->acked != was;
}

/*
 * The end of a stream that comes with its last bytes is one event with them,
 * and libmicrohttpd has read the bytes and waits for another.
 */
static bool
is_gone(const struct watched *c)
{
	char byte;

	return recv(c->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

static bool
is_late(const struct httpd *h, struct watched *c, bool crowd)
{
	int64_t t = pf_boot_ms(), age = t - atomic_load(&c->since);
	int64_t most = h->conf.http_headers;

	switch (atomic_load(&c->doing)) {
	case NEW:
		break;
	case BODY:
		crowd = false;
		/* FALLTHROUGH */
	case IDLE:
		/* Its silence is for libmicrohttpd to end. */
		most += h->conf.request;
		break;
	case ASKED:
		return false;
	case STREAM:
		if (takes(c))
			atomic_store(&c->since, t);
		return t - atomic_load(&c->since) > h->conf.request;
	case ANSWERED:
		if (c->acked != -1 && age <= h->conf.request)
			return false;
		if (!reads(c))
			return true;
		atomic_store(&c->since, t);
		return false;
	}
	if (age > GONE_MS && is_gone(c))
		return true;
	return age > (crowd && most > CROWD_MS ? CROWD_MS : most);
}

void
watch_look(struct httpd *h)
{
	struct watch *w = h->watch;
	struct watched *c;
	int64_t t = pf_boot_ms();
	bool crowd = atomic_load(&h->connections) > h->room / 4 * 3;

	if (t - w->looked < LOOK_MS)
		return;
	w->looked = t;
	pthread_mutex_lock(&w->lock);
	for (c = w->head.next; c != &w->head; c = c->next)
		if (is_late(h, c, crowd))
			shutdown(c->fd, SHUT_RDWR);
	pthread_mutex_unlock(&w->lock);
}
