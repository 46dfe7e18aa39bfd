/*
 * How often an input crashed; see odds.h.
 */
#include "codec/odds.h"

void
pf_odds_add(struct pf_odds *t, bool crashed, bool same)
{
	t->runs++;
	t->crashed += crashed;
	t->same += crashed && same;
}

void
pf_odds_void(struct pf_odds *t)
{
	t->void_runs++;
}

bool
pf_odds_done(const struct pf_odds *t)
{
	/* What cannot be run to an end is not tried for ever. */
	if (t->runs >= t->want || t->void_runs > t->want)
		return true;
	return t->runs >= PF_ODDS_STEADY && t->same == t->runs;
}
