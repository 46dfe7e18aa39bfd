/*
 * Campaigns; see campaign.h.
 */
#include <stdio.h>
#include <string.h>

#include "codec/json.h"
#include "model/campaign.h"

#define NONE	PF_CAMPAIGN_STATES
#define ACTIVE	PF_CAMPAIGN_ACTIVE
#define PAUSED	PF_CAMPAIGN_PAUSED
#define OVER	PF_CAMPAIGN_FINISHED

static const char *const states[PF_CAMPAIGN_STATES] = {
	"active", "paused", "finished",
};

static const char *const events[PF_CAMPAIGN_EVENTS] = {
	"pause", "resume", "finish",
};

static const enum pf_campaign_state
machine[PF_CAMPAIGN_STATES][PF_CAMPAIGN_EVENTS] = {
	/* event:    pause   resume  finish */
	[ACTIVE] = { PAUSED, ACTIVE, OVER },
	[PAUSED] = { PAUSED, ACTIVE, OVER },
	[OVER] =   { NONE,   NONE,   OVER },
};

const char *
pf_campaign_state_name(enum pf_campaign_state s)
{
	return states[s];
}

const char *
pf_campaign_event_name(enum pf_campaign_event e)
{
	return events[e];
}

bool
pf_campaign_next(enum pf_campaign_state *to, enum pf_campaign_state from,
    enum pf_campaign_event event)
{
	if (machine[from][event] == NONE)
		return false;
	*to = machine[from][event];
	return true;
}

static enum pf_campaign_state
state_of(const char *name)
{
	int i;

	for (i = 0; i < PF_CAMPAIGN_STATES; i++)
		if (strcmp(states[i], name) == 0)
			return (enum pf_campaign_state)i;
	pf_die("campaign status '%s' in the database", name);
}

static const struct pf_err *
find(struct pf_campaign *c, bool *found, struct pf_db *db, const char *sql,
    const char *key)
{
	const struct pf_err *err;
	struct pf_q q;

	*c = (struct pf_campaign){ 0 };
	*found = false;
	if ((err = pf_q(&q, db, sql, "s", key)) == NULL)
		err = pf_q_row(&q, found);
	if (err == NULL && *found) {
		pf_q_copy(&q, 0, c->id, sizeof(c->id));
		pf_q_copy(&q, 1, c->name, sizeof(c->name));
		c->state = state_of(pf_q_text(&q, 2));
		c->weight = pf_q_int(&q, 3);
		c->pending = pf_q_int(&q, 4);
		c->running = pf_q_int(&q, 5);
		pf_q_copy(&q, 6, c->request, sizeof(c->request));
	}
	pf_q_done(&q);
	return err;
}

#define COLUMNS	"id, name, status, weight, pending, running, request"

const struct pf_err *
pf_campaign_find(struct pf_campaign *c, bool *found, struct pf_db *db,
    const char *name)
{
	return find(c, found, db, "SELECT " COLUMNS " FROM campaigns WHERE "
	    "name = ?1 OR id = ?1 ORDER BY name = ?1 DESC LIMIT 1", name);
}

const struct pf_err *
pf_campaign_of_request(struct pf_campaign *c, bool *found, struct pf_db *db,
    const char *request)
{
	return find(c, found, db, "SELECT " COLUMNS " FROM campaigns WHERE "
	    "request = ? ORDER BY id LIMIT 1", request);
}

const struct pf_err *
pf_campaign_insert(struct pf_db *db, const struct pf_campaign *c, int64_t now)
{
	return pf_db_run(db, NULL, "INSERT INTO campaigns (id, name, "
	    "created_at, status, weight, request) VALUES (?, ?, ?, ?, ?, ?)",
	    "ssisis", c->id, c->name, now, states[c->state], c->weight,
	    c->request[0] != '\0' ? c->request : NULL);
}

const struct pf_err *
pf_campaign_update(struct pf_db *db, const struct pf_campaign *c, int64_t now)
{
	return pf_db_run(db, NULL, "UPDATE campaigns SET status = ?2, "
	    "weight = ?3, ended_at = CASE WHEN ?2 = 'finished' THEN "
	    "coalesce(ended_at, ?4) END WHERE id = ?1", "ssii", c->id,
	    states[c->state], c->weight, now);
}

const struct pf_err *
pf_campaign_describe(struct pf_db *db, const char *id,
    const char *description, const char *tags)
{
	const struct pf_err *err = NULL;

	if (description != NULL)
		err = pf_db_run(db, NULL, "UPDATE campaigns SET description = "
		    "?2 WHERE id = ?1", "ss", id, description);
	if (err == NULL && tags != NULL)
		err = pf_db_run(db, NULL, "UPDATE campaigns SET tags = ?2 "
		    "WHERE id = ?1", "ss", id, tags);
	return err;
}

