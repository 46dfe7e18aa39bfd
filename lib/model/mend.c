/*
 * Rows of results made anew; see mend.h.
 */
#include <string.h>

#include "model/mend.h"

#define J	PF_REPLY
#define DROPPED	PF_REPLY_DROPPED
/* Reports of a job's crashes. */
#define REPORTS \
	"kind = 'crash' AND job = ?1 AND json_valid(" J ") AND NOT " \
	PF_REPLY_APART

const struct pf_err *
pf_mend_coverage(struct pf_db *db, const char *rid)
{
	return pf_db_run(db, NULL, "DELETE FROM coverage WHERE id = ?", "s",
	    rid);
}

const struct pf_err *
pf_mend_corpus(struct pf_db *db, const char *job, const char *hash,
    const char *rid)
{
	return pf_db_run(db, NULL, "DELETE FROM corpus WHERE (job_id = ?1 AND"
	    " hash = ?2) OR rid = ?3", "sss", job, hash, rid);
}

const struct pf_err *
pf_mend_stats(struct pf_db *db, const char *job)
{
	return pf_db_run(db, NULL, "DELETE FROM job_stats WHERE job_id = ?",
	    "s", job);
}

/* Which bots reported them, and how often each. */
static const struct pf_err *
mend_bots(struct pf_db *db, const char *job)
{
	const struct pf_err *err;

	if ((err = pf_db_run(db, NULL, "INSERT INTO crash_bots (crash, bot, "
	    "first_seen, last_seen, count) SELECT c.id, x.bot, c.first_seen, "
	    "c.last_seen, x.n FROM (SELECT " J " ->> '$.id' AS id, bot, "
	    "count(*) AS n FROM results WHERE " REPORTS " GROUP BY 1, 2) AS x "
	    "JOIN crashes AS c ON c.id = x.id AND c.job_id = ?1 WHERE true "
	    "ON CONFLICT (crash, bot) DO UPDATE SET count = excluded.count "
	    "WHERE count <> excluded.count", "s", job)) != NULL)
		return err;
	return pf_db_run(db, NULL, "DELETE FROM crash_bots WHERE crash IN "
	    "(SELECT id FROM crashes WHERE job_id = ?1) AND (crash, bot) NOT "
	    "IN (SELECT " J " ->> '$.id', bot FROM results WHERE " REPORTS
	    ")", "s", job);
}

/*
 * What was answered of edges must add up to the most of them.  If it does
 * not, it is what the samples, in the order of their times, make of it.
 */
static const struct pf_err *
mend_edges(struct pf_db *db, const char *job)
{
	return pf_db_run(db, NULL, "UPDATE results SET reply = substr("
	    "json_set(" J ", '$.new_edges', x.n), 2, length(json_set(" J ", "
	    "'$.new_edges', x.n)) - 2) FROM (SELECT id, max(0, edges - "
	    "coalesce(max(edges) OVER (ORDER BY timestamp, id ROWS BETWEEN "
	    "UNBOUNDED PRECEDING AND 1 PRECEDING), 0)) AS n FROM coverage "
	    "WHERE job_id = ?1) AS x WHERE rid = x.id AND json_valid(" J ") "
	    "AND (SELECT sum(" J " ->> '$.new_edges') FROM results WHERE kind "
	    "= 'coverage' AND job = ?1 AND json_valid(" J ")) IS NOT (SELECT "
	    "max(edges) FROM coverage WHERE job_id = ?1)", "s", job);
}

const struct pf_err *
pf_mend_replies(struct pf_db *db, const char *job)
{
	const struct pf_err *err;

	if ((err = pf_db_run(db, NULL, "UPDATE results SET reply = substr("
	    "json_set(" J ", '$.count', x.n), 2, length(json_set(" J ", "
	    "'$.count', x.n)) - 2) FROM (SELECT rid AS r, row_number() OVER ("
	    "PARTITION BY " J " ->> '$.id' ORDER BY " J " ->> '$.count', rid)"
	    " AS n FROM results WHERE " REPORTS " AND EXISTS (SELECT 1 FROM "
	    "crashes WHERE id = " J " ->> '$.id' AND job_id = ?1)) AS x "
	    "WHERE rid = x.r AND (" J " ->> '$.count') <> x.n", "s",
	    job)) != NULL)
		return err;
	if ((err = pf_db_run(db, NULL, "UPDATE crashes SET count = x.n, "
	    "is_unique = coalesce(x.u, is_unique) FROM (SELECT " J " ->> "
	    "'$.id' AS c, count(*) AS n, max(iif((" J " ->> '$.count') = 1, "
	    J " ->> '$.unique', NULL)) AS u FROM results WHERE " REPORTS
	    " GROUP BY 1) AS x WHERE id = "
	    "x.c AND job_id = ?1 AND (count, is_unique) IS NOT (x.n, x.u)",
	    "s", job)) != NULL || (err = mend_bots(db, job)) != NULL ||
	    (err = mend_edges(db, job)) != NULL)
		return err;
	return pf_db_run(db, NULL, "UPDATE results SET reply = substr("
	    "json_set(" J ", '$.unique', json(x.u)), 2, length(json_set(" J
	    ", '$.unique', json(x.u))) - 2) FROM (SELECT rid AS r, iif(EXISTS"
	    " (SELECT 1 FROM corpus WHERE rid = results.rid AND job_id = ?1),"
	    " 'true', 'false') AS u FROM results WHERE kind = 'corpus' AND "
	    "job = ?1 AND json_valid(" J ")) AS x WHERE rid = x.r AND "
	    "json_type(" J ", '$.unique') IS NOT x.u", "s", job);
}

