/*
 * Many things of one kind done at the same time: hashing that keeps several
 * processors busy, syncs of which the disk can take several.
 */
#ifndef PF_INGEST_CREW_H
#define PF_INGEST_CREW_H

#include <stddef.h>

/*
 * Calls work(arg, i) for each i below n, in up to threads threads, of which
 * the caller is one, and returns when all have been called and are back.
 * Without the means for more threads it does with fewer.
 */
void	crew(size_t threads, size_t n, void (*work)(void *, size_t),
	    void *arg);

#endif
