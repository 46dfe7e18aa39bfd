/*
 * Cancelling and archiving a job.
 */
#include <string.h>

#include "act/common.h"
#include "model/event.h"

/* Pending: over at once.  Live: its bot is told by its next heartbeat. */
static const struct pf_err *
cancel(struct pf_act *a, struct pf_job *j, const char *message)
{
	const struct pf_err *err;
	struct pf_event e = { .time = a->now, .kind = "job",
	    .subject = j->id, .now = "cancelling", .who = a->op,
	    .why = message };

	if (j->state == PF_JOB_PENDING)
		return pf_move_job(a, j, PF_JOB_CANCEL, message);
	if (!pf_job_live(j->state) && j->state != PF_JOB_CANCELLED)
		return pf_err(PF_CONFLICT, "job %s is %s already", j->id,
		    pf_job_state_name(j->state));
	if (!pf_job_live(j->state) || j->cancel)
		return NULL;
	j->cancel = true;
	e.was = pf_job_state_name(j->state);
	if ((err = pf_job_update(a->db, j, a->now, message)) != NULL)
		return err;
	return pf_event_add(a->db, &e);
}

const struct pf_err *
pf_cancel_job(struct pf_act *a, const char *id, const char *message)
{
	const struct pf_err *err;
	struct pf_job j;

	if ((err = pf_job_get(&j, a->db, id)) != NULL)
		return err;
	return cancel(a, &j, message);
}

const struct pf_err *
pf_act_cancel(struct pf_act *a, const struct pf_json *req, struct pf_buf *out)
{
	const struct pf_err *err;
	const char *id = "", *message = "cancelled";
	struct pf_job j;

	if ((err = pf_need_id(&id, req, "job")) != NULL ||
	    (err = pf_json_str(&message, req, "message")) != NULL ||
	    (err = pf_job_get(&j, a->db, id)) != NULL)
		return err;
	if (strlen(message) > 4096)
		return pf_err_field(PF_DATA, "message",
		    "message: longer than 4096 bytes");
	if ((err = cancel(a, &j, message)) != NULL)
		return err;
	pf_jw_str(out, "job", j.id);
	pf_jw_str(out, "status", pf_job_live(j.state) ? "cancelling" :
	    pf_job_state_name(j.state));
	return NULL;
}

const struct pf_err *
pf_act_archive(struct pf_act *a, const struct pf_json *req,
    struct pf_buf *out)
{
	const struct pf_err *err;
	const char *id = "";
	struct pf_job j;
	struct pf_event e = { .time = a->now, .kind = "job",
	    .now = "archived", .who = "archive", .why = "" };
	int64_t n = 0;

	if ((err = pf_need_id(&id, req, "job")) != NULL ||
	    (err = pf_job_get(&j, a->db, id)) != NULL)
		return err;
	if (j.state == PF_JOB_PENDING || pf_job_live(j.state))
		return pf_err(PF_CONFLICT, "job %s is %s: only what has ended "
		    "is archived", j.id, pf_job_state_name(j.state));
	e.subject = j.id;
	e.was = pf_job_state_name(j.state);
	if ((err = pf_job_archive(a->db, &n, j.id, a->now)) != NULL ||
	    (n > 0 && (err = pf_event_add(a->db, &e)) != NULL))
		return err;
	pf_tally_add(&a->tally, "archived_", e.was, n);
	pf_jw_str(out, "job", j.id);
	pf_jw_bool(out, "archived", n > 0);
	return NULL;
}
