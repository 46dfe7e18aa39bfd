/*
 * Lines of the ledger and the rows they are of, for mending; see audit.h.
 */
#include <string.h>

#include "codec/json.h"
#include "view/audit.h"

const struct pf_err *
pf_audit_line(struct pf_buf *text, struct pf_audit_seen *seen, bool *found,
    struct pf_db *db, const char *rid)
{
	const struct pf_err *err;
	struct pf_q q;

	*seen = (struct pf_audit_seen){ .first = 0 };
	*found = false;
	/* It keeps the name it has, if that is one of its own. */
	if ((err = pf_q(&q, db, "WITH l AS (SELECT * FROM ledger WHERE rid = "
	    "? ORDER BY id LIMIT 1), o AS (SELECT o.* FROM ledger AS o JOIN l "
	    "ON o.job = l.job AND o.hash = l.hash AND o.kind = l.kind) "
	    "SELECT l.line, (SELECT min(filed) FROM o), (SELECT max(filed) "
	    "FROM o), coalesce((SELECT c.id FROM m.crashes AS c WHERE "
	    "c.job_id = l.job AND c.hash = l.hash AND c.id IN (SELECT crash "
	    "FROM o)), (SELECT crash FROM o ORDER BY stored DESC, id LIMIT 1),"
	    " '') FROM l", "s", rid)) == NULL)
		err = pf_q_row(&q, found);
	if (err == NULL && *found) {
		pf_buf_adds(text, pf_q_text(&q, 0));
		seen->first = pf_q_int(&q, 1);
		seen->last = pf_q_int(&q, 2);
		pf_q_copy(&q, 3, seen->id, sizeof(seen->id));
	}
	pf_q_done(&q);
	return err;
}

/*
 * The least of those that were counted, and not as one of a bucket only; an
 * old row is of its first one.
 */
static const char *const origin[PF_AUDIT_MAX] = {
	[PF_AUDIT_CRASHES] = "SELECT l.rid FROM ledger AS l LEFT JOIN "
	    "m.crashes AS c ON c.job_id = l.job AND c.hash = l.hash WHERE "
	    "l.job = ?1 AND l.hash = ?2 AND l.kind = 'crash' AND (l.line ->> "
	    "'$.brief') IS NULL ORDER BY EXISTS "
	    "(SELECT 1 FROM m.results AS r WHERE r.rid = l.rid AND r.reply "
	    "NOT LIKE '%\"dropped\":true%\"count\":1,%') DESC, coalesce("
	    "c.rid = '' AND c.id = l.crash, 0) DESC, l.time, l.rid LIMIT 1",
	[PF_AUDIT_CORPUS] = "SELECT l.rid FROM ledger AS l WHERE "
	    "l.job = ?1 AND l.hash = ?2 AND l.kind = 'corpus' AND l.stored "
	    "ORDER BY EXISTS (SELECT 1 FROM m.results AS r WHERE r.rid = "
	    "l.rid) DESC, l.time, l.rid LIMIT 1",
};

const struct pf_err *
pf_audit_line_of(char rid[65], bool *found, struct pf_db *db,
    enum pf_audit a, const char *job, const char *hash)
{
	const struct pf_err *err;
	struct pf_q q;

	*found = false;
	if ((err = pf_q(&q, db, origin[a], "ss", job, hash)) == NULL)
		err = pf_q_row(&q, found);
	if (err == NULL && *found)
		pf_q_copy(&q, 0, rid, 65);
	pf_q_done(&q);
	return err;
}

const struct pf_err *
pf_audit_input(char rid[65], bool *found, bool *stored, struct pf_db *db,
    const char *kind, const char *job, const char *hash)
{
	const struct pf_err *err;
	struct pf_q q;

	*found = false;
	if ((err = pf_q(&q, db, "SELECT rid, stored FROM ledger WHERE job = "
	    "?1 AND hash = ?2 AND kind = ?3 ORDER BY stored DESC, id LIMIT 1",
	    "sss", job, hash, kind)) == NULL)
		err = pf_q_row(&q, found);
	if (err == NULL && *found) {
		pf_q_copy(&q, 0, rid, 65);
		*stored = pf_q_int(&q, 1) != 0;
	}
	pf_q_done(&q);
	return err;
}

#define CRASH \
	"'hash', c.hash, 'size', c.size, 'type', c.type, 'signal', c.signal, " \
	"'exit_code', c.exit_code, 'tool', c.tool, 'stack', c.stack, " \
	"'output', c.output, 'command', c.command, 'engine', c.engine, " \
	"'target_hash', c.target_hash, 'run_seed', c.run_seed, 'report', " \
	"c.report, 'overflow', (SELECT 1 FROM m.buckets AS b JOIN m.placed " \
	"AS p ON p.bucket = b.id WHERE p.id = c.id AND type = '" \
	PF_BUCKET_OVER_TYPE "' AND tool = '" PF_BUCKET_OVER_TOOL "')"

