/*
 * Coverage and statistics; see coverage.h.
 */
#include "model/coverage.h"

#define MINUTE	INT64_C(60000)
#define HOUR	(60 * MINUTE)
#define DAY	(24 * HOUR)

/* Each divides the next, so that who is first in one is first below. */
static const struct {
	int64_t	 age, slot;
} levels[] = {
	{ HOUR, MINUTE }, { DAY, 15 * MINUTE }, { 14 * DAY, 2 * HOUR },
};

#define NLEVELS	(sizeof(levels) / sizeof(levels[0]))

#define NOT_FIRST "job_id = ?1 AND timestamp >= ?2 AND timestamp < ?3 AND " \
	"EXISTS (SELECT 1 FROM coverage AS e WHERE e.job_id = ?1 AND " \
	"e.timestamp >= c.timestamp - c.timestamp % ?4 AND " \
	"e.timestamp <= c.timestamp AND (e.timestamp, e.id) < " \
	"(c.timestamp, c.id))"

/* Of each slot from lo to hi only the first sample stays. */
static const struct pf_err *
thin(struct pf_db *db, const char *job, int64_t lo, int64_t hi, int64_t slot)
{
	const struct pf_err *err;

	if (lo >= hi)
		return NULL;
	if ((err = pf_db_run(db, NULL, "DELETE FROM results WHERE rid IN "
	    "(SELECT id FROM coverage AS c WHERE " NOT_FIRST ")", "siii", job,
	    lo, hi, slot)) != NULL)
		return err;
	return pf_db_run(db, NULL, "DELETE FROM coverage AS c WHERE "
	    NOT_FIRST, "siii", job, lo, hi, slot);
}

/*
 * The slots that have come of age since the job's newest sample was that of
 * before; and the one of this sample, if it came late.
 */
static const struct pf_err *
thin_all(struct pf_db *db, const struct pf_coverage *c, int64_t newest,
    int64_t before)
{
	const struct pf_err *err = NULL;
	int64_t lo, hi, own, slot;
	size_t i;

	for (i = 0; err == NULL && i < NLEVELS; i++) {
		slot = levels[i].slot;
		lo = before - levels[i].age;
		lo = lo < 0 ? 0 : lo - lo % slot;
		hi = newest - levels[i].age;
		hi = hi < 0 ? 0 : hi - hi % slot;
		err = thin(db, c->job, lo, hi, slot);
		own = c->timestamp - c->timestamp % slot;
		if (err == NULL && own < lo)
			err = thin(db, c->job, own, own + slot, slot);
	}
	return err;
}

/* The job's newest sample, as a counter; *before is what it was. */
static const struct pf_err *
note_newest(int64_t *newest, int64_t *before, struct pf_db *db,
    const struct pf_coverage *c, int64_t filed)
{
	const struct pf_err *err;

	*before = 0;
	*newest = c->timestamp < filed ? c->timestamp : filed;
	if ((err = pf_db_int(db, before, NULL, "SELECT value FROM counters "
	    "WHERE name = 'sampled' AND scope = ?", "s", c->job)) != NULL)
		return err;
	if (*newest <= *before) {
		*newest = *before;
		return NULL;
	}
	return pf_db_run(db, NULL, "INSERT INTO counters VALUES ('sampled', "
	    "?1, ?2) ON CONFLICT (name, scope) DO UPDATE SET value = ?2",
	    "si", c->job, *newest);
}

const struct pf_err *
pf_coverage_put(int64_t *fresh, struct pf_db *db, const struct pf_coverage *c,
    int64_t filed)
{
	const struct pf_err *err;
	int64_t most = 0, newest, before;

	/* The maximum is a counter, not a scan over the samples. */
	if ((err = pf_db_int(db, &most, NULL, "SELECT value FROM counters "
	    "WHERE name = 'edges' AND scope = ?", "s", c->job)) != NULL)
		return err;
	*fresh = c->edges > most ? c->edges - most : 0;
	if (*fresh > 0 && (err = pf_db_run(db, NULL, "INSERT INTO counters "
	    "VALUES ('edges', ?1, ?2) ON CONFLICT (name, scope) DO UPDATE "
	    "SET value = ?2", "si", c->job, c->edges)) != NULL)
		return err;
	if ((err = pf_db_run(db, NULL, "INSERT INTO coverage (id, job_id, "
	    "bot_id, edges, timestamp, exec_count, execs_per_sec, "
	    "corpus_count, crash_count) VALUES (?1, ?2, ?3, ?4, ?5, ?6, "
	    "iif(?7 < 0, NULL, ?7), iif(?8 < 0, NULL, ?8), "
	    "iif(?9 < 0, NULL, ?9))", "sssiiirii", c->rid, c->job, c->bot,
	    c->edges, c->timestamp, c->exec_count, c->execs_per_sec,
	    c->corpus_count, c->crash_count)) != NULL ||
	    (err = note_newest(&newest, &before, db, c, filed)) != NULL)
		return err;
	return thin_all(db, c, newest, before);
}

