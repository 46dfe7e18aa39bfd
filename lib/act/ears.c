/*
 * Who hears bots for the master: hearing, deaf.
 *
 * An ear is a program through which bots reach the master, pf-httpd.  Known
 * ones are in the database, those that are there now are counted by the
 * server, a connection each.  While some are known and none is there the
 * master is deaf: silence of bots then means nothing, and no tick counts.
 */
#include "act/common.h"
#include "model/event.h"
#include "model/system.h"

static const struct pf_err *
note(struct pf_act *a, const char *was, const char *now, const char *ear)
{
	struct pf_event e = { .time = a->now, .kind = "system",
	    .subject = a->master, .was = was, .now = now, .who = a->op,
	    .why = ear };

	return pf_event_add(a->db, &e);
}

static const struct pf_err *
get_ear(const char **ear, const struct pf_json *req)
{
	const struct pf_err *err;

	if ((err = pf_json_need(ear, req, "ear")) == NULL &&
	    !pf_text_ok(*ear))
		err = pf_err_field(PF_DATA, "ear", "ear: not a name of 1 to "
		    "128 printable bytes");
	return err;
}

const struct pf_err *
pf_act_hearing(struct pf_act *a, const struct pf_json *req,
    struct pf_buf *out)
{
	const struct pf_err *err;
	const char *ear = "";
	int64_t n = 0;
	bool was_deaf;

	if ((err = get_ear(&ear, req)) != NULL ||
	    (err = pf_deaf(a, &was_deaf)) != NULL ||
	    (err = pf_ear_add(a->db, &n, ear, a->now)) != NULL)
		return err;
	/* Nobody could renew a lease while nobody was heard. */
	if (was_deaf && ((err = pf_assignment_renew_all(a->db, &n, a->tick))
	    != NULL || (err = pf_bot_renew_all(a->db, a->tick)) != NULL ||
	    (err = note(a, "deaf", "hearing", ear)) != NULL))
		return err;
	a->heard = 1;
	pf_jw_str(out, "ear", ear);
	return NULL;
}

const struct pf_err *
pf_act_deaf(struct pf_act *a, const struct pf_json *req, struct pf_buf *out)
{
	const struct pf_err *err;
	const char *ear = "";
	bool forget = false;
	int64_t n = 0;

	if ((err = get_ear(&ear, req)) != NULL ||
	    (err = pf_json_bool(&forget, req, "forget")) != NULL ||
	    (forget && (err = pf_ear_remove(a->db, &n, ear)) != NULL))
		return err;
	if (forget && n == 0)
		return pf_err_field(PF_NOTFOUND, "ear", "ear %.128s: unknown",
		    ear);
	if ((err = note(a, "hearing", forget ? "forgotten" : "deaf", ear)) !=
	    NULL)
		return err;
	a->heard = -1;
	pf_jw_str(out, "ear", ear);
	return NULL;
}
