/*
 * Lines of the ledger and the rows they are of, for mending; see audit.h.
 */
#include <string.h>

#include "base/name.h"
#include "view/audit.h"

const struct pf_err *
pf_audit_line(struct pf_buf *text, int64_t *last, bool *found,
    struct pf_db *db, const char *rid)
{
	const struct pf_err *err;
	struct pf_q q;

	*last = 0;
	*found = false;
	if ((err = pf_q(&q, db, "SELECT l.line, (SELECT max(o.filed) FROM "
	    "ledger AS o WHERE o.job = l.job AND o.hash = l.hash AND o.kind ="
	    " l.kind) FROM ledger AS l WHERE l.rid = ? ORDER BY l.id LIMIT 1",
	    "s", rid)) == NULL)
		err = pf_q_row(&q, found);
	if (err == NULL && *found) {
		pf_buf_adds(text, pf_q_text(&q, 0));
		*last = pf_q_int(&q, 1);
	}
	pf_q_done(&q);
	return err;
}

static const char *const origin[PF_AUDIT_MAX] = {
	[PF_AUDIT_CRASHES] = "SELECT l.rid, l.filed, (SELECT id FROM "
	    "m.crashes WHERE job_id = ?1 AND hash = ?2) FROM ledger AS l "
	    "WHERE l.job = ?1 AND l.hash = ?2 AND l.kind = 'crash' AND "
	    "l.stored ORDER BY l.id DESC",
	[PF_AUDIT_CORPUS] = "SELECT l.rid, 0, '' FROM ledger AS l WHERE "
	    "l.job = ?1 AND l.hash = ?2 AND l.kind = 'corpus' AND l.stored "
	    "ORDER BY l.id DESC",
};

/* The id of a crash is made of its report; without one it is the first. */
const struct pf_err *
pf_audit_line_of(char rid[65], bool *found, struct pf_db *db,
    enum pf_audit a, const char *job, const char *hash)
{
	const struct pf_err *err;
	char id[PF_ID_MAX + 1] = "";
	struct pf_q q;
	bool more = true, own = false;

	*found = false;
	err = pf_q(&q, db, origin[a], "ss", job, hash);
	while (err == NULL && !own && (err = pf_q_row(&q, &more)) == NULL &&
	    more) {
		pf_q_copy(&q, 0, rid, 65);
		pf_uuid_of(id, pf_q_int(&q, 1), rid);
		own = strcmp(id, pf_q_text(&q, 2)) == 0;
		*found = true;
	}
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
	"'output', c.output, 'command', c.command, 'engine', c.engine"

#define STATS \
	"'seq', s.seq, 'attempt', s.attempt, 'executions', s.executions, " \
	"'execs_per_sec', s.execs_per_sec, 'edges', s.edges, 'total_edges', " \
	"s.total_edges, 'corpus_count', s.corpus_count, 'crash_count', " \
	"s.crash_count, 'hang_count', s.hang_count, 'peak_rss_mb', " \
	"s.peak_rss_mb, 'stability', s.stability, 'state', s.state"

/*
 * A second report of an input is known to have been made, not of which: such
 * a line says that its bytes were not kept, and the rid stands for its hash.
 */
static const char *const made[PF_AUDIT_MAX] = {
	[PF_AUDIT_RESULTS] = "SELECT r.kind, CASE r.kind WHEN 'crash' THEN "
	    "coalesce((SELECT json_object('rid', r.rid, 'job', r.job, 'bot', "
	    "r.bot, 'time', r.time, 'filed', iif((r.j ->> '$.count') = 1, "
	    "c.first_seen, c.last_seen), " CRASH ") FROM m.crashes AS c WHERE "
	    "c.id = (r.j ->> '$.id') AND c.job_id = r.job AND r.reply NOT "
	    "LIKE '%\"dropped\":true%'), (SELECT json_object('rid', r.rid, "
	    "'job', r.job, 'bot', r.bot, 'time', r.time, 'filed', "
	    "b.first_seen, 'hash', r.rid, 'size', 0, 'type', b.type, 'tool', "
	    "b.tool, 'stack', b.frames, 'stored', json('false')) FROM "
	    "m.buckets AS b WHERE b.id = (r.j ->> '$.bucket'))) "
	    "WHEN 'corpus' THEN coalesce((SELECT json_object('rid', r.rid, "
	    "'job', r.job, 'bot', r.bot, 'time', r.time, 'filed', r.time, "
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
	    "END FROM (SELECT *, '{' || reply || '}' AS j FROM m.results "
	    "WHERE rid = ?1 AND ?2 IS ?2) AS r",
	[PF_AUDIT_STATS] = "SELECT 'status', json_object('rid', ?2, 'job', "
	    "s.job_id, 'bot', s.bot_id, 'time', s.time, 'filed', s.time, "
	    STATS ") FROM m.job_stats AS s WHERE s.job_id = ?1",
	[PF_AUDIT_CRASHES] = "SELECT 'crash', json_object('rid', ?2, 'job', "
	    "c.job_id, 'bot', c.bot_id, 'time', c.timestamp, 'filed', "
	    "c.first_seen, " CRASH ") FROM m.crashes AS c WHERE c.id = ?1 AND"
	    " NOT EXISTS (SELECT 1 FROM m.results AS r WHERE r.kind = 'crash'"
	    " AND r.job = c.job_id AND r.reply LIKE '%\"id\":\"' || c.id || "
	    "'\"%')",
	[PF_AUDIT_CORPUS] = "SELECT 'corpus', json_object('rid', c.rid, 'job',"
	    " c.job_id, 'bot', c.bot_id, 'time', c.timestamp, 'filed', "
	    "c.timestamp, 'hash', c.hash, 'size', c.size, 'name', c.name, "
	    "'engine', c.engine) FROM m.corpus AS c WHERE c.job_id = ?1 AND "
	    "c.hash = ?2 AND NOT EXISTS (SELECT 1 FROM m.results WHERE rid = "
	    "c.rid)",
	[PF_AUDIT_COVERAGE] = "SELECT 'coverage', json_object('rid', c.id, "
	    "'job', c.job_id, 'bot', c.bot_id, 'time', c.timestamp, 'filed', "
	    "c.timestamp, 'edges', c.edges, 'exec_count', c.exec_count, "
	    "'execs_per_sec', c.execs_per_sec, 'corpus_count', c.corpus_count,"
	    " 'crash_count', c.crash_count) FROM m.coverage AS c WHERE c.id = "
	    "?1 AND ?2 IS ?2 AND NOT EXISTS (SELECT 1 FROM m.results WHERE "
	    "rid = c.id)",
};

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
	if (err == NULL && *found && pf_q_null(&q, 1))
		*found = false;
	if (err == NULL && *found) {
		pf_q_copy(&q, 0, m->kind, sizeof(m->kind));
		pf_buf_adds(&m->row, pf_q_text(&q, 1));
	}
	pf_q_done(&q);
	return err;
}
