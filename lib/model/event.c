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
