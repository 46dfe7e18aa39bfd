/*
 * What is counted by the way, counted anew; see audit.h.
 */
#include "store/placing.h"
#include "view/audit.h"

const struct pf_err *
pf_audit_drops(struct pf_db *db)
{
	const struct pf_err *err;

	if ((err = pf_db_run(db, NULL, "DELETE FROM drops", "")) != NULL)
		return err;
	/* One of an input that was known, the second at least, counts there. */
	return pf_db_run(db, NULL, "INSERT INTO drops SELECT d.bucket, "
	    "count(*), min(r.filed), max(r.filed) FROM (SELECT coalesce('{' "
	    "|| reply || '}' ->> '$.drop', '{' || reply || '}' ->> "
	    "'$.bucket') AS id, (SELECT min(filed) FROM "
	    "ledger AS l WHERE l.rid = results.rid) AS filed FROM "
	    "m.results WHERE kind = 'crash' AND reply LIKE "
	    "'%\"dropped\":true%' AND json_valid('{' || reply || "
	    "'}') AND ('{' || reply || '}' ->> '$.count') = 1) AS r JOIN "
	    "m.dropped AS d ON d.id = r.id GROUP BY 1", "");
}

/* Times that a crash left behind when it went to another bucket may stand. */
#define STANDS(col, is, of) \
	"(coalesce(d.n, 0) > 0 AND b." col " " is " " of " AND EXISTS (" \
	"SELECT 1 FROM ledger WHERE kind = 'crash' AND filed = b." col "))"
#define FIRST	"min(coalesce(x.a, d.first), coalesce(d.first, x.a))"
#define LAST	"max(coalesce(x.b, 0), coalesce(d.last, 0))"
#define OVER \
	"(b.type = '" PF_BUCKET_OVER_TYPE "' AND b.tool = '" \
	PF_BUCKET_OVER_TOOL "')"

const struct pf_err *
pf_audit_buckets(struct pf_q *q, struct pf_db *db)
{
	return pf_q(q, db, "SELECT 'buckets/' || b.id, CASE "
	    "WHEN b.samples <> coalesce(x.n, 0) THEN printf('it has %d "
	    "samples, not %d', coalesce(x.n, 0), b.samples) "
	    "WHEN b.dropped <> coalesce(d.n, 0) THEN printf('%d reports of it"
	    " were dropped, not %d', coalesce(d.n, 0), b.dropped) "
	    "WHEN b.first_seen > b.last_seen OR (b.first_seen IS NOT " FIRST
	    " AND NOT " STANDS("first_seen", "<", FIRST) ") THEN "
	    "'first_seen is not of its first crash' "
	    "WHEN b.last_seen IS NOT " LAST " AND NOT "
	    STANDS("last_seen", ">", LAST) " THEN "
	    "'last_seen is not of its last crash' "
	    "WHEN b.samples > 0 AND b.first_crash IS NOT (SELECT id FROM "
	    "m.crashes WHERE id IN " PF_IN_BUCKET("b.id") "ORDER BY "
	    "timestamp, rid, id LIMIT 1) THEN 'its first crash is another' "
	    "END, b.campaign, b.id, iif(b.samples > 0 AND NOT " OVER ", "
	    "c.type, NULL), c.tool, c.stack, c.output, c.signal, b.type, "
	    "b.tool, b.frames FROM m.buckets "
	    "AS b LEFT JOIN drops AS d ON d.bucket = b.id LEFT JOIN (SELECT "
	    "bucket, count(*) AS n, min(first_seen) AS a, max(first_seen) AS "
	    "b FROM m.placed GROUP BY bucket) AS x ON x.bucket = b.id "
	    "LEFT JOIN m.crashes AS c ON c.id = b.first_crash UNION ALL "
	    "SELECT 'crashes/' || c.job_id || '/' || c.hash, 'its bucket ' || "
	    "p.bucket || ' is gone', NULL, NULL, NULL, NULL, NULL, NULL, "
	    "NULL, NULL, NULL, NULL FROM m.placed AS p JOIN m.crashes AS c ON "
	    "c.id = p.id WHERE NOT EXISTS (SELECT 1 FROM m.buckets WHERE "
	    "id = p.bucket) AND NOT (p.bucket = '' AND c.rid = '')", "");
}

