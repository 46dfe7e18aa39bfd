/*
 * Cancelling a job.
 */
#include <string.h>

#include "act/common.h"
#include "model/event.h"

const struct pf_err *
pf_act_cancel(struct pf_act *a, const struct pf_json *req, struct pf_buf *out)
{
	const struct pf_err *err;
	const char *id = "", *message = "cancelled";
	struct pf_job j;
	struct pf_event e = { .time = a->now, .kind = "job",
	    .now = "cancelling", .who = "cancel" };

	if ((err = pf_need_id(&id, req, "job")) != NULL ||
	    (err = pf_json_str(&message, req, "message")) != NULL ||
	    (err = pf_job_get(&j, a->db, id)) != NULL)
		return err;
	if (strlen(message) > 4096)
		return pf_err_field(PF_DATA, "message",
		    "message: longer than 4096 bytes");
	if (j.state == PF_JOB_PENDING) {
		if ((err = pf_move_job(a, &j, PF_JOB_CANCEL, message)) != NULL)
			return err;
	} else if (pf_job_live(j.state) && !j.cancel) {
		/* The bot is told by its next heartbeat. */
		j.cancel = true;
		e.subject = j.id;
		e.was = pf_job_state_name(j.state);
		e.why = message;
		if ((err = pf_job_update(a->db, &j, a->now, message)) !=
		    NULL || (err = pf_event_add(a->db, &e)) != NULL)
			return err;
	} else if (!pf_job_live(j.state) && j.state != PF_JOB_CANCELLED)
		return pf_err(PF_CONFLICT, "job %s is %s already", j.id,
		    pf_job_state_name(j.state));
	pf_jw_str(out, "job", j.id);
	pf_jw_str(out, "status", pf_job_live(j.state) ? "cancelling" :
	    pf_job_state_name(j.state));
	return NULL;
}
