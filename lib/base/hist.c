/*
 * Histograms; see hist.h.
 */
#include "base/hist.h"

const int64_t pf_hist_us[PF_HIST_STEPS] = {
	500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 1000000,
	2500000, 10000000
};
const int64_t pf_hist_num[PF_HIST_STEPS] = {
	1, 2, 5, 10, 20, 50, 100, 200, 400, 800, 1200, 2000
};

void
pf_hist_add(struct pf_hist *h, const int64_t steps[PF_HIST_STEPS],
    int64_t value)
{
	int i;

	for (i = 0; i < PF_HIST_STEPS && value > steps[i]; i++)
		;
	h->n[i]++;
	h->sum += value;
}
