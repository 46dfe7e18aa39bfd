/*
 * When to try again; see retry.h.
 */
#include <sys/random.h>

#include "base/retry.h"

int64_t
pf_retry_delay(const struct pf_retry *r, int attempt)
{
	double delay = (double)r->initial;
	uint32_t chance = 0;

	while (attempt-- > 0 && delay < (double)r->max)
		delay *= r->multiplier;
	if (delay > (double)r->max)
		delay = (double)r->max;
	if (r->jitter &&
	    getrandom(&chance, sizeof(chance), 0) == (ssize_t)sizeof(chance))
		delay *= 0.1 + 0.9 * ((double)chance / (double)UINT32_MAX);
	return (int64_t)delay;
}
