/*
 * What several acts share; see common.h.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "act/common.h"
#include "base/num.h"
#include "model/campaign.h"
#include "model/event.h"
#include "model/system.h"

#define LONG_RUN	600000	/* ms of running that count as progress */

const struct pf_err *
pf_need_id(const char **out, const struct pf_json *req, const char *key)
{
	const struct pf_err *err;

	if ((err = pf_json_need(out, req, key)) == NULL && !pf_id_ok(*out))
		err = pf_err_field(PF_DATA, key, "%s: \"%.64s\" is not an id",
		    key, *out);
	return err;
}

const struct pf_err *
pf_get_dur(int64_t *out, const struct pf_json *req, const char *key,
    int64_t min, int64_t max)
{
	const char *s = pf_json_text(pf_json_get(req, key));

	if (s == NULL)
		return pf_json_int(out, req, key, min, max);
	if (!pf_dur(out, s) || *out < min || *out > max)
		return pf_err_field(PF_DATA, key, "%s: \"%.40s\" is not a "
		    "duration from %" PRId64 " to %" PRId64 " ms", key, s,
		    min, max);
	return NULL;
}

const struct pf_err *
pf_need_bot(struct pf_act *a, struct pf_bot *b, const struct pf_json *req)
{
	const struct pf_err *err;
	const char *id = "", *inc = NULL;

	if ((err = pf_need_id(&id, req, "bot")) != NULL ||
	    (err = pf_json_str(&inc, req, "inc")) != NULL ||
	    (err = pf_bot_get(b, a->db, id)) != NULL)
		return err;
	/* A bot written against the seeds has no incarnation. */
	if (inc != NULL && *inc != '\0' && strcmp(inc, b->inc) != 0)
		return pf_err_field(PF_STALE, "inc", "bot %s: another "
		    "incarnation of it has registered since", b->id);
	return NULL;
}

const struct pf_err *
pf_need_token(struct pf_act *a, struct pf_assignment *as,
    const struct pf_json *req, const char *bot)
{
	const struct pf_err *err;
	const char *job = "";
	int64_t epoch = -1, attempt = -1;
	bool found;

	if ((err = pf_need_id(&job, req, "job")) != NULL ||
	    (err = pf_json_int(&epoch, req, "epoch", 0, PF_INT_MAX)) != NULL ||
	    (err = pf_json_int(&attempt, req, "attempt", 0, PF_INT_MAX)) !=
	    NULL)
		return err;
	if (epoch == -1)
		return pf_err_field(PF_DATA, "epoch", "epoch is missing");
	if (attempt == -1)
		return pf_err_field(PF_DATA, "attempt", "attempt is missing");
	if ((err = pf_assignment_get(as, &found, a->db, job, epoch,
	    attempt)) != NULL)
		return err;
	if (!found || strcmp(as->bot, bot) != 0)
		return pf_err_field(PF_STALE, "attempt", "job %s: token "
		    "%" PRId64 ".%" PRId64 " is not a lease of bot %s", job,
		    epoch, attempt, bot);
	return NULL;
}

const struct pf_err *
pf_need_lease(struct pf_act *a, struct pf_assignment *as,
    const struct pf_json *req, const struct pf_bot *b)
{
	const struct pf_err *err;
	const char *job = "";
	bool found = false;

	if (b->inc[0] != '\0' || pf_json_get(req, "epoch") != NULL ||
	    pf_json_get(req, "attempt") != NULL)
		return pf_need_token(a, as, req, b->id);
	if (pf_json_get(req, "job") == NULL)
		err = pf_assignment_of_bot(as, &found, a->db, b->id);
	else if ((err = pf_need_id(&job, req, "job")) == NULL)
		err = pf_assignment_last(as, &found, a->db, job, b->id);
	if (err == NULL && !found)
		err = pf_err_field(PF_STALE, "job", "bot %s does not hold "
		    "%s%s", b->id, *job != '\0' ? "job " : "a job", job);
	return err;
}

const struct pf_err *
pf_move_bot(struct pf_act *a, struct pf_bot *b, enum pf_bot_event event,
    const char *why)
{
	const struct pf_err *err;
	enum pf_bot_state to;
	struct pf_event e = { .time = a->now, .kind = "bot",
	    .subject = b->id, .who = a->op, .why = why };

	if (!pf_bot_next(&to, b->state, event))
		return pf_err(PF_CONFLICT, "bot %s is %s: %s is not possible",
		    b->id, pf_bot_state_name(b->state),
		    pf_bot_event_name(event));
	e.was = pf_bot_state_name(b->state);
	e.now = pf_bot_state_name(to);
	if (to != b->state) {
		pf_tally_add(&a->tally, "bots_", e.was, -1);
		pf_tally_add(&a->tally, "bots_", e.now, 1);
		if ((err = pf_event_add(a->db, &e)) != NULL)
			return err;
	}
	b->state = to;
	return pf_bot_update(a->db, b);
}