/*
 * Each input is in the pool of its job once, under the newest number it has
 * there.  What no input is of goes, but for the last number of a pool, which
 * must not be given again.
 */
static const struct pf_err *
mend_shared(struct pf_db *db)
{
	const struct pf_err *err;

	if ((err = pf_db_run(db, NULL, "INSERT INTO pools (campaign, "
	    "target_hash) SELECT DISTINCT campaign, target_hash FROM "
	    "job_pools AS j WHERE EXISTS (SELECT 1 FROM corpus WHERE "
	    "job_id = j.job) "
	    "ON CONFLICT (campaign, target_hash) DO NOTHING", "")) != NULL ||
	    (err = pf_db_run(db, NULL, "DELETE FROM shared WHERE (pool, seq) "
	    "IN (SELECT pool, seq FROM (SELECT s.pool, s.seq, c.hash IS NULL "
	    "OR p.id IS NULL AS gone, max(s.seq) OVER (PARTITION BY s.pool, "
	    "s.job_id, s.hash) AS newest, max(s.seq) OVER (PARTITION BY "
	    "s.pool) AS last FROM shared AS s LEFT JOIN corpus AS c ON "
	    "c.job_id = s.job_id AND c.hash = s.hash LEFT JOIN job_pools AS j "
	    "ON j.job = s.job_id LEFT JOIN pools AS p ON p.id = s.pool AND "
	    "p.campaign = j.campaign AND p.target_hash = j.target_hash) "
	    "WHERE seq < last AND (gone OR seq < newest))", "")) != NULL)
		return err;
	return pf_db_run(db, NULL, "INSERT INTO shared (pool, seq, job_id, "
	    "hash) SELECT p.id, coalesce((SELECT max(seq) FROM shared WHERE "
	    "pool = p.id), 0) + row_number() OVER (PARTITION BY p.id ORDER BY"
	    " c.filed, c.job_id, c.hash), c.job_id, c.hash FROM corpus AS c "
	    "JOIN job_pools AS j ON j.job = c.job_id JOIN pools AS p ON "
	    "p.campaign = j.campaign AND p.target_hash = j.target_hash "
	    "LEFT JOIN (SELECT pool, "
	    "job_id, hash, count(*) AS n FROM shared GROUP BY 1, 2, 3)"
	    " AS s ON s.pool = p.id AND s.job_id = c.job_id AND s.hash = "
	    "c.hash WHERE s.n IS NULL", "");
}

/* What a claim goes by: the files a job waits for, the jobs of a campaign. */
static const struct pf_err *
mend_given(struct pf_db *db)
{
	const struct pf_err *err;

	if ((err = pf_db_run(db, NULL, "UPDATE jobs SET waiting = b.n FROM "
	    "(SELECT j.id, (SELECT count(*) FROM job_blobs WHERE job = j.id "
	    "AND missing = 1) AS n FROM jobs AS j WHERE j.completed_at IS "
	    "NULL) AS b WHERE jobs.id = b.id AND waiting <> b.n", "")) !=
	    NULL)
		return err;
	return pf_db_run(db, NULL, "UPDATE campaigns SET pending = n.pending,"
	    " running = n.running FROM (SELECT p.id, coalesce(sum(j.status = "
	    "'pending' AND j.waiting = 0), 0) AS pending, coalesce(sum("
	    "j.status <> 'pending'), 0) AS running FROM campaigns AS p LEFT "
	    "JOIN jobs AS j ON j.campaign = p.id AND j.completed_at IS NULL "
	    "GROUP BY p.id) AS n WHERE campaigns.id = n.id AND "
	    "(campaigns.pending, campaigns.running) <> (n.pending, "
	    "n.running)", "");
}

/* Kinds whose bytes may be given up; of logs it is not known. */
#define DROPS	"('crash', 'corpus', 'check', 'small')"
/* What is kept of checks and smaller inputs. */
#define CHECKED \
	"(SELECT job_id, size FROM check_records WHERE report <> '' UNION " \
	"ALL SELECT job_id, size FROM smalls)"