const struct pf_err *
pf_campaign_words(struct pf_buf *b, struct pf_db *db, const char *id)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	bool more = false;

	if ((err = pf_q(&q, db, "SELECT description, tags FROM campaigns "
	    "WHERE id = ?", "s", id)) == NULL &&
	    (err = pf_q_row(&q, &more)) == NULL && more) {
		pf_jw_str(b, "description", pf_q_text(&q, 0));
		pf_jw_raw(b, "tags", pf_q_text(&q, 1));
	}
	pf_q_done(&q);
	return err;
}

const struct pf_err *
pf_campaign_need(char id[PF_ID_MAX + 1], bool *made, struct pf_db *db,
    const char *name, int64_t now)
{
	const struct pf_err *err;
	struct pf_campaign c;
	bool found;

	if ((err = pf_campaign_find(&c, &found, db, name)) != NULL)
		return err;
	if (found && c.state == PF_CAMPAIGN_FINISHED)
		return pf_err_field(PF_CONFLICT, "campaign", "campaign %s is "
		    "finished and takes no more jobs", c.name);
	if (made != NULL)
		*made = !found;
	if (!found) {
		c = (struct pf_campaign){ .weight = 1 };
		pf_uuid7(c.id, now);
		snprintf(c.name, sizeof(c.name), "%s", name);
		err = pf_campaign_insert(db, &c, now);
	}
	snprintf(id, PF_ID_MAX + 1, "%s", c.id);
	return err;
}

const struct pf_err *
pf_campaign_count(struct pf_db *db, const char *id, int64_t pending,
    int64_t running, int64_t turns)
{
	const struct pf_err *err;

	if (turns > 0 && (err = pf_db_run(db, NULL, "INSERT INTO system "
	    "(key, value) SELECT 'turns', CAST(turns AS TEXT) FROM campaigns "
	    "WHERE id = ? ON CONFLICT (key) DO UPDATE SET value = "
	    "excluded.value WHERE CAST(value AS REAL) < CAST(excluded.value "
	    "AS REAL)", "s", id)) != NULL)
		return err;
	return pf_db_run(db, NULL, "UPDATE campaigns SET pending = pending + "
	    "?2, running = running + ?3, turns = turns + ?4 * 1.0 / weight "
	    "WHERE id = ?1", "siii", id, pending, running, turns);
}

const struct pf_err *
pf_campaign_join(struct pf_db *db, const char *id)
{
	return pf_db_run(db, NULL, "UPDATE campaigns SET turns = min(max("
	    "turns, s.now), s.now + 1.0 / weight) FROM (SELECT max(coalesce(("
	    "SELECT CAST(value AS REAL) FROM system WHERE key = 'turns'), 0),"
	    " coalesce((SELECT min(turns) FROM campaigns WHERE pending > 0 "
	    "AND status = 'active' AND id <> ?1), 0)) AS now) AS s WHERE "
	    "id = ?1 AND (pending = 0 OR status <> 'active')", "s", id);
}

const struct pf_err *
pf_campaign_waiting(struct pf_db *db, const struct pf_campaign_walk *w)
{
	const struct pf_err *err;
	struct pf_q q;
	bool more = true, stop = false;

	err = pf_q(&q, db, "SELECT id FROM campaigns WHERE pending > 0 AND "
	    "status = 'active' ORDER BY CAST(running AS REAL) / weight, "
	    "turns, created_at, id", "");
	while (err == NULL && !stop &&
	    (err = pf_q_row(&q, &more)) == NULL && more)
		err = w->see(w->arg, pf_q_text(&q, 0), &stop);
	pf_q_done(&q);
	return err;
}

const struct pf_err *
pf_campaign_job(char id[PF_ID_MAX + 1], bool *found, struct pf_db *db,
    const char *campaign)
{
	const struct pf_err *err;
	struct pf_q q;

	*found = false;
	if ((err = pf_q(&q, db, "SELECT id FROM jobs WHERE campaign = ? AND "
	    "id > ? AND completed_at IS NULL AND (status = 'pending' OR "
	    "cancel = 0) ORDER BY id LIMIT 1", "ss", campaign, id)) == NULL)
		err = pf_q_row(&q, found);
	if (err == NULL && *found)
		pf_q_copy(&q, 0, id, PF_ID_MAX + 1);
	pf_q_done(&q);
	return err;
}
