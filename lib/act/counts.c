/*
 * Counts of the writer; see counts.h.
 */
#include <string.h>

#include "act/counts.h"

void
pf_act_counted(struct pf_act_stats *s, int64_t us)
{
	int i;

	/* One that only asked is none. */
	if (s->open.lines > 0) {
		pf_hist_add(&s->batch, pf_hist_num, s->open.lines);
		pf_hist_add(&s->commit, pf_hist_us, us);
	}
	for (i = 0; i < PF_ACT_OPS; i++) {
		s->sum.ok[i] += s->open.ok[i];
		s->sum.refused[i] += s->open.refused[i];
	}
	s->sum.lines += s->open.lines;
	s->sum.claims += s->open.claims;
	s->sum.completions += s->open.completions;
	s->sum.executions += s->open.executions;
	s->sum.new_edges += s->open.new_edges;
	memset(&s->open, 0, sizeof(s->open));
}

void
pf_act_uncounted(struct pf_act_stats *s)
{
	s->failed += s->open.lines > 0;
	memset(&s->open, 0, sizeof(s->open));
}
