/*
 * Lists of bots and jobs by what they are; see pick.h.
 */
#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "codec/json.h"
#include "view/find.h"
#include "view/pick.h"

static const char *const job_states[] = { "pending", "assigned", "running",
    "completed", "failed", "timed_out", "cancelled", NULL };
static const char *const bot_states[] = { "registering", "idle", "busy",
    "timed_out", "failed", NULL };

#define JOB_KEY		"SELECT created_at, id, "
#define BEFORE		"(created_at, id) < (?1, ?2) "
#define NEWEST		"ORDER BY created_at DESC, id DESC"
#define OF_STATE	"(?3 IS NULL OR status = ?3) "
#define OF_ENGINE	"(?4 IS NULL OR fuzzer = ?4) "
#define OF_CAMPAIGN	"(?5 IS NULL OR campaign = ?5) "

static const struct pf_walk by_time = { 'j', &pf_view_jobs,
    JOB_KEY OF_STATE "AND " OF_ENGINE "AND " OF_CAMPAIGN "FROM jobs WHERE "
    "archived_at IS NULL AND " BEFORE NEWEST, 3 };
/* Those that ended in a way that few do. */
static const struct pf_walk by_end = { 'j', &pf_view_jobs,
    JOB_KEY OF_ENGINE "AND " OF_CAMPAIGN "FROM jobs WHERE status = ?3 AND "
    "completed_at IS NOT NULL AND archived_at IS NULL AND " BEFORE NEWEST,
    3 };
/* Those that bots have: not more than there are bots. */
static const struct pf_walk by_lease = { 'j', &pf_view_jobs,
    JOB_KEY OF_ENGINE "AND " OF_CAMPAIGN "FROM assignments AS a CROSS JOIN "
    "jobs ON id = a.job_id WHERE a.ended_at IS NULL AND jobs.status = ?3 AND "
    BEFORE NEWEST, 3 };
/* Ids of jobs are in the order of their making. */
static const struct pf_walk by_campaign = { 'c', &pf_view_jobs,
    "SELECT 0, id, archived_at IS NULL AND " OF_STATE "AND " OF_ENGINE
    "FROM jobs WHERE campaign = ?5 AND ?1 >= 0 AND id < ?2 "
    "ORDER BY id DESC", 3 };
static const struct pf_walk bots_by_time = { 'b', &pf_view_bots,
    "SELECT registered_at, id, " OF_STATE "FROM bots WHERE gone_at IS NULL "
    "AND (registered_at, id) < (?1, ?2) "
    "ORDER BY registered_at DESC, id DESC", 1 };

static const struct pf_walk bots_heard = { 't', &pf_view_timeouts,
    "SELECT registered_at, id, is_online FROM bots WHERE gone_at IS NULL "
    "AND (registered_at, id) < (?1, ?2) "
    "ORDER BY registered_at DESC, id DESC", 0 };

static bool
is_one(const char *text, const char *const *of)
{
	for (; text != NULL && *of != NULL; of++)
		if (strcmp(text, *of) == 0)
			return true;
	return false;
}

static const struct pf_err *
check_state(const char *status, const char *const *states)
{
	struct pf_buf b = PF_BUF_INIT;
	const struct pf_err *err;

	if (status == NULL || is_one(status, states))
		return NULL;
	for (; *states != NULL; states++)
		pf_buf_addf(&b, "%s%s", b.len > 0 ? ", " : "", *states);
	err = pf_err_field(PF_DATA, "status", "status is none of %s", b.data);
	pf_buf_free(&b);
	return err;
}

