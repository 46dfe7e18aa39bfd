/*
 * The claim: the next job for a bot, in one transaction.
 *
 * Which one: of the active campaigns with a job that waits, the one with the
 * least running/weight (then the fewest turns) that has a job this bot can run;
 * in it the highest priority, then the oldest.  It can run what is of an engine
 * it has, and if that is not to fuzz, of a kind it has too; what is run again
 * under valgrind takes what a job of kind memcheck does.  The cost is the
 * number of campaigns that wait times the bot's capabilities, whatever the
 * number of jobs.
 */
#include <stdio.h>
#include <string.h>

#include "act/common.h"
#include "model/campaign.h"

struct search {
	struct pf_act		*a;
	const struct pf_json	*caps;
	char			 id[PF_ID_MAX + 1];
	int64_t			 priority, created;
	bool			 found;
};

/* Any bot fuzzes; to do anything else it has to say that it can. */
static bool
can(const struct search *s, const char *kind)
{
	const struct pf_json *cap;

	if (strcmp(kind, pf_job_kinds[0]) == 0)
		return true;
	for (cap = pf_json_first(s->caps); cap != NULL;
	    cap = pf_json_next(cap))
		if (strcmp(pf_json_text(cap), kind) == 0)
			return true;
	return false;
}

static const struct pf_err *
look_for(struct search *s, const struct pf_job_want *w)
{
	const struct pf_err *err;
	char id[PF_ID_MAX + 1];
	int64_t priority, created;
	bool found;

	if ((err = pf_job_best(id, &priority, &created, &found, s->a->db,
	    w)) != NULL)
		return err;
	if (!found || (s->found && (priority < s->priority ||
	    (priority == s->priority && created >= s->created))))
		return NULL;
	s->found = true;
	s->priority = priority;
	s->created = created;
	snprintf(s->id, sizeof(s->id), "%s", id);
	return NULL;
}

/* Best job of one campaign over all capabilities. */
static const struct pf_err *
look(void *arg, const char *campaign, bool *stop)
{
	struct search *s = arg;
	const struct pf_err *err;
	const struct pf_json *cap;
	struct pf_job_want w = { .campaign = campaign,
	    .memcheck = can(s, "memcheck") };
	size_t i;

	for (i = 0; i < PF_JOB_KINDS; i++) {
		w.kind = pf_job_kinds[i];
		if (!can(s, w.kind))
			continue;
		for (cap = pf_json_first(s->caps); cap != NULL;
		    cap = pf_json_next(cap)) {
			w.engine = pf_json_text(cap);
			if ((err = look_for(s, &w)) != NULL)
				return err;
		}
	}
	*stop = s->found;
	return NULL;
}

static const struct pf_err *
find_job(struct pf_act *a, struct search *s, const struct pf_bot *b)
{
	const struct pf_err *err;
	struct pf_json *caps;
	struct pf_campaign_walk w = { look, s };

	s->a = a;
	if ((err = pf_json_parse(&caps, b->capabilities,
	    strlen(b->capabilities))) != NULL)
		return pf_err(PF_BUG, "capabilities of bot %s: %s", b->id,
		    err->msg);
	s->caps = caps;
	err = pf_campaign_waiting(a->db, &w);
	pf_json_free(caps);
	return err;
}

static const struct pf_err *
give(struct pf_act *a, struct pf_bot *b, struct pf_assignment *as,
    const char *id)
{
	const struct pf_err *err;
	struct pf_job j;

	if ((err = pf_job_get(&j, a->db, id)) != NULL)
		return err;
	j.epoch = a->epoch;
	j.attempt++;
	snprintf(j.bot, sizeof(j.bot), "%s", b->id);
	*as = (struct pf_assignment){ .epoch = j.epoch, .attempt = j.attempt,
	    .timestamp = a->now, .lease = pf_lease_now(a) };
	snprintf(as->job, sizeof(as->job), "%s", j.id);
	snprintf(as->bot, sizeof(as->bot), "%s", b->id);
	snprintf(as->inc, sizeof(as->inc), "%s", b->inc);
	/* The unique indexes of the table are the proof: never twice. */
	if ((err = pf_assignment_insert(a->db, as)) != NULL ||
	    (err = pf_move_job(a, &j, PF_JOB_GIVE, b->id)) != NULL)
		return err;
	snprintf(b->job, sizeof(b->job), "%s", j.id);
	return pf_move_bot(a, b, PF_BOT_GIVEN, j.id);
}

