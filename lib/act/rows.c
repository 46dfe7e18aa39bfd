/*
 * Rows of results from pf-ingest: crash, corpus, coverage, status, log, check,
 * small.
 *
 * Each row stands alone: counted once by its rid, refused alone.  Whether a
 * result is new is decided here, in the transaction that inserts it, and the
 * answer is kept for replays.
 */
#include <stdio.h>
#include <string.h>

#include "act/announce.h"
#include "act/bucket.h"
#include "act/row.h"
#include "codec/op.h"
#include "codec/rec.h"
#include "model/check.h"
#include "model/corpus.h"
#include "model/coverage.h"
#include "model/mend.h"
#include "model/result.h"
#include "model/system.h"
#include "store/dbw.h"

#define ROWS_MAX	100

static const struct pf_err *
get_row(struct pf_act *a, struct row *row, const struct pf_json *j)
{
	const struct pf_err *err;
	bool found, given = false, again;

	*row = (struct row){ .j = j, .r.kind = a->op, .filed = a->now,
	    .stored = true, .restore = "" };
	if (!pf_json_is_object(j))
		return pf_err_field(PF_DATA, "rows", "row is not an object");
	if ((err = pf_json_need(&row->r.rid, j, "rid")) != NULL ||
	    (err = pf_need_id(&row->r.job, j, "job")) != NULL ||
	    (err = pf_need_id(&row->r.bot, j, "bot")) != NULL ||
	    (err = pf_json_int(&row->seq, j, "seq", 0, PF_INT_MAX)) != NULL ||
	    (err = pf_json_int(&row->epoch, j, "epoch", 0, PF_INT_MAX)) !=
	    NULL || (err = pf_json_int(&row->attempt, j, "attempt", 0,
	    PF_INT_MAX)) != NULL || (err = pf_json_int(&row->r.time, j,
	    "time", 0, PF_INT_MAX)) != NULL || (err = pf_json_int(
	    &row->filed, j, "filed", 0, PF_INT_MAX)) != NULL ||
	    (err = pf_json_bool(&row->stored, j, "stored")) != NULL ||
	    (err = pf_json_str(&row->restore, j, "restore")) != NULL ||
	    (err = pf_json_bool(&given, j, "given")) != NULL)
		return err;
	if (!pf_sha_ok(row->r.rid))
		return pf_err_field(PF_DATA, "rid", "rid is not a hash");
	/* Nothing was filed in times to come, whatever a clock said. */
	if (row->filed > a->now)
		row->filed = a->now;
	if ((err = pf_assignment_get(&row->lease, &found, a->db, row->r.job,
	    row->epoch, row->attempt)) != NULL)
		return err;
	row->r.late = !found || !row->lease.live;
	/* A database made anew may lack a lease that pf-ingest saw. */
	again = a->remaking || row->restore[0] != '\0';
	row->foreign = !found && !(again && given) &&
	    (strcmp(a->op, "status") == 0 || strcmp(a->op, "log") == 0);
	return NULL;
}

static const struct pf_err *
put_corpus(struct pf_act *a, struct row *row, struct pf_buf *out)
{
	const struct pf_err *err;
	struct pf_corpus c = { .job = row->r.job, .bot = row->r.bot,
	    .rid = row->r.rid, .timestamp = row->r.time, .hash = "",
	    .engine = "", .name = "", .filed = row->filed };
	bool unique = false;

	if ((err = pf_json_need(&c.hash, row->j, "hash")) != NULL ||
	    (err = pf_json_int(&c.size, row->j, "size", 0, PF_INT_MAX)) !=
	    NULL || (err = pf_json_str(&c.name, row->j, "name")) != NULL ||
	    (err = pf_json_str(&c.engine, row->j, "engine")) != NULL)
		return err;
	if (!pf_sha_ok(c.hash))
		return pf_err_field(PF_DATA, "hash", "hash is not a SHA-256");
	if (row->stored && (err = pf_corpus_put(&unique, a->db, &c)) != NULL)
		return err;
	pf_jw_bool(out, "unique", unique);
	return NULL;
}

