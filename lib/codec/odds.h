/*
 * How often an input crashed a program: the runs are counted, and no more are
 * wanted once they tell enough.  No processes, no clock.
 */
#ifndef PF_CODEC_ODDS_H
#define PF_CODEC_ODDS_H

#include <stdbool.h>
#include <stdint.h>

/* So many runs that all end in the same crash are believed. */
#define PF_ODDS_STEADY		5

struct pf_odds {
	int64_t	 want;		/* runs at most */
	int64_t	 runs;		/* that came to an end */
	int64_t	 crashed;	/* of these, */
	int64_t	 same;		/* and as the crash that is known */
	int64_t	 void_runs;	/* that tell nothing, and were too many */
};

/* One more run; same only if it crashed. */
void	pf_odds_add(struct pf_odds *, bool crashed, bool same);
/* One that told nothing: it was ended by us, or by want of memory. */
void	pf_odds_void(struct pf_odds *);
/*
 * No more are needed: there were enough, or the first ones all ended in the
 * same crash.  That it never crashed takes all the runs: what happens in one
 * of three is missed by five in a row one time of eight.
 */
bool	pf_odds_done(const struct pf_odds *);

#endif