#define STATS \
	"'given', json('true'), 'seq', s.seq, 'epoch', s.epoch, " \
	"'attempt', s.attempt, 'executions', s.executions, " \
	"'execs_per_sec', s.execs_per_sec, 'edges', s.edges, 'total_edges', " \
	"s.total_edges, 'corpus_count', s.corpus_count, 'crash_count', " \
	"s.crash_count, 'hang_count', s.hang_count, 'peak_rss_mb', " \
	"s.peak_rss_mb, 'stability', s.stability, 'state', s.state, " \
	"'health', s.health"

/*
 * A second report of an input is known to have been made, not of which: such
 * a line says that its bytes were not kept, and the rid stands for its hash.
 */
static const char *const made[PF_AUDIT_MAX] = {
	[PF_AUDIT_RESULTS] = "SELECT r.kind, CASE r.kind WHEN 'crash' THEN "
	    "coalesce((SELECT json_object('rid', r.rid, 'job', r.job, 'bot', "
	    "r.bot, 'time', r.time, 'filed', iif((r.j ->> '$.count') = 1, "
	    "c.first_seen, c.last_seen), " CRASH ") FROM m.crashes AS c WHERE "
	    "c.id = (r.j ->> '$.id') AND c.job_id = r.job AND (r.reply NOT "
	    "LIKE '%\"dropped\":true%' OR (r.j ->> '$.count') > 1)), "
	    "(SELECT json_object('rid', r.rid, "
	    "'job', r.job, 'bot', r.bot, 'time', r.time, 'filed', "
	    "b.first_seen, 'hash', r.rid, 'size', 0, 'type', b.type, 'tool', "
	    "b.tool, 'stack', b.stack, 'output', b.output, 'signal', b.signal"
	    ", 'overflow', nullif(b.overflow, 0), 'stored', json('false')) "
	    "FROM m.dropped AS b WHERE b.id = coalesce(r.j ->> '$.drop', "
	    "r.j ->> '$.bucket'))) "
	    "WHEN 'corpus' THEN coalesce((SELECT json_object('rid', r.rid, "
	    "'job', r.job, 'bot', r.bot, 'time', r.time, 'filed', c.filed, "
	    "'hash', c.hash, 'size', c.size, 'name', c.name, 'engine', "
	    "c.engine) FROM m.corpus AS c WHERE c.job_id = r.job AND c.rid = "
	    "r.rid), json_object('rid', r.rid, 'job', r.job, 'bot', r.bot, "
	    "'time', r.time, 'filed', r.time, 'hash', r.rid, 'size', 0, "
	    "'stored', json('false'))) "
	    "WHEN 'coverage' THEN (SELECT json_object('rid', r.rid, 'job', "
	    "r.job, 'bot', r.bot, 'time', r.time, 'filed', r.time, 'edges', "
	    "c.edges, 'exec_count', c.exec_count, 'execs_per_sec', "
	    "c.execs_per_sec, 'corpus_count', c.corpus_count, 'crash_count', "
	    "c.crash_count) FROM m.coverage AS c WHERE c.id = r.rid) "
	    "WHEN 'status' THEN coalesce((SELECT json_object('rid', r.rid, "
	    "'job', r.job, 'bot', r.bot, 'time', r.time, 'filed', r.time, "
	    STATS ") FROM m.job_stats AS s WHERE s.job_id = r.job AND s.time"
	    " = r.time AND s.bot_id = r.bot), json_object('rid', r.rid, 'job',"
	    " r.job, 'bot', r.bot, 'time', r.time, 'filed', r.time)) "
	    "END, iif(json_valid(r.j), r.j ->> '$.id', '') FROM (SELECT *, "
	    "'{' || reply || '}' AS j FROM m.results WHERE rid = ?1 AND ?2 IS "
	    "?2) AS r",
	[PF_AUDIT_STATS] = "SELECT 'status', json_object('rid', ?2, 'job', "
	    "s.job_id, 'bot', s.bot_id, 'time', s.time, 'filed', s.time, "
	    STATS "), '' FROM m.job_stats AS s WHERE s.job_id = ?1",
	[PF_AUDIT_CRASHES] = "SELECT 'crash', json_object('rid', ?2, 'job', "
	    "c.job_id, 'bot', c.bot_id, 'time', c.timestamp, 'filed', "
	    "c.first_seen, " CRASH "), c.id FROM m.crashes AS c WHERE c.id = "
	    "?1 AND"
	    " NOT EXISTS (SELECT 1 FROM m.results AS r WHERE r.kind = 'crash'"
	    " AND r.job = c.job_id AND r.reply LIKE '%\"id\":\"' || c.id || "
	    "'\"%')",
	[PF_AUDIT_CORPUS] = "SELECT 'corpus', json_object('rid', c.rid, 'job',"
	    " c.job_id, 'bot', c.bot_id, 'time', c.timestamp, 'filed', "
	    "c.filed, 'hash', c.hash, 'size', c.size, 'name', c.name, "
	    "'engine', c.engine), '' FROM m.corpus AS c WHERE c.job_id = ?1 "
	    "AND c.hash = ?2 AND NOT EXISTS (SELECT 1 FROM m.results WHERE "
	    "rid = c.rid)",
	[PF_AUDIT_COVERAGE] = "SELECT 'coverage', json_object('rid', c.id, "
	    "'job', c.job_id, 'bot', c.bot_id, 'time', c.timestamp, 'filed', "
	    "c.timestamp, 'edges', c.edges, 'exec_count', c.exec_count, "
	    "'execs_per_sec', c.execs_per_sec, 'corpus_count', c.corpus_count,"
	    " 'crash_count', c.crash_count), '' FROM m.coverage AS c WHERE "
	    "c.id = ?1 AND ?2 IS ?2 AND NOT EXISTS (SELECT 1 FROM m.results "
	    "WHERE rid = c.id)",
};