const struct pf_err *
pf_audit_corpora(struct pf_q *q, struct pf_db *db)
{
	return pf_q(q, db, "SELECT j.id, coalesce(m.file_count, 0), "
	    "coalesce(m.total_size, 0), coalesce(r.n, 0), "
	    "coalesce(r.size, 0), m.last_updated <> r.last FROM "
	    "(SELECT id FROM m.jobs UNION SELECT job_id FROM m.corpus_meta "
	    "UNION SELECT job_id FROM m.corpus) AS j LEFT JOIN (SELECT job_id,"
	    " count(*) AS n, sum(size) AS size, max(filed) AS last FROM "
	    "m.corpus GROUP BY job_id) AS r ON r.job_id = j.id LEFT JOIN "
	    "m.corpus_meta AS m ON m.job_id = j.id WHERE coalesce("
	    "m.file_count, 0) <> coalesce(r.n, 0) OR coalesce(m.total_size, "
	    "0) <> coalesce(r.size, 0) OR m.last_updated <> r.last", "");
}

const struct pf_err *
pf_audit_shared(struct pf_q *q, struct pf_db *db)
{
	return pf_q(q, db, "SELECT c.job_id, sum(s.n IS NULL), "
	    "sum(coalesce(s.n, 0) > 1) FROM m.corpus AS c JOIN "
	    "m.job_pools AS j ON j.job = c.job_id LEFT JOIN m.pools AS p ON "
	    "p.campaign = j.campaign AND p.target_hash = j.target_hash "
	    "LEFT JOIN (SELECT pool, job_id, hash, count(*) AS n FROM "
	    "m.shared GROUP BY 1, 2, 3) AS s ON s.pool = p.id "
	    "AND s.job_id = c.job_id AND s.hash = c.hash GROUP BY 1 "
	    "HAVING sum(s.n IS NOT 1) > 0", "");
}

/* Kinds whose bytes may be given up; of logs it is not known. */
#define DROPS	"('crash', 'corpus', 'check', 'small')"
/* What is kept of checks and smaller inputs. */
#define CHECKED \
	"(SELECT job_id, size FROM m.check_records WHERE report <> '' UNION " \
	"ALL SELECT job_id, size FROM m.smalls)"
