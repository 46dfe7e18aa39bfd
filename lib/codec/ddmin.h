/*
 * Makes an input smaller that has a property, here: a crash.  Pieces are left
 * out, first large ones, then smaller ones down to a byte, until no single
 * byte can go.  Bytes in, bytes out: who asks runs the candidates, whenever
 * and wherever it likes, so that nothing waits here.
 *
 *	pf_ddmin_begin(&d, input, n);
 *	while (pf_ddmin_next(&d, &p, &n))
 *		pf_ddmin_tell(&d, crashes(p, n));
 *
 * At any time d.best is the smallest that was told to have it.
 */
#ifndef PF_CODEC_DDMIN_H
#define PF_CODEC_DDMIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct pf_ddmin {
	struct pf_buf	 best;
	struct pf_buf	 next;		/* the candidate */
	size_t		 piece;		/* bytes that are left out */
	size_t		 at;		/* from here */
	bool		 shrunk;	/* in this pass */
	bool		 asked;		/* next was given, and is not told */
};

/* The input is copied, and must have the property itself. */
void	pf_ddmin_begin(struct pf_ddmin *, const char *, size_t n);
/*
 * The next candidate, the same again until it was told; false: there is none
 * that could be smaller.  It is never empty.
 */
bool	pf_ddmin_next(struct pf_ddmin *, const char **, size_t *n);
void	pf_ddmin_tell(struct pf_ddmin *, bool has);
void	pf_ddmin_free(struct pf_ddmin *);

/*
 * All at once: makes buf smaller as long as has() says so of what it is
 * given, which is done at most so often.  How often it was.
 */
int64_t	pf_ddmin(struct pf_buf *, int64_t most, bool (*has)(void *arg,
	    const char *, size_t n), void *arg);

#endif