const struct pf_err *
pf_pick_jobs(struct pf_pick *pick, struct pf_page *p, struct pf_db *db)
{
	const struct pf_err *err;
	const char *s = pick->status;

	if ((err = check_state(s, job_states)) != NULL ||
	    (pick->campaign != NULL && (err = pf_find_campaign(pick->id, db,
	    pick->campaign)) != NULL))
		return err;
	p->want[0] = s;
	p->want[1] = pick->fuzzer;
	if (pick->fuzzer != NULL && pf_engine_name(pick->engine, pick->fuzzer))
		p->want[1] = pick->engine;
	p->want[2] = pick->campaign != NULL ? pick->id : NULL;
	if (is_one(s, job_states + 4))
		pick->walk = &by_end;
	else if (is_one(s, job_states + 1) && strcmp(s, "completed") != 0)
		pick->walk = &by_lease;
	else
		pick->walk = pick->campaign != NULL ? &by_campaign : &by_time;
	return NULL;
}

const struct pf_err *
pf_pick_bots(struct pf_pick *pick, struct pf_page *p, struct pf_db *db)
{
	const struct pf_err *err;

	(void)db;
	if ((err = check_state(pick->status, bot_states)) != NULL)
		return err;
	p->want[0] = pick->status;
	pick->walk = &bots_by_time;
	return NULL;
}

struct timeouts {
	struct pf_db	*db;
	struct pf_buf	*bots, *jobs;
};

static const struct pf_err *
put_timeouts(void *arg, const char *id)
{
	const struct pf_err *err;
	struct timeouts *t = arg;
	struct pf_q q = PF_Q_INIT;
	char text[PF_TIME_TEXT];
	bool more = false;

	if ((err = pf_view_open(&q, t->db, &pf_view_timeouts, id, 1)) == NULL
	    && (err = pf_q_row(&q, &more)) == NULL && more) {
		pf_jw_str(t->bots, id, pf_time_text(text, pf_q_int(&q, 2)));
		if (!pf_q_null(&q, 5))
			pf_jw_str(t->jobs, pf_q_text(&q, 3),
			    pf_time_text(text, pf_q_int(&q, 5)));
	}
	pf_q_done(&q);
	return err;
}

const struct pf_err *
pf_pick_timeouts(struct pf_page *p, struct pf_db *db, struct pf_buf *bots,
    struct pf_buf *jobs)
{
	struct timeouts t = { db, bots, jobs };

	return pf_page_ids(p, db, &bots_heard, put_timeouts, &t);
}

/* The counter of a state, without those that are in no list any more. */
static const struct pf_err *
count_state(int64_t *n, struct pf_db *db, bool jobs, const char *state)
{
	*n = 0;
	return pf_db_int(db, n, NULL, "SELECT coalesce((SELECT value FROM "
	    "counters WHERE name = ?1 || ?2 AND scope = ''), 0) - coalesce(("
	    "SELECT value FROM counters WHERE name = ?3 || ?2 AND scope = '')"
	    ", 0)", "sss", jobs ? "jobs_" : "bots_", state,
	    jobs ? "archived_" : "");
}

const struct pf_err *
pf_pick_total(int64_t *n, struct pf_db *db, const struct pf_pick *pick)
{
	const struct pf_err *err = NULL;
	bool jobs = pick->walk->view == &pf_view_jobs;
	const char *const *s = jobs ? job_states : bot_states;
	int64_t one;

	*n = -1;
	if (pick->fuzzer != NULL || pick->campaign != NULL)
		return NULL;
	if (pick->status != NULL)
		return count_state(n, db, jobs, pick->status);
	for (*n = 0; *s != NULL && err == NULL; s++)
		if ((err = count_state(&one, db, jobs, *s)) == NULL)
			*n += one;
	return err;
}

const struct pf_err *
pf_pick_states(struct pf_buf *b, struct pf_db *db, const struct pf_view *v)
{
	const struct pf_err *err = NULL;
	bool jobs = v == &pf_view_jobs;
	const char *const *s = jobs ? job_states : bot_states;
	int64_t one, all = 0;

	for (; *s != NULL && err == NULL; s++) {
		err = count_state(&one, db, jobs, *s);
		pf_jw_int(b, *s, one);
		all += one;
	}
	pf_jw_int(b, "total", all);
	return err;
}
