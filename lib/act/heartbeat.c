/*
 * Signs of life: heartbeat and start.
 */
#include "act/common.h"

/* The bot's job by the token it names: renew, or make it running. */
static const struct pf_err *
renew(struct pf_act *a, const struct pf_bot *b, const struct pf_json *req,
    bool *cancel)
{
	const struct pf_err *err;
	struct pf_assignment as;
	struct pf_lease l = pf_lease_now(a);
	struct pf_job j;

	if ((err = pf_need_lease(a, &as, req, b)) != NULL)
		return err;
	if (!as.live)
		return pf_err_field(PF_STALE, "attempt", "job %s: this lease "
		    "is over (%s)", as.job, as.result);
	if ((err = pf_job_get(&j, a->db, as.job)) != NULL)
		return err;
	*cancel = j.cancel;
	if ((as.lease.tick != l.tick || as.lease.ms < l.ms) &&
	    (err = pf_assignment_renew(a->db, &as, &l)) != NULL)
		return err;
	if (as.started)
		return NULL;
	a->lazy = false;
	if ((err = pf_assignment_start(a->db, &as, &l)) != NULL)
		return err;
	return pf_move_job(a, &j, PF_JOB_START, "");
}

const struct pf_err *
pf_act_heartbeat(struct pf_act *a, const struct pf_json *req,
    struct pf_buf *out)
{
	const struct pf_err *err;
	struct pf_bot b;
	bool cancel = false;

	if ((err = pf_need_bot(a, &b, req)) != NULL)
		return err;
	pf_touch_bot(a, &b);
	/* Only the time of the lease changes: it may be written later. */
	a->lazy = true;
	if (pf_json_get(req, "job") == NULL && (b.state ==
	    PF_BOT_REGISTERING || b.state == PF_BOT_TIMED_OUT)) {
		a->lazy = false;
		err = pf_move_bot(a, &b, PF_BOT_SEEN, "heartbeat");
	} else if (pf_json_get(req, "job") == NULL ||
	    (err = renew(a, &b, req, &cancel)) == NULL)
		err = pf_bot_seen(a->db, &b);
	if (err != NULL)
		return err;
	pf_jw_str(out, "status", pf_bot_state_name(b.state));
	pf_jw_bool(out, "cancel", cancel);
	pf_jw_bool(out, "drain", b.drain);
	pf_reply_lease(a, out);
	return NULL;
}

const struct pf_err *
pf_act_start(struct pf_act *a, const struct pf_json *req, struct pf_buf *out)
{
	const struct pf_err *err;
	struct pf_bot b;
	bool cancel = false;

	if ((err = pf_need_bot(a, &b, req)) != NULL ||
	    (err = renew(a, &b, req, &cancel)) != NULL)
		return err;
	pf_touch_bot(a, &b);
	if ((err = pf_bot_seen(a->db, &b)) != NULL)
		return err;
	pf_jw_bool(out, "cancel", cancel);
	pf_reply_lease(a, out);
	return NULL;
}