/* A job goes from one state to another: the counts of both, and of its
 * campaign. */
static const struct pf_err *
count_job(struct pf_act *a, const struct pf_job *j, enum pf_job_state to)
{
	int64_t pending = pf_job_claimable(to, j->waiting) -
	    pf_job_claimable(j->state, j->waiting);
	int64_t running = pf_job_live(to) - pf_job_live(j->state);

	pf_tally_add(&a->tally, "jobs_", pf_job_state_name(j->state), -1);
	pf_tally_add(&a->tally, "jobs_", pf_job_state_name(to), 1);
	if (pending == 0 && running == 0)
		return NULL;
	return pf_campaign_count(a->db, j->campaign, pending, running,
	    to == PF_JOB_ASSIGNED);
}

const struct pf_err *
pf_move_job(struct pf_act *a, struct pf_job *j, enum pf_job_event event,
    const char *why)
{
	const struct pf_err *err;
	enum pf_job_state to;
	struct pf_event e = { .time = a->now, .kind = "job",
	    .subject = j->id, .who = a->op, .why = why };

	if (!pf_job_next(&to, j->state, event))
		return pf_err(PF_CONFLICT, "job %s is %s: %s is not possible",
		    j->id, pf_job_state_name(j->state),
		    pf_job_event_name(event));
	e.was = pf_job_state_name(j->state);
	e.now = pf_job_state_name(to);
	if (to != j->state && ((err = pf_event_add(a->db, &e)) != NULL ||
	    (err = count_job(a, j, to)) != NULL))
		return err;
	j->state = to;
	if (!pf_job_live(to))
		j->bot[0] = '\0';
	return pf_job_update(a->db, j, a->now, why);
}

/*
 * Whether a lease got anywhere: it delivered something, or ran for long, by
 * ticks, up to its bot's last sign of life.
 */
static bool
got_on(const struct pf_assignment *as)
{
	return as->progress || (as->started &&
	    as->lease.at - as->start_at >= LONG_RUN);
}

const struct pf_err *
pf_end_lease(struct pf_act *a, const struct pf_assignment *as, bool strike,
    const char *why)
{
	const struct pf_err *err;
	enum pf_job_event event = PF_JOB_REQUEUE;
	char text[160];
	struct pf_job j;

	if ((err = pf_assignment_end(a->db, as, "expired", why, a->now)) !=
	    NULL || (err = pf_job_get(&j, a->db, as->job)) != NULL)
		return err;
	if (got_on(as))
		j.strikes = 0;
	else if (strike)
		j.strikes++;
	snprintf(text, sizeof(text), "%s", why);
	if (j.cancel)
		event = PF_JOB_CANCEL;
	else if (j.strikes > a->conf->max_attempts) {
		event = PF_JOB_FAIL;
		snprintf(text, sizeof(text), "%s; %" PRId64 " leases lost "
		    "without progress, limits.max_attempts is %" PRId64, why,
		    j.strikes, a->conf->max_attempts);
	}
	return pf_move_job(a, &j, event, text);
}

void
pf_note_job(struct pf_act *a, const char *id)
{
	pf_buf_adds(&a->made, id);
	pf_buf_addc(&a->made, '\n');
}

void
pf_touch_bot(const struct pf_act *a, struct pf_bot *b)
{
	b->last_seen = a->now;
	b->online = true;
	b->timeout_at = a->now + pf_conf_lease_ticks(a->conf) * a->conf->tick;
	b->lease_tick = a->tick;
}

struct pf_lease
pf_lease_now(const struct pf_act *a)
{
	/* The interval under way is not counted: it may be over at once. */
	return (struct pf_lease){ a->tick, a->passed + a->interval,
	    pf_conf_lease_ticks(a->conf) * a->conf->tick };
}

void
pf_reply_lease(struct pf_act *a, struct pf_buf *out)
{
	pf_jw_int(out, "lease_ms", pf_conf_lease_ms(a->conf));
	pf_jw_int(out, "heartbeat_ms", pf_conf_heartbeat_ms(a->conf));
}

const struct pf_err *
pf_deaf(struct pf_act *a, bool *deaf)
{
	const struct pf_err *err;
	int64_t known = 0;

	err = pf_ear_count(a->db, &known);
	*deaf = known > 0 && a->hearing == 0;
	return err;
}
