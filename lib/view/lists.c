/*
 * The lists and records themselves, a view each: SQL and columns side by
 * side, in the same order.  The JSON names are those of the API.
 */
#include "view/columns.h"

static const struct pf_view_col jobs_cols[] = {
	{ "id",		"id",			TEXT },
	{ "name",	"name",			TEXT },
	{ NULL,		"target",		TEXT },
	{ "engine",	"fuzzer",		TEXT },
	{ "status",	"status",		TEXT },
	{ NULL,		"assigned_bot",		TEXT },
	{ "bot",	"bot_name",		TEXT },
	{ "execs",	"progress.executions",	INT },
	{ "execs/s",	"progress.execs_per_sec", REAL },
	{ "edges",	"progress.edges",	INT },
	{ NULL,		"progress.total_edges",	INT },
	{ NULL,		"progress.corpus_count", INT },
	{ NULL,		"progress.crash_count",	INT },
	{ NULL,		"progress.hang_count",	INT },
	{ NULL,		"progress.peak_rss_mb",	INT },
	{ NULL,		"progress.stability",	REAL },
	{ NULL,		"progress.state",	TEXT },
	{ NULL,		"progress.time",	TIME },
	{ "corpus",	"progress.corpus_files", INT },
	{ "crashes",	"progress.crashes",	INT },
	{ NULL,		"created_at",		TIME },
	{ "started",	"started_at",		TIME },
	{ NULL,		"completed_at",		TIME },
	{ NULL,		"timeout_at",		TIME },
	{ NULL,		"work_dir",		TEXT },
	{ NULL,		"config.duration",	DUR },
	{ NULL,		"config.memory_limit",	INT },
	{ NULL,		"config.timeout",	DUR },
	{ NULL,		"config.dictionary",	TEXT },
	{ NULL,		"config.seed_corpus",	JSON },
	{ NULL,		"config.output_dir",	TEXT },
	{ NULL,		"kind",			TEXT },
	{ NULL,		"campaign",		TEXT },
	{ NULL,		"priority",		INT },
	{ NULL,		"target_hash",		TEXT },
	{ NULL,		"args",			JSON },
	{ NULL,		"options",		JSON },
	{ NULL,		"epoch",		INT },
	{ NULL,		"attempt",		INT },
	{ NULL,		"strikes",		INT },
	{ NULL,		"cancel",		BOOL },
	{ NULL,		"waiting",		INT },
	{ NULL,		"message",		TEXT },
	{ NULL,		"archived_at",		TIME },
	{ NULL,		"dropped.crash",	INT },
	{ NULL,		"dropped.corpus",	INT },
	{ NULL,		"dropped.log",		INT },
	{ NULL,		"refused.crash",	INT },
	{ NULL,		"refused.corpus",	INT },
	{ NULL,		"refused.coverage",	INT },
	{ NULL,		"refused.status",	INT },
	{ NULL,		"refused.log",		INT },
	{ "health",	"health",		HEALTH },
};
/* What the bot that has it, or had it last, told of it. */
#define HEALTH_OF_JOB \
	"CASE WHEN (s.epoch, s.attempt) = (j.epoch, j.attempt) THEN " \
	"nullif(s.health, '') END"
/* Its name, as of the seeds; the blobs have its hash. */
#define DICTIONARY \
	"(SELECT d.name FROM job_blobs AS d WHERE d.job = j.id AND " \
	"d.kind = 'dict' ORDER BY d.n LIMIT 1)"
/* A counter of the job. */
#define OF_JOB(name) \
	"coalesce((SELECT value FROM counters WHERE name = '" name "' AND " \
	"scope = j.id), 0)"
