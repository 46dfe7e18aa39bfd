/*
 * Bots; see bot.h.
 */
#include <stdio.h>
#include <string.h>

#include "model/bot.h"

#define NONE	PF_BOT_STATES
#define REG	PF_BOT_REGISTERING
#define IDLE	PF_BOT_IDLE
#define BUSY	PF_BOT_BUSY
#define OUT	PF_BOT_TIMED_OUT
#define FAILED	PF_BOT_FAILED

static const char *const states[PF_BOT_STATES] = {
	"registering", "idle", "busy", "timed_out", "failed",
};

static const char *const events[PF_BOT_EVENTS] = {
	"register", "seen", "given", "freed", "silent", "broke", "reset",
};

static const enum pf_bot_state machine[PF_BOT_STATES][PF_BOT_EVENTS] = {
	/* event:    register seen    given  freed   silent  broke   reset */
	[REG] =    { REG,     IDLE,   BUSY,  NONE,   OUT,    FAILED, NONE },
	[IDLE] =   { REG,     IDLE,   BUSY,  NONE,   OUT,    FAILED, NONE },
	[BUSY] =   { BUSY,    BUSY,   BUSY,  IDLE,   OUT,    FAILED, NONE },
	[OUT] =    { REG,     IDLE,   BUSY,  NONE,   OUT,    FAILED, IDLE },
	[FAILED] = { FAILED,  FAILED, NONE,  FAILED, FAILED, FAILED, IDLE },
};

const char *
pf_bot_state_name(enum pf_bot_state s)
{
	return states[s];
}

const char *
pf_bot_event_name(enum pf_bot_event e)
{
	return events[e];
}

bool
pf_bot_next(enum pf_bot_state *to, enum pf_bot_state from,
    enum pf_bot_event event)
{
	if (machine[from][event] == NONE)
		return false;
	*to = machine[from][event];
	return true;
}

static enum pf_bot_state
state_of(const char *name)
{
	int i;

	for (i = 0; i < PF_BOT_STATES; i++)
		if (strcmp(states[i], name) == 0)
			return (enum pf_bot_state)i;
	pf_die("bot state '%s' in the database", name);
}

static void
load(struct pf_bot *b, const struct pf_q *q)
{
	*b = (struct pf_bot){ 0 };
	pf_q_copy(q, 0, b->id, sizeof(b->id));
	pf_q_copy(q, 1, b->name, sizeof(b->name));
	pf_q_copy(q, 2, b->hostname, sizeof(b->hostname));
	b->state = state_of(pf_q_text(q, 3));
	pf_q_copy(q, 4, b->inc, sizeof(b->inc));
	pf_q_copy(q, 5, b->capabilities, sizeof(b->capabilities));
	pf_q_copy(q, 6, b->job, sizeof(b->job));
	b->failures = pf_q_int(q, 7);
	b->drain = pf_q_int(q, 8) != 0;
	b->lease_tick = pf_q_int(q, 9);
	b->last_seen = pf_q_int(q, 10);
	b->timeout_at = pf_q_int(q, 11);
	b->online = pf_q_int(q, 12) != 0;
}

#define COLUMNS	"id, name, hostname, status, inc, capabilities, " \
	"current_job, failure_count, drain, lease_tick, last_seen, " \
	"timeout_at, is_online"

const struct pf_err *
pf_bot_get(struct pf_bot *b, struct pf_db *db, const char *id)
{
	const struct pf_err *err;
	struct pf_q q;
	bool more = false;

	if ((err = pf_q(&q, db, "SELECT " COLUMNS " FROM bots WHERE id = ? "
	    "AND gone_at IS NULL", "s", id)) == NULL)
		err = pf_q_row(&q, &more);
	if (err == NULL && more)
		load(b, &q);
	pf_q_done(&q);
	if (err == NULL && !more)
		err = pf_err_field(PF_NOTFOUND, "bot",
		    "bot %.64s: unknown; register it first", id);
	return err;
}

const struct pf_err *
pf_bot_gone(bool *gone, struct pf_db *db, const char *id)
{
	int64_t one;

	return pf_db_int(db, &one, gone, "SELECT 1 FROM bots WHERE id = ? "
	    "AND gone_at IS NOT NULL", "s", id);
}

const struct pf_err *
pf_bot_find(struct pf_bot *b, bool *found, struct pf_db *db,
    const char *hostname, const char *name)
{
	const struct pf_err *err;
	struct pf_q q;

	*found = false;
	if ((err = pf_q(&q, db, "SELECT " COLUMNS " FROM bots WHERE "
	    "hostname = ? AND name = ? AND gone_at IS NULL", "ss", hostname,
	    name)) == NULL)
		err = pf_q_row(&q, found);
	if (err == NULL && *found)
		load(b, &q);
	pf_q_done(&q);
	return err;
}

const struct pf_err *
pf_bot_insert(struct pf_db *db, const struct pf_bot *b, int64_t now)
{
	return pf_db_run(db, NULL, "INSERT INTO bots (id, name, hostname, "
	    "status, inc, capabilities, registered_at, last_seen, timeout_at,"
	    " is_online, lease_tick) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, "
	    "?8, 1, ?9)", "ssssssiii", b->id, b->name, b->hostname,
	    states[b->state], b->inc, b->capabilities, now, b->timeout_at,
	    b->lease_tick);
}

const struct pf_err *
pf_bot_update(struct pf_db *db, const struct pf_bot *b)
{
	return pf_db_run(db, NULL, "UPDATE bots SET status = ?2, inc = ?3, "
	    "capabilities = ?4, current_job = ?5, failure_count = ?6, "
	    "drain = ?7, is_online = ?8, last_seen = ?9, timeout_at = ?10, "
	    "lease_tick = ?11 WHERE id = ?1", "sssssiiiiii", b->id,
	    states[b->state], b->inc, b->capabilities,
	    b->job[0] != '\0' ? b->job : NULL, b->failures,
	    (int64_t)b->drain, (int64_t)b->online, b->last_seen,
	    b->timeout_at, b->lease_tick);
}

const struct pf_err *
pf_bot_seen(struct pf_db *db, const struct pf_bot *b)
{
	return pf_db_run(db, NULL, "UPDATE bots SET last_seen = ?2, "
	    "timeout_at = ?3, lease_tick = ?4, is_online = 1 WHERE id = ?1",
	    "siii", b->id, b->last_seen, b->timeout_at, b->lease_tick);
}

const struct pf_err *
pf_bot_remove(struct pf_db *db, const char *id, int64_t now)
{
	return pf_db_run(db, NULL, "UPDATE bots SET gone_at = ?2, "
	    "is_online = 0 WHERE id = ?1", "si", id, now);
}

const struct pf_err *
pf_bot_renew_all(struct pf_db *db, int64_t tick)
{
	return pf_db_run(db, NULL, "UPDATE bots SET lease_tick = ? WHERE "
	    "gone_at IS NULL AND status <> 'timed_out'", "i", tick);
}
