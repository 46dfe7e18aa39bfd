/*
 * Rows of results against the ledger; see audit.h.
 *
 * A reply is kept without its brackets.  What of it stands nowhere else is of
 * the moment: the count of reports, whether an input was new, edges that were.
 * Of these the sum must be right; each other member is held against its other
 * place.  A report of a crash counts in its bucket alone if its input was not
 * kept and is no other's; all others count in a row of crashes, which tells
 * of the least by time and rid.
 */
#include "base/mem.h"
#include "view/audit.h"

const struct pf_err *
pf_audit_init(struct pf_db *db)
{
	const struct pf_err *err;

	if ((err = pf_db_run(db, NULL, "CREATE TABLE ledger (id INTEGER "
	    "PRIMARY KEY, rid TEXT, kind TEXT, job TEXT, bot TEXT, hash TEXT,"
	    " time INTEGER, filed INTEGER, size INTEGER, seq INTEGER, "
	    "epoch INTEGER, attempt INTEGER, v INTEGER, speed REAL, "
	    "stability REAL, stored INTEGER, line TEXT, crash TEXT, bucket "
	    "TEXT, rest TEXT)", "")) != NULL || (err = pf_db_run(db, NULL,
	    "CREATE INDEX ledger_rid ON ledger (rid)", "")) != NULL ||
	    (err = pf_db_run(db, NULL, "CREATE INDEX ledger_input ON ledger "
	    "(job, hash)", "")) != NULL || (err = pf_db_run(db, NULL,
	    "CREATE INDEX ledger_crash ON ledger (crash) WHERE crash <> ''",
	    "")) != NULL || (err = pf_db_run(db, NULL,
	    "CREATE INDEX ledger_report ON ledger (job, epoch, attempt, seq) "
	    "WHERE kind = 'status'", "")) != NULL)
		return err;
	return pf_db_run(db, NULL, "CREATE TABLE drops (bucket TEXT PRIMARY "
	    "KEY, n INTEGER, first INTEGER, last INTEGER) WITHOUT ROWID", "");
}

const struct pf_err *
pf_audit_add(struct pf_db *db, const struct pf_audit_line *l)
{
	return pf_db_run(db, NULL, "INSERT INTO ledger (rid, kind, job, bot, "
	    "hash, time, filed, size, seq, epoch, attempt, v, speed, "
	    "stability, stored, line, crash, bucket, rest) VALUES (?1, ?2, "
	    "?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, iif(?13 < 0, NULL, "
	    "?13), iif(?14 < 0, NULL, ?14), ?15, ?16, ?17, ?18, ?19)",
	    "sssssiiiiiiirrissss", l->rid, l->kind, l->job, l->bot, l->hash,
	    l->time, l->filed, l->size, l->seq, l->epoch, l->attempt, l->v,
	    l->speed, l->stability, (int64_t)l->stored, l->text, l->crash,
	    l->bucket, l->rest);
}

const struct pf_err *
pf_audit_begin(struct pf_db *db)
{
	const struct pf_err *err;
	int64_t n;

	if ((err = pf_db_run(db, NULL, "BEGIN", "")) != NULL)
		return err;
	/* The state is that of the first look. */
	return pf_db_int(db, &n, NULL, "SELECT count(*) FROM (SELECT 1 FROM "
	    "m.system LIMIT 1)", "");
}

const struct pf_err *
pf_audit_end(struct pf_db *db)
{
	return pf_db_run(db, NULL, "COMMIT", "");
}

#define P \
	"WITH p (k1, k2, young, kept) AS (SELECT ?1, ?2, ?3, ?4) "
#define SAY(what, why) \
	"THEN '" what "' || char(9) || " why " "
/* The column a of the row is b in the ledger. */
#define SAME(name, a, b) \
	"WHEN " a " IS NOT " b " " SAY("row", "printf('its " name " is %.80s;" \
	    " by the ledger it is %.80s', " a ", " b ")")
/* A member of the line, and what it is if it is left out. */
#define LINE(key, none) \
	"coalesce(l.line ->> '$." key "', " none ")"
#define MAYBE(key) \
	"(l.line ->> '$." key "')"
