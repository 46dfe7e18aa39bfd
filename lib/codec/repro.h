/*
 * How surely a crash happens: what follows from how often it was run and how
 * often it crashed.  Pure functions of numbers.
 *
 * The interval is that of Clopper and Pearson, which covers the true rate in
 * at least 95 of 100 cases whatever that rate is; narrower ones, such as
 * Wilson's, do so on average only, and not for rare crashes.
 */
#ifndef PF_CODEC_REPRO_H
#define PF_CODEC_REPRO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Nothing rarer is promised to be seen; it is what limits the runs. */
#define PF_REPRO_RAREST	0.05
#define PF_REPRO_MISS	1e-4	/* chance that a crash is missed by chance */
#define PF_REPRO_MOST	180	/* runs that are enough for any */

/* Bounds of the rate, k of n runs; 0 and 1 if there was none. */
void		 pf_repro_interval(double *low, double *high, int64_t k,
		    int64_t n);

enum pf_repro {
	PF_REPRO_NONE,		/* never run */
	PF_REPRO_NOT,		/* not reproduced */
	PF_REPRO_FLAKY, PF_REPRO_ALWAYS
};
enum pf_repro	 pf_repro_of(int64_t k, int64_t n);
const char	*pf_repro_word(enum pf_repro);

/*
 * Runs without a crash that are enough to call a crash gone that was seen in
 * k of n runs: by chance, at the lower bound of its rate, they are so with
 * less than PF_REPRO_MISS.
 */
int64_t		 pf_repro_enough(int64_t k, int64_t n);

enum pf_fate {
	PF_FATE_UNKNOWN,	/* not run yet, or not often enough */
	PF_FATE_STILL, PF_FATE_CHANGED, PF_FATE_FIXED,
	PF_FATE_REGRESSED,
	PF_FATES
};
const char	*pf_fate_word(enum pf_fate);

/* A crash on a build. */
struct pf_trial {
	int64_t	 runs, crashed, same;
	bool	 first;		/* of the runs of the first, once more */
	char	 missing[8];	/* the sanitizer that other runs did without,
				 * and so could not see it; "": there are
				 * none */
};

/*
 * The crash on the last of n builds; those before it, the first being what it
 * was found with, say how often it crashes and whether it was fixed.  *enough
 * is how many runs without a crash would call it fixed.
 */
enum pf_fate	 pf_fate_of(int64_t *enough, const struct pf_trial *,
		    size_t n);

#endif
