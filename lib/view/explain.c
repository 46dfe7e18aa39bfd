/*
 * Why something does not run; see explain.h.  The order of the causes is
 * that in which the claim looks at them, act/claim.c.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/name.h"
#include "base/time.h"
#include "os/clock.h"
#include "os/fs.h"
#include "store/trials.h"
#include "view/explain.h"
#include "view/health.h"

/* What is looked at of a job. */
struct job {
	char	 status[16], engine[33], message[257], campaign[129];
	char	 kind[16];
	char	 needs[64];		/* engine, and kind if not fuzz */
	char	 state[16], campaign_id[PF_ID_MAX + 1], bot[PF_ID_MAX + 1];
	char	 bot_name[129];
	int64_t	 priority, created, ended, attempt, silent;
	int64_t	 last_tick, deaf_since;		/* wall, ms */
	int64_t	 waiting, files;
	char	 health[PF_VERDICTS_TEXT];
	bool	 cancel;
};

static void
copy(char *to, size_t n, const struct pf_q *q, int col)
{
	pf_q_copy(q, col, to, n);
}

/* What a bot has to offer: all that have valgrind run crashes again. */
#define KIND \
	"iif(" PF_TRIALS_MEMCHECK("j.id") ", 'memcheck', j.kind)"

static const struct pf_err *
get_job(struct job *j, struct pf_db *db, const char *id)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	bool more = false;

	*j = (struct job){ 0 };
	if ((err = pf_q(&q, db, "SELECT j.status, j.fuzzer, j.message, "
	    "c.name, c.status, c.id, coalesce(b.id, ''), coalesce(b.name, "
	    "''), j.priority, j.created_at, coalesce(j.completed_at, 0), "
	    "j.attempt, coalesce((SELECT tick FROM clock), 0) - "
	    "coalesce(a.lease_tick, 0), j.cancel, coalesce((SELECT time FROM "
	    "clock), 0), coalesce((SELECT CAST(value AS INTEGER) FROM system "
	    "WHERE key = 'deaf_since'), 0), j.waiting, (SELECT count(*) "
	    "FROM job_blobs WHERE job = j.id), coalesce((SELECT health FROM "
	    "job_stats AS s WHERE s.job_id = j.id AND (s.epoch, s.attempt) = "
	    "(j.epoch, j.attempt)), ''), " KIND ", j.fuzzer || iif(j.kind = "
	    "'fuzz', '', ' and ' || " KIND ") FROM jobs j "
	    "JOIN campaigns c ON c.id = j.campaign "
	    "LEFT JOIN bots b ON b.id = j.assigned_bot "
	    "LEFT JOIN assignments a ON a.job_id = j.id AND "
	    "a.ended_at IS NULL WHERE j.id = ?", "s", id)) ==
	    NULL && (err = pf_q_row(&q, &more)) == NULL && more) {
		copy(j->status, sizeof(j->status), &q, 0);
		copy(j->engine, sizeof(j->engine), &q, 1);
		copy(j->kind, sizeof(j->kind), &q, 19);
		copy(j->needs, sizeof(j->needs), &q, 20);
		copy(j->message, sizeof(j->message), &q, 2);
		copy(j->campaign, sizeof(j->campaign), &q, 3);
		copy(j->state, sizeof(j->state), &q, 4);
		copy(j->campaign_id, sizeof(j->campaign_id), &q, 5);
		copy(j->bot, sizeof(j->bot), &q, 6);
		copy(j->bot_name, sizeof(j->bot_name), &q, 7);
		j->priority = pf_q_int(&q, 8);
		j->created = pf_q_int(&q, 9);
		j->ended = pf_q_int(&q, 10);
		j->attempt = pf_q_int(&q, 11);
		j->silent = pf_q_int(&q, 12);
		j->cancel = pf_q_int(&q, 13) != 0;
		j->last_tick = pf_q_int(&q, 14);
		j->deaf_since = pf_q_int(&q, 15);
		j->waiting = pf_q_int(&q, 16);
		j->files = pf_q_int(&q, 17);
		copy(j->health, sizeof(j->health), &q, 18);
	}
	pf_q_done(&q);
	return err == NULL && !more ? pf_err(PF_NOTFOUND, "job %s: unknown",
	    id) : err;
}

