/*
 * Memory of pf-run and its slots; see board.h.
 */
#include <sys/mman.h>

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "run/life/board.h"

#define TRIES		100

/* Odd while it is written, and for ever if the writer died at it. */
struct version {
	atomic_uint	 n;
};

struct cell {
	struct version	 version;
	struct line	 line;
};

struct board {
	pthread_mutex_t	 lock;
	bool		 told;
	struct version	 version;
	struct pf_conf	 conf;
	atomic_int	 top;			/* no line from here on */
	struct cell	 cells[BOARD_SLOTS];	/* unused: no memory */
};

struct board *
board_new(void)
{
	pthread_mutexattr_t a;
	struct board *b;

	b = mmap(NULL, sizeof(*b), PROT_READ | PROT_WRITE, MAP_SHARED |
	    MAP_ANONYMOUS, -1, 0);
	if (b == MAP_FAILED)
		pf_die("no memory to share");
	pthread_mutexattr_init(&a);
	pthread_mutexattr_setpshared(&a, PTHREAD_PROCESS_SHARED);
	/* A slot that is killed must not lock out the others. */
	pthread_mutexattr_setrobust(&a, PTHREAD_MUTEX_ROBUST);
	pthread_mutex_init(&b->lock, &a);
	pthread_mutexattr_destroy(&a);
	return b;
}

void
board_free(struct board *b)
{
	if (b != NULL)
		munmap(b, sizeof(*b));
}

static void
write_to(struct version *v, void *to, const void *from, size_t n)
{
	unsigned int odd = (atomic_load(&v->n) + 1) | 1;

	atomic_store(&v->n, odd);
	atomic_thread_fence(memory_order_seq_cst);
	memcpy(to, from, n);
	atomic_thread_fence(memory_order_seq_cst);
	atomic_store(&v->n, odd + 1);
}

/* *seen is the version it has read; false if it got none that is whole. */
static bool
read_from(const struct version *v, void *to, const void *from, size_t n,
    unsigned int *seen)
{
	int i;

	for (i = 0; i < TRIES; i++) {
		*seen = atomic_load(&v->n);
		if (*seen == 0 || *seen % 2 == 1)
			continue;
		atomic_thread_fence(memory_order_seq_cst);
		memcpy(to, from, n);
		atomic_thread_fence(memory_order_seq_cst);
		if (atomic_load(&v->n) == *seen)
			return true;
	}
	return false;
}

void
board_put(struct board *b, int slot, const struct line *l)
{
	struct cell *c = &b->cells[slot];

	/* Only pf-run adds slots: a line for each before it starts it. */
	if (slot >= atomic_load(&b->top))
		atomic_store(&b->top, slot + 1);
	write_to(&c->version, &c->line, l, sizeof(*l));
}

bool
board_get(struct line *l, const struct board *b, int slot)
{
	const struct cell *c = &b->cells[slot];
	struct line got;
	unsigned int seen;

	if (slot >= atomic_load(&b->top) || !read_from(&c->version, &got,
	    &c->line, sizeof(got), &seen))
		return false;
	*l = got;
	return true;
}

void
board_blank(struct line *l)
{
	*l = (struct line){ .core = -1, .execs = -1, .edges = -1,
	    .corpus = -1, .crashes = -1, .execs_per_sec = -1 };
}

void
board_publish(struct board *b, const struct pf_conf *conf)
{
	write_to(&b->version, &b->conf, conf, sizeof(*conf));
}

bool
board_conf(struct pf_conf *conf, const struct board *b, unsigned int *seen)
{
	struct pf_conf got;
	unsigned int now;

	if (atomic_load(&b->version.n) == *seen ||
	    !read_from(&b->version, &got, &b->conf, sizeof(got), &now) ||
	    now == *seen)
		return false;
	*conf = got;
	*seen = now;
	return true;
}

bool
board_lock(struct board *b, bool **told)
{
	struct timespec end;
	int rc;

	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec++;
	rc = pthread_mutex_timedlock(&b->lock, &end);
	/* Its holder died: what it guards are lines that come whole or not. */
	if (rc == EOWNERDEAD)
		rc = pthread_mutex_consistent(&b->lock);
	*told = &b->told;
	return rc == 0;
}

void
board_unlock(struct board *b)
{
	pthread_mutex_unlock(&b->lock);
}