#define JOBS \
	"SELECT j.id, j.name, j.target, j.fuzzer, j.status, j.assigned_bot, " \
	"b.name, s.executions, s.execs_per_sec, s.edges, s.total_edges, " \
	"s.corpus_count, s.crash_count, s.hang_count, s.peak_rss_mb, " \
	"s.stability, s.state, s.time, coalesce(m.file_count, 0), " \
	"coalesce(c.value, 0), j.created_at, j.started_at, j.completed_at, " \
	"j.timeout_at, j.work_dir, j.duration, j.memory_limit, j.timeout, " \
	DICTIONARY ", j.seed_corpus, j.output_dir, j.kind, p.name, " \
	"j.priority, j.target_hash, j.args, j.options, j.epoch, j.attempt, " \
	"j.strikes, j.cancel, j.waiting, j.message, j.archived_at, " \
	OF_JOB("dropped_crash") ", " OF_JOB("dropped_corpus") ", " \
	OF_JOB("dropped_log") ", " OF_JOB("refused_crash") ", " \
	OF_JOB("refused_corpus") ", " OF_JOB("refused_coverage") ", " \
	OF_JOB("refused_status") ", " OF_JOB("refused_log") ", " \
	HEALTH_OF_JOB " FROM "
#define JOBS_JOIN \
	" AS j LEFT JOIN bots AS b ON b.id = j.assigned_bot " \
	"LEFT JOIN job_stats AS s ON s.job_id = j.id " \
	"LEFT JOIN corpus_meta AS m ON m.job_id = j.id " \
	"LEFT JOIN counters AS c ON c.name = 'crashes' AND c.scope = j.id " \
	"LEFT JOIN campaigns AS p ON p.id = j.campaign "
VIEW(jobs,
    JOBS "(SELECT * FROM jobs WHERE archived_at IS NULL "
    "ORDER BY created_at DESC, id DESC LIMIT ?1)"
    JOBS_JOIN "ORDER BY j.created_at, j.id",
    JOBS "jobs" JOBS_JOIN "WHERE j.id = ?1 LIMIT ?2");
VIEW_LIKE(archive, jobs,
    JOBS "(SELECT * FROM jobs WHERE archived_at IS NOT NULL "
    "ORDER BY created_at DESC, id DESC LIMIT ?1)"
    JOBS_JOIN "ORDER BY j.created_at, j.id", NULL);
VIEW_LIKE(campaign_jobs, jobs, NULL,
    JOBS "(SELECT * FROM jobs WHERE campaign = ?1 ORDER BY id DESC "
    "LIMIT ?2)" JOBS_JOIN "ORDER BY j.id");

/* Who follows a job wants no more than this; status is the second. */
static const struct pf_view_col progress_cols[] = {
	{ NULL,		"job_id",		TEXT },
	{ NULL,		"status",		TEXT },
	{ NULL,		"message",		TEXT },
	{ NULL,		"assigned_bot",		TEXT },
	{ NULL,		"attempt",		INT },
	{ NULL,		"executions",		INT },
	{ NULL,		"execs_per_sec",	REAL },
	{ NULL,		"edges",		INT },
	{ NULL,		"corpus_files",		INT },
	{ NULL,		"crashes",		INT },
	{ NULL,		"reported_at",		TIME },
	{ NULL,		"started_at",		TIME },
	{ NULL,		"completed_at",		TIME },
	{ NULL,		"health",		HEALTH },
};
VIEW(progress, NULL,
    "SELECT j.id, j.status, j.message, j.assigned_bot, j.attempt, "
    "s.executions, s.execs_per_sec, s.edges, coalesce(m.file_count, 0), "
    "coalesce(c.value, 0), s.time, j.started_at, j.completed_at, "
    HEALTH_OF_JOB " FROM jobs"
    JOBS_JOIN "WHERE j.id = ?1 LIMIT ?2");

static const struct pf_view_col bots_cols[] = {
	{ "id",		"id",			TEXT },
	{ "name",	"name",			TEXT },
	{ "hostname",	"hostname",		TEXT },
	{ "status",	"status",		TEXT },
	{ "engines",	"capabilities",		JSON },
	{ "job",	"current_job",		TEXT },
	{ "seen",	"last_seen",		TIME },
	{ NULL,		"registered_at",	TIME },
	{ NULL,		"timeout_at",		TIME },
	{ NULL,		"is_online",		BOOL },
	{ "failures",	"failure_count",	INT },
	{ "drain",	"drain",		BOOL },
	{ NULL,		"inc",			TEXT },
	{ NULL,		"gone_at",		TIME },
};
#define BOTS \
	"SELECT id, name, hostname, status, capabilities, current_job, " \
	"last_seen, registered_at, timeout_at, is_online, failure_count, " \
	"drain, inc, gone_at FROM "
