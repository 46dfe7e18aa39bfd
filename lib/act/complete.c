/*
 * The end of a job by its bot: complete and handback.
 */
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

const struct pf_err *
pf_act_complete(struct pf_act *a, const struct pf_json *req,
    struct pf_buf *out)
{
	const struct pf_err *err;
	const char *result = "", *message;
	struct pf_assignment as;
	struct pf_bot b;
	struct pf_job j;
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
	if ((err = pf_need_lease(a, &as, req, &b)) != NULL ||
	    (err = pf_job_get(&j, a->db, as.job)) != NULL)
		return err;
	if (!as.live && strcmp(as.result, result) != 0)
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