static const struct pf_err *
reply_job(struct pf_act *a, struct pf_buf *out, const struct pf_assignment *as,
    bool again)
{
	const struct pf_err *err;

	pf_jw_open(out, "job", '{');
	if ((err = pf_job_json(out, a->db, as->job)) != NULL)
		return err;
	pf_jw_close(out, '}');
	pf_jw_int(out, "epoch", as->epoch);
	pf_jw_int(out, "attempt", as->attempt);
	pf_jw_bool(out, "again", again);
	pf_reply_lease(a, out);
	return NULL;
}

/*
 * Who asks once more for what it never starts does not run it: after two
 * leases' time it gets it no longer for the asking.  *again is false then.
 */
static const struct pf_err *
tired(struct pf_act *a, struct pf_bot *b, const struct pf_assignment *as,
    bool *again)
{
	const struct pf_err *err;

	if (as->started ||
	    a->tick - as->given_tick <= 2 * pf_conf_lease_ticks(a->conf))
		return NULL;
	if ((err = pf_end_lease(a, as, true, "asked for again and again, and "
	    "never started")) != NULL)
		return err;
	*again = false;
	b->job[0] = '\0';
	return pf_move_bot(a, b, PF_BOT_FREED, "its job did not start");
}

/* True if limits.max_concurrent_jobs is reached; the counters tell. */
static const struct pf_err *
at_limit(struct pf_act *a, bool *full)
{
	const struct pf_err *err;
	int64_t live = 0;

	*full = false;
	if (a->conf->max_concurrent_jobs == 0)
		return NULL;
	if ((err = pf_tally_write(&a->tally, a->db)) == NULL &&
	    (err = pf_jobs_live(&live, a->db)) == NULL)
		*full = live >= a->conf->max_concurrent_jobs;
	return err;
}

const struct pf_err *
pf_act_claim(struct pf_act *a, const struct pf_json *req, struct pf_buf *out)
{
	const struct pf_err *err;
	struct search s = { 0 };
	struct pf_assignment as;
	struct pf_lease l = pf_lease_now(a);
	struct pf_bot b;
	const char *why = "no job waits for one of its capabilities";
	bool again, full;

	if ((err = pf_need_bot(a, &b, req)) != NULL ||
	    (err = at_limit(a, &full)) != NULL ||
	    (err = pf_assignment_of_bot(&as, &again, a->db, b.id)) != NULL)
		return err;
	pf_touch_bot(a, &b);
	if (again && (err = tired(a, &b, &as, &again)) != NULL)
		return err;
	if (again) {
		/* The first reply may have been lost: the same once more. */
		if ((err = pf_assignment_renew(a->db, &as, &l)) != NULL ||
		    (err = pf_bot_seen(a->db, &b)) != NULL)
			return err;
		return reply_job(a, out, &as, true);
	}
	if (b.state == PF_BOT_FAILED)
		why = "the bot failed too often: pf-registry reset";
	else if (b.drain)
		why = "the bot is draining";
	else if (full)
		why = "limits.max_concurrent_jobs is reached";
	else if ((err = find_job(a, &s, &b)) != NULL)
		return err;
	if (s.found) {
		if ((err = give(a, &b, &as, s.id)) != NULL)
			return err;
		a->stats.open.claims++;
		return reply_job(a, out, &as, false);
	}
	if (b.state == PF_BOT_REGISTERING || b.state == PF_BOT_TIMED_OUT) {
		if ((err = pf_move_bot(a, &b, PF_BOT_SEEN, "claim")) != NULL)
			return err;
	} else {
		/* Nothing but a sign of life: it may be written later. */
		a->lazy = true;
		if ((err = pf_bot_seen(a->db, &b)) != NULL)
			return err;
	}
	pf_jw_null(out, "job");
	pf_jw_str(out, "why", why);
	pf_reply_lease(a, out);
	return NULL;
}
