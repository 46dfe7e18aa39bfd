/*
 * The op that asks for what the writer has counted; see counts.h.
 */
#include <inttypes.h>
#include <stdio.h>

#include "act/act.h"

/* How many were up to each step, and not up to the one before. */
static void
put_hist(struct pf_buf *b, const char *key, const struct pf_hist *h,
    const int64_t steps[PF_HIST_STEPS])
{
	char step[24];
	int i;

	pf_jw_open(b, key, '{');
	pf_jw_int(b, "sum", h->sum);
	pf_jw_open(b, "n", '{');
	for (i = 0; i < PF_HIST_STEPS; i++) {
		snprintf(step, sizeof(step), "%" PRId64, steps[i]);
		pf_jw_int(b, step, h->n[i]);
	}
	pf_jw_int(b, "more", h->n[PF_HIST_STEPS]);
	pf_jw_close(b, '}');
	pf_jw_close(b, '}');
}

const struct pf_err *
pf_act_stats(struct pf_act *a, const struct pf_json *req, struct pf_buf *out)
{
	const struct pf_act_counts *c = &a->stats.sum;
	const char *name;
	int i;

	(void)req;
	a->lazy = true;
	pf_jw_int(out, "started", a->started);
	pf_jw_int(out, "hearing", a->hearing);
	pf_jw_int(out, "claims", c->claims);
	pf_jw_int(out, "completions", c->completions);
	pf_jw_int(out, "executions", c->executions);
	pf_jw_int(out, "new_edges", c->new_edges);
	pf_jw_int(out, "failed", a->stats.failed);
	put_hist(out, "batch", &a->stats.batch, pf_hist_num);
	put_hist(out, "commit_us", &a->stats.commit, pf_hist_us);
	pf_jw_open(out, "ops", '{');
	for (i = 0; (name = pf_act_name(i)) != NULL; i++) {
		pf_jw_open(out, name, '{');
		pf_jw_int(out, "done", c->ok[i]);
		pf_jw_int(out, "refused", c->refused[i]);
		pf_jw_close(out, '}');
	}
	pf_jw_close(out, '}');
	return NULL;
}