#define IS_BOOL(key) \
	"coalesce(json_type(r.j, '$." key "') NOT IN ('true', 'false'), true)"
#define FOREIGN \
	"json_type(r.j, '$.foreign') IS NOT NULL"
/* Other lines of the crash of a line. */
#define LINES_OF(alias, job_is, hash_is) \
	"ledger AS " alias " WHERE " alias ".job = " job_is " AND " alias \
	".hash = " hash_is " AND " alias ".kind = 'crash'"
/* Where the crash c is by the rules in force. */
#define PLACE \
	"coalesce((SELECT bucket FROM m.moves WHERE rules = (SELECT rules " \
	"FROM m.placing) AND crash = c.id), c.bucket)"
/* What was answered by other rules is not what is true by now. */
#define BY_OTHERS \
	"(r.j ->> '$.rules') IS NOT (SELECT version FROM m.rules WHERE n = " \
	"(SELECT rules FROM m.placing))"
/* Of no version there can have been, which pf_rules_version() says. */
#define VERSION	"(r.j ->> '$.rules')"
#define NO_VERSION \
	"coalesce(CAST(" VERSION " AS INTEGER) NOT BETWEEN 1 AND (SELECT " \
	"nullif(max(CAST(version AS INTEGER)), 0) FROM m.rules) OR " \
	VERSION " <> CAST(" VERSION " AS INTEGER) || iif(instr(" VERSION \
	", '+') > 0, '+' || substr(" VERSION ", -8), ''), false)"
#define DROPPED \
	"reply LIKE '%\"dropped\":true%'"

static const char results_1[] = P
    "SELECT r.rid, '', 'results/' || r.rid, CASE "
    "WHEN r.kind NOT IN ('crash', 'corpus', 'coverage', 'status', 'log', "
    "'check', 'small') "
    SAY("row", "printf('its kind is %.40s', r.kind)")
    "WHEN NOT json_valid(r.j) " SAY("row", "'its reply makes no sense'")
    "WHEN json_type(r.j, '$.late') IS NOT iif(r.late, 'true', 'false') "
    SAY("row", "'late is not as it was answered'")
    "WHEN l.id IS NULL AND r.kind = 'log' THEN NULL "
    "WHEN l.id IS NULL " SAY("unledgered", "'the ledger has no line of it'")
    SAME("kind", "r.kind", "l.kind") SAME("job", "r.job", "l.job")
    SAME("bot", "r.bot", "l.bot") SAME("time", "r.time", "l.time")
    "WHEN coalesce(json_type(r.j, '$.foreign'), 'true') <> 'true' OR "
    "(r.kind IN ('status', 'log') AND EXISTS (SELECT 1 FROM json_each(r.j) "
    "WHERE key NOT IN ('late', 'dropped', 'foreign'))) "
    SAY("row", "'its reply makes no sense'")
    "WHEN coalesce(json_type(r.j, '$.dropped'), 'false') IS NOT iif("
    "l.stored OR " FOREIGN ", 'false', 'true') AND (r.kind <> 'corpus' OR "
    "l.stored) "
    SAY("row", "'whether its bytes were kept differs'")
    /* crashes */
    "WHEN r.kind = 'crash' AND (" IS_BOOL("unique") " OR "
    IS_BOOL("new_bucket") " OR (l.v > 0 AND " IS_BOOL("chosen") ") OR "
    "json_type(r.j, '$.count') IS NOT 'integer' "
    "OR (r.j ->> '$.count') < 1 OR json_type(r.j, '$.id') IS NOT 'text' OR "
    "json_type(r.j, '$.bucket') IS NOT 'text' OR " NO_VERSION " OR "
    "EXISTS (SELECT 1 FROM "
    "json_each(r.j) WHERE key NOT IN ('late', 'dropped', 'id', 'unique', "
    "'count', 'bucket', 'rules', 'drop', 'new_bucket', 'chosen'))) "
    SAY("row", "'its reply makes no sense'")
    "WHEN r.kind = 'crash' AND l.stored AND NOT EXISTS (SELECT 1 FROM "
    "m.crashes AS c WHERE c.job_id = l.job AND c.hash = l.hash) "
    SAY("lost", "'its row in crashes is gone'")
    "WHEN r.kind = 'crash' AND (l.stored OR (r.j ->> '$.count') > 1) AND NOT "
    "(EXISTS (SELECT 1 FROM m.crashes AS c WHERE c.job_id = l.job AND c.hash "
    "= l.hash AND c.id = (r.j ->> '$.id')) AND EXISTS (SELECT 1 FROM "
    LINES_OF("o", "l.job", "l.hash") " AND (" BY_OTHERS " OR (r.j ->> "
    "'$.bucket') IN (o.bucket, o.rest)))) "
    SAY("row", "'the crash and the bucket of its reply are not its own'")
    "WHEN r.kind = 'crash' AND NOT l.stored AND (r.j ->> '$.count') = 1 AND "
    "NOT EXISTS (SELECT 1 FROM m.dropped AS d JOIN m.buckets AS b ON b.id = "
    "d.bucket WHERE d.id = coalesce(r.j ->> '$.drop', r.j ->> '$.bucket') AND"
    " (" BY_OTHERS " OR ((r.j ->> '$.bucket') = b.id AND b.id IN (l.bucket, "
    "l.rest))) AND (b.first_crash = (r.j ->>"
    " '$.id') OR EXISTS (SELECT 1 FROM ledger AS o WHERE o.crash = (r.j ->> "
    "'$.id') AND o.crash <> ''))) "
    SAY("row", "'the crash and the bucket of its reply are not its own'");

