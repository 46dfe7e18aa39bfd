/*
 * What has to be right before the writer serves: recover, in five steps.
 *
 * Leases are renewed in full, for nobody could renew them while the writer
 * was away; a lease whose bot is gone or failed ends; a bot that had timed
 * out comes back with its next sign of life.  Each step leaves an event.
 */
#include <inttypes.h>
#include <stdio.h>

#include "act/common.h"
#include "model/event.h"
#include "model/system.h"

/* SystemConfig, for readers of the database alone. */
static const struct pf_err *
keep_config(struct pf_act *a)
{
	const struct pf_err *err = NULL;
	const struct {
		const char	*key;
		int64_t		 value;
	} numbers[] = {
		{ "bot_timeout", a->conf->bot },
		{ "job_timeout", a->conf->job },
		{ "heartbeat_interval", a->conf->heartbeat_interval },
		{ "max_concurrent_jobs", a->conf->max_concurrent_jobs },
	};
	char text[32];
	size_t i;

	for (i = 0; err == NULL && i < sizeof(numbers) / sizeof(numbers[0]);
	    i++) {
		snprintf(text, sizeof(text), "%" PRId64, numbers[i].value);
		err = pf_system_set(a->db, numbers[i].key, text);
	}
	if (err == NULL)
		err = pf_system_set(a->db, "storage_path",
		    a->conf->storage_path);
	return err;
}

/* A step is done: for pf-report events. */
static const struct pf_err *
step(struct pf_act *a, int n, const char *fmt, int64_t x, int64_t y)
{
	char name[16], why[160];
	struct pf_event e = { .time = a->now, .kind = "system",
	    .subject = a->master, .was = name, .now = "done",
	    .who = "recover", .why = why };

	snprintf(name, sizeof(name), "step %d of 5", n);
	if (n == 1)
		snprintf(why, sizeof(why), "state loaded: %" PRId64 " bots, %"
		    PRId64 " jobs to do", x, y);
	else
		snprintf(why, sizeof(why), "%s: %" PRId64, fmt, x);
	return pf_event_add(a->db, &e);
}

/* Live leases of bots that will not come back go back to the queue. */
static const struct pf_err *
free_orphans(struct pf_act *a, int64_t *n)
{
	const struct pf_err *err;
	struct pf_assignment as;
	bool found;

	while ((err = pf_assignment_orphan(&as, &found, a->db)) == NULL &&
	    found) {
		if ((err = pf_end_lease(a, &as, false, "its bot is gone")) !=
		    NULL)
			return err;
		++*n;
	}
	return err;
}

static const struct pf_err *
count(struct pf_act *a, int64_t *n, const char *what)
{
	*n = 0;
	return pf_counter_sum(a->db, n, what);
}

const struct pf_err *
pf_act_recover(struct pf_act *a, const struct pf_json *req,
    struct pf_buf *out)
{
	const struct pf_err *err;
	int64_t bots, waiting, live, out_bots, old;
	int64_t renewed = 0, orphans = 0;
	struct pf_lease l = pf_lease_now(a);

	(void)req;
	if ((err = keep_config(a)) != NULL ||
	    (err = pf_start_deaf(a)) != NULL ||
	    (err = pf_tally_write(&a->tally, a->db)) != NULL ||
	    (err = count(a, &bots, "bots_%")) != NULL ||
	    (err = count(a, &waiting, "jobs_pending")) != NULL ||
	    (err = pf_jobs_live(&live, a->db)) != NULL ||
	    (err = step(a, 1, "", bots, waiting + live)) != NULL ||
	    (err = free_orphans(a, &orphans)) != NULL ||
	    (err = step(a, 2, "jobs of bots that are gone, queued again",
	    orphans, 0)) != NULL ||
	    (err = pf_assignment_renew_all(a->db, &renewed, &l)) !=
	    NULL || (err = pf_bot_renew_all(a->db, a->tick)) != NULL ||
	    (err = count(a, &out_bots, "bots_timed_out")) != NULL ||
	    (err = step(a, 3, "bots that had timed out, idle when they call",
	    out_bots, 0)) != NULL ||
	    (err = pf_tally_write(&a->tally, a->db)) != NULL ||
	    (err = pf_blobs_look(a)) != NULL ||
	    (err = count(a, &waiting, "jobs_pending")) != NULL ||
	    (err = step(a, 4, "jobs that wait, given out again", waiting,
	    0)) != NULL ||
	    (err = pf_sweep_events(a, &old)) != NULL ||
	    (err = step(a, 5, "old events swept", old, 0)) != NULL)
		return err;
	pf_jw_int(out, "renewed", renewed);
	pf_jw_int(out, "orphans", orphans);
	pf_jw_int(out, "waiting", waiting);
	pf_jw_int(out, "swept", old);
	return NULL;
}
