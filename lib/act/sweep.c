/*
 * Clean-up by age: sweep.  Only events, and that reports were filed which
 * newer ones have replaced, are deleted, a bounded number at a time; jobs
 * are archived, one op each, and nothing that waits is touched.
 */
#include "act/common.h"
#include "model/event.h"
#include "model/result.h"
#include "model/system.h"

#define AT_ONCE	5000

const struct pf_err *
pf_trusted_now(struct pf_act *a, int64_t *now)
{
	const struct pf_err *err;
	struct pf_ticks t;

	err = pf_ticks_get(&t, a->db);
	/* Before the first tick nothing is old. */
	*now = t.trusted < a->now ? t.trusted : a->now;
	return err;
}

const struct pf_err *
pf_sweep_events(struct pf_act *a, int64_t *n)
{
	const struct pf_err *err;
	int64_t now;

	*n = 0;
	if (a->conf->keep_events == 0)
		return NULL;
	if ((err = pf_trusted_now(a, &now)) != NULL)
		return err;
	return pf_event_sweep(a->db, n, now - a->conf->keep_events, AT_ONCE);
}

const struct pf_err *
pf_act_sweep(struct pf_act *a, const struct pf_json *req, struct pf_buf *out)
{
	const struct pf_err *err;
	int64_t n, now;

	(void)req;
	if ((err = pf_sweep_events(a, &n)) != NULL ||
	    (err = pf_trusted_now(a, &now)) != NULL)
		return err;
	pf_jw_int(out, "events", n);
	n = 0;
	if (a->conf->keep_numbers > 0 && (err = pf_result_sweep(a->db, &n,
	    now - a->conf->keep_numbers, AT_ONCE)) != NULL)
		return err;
	pf_jw_int(out, "results", n);
	return NULL;
}
