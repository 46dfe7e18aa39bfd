/*
 * What has timed out; see overdue.h.  The conditions are those of the op
 * expire, act/expire.c.
 */
#include <stdio.h>

#include "store/spool.h"
#include "view/overdue.h"

#define LEASES \
	"SELECT a.job_id, a.bot_id, a.epoch, a.attempt, a.lease_tick, " \
	"j.name, b.name FROM assignments AS a JOIN jobs AS j " \
	"ON j.id = a.job_id JOIN bots AS b ON b.id = a.bot_id " \
	"WHERE a.ended_at IS NULL "
/* What was promised; before version 19 that was not noted. */
#define OVER \
	"(a.lease_at + iif(a.lease_ms > 0, a.lease_ms, ?2) <= ?1)"

const struct pf_err *
pf_clock_get(struct pf_clock *c, struct pf_db *db)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	bool more = false;

	*c = (struct pf_clock){ 0 };
	if ((err = pf_q(&q, db, "SELECT tick, boot, boot_ms, trusted, "
	    "passed FROM clock", "")) == NULL &&
	    (err = pf_q_row(&q, &more)) == NULL && more) {
		c->tick = pf_q_int(&q, 0);
		pf_q_copy(&q, 1, c->boot, sizeof(c->boot));
		c->boot_ms = pf_q_int(&q, 2);
		c->trusted = pf_q_int(&q, 3);
		c->passed = pf_q_int(&q, 4);
	}
	pf_q_done(&q);
	return err;
}

/* Passes the rows of a query that has begun on. */
static const struct pf_err *
pass(struct pf_q *q, const char *what, int64_t tick,
    void (*each)(void *, const struct pf_overdue *), void *arg)
{
	const struct pf_err *err;
	struct pf_overdue o = { .what = what, .tick = tick };
	bool more = false;

	while ((err = pf_q_row(q, &more)) == NULL && more) {
		o.job = pf_q_text(q, 0);
		o.bot = pf_q_text(q, 1);
		o.epoch = pf_q_int(q, 2);
		o.attempt = pf_q_int(q, 3);
		o.lease_tick = pf_q_int(q, 4);
		o.job_name = pf_q_text(q, 5);
		o.bot_name = pf_q_text(q, 6);
		each(arg, &o);
	}
	return err;
}

const struct pf_err *
pf_overdue(struct pf_db *db, const struct pf_conf *conf,
    const struct pf_clock *c,
    void (*each)(void *, const struct pf_overdue *), void *arg)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	int64_t last = c->tick - pf_conf_lease_ticks(conf);
	int64_t lease = pf_conf_lease_ticks(conf) * conf->tick;

	if ((err = pf_q(&q, db, LEASES "AND " OVER " "
	    "ORDER BY a.lease_tick, a.job_id", "ii", c->passed, lease)) ==
	    NULL)
		err = pass(&q, "lease", c->tick, each, arg);
	pf_q_done(&q);
	if (err != NULL)
		return err;
	if ((err = pf_q(&q, db, LEASES "AND NOT " OVER " AND "
	    "a.start_tick IS NOT NULL AND a.start_at + j.duration + ?3 < ?1 "
	    "ORDER BY a.start_at, a.job_id", "iii", c->passed, lease,
	    conf->job_grace)) == NULL)
		err = pass(&q, "job", c->tick, each, arg);
	pf_q_done(&q);
	if (err != NULL)
		return err;
	if ((err = pf_q(&q, db, "SELECT '', id, 0, 0, lease_tick, '', name "
	    "FROM bots WHERE gone_at IS NULL AND current_job IS NULL AND "
	    "(status IN ('registering', 'idle') OR (status = 'failed' AND "
	    "is_online)) AND lease_tick < ?1 "
	    "ORDER BY lease_tick, id", "i", last)) == NULL)
		err = pass(&q, "bot", c->tick, each, arg);
	pf_q_done(&q);
	return err;
}

const struct pf_err *
pf_overdue_old(struct pf_db *db, const struct pf_conf *conf, int64_t now,
    bool *old, void (*each)(const char *))
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	int64_t oldest = now;
	bool more = false;

	if ((err = pf_db_int(db, &oldest, &more, "SELECT time FROM events "
	    "WHERE id < (SELECT max(id) FROM events) ORDER BY id LIMIT 1",
	    "")) != NULL)
		return err;
	*old = more && conf->keep_events > 0 &&
	    oldest < now - conf->keep_events;
	if (!*old && conf->keep_numbers > 0 && (err = pf_db_int(db, &oldest,
	    old, "SELECT time FROM results WHERE (kind = 'status' OR kind = "
	    "'log') AND time < ? LIMIT 1", "i", now - conf->keep_numbers)) !=
	    NULL)
		return err;
	if (conf->keep_jobs == 0)
		return NULL;
	if ((err = pf_q(&q, db, "SELECT id FROM jobs WHERE completed_at IS "
	    "NOT NULL AND archived_at IS NULL AND completed_at < ? "
	    "ORDER BY completed_at LIMIT 1000", "i", now - conf->keep_jobs))
	    == NULL)
		while ((err = pf_q_row(&q, &more)) == NULL && more)
			each(pf_q_text(&q, 0));
	pf_q_done(&q);
	return err;
}

const struct pf_err *
pf_overdue_uploads(struct pf_db *db, const struct pf_conf *conf, int64_t now,
    void (*each)(void *, const struct pf_overdue *), void *arg)
{
	const struct pf_err *err;
	struct pf_spool_depth d;
	struct pf_q q = PF_Q_INIT;
	int64_t one, before = now - conf->keep_uploads;
	bool any = false;

	if (conf->keep_uploads == 0)
		return NULL;
	if ((err = pf_db_int(db, &one, &any, "SELECT 1 FROM jobs WHERE "
	    "waiting > 0 AND status = 'pending' AND created_at < ? LIMIT 1",
	    "i", before)) != NULL || !any ||
	    (err = pf_spool_look(&d, conf->spool_path)) != NULL)
		return err;
	if (d.oldest != 0 && d.oldest - conf->keep_uploads < before)
		before = d.oldest - conf->keep_uploads;
	if ((err = pf_q(&q, db, "SELECT id, '', 0, 0, 0, name, '' FROM jobs "
	    "AS j WHERE waiting > 0 AND status = 'pending' AND created_at < "
	    "?1 AND NOT EXISTS (SELECT 1 FROM job_blobs AS b JOIN uploads AS "
	    "u ON u.sha256 = b.sha256 WHERE b.job = j.id AND u.time >= ?1) "
	    "ORDER BY created_at LIMIT 1000", "i", before)) == NULL)
		err = pass(&q, "upload", 0, each, arg);
	pf_q_done(&q);
	return err;
}
