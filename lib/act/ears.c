/*
 * Who hears bots for the master: hearing, deaf.
 *
 * An ear is a program through which bots reach the master, pf-httpd.  Known
 * ones are in the database, those that are there now are counted by the
 * server, a connection each.  While some are known and none is there the
 * master is deaf: silence of bots then means nothing, and no tick counts.
 */
#include <inttypes.h>
#include <stdio.h>

#include "act/common.h"
#include "model/event.h"
#include "model/system.h"
#include "os/clock.h"

static const struct pf_err *
note(struct pf_act *a, const char *was, const char *now, const char *ear)
{
	struct pf_event e = { .time = a->now, .kind = "system",
	    .subject = a->master, .was = was, .now = now, .who = a->op,
	    .why = ear };

	return pf_event_add(a->db, &e);
}

/* For readers, who cannot see who is there. */
static const struct pf_err *
mark(struct pf_act *a, int64_t since)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRId64, since);
	return pf_system_set(a->db, "deaf_since", text);
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
	struct pf_lease l = pf_lease_now(a);
	bool was_deaf;

	/* Most are repetitions, which show that the sender still lives. */
	a->lazy = true;
	if ((err = get_ear(&ear, req)) != NULL ||
	    (err = pf_deaf(a, &was_deaf)) != NULL ||
	    (err = pf_ear_add(a->db, &n, ear, a->now)) != NULL)
		return err;
	a->lazy = n == 0 && !was_deaf;
	if (n > 0 && (err = note(a, "", "hearing", ear)) != NULL)
		return err;
	/* Nobody could renew a lease while nobody was heard. */
	if (was_deaf && ((err = pf_assignment_renew_all(a->db, &n, &l)) !=
	    NULL || (err = pf_bot_renew_all(a->db, a->tick)) != NULL ||
	    (err = mark(a, 0)) != NULL ||
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
	if (!forget && !a->is_ear)
		return pf_err_field(PF_CONFLICT, "ear", "ear %.128s: it does "
		    "not hear through this connection", ear);
	if (forget && ((err = note(a, "", "forgotten", ear)) != NULL ||
	    (err = pf_start_deaf(a)) != NULL))
		return err;
	a->heard = a->is_ear ? -1 : 0;
	pf_jw_str(out, "ear", ear);
	return NULL;
}

const struct pf_err *
pf_act_deafened(struct pf_act *a, const char *why)
{
	const struct pf_err *err;
	bool deaf;

	a->now = pf_wall_ms();
	a->op = "deaf";
	if ((err = pf_deaf(a, &deaf)) != NULL || !deaf)
		return err;
	if ((err = mark(a, a->now)) != NULL)
		return err;
	return note(a, "hearing", "deaf", why);
}

const struct pf_err *
pf_start_deaf(struct pf_act *a)
{
	const struct pf_err *err;
	bool deaf;

	if ((err = pf_deaf(a, &deaf)) != NULL)
		return err;
	return mark(a, deaf ? a->now : 0);
}