static const struct pf_err *
put_coverage(struct pf_act *a, struct row *row, struct pf_buf *out)
{
	const struct pf_err *err;
	struct pf_coverage c = { .rid = row->r.rid, .job = row->r.job,
	    .bot = row->r.bot, .timestamp = row->r.time,
	    .corpus_count = PF_UNKNOWN, .crash_count = PF_UNKNOWN,
	    .execs_per_sec = -1 };
	int64_t fresh;

	if ((err = pf_json_int(&c.edges, row->j, "edges", 0, PF_INT_MAX)) !=
	    NULL || (err = pf_json_int(&c.exec_count, row->j, "exec_count", 0,
	    PF_INT_MAX)) != NULL || (err = pf_json_real(&c.execs_per_sec,
	    row->j, "execs_per_sec")) != NULL || (err = pf_json_int(
	    &c.corpus_count, row->j, "corpus_count", 0, PF_INT_MAX)) != NULL ||
	    (err = pf_json_int(&c.crash_count, row->j, "crash_count", 0,
	    PF_INT_MAX)) != NULL || (err = pf_coverage_put(&fresh, a->db,
	    &c, row->filed)) != NULL)
		return err;
	a->stats.open.new_edges += fresh;
	pf_jw_int(out, "new_edges", fresh);
	return NULL;
}

/*
 * What comes under a token that was never given is counted, no more: it would
 * stand before all that is real, or drive it out.
 */
static const struct pf_err *
put_foreign(struct pf_act *a, struct pf_buf *out)
{
	pf_jw_bool(out, "foreign", true);
	pf_tally_add(&a->tally, "foreign_", a->op, 1);
	return NULL;
}

static const struct pf_err *
put_status(struct pf_act *a, struct row *row, struct pf_buf *out)
{
	const struct pf_err *err = NULL;
	struct pf_stats s = { .job = row->r.job, .bot = row->r.bot,
	    .state = "", .health = "", .time = row->r.time, .seq = row->seq,
	    .epoch = row->epoch, .attempt = row->attempt,
	    .execs_per_sec = -1, .stability = -1 };
	const struct {
		const char	*key;
		int64_t		*at;
	} numbers[] = {
		{ "executions", &s.executions }, { "edges", &s.edges },
		{ "total_edges", &s.total_edges },
		{ "corpus_count", &s.corpus_count },
		{ "crash_count", &s.crash_count },
		{ "hang_count", &s.hang_count },
		{ "peak_rss_mb", &s.peak_rss_mb },
	};
	int64_t more = 0;
	size_t i;

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		*numbers[i].at = PF_UNKNOWN;
		if ((err = pf_json_int(numbers[i].at, row->j, numbers[i].key,
		    0, PF_INT_MAX)) != NULL)
			return err;
	}
	if ((err = pf_json_real(&s.execs_per_sec, row->j, "execs_per_sec")) !=
	    NULL || (err = pf_json_real(&s.stability, row->j, "stability")) !=
	    NULL || (err = pf_json_str(&s.state, row->j, "state")) != NULL ||
	    (err = pf_json_str(&s.health, row->j, "health")) != NULL)
		return err;
	if (row->foreign)
		return put_foreign(a, out);
	if ((err = pf_stats_more(&more, a->db, &s)) == NULL &&
	    (err = pf_put_stats(a, row, &s)) == NULL)
		a->stats.open.executions += more;
	return err;
}

/* The bytes lie in their files; how many are kept stands in some rows. */
static const struct pf_err *
put_log(struct pf_act *a, struct row *row, struct pf_buf *out)
{
	const struct pf_err *err;
	int64_t size = 0, at = 0, kept = -1, gone = 0;

	if ((err = pf_json_int(&size, row->j, "size", 0, PF_LOG_MAX)) !=
	    NULL || (err = pf_json_int(&at, row->j, "offset", 0,
	    PF_LOG_MAX)) != NULL || (err = pf_json_int(&kept, row->j, "kept",
	    0, PF_INT_MAX)) != NULL || (err = pf_json_int(&gone, row->j,
	    "gone", 0, PF_INT_MAX)) != NULL || (kept != -1 &&
	    (err = pf_logs_kept(a->db, row->r.job, kept)) != NULL) ||
	    (gone > 0 && (err = pf_logs_gone(a->db, row->r.job, gone)) !=
	    NULL))
		return err;
	if (row->foreign)
		return put_foreign(a, out);
	return pf_assignment_logged(a->db, &row->lease, at + size);
}

