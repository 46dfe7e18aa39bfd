/*
 * Histograms: how many values were at most so large, in steps that grow by
 * about two; for durations and for sizes of batches.
 */
#ifndef PF_BASE_HIST_H
#define PF_BASE_HIST_H

#include <stdint.h>

#define PF_HIST_STEPS	12

struct pf_hist {
	int64_t	 n[PF_HIST_STEPS + 1];	/* the last: those beyond */
	int64_t	 sum;
};

/* The steps: microseconds up to 10 s, and numbers up to 2000. */
extern const int64_t pf_hist_us[PF_HIST_STEPS];
extern const int64_t pf_hist_num[PF_HIST_STEPS];

void	pf_hist_add(struct pf_hist *, const int64_t steps[PF_HIST_STEPS],
	    int64_t value);

#endif