/* Of the reports of an input one was the first. */
static const char results_2[] =
    "WHEN r.kind = 'corpus' AND l.stored AND NOT EXISTS (SELECT 1 FROM "
    "m.corpus AS c WHERE c.job_id = l.job AND c.hash = l.hash) "
    SAY("lost", "'its row in corpus is gone'")
    "WHEN r.kind = 'corpus' AND (" IS_BOOL("unique") " OR iif(l.stored, 1 <> "
    "(SELECT count(DISTINCT o.rid) FROM ledger AS o JOIN m.results AS x ON "
    "x.rid = o.rid WHERE o.job = l.job AND o.hash = l.hash AND o.kind = "
    "'corpus' AND x.reply LIKE '%\"unique\":true%'), r.j ->> '$.unique')) "
    SAY("row", "'unique is not as it was answered'")
    /* coverage and numbers */
    "WHEN r.kind = 'coverage' AND NOT EXISTS (SELECT 1 FROM m.coverage AS v "
    "WHERE v.id = r.rid) " SAY("lost", "'its row in coverage is gone'")
    "WHEN r.kind = 'coverage' AND (json_type(r.j, '$.new_edges') IS NOT "
    "'integer' OR (r.j ->> '$.new_edges') NOT BETWEEN 0 AND "
    LINE("edges", "0") ") "
    SAY("row", "'new_edges is not as it was answered'")
    "WHEN r.kind = 'status' AND NOT " FOREIGN " AND NOT EXISTS (SELECT 1 "
    "FROM m.job_stats AS s WHERE s.job_id = l.job) "
    SAY("lost", "'its row in job_stats is gone'")
    "WHEN r.kind = 'check' AND NOT EXISTS (SELECT 1 FROM m.check_records AS "
    "c WHERE c.rid = r.rid) " SAY("lost", "'its row in check_records is gone'")
    "WHEN r.kind = 'small' AND l.stored AND NOT EXISTS (SELECT 1 FROM "
    "m.smalls AS s WHERE s.job_id = l.job AND s.of = " LINE("of", "''") " AND "
    "(s.size, s.hash, s.rid) <= (l.size, l.hash, l.rid)) "
    SAY("lost", "'its row in smalls is gone'")
    "END, r.rid, l.job, l.hash FROM (SELECT *, '{' || reply || '}' AS j, "
    DROPPED " AS gone FROM m.results WHERE rid > (SELECT k1 FROM p) "
    "ORDER BY rid LIMIT 1000) AS r "
    "LEFT JOIN ledger AS l ON l.id = coalesce((SELECT min(id) FROM ledger AS "
    "o WHERE o.rid = r.rid AND o.stored <> r.gone), (SELECT min(id) FROM "
    "ledger AS o WHERE o.rid = r.rid)) ORDER BY r.rid";

