/*
 * The master itself and its clock; see system.h.
 */
#include <stdio.h>

#include "model/system.h"
#include "store/dbw.h"

const struct pf_err *
pf_system_get(char *out, size_t n, struct pf_db *db, const char *key)
{
	const struct pf_err *err;
	struct pf_q q;
	bool more = false;

	if ((err = pf_q(&q, db, "SELECT value FROM system WHERE key = ?", "s",
	    key)) == NULL)
		err = pf_q_row(&q, &more);
	snprintf(out, n, "%s", more ? pf_q_text(&q, 0) : "");
	pf_q_done(&q);
	return err;
}

const struct pf_err *
pf_system_default(struct pf_db *db, const char *key, const char *value)
{
	return pf_db_run(db, NULL, "INSERT INTO system (key, value) VALUES "
	    "(?, ?) ON CONFLICT (key) DO NOTHING", "ss", key, value);
}

const struct pf_err *
pf_system_set(struct pf_db *db, const char *key, const char *value)
{
	return pf_db_run(db, NULL, "INSERT INTO system (key, value) VALUES "
	    "(?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2", "ss", key,
	    value);
}

const struct pf_err *
pf_ticks_get(struct pf_ticks *t, struct pf_db *db)
{
	const struct pf_err *err;
	struct pf_q q;
	bool more = false;

	*t = (struct pf_ticks){ 0 };
	if ((err = pf_q(&q, db, "SELECT tick, boot, boot_ms, trusted, "
	    "passed, interval, applied FROM clock", "")) == NULL)
		err = pf_q_row(&q, &more);
	if (err == NULL && more) {
		t->tick = pf_q_int(&q, 0);
		pf_q_copy(&q, 1, t->boot, sizeof(t->boot));
		t->boot_ms = pf_q_int(&q, 2);
		t->trusted = pf_q_int(&q, 3);
		t->passed = pf_q_int(&q, 4);
		t->interval = pf_q_int(&q, 5);
		t->applied = pf_q_int(&q, 6);
	}
	pf_q_done(&q);
	return err;
}

const struct pf_err *
pf_ticks_set(struct pf_db *db, const struct pf_ticks *t, int64_t now)
{
	return pf_db_run(db, NULL, "INSERT INTO clock (id, tick, boot, "
	    "boot_ms, time, trusted, passed, interval, applied) VALUES (1, "
	    "?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (id) DO UPDATE SET "
	    "tick = ?1, boot = ?2, boot_ms = ?3, time = ?4, trusted = ?5, "
	    "passed = ?6, interval = ?7, applied = ?8", "isiiiiii", t->tick,
	    t->boot, t->boot_ms, now, t->trusted, t->passed, t->interval,
	    t->applied);
}

const struct pf_err *
pf_ear_add(struct pf_db *db, int64_t *n, const char *name, int64_t now)
{
	return pf_db_run(db, n, "INSERT INTO ears (name, since) VALUES "
	    "(?, ?) ON CONFLICT (name) DO NOTHING", "si", name, now);
}

const struct pf_err *
pf_ear_remove(struct pf_db *db, int64_t *n, const char *name)
{
	return pf_db_run(db, n, "DELETE FROM ears WHERE name = ?", "s", name);
}

const struct pf_err *
pf_ear_count(struct pf_db *db, int64_t *n)
{
	return pf_db_int(db, n, NULL, "SELECT count(*) FROM ears", "");
}

const struct pf_err *
pf_counter_sum(struct pf_db *db, int64_t *n, const char *like)
{
	return pf_db_int(db, n, NULL, "SELECT coalesce(sum(value), 0) FROM "
	    "counters WHERE name LIKE ? AND scope = ''", "s", like);
}

/* What was measured of a job; the sum of all follows. */
static const struct pf_err *
measured(struct pf_db *db, const char *name, const char *job, int64_t bytes,
    bool grows)
{
	const struct pf_err *err;
	int64_t before = 0;

	if ((err = pf_db_int(db, &before, NULL, "SELECT value FROM counters "
	    "WHERE name = ?1 AND scope = ?2", "ss", name, job)) != NULL ||
	    (grows && bytes <= before) || (err = pf_counter_add(db, name, job,
	    bytes - before)) != NULL)
		return err;
	return pf_counter_add(db, name, "", bytes - before);
}

const struct pf_err *
pf_logs_kept(struct pf_db *db, const char *job, int64_t bytes)
{
	return measured(db, "log_bytes", job, bytes, false);
}

const struct pf_err *
pf_logs_gone(struct pf_db *db, const char *job, int64_t bytes)
{
	return measured(db, "log_gone", job, bytes, true);
}
