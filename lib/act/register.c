/*
 * Acts on bots: register, deregister, drain, reset.
 */
#include <stdio.h>
#include <string.h>

#include "act/common.h"
#include "model/event.h"

#define CAPS_MAX	32

static const struct pf_err *
wrong_capabilities(void)
{
	return pf_err_field(PF_DATA, "capabilities", "capabilities: not an "
	    "array of 1 to %d engine names such as afl++ or libfuzzer",
	    CAPS_MAX);
}

/* The request's capabilities, canonical and each once, as a JSON array. */
static const struct pf_err *
capabilities(char *out, size_t n, const struct pf_json *req)
{
	const struct pf_err *err = NULL;
	const struct pf_json *list = pf_json_get(req, "capabilities"), *v;
	struct pf_buf b = PF_BUF_INIT;
	char names[CAPS_MAX][33];
	size_t i, k, count = pf_json_is_array(list) ? pf_json_count(list) : 0;

	if (count == 0 || count > CAPS_MAX)
		err = wrong_capabilities();
	pf_jw_open(&b, NULL, '[');
	for (v = pf_json_first(list), i = 0; err == NULL && i < count;
	    v = pf_json_next(v), i++) {
		if (pf_json_text(v) == NULL ||
		    !pf_engine_name(names[i], pf_json_text(v))) {
			err = wrong_capabilities();
			break;
		}
		for (k = 0; strcmp(names[k], names[i]) != 0; k++)
			;
		if (k == i)
			pf_jw_str(&b, NULL, names[i]);
	}
	pf_jw_close(&b, ']');
	if (err == NULL)
		snprintf(out, n, "%s", b.data);
	pf_buf_free(&b);
	return err;
}

/* Takes the job away from a bot that has one; the bot is moved on. */
static const struct pf_err *
take_job(struct pf_act *a, struct pf_bot *b, bool strike, const char *why)
{
	const struct pf_err *err;
	struct pf_assignment as;
	bool found;

	if ((err = pf_assignment_of_bot(&as, &found, a->db, b->id)) != NULL ||
	    !found)
		return err;
	if ((err = pf_end_lease(a, &as, strike, why)) != NULL)
		return err;
	b->job[0] = '\0';
	return pf_move_bot(a, b, PF_BOT_FREED, why);
}

static const struct pf_err *
add_bot(struct pf_act *a, struct pf_bot *b)
{
	const struct pf_err *err;
	struct pf_event e = { .time = a->now, .kind = "bot", .was = "",
	    .now = "registering", .who = "register", .why = b->name };

	pf_uuid7(b->id, a->now);
	b->state = PF_BOT_REGISTERING;
	pf_touch_bot(a, b);
	e.subject = b->id;
	if ((err = pf_bot_insert(a->db, b, a->now)) != NULL)
		return err;
	return pf_event_add(a->db, &e);
}

/*
 * Another work directory of a bot that is at work: there are two of one name,
 * which would take the job from one another for ever.  One that was lost is
 * silent.  A bot written against the seeds has no incarnation to tell by.
 */
static const struct pf_err *
check_double(const struct pf_act *a, const struct pf_bot *known,
    const struct pf_bot *now)
{
	if (known->job[0] == '\0' || known->inc[0] == '\0' ||
	    now->inc[0] == '\0' || strcmp(known->inc, now->inc) == 0 ||
	    a->tick - known->lease_tick >= pf_conf_silent_ticks(a->conf))
		return NULL;
	return pf_err_field(PF_CONFLICT, "inc", "bot %s works on job %s from "
	    "another work directory: two on one host need names of their "
	    "own; if that one was lost, this one is let in when it has been "
	    "silent for half a lease, or after pf-registry deregister %s",
	    known->id, known->job, known->id);
}

/* A known bot comes again; another inc means that its memory is lost. */
static const struct pf_err *
same_bot(struct pf_act *a, struct pf_bot *known, const struct pf_bot *now)
{
	const struct pf_err *err;
	const char *was = pf_bot_state_name(known->state);
	enum pf_bot_state to;
	struct pf_event e = { .time = a->now, .kind = "bot", .was = was,
	    .now = was, .subject = known->id, .who = a->op,
	    .why = "registered again" };

	if ((err = check_double(a, known, now)) != NULL)
		return err;
	/* Nothing changes without an event: a restore goes by them. */
	if (pf_bot_next(&to, known->state, PF_BOT_REGISTER) &&
	    to == known->state &&
	    (strcmp(known->inc, now->inc) != 0 ||
	    strcmp(known->capabilities, now->capabilities) != 0) &&
	    (err = pf_event_add(a->db, &e)) != NULL)
		return err;
	if (strcmp(known->inc, now->inc) != 0 && (err = take_job(a, known,
	    true, "its bot came back without its work directory")) != NULL)
		return err;
	snprintf(known->inc, sizeof(known->inc), "%s", now->inc);
	snprintf(known->capabilities, sizeof(known->capabilities), "%s",
	    now->capabilities);
	pf_touch_bot(a, known);
	return pf_move_bot(a, known, PF_BOT_REGISTER, "registered again");
}

