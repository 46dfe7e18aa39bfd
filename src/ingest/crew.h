/*
 * Many things of one kind done at the same time: hashing that keeps several
 * processors busy, syncs of which the disk can take several.
 */
#ifndef PF_INGEST_CREW_H
#define PF_INGEST_CREW_H

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

#define CREW_MAX	16	/* threads, the caller among them */

/* One at work; it stays where it is until crew_end(). */
struct crew {
	void		(*work)(void *, size_t);
	void		*arg;
	size_t		 n;
	atomic_size_t	 next;
	pthread_t	 others[CREW_MAX - 1];
	size_t		 nothers;
};

/*
 * Calls work(arg, i) for each i below n, in up to threads threads, of which
 * the caller is one, and returns when all have been called and are back.
 * Without the means for more threads it does with fewer.
 */
void	crew(size_t threads, size_t n, void (*work)(void *, size_t),
	    void *arg);

/*
 * The same beside what the caller does meanwhile: crew_begin() starts threads
 * and returns, crew_end() does with them what is left.
 */
void	crew_begin(struct crew *, size_t threads, size_t n,
	    void (*work)(void *, size_t), void *arg);
void	crew_end(struct crew *);

#endif
