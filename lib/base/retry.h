/*
 * When to try again: exponential delays with an upper bound.
 */
#ifndef PF_BASE_RETRY_H
#define PF_BASE_RETRY_H

#include <stdbool.h>
#include <stdint.h>

struct pf_retry {
	int64_t	 initial;	/* ms */
	int64_t	 max;		/* ms */
	double	 multiplier;
	bool	 jitter;
};

/*
 * Delay before retry number attempt (0 is the first): initial times
 * multiplier^attempt, at most max; with jitter a random part of it, from a
 * tenth up, so that many bots do not come back at once.
 */
int64_t	pf_retry_delay(const struct pf_retry *, int attempt);

#endif
