/*
 * Jobs; see job.h.
 */
#include <stdio.h>
#include <string.h>

#include "codec/json.h"
#include "model/job.h"
#include "store/trials.h"

#define NONE	PF_JOB_STATES
#define PEND	PF_JOB_PENDING
#define GIVEN	PF_JOB_ASSIGNED
#define RUN	PF_JOB_RUNNING
#define DONE	PF_JOB_COMPLETED
#define FAILED	PF_JOB_FAILED
#define OVER	PF_JOB_TIMED_OUT
#define CANC	PF_JOB_CANCELLED

static const char *const states[PF_JOB_STATES] = {
	"pending", "assigned", "running", "completed", "failed", "timed_out",
	"cancelled",
};

static const char *const events[PF_JOB_EVENTS] = {
	"give", "start", "finish", "fail", "overrun", "cancel", "requeue",
};

static const enum pf_job_state machine[PF_JOB_STATES][PF_JOB_EVENTS] = {
	/* event:   give   start finish fail    overrun cancel requeue */
	[PEND] =  { GIVEN, NONE, NONE,  FAILED, NONE,   CANC,  NONE },
	[GIVEN] = { NONE,  RUN,  DONE,  FAILED, OVER,   CANC,  PEND },
	[RUN] =   { NONE,  RUN,  DONE,  FAILED, OVER,   CANC,  PEND },
	[DONE] =  { NONE,  NONE, NONE,  NONE,   NONE,   NONE,  NONE },
	[FAILED] = { NONE, NONE, NONE,  NONE,   NONE,   NONE,  NONE },
	[OVER] =  { NONE,  NONE, NONE,  NONE,   NONE,   NONE,  NONE },
	[CANC] =  { NONE,  NONE, NONE,  NONE,   NONE,   NONE,  NONE },
};

const char *
pf_job_state_name(enum pf_job_state s)
{
	return states[s];
}

const char *
pf_job_event_name(enum pf_job_event e)
{
	return events[e];
}

bool
pf_job_next(enum pf_job_state *to, enum pf_job_state from,
    enum pf_job_event event)
{
	if (machine[from][event] == NONE)
		return false;
	*to = machine[from][event];
	return true;
}

bool
pf_job_live(enum pf_job_state s)
{
	return s == GIVEN || s == RUN;
}

bool
pf_job_claimable(enum pf_job_state s, int64_t waiting)
{
	return s == PEND && waiting == 0;
}

static enum pf_job_state
state_of(const char *name)
{
	int i;

	for (i = 0; i < PF_JOB_STATES; i++)
		if (strcmp(states[i], name) == 0)
			return (enum pf_job_state)i;
	pf_die("job state '%s' in the database", name);
}

const struct pf_err *
pf_job_get(struct pf_job *j, struct pf_db *db, const char *id)
{
	const struct pf_err *err;
	struct pf_q q;
	bool more = false;

	*j = (struct pf_job){ 0 };
	if ((err = pf_q(&q, db, "SELECT id, status, assigned_bot, epoch, "
	    "attempt, strikes, duration, cancel, campaign, waiting FROM jobs "
	    "WHERE id = ?", "s",
	    id)) == NULL)
		err = pf_q_row(&q, &more);
	if (err == NULL && more) {
		pf_q_copy(&q, 0, j->id, sizeof(j->id));
		j->state = state_of(pf_q_text(&q, 1));
		pf_q_copy(&q, 2, j->bot, sizeof(j->bot));
		j->epoch = pf_q_int(&q, 3);
		j->attempt = pf_q_int(&q, 4);
		j->strikes = pf_q_int(&q, 5);
		j->duration = pf_q_int(&q, 6);
		j->cancel = pf_q_int(&q, 7) != 0;
		pf_q_copy(&q, 8, j->campaign, sizeof(j->campaign));
		j->waiting = pf_q_int(&q, 9);
	}
	pf_q_done(&q);
	if (err == NULL && !more)
		err = pf_err_field(PF_NOTFOUND, "job", "job %.64s: unknown",
		    id);
	return err;
}

/*
 * Each statement names only the columns that change with it: those that are
 * in an index or refer to another table cost the most.
 */
