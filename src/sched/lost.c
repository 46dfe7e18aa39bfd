/*
 * What jobs refer to and no file describes any more, made in its name only.
 *
 * A bot of which nothing is known has gone: should it be there after all it
 * registers anew.  A campaign is active, as what it had ended says itself.
 */
#include <stdlib.h>

#include "os/clock.h"
#include "sched/remake.h"

/* Each id that the query finds is told of. */
static const struct pf_err *
tell(struct pf_db *db, const char *what, const char *sql)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	bool more = true;

	err = pf_q(&q, db, sql, "");
	while (err == NULL && (err = pf_q_row(&q, &more)) == NULL && more)
		pf_warn("%s %.64s: nothing in the tree describes it: no more "
		    "is known than that jobs name it", what, pf_q_text(&q, 0));
	pf_q_done(&q);
	return err;
}

const struct pf_err *
remake_lost(struct remake *r)
{
	const struct pf_err *err;
	struct pf_db *db = r->act.db;
	int64_t now = pf_wall_ms();

	if ((err = tell(db, "bot", "SELECT DISTINCT bot_id FROM assignments "
	    "WHERE bot_id NOT IN (SELECT id FROM bots)")) != NULL ||
	    (err = pf_db_run(db, NULL, "INSERT INTO bots (id, name, hostname,"
	    " status, inc, capabilities, registered_at, last_seen, "
	    "timeout_at, is_online, gone_at, lease_tick) SELECT bot_id, "
	    "'lost', 'unknown', 'failed', max(inc), '[]', min(timestamp), "
	    "max(timestamp), max(timestamp), 0, ?, 0 FROM assignments WHERE "
	    "bot_id NOT IN (SELECT id FROM bots) GROUP BY bot_id", "i",
	    now)) != NULL ||
	    (err = tell(db, "campaign", "SELECT DISTINCT campaign FROM jobs "
	    "WHERE campaign NOT IN (SELECT id FROM campaigns)")) != NULL)
		return err;
	return pf_db_run(db, NULL, "INSERT INTO campaigns (id, name, "
	    "created_at) SELECT campaign, 'lost ' || campaign, min("
	    "created_at) FROM jobs WHERE campaign NOT IN (SELECT id FROM "
	    "campaigns) GROUP BY campaign", "");
}