/* How the rows of a kind are filed. */
struct filer {
	const struct pf_err	*(*put)(struct pf_act *, struct row *,
				    struct pf_buf *);
	/* After it is known as filed; may be NULL. */
	const struct pf_err	*(*settle)(struct pf_db *, const char *rid);
};

/*
 * A result that was counted, or its row, is not what it was: both are made
 * anew.  Counts are right again after the op recount.
 */
static const struct pf_err *
forget(struct pf_act *a, const struct row *row, struct pf_buf *kept)
{
	const struct pf_err *err;
	const char *hash = "";

	pf_buf_reset(kept);
	if ((err = pf_result_forget(a->db, row->r.rid)) != NULL ||
	    (err = pf_json_str(&hash, row->j, "hash")) != NULL)
		return err;
	if (strcmp(a->op, "coverage") == 0)
		return pf_mend_coverage(a->db, row->r.rid);
	if (strcmp(a->op, "check") == 0)
		return pf_check_forget(a->db, row->r.rid);
	if (strcmp(a->op, "small") == 0)
		return pf_small_forget(a->db, row->r.rid);
	if (strcmp(row->restore, "row") != 0)
		return NULL;
	if (strcmp(a->op, "status") == 0)
		return pf_mend_stats(a->db, row->r.job);
	if (strcmp(a->op, "corpus") == 0)
		return pf_mend_corpus(a->db, row->r.job, hash, row->r.rid);
	return NULL;
}

static const struct pf_err *
count_dropped(struct pf_act *a, const struct row *row)
{
	char name[32];

	pf_tally_add(&a->tally, "dropped_", a->op, 1);
	snprintf(name, sizeof(name), "dropped_%s", a->op);
	return pf_counter_add(a->db, name, row->r.job, 1);
}

/* Members of a reply row into kept; the effect of the row by the way. */
static const struct pf_err *
file_row(struct pf_act *a, const struct pf_json *j, const char *campaign,
    const struct filer *filer, struct pf_buf *out)
{
	const struct pf_err *err;
	struct pf_buf kept = PF_BUF_INIT;
	struct row row;
	bool known = false;

	if ((err = get_row(a, &row, j)) != NULL ||
	    (err = pf_result_find(&kept, &known, a->db, row.r.rid)) != NULL)
		goto done;
	if (row.restore[0] != '\0') {
		if ((err = forget(a, &row, &kept)) != NULL)
			goto done;
		known = false;
	}
	if (!known) {
		row.campaign = campaign;
		pf_jw_bool(&kept, "late", row.r.late);
		if (!row.stored && !row.foreign)
			pf_jw_bool(&kept, "dropped", true);
		if ((err = filer->put(a, &row, &kept)) != NULL ||
		    (err = pf_result_insert(a->db, &row.r, kept.data)) !=
		    NULL || (filer->settle != NULL &&
		    (err = filer->settle(a->db, row.r.rid)) != NULL) ||
		    (err = pf_assignment_progress(a->db, row.r.job, row.epoch,
		    row.attempt)) != NULL)
			goto done;
		if (!row.stored && !row.foreign &&
		    (err = count_dropped(a, &row)) != NULL)
			goto done;
	}
	pf_jw_str(out, "rid", row.r.rid);
	pf_jw_bool(out, "new", !known);
	pf_buf_addc(out, ',');
	pf_buf_add(out, kept.data, kept.len);
done:
	pf_buf_free(&kept);
	return err;
}

/* An unknown job shows as a broken foreign key. */
static const struct pf_err *
check_job(struct pf_act *a, const struct pf_json *j,
    char campaign[PF_ID_MAX + 1])
{
	const struct pf_err *err;
	const char *job = "";
	struct pf_job found;

	campaign[0] = '\0';
	if (!pf_json_is_object(j) || pf_need_id(&job, j, "job") != NULL)
		return NULL;
	if ((err = pf_job_get(&found, a->db, job)) == NULL)
		snprintf(campaign, PF_ID_MAX + 1, "%s", found.campaign);
	return err;
}