const struct pf_err *
pf_job_update(struct pf_db *db, const struct pf_job *j, int64_t now,
    const char *message)
{
	if (j->state == GIVEN)
		return pf_db_run(db, NULL, "UPDATE jobs SET status = "
		    "'assigned', assigned_bot = ?2, epoch = ?3, attempt = ?4,"
		    " cancel = ?5, message = ?6 WHERE id = ?1", "ssiiis",
		    j->id, j->bot, j->epoch, j->attempt, (int64_t)j->cancel,
		    message);
	if (j->state == RUN)
		return pf_db_run(db, NULL, "UPDATE jobs SET status = "
		    "'running', cancel = ?2, message = ?3, started_at = "
		    "coalesce(started_at, ?4), timeout_at = coalesce("
		    "timeout_at, ?4 + duration) WHERE id = ?1", "sisi",
		    j->id, (int64_t)j->cancel, message, now);
	if (j->state == PEND)
		return pf_db_run(db, NULL, "UPDATE jobs SET status = "
		    "'pending', assigned_bot = NULL, strikes = ?2, cancel = "
		    "?3, message = ?4, started_at = NULL, timeout_at = NULL "
		    "WHERE id = ?1", "siis", j->id, j->strikes,
		    (int64_t)j->cancel, message);
	return pf_db_run(db, NULL, "UPDATE jobs SET status = ?2, "
	    "assigned_bot = NULL, strikes = ?3, cancel = ?4, message = ?5, "
	    "completed_at = ?6 WHERE id = ?1", "ssiisi", j->id,
	    states[j->state], j->strikes, (int64_t)j->cancel, message, now);
}

const char *const pf_job_kinds[PF_JOB_KINDS] = {
	"fuzz", "regress", "memcheck",
};

const struct pf_err *
pf_job_best(char id[PF_ID_MAX + 1], int64_t *priority, int64_t *created,
    bool *found, struct pf_db *db, const struct pf_job_want *w)
{
	const struct pf_err *err;
	struct pf_q q;

	*found = false;
	if ((err = pf_q(&q, db, "SELECT id, priority, created_at FROM jobs "
	    "WHERE status = 'pending' AND waiting = 0 AND fuzzer = ? AND "
	    "campaign = ? AND kind = ? AND (? OR NOT "
	    PF_TRIALS_MEMCHECK("jobs.id") ") "
	    "ORDER BY priority DESC, created_at, id LIMIT 1", "sssi",
	    w->engine, w->campaign, w->kind, (int64_t)w->memcheck)) == NULL)
		err = pf_q_row(&q, found);
	if (err == NULL && *found) {
		pf_q_copy(&q, 0, id, PF_ID_MAX + 1);
		*priority = pf_q_int(&q, 1);
		*created = pf_q_int(&q, 2);
	}
	pf_q_done(&q);
	return err;
}

const struct pf_err *
pf_job_archive(struct pf_db *db, int64_t *n, const char *id, int64_t now)
{
	return pf_db_run(db, n, "UPDATE jobs SET archived_at = ?2 WHERE "
	    "id = ?1 AND archived_at IS NULL", "si", id, now);
}

const struct pf_err *
pf_jobs_live(int64_t *n, struct pf_db *db)
{
	return pf_db_int(db, n, NULL, "SELECT coalesce(sum(value), 0) FROM "
	    "counters WHERE name IN ('jobs_assigned', 'jobs_running') AND "
	    "scope = ''", "");
}

const struct pf_err *
pf_job_insert(struct pf_db *db, const struct pf_job_new *n)
{
	return pf_db_run(db, NULL, "INSERT INTO jobs (id, campaign, name, "
	    "kind, target, target_hash, fuzzer, status, priority, created_at,"
	    " work_dir, duration, memory_limit, timeout, dictionary, "
	    "seed_corpus, output_dir, args, options, request, waiting) VALUES "
	    "(?1, ?2, ?3, ?18, ?4, ?5, ?6, 'pending', ?7, ?8, 'jobs/' || "
	    "?1, ?9, ?10, ?11, ?12, ?13, 'corpus/' || ?1, ?14, ?15, ?16, "
	    "?17)", "ssssssiiiiisssssis", n->id, n->campaign, n->name,
	    n->target, n->target_hash, n->engine, n->priority, n->now,
	    n->duration, n->memory, n->timeout, n->dictionary, n->seeds,
	    n->args, n->options, n->request, n->waiting,
	    n->kind != NULL ? n->kind : pf_job_kinds[0]);
}

