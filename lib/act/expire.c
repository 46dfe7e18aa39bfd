/*
 * The end of leases and limits, as the reaper saw them; checked again here.
 */
#include <inttypes.h>
#include <string.h>

#include "act/common.h"

static const struct pf_err *
stale(const char *field, const char *what, const char *id)
{
	return pf_err_field(PF_STALE, field, "%s %s: has moved on since the "
	    "reaper looked", what, id);
}

/* A bot fell silent: with max_failures of those it is failed. */
static const struct pf_err *
silence_bot(struct pf_act *a, const char *id, bool with_job, const char *why)
{
	const struct pf_err *err;
	struct pf_bot b;

	if ((err = pf_bot_get(&b, a->db, id)) != NULL)
		return err->class == PF_NOTFOUND ? NULL : err;
	b.job[0] = '\0';
	b.online = false;
	b.failures += with_job ? 1 : 0;
	if (b.failures >= a->conf->max_failures)
		return pf_move_bot(a, &b, PF_BOT_BROKE, "failed too often");
	return pf_move_bot(a, &b, PF_BOT_SILENT, why);
}

/* The live assignment that the request describes, unchanged since. */
static const struct pf_err *
same_lease(struct pf_act *a, struct pf_assignment *as,
    const struct pf_json *req)
{
	const struct pf_err *err;
	const char *bot = "";
	int64_t lease = -1;

	if ((err = pf_need_id(&bot, req, "bot")) != NULL ||
	    (err = pf_json_int(&lease, req, "lease_tick", 0, PF_INT_MAX)) !=
	    NULL || (err = pf_need_token(a, as, req, bot)) != NULL)
		return err;
	if (!as->live || as->lease.tick != lease)
		return stale("lease_tick", "job", as->job);
	return NULL;
}

static const struct pf_err *
expire_lease(struct pf_act *a, const struct pf_json *req, struct pf_buf *out)
{
	const struct pf_err *err;
	struct pf_assignment as;
	struct pf_job j;

	if ((err = same_lease(a, &as, req)) != NULL)
		return err;
	if (as.lease.at + (as.lease.ms > 0 ? as.lease.ms :
	    pf_lease_now(a).ms) > a->passed)
		return stale("lease_tick", "job", as.job);
	if ((err = pf_end_lease(a, &as, true, "its bot fell silent")) !=
	    NULL || (err = silence_bot(a, as.bot, true, "silent past its "
	    "lease")) != NULL || (err = pf_job_get(&j, a->db, as.job)) !=
	    NULL)
		return err;
	pf_jw_str(out, "job", j.id);
	pf_jw_str(out, "status", pf_job_state_name(j.state));
	return NULL;
}

static const struct pf_err *
expire_job(struct pf_act *a, const struct pf_json *req, struct pf_buf *out)
{
	const struct pf_err *err;
	struct pf_assignment as;
	struct pf_bot b;
	struct pf_job j;

	if ((err = same_lease(a, &as, req)) != NULL ||
	    (err = pf_job_get(&j, a->db, as.job)) != NULL)
		return err;
	if (!as.started || as.start_at + j.duration + a->conf->job_grace >=
	    a->passed)
		return stale("tick", "job", as.job);
	if ((err = pf_assignment_end(a->db, &as, "expired", "timed_out",
	    a->now)) != NULL || (err = pf_move_job(a, &j, j.cancel ?
	    PF_JOB_CANCEL : PF_JOB_OVERRUN, "overran its duration and grace"))
	    != NULL ||
	    (err = pf_bot_get(&b, a->db, as.bot)) != NULL)
		return err;
	b.job[0] = '\0';
	if ((err = pf_move_bot(a, &b, PF_BOT_FREED, "job timed out")) != NULL)
		return err;
	pf_jw_str(out, "job", j.id);
	pf_jw_str(out, "status", pf_job_state_name(j.state));
	return NULL;
}

static const struct pf_err *
expire_bot(struct pf_act *a, const struct pf_json *req, struct pf_buf *out)
{
	const struct pf_err *err;
	const char *id = "";
	int64_t lease = -1;
	struct pf_bot b;

	if ((err = pf_need_id(&id, req, "bot")) != NULL ||
	    (err = pf_json_int(&lease, req, "lease_tick", 0, PF_INT_MAX)) !=
	    NULL || (err = pf_bot_get(&b, a->db, id)) != NULL)
		return err;
	if (b.lease_tick != lease || b.job[0] != '\0' || !b.online ||
	    b.lease_tick + pf_conf_lease_ticks(a->conf) >= a->tick)
		return stale("lease_tick", "bot", id);
	if ((err = silence_bot(a, id, false, "silent")) != NULL)
		return err;
	pf_jw_str(out, "bot", id);
	return NULL;
}

/*
 * Its files never came.  What comes later is filed all the same, and a job
 * that is submitted again finds it.
 */
static const struct pf_err *
expire_upload(struct pf_act *a, const struct pf_json *req, struct pf_buf *out)
{
	const struct pf_err *err;
	const char *id = "";
	int64_t since = 0, now;
	struct pf_job j;

	if ((err = pf_need_id(&id, req, "job")) != NULL ||
	    (err = pf_job_get(&j, a->db, id)) != NULL ||
	    (err = pf_trusted_now(a, &now)) != NULL ||
	    (err = pf_job_hoped(&since, a->db, id)) != NULL)
		return err;
	if (j.state != PF_JOB_PENDING || j.waiting == 0 ||
	    a->conf->keep_uploads == 0 || since + a->conf->keep_uploads >= now)
		return stale("job", "job", id);
	if ((err = pf_move_job(a, &j, PF_JOB_FAIL, "its files never came")) !=
	    NULL)
		return err;
	pf_jw_str(out, "job", j.id);
	pf_jw_str(out, "status", pf_job_state_name(j.state));
	return NULL;
}

const struct pf_err *
pf_act_expire(struct pf_act *a, const struct pf_json *req, struct pf_buf *out)
{
	const struct pf_err *err;
	const char *what = "";
	bool deaf;

	if ((err = pf_json_need(&what, req, "what")) != NULL ||
	    (err = pf_deaf(a, &deaf)) != NULL)
		return err;
	if (deaf && strcmp(what, "job") != 0)
		return pf_err_field(PF_STALE, "tick", "bots are not heard: "
		    "nobody's silence counts");
	if (strcmp(what, "lease") == 0)
		return expire_lease(a, req, out);
	if (strcmp(what, "job") == 0)
		return expire_job(a, req, out);
	if (strcmp(what, "bot") == 0)
		return expire_bot(a, req, out);
	if (strcmp(what, "upload") == 0)
		return expire_upload(a, req, out);
	return pf_err_field(PF_DATA, "what", "what: \"%.32s\" is not lease, "
	    "job, bot or upload", what);
}