/* Lines of the input that were counted, each rid once, with its reply. */
#define REPORTS \
	"(SELECT r.rid, r.bot, min(l.filed) AS filed, max(l.filed) AS " \
	"latest, min(l.time) AS time, '{' || r.reply || '}' AS j " \
	"FROM ledger AS l JOIN m.results AS r ON r.rid = l.rid WHERE l.job = " \
	"c.job_id AND l.hash = c.hash AND l.kind = 'crash' AND json_valid(" \
	"'{' || r.reply || '}') GROUP BY r.rid)"
/* One that was dropped before there was the crash is of its bucket only. */
#define OWN	"(x.j ->> '$.id') = c.id AND ((x.j ->> '$.dropped') IS NULL " \
	"OR (x.j ->> '$.count') > 1)"
#define REPORTED \
	"(SELECT l.filed FROM ledger AS l WHERE l.job = c.job_id AND l.hash " \
	"= c.hash AND l.kind = 'crash')"

static const char crashes_1[] = P
    "SELECT c.id, '', 'crashes/' || c.job_id || '/' || c.hash, CASE "
    "WHEN NOT EXISTS " REPORTED " "
    SAY("unledgered", "'the ledger has no line of it'")
    "WHEN c.file_path <> 'crashes/' || c.job_id || '/' || c.hash "
    SAY("row", "'its file_path is of another'")
    "WHEN NOT EXISTS (SELECT 1 FROM ledger AS l WHERE l.job = c.job_id AND "
    "l.hash = c.hash AND l.kind = 'crash' AND l.bot = c.bot_id AND l.time = "
    "c.timestamp AND l.size = c.size AND " LINE("type", "'unknown'") " = "
    "c.type AND " LINE("signal", "0") " = c.signal AND "
    LINE("exit_code", "0") " = c.exit_code AND " LINE("tool", "''") " = "
    "c.tool AND " LINE("stack", "''") " = c.stack AND "
    LINE("output", "''") " = c.output AND " LINE("command", "''") " = "
    "c.command AND " LINE("engine", "''") " = c.engine AND "
    "c.target_hash = coalesce(nullif(" LINE("target_hash", "''") ", ''), "
    "(SELECT target_hash FROM m.jobs WHERE id = c.job_id)) AND c.run_seed IS "
    MAYBE("run_seed") " AND iif(c.rid = '', c.report = 0 AND (c.bucket = '' "
    "OR " PLACE " IN (l.bucket, l.rest)), c.rid = l.rid AND c.report = "
    LINE("report", "0") " AND " PLACE " IN (l.bucket, l.rest))) "
    SAY("row", "'no report of it in the ledger says what it says'")
    "WHEN c.id NOT IN (SELECT l.crash FROM "
    LINES_OF("l", "c.job_id", "c.hash") ") "
    SAY("row", "'its id is not of this crash'")
    "WHEN c.rid <> '' AND EXISTS (SELECT 1 FROM " REPORTS " AS x WHERE " OWN
    " AND (x.time, x.rid) < (c.timestamp, c.rid) AND NOT EXISTS (SELECT 1 "
    "FROM ledger AS b WHERE b.rid = x.rid AND (b.line ->> '$.brief'))) "
    SAY("row", "'an earlier report of it is there'");

static const char crashes_2[] =
    "WHEN c.first_seen NOT IN " REPORTED " OR c.first_seen > (SELECT "
    "min(x.latest) FROM " REPORTS " AS x WHERE " OWN ") "
    SAY("row", "'no report of it was filed at first_seen'")
    "WHEN c.last_seen < c.first_seen OR c.last_seen NOT IN " REPORTED " OR "
    "c.last_seen < (SELECT max(x.filed) FROM " REPORTS " AS x "
    "WHERE " OWN ") " SAY("row", "'no report of it was last at last_seen'")
    "WHEN c.count <> (SELECT count(*) FROM " REPORTS " AS x WHERE " OWN ") "
    SAY("count", "printf('it counts %d reports, not %d', c.count, (SELECT "
	"count(*) FROM " REPORTS " AS x WHERE " OWN "))")
    "WHEN c.count * (c.count + 1) / 2 <> (SELECT sum(x.j ->> '$.count') FROM "
    REPORTS " AS x WHERE " OWN ") "
    SAY("count", "'the counts that were answered are not one to count'")
    "WHEN c.is_unique IS NOT (SELECT x.j ->> '$.unique' FROM " REPORTS " AS x "
    "WHERE " OWN " AND (x.j ->> '$.count') = 1) "
    SAY("count", "'is_unique is not as it was answered'");