/* What no bot asks for, no bot gets. */
static const struct pf_err *
tell_deaf(struct pf_buf *b, struct pf_db *db)
{
	const struct pf_err *err;
	char when[PF_TIME_TEXT];
	int64_t since = 0;

	err = pf_db_int(db, &since, NULL, "SELECT CAST(value AS INTEGER) FROM "
	    "system WHERE key = 'deaf_since'", "");
	if (since != 0)
		pf_buf_addf(b, "; but the master is deaf since %s: no bot is "
		    "heard", pf_time_text(when, since));
	return err;
}

/*
 * What the master itself has stopped doing.  Without ticks no lease ends and
 * no bot is missed, whatever the states say: a lease's time without any is
 * worth a word.  A master that never had one counts from its first event.
 */
static const struct pf_err *
tell_stopped(struct pf_buf *b, struct pf_db *db, const struct pf_conf *conf)
{
	const struct pf_err *err;
	struct pf_buf note = PF_BUF_INIT;
	char when[PF_TIME_TEXT];
	int64_t last = 0, lease = pf_conf_lease_ticks(conf) * conf->tick;

	pf_buf_addf(&note, "%s/data/DAMAGED", conf->storage_path);
	if (pf_exists(note.data))
		pf_buf_adds(b, "; but the database was found damaged and "
		    "nothing goes on: pf-recovery(7) says what to do");
	pf_buf_free(&note);
	/* Of a deaf master that has been said. */
	err = pf_db_int(db, &last, NULL, "SELECT coalesce((SELECT time FROM "
	    "clock), (SELECT time FROM events ORDER BY id LIMIT 1), 0) WHERE "
	    "NOT EXISTS (SELECT 1 FROM system WHERE key = 'deaf_since' AND "
	    "CAST(value AS INTEGER) <> 0)", "");
	if (last != 0 && pf_wall_ms() - last > lease)
		pf_buf_addf(b, "; but no tick came since %s, so nothing times "
		    "out: does pf-reaper run?", pf_time_text(when, last));
	return err;
}

/* A job that a bot has: how it stands with the lease. */
static void
held(struct pf_buf *b, const struct job *j, const struct pf_conf *conf)
{
	int64_t left = pf_conf_lease_ticks(conf) + 1 - j->silent;
	char when[PF_TIME_TEXT];

	pf_buf_addf(b, "%s on bot %s", j->status, j->bot_name);
	if (j->cancel)
		pf_buf_adds(b, ", being cancelled: the bot is told by its "
		    "next heartbeat");
	if (j->deaf_since != 0) {
		pf_buf_addf(b, "; the master is deaf since %s: bots are not "
		    "heard, and no lease ends", pf_time_text(when,
		    j->deaf_since));
		return;
	}
	if (j->silent < 2)
		return;
	pf_buf_addf(b, "; the bot is silent for %" PRId64 " ticks, ",
	    j->silent);
	if (left > 0)
		pf_buf_addf(b, "its lease ends %" PRId64 " tick%s from now, "
		    "not before %s", left, left == 1 ? "" : "s",
		    pf_time_text(when, j->last_tick + left * conf->tick));
	else
		pf_buf_adds(b, "pf-reaper will take the job from it");
}

/* Bots that offer what a job needs, by what keeps them from a new job. */
struct offer {
	int64_t	 all, free, busy, out, failed, drain;
};

