/*
 * Numbers that a seed decides: xorshift with a multiplication.
 */
#include "blackbox/blackbox.h"

void
chance_seed(struct chance *c, uint64_t seed)
{
	c->state = seed * UINT64_C(0x9e3779b97f4a7c15) | 1;
	(void)chance_next(c);
}

uint64_t
chance_next(struct chance *c)
{
	c->state ^= c->state >> 12;
	c->state ^= c->state << 25;
	c->state ^= c->state >> 27;
	return c->state * UINT64_C(0x2545f4914f6cdd1d);
}

size_t
chance_below(struct chance *c, size_t n)
{
	return (size_t)((chance_next(c) >> 11) % n);
}