const struct pf_err *
pf_stats_more(int64_t *more, struct pf_db *db, const struct pf_stats *s)
{
	*more = 0;
	return pf_db_int(db, more, NULL, "SELECT max(0, ?1 - coalesce((SELECT "
	    "executions FROM job_stats WHERE job_id = ?2 AND epoch = ?3 AND "
	    "attempt = ?4), 0))", "isii", s->executions, s->job, s->epoch,
	    s->attempt);
}

const struct pf_err *
pf_coverage_settle(struct pf_db *db, const char *rid)
{
	return pf_db_run(db, NULL, "DELETE FROM results WHERE rid = ?1 AND "
	    "NOT EXISTS (SELECT 1 FROM coverage WHERE id = ?1)", "s", rid);
}

const struct pf_err *
pf_stats_put(bool *put, struct pf_db *db, const struct pf_stats *s)
{
	const struct pf_err *err;
	int64_t n = 0;

	err = pf_db_run(db, &n, "INSERT INTO job_stats (job_id, bot_id, "
	    "time, seq, attempt, executions, execs_per_sec, edges, "
	    "total_edges, corpus_count, crash_count, hang_count, peak_rss_mb,"
	    " stability, state, epoch, health) VALUES (?1, ?2, ?3, ?4, ?5, "
	    "iif(?6 < 0, NULL, ?6), iif(?7 < 0, NULL, ?7), "
	    "iif(?8 < 0, NULL, ?8), iif(?9 < 0, NULL, ?9), "
	    "iif(?10 < 0, NULL, ?10), iif(?11 < 0, NULL, ?11), "
	    "iif(?12 < 0, NULL, ?12), iif(?13 < 0, NULL, ?13), "
	    "iif(?14 < 0, NULL, ?14), ?15, ?16, ?17) "
	    "ON CONFLICT (job_id) DO UPDATE SET bot_id = excluded.bot_id, "
	    "time = excluded.time, seq = excluded.seq, "
	    "epoch = excluded.epoch, "
	    "attempt = excluded.attempt, executions = excluded.executions, "
	    "execs_per_sec = excluded.execs_per_sec, edges = excluded.edges, "
	    "total_edges = excluded.total_edges, "
	    "corpus_count = excluded.corpus_count, "
	    "crash_count = excluded.crash_count, "
	    "hang_count = excluded.hang_count, "
	    "peak_rss_mb = excluded.peak_rss_mb, "
	    "stability = excluded.stability, state = excluded.state, "
	    "health = excluded.health "
	    "WHERE (excluded.epoch, excluded.attempt, excluded.seq) > "
	    "(epoch, attempt, seq)", "ssiiiiriiiiiirsis", s->job,
	    s->bot, s->time, s->seq, s->attempt,
	    s->executions, s->execs_per_sec, s->edges, s->total_edges,
	    s->corpus_count, s->crash_count, s->hang_count, s->peak_rss_mb,
	    s->stability, s->state, s->epoch, s->health);
	if (put != NULL)
		*put = n > 0;
	return err;
}

const struct pf_err *
pf_told_get(struct pf_told *t, struct pf_db *db, const char *job)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	bool more = false;

	*t = (struct pf_told){ .epoch = -1, .attempt = -1 };
	if ((err = pf_q(&q, db, "SELECT told, told_at, told_n, epoch, attempt "
	    "FROM job_stats WHERE job_id = ?", "s", job)) == NULL &&
	    (err = pf_q_row(&q, &more)) == NULL && more) {
		pf_verdicts_parse(&t->told, pf_q_text(&q, 0), 1);
		t->at = pf_q_int(&q, 1);
		t->n = pf_q_int(&q, 2);
		t->epoch = pf_q_int(&q, 3);
		t->attempt = pf_q_int(&q, 4);
	}
	pf_q_done(&q);
	return err;
}

const struct pf_err *
pf_told_set(struct pf_db *db, const char *job, const struct pf_told *t)
{
	char text[PF_VERDICTS_TEXT];

	pf_verdicts_text(text, &t->told);
	return pf_db_run(db, NULL, "UPDATE job_stats SET told = ?, told_at = "
	    "?, told_n = ? WHERE job_id = ?", "siis", text, t->at, t->n, job);
}
