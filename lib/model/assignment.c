/*
 * Assignments; see assignment.h.
 */
#include <stdio.h>
#include <string.h>

#include "model/assignment.h"

#define COLUMNS	"SELECT a.job_id, a.bot_id, a.inc, a.epoch, a.attempt, " \
	"a.status, a.progress, a.timestamp, a.lease_tick, a.start_at, " \
	"a.result, coalesce(a.given_tick, a.lease_tick), a.lease_at, " \
	"a.lease_ms FROM assignments a "

/* Runs the query, which yields one row at most, and ends it. */
static const struct pf_err *
one(struct pf_assignment *a, bool *found, struct pf_q *q)
{
	const struct pf_err *err = pf_q_row(q, found);
	const char *status;

	*a = (struct pf_assignment){ 0 };
	if (err == NULL && *found) {
		pf_q_copy(q, 0, a->job, sizeof(a->job));
		pf_q_copy(q, 1, a->bot, sizeof(a->bot));
		pf_q_copy(q, 2, a->inc, sizeof(a->inc));
		a->epoch = pf_q_int(q, 3);
		a->attempt = pf_q_int(q, 4);
		status = pf_q_text(q, 5);
		a->started = strcmp(status, "started") == 0;
		a->live = a->started || strcmp(status, "assigned") == 0;
		a->progress = pf_q_int(q, 6) != 0;
		a->timestamp = pf_q_int(q, 7);
		a->lease.tick = pf_q_int(q, 8);
		a->start_at = pf_q_int(q, 9);
		pf_q_copy(q, 10, a->result, sizeof(a->result));
		a->given_tick = pf_q_int(q, 11);
		a->lease.at = pf_q_int(q, 12);
		a->lease.ms = pf_q_int(q, 13);
	}
	pf_q_done(q);
	return err;
}

const struct pf_err *
pf_assignment_of_bot(struct pf_assignment *a, bool *found, struct pf_db *db,
    const char *bot)
{
	const struct pf_err *err;
	struct pf_q q;

	if ((err = pf_q(&q, db, COLUMNS "WHERE a.bot_id = ? AND "
	    "a.ended_at IS NULL", "s", bot)) == NULL)
		err = one(a, found, &q);
	return err;
}

const struct pf_err *
pf_assignment_get(struct pf_assignment *a, bool *found, struct pf_db *db,
    const char *job, int64_t epoch, int64_t attempt)
{
	const struct pf_err *err;
	struct pf_q q;

	if ((err = pf_q(&q, db, COLUMNS "WHERE a.job_id = ? AND a.epoch = ? "
	    "AND a.attempt = ?", "sii", job, epoch, attempt)) == NULL)
		err = one(a, found, &q);
	return err;
}

const struct pf_err *
pf_assignment_last(struct pf_assignment *a, bool *found, struct pf_db *db,
    const char *job, const char *bot)
{
	const struct pf_err *err;
	struct pf_q q;

	if ((err = pf_q(&q, db, COLUMNS "WHERE a.job_id = ? AND a.bot_id = ? "
	    "ORDER BY a.epoch DESC, a.attempt DESC LIMIT 1", "ss", job, bot))
	    == NULL)
		err = one(a, found, &q);
	return err;
}

const struct pf_err *
pf_assignment_insert(struct pf_db *db, const struct pf_assignment *a)
{
	return pf_db_run(db, NULL, "INSERT INTO assignments (job_id, epoch, "
	    "attempt, bot_id, inc, timestamp, status, lease_tick, "
	    "given_tick, lease_at, lease_ms) VALUES (?, ?, ?, ?, ?, ?, "
	    "'assigned', ?7, ?7, ?8, ?9)", "siissiiii", a->job, a->epoch,
	    a->attempt, a->bot, a->inc, a->timestamp, a->lease.tick,
	    a->lease.at, a->lease.ms);
}

#define RENEW	"UPDATE assignments SET lease_tick = ?1, lease_at = ?2, " \
	"lease_ms = max(?3, lease_at + lease_ms - ?2) "

const struct pf_err *
pf_assignment_renew(struct pf_db *db, const struct pf_assignment *a,
    const struct pf_lease *l)
{
	return pf_db_run(db, NULL, RENEW "WHERE job_id = ?4 AND epoch = ?5 "
	    "AND attempt = ?6", "iiisii", l->tick, l->at, l->ms, a->job,
	    a->epoch, a->attempt);
}

const struct pf_err *
pf_assignment_start(struct pf_db *db, const struct pf_assignment *a,
    const struct pf_lease *l)
{
	return pf_db_run(db, NULL, "UPDATE assignments SET start_tick = ?4, "
	    "start_at = ?5, status = 'started' WHERE job_id = ?1 AND epoch = "
	    "?2 AND attempt = ?3 AND start_tick IS NULL", "siiii", a->job,
	    a->epoch, a->attempt, l->tick, l->at);
}

const struct pf_err *
pf_assignment_end(struct pf_db *db, const struct pf_assignment *a,
    const char *status, const char *result, int64_t now)
{
	return pf_db_run(db, NULL, "UPDATE assignments SET status = ?4, "
	    "result = ?5, ended_at = ?6 WHERE job_id = ?1 AND epoch = ?2 AND "
	    "attempt = ?3", "siissi", a->job, a->epoch, a->attempt, status,
	    result, now);
}

const struct pf_err *
pf_assignment_progress(struct pf_db *db, const char *job, int64_t epoch,
    int64_t attempt)
{
	return pf_db_run(db, NULL, "UPDATE assignments SET progress = 1 "
	    "WHERE job_id = ? AND epoch = ? AND attempt = ? AND progress = 0",
	    "sii", job, epoch, attempt);
}

const struct pf_err *
pf_assignment_logged(struct pf_db *db, const struct pf_assignment *a,
    int64_t end)
{
	return pf_db_run(db, NULL, "UPDATE assignments SET log_end = ?4 "
	    "WHERE job_id = ?1 AND epoch = ?2 AND attempt = ?3 AND "
	    "log_end < ?4", "siii", a->job, a->epoch, a->attempt, end);
}

const struct pf_err *
pf_assignment_renew_all(struct pf_db *db, int64_t *n, const struct pf_lease *l)
{
	return pf_db_run(db, n, RENEW "WHERE ended_at IS NULL", "iii",
	    l->tick, l->at, l->ms);
}

const struct pf_err *
pf_assignment_orphan(struct pf_assignment *a, bool *found, struct pf_db *db)
{
	const struct pf_err *err;
	struct pf_q q;

	if ((err = pf_q(&q, db, COLUMNS "JOIN bots b ON b.id = a.bot_id "
	    "WHERE a.ended_at IS NULL AND (b.gone_at IS NOT NULL OR "
	    "b.status = 'failed') LIMIT 1", "")) == NULL)
		err = one(a, found, &q);
	return err;
}
