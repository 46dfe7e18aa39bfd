/*
 * So much of something in so much time: what was not used is saved for one
 * such time at most, and what is larger than that may pass and is paid off.
 * It does not know the clock.
 */
#ifndef PF_BASE_RATE_H
#define PF_BASE_RATE_H

#include <stdbool.h>
#include <stdint.h>

struct pf_rate {
	int64_t	 amount;	/* 0: without limit */
	int64_t	 period;	/* ms */
	double	 left;		/* the rest begins as zero */
	int64_t	 seen;		/* when, ms */
	bool	 begun;
};

/* Whether there is any left now (ms of a clock that does not go back). */
bool	pf_rate_may(struct pf_rate *, int64_t now);

/* So much was used. */
void	pf_rate_take(struct pf_rate *, int64_t n);

/* Milliseconds until there is some left, 0 if there is. */
int64_t	pf_rate_wait(const struct pf_rate *);

#endif