static const struct pf_err *
get_offer(struct offer *o, struct pf_db *db, const struct job *j)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	bool more = false;

	*o = (struct offer){ 0 };
	if ((err = pf_q(&q, db, "SELECT count(*), "
	    "sum(NOT drain AND status IN ('idle', 'registering')), "
	    "sum(NOT drain AND status = 'busy'), sum(status = 'timed_out'), "
	    "sum(status = 'failed'), sum(drain AND status NOT IN "
	    "('timed_out', 'failed')) FROM bots WHERE gone_at IS NULL AND "
	    "EXISTS (SELECT 1 FROM json_each(capabilities) WHERE "
	    "value = ?1) AND (?2 = 'fuzz' OR EXISTS (SELECT 1 FROM "
	    "json_each(capabilities) WHERE value = ?2))", "ss", j->engine,
	    j->kind)) == NULL &&
	    (err = pf_q_row(&q, &more)) == NULL && more)
		*o = (struct offer){ pf_q_int(&q, 0), pf_q_int(&q, 1),
		    pf_q_int(&q, 2), pf_q_int(&q, 3), pf_q_int(&q, 4),
		    pf_q_int(&q, 5) };
	pf_q_done(&q);
	return err;
}

/* At the limit of concurrent jobs: holds for every job. */
static const struct pf_err *
at_limit(bool *full, struct pf_db *db, const struct pf_conf *conf)
{
	int64_t live = 0;
	const struct pf_err *err;

	*full = false;
	if (conf->max_concurrent_jobs == 0)
		return NULL;
	err = pf_db_int(db, &live, NULL, "SELECT coalesce(sum(value), 0) "
	    "FROM counters WHERE name IN ('jobs_assigned', 'jobs_running') "
	    "AND scope = ''", "");
	*full = live >= conf->max_concurrent_jobs;
	return err;
}

/*
 * Of jobs of the engine ?1, those that a bot for the kind ?2 may be given: to
 * do anything but fuzz it has to say that it can.
 */
#define OFFERS(word) \
	"EXISTS (SELECT 1 FROM json_each(b.capabilities) WHERE value = " \
	word ")"
#define FOR_THE_SAME \
	"status = 'pending' AND waiting = 0 AND fuzzer = ?1 AND (kind IN " \
	"('fuzz', ?2) OR EXISTS (SELECT 1 FROM bots AS b WHERE b.gone_at IS " \
	"NULL AND " OFFERS("?1") " AND " OFFERS("jobs.kind") " AND (?2 = " \
	"'fuzz' OR " OFFERS("?2") ")))"

/* Campaigns that go before the job's own. */
static const struct pf_err *
campaigns_before(int64_t *n, struct pf_db *db, const struct job *j)
{
	return pf_db_int(db, n, NULL, "SELECT count(*) FROM campaigns AS c, "
	    "campaigns AS m WHERE m.id = ?3 AND c.id <> m.id AND c.pending > 0 "
	    "AND c.status = 'active' AND (CAST(c.running AS REAL) / c.weight, "
	    "c.turns, c.created_at, c.id) < (CAST(m.running AS REAL) / "
	    "m.weight, m.turns, m.created_at, m.id) AND EXISTS (SELECT 1 FROM "
	    "jobs WHERE " FOR_THE_SAME " AND campaign = c.id)", "sss",
	    j->engine, j->kind, j->campaign_id);
}

/* Jobs of its campaign that go before it. */
static const struct pf_err *
jobs_before(int64_t *n, struct pf_db *db, const struct job *j, const char *id)
{
	return pf_db_int(db, n, NULL, "SELECT count(*) FROM jobs WHERE "
	    FOR_THE_SAME " AND campaign = ?3 AND (priority > ?4 OR (priority "
	    "= ?4 AND (created_at < ?5 OR (created_at = ?5 AND id < ?6))))",
	    "sssiis", j->engine, j->kind, j->campaign_id, j->priority,
	    j->created, id);
}