const struct pf_err *
pf_act_register(struct pf_act *a, const struct pf_json *req,
    struct pf_buf *out)
{
	const struct pf_err *err;
	struct pf_bot b = { 0 }, known;
	const char *host = "", *name = NULL, *inc = "";
	bool found;

	if ((err = pf_json_need(&host, req, "hostname")) != NULL ||
	    (err = pf_json_str(&name, req, "name")) != NULL ||
	    (err = pf_json_str(&inc, req, "inc")) != NULL)
		return err;
	if (name == NULL || *name == '\0')
		name = host;
	if (!pf_text_ok(host))
		return pf_err_field(PF_DATA, "hostname", "hostname: not a "
		    "name of 1 to 128 printable bytes");
	if (!pf_text_ok(name))
		return pf_err_field(PF_DATA, "name", "name: not a name of 1 "
		    "to 128 printable bytes");
	if (*inc != '\0' && !pf_id_ok(inc))
		return pf_err_field(PF_DATA, "inc", "inc: not an id");
	snprintf(b.hostname, sizeof(b.hostname), "%s", host);
	snprintf(b.name, sizeof(b.name), "%s", name);
	snprintf(b.inc, sizeof(b.inc), "%s", inc);
	if ((err = capabilities(b.capabilities, sizeof(b.capabilities), req))
	    != NULL || (err = pf_bot_find(&known, &found, a->db, host, name))
	    != NULL)
		return err;
	if (found && (err = same_bot(a, &known, &b)) == NULL)
		b = known;
	else if (!found)
		err = add_bot(a, &b);
	if (err != NULL)
		return err;
	pf_jw_str(out, "bot", b.id);
	pf_jw_str(out, "name", b.name);
	pf_jw_str(out, "status", pf_bot_state_name(b.state));
	pf_jw_bool(out, "created", !found);
	pf_reply_lease(a, out);
	pf_jw_str(out, "master", a->master);
	return NULL;
}

/* Who is told of again has gone already, or was never there. */
static const struct pf_err *
gone_before(struct pf_act *a, const struct pf_json *req, struct pf_buf *out,
    const struct pf_err *unknown)
{
	const struct pf_err *err;
	const char *id = "";
	bool gone;

	if ((err = pf_need_id(&id, req, "bot")) != NULL ||
	    (err = pf_bot_gone(&gone, a->db, id)) != NULL)
		return err;
	if (!gone)
		return unknown;
	pf_jw_str(out, "bot", id);
	pf_jw_bool(out, "replay", true);
	return NULL;
}

const struct pf_err *
pf_act_deregister(struct pf_act *a, const struct pf_json *req,
    struct pf_buf *out)
{
	const struct pf_err *err;
	struct pf_bot b;
	struct pf_event e = { .time = a->now, .kind = "bot",
	    .now = "deregistered", .who = "deregister", .why = "" };

	if ((err = pf_need_bot(a, &b, req)) != NULL &&
	    err->class == PF_NOTFOUND)
		return gone_before(a, req, out, err);
	if (err != NULL || (err = take_job(a, &b, false, "its bot was "
	    "deregistered")) != NULL)
		return err;
	e.subject = b.id;
	e.was = pf_bot_state_name(b.state);
	pf_tally_add(&a->tally, "bots_", e.was, -1);
	if ((err = pf_bot_remove(a->db, b.id, a->now)) != NULL ||
	    (err = pf_event_add(a->db, &e)) != NULL)
		return err;
	pf_jw_str(out, "bot", b.id);
	return NULL;
}

const struct pf_err *
pf_act_drain(struct pf_act *a, const struct pf_json *req, struct pf_buf *out)
{
	const struct pf_err *err;
	struct pf_bot b;
	bool on = true;
	struct pf_event e = { .time = a->now, .kind = "bot", .was = "",
	    .who = "drain", .why = "" };

	if ((err = pf_need_bot(a, &b, req)) != NULL ||
	    (err = pf_json_bool(&on, req, "on")) != NULL)
		return err;
	e.subject = b.id;
	e.now = on ? "draining" : "not draining";
	if (b.drain != on && (err = pf_event_add(a->db, &e)) != NULL)
		return err;
	b.drain = on;
	if ((err = pf_bot_update(a->db, &b)) != NULL)
		return err;
	pf_jw_str(out, "bot", b.id);
	pf_jw_bool(out, "drain", on);
	return NULL;
}

const struct pf_err *
pf_act_reset(struct pf_act *a, const struct pf_json *req, struct pf_buf *out)
{
	const struct pf_err *err;
	struct pf_bot b;

	if ((err = pf_need_bot(a, &b, req)) != NULL)
		return err;
	b.failures = 0;
	if ((err = pf_move_bot(a, &b, PF_BOT_RESET, "reset")) != NULL)
		return err;
	pf_jw_str(out, "bot", b.id);
	pf_jw_str(out, "status", pf_bot_state_name(b.state));
	return NULL;
}
