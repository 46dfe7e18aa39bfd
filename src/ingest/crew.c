/*
 * Many things at the same time; see crew.h.  The threads live for one call:
 * what they do takes far longer than to start them.
 */
#include "ingest/crew.h"

#define STACK		(256 * 1024)

static void *
toil(void *arg)
{
	struct crew *c = arg;
	size_t i;

	while ((i = atomic_fetch_add(&c->next, 1)) < c->n)
		c->work(c->arg, i);
	return NULL;
}

void
crew_begin(struct crew *c, size_t threads, size_t n,
    void (*work)(void *, size_t), void *arg)
{
	pthread_attr_t attr;

	c->work = work;
	c->arg = arg;
	c->n = n;
	atomic_init(&c->next, 0);
	c->nothers = 0;
	if (threads > CREW_MAX - 1)
		threads = CREW_MAX - 1;
	if (threads == 0 || pthread_attr_init(&attr) != 0)
		return;
	pthread_attr_setstacksize(&attr, STACK);
	while (c->nothers < threads && pthread_create(&c->others[c->nothers],
	    &attr, toil, c) == 0)
		c->nothers++;
	pthread_attr_destroy(&attr);
}

void
crew_end(struct crew *c)
{
	size_t i;

	toil(c);
	for (i = 0; i < c->nothers; i++)
		pthread_join(c->others[i], NULL);
}

void
crew(size_t threads, size_t n, void (*work)(void *, size_t), void *arg)
{
	struct crew c;

	if (threads > n)
		threads = n;
	crew_begin(&c, threads > 0 ? threads - 1 : 0, n, work, arg);
	crew_end(&c);
}
