/*
 * Campaigns: create, set, pause, resume, finish.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "act/common.h"
#include "model/campaign.h"
#include "model/event.h"

#define WEIGHT_MAX	1000

static const struct pf_err *
note(struct pf_act *a, const struct pf_campaign *c, const char *was,
    const char *why)
{
	struct pf_event e = { .time = a->now, .kind = "campaign",
	    .subject = c->id, .was = was,
	    .now = pf_campaign_state_name(c->state), .who = "campaign",
	    .why = why };

	return pf_event_add(a->db, &e);
}

/* What waits is cancelled, what runs is told to end. */
static const struct pf_err *
cancel_jobs(struct pf_act *a, const struct pf_campaign *c, int64_t *n)
{
	const struct pf_err *err;
	char id[PF_ID_MAX + 1] = "";
	bool found;

	while ((err = pf_campaign_job(id, &found, a->db, c->id)) == NULL &&
	    found) {
		if ((err = pf_cancel_job(a, id, "its campaign is finished"))
		    != NULL)
			return err;
		++*n;
	}
	return err;
}

static const struct pf_err *
move(struct pf_act *a, struct pf_campaign *c, enum pf_campaign_event event,
    struct pf_buf *out)
{
	const struct pf_err *err;
	enum pf_campaign_state was = c->state;
	int64_t n = 0;

	if (event == PF_CAMPAIGN_FINISH &&
	    strcmp(c->name, PF_CAMPAIGN_DEFAULT) == 0)
		return pf_err_field(PF_CONFLICT, "campaign", "campaign "
		    PF_CAMPAIGN_DEFAULT " is for jobs without one and cannot "
		    "be finished");
	if (!pf_campaign_next(&c->state, c->state, event))
		return pf_err_field(PF_CONFLICT, "campaign", "campaign %s is "
		    "%s: %s is not possible", c->name,
		    pf_campaign_state_name(was),
		    pf_campaign_event_name(event));
	if (c->state == was)
		return NULL;
	if (event == PF_CAMPAIGN_RESUME &&
	    (err = pf_campaign_join(a->db, c->id)) != NULL)
		return err;
	if ((err = pf_campaign_update(a->db, c, a->now)) != NULL ||
	    (err = note(a, c, pf_campaign_state_name(was), c->name)) != NULL)
		return err;
	if (event != PF_CAMPAIGN_FINISH)
		return NULL;
	if ((err = cancel_jobs(a, c, &n)) == NULL)
		pf_jw_int(out, "cancelled", n);
	return err;
}

static const struct pf_err *
read_tags(struct pf_buf *tags, const struct pf_json *list)
{
	const struct pf_json *v;
	const char *tag;

	if (!pf_json_is_array(list) || pf_json_count(list) > PF_CAMPAIGN_TAGS)
		return pf_err_field(PF_DATA, "tags", "tags: not an array of "
		    "at most %d words", PF_CAMPAIGN_TAGS);
	pf_jw_open(tags, NULL, '[');
	for (v = pf_json_first(list); v != NULL; v = pf_json_next(v)) {
		if ((tag = pf_json_text(v)) == NULL || !pf_text_ok(tag) ||
		    strlen(tag) > PF_ID_MAX)
			return pf_err_field(PF_DATA, "tags", "tags: each is a "
			    "text of 1 to %d printable bytes", PF_ID_MAX);
		pf_jw_str(tags, NULL, tag);
	}
	pf_jw_close(tags, ']');
	return NULL;
}

/* What it is for, if that is said. */
static const struct pf_err *
describe(struct pf_act *a, const struct pf_campaign *c,
    const struct pf_json *req)
{
	const struct pf_err *err;
	const struct pf_json *list = pf_json_get(req, "tags");
	struct pf_buf tags = PF_BUF_INIT;
	const char *words = NULL;

	if ((err = pf_json_str(&words, req, "description")) == NULL &&
	    words != NULL && (strlen(words) > PF_CAMPAIGN_WORDS ||
	    !pf_lines_ok(words)))
		err = pf_err_field(PF_DATA, "description", "description: not "
		    "%d printable bytes at most", PF_CAMPAIGN_WORDS);
	if (err == NULL && list != NULL)
		err = read_tags(&tags, list);
	if (err == NULL)
		err = pf_campaign_describe(a->db, c->id, words,
		    list != NULL ? tags.data : NULL);
	pf_buf_free(&tags);
	return err;
}