const struct pf_err *
pf_job_blob(struct pf_db *db, const struct pf_job_blob *b)
{
	return pf_db_run(db, NULL, "INSERT INTO job_blobs (job, n, kind, "
	    "name, sha256, size, missing) VALUES (?, ?, ?, ?, ?, ?, ?)",
	    "sisssii", b->job, b->n, b->kind, b->name, b->sha, b->size,
	    (int64_t)b->missing);
}

const struct pf_err *
pf_job_lacks(char id[PF_ID_MAX + 1], bool *found, struct pf_db *db,
    const char *sha)
{
	const struct pf_err *err;
	struct pf_q q;

	*found = false;
	if ((err = pf_q(&q, db, "SELECT job FROM job_blobs WHERE sha256 = ? "
	    "AND missing = 1 LIMIT 1", "s", sha)) == NULL)
		err = pf_q_row(&q, found);
	if (err == NULL && *found)
		pf_q_copy(&q, 0, id, PF_ID_MAX + 1);
	pf_q_done(&q);
	return err;
}

const struct pf_err *
pf_job_lacking(char sha[PF_SHA_HEX + 1], bool *found, struct pf_db *db,
    const char *after)
{
	const struct pf_err *err;
	struct pf_q q;

	*found = false;
	if ((err = pf_q(&q, db, "SELECT sha256 FROM job_blobs WHERE sha256 > "
	    "? AND missing = 1 ORDER BY sha256 LIMIT 1", "s", after)) == NULL)
		err = pf_q_row(&q, found);
	if (err == NULL && *found)
		pf_q_copy(&q, 0, sha, PF_SHA_HEX + 1);
	pf_q_done(&q);
	return err;
}

const struct pf_err *
pf_job_fill(int64_t *left, struct pf_db *db, const char *id, const char *sha,
    int64_t size)
{
	const struct pf_err *err;

	/* Its size is what it is, whatever was announced. */
	if ((err = pf_db_run(db, NULL, "UPDATE job_blobs SET missing = 0, "
	    "size = ?3 WHERE job = ?1 AND sha256 = ?2", "ssi", id, sha,
	    size)) != NULL || (err = pf_db_run(db, NULL, "UPDATE jobs SET "
	    "waiting = (SELECT count(*) FROM job_blobs WHERE job = ?1 AND "
	    "missing = 1) WHERE id = ?1", "s", id)) != NULL)
		return err;
	return pf_db_int(db, left, NULL, "SELECT waiting FROM jobs WHERE "
	    "id = ?", "s", id);
}

static const struct pf_err *
blobs_json(struct pf_buf *b, struct pf_db *db, const char *id)
{
	const struct pf_err *err;
	struct pf_q q;
	bool more = true;

	pf_jw_open(b, "blobs", '[');
	err = pf_q(&q, db, "SELECT kind, name, sha256, size FROM job_blobs "
	    "WHERE job = ? ORDER BY n", "s", id);
	while (err == NULL && (err = pf_q_row(&q, &more)) == NULL && more) {
		pf_jw_open(b, NULL, '{');
		pf_q_json(&q, 0, b, "kind");
		pf_q_json(&q, 1, b, "name");
		pf_q_json(&q, 2, b, "sha256");
		pf_jw_int(b, "size", pf_q_int(&q, 3));
		pf_jw_close(b, '}');
	}
	pf_q_done(&q);
	pf_jw_close(b, ']');
	return err;
}

/*
 * What a job of kind regress is to run again; under valgrind with what is
 * looked for there, as one run may show many things.
 */
static const struct pf_err *
crashes_json(struct pf_buf *b, struct pf_db *db, const char *id)
{
	const struct pf_err *err;
	struct pf_q q;
	bool more = true;

	pf_jw_open(b, "crashes", '[');
	err = pf_q(&q, db, "SELECT r.hash, r.size, r.runs, iif("
	    PF_TRIALS_UNDER("r.campaign", "r.hash") ", coalesce((SELECT "
	    "major(output) FROM crashes WHERE id = r.crash), ''), NULL) FROM "
	    "regressions AS r WHERE r.job = ? ORDER BY r.hash", "s", id);
	while (err == NULL && (err = pf_q_row(&q, &more)) == NULL && more) {
		pf_jw_open(b, NULL, '{');
		pf_q_json(&q, 0, b, "hash");
		pf_jw_int(b, "size", pf_q_int(&q, 1));
		pf_jw_int(b, "runs", pf_q_int(&q, 2));
		if (!pf_q_null(&q, 3)) {
			pf_jw_str(b, "under", "valgrind");
			pf_q_json(&q, 3, b, "key");
		}
		pf_jw_close(b, '}');
	}
	pf_q_done(&q);
	pf_jw_close(b, ']');
	return err;
}

