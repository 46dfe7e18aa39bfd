/*
 * What must hold of any database of ours, whatever happened: counters are
 * what they count, a job that is held has one live lease and its bot has
 * that job, the last event of a job tells its state, and nothing that a restore
 * goes by changes without an event.
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

/*
 * What a description in metadata/ is held against: all of a job with its
 * leases, a bot and a campaign that has to be an event when it changes.
 */
#define DESCRIBED \
	"SELECT 'job' AS kind, id, json_array(priority, status, " \
	"assigned_bot, started_at, completed_at, timeout_at, epoch, attempt, " \
	"strikes, cancel, message, archived_at, (SELECT json_group_array(" \
	"json_array(a.epoch, attempt, bot_id, inc, timestamp, a.status, " \
	"start_tick, ended_at, result, given_tick)) FROM assignments AS a " \
	"WHERE job_id = jobs.id)) AS text FROM jobs UNION ALL " \
	"SELECT 'bot', id, json_array(status, inc, capabilities, current_job," \
	" registered_at, failure_count, drain, gone_at) FROM bots UNION ALL " \
	"SELECT 'campaign', id, json_array(name, weight, created_at, " \
	"ended_at, status, description, tags) FROM campaigns"

/* To be called before any statement is prepared. */
static inline void
told_begin(struct pf_db *db)
{
	if (pf_db_run(db, NULL, "CREATE TEMP TABLE described (kind TEXT, id "
	    "TEXT, text TEXT, event INTEGER, PRIMARY KEY (kind, id)) WITHOUT "
	    "ROWID", "") != NULL)
		fprintf(stderr, "# no table\n");
}

/* True if whatever is another than at the last call has an event since. */
static inline bool
told(struct pf_db *db)
{
	int64_t bad = 1;

	if (pf_db_int(db, &bad, NULL, "SELECT count(*) FROM (" DESCRIBED ") "
	    "AS n JOIN described AS d ON d.kind = n.kind AND d.id = n.id "
	    "WHERE d.text <> n.text AND NOT EXISTS (SELECT 1 FROM events WHERE"
	    " id > d.event AND kind = n.kind AND subject = n.id)", "") !=
	    NULL || bad != 0) {
		fprintf(stderr, "# %d changes without an event\n", (int)bad);
		return false;
	}
	return pf_db_run(db, NULL, "REPLACE INTO described SELECT kind, id, "
	    "text, (SELECT coalesce(max(id), 0) FROM events) FROM ("
	    DESCRIBED ")", "") == NULL;
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