static const char crashes_3[] =
    "WHEN EXISTS (SELECT x.bot, count(*) FROM " REPORTS " AS x WHERE " OWN
    " GROUP BY 1 EXCEPT SELECT bot, count FROM m.crash_bots WHERE crash = "
    "c.id) OR EXISTS (SELECT bot, count FROM m.crash_bots WHERE crash = c.id "
    "EXCEPT SELECT x.bot, count(*) FROM " REPORTS " AS x WHERE " OWN " GROUP "
    "BY 1) " SAY("count", "'its bots are not those that reported it'")
    "END, '', c.job_id, c.hash FROM (SELECT * FROM m.crashes WHERE id > "
    "(SELECT k1 FROM p) ORDER BY id LIMIT 1000) AS c ORDER BY c.id";

static const char corpus[] = P
    "SELECT c.job_id, c.hash, 'corpus/' || c.job_id || '/' || c.hash, CASE "
    "WHEN l.id IS NULL AND NOT EXISTS (SELECT 1 FROM ledger AS o WHERE o.job "
    "= c.job_id AND o.hash = c.hash AND o.kind = 'corpus') "
    SAY("unledgered", "'the ledger has no line of it'")
    SAME("rid", "c.rid", "l.rid") SAME("job", "c.job_id", "l.job")
    SAME("hash", "c.hash", "l.hash") SAME("size", "c.size", "l.size")
    SAME("bot", "c.bot_id", "l.bot") SAME("time", "c.timestamp", "l.time")
    SAME("engine", "c.engine", LINE("engine", "''"))
    SAME("name", "c.name", LINE("name", "''"))
    "WHEN c.filed <> c.timestamp AND c.filed NOT IN (SELECT o.filed FROM "
    "ledger AS o WHERE o.job = c.job_id AND o.hash = c.hash AND o.kind = "
    "'corpus') " SAY("row", "'no report of it was filed when it says'")
    "END, l.rid, c.job_id, c.hash FROM (SELECT * FROM m.corpus WHERE "
    "(job_id, hash) > ((SELECT k1 FROM p), (SELECT k2 FROM p)) ORDER BY "
    "job_id, hash LIMIT 1000) AS c LEFT JOIN ledger AS l ON l.id = (SELECT id"
    " FROM ledger AS o WHERE o.rid = c.rid AND o.kind = 'corpus' ORDER BY id "
    "LIMIT 1) ORDER BY 1, 2";

static const char coverage[] = P
    "SELECT c.id, '', 'coverage/' || c.id, CASE "
    "WHEN l.id IS NULL " SAY("unledgered", "'the ledger has no line of it'")
    SAME("job", "c.job_id", "l.job") SAME("bot", "c.bot_id", "l.bot")
    SAME("time", "c.timestamp", "l.time")
    SAME("edges", "c.edges", LINE("edges", "0"))
    SAME("exec_count", "c.exec_count", LINE("exec_count", "0"))
    SAME("execs_per_sec", "c.execs_per_sec", "l.speed")
    SAME("corpus_count", "c.corpus_count", MAYBE("corpus_count"))
    SAME("crash_count", "c.crash_count", MAYBE("crash_count"))
    "END, c.id, c.job_id, NULL FROM (SELECT * FROM m.coverage WHERE id > "
    "(SELECT k1 FROM p) ORDER BY id LIMIT 1000) AS c LEFT JOIN ledger AS l "
    "ON l.id = (SELECT id FROM ledger AS o WHERE o.rid = c.id AND o.kind = "
    "'coverage' ORDER BY id LIMIT 1) ORDER BY c.id";