/* The request may have made it before: *made is what is said of it then. */
static const struct pf_err *
made_before(struct pf_act *a, struct pf_campaign *made, bool *found,
    const struct pf_json *req, const char *name)
{
	const struct pf_err *err;
	const char *request = NULL;

	*found = false;
	if ((err = pf_json_str(&request, req, "request")) != NULL ||
	    request == NULL)
		return err;
	if (!pf_id_ok(request))
		return pf_err_field(PF_DATA, "request", "request: not an id");
	err = pf_campaign_of_request(made, found, a->db, request);
	if (err == NULL && *found && strcmp(made->name, name) != 0)
		err = pf_err_field(PF_CONFLICT, "request", "request %s: it "
		    "has made campaign %s", request, made->name);
	snprintf(made->request, sizeof(made->request), "%s", request);
	return err;
}

static const struct pf_err *
create(struct pf_act *a, struct pf_campaign *c, const char *name,
    const struct pf_json *req, struct pf_buf *out)
{
	const struct pf_err *err;
	struct pf_campaign made = { 0 };
	bool again, paused = false;

	if ((err = made_before(a, &made, &again, req, name)) != NULL ||
	    (err = pf_json_bool(&paused, req, "paused")) != NULL)
		return err;
	if (again) {
		*c = made;
		pf_jw_bool(out, "replay", true);
		return NULL;
	}
	if (c->id[0] != '\0')
		return pf_err_field(PF_CONFLICT, "campaign", "campaign %s is "
		    "there already", c->name);
	pf_uuid7(c->id, a->now);
	snprintf(c->name, sizeof(c->name), "%s", name);
	snprintf(c->request, sizeof(c->request), "%s", made.request);
	c->state = paused ? PF_CAMPAIGN_PAUSED : PF_CAMPAIGN_ACTIVE;
	if ((err = pf_campaign_insert(a->db, c, a->now)) != NULL ||
	    (err = describe(a, c, req)) != NULL)
		return err;
	return note(a, c, "", c->name);
}

static const struct pf_err *
set(struct pf_act *a, const struct pf_campaign *c, int64_t old,
    const struct pf_json *req)
{
	const struct pf_err *err;
	char why[64];

	/* Each change is an event: a restore goes by their number. */
	if ((err = describe(a, c, req)) == NULL &&
	    (pf_json_get(req, "description") != NULL ||
	    pf_json_get(req, "tags") != NULL))
		err = note(a, c, pf_campaign_state_name(c->state),
		    "what it is for");
	if (err != NULL || c->weight == old)
		return err;
	snprintf(why, sizeof(why), "weight %" PRId64 ", it was %" PRId64,
	    c->weight, old);
	if ((err = pf_campaign_update(a->db, c, a->now)) != NULL)
		return err;
	return note(a, c, pf_campaign_state_name(c->state), why);
}

const struct pf_err *
pf_act_campaign(struct pf_act *a, const struct pf_json *req,
    struct pf_buf *out)
{
	const struct pf_err *err;
	const char *name = "", *what = "";
	struct pf_campaign c;
	int64_t weight = 0, old;
	bool found;
	int i;

	if ((err = pf_json_need(&what, req, "do")) != NULL ||
	    (err = pf_json_need(&name, req, "campaign")) != NULL ||
	    (err = pf_json_int(&weight, req, "weight", 1, WEIGHT_MAX)) !=
	    NULL)
		return err;
	if (!pf_text_ok(name))
		return pf_err_field(PF_DATA, "campaign", "campaign: not a "
		    "name of 1 to 128 printable bytes");
	if ((err = pf_campaign_find(&c, &found, a->db, name)) != NULL)
		return err;
	if (!found && strcmp(what, "create") != 0)
		return pf_err_field(PF_NOTFOUND, "campaign", "campaign "
		    "%.128s: unknown", name);
	old = c.weight;
	if (weight > 0 || c.weight == 0)
		c.weight = weight > 0 ? weight : 1;
	for (i = 0; i < PF_CAMPAIGN_EVENTS && strcmp(what,
	    pf_campaign_event_name((enum pf_campaign_event)i)) != 0; i++)
		;
	if (strcmp(what, "create") == 0)
		err = create(a, &c, name, req, out);
	else if (i < PF_CAMPAIGN_EVENTS)
		err = move(a, &c, (enum pf_campaign_event)i, out);
	else if (strcmp(what, "set") == 0)
		err = set(a, &c, old, req);
	else
		err = pf_err_field(PF_DATA, "do", "do: \"%.32s\" is not "
		    "create, set, pause, resume or finish", what);
	if (err != NULL)
		return err;
	pf_jw_str(out, "id", c.id);
	pf_jw_str(out, "campaign", c.name);
	pf_jw_str(out, "status", pf_campaign_state_name(c.state));
	pf_jw_int(out, "weight", c.weight);
	return pf_campaign_words(out, a->db, c.id);
}
