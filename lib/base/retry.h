/*
 * When to try again: exponential delays and a circuit breaker.  Pure: the
 * caller passes the clock (milliseconds that never jump) and the chance.
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

/*
 * The breaker.  Closed: everything passes.  After max_failures in a row it
 * opens: nothing passes for reset ms.  Then it is half open: one call may
 * pass, and its outcome closes it or opens it again.
 */
struct pf_breaker {
	int	 max_failures;
	int64_t	 reset;		/* ms */
	int	 failures;
	bool	 open;
	bool	 probing;	/* the one call of half open is under way */
	int64_t	 since;		/* when it opened */
};

bool	pf_breaker_allows(struct pf_breaker *, int64_t now);
void	pf_breaker_result(struct pf_breaker *, bool ok, int64_t now);

#endif
