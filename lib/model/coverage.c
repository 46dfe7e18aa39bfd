/*
 * Coverage and statistics; see coverage.h.
 */
#include "model/coverage.h"

const struct pf_err *
pf_coverage_put(int64_t *fresh, struct pf_db *db, const struct pf_coverage *c)
{
	const struct pf_err *err;
	int64_t most = 0;

	/* The maximum is a counter, not a scan over the samples. */
	if ((err = pf_db_int(db, &most, NULL, "SELECT value FROM counters "
	    "WHERE name = 'edges' AND scope = ?", "s", c->job)) != NULL)
		return err;
	*fresh = c->edges > most ? c->edges - most : 0;
	if (*fresh > 0 && (err = pf_db_run(db, NULL, "INSERT INTO counters "
	    "VALUES ('edges', ?1, ?2) ON CONFLICT (name, scope) DO UPDATE "
	    "SET value = ?2", "si", c->job, c->edges)) != NULL)
		return err;
	return pf_db_run(db, NULL, "INSERT INTO coverage (id, job_id, bot_id,"
	    " edges, new_edges, timestamp, exec_count, execs_per_sec, "
	    "corpus_count, crash_count) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, "
	    "iif(?8 < 0, NULL, ?8), iif(?9 < 0, NULL, ?9), "
	    "iif(?10 < 0, NULL, ?10))", "sssiiiirii", c->rid, c->job, c->bot,
	    c->edges, *fresh, c->timestamp, c->exec_count, c->execs_per_sec,
	    c->corpus_count, c->crash_count);
}

const struct pf_err *
pf_stats_put(struct pf_db *db, const struct pf_stats *s)
{
	return pf_db_run(db, NULL, "INSERT INTO job_stats (job_id, bot_id, "
	    "time, seq, attempt, executions, execs_per_sec, edges, "
	    "total_edges, corpus_count, crash_count, hang_count, peak_rss_mb,"
	    " stability, state) VALUES (?1, ?2, ?3, ?4, ?5, "
	    "iif(?6 < 0, NULL, ?6), iif(?7 < 0, NULL, ?7), "
	    "iif(?8 < 0, NULL, ?8), iif(?9 < 0, NULL, ?9), "
	    "iif(?10 < 0, NULL, ?10), iif(?11 < 0, NULL, ?11), "
	    "iif(?12 < 0, NULL, ?12), iif(?13 < 0, NULL, ?13), "
	    "iif(?14 < 0, NULL, ?14), ?15) "
	    "ON CONFLICT (job_id) DO UPDATE SET bot_id = excluded.bot_id, "
	    "time = excluded.time, seq = excluded.seq, "
	    "attempt = excluded.attempt, executions = excluded.executions, "
	    "execs_per_sec = excluded.execs_per_sec, edges = excluded.edges, "
	    "total_edges = excluded.total_edges, "
	    "corpus_count = excluded.corpus_count, "
	    "crash_count = excluded.crash_count, "
	    "hang_count = excluded.hang_count, "
	    "peak_rss_mb = excluded.peak_rss_mb, "
	    "stability = excluded.stability, state = excluded.state "
	    "WHERE (excluded.attempt, excluded.seq) > (attempt, seq)",
	    "ssiiiiriiiiiirs", s->job, s->bot, s->time, s->seq, s->attempt,
	    s->executions, s->execs_per_sec, s->edges, s->total_edges,
	    s->corpus_count, s->crash_count, s->hang_count, s->peak_rss_mb,
	    s->stability, s->state);
}
