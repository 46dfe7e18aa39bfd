/*
 * A circuit breaker: after max_failures in a row nothing is tried for
 * reset_timeout, then one single try decides.
 *
 *	closed	--max_failures in a row--> open
 *	open	--after reset_timeout--> half-open
 *	half-open --success--> closed, --failure--> open
 *
 * Each try that fails doubles the time, up to max_timeout; with chance it is
 * half as long to half as long again, so that many do not try at once.  It
 * knows neither what is tried nor the clock.
 */
#ifndef PF_BASE_BREAKER_H
#define PF_BASE_BREAKER_H

#include <stdbool.h>
#include <stdint.h>

enum pf_circuit { PF_CIRCUIT_CLOSED, PF_CIRCUIT_OPEN, PF_CIRCUIT_HALF_OPEN };

struct pf_breaker {
	int64_t		 max_failures;
	int64_t		 reset_timeout;	/* ms */
	int64_t		 max_timeout;	/* 0: it is always the same */
	double		(*chance)(void);	/* 0 to 1; NULL: exactly */
	enum pf_circuit	 state;		/* the rest begins as zero */
	int64_t		 failures;	/* in a row */
	int64_t		 opened;	/* when, ms */
	int64_t		 tries;		/* that failed, since it opened */
	int64_t		 wait;		/* ms from opened to the next */
};

/*
 * Whether to try now (ms of any clock that does not go back).  In half-open
 * it is true once: the result of that try must be told.
 */
bool	pf_breaker_may(struct pf_breaker *, int64_t now);

/* The result of a try, also of one that was made without asking. */
void	pf_breaker_tell(struct pf_breaker *, bool success, int64_t now);

/* Something says that the next try may succeed: it need not be waited for. */
void	pf_breaker_hint(struct pf_breaker *, int64_t now);

/* Milliseconds until a try may be made, 0 if now. */
int64_t	pf_breaker_wait(const struct pf_breaker *, int64_t now);

const char	*pf_circuit_name(enum pf_circuit);

#endif