/* Its turn has not come: what goes before it. */
static void
wait_turn(struct pf_buf *b, const struct job *j, const struct offer *o,
    int64_t jobs, int64_t campaigns)
{
	pf_buf_addf(b, "waiting for its turn: %" PRId64 " job%s of campaign "
	    "%s", jobs, jobs == 1 ? "" : "s", j->campaign);
	if (campaigns > 0)
		pf_buf_addf(b, " and %" PRId64 " other campaign%s", campaigns,
		    campaigns == 1 ? "" : "s");
	pf_buf_addf(b, " before it, %" PRId64 " of %" PRId64 " bots for %s "
	    "busy", o->busy, o->free + o->busy, j->needs);
}

static const struct pf_err *
pending(struct pf_buf *b, struct pf_db *db, const struct pf_conf *conf,
    const char *id, const struct job *j)
{
	const struct pf_err *err;
	struct offer o;
	int64_t before = 0, campaigns = 0;
	bool full;

	if (j->waiting > 0) {
		pf_buf_addf(b, "waiting for upload (%" PRId64 " of %" PRId64
		    " files)", j->waiting, j->files);
		return NULL;
	}
	if (strcmp(j->state, "paused") == 0) {
		pf_buf_addf(b, "its campaign %s is paused; pf-sched campaign "
		    "resume %s goes on with it", j->campaign, j->campaign);
		return NULL;
	}
	if ((err = get_offer(&o, db, j)) != NULL ||
	    (err = at_limit(&full, db, conf)) != NULL ||
	    (err = campaigns_before(&campaigns, db, j)) != NULL ||
	    (err = jobs_before(&before, db, j, id)) != NULL)
		return err;
	if (o.all == 0)
		pf_buf_addf(b, "no bot offers %s", j->needs);
	else if (o.free + o.busy == 0)
		pf_buf_addf(b, "no bot that offers %s takes jobs: %" PRId64
		    " timed out, %" PRId64 " failed, %" PRId64 " draining",
		    j->needs, o.out, o.failed, o.drain);
	else if (full)
		pf_buf_addf(b, "limits.max_concurrent_jobs (%" PRId64 ") is "
		    "reached", conf->max_concurrent_jobs);
	else if (o.free == 0 || before > 0 || campaigns > 0)
		wait_turn(b, j, &o, before, campaigns);
	else
		pf_buf_addf(b, "waiting for the next request of one of %"
		    PRId64 " free bots for %s", o.free, j->needs);
	return tell_deaf(b, db);
}

const struct pf_err *
pf_explain_job(struct pf_buf *b, struct pf_db *db, const struct pf_conf *conf,
    const char *id)
{
	const struct pf_err *err;
	char when[PF_TIME_TEXT];
	struct job j;

	if ((err = get_job(&j, db, id)) != NULL)
		return err;
	if (strcmp(j.status, "pending") == 0) {
		pf_buf_adds(b, "pending: ");
		if ((err = pending(b, db, conf, id, &j)) != NULL)
			return err;
		return tell_stopped(b, db, conf);
	}
	if (j.ended == 0) {
		held(b, &j, conf);
		if ((err = tell_stopped(b, db, conf)) != NULL)
			return err;
	} else {
		pf_buf_addf(b, "%s at %s", j.status,
		    pf_time_text(when, j.ended));
		if (j.message[0] != '\0')
			pf_buf_addf(b, ": %s", j.message);
	}
	pf_health_words(b, j.health);
	return NULL;
}