static const char stats[] = P
    "SELECT s.job_id, '', 'job_stats/' || s.job_id, CASE "
    "WHEN l.id IS NULL " SAY("unledgered", "'the ledger has no line of it'")
    SAME("attempt", "s.attempt", "l.attempt") SAME("seq", "s.seq", "l.seq")
    SAME("epoch", "nullif(s.epoch, 0)", "iif(s.epoch = 0, NULL, l.epoch)")
    SAME("bot", "s.bot_id", "l.bot") SAME("time", "s.time", "l.time")
    SAME("executions", "s.executions", MAYBE("executions"))
    SAME("execs_per_sec", "s.execs_per_sec", "l.speed")
    SAME("edges", "s.edges", MAYBE("edges"))
    SAME("total_edges", "s.total_edges", MAYBE("total_edges"))
    SAME("corpus_count", "s.corpus_count", MAYBE("corpus_count"))
    SAME("crash_count", "s.crash_count", MAYBE("crash_count"))
    SAME("hang_count", "s.hang_count", MAYBE("hang_count"))
    SAME("peak_rss_mb", "s.peak_rss_mb", MAYBE("peak_rss_mb"))
    SAME("stability", "s.stability", "l.stability")
    SAME("state", "s.state", LINE("state", "''"))
    SAME("health", "s.health", LINE("health", "''"))
    "END, l.rid, s.job_id, NULL FROM (SELECT * FROM m.job_stats WHERE job_id "
    "> (SELECT k1 FROM p) ORDER BY job_id LIMIT 1000) AS s LEFT JOIN ledger "
    "AS l ON l.id = (SELECT o.id FROM ledger AS o WHERE o.job = s.job_id AND "
    "o.kind = 'status' AND (((o.attempt, o.seq) = (s.attempt, s.seq) AND "
    "s.epoch IN (0, o.epoch)) OR EXISTS (SELECT 1 FROM m.results AS r WHERE "
    "r.rid = o.rid AND r.reply NOT LIKE '%\"foreign\":true%')) AND NOT "
    /* Filed once more it has another time, if it told none. */
    "EXISTS (SELECT 1 FROM ledger AS e WHERE e.rid = o.rid AND e.id < o.id) "
    "ORDER BY o.epoch DESC, o.attempt DESC, o.seq DESC, o.id LIMIT 1) "
    "ORDER BY s.job_id";

/* What is not kept of a check's report its row does not tell of. */
static const char checks[] = P
    "SELECT c.rid, '', 'check_records/' || c.rid, CASE "
    "WHEN l.id IS NULL " SAY("unledgered", "'the ledger has no line of it'")
    SAME("job", "c.job_id", "l.job") SAME("bot", "c.bot_id", "l.bot")
    SAME("time", "c.timestamp", "l.time") SAME("hash", "c.hash", "l.hash")
    SAME("target", "c.target", LINE("target", "''"))
    SAME("build", "c.build", LINE("build", "''"))
    SAME("runs", "c.runs", LINE("runs", "0"))
    SAME("crashed", "c.crashed", LINE("crashed", "0"))
    SAME("same", "c.same", LINE("same", "0"))
    SAME("signal", "c.signal", LINE("signal", "0"))
    SAME("exit_code", "c.exit_code", LINE("exit_code", "0"))
    SAME("type", "c.type", LINE("type", "''"))
    SAME("tool", "c.tool", LINE("tool", "''"))
    SAME("stack", "c.stack", LINE("stack", "''"))
    SAME("major", "c.major", LINE("major", "''"))
    SAME("sanitizers", "c.sanitizers", LINE("sanitizers", "''"))
    SAME("report", "c.report", "iif(l.stored, " LINE("report", "''") ", '')")
    SAME("size", "c.size", "iif(c.report <> '', l.size, 0)")
    "WHEN c.campaign <> (SELECT campaign FROM m.jobs WHERE id = c.job_id) "
    SAY("row", "'its campaign is not that of its job'")
    "END, c.rid, c.job_id, c.hash FROM (SELECT * FROM m.check_records WHERE "
    "rid > (SELECT k1 FROM p) ORDER BY rid LIMIT 1000) AS c LEFT JOIN ledger "
    "AS l ON l.id = (SELECT id FROM ledger AS o WHERE o.rid = c.rid AND "
    "o.kind = 'check' ORDER BY id LIMIT 1) ORDER BY c.rid";