const struct pf_err *
pf_each_row(struct pf_act *a, const struct pf_json *req, struct pf_buf *out,
    const struct pf_err *(*one)(struct pf_act *, const struct pf_json *,
    const void *, struct pf_buf *), const void *arg)
{
	const struct pf_err *err;
	const struct pf_json *rows = pf_json_get(req, "rows"), *j;
	const char *rid;
	size_t start;

	if (!pf_json_is_array(rows) || pf_json_count(rows) > ROWS_MAX)
		return pf_err_field(PF_DATA, "rows", "rows: not an array of "
		    "at most %d", ROWS_MAX);
	pf_jw_open(out, "rows", '[');
	for (j = pf_json_first(rows); j != NULL; j = pf_json_next(j)) {
		pf_jw_open(out, NULL, '{');
		start = out->len;
		if ((err = pf_db_run(a->db, NULL, "SAVEPOINT row", "")) !=
		    NULL)
			return err;
		err = one(a, j, arg, out);
		if (err != NULL && pf_act_dooms(err))
			return err;
		if (err != NULL) {
			out->len = start;
			rid = pf_json_text(pf_json_get(j, "rid"));
			pf_jw_str(out, "rid", rid != NULL ? rid : "");
			pf_op_error(out, err);
			if ((err = pf_db_run(a->db, NULL, "ROLLBACK TO row",
			    "")) != NULL || (a->live.n == 2 && (err =
			    pf_live_load(&a->live, a->db)) != NULL))
				return err;
		}
		if ((err = pf_db_run(a->db, NULL, "RELEASE row", "")) != NULL)
			return err;
		pf_jw_close(out, '}');
	}
	pf_jw_close(out, ']');
	return NULL;
}

/* A result of a job. */
static const struct pf_err *
file_result(struct pf_act *a, const struct pf_json *j, const void *arg,
    struct pf_buf *out)
{
	const struct filer *filer = arg;
	const struct pf_err *err;
	char campaign[PF_ID_MAX + 1];

	if ((err = check_job(a, j, campaign)) != NULL)
		return err;
	return file_row(a, j, campaign, filer, out);
}

static const struct pf_err *
file_rows(struct pf_act *a, const struct pf_json *req,
    const struct filer *filer, struct pf_buf *out)
{
	return pf_each_row(a, req, out, file_result, filer);
}

const struct pf_err *
pf_act_crash(struct pf_act *a, const struct pf_json *req, struct pf_buf *out)
{
	const struct filer filer = { pf_put_crash, NULL };

	return file_rows(a, req, &filer, out);
}

const struct pf_err *
pf_act_corpus(struct pf_act *a, const struct pf_json *req, struct pf_buf *out)
{
	const struct filer filer = { put_corpus, NULL };

	return file_rows(a, req, &filer, out);
}

const struct pf_err *
pf_act_coverage(struct pf_act *a, const struct pf_json *req,
    struct pf_buf *out)
{
	const struct filer filer = { put_coverage, pf_coverage_settle };

	return file_rows(a, req, &filer, out);
}

const struct pf_err *
pf_act_status(struct pf_act *a, const struct pf_json *req, struct pf_buf *out)
{
	const struct filer filer = { put_status, NULL };

	return file_rows(a, req, &filer, out);
}

const struct pf_err *
pf_act_log(struct pf_act *a, const struct pf_json *req, struct pf_buf *out)
{
	const struct filer filer = { put_log, NULL };

	return file_rows(a, req, &filer, out);
}

const struct pf_err *
pf_act_check(struct pf_act *a, const struct pf_json *req, struct pf_buf *out)
{
	const struct filer filer = { pf_put_check, NULL };

	return file_rows(a, req, &filer, out);
}

const struct pf_err *
pf_act_small(struct pf_act *a, const struct pf_json *req, struct pf_buf *out)
{
	const struct filer filer = { pf_put_small, NULL };

	return file_rows(a, req, &filer, out);
}

const struct pf_err *
pf_act_recount(struct pf_act *a, const struct pf_json *req,
    struct pf_buf *out)
{
	const struct pf_err *err;
	const char *id = "";
	struct pf_job j;

	(void)out;
	if (pf_json_get(req, "job") == NULL)
		return (err = pf_checks_recount(a->db)) != NULL ? err :
		    (err = pf_mend_buckets(a->db, &a->live)) != NULL ? err :
		    (err = pf_announce_rest(a, a->conf->on_new_crash[0] !=
		    '\0')) != NULL ? err :
		    pf_mend_counters(a->db);
	if ((err = pf_need_id(&id, req, "job")) != NULL ||
	    (err = pf_job_get(&j, a->db, id)) != NULL ||
	    (err = pf_mend_replies(a->db, id)) != NULL)
		return err;
	return pf_corpus_recount(a->db, id);
}
