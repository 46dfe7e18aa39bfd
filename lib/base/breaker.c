/*
 * A circuit breaker; see breaker.h.
 */
#include <stddef.h>

#include "base/breaker.h"

bool
pf_breaker_may(struct pf_breaker *b, int64_t now)
{
	switch (b->state) {
	case PF_CIRCUIT_CLOSED:
		return true;
	case PF_CIRCUIT_OPEN:
		if (now - b->opened < b->wait)
			return false;
		b->state = PF_CIRCUIT_HALF_OPEN;
		b->opened = now;
		return true;
	case PF_CIRCUIT_HALF_OPEN:
		/* Should the one try never be told: another, in time. */
		if (now - b->opened < b->wait)
			return false;
		b->opened = now;
		return true;
	}
	return true;
}

static int64_t
next_wait(struct pf_breaker *b)
{
	int64_t ms = b->reset_timeout, i;

	for (i = 0; i < b->tries && ms < b->max_timeout; i++)
		ms *= 2;
	if (i > 0 && ms > b->max_timeout)
		ms = b->max_timeout;
	b->tries++;
	return b->chance == NULL ? ms :
	    (int64_t)((double)ms * (0.5 + b->chance()));
}

void
pf_breaker_tell(struct pf_breaker *b, bool success, int64_t now)
{
	if (success) {
		b->state = PF_CIRCUIT_CLOSED;
		b->failures = b->tries = 0;
		return;
	}
	b->failures++;
	if (b->state == PF_CIRCUIT_HALF_OPEN ||
	    (b->state == PF_CIRCUIT_CLOSED &&
	    b->failures >= b->max_failures)) {
		b->state = PF_CIRCUIT_OPEN;
		b->opened = now;
		b->wait = next_wait(b);
	}
}

void
pf_breaker_hint(struct pf_breaker *b, int64_t now)
{
	b->opened = now - b->wait;
}

int64_t
pf_breaker_wait(const struct pf_breaker *b, int64_t now)
{
	int64_t left = b->opened + b->wait - now;

	return b->state == PF_CIRCUIT_CLOSED || left < 0 ? 0 : left;
}

const char *
pf_circuit_name(enum pf_circuit c)
{
	static const char *const names[] = { "closed", "open", "half-open" };

	return names[c];
}