static const char smalls[] = P
    "SELECT c.job_id, c.of, 'smalls/' || c.job_id || '/' || c.of, CASE "
    "WHEN l.id IS NULL " SAY("unledgered", "'the ledger has no line of it'")
    SAME("job", "c.job_id", "l.job") SAME("bot", "c.bot_id", "l.bot")
    SAME("of", "c.of", LINE("of", "''")) SAME("hash", "c.hash", "l.hash")
    SAME("size", "c.size", "l.size") SAME("time", "c.timestamp", "l.time")
    SAME("how", "c.how", LINE("how", "''"))
    SAME("runs", "c.runs", LINE("runs", "0"))
    SAME("same", "c.same", LINE("same", "0"))
    "END, c.rid, c.job_id, c.hash FROM (SELECT * FROM m.smalls WHERE "
    "(job_id, of) > ((SELECT k1 FROM p), (SELECT k2 FROM p)) ORDER BY "
    "job_id, of LIMIT 1000) AS c LEFT JOIN ledger AS l ON l.id = (SELECT id "
    "FROM ledger AS o WHERE o.rid = c.rid AND o.kind = 'small' ORDER BY id "
    "LIMIT 1) ORDER BY 1, 2";

/* Samples get thinner with age, as model/coverage.c does it. */
#define THINNED \
	"EXISTS (SELECT 1 FROM (VALUES (3600000, 60000), (86400000, 900000), " \
	"(1209600000, 7200000)) AS v JOIN m.counters AS n ON n.name = " \
	"'sampled' AND n.scope = l.job JOIN m.coverage AS e ON e.job_id = " \
	"l.job AND e.timestamp >= l.time - l.time % v.column2 AND " \
	"e.timestamp <= l.time AND (e.timestamp, e.id) < (l.time, l.rid) " \
	"WHERE l.time < " \
	"(n.value - v.column1) - (n.value - v.column1) % v.column2)"

static const char lost[] = P
    "SELECT l.id, '', 'results/' || l.rid, CASE "
    "WHEN EXISTS (SELECT 1 FROM m.results AS r WHERE r.rid = l.rid) OR "
    "l.filed > (SELECT young FROM p) THEN NULL "
    "WHEN l.kind IN ('status', 'log') AND l.time < (SELECT kept FROM p) "
    "THEN NULL "
    "WHEN l.kind = 'coverage' AND " THINNED " THEN NULL "
    "WHEN EXISTS (SELECT 1 FROM ledger AS o WHERE o.rid = l.rid AND o.id < "
    "l.id) THEN NULL "
    "ELSE 'lost' || char(9) || 'the ledger has it, the database has not' "
    "END, l.rid, l.job, l.hash FROM (SELECT * FROM ledger WHERE id > "
    "(SELECT CAST(k1 AS INTEGER) FROM p) ORDER BY id LIMIT 1000) AS l "
    "ORDER BY l.id";

/* In parts, as long as a string of C may be. */
static const char *const pages[PF_AUDIT_MAX][3] = {
	[PF_AUDIT_RESULTS] = { results_1, results_2, "" },
	[PF_AUDIT_CRASHES] = { crashes_1, crashes_2, crashes_3 },
	[PF_AUDIT_CORPUS] = { corpus, "", "" },
	[PF_AUDIT_COVERAGE] = { coverage, "", "" },
	[PF_AUDIT_STATS] = { stats, "", "" },
	[PF_AUDIT_CHECKS] = { checks, "", "" },
	[PF_AUDIT_SMALLS] = { smalls, "", "" },
	[PF_AUDIT_LOST] = { lost, "", "" },
};

const struct pf_err *
pf_audit_page(struct pf_q *q, struct pf_db *db, enum pf_audit a,
    const struct pf_audit_from *from)
{
	/* For ever: a statement is known by where its text lies. */
	static char *text[PF_AUDIT_MAX];

	if (text[a] == NULL)
		text[a] = pf_asprintf("%s%s%s", pages[a][0], pages[a][1],
		    pages[a][2]);
	return pf_q(q, db, text[a], "ssii", from->k1, from->k2, from->young,
	    from->kept);
}