/* The most a sample told is known while none was thinned out. */
#define WANT \
	"WITH kinds (k) AS (VALUES ('crash'), ('corpus'), ('coverage'), " \
	"('status'), ('log'), ('check'), ('small')), had AS " CHECKED \
	", want (name, scope, value) AS (" \
	"SELECT 'crashes', '', count(*) FROM m.crashes UNION ALL " \
	"SELECT 'crashes', job_id, count(*) FROM m.crashes GROUP BY job_id " \
	"UNION ALL SELECT 'crash_bytes', '', coalesce(sum(size + report), 0) " \
	"FROM m.crashes UNION ALL SELECT 'crash_bytes', job_id, " \
	"sum(size + report) FROM m.crashes GROUP BY job_id UNION ALL " \
	"SELECT 'check_bytes', '', coalesce(sum(size), 0) FROM had UNION ALL " \
	"SELECT 'check_bytes', job_id, sum(size) FROM had GROUP BY job_id " \
	"UNION ALL " \
	"SELECT 'buckets', '', count(*) FROM m.buckets UNION ALL " \
	"SELECT 'buckets', campaign, count(*) FROM m.buckets GROUP BY " \
	"campaign UNION ALL " \
	"SELECT 'corpus_files', '', count(*) FROM m.corpus UNION ALL " \
	"SELECT 'corpus_bytes', '', coalesce(sum(size), 0) FROM m.corpus " \
	"UNION ALL SELECT 'results_' || k, '', coalesce(r.n, 0) + coalesce((" \
	"SELECT value FROM m.counters WHERE name = 'swept_' || k AND scope = " \
	"''), 0) FROM kinds LEFT JOIN (SELECT kind, count(*) AS n FROM " \
	"m.results GROUP BY kind) AS r ON r.kind = k UNION ALL " \
	"SELECT 'dropped_' || k, '', (SELECT count(*) FROM m.results WHERE " \
	"kind = k AND reply LIKE '%\"dropped\":true%') FROM kinds WHERE k IN " \
	DROPS " UNION ALL " \
	"SELECT name, '', sum(value * (scope <> '')) FROM m.counters " \
	"WHERE name IN ('log_bytes', 'log_gone') GROUP BY 1 UNION ALL " \
	"SELECT 'dropped_' || kind, job, count(*) FROM m.results WHERE kind " \
	"IN " DROPS " AND reply LIKE '%\"dropped\":true%' GROUP BY " \
	"kind, job UNION ALL " \
	"SELECT 'jobs_' || status, '', count(*) FROM m.jobs GROUP BY status " \
	"UNION ALL SELECT 'archived_' || status, '', count(*) FROM m.jobs " \
	"WHERE archived_at IS NOT NULL GROUP BY status " \
	"UNION ALL SELECT 'bots_' || status, '', count(*) FROM m.bots WHERE " \
	"gone_at IS NULL GROUP BY status UNION ALL " \
	"SELECT 'edges', job_id, max(edges) FROM m.coverage GROUP BY job_id " \
	"UNION ALL SELECT 'sampled', c.job_id, max(min(c.timestamp, " \
	"coalesce((SELECT max(filed) FROM ledger AS l WHERE l.rid = c.id), " \
	"c.timestamp))) FROM m.coverage AS c GROUP BY c.job_id) "

/* What nothing but the counter knows, of all and of jobs that are there. */
#define KEPT \
	"((c.scope = '' OR EXISTS (SELECT 1 FROM m.jobs WHERE id = c.scope)) " \
	"AND (c.name IN ('log_bytes', 'dropped_log', 'overflow_crash', " \
	"'foreign_status', 'foreign_log', 'refused_blob', 'refused_other', " \
	"'log_gone') " \
	"OR c.name IN (SELECT 'swept_' || k FROM kinds) OR c.name IN (SELECT " \
	"'refused_' || k FROM kinds)))"
/* A log that was measured while its lines, which say so, are all there. */
#define MEASURED \
	"(SELECT max(o.line ->> '$.kept') FROM ledger AS o WHERE o.job = " \
	"c.scope AND o.kind = 'log' AND NOT EXISTS (SELECT 1 FROM m.counters " \
	"WHERE name = 'swept_log'))"

