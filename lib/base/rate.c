/*
 * Limits of rates; see rate.h.
 */
#include "base/rate.h"

bool
pf_rate_may(struct pf_rate *r, int64_t now)
{
	double amount = (double)r->amount;

	if (r->amount == 0)
		return true;
	if (!r->begun) {
		r->begun = true;
		r->left = amount;
	} else if (now > r->seen)
		r->left += amount * (double)(now - r->seen) /
		    (double)r->period;
	r->seen = now;
	if (r->left > amount)
		r->left = amount;
	return r->left > 0;
}

void
pf_rate_take(struct pf_rate *r, int64_t n)
{
	if (r->amount != 0)
		r->left -= (double)n;
}

int64_t
pf_rate_wait(const struct pf_rate *r)
{
	if (r->amount == 0 || !r->begun || r->left > 0)
		return 0;
	return (int64_t)(-r->left * (double)r->period /
	    (double)r->amount) + 1;
}
