/*
 * Events; see event.h.
 */
#include "model/event.h"

const struct pf_err *
pf_event_add(struct pf_db *db, const struct pf_event *e)
{
	return pf_db_run(db, NULL, "INSERT INTO events (time, kind, subject, "
	    "was, now, who, why) VALUES (?, ?, ?, ?, ?, ?, ?)", "issssss",
	    e->time, e->kind, e->subject, e->was, e->now, e->who, e->why);
}

/* Ids grow with time, but for a clock that was set back. */
const struct pf_err *
pf_event_sweep(struct pf_db *db, int64_t *n, int64_t before, int64_t max)
{
	return pf_db_run(db, n, "DELETE FROM events WHERE id IN (SELECT id "
	    "FROM (SELECT id, time FROM events ORDER BY id LIMIT ?2) WHERE "
	    "time < ?1) AND id < (SELECT max(id) FROM events)", "ii",
	    before, max);
}