const struct pf_err *
pf_job_json(struct pf_buf *b, struct pf_db *db, const char *id)
{
	const struct pf_err *err;
	struct pf_q q;
	bool more = false, regress = false;

	if ((err = pf_q(&q, db, "SELECT j.id, j.name, j.fuzzer, j.kind, "
	    "c.name, j.priority, j.duration, j.memory_limit, j.timeout, "
	    "j.target, j.args, j.options, j.created_at, j.work_dir, "
	    "j.output_dir, j.status, j.started_at, j.cancel FROM jobs j "
	    "JOIN campaigns c ON c.id = j.campaign WHERE j.id = ?", "s",
	    id)) == NULL)
		err = pf_q_row(&q, &more);
	if (err == NULL && more) {
		pf_q_json(&q, 0, b, "id");
		pf_q_json(&q, 1, b, "name");
		pf_q_json(&q, 2, b, "engine");
		pf_q_json(&q, 3, b, "kind");
		pf_q_json(&q, 4, b, "campaign");
		pf_jw_int(b, "priority", pf_q_int(&q, 5));
		pf_jw_int(b, "duration_ms", pf_q_int(&q, 6));
		pf_jw_int(b, "memory_limit", pf_q_int(&q, 7));
		pf_jw_int(b, "exec_timeout_ms", pf_q_int(&q, 8));
		pf_q_json(&q, 9, b, "target");
		pf_jw_raw(b, "args", pf_q_text(&q, 10));
		pf_jw_raw(b, "options", pf_q_text(&q, 11));
		pf_jw_int(b, "created_at", pf_q_int(&q, 12));
		pf_q_json(&q, 13, b, "work_dir");
		pf_q_json(&q, 14, b, "output_dir");
		pf_q_json(&q, 15, b, "status");
		if (pf_q_int(&q, 16) == 0)
			pf_jw_null(b, "started_at");
		else
			pf_jw_int(b, "started_at", pf_q_int(&q, 16));
		pf_jw_bool(b, "cancel", pf_q_int(&q, 17) != 0);
		regress = strcmp(pf_q_text(&q, 3), "regress") == 0;
	}
	pf_q_done(&q);
	if (err == NULL && regress && (err = crashes_json(b, db, id)) != NULL)
		return err;
	return err == NULL ? blobs_json(b, db, id) : err;
}

const struct pf_err *
pf_job_of_request(struct pf_buf *b, int64_t *n, struct pf_db *db,
    const struct pf_job_new *j)
{
	const struct pf_err *err;
	struct pf_q q;
	bool more = true, same = true;

	*n = 0;
	pf_jw_open(b, "jobs", '[');
	err = pf_q(&q, db, "SELECT id, name = ?2 AND fuzzer = ?3 AND "
	    "target_hash = ?4 FROM jobs WHERE request = ?1 ORDER BY rowid",
	    "ssss", j->request, j->name, j->engine, j->target_hash);
	for (; err == NULL && (err = pf_q_row(&q, &more)) == NULL && more;
	    ++*n) {
		same = same && pf_q_int(&q, 1) != 0;
		pf_q_json(&q, 0, b, NULL);
	}
	pf_q_done(&q);
	pf_jw_close(b, ']');
	if (err == NULL && !same)
		err = pf_err_field(PF_CONFLICT, "request", "request %s: it "
		    "has submitted another job", j->request);
	return err;
}

const struct pf_err *
pf_job_hoped(int64_t *since, struct pf_db *db, const char *id)
{
	return pf_db_int(db, since, NULL, "SELECT max(created_at, coalesce(("
	    "SELECT max(u.time) FROM job_blobs AS b JOIN uploads AS u ON "
	    "u.sha256 = b.sha256 WHERE b.job = j.id), 0)) FROM jobs AS j WHERE "
	    "id = ?", "s", id);
}
