/*
 * What must hold of any database of ours, whatever happened: counters are
 * what they count, a job that is held has one live lease and its bot has
 * that job, and the last event of a job tells its state.
 */
#ifndef PF_SOUND_H
#define PF_SOUND_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>

#include "store/db.h"

/* True if there is no such row. */
static inline bool
sound(struct pf_db *db)
{
	int64_t bad = 1;

	return pf_db_int(db, &bad, NULL, "SELECT "
	    "(SELECT count(*) FROM (SELECT status, count(*) AS n FROM jobs "
	    "GROUP BY status) AS j LEFT JOIN counters AS c ON c.name = "
	    "'jobs_' || j.status AND c.scope = '' WHERE j.n IS NOT c.value) + "
	    "(SELECT count(*) FROM campaigns AS c WHERE pending <> (SELECT "
	    "count(*) FROM jobs WHERE campaign = c.id AND status = 'pending' "
	    "AND waiting = 0) OR EXISTS (SELECT 1 FROM jobs WHERE waiting <> "
	    "(SELECT count(*) FROM job_blobs WHERE job = jobs.id AND missing))"
	    " OR running <> (SELECT count(*) FROM jobs WHERE campaign = c.id "
	    "AND status IN ('assigned', 'running'))) + "
	    "(SELECT count(*) FROM jobs AS j WHERE (status IN ('assigned', "
	    "'running')) <> EXISTS (SELECT 1 FROM assignments WHERE job_id = "
	    "j.id AND status IN ('assigned', 'started'))) + "
	    "(SELECT count(*) FROM bots AS b WHERE gone_at IS NULL AND "
	    "(current_job IS NOT NULL) <> EXISTS (SELECT 1 FROM assignments "
	    "WHERE bot_id = b.id AND status IN ('assigned', 'started'))) + "
	    "(SELECT count(*) FROM jobs AS j WHERE status <> coalesce((SELECT "
	    "now FROM events WHERE kind = 'job' AND subject = j.id AND now <> "
	    "'cancelling' ORDER BY id DESC LIMIT 1), ''))", "") == NULL &&
	    bad == 0;
}

/* Statements are prepared once: how often one was prepared once more. */
static inline int
anew(struct pf_db *db)
{
	sqlite3_stmt *st = NULL;
	int n = 0, k;

	while ((st = sqlite3_next_stmt(pf_db_handle(db), st)) != NULL) {
		k = sqlite3_stmt_status(st, SQLITE_STMTSTATUS_REPREPARE, 0);
		if (k > 0)
			fprintf(stderr, "# %d times: %s\n", k,
			    sqlite3_sql(st));
		n += k;
	}
	return n;
}

#endif