/* Results of kinds that have rows of their own to be made of. */
static const char made_checks[] = "SELECT 'check', json_object('rid', rid, "
    "'job', job_id, 'bot', bot_id, 'time', timestamp, 'filed', filed, "
    "'hash', hash, 'target', target, 'build', build, 'runs', runs, "
    "'crashed', crashed, 'same', same, 'signal', signal, 'exit_code', "
    "exit_code, 'type', type, 'tool', tool, 'stack', stack, 'major', major, "
    "'sanitizers', sanitizers, 'report', "
    "report, 'size', size), '' FROM m.check_records WHERE rid = ?1 "
    "AND ?2 IS ?2 UNION ALL SELECT 'small', json_object('rid', rid, 'job', "
    "job_id, 'bot', bot_id, 'time', timestamp, 'filed', filed, 'of', of, "
    "'hash', hash, 'size', size, 'how', how, 'runs', runs, 'same', same), '' "
    "FROM m.smalls WHERE rid = ?1 UNION ALL SELECT 'small', "
    "json_object('rid', rid, 'job', job, 'bot', bot, 'time', time, 'filed', "
    "time, 'of', rid, 'hash', rid, 'size', 1, 'how', 'ddmin', 'runs', 1, "
    "'same', 1, 'stored', json('false')), '' FROM m.results WHERE rid = ?1 "
    "AND kind = 'small' LIMIT 1";

/* A crash that is called after its input says so. */
static void
add_version(struct pf_buf *row, const char *id)
{
	struct pf_json *j = NULL;
	const char *job = "", *hash = "";
	char own[PF_ID_MAX + 1];

	if (pf_json_parse(&j, row->data, row->len) == NULL &&
	    pf_json_str(&job, j, "job") == NULL &&
	    pf_json_str(&hash, j, "hash") == NULL) {
		pf_crash_id(own, job, hash);
		if (strcmp(own, id) == 0) {
			row->len--;
			pf_jw_int(row, "v", 2);
			pf_jw_close(row, '}');
		}
	}
	pf_json_free(j);
}

const struct pf_err *
pf_audit_make(struct pf_made *m, bool *found, struct pf_db *db,
    enum pf_audit a, const char *k1, const char *k2)
{
	const struct pf_err *err;
	struct pf_q q;

	*found = false;
	if (made[a] == NULL)
		return NULL;
	if ((err = pf_q(&q, db, made[a], "ss", k1, k2)) == NULL)
		err = pf_q_row(&q, found);
	if (err == NULL && *found && pf_q_null(&q, 1)) {
		*found = false;
		pf_q_done(&q);
		if (a == PF_AUDIT_RESULTS && (err = pf_q(&q, db, made_checks,
		    "ss", k1, k2)) == NULL)
			err = pf_q_row(&q, found);
	}
	if (err == NULL && *found) {
		pf_q_copy(&q, 0, m->kind, sizeof(m->kind));
		pf_buf_adds(&m->row, pf_q_text(&q, 1));
		if (strcmp(m->kind, "crash") == 0)
			add_version(&m->row, pf_q_text(&q, 2));
	}
	pf_q_done(&q);
	return err;
}
