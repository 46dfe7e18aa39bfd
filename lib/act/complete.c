/*
 * The end of a job by its bot: complete and handback.
 */
#include <stdio.h>
#include <string.h>

#include "act/common.h"

static const struct {
	const char		*name;
	enum pf_job_event	 event;
} results[] = {
	{ "completed",	PF_JOB_FINISH },
	{ "failed",	PF_JOB_FAIL },
	{ "timed_out",	PF_JOB_OVERRUN },
	{ "cancelled",	PF_JOB_CANCEL },
};

#define NRESULTS	(sizeof(results) / sizeof(results[0]))

static const struct pf_err *
free_bot(struct pf_act *a, struct pf_bot *b, bool failed)
{
	b->job[0] = '\0';
	b->failures = failed ? b->failures : 0;
	pf_touch_bot(a, b);
	return pf_move_bot(a, b, PF_BOT_FREED, "");
}

static const struct pf_err *
get_message(const char **out, const struct pf_json *req)
{
	const struct pf_err *err;

	*out = "";
	if ((err = pf_json_str(out, req, "message")) == NULL &&
	    strlen(*out) > 4096)
		err = pf_err_field(PF_DATA, "message",
		    "message: longer than 4096 bytes");
	return err;
}

static struct pf_ended *
ended_of(struct pf_act *a, const char *bot)
{
	uint32_t h = 2166136261u;

	for (; *bot != '\0'; bot++)
		h = (h ^ (unsigned char)*bot) * 16777619u;
	return &a->ended[h % PF_ENDED];
}

static void
note_ended(struct pf_act *a, const struct pf_bot *b, const char *job)
{
	struct pf_ended *e = ended_of(a, b->id);

	if (b->inc[0] != '\0')
		return;
	snprintf(e->bot, sizeof(e->bot), "%s", b->id);
	snprintf(e->job, sizeof(e->job), "%s", job);
}

/*
 * A bot without tokens does not say which job it completes.  If it holds none
 * and has completed its last one, its reply was lost: that one is meant, and
 * how it ended is not to be changed, whatever is said of it now.
 */
static const struct pf_err *
ended_before(struct pf_act *a, struct pf_assignment *as, bool *found,
    const struct pf_json *req, const struct pf_bot *b)
{
	const struct pf_err *err;
	struct pf_ended *e = ended_of(a, b->id);
	size_t i;

	*found = false;
	if (b->inc[0] != '\0' || pf_json_get(req, "job") != NULL ||
	    pf_json_get(req, "epoch") != NULL ||
	    pf_json_get(req, "attempt") != NULL ||
	    strcmp(e->bot, b->id) != 0)
		return NULL;
	if ((err = pf_assignment_of_bot(as, found, a->db, b->id)) != NULL)
		return err;
	if (*found) {
		*found = false;
		return NULL;
	}
	if ((err = pf_assignment_last(as, found, a->db, e->job, b->id)) !=
	    NULL || !*found)
		return err;
	for (i = 0; i < NRESULTS; i++)
		if (!as->live && strcmp(as->result, results[i].name) == 0)
			return NULL;
	*found = false;
	return NULL;
}

const struct pf_err *
pf_act_complete(struct pf_act *a, const struct pf_json *req,
    struct pf_buf *out)
{
	const struct pf_err *err;
	const char *result = "", *message;
	struct pf_assignment as;
	struct pf_bot b;
	struct pf_job j;
	bool again;
	size_t i;

	if ((err = pf_need_bot(a, &b, req)) != NULL ||
	    (err = pf_json_need(&result, req, "result")) != NULL ||
	    (err = get_message(&message, req)) != NULL)
		return err;
	for (i = 0; i < NRESULTS && strcmp(results[i].name, result) != 0; i++)
		;
	if (i == NRESULTS)
		return pf_err_field(PF_DATA, "result", "result: \"%.32s\" is "
		    "not completed, failed, timed_out or cancelled", result);
	if ((err = ended_before(a, &as, &again, req, &b)) != NULL ||
	    (!again && (err = pf_need_lease(a, &as, req, &b)) != NULL) ||
	    (err = pf_job_get(&j, a->db, as.job)) != NULL)
		return err;
	if (!as.live && !again && strcmp(as.result, result) != 0)
		return pf_err_field(PF_STALE, "attempt", "job %s: this lease "
		    "is over (%s)", as.job, as.result);
	/* Told to end, it ends as told, however its bot puts it. */
	if (as.live && ((err = pf_assignment_end(a->db, &as, "completed",
	    result, a->now)) != NULL ||
	    (err = pf_move_job(a, &j, j.cancel ? PF_JOB_CANCEL :
	    results[i].event, message)) != NULL ||
	    (err = free_bot(a, &b, results[i].event == PF_JOB_FAIL)) !=
	    NULL))
		return err;
	if (as.live)
		note_ended(a, &b, as.job);
	a->stats.open.completions += as.live;
	pf_jw_str(out, "job", j.id);
	pf_jw_str(out, "status", pf_job_state_name(j.state));
	pf_jw_bool(out, "replay", !as.live);
	return NULL;
}

const struct pf_err *
pf_act_handback(struct pf_act *a, const struct pf_json *req,
    struct pf_buf *out)
{
	const struct pf_err *err;
	struct pf_assignment as;
	struct pf_bot b;

	if ((err = pf_need_bot(a, &b, req)) != NULL ||
	    (err = pf_need_lease(a, &as, req, &b)) != NULL)
		return err;
	if (!as.live && strcmp(as.result, "handed back") != 0)
		return pf_err_field(PF_STALE, "attempt", "job %s: this lease "
		    "is over (%s)", as.job, as.result);
	if (as.live && ((err = pf_end_lease(a, &as, false, "handed back")) !=
	    NULL || (err = free_bot(a, &b, true)) != NULL))
		return err;
	pf_jw_str(out, "job", as.job);
	pf_jw_bool(out, "replay", !as.live);
	return NULL;
}