VIEW(bots,
    BOTS "(SELECT * FROM bots WHERE gone_at IS NULL "
    "ORDER BY registered_at DESC, id DESC LIMIT ?1) "
    "ORDER BY registered_at, id",
    BOTS "bots WHERE id = ?1 LIMIT ?2");

/* Bots that are heard, and when they and their jobs are over. */
static const struct pf_view_col timeouts_cols[] = {
	{ "bot",	"bot_id",		TEXT },
	{ "name",	"bot_name",		TEXT },
	{ "until",	"bot_timeout",		TIME },
	{ "job",	"job_id",		TEXT },
	{ "name",	"job_name",		TEXT },
	{ "until",	"job_timeout",		TIME },
};
#define TIMEOUTS(bots) \
	"SELECT b.id, b.name, b.timeout_at, j.id, j.name, j.timeout_at FROM " \
	bots " AS b LEFT JOIN jobs AS j ON j.id = b.current_job "
VIEW(timeouts,
    TIMEOUTS("(SELECT * FROM bots WHERE gone_at IS NULL AND is_online = 1 "
    "ORDER BY registered_at DESC, id DESC LIMIT ?1)")
    "ORDER BY b.timeout_at, b.id",
    TIMEOUTS("bots") "WHERE b.id = ?1 LIMIT ?2");

static const struct pf_view_col coverage_cols[] = {
	{ NULL,		"id",			TEXT },
	{ "time",	"timestamp",		TIME },
	{ "edges",	"edges",		INT },
	{ "new",	"new_edges",		INT },
	{ "execs",	"exec_count",		INT },
	{ "execs/s",	"execs_per_sec",	REAL },
	{ "corpus",	"corpus_count",		INT },
	{ "crashes",	"crash_count",		INT },
	{ "job",	"job_id",		TEXT },
	{ "bot",	"bot_id",		TEXT },
};
/* New are the edges beyond all samples of the job with an earlier time. */
#define COVERAGE(most) \
	"SELECT id, timestamp, edges, max(0, edges - coalesce(" most ", 0)) " \
	"AS new_edges, exec_count, execs_per_sec, corpus_count, " \
	"crash_count, job_id, bot_id FROM "
VIEW(coverage,
    COVERAGE("(SELECT max(e.edges) FROM coverage AS e WHERE "
    "e.job_id = c.job_id AND (e.timestamp, e.id) < (c.timestamp, c.id))")
    "(SELECT * FROM coverage ORDER BY timestamp DESC, id DESC LIMIT ?1) "
    "AS c ORDER BY timestamp, id",
    "SELECT * FROM (" COVERAGE("max(edges) OVER (ORDER BY timestamp, id "
    "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)")
    "coverage WHERE job_id = ?1 ORDER BY timestamp DESC, id DESC LIMIT ?2) "
    "ORDER BY timestamp, id");

static const struct pf_view_col assignments_cols[] = {
	{ "job",	"job_id",		TEXT },
	{ "epoch",	"epoch",		INT },
	{ "attempt",	"attempt",		INT },
	{ "bot",	"bot_id",		TEXT },
	{ "time",	"timestamp",		TIME },
	{ "status",	"status",		TEXT },
	{ "ended",	"ended_at",		TIME },
	{ "result",	"result",		TEXT },
};
#define ASSIGNMENTS \
	"SELECT job_id, epoch, attempt, bot_id, timestamp, status, " \
	"ended_at, result FROM assignments "
VIEW(assignments,
    ASSIGNMENTS "ORDER BY job_id, epoch, attempt LIMIT ?1",
    ASSIGNMENTS "WHERE job_id = ?1 ORDER BY epoch, attempt LIMIT ?2");

static const struct pf_view_col blobs_cols[] = {
	{ "kind",	"kind",			TEXT },
	{ "name",	"name",			TEXT },
	{ "hash",	"sha256",		TEXT },
	{ "size",	"size",			SIZE },
};
VIEW(blobs, NULL,
    "SELECT kind, name, sha256, size FROM job_blobs WHERE job = ?1 "
    "ORDER BY n LIMIT ?2");