const struct pf_err *
pf_audit_given(struct pf_q *q, struct pf_db *db)
{
	return pf_q(q, db, "SELECT 'campaigns/' || p.name, printf('%d wait "
	    "and %d run by its counts; counted anew %d and %d', p.pending, "
	    "p.running, coalesce(n.pending, 0), coalesce(n.running, 0)), '' "
	    "FROM m.campaigns AS p LEFT JOIN (SELECT campaign, sum(status = "
	    "'pending' AND waiting = 0) AS pending, sum(status <> 'pending') "
	    "AS running FROM m.jobs WHERE completed_at IS NULL GROUP BY "
	    "campaign) AS n ON n.campaign = p.id WHERE p.pending <> "
	    "coalesce(n.pending, 0) OR p.running <> coalesce(n.running, 0) "
	    "UNION ALL SELECT 'jobs/' || j.id, printf('it waits for %d files;"
	    " %d are missing', j.waiting, coalesce(b.n, 0)), '' FROM m.jobs "
	    "AS j LEFT JOIN (SELECT job, count(*) AS n FROM m.job_blobs WHERE"
	    " missing = 1 GROUP BY job) AS b ON b.job = j.id WHERE "
	    "j.completed_at IS NULL AND j.waiting <> coalesce(b.n, 0) "
	    "UNION ALL SELECT 'checks/' || c.hash || '/' || c.target || '/' "
	    "|| c.build, 'its sums are not those of its records', '' FROM "
	    "m.checks AS c LEFT JOIN (SELECT campaign, hash, target, build, "
	    "sum(runs) AS a, sum(crashed) AS b, sum(same) AS s, count(*) AS n"
	    " FROM m.check_records GROUP BY 1, 2, 3, 4) AS r ON (r.campaign, "
	    "r.hash, r.target, r.build) = (c.campaign, c.hash, c.target, "
	    "c.build) WHERE (c.runs, c.crashed, c.same, c.records) IS NOT "
	    "(r.a, r.b, r.s, r.n) OR NOT EXISTS (SELECT 1 FROM "
	    "m.check_records WHERE rid = c.best) UNION ALL SELECT 'checks/' "
	    "|| hash || '/' || target || '/' || build, 'its records are not "
	    "summed up', '' FROM m.check_records AS r WHERE NOT EXISTS "
	    "(SELECT 1 FROM m.checks AS c WHERE (r.campaign, r.hash, "
	    "r.target, r.build) = (c.campaign, c.hash, c.target, c.build)) "
	    "UNION ALL "
	    "SELECT 'crash_bots/' || crash || '/' || bot, 'its crash is gone',"
	    " '' FROM m.crash_bots WHERE crash NOT IN (SELECT id FROM "
	    "m.crashes)",
	    "");
}

const struct pf_err *
pf_audit_counters(struct pf_q *q, struct pf_db *db)
{
	return pf_q(q, db, WANT "SELECT 'counters/' || w.name || iif(w.scope "
	    "= '', '', '/' || w.scope), printf('it is %d; counted anew %d', "
	    "coalesce(c.value, 0), w.value), w.scope FROM want AS w LEFT JOIN "
	    "m.counters AS c ON c.name = w.name AND c.scope = w.scope WHERE "
	    "coalesce(c.value, 0) <> w.value AND NOT (w.name = 'edges' AND "
	    "coalesce(c.value, 0) > w.value AND EXISTS (SELECT 1 FROM "
	    "m.counters WHERE name = 'swept_coverage')) UNION ALL "
	    "SELECT 'counters/' || c.name || iif(c.scope = '', '', '/' || "
	    "c.scope), printf('it is %d, and nothing to be counted', c.value)"
	    ", c.scope FROM m.counters AS c LEFT JOIN want AS w ON w.name = "
	    "c.name AND w.scope = c.scope WHERE w.name IS NULL AND c.value "
	    "<> 0 AND NOT " KEPT " UNION ALL "
	    "SELECT 'counters/log_bytes/' || c.scope, printf('it is %d, and "
	    "was never so', c.value), c.scope FROM m.counters AS c WHERE "
	    "c.name = 'log_bytes' AND c.scope <> '' AND " MEASURED " IS NOT "
	    "NULL AND c.value NOT IN (SELECT o.line ->> '$.kept' FROM ledger "
	    "AS o WHERE o.job = c.scope AND o.kind = 'log' AND (o.line ->> "
	    "'$.kept') IS NOT NULL) UNION ALL "
	    "SELECT 'coverage/' || job, 'the new edges that were answered are"
	    " not those of its samples', job FROM (SELECT job, sum('{' || "
	    "reply || '}' ->> '$.new_edges') AS n FROM m.results WHERE kind ="
	    " 'coverage' AND json_valid('{' || reply || '}') GROUP BY job) AS "
	    "r WHERE n IS NOT (SELECT max(edges) FROM m.coverage WHERE job_id "
	    "= r.job) AND NOT EXISTS (SELECT 1 FROM m.counters WHERE name = "
	    "'swept_coverage')", "");
}
