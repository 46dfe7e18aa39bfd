/*
 * Many things at the same time; see crew.h.  The threads live for one call:
 * what they do takes far longer than to start them.
 */
#include <pthread.h>
#include <stdatomic.h>

#include "ingest/crew.h"

#define CREW_MAX	16
#define STACK		(256 * 1024)

struct task {
	void		(*work)(void *, size_t);
	void		*arg;
	size_t		 n;
	atomic_size_t	 next;
};

static void *
toil(void *arg)
{
	struct task *t = arg;
	size_t i;

	while ((i = atomic_fetch_add(&t->next, 1)) < t->n)
		t->work(t->arg, i);
	return NULL;
}

void
crew(size_t threads, size_t n, void (*work)(void *, size_t), void *arg)
{
	struct task t = { .work = work, .arg = arg, .n = n };
	pthread_t others[CREW_MAX];
	pthread_attr_t attr;
	size_t i, k = 0;

	atomic_init(&t.next, 0);
	if (threads > n)
		threads = n;
	if (threads > CREW_MAX)
		threads = CREW_MAX;
	if (threads > 1 && pthread_attr_init(&attr) == 0) {
		pthread_attr_setstacksize(&attr, STACK);
		while (k + 1 < threads && pthread_create(&others[k], &attr,
		    toil, &t) == 0)
			k++;
		pthread_attr_destroy(&attr);
	}
	toil(&t);
	for (i = 0; i < k; i++)
		pthread_join(others[i], NULL);
}