#define WANT \
	"WITH kinds (k) AS (VALUES ('crash'), ('corpus'), ('coverage'), " \
	"('status'), ('log'), ('check'), ('small')), want (name, scope, " \
	"value) AS (" \
	"SELECT 'crashes', '', count(*) FROM crashes UNION ALL " \
	"SELECT 'crashes', job_id, count(*) FROM crashes GROUP BY job_id " \
	"UNION ALL SELECT 'crash_bytes', '', coalesce(sum(size + report), 0) " \
	"FROM crashes UNION ALL SELECT 'crash_bytes', job_id, " \
	"sum(size + report) FROM crashes GROUP BY job_id UNION ALL " \
	"SELECT 'check_bytes', '', coalesce(sum(size), 0) FROM " CHECKED \
	" UNION ALL SELECT 'check_bytes', job_id, sum(size) FROM " CHECKED \
	" GROUP BY job_id UNION ALL " \
	"SELECT 'buckets', '', count(*) FROM buckets UNION ALL " \
	"SELECT 'buckets', campaign, count(*) FROM buckets GROUP BY campaign " \
	"UNION ALL " \
	"SELECT 'corpus_files', '', count(*) FROM corpus UNION ALL " \
	"SELECT 'corpus_bytes', '', coalesce(sum(size), 0) FROM corpus " \
	"UNION ALL SELECT 'results_' || k, '', (SELECT count(*) FROM results" \
	" WHERE kind = k) + coalesce((SELECT value FROM counters WHERE name " \
	"= 'swept_' || k AND scope = ''), 0) FROM kinds UNION ALL " \
	"SELECT 'dropped_' || k, '', (SELECT count(*) FROM results WHERE " \
	"kind = k AND " DROPPED ") FROM kinds WHERE k IN " DROPS \
	" UNION ALL SELECT 'dropped_' || kind, job, count(*) FROM results " \
	"WHERE kind IN " DROPS " AND " DROPPED " GROUP BY kind, job" \
	" UNION ALL SELECT name, '', sum(value * (scope <> '')) FROM " \
	"counters WHERE name IN ('log_bytes', 'log_gone') GROUP BY 1 " \
	"UNION ALL " \
	"SELECT 'jobs_' || status, '', count(*) FROM jobs GROUP BY status " \
	"UNION ALL SELECT 'archived_' || status, '', count(*) FROM jobs " \
	"WHERE archived_at IS NOT NULL GROUP BY status " \
	"UNION ALL SELECT 'bots_' || status, '', count(*) FROM bots WHERE " \
	"gone_at IS NULL GROUP BY status UNION ALL " \
	"SELECT 'edges', job_id, max(edges) FROM coverage GROUP BY job_id " \
	"UNION ALL SELECT 'sampled', job_id, max(timestamp) FROM coverage " \
	"GROUP BY job_id) "

/* What nothing but the counter knows, of all and of jobs that are there. */
#define KEPT \
	"((scope = '' OR EXISTS (SELECT 1 FROM jobs WHERE id = c.scope)) AND " \
	"(name IN ('log_bytes', 'dropped_log', 'overflow_crash', " \
	"'foreign_status', 'foreign_log', 'refused_blob', 'refused_other', " \
	"'log_gone') " \
	"OR name IN (SELECT 'swept_' || k FROM kinds) OR name IN (SELECT " \
	"'refused_' || k FROM kinds)))"

const struct pf_err *
pf_mend_counters(struct pf_db *db)
{
	const struct pf_err *err;

	/* Those of no job, and of no name of ours, count nothing. */
	if ((err = mend_shared(db)) != NULL ||
	    (err = mend_given(db)) != NULL || (err = pf_db_run(db, NULL,
	    WANT "DELETE FROM counters AS c WHERE NOT EXISTS (SELECT 1 FROM "
	    "want WHERE name = c.name AND scope = c.scope) AND NOT " KEPT,
	    "")) != NULL || (err = pf_db_run(db, NULL, "DELETE FROM "
	    "crash_bots WHERE crash NOT IN (SELECT id FROM crashes)", "")) !=
	    NULL)
		return err;
	return pf_db_run(db, NULL, WANT "INSERT INTO counters (name, scope, "
	    "value) SELECT name, scope, value FROM want WHERE true ON CONFLICT"
	    " (name, scope) DO UPDATE SET value = excluded.value WHERE value "
	    "<> excluded.value AND NOT (name = 'edges' AND value > "
	    "excluded.value AND EXISTS (SELECT 1 FROM counters WHERE name = "
	    "'swept_coverage')) AND NOT (name = 'sampled' AND value < "
	    "excluded.value AND excluded.value > unixepoch() * 1000)", "");
}