/* A bot that could take a job: what it would get, or why nothing. */
static const struct pf_err *
could(struct pf_buf *b, struct pf_db *db, const struct pf_conf *conf,
    const char *caps)
{
	const struct pf_err *err;
	int64_t waiting = 0, paused = 0;
	bool full;

	if ((err = at_limit(&full, db, conf)) != NULL ||
	    (err = pf_db_int(db, &waiting, NULL, "SELECT count(*) FROM jobs "
	    "JOIN campaigns c ON c.id = campaign WHERE jobs.status = "
	    "'pending' AND waiting = 0 AND c.status = 'active' AND fuzzer IN "
	    "(SELECT value FROM json_each(?1)) AND (kind = 'fuzz' OR kind IN "
	    "(SELECT value FROM json_each(?1)))", "s", caps)) != NULL ||
	    (err = pf_db_int(db, &paused, NULL, "SELECT count(*) FROM jobs "
	    "JOIN campaigns c ON c.id = campaign WHERE jobs.status = "
	    "'pending' AND waiting = 0 AND c.status = 'paused' AND fuzzer IN "
	    "(SELECT value FROM json_each(?1)) AND (kind = 'fuzz' OR kind IN "
	    "(SELECT value FROM json_each(?1)))", "s", caps)) != NULL)
		return err;
	if (waiting == 0 && paused == 0)
		pf_buf_addf(b, "no job waits for %s", caps);
	else if (waiting == 0)
		pf_buf_addf(b, "the %" PRId64 " jobs that wait for %s are in "
		    "paused campaigns", paused, caps);
	else if (full)
		pf_buf_addf(b, "limits.max_concurrent_jobs (%" PRId64 ") is "
		    "reached", conf->max_concurrent_jobs);
	else
		pf_buf_addf(b, "gets one of %" PRId64 " waiting jobs with its "
		    "next request", waiting);
	if ((err = tell_deaf(b, db)) != NULL)
		return err;
	return tell_stopped(b, db, conf);
}

/* What is looked at of a bot. */
struct bot {
	char	 status[16], caps[2048], job[PF_ID_MAX + 1];
	int64_t	 seen, failures, gone;
	bool	 drain;
};

static const struct pf_err *
get_bot(struct bot *o, struct pf_db *db, const char *id)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	bool more = false;

	*o = (struct bot){ 0 };
	if ((err = pf_q(&q, db, "SELECT status, capabilities, "
	    "coalesce(current_job, ''), last_seen, failure_count, "
	    "coalesce(gone_at, 0), drain FROM bots WHERE id = ?", "s", id)) ==
	    NULL && (err = pf_q_row(&q, &more)) == NULL && more) {
		copy(o->status, sizeof(o->status), &q, 0);
		copy(o->caps, sizeof(o->caps), &q, 1);
		copy(o->job, sizeof(o->job), &q, 2);
		o->seen = pf_q_int(&q, 3);
		o->failures = pf_q_int(&q, 4);
		o->gone = pf_q_int(&q, 5);
		o->drain = pf_q_int(&q, 6) != 0;
	}
	pf_q_done(&q);
	return err == NULL && !more ? pf_err(PF_NOTFOUND, "bot %s: unknown",
	    id) : err;
}

const struct pf_err *
pf_explain_bot(struct pf_buf *b, struct pf_db *db, const struct pf_conf *conf,
    const char *id)
{
	const struct pf_err *err;
	char when[PF_TIME_TEXT];
	struct bot o;

	if ((err = get_bot(&o, db, id)) != NULL)
		return err;
	if (o.gone != 0) {
		pf_buf_addf(b, "deregistered at %s",
		    pf_time_text(when, o.gone));
		return NULL;
	}
	pf_buf_addf(b, "%s: ", o.status);
	if (strcmp(o.status, "failed") == 0) {
		pf_buf_addf(b, "%" PRId64 " failures; pf-registry reset takes "
		    "it back", o.failures);
		return NULL;
	}
	if (strcmp(o.status, "timed_out") == 0) {
		pf_buf_addf(b, "silent since %s; its next request takes it "
		    "back", pf_time_text(when, o.seen));
		return NULL;
	}
	if (o.job[0] != '\0') {
		pf_buf_addf(b, "job %s is ", o.job);
		err = pf_explain_job(b, db, conf, o.job);
		if (o.drain)
			pf_buf_adds(b, "; it is the last: the bot drains");
		return err;
	}
	if (o.drain) {
		pf_buf_adds(b, "draining, it takes no job; pf-registry drain "
		    "-u ends that");
		return NULL;
	}
	return could(b, db, conf, o.caps);
}