static const struct pf_view_col events_cols[] = {
	{ "id",		"id",			INT },
	{ "time",	"time",			TIME },
	{ "kind",	"kind",			TEXT },
	{ "subject",	"subject",		TEXT },
	{ "from",	"from",			TEXT },
	{ "to",		"to",			TEXT },
	{ "who",	"who",			TEXT },
	{ "why",	"why",			TEXT },
	{ NULL,		"job_id",		TEXT },
};
#define EVENTS \
	"SELECT id, time, kind, subject, was, now, who, why, CASE kind " \
	"WHEN 'job' THEN subject WHEN 'health' THEN subject " \
	"WHEN 'crash' THEN (SELECT job_id FROM " \
	"crashes WHERE crashes.id = subject) END FROM "
VIEW(events,
    EVENTS "(SELECT * FROM events ORDER BY id DESC LIMIT ?1) ORDER BY id",
    EVENTS "events WHERE id > CAST(?1 AS INTEGER) ORDER BY id LIMIT ?2");

static const struct pf_view_col master_cols[] = {
	{ NULL,		"master_id",		TEXT },
	{ NULL,		"created_at",		TIME },
	{ NULL,		"epoch",		INT },
	{ NULL,		"schema_version",	INT },
	{ NULL,		"tick",			INT },
	{ NULL,		"tick_time",		TIME },
	{ NULL,		"ears",			INT },
	{ NULL,		"deaf_since",		TIME },
	{ NULL,		"hooks_waiting",	INT },
	{ NULL,		"hooks_tries",		INT },
};
VIEW(master,
    "SELECT (SELECT value FROM system WHERE key = 'master_id'), "
    "(SELECT CAST(value AS INTEGER) FROM system WHERE key = 'created'), "
    "(SELECT CAST(value AS INTEGER) FROM system WHERE key = 'epoch'), "
    "(SELECT user_version FROM pragma_user_version), "
    "(SELECT tick FROM clock), (SELECT time FROM clock), "
    "(SELECT count(*) FROM ears), (SELECT nullif(CAST(value AS INTEGER), 0) "
    "FROM system WHERE key = 'deaf_since'), (SELECT count(*) FROM hooks), "
    "(SELECT coalesce(max(tries), 0) FROM hooks) LIMIT ?1", NULL);

/* Those that were never counted are there as zero. */
static const struct pf_view_col counters_cols[] = {
	{ "name",	"name",			TEXT },
	{ "value",	"value",		INT },
};
VIEW(counters,
    "WITH names (n, name) AS (VALUES (1, 'jobs_pending'), "
    "(2, 'jobs_assigned'), (3, 'jobs_running'), (4, 'jobs_completed'), "
    "(5, 'jobs_failed'), (6, 'jobs_timed_out'), (7, 'jobs_cancelled'), "
    "(8, 'bots_registering'), (9, 'bots_idle'), (10, 'bots_busy'), "
    "(11, 'bots_timed_out'), (12, 'bots_failed'), (13, 'crashes'), "
    "(14, 'corpus_files'), (15, 'corpus_bytes'), (16, 'results_crash'), "
    "(17, 'results_corpus'), (18, 'results_coverage'), "
    "(19, 'results_status'), (20, 'results_log'), (21, 'log_bytes'), "
    "(22, 'dropped_corpus'), (23, 'dropped_log'), (24, 'dropped_crash'), "
    "(25, 'overflow_crash'), (26, 'refused_crash'), (27, 'refused_corpus'), "
    "(28, 'refused_coverage'), (29, 'refused_status'), (30, 'refused_log'), "
    "(31, 'refused_blob'), (32, 'refused_other'), (33, 'foreign_status'), "
    "(34, 'foreign_log'), (35, 'buckets'), (36, 'log_gone')) "
    "SELECT names.name, coalesce(value, 0) "
    "FROM names LEFT JOIN counters ON counters.name = names.name AND "
    "scope = '' ORDER BY n LIMIT ?1", NULL);
