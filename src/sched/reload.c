/*
 * What fills a database made anew: the snapshot in metadata/, the ledger,
 * the descriptions beside crashes.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codec/hash.h"
#include "codec/sum.h"
#include "model/campaign.h"
#include "model/job.h"
#include "os/clock.h"
#include "os/fs.h"
#include "sched/remake.h"
#include "store/dbw.h"
#include "store/rowjson.h"

/* Of a target that nobody knows. */
#define NO_HASH	"0000000000000000000000000000000000000000000000000000000000" \
	"000000"

#define ROWS_MAX	100
#define LINE_BYTES	60000
#define COMMIT_OPS	200
#define TOLD_MAX	10	/* lines of a file that make no sense */
#define DOC_MAX		(64 << 20)
#define EPOCH_MAX	(INT64_C(1) << 40)

/* True if the table has a row with that key. */
static const struct pf_err *
there(bool *found, struct pf_db *db, const char *sql, const struct pf_json *row,
    const char *key)
{
	const char *id = "";
	int64_t one;
	const struct pf_err *err;

	if ((err = pf_json_need(&id, row, key)) != NULL)
		return err;
	return pf_db_int(db, &one, found, sql, "s", id);
}

/* The rows of an array that are not there yet. */
static const struct pf_err *
add_rows(struct pf_db *db, const char *table, const struct pf_json *list,
    const char *sql, const char *key)
{
	const struct pf_err *err = NULL;
	const struct pf_json *row;
	bool found;

	for (row = pf_json_first(list); row != NULL && err == NULL;
	    row = pf_json_next(row))
		if ((err = there(&found, db, sql, row, key)) == NULL && !found)
			err = pf_row_insert(db, table, row);
	return err;
}

static const struct pf_err *
insert_all(struct pf_db *db, const char *table, const struct pf_json *list)
{
	const struct pf_err *err = NULL;
	const struct pf_json *row;

	for (row = pf_json_first(list); row != NULL && err == NULL;
	    row = pf_json_next(row))
		err = pf_row_insert(db, table, row);
	return err;
}

static const struct pf_err *
take_campaigns(struct remake *r, const struct pf_json *list)
{
	const struct pf_err *err = NULL;
	const struct pf_json *row;
	bool taken;

	for (row = pf_json_first(list); row != NULL && err == NULL;
	    row = pf_json_next(row))
		err = newest_take(&taken, r, "campaigns", row);
	return err;
}

/* With its leases: all of them are as of one moment. */
static const struct pf_err *
load_job(struct remake *r, const struct pf_json *doc)
{
	const struct pf_err *err;
	struct pf_db *db = r->act.db;
	const struct pf_json *job = pf_json_first(pf_json_get(doc, "jobs"));
	const char *id = "";
	bool taken;

	if (job == NULL)
		return pf_err(PF_DATA, "there is no job in it");
	if ((err = take_campaigns(r, pf_json_get(doc, "campaigns"))) != NULL ||
	    (err = newest_take(&taken, r, "jobs", job)) != NULL || !taken)
		return err;
	if ((err = pf_json_need(&id, job, "id")) != NULL ||
	    (err = pf_db_run(db, NULL, "DELETE FROM assignments WHERE "
	    "job_id = ?", "s", id)) != NULL ||
	    (err = pf_db_run(db, NULL, "DELETE FROM job_blobs WHERE job = ?",
	    "s", id)) != NULL || (err = insert_all(db, "job_blobs",
	    pf_json_get(doc, "job_blobs"))) != NULL || (err = insert_all(db,
	    "assignments", pf_json_get(doc, "assignments"))) != NULL ||
	    (err = remake_regress(db, id, doc)) != NULL)
		return err;
	r->jobs++;
	return NULL;
}

static const struct pf_err *
load_bot(struct remake *r, const struct pf_json *doc)
{
	const struct pf_err *err;
	const struct pf_json *bot = pf_json_first(pf_json_get(doc, "bots"));
	bool taken;

	if (bot == NULL)
		return pf_err(PF_DATA, "there is no bot in it");
	if ((err = newest_take(&taken, r, "bots", bot)) == NULL && taken)
		r->bots++;
	return err;
}

static const struct pf_err *
load_master(struct remake *r, const struct pf_json *doc)
{
	const struct pf_err *err;
	struct pf_db *db = r->act.db;

	if ((err = add_rows(db, "system", pf_json_get(doc, "system"),
	    "SELECT 1 FROM system WHERE key = ?", "key")) != NULL ||
	    (err = add_rows(db, "ears", pf_json_get(doc, "ears"),
	    "SELECT 1 FROM ears WHERE name = ?", "name")) != NULL ||
	    (err = take_campaigns(r, pf_json_get(doc, "campaigns"))) != NULL ||
	    (err = totals_load(db, doc)) != NULL)
		return err;
	return remake_builds(db, doc);
}

const struct pf_err *
remake_file(struct remake *r, const char *path,
    const struct pf_err *(*load)(struct remake *, const struct pf_json *))
{
	const struct pf_err *err;
	struct pf_buf b = PF_BUF_INIT;
	struct pf_json *doc = NULL;

	if ((err = pf_slurp(&b, path, DOC_MAX)) == NULL &&
	    (err = pf_json_parse(&doc, b.data, b.len)) == NULL &&
	    (err = whose_file(r, doc)) == NULL &&
	    (err = newest_file(r, doc)) == NULL &&
	    (err = pf_dbw_save(r->act.db)) == NULL) {
		if ((err = load(r, doc)) != NULL)
			pf_dbw_undo(r->act.db);
		else
			err = pf_dbw_release(r->act.db);
	}
	if (err != NULL && (err->class == PF_DATA || err->class == PF_CONFLICT
	    || err->class == PF_USAGE)) {
		pf_warn("%s: left out: %s", path, err->msg);
		r->refused++;
		err = NULL;
	}
	pf_json_free(doc);
	pf_buf_free(&b);
	return err;
}

/* True for "x.json". */
static bool
is_json(const char *name)
{
	size_t n = strlen(name);

	return n > 5 && strcmp(name + n - 5, ".json") == 0;
}

static const struct pf_err *
load_dir(struct remake *r, const char *what,
    const struct pf_err *(*load)(struct remake *, const struct pf_json *))
{
	const struct pf_err *err;
	char *dir = pf_asprintf("%s/%s", r->conf->storage_path, what), *path;
	char **names = NULL;
	size_t i, n = 0;

	err = pf_names(&names, &n, dir);
	for (i = 0; i < n && err == NULL; i++) {
		if (!is_json(names[i]))
			continue;
		path = pf_asprintf("%s/%s", dir, names[i]);
		err = remake_file(r, path, load);
		free(path);
	}
	pf_names_free(names);
	free(dir);
	return err != NULL && err->class == PF_NOTFOUND ? NULL : err;
}

const struct pf_err *
remake_metadata(struct remake *r)
{
	const struct pf_err *err;
	char *path = pf_asprintf("%s/metadata/system/snapshot.json",
	    r->conf->storage_path);

	if ((err = totals_begin(r->act.db)) == NULL &&
	    (err = whose_begin(r)) == NULL &&
	    (err = pf_dbw_begin(r->act.db)) == NULL && pf_exists(path))
		err = remake_file(r, path, load_master);
	else if (err == NULL)
		pf_warn("%s: there was never a snapshot; what is known of "
		    "jobs comes from their submission", path);
	if (err == NULL && (err = load_dir(r, "metadata/jobs", load_job)) ==
	    NULL && (err = load_dir(r, "metadata/bots", load_bot)) == NULL &&
	    (err = remake_lost(r)) == NULL &&
	    (err = remake_rules(r)) == NULL)
		err = pf_dbw_commit(r->act.db);
	free(path);
	return err;
}

/* Rows of one kind on their way into an op. */
struct rows {
	struct remake	*r;
	char		 kind[16];
	char		 job[PF_ID_MAX + 1];	/* is there */
	struct pf_buf	 line;
	int		 n, ops;
	const char	*path;			/* where they come from */
	int64_t		 at, bad;		/* the line; how many are */
	int		 rows;			/* that were refused */
};

/* What is not believed is told of by its place, the first of a file. */
static void
refuse(struct rows *w, const char *why)
{
	w->r->refused++;
	if (++w->bad <= TOLD_MAX)
		pf_warn("%s: line %" PRId64 " left out: it %s", w->path,
		    w->at, why);
}

/* What the op itself refuses is told of likewise, by its rid. */
static void
refuse_row(struct rows *w, const struct pf_json *row)
{
	const char *rid = "", *why = "";

	w->r->refused++;
	(void)pf_json_str(&rid, row, "rid");
	if (pf_json_str(&why, row, "error") == NULL && ++w->rows <= TOLD_MAX)
		pf_warn("%s %s: left out: %s", w->kind, rid, why);
}

static const struct pf_err *
flush(struct rows *w)
{
	const struct pf_err *err = NULL;
	struct pf_buf reply = PF_BUF_INIT;
	struct pf_json *j = NULL;
	const struct pf_json *row;
	bool lazy, fresh;

	if (w->n == 0)
		return NULL;
	pf_buf_adds(&w->line, "]}");
	if (w->ops == 0)
		err = pf_dbw_begin(w->r->act.db);
	if (err == NULL && (err = pf_act_line(&w->r->act, &reply,
	    w->line.data, w->line.len, &lazy)) == NULL &&
	    (err = pf_json_parse(&j, reply.data, reply.len)) == NULL)
		for (row = pf_json_first(pf_json_get(j, "rows")); row != NULL;
		    row = pf_json_next(row)) {
			fresh = false;
			(void)pf_json_bool(&fresh, row, "new");
			w->r->replayed += fresh ? 1 : 0;
			if (pf_json_get(row, "error") != NULL)
				refuse_row(w, row);
		}
	if (err == NULL && ++w->ops == COMMIT_OPS) {
		if ((err = pf_act_close(&w->r->act)) == NULL)
			err = pf_dbw_commit(w->r->act.db);
		w->ops = 0;
	}
	pf_buf_reset(&w->line);
	w->n = 0;
	pf_json_free(j);
	pf_buf_free(&reply);
	return err;
}

/* A job of which nothing is known but what was found. */
static const struct pf_err *
add_foundling(struct pf_db *db, const char *id, const struct pf_json *row)
{
	static const char why[] = "nothing in the tree describes it: "
	    "no more than its results is known";
	const struct pf_err *err;
	const char *engine = "unknown", *target = NO_HASH;
	char campaign[PF_ID_MAX + 1];
	struct pf_job_new n = { .id = id, .campaign = campaign,
	    .name = "lost", .target = "unknown", .seeds = "[]", .args = "[]",
	    .options = "{}", .now = pf_wall_ms() };

	(void)pf_json_str(&engine, row, "engine");
	(void)pf_json_str(&target, row, "target_hash");
	(void)pf_json_int(&n.now, row, "filed", 0, INT64_MAX);
	n.engine = *engine != '\0' ? engine : "unknown";
	n.target_hash = target;
	if ((err = pf_campaign_need(campaign, NULL, db, PF_CAMPAIGN_DEFAULT,
	    n.now)) != NULL || (err = pf_job_insert(db, &n)) != NULL)
		return err;
	pf_warn("job %s: %s", id, why);
	return pf_db_run(db, NULL, "UPDATE jobs SET status = 'failed', "
	    "completed_at = created_at, message = ?2 WHERE id = ?1", "ss", id,
	    why);
}

/* Of what stands in no file a line alone is no witness. */
static bool
has_input(const struct rows *w, const struct pf_json *row, const char *id)
{
	const char *hash = "";
	char *path;
	bool has;

	if (pf_json_str(&hash, row, "hash") != NULL || !pf_sha_ok(hash))
		return false;
	path = pf_asprintf("%s/%s/%s/%s", w->r->conf->storage_path,
	    strcmp(w->kind, "crash") == 0 ? "crashes" : "corpus", id, hash);
	has = pf_exists(path);
	free(path);
	return has;
}

/* What was found is not lost for want of its job. */
static const struct pf_err *
need_job(struct rows *w, const struct pf_json *row)
{
	const struct pf_err *err;
	struct pf_db *db = w->r->act.db;
	const char *id = "";
	bool found = false;
	int64_t one;

	if ((strcmp(w->kind, "crash") != 0 && strcmp(w->kind, "corpus") != 0)
	    || pf_json_str(&id, row, "job") != NULL || !pf_id_ok(id) ||
	    strcmp(w->job, id) == 0)
		return NULL;
	if ((err = pf_db_int(db, &one, &found, "SELECT 1 FROM jobs WHERE id ="
	    " ?", "s", id)) != NULL || (!found && !has_input(w, row, id)))
		return err;
	snprintf(w->job, sizeof(w->job), "%s", id);
	return found ? NULL : add_foundling(db, id, row);
}

/* One filed result; half a line, as a crash leaves it, is left out. */
static const struct pf_err *
replay(struct rows *w, const char *text, size_t n)
{
	const struct pf_err *err;
	struct pf_json *j = NULL;
	const char *kind = "";
	int64_t epoch = 0;

	if ((err = pf_json_parse(&j, text, n)) != NULL && err->class != PF_DATA)
		return err;
	if (err != NULL ||
	    pf_json_need(&kind, j, "kind") != NULL || strlen(kind) > 15 ||
	    (strcmp(kind, "crash") != 0 && strcmp(kind, "corpus") != 0 &&
	    strcmp(kind, "coverage") != 0 && strcmp(kind, "status") != 0 &&
	    strcmp(kind, "log") != 0 && strcmp(kind, "blob") != 0 &&
	    strcmp(kind, "check") != 0 && strcmp(kind, "small") != 0)) {
		refuse(w, "makes no sense");
		pf_json_free(j);
		return NULL;
	}
	/* What a bot makes up must not use the numbers up. */
	if (pf_json_int(&epoch, j, "epoch", 0, EPOCH_MAX) == NULL &&
	    epoch > w->r->epoch)
		w->r->epoch = epoch;
	if (w->n == ROWS_MAX || w->line.len + n > LINE_BYTES ||
	    strcmp(w->kind, kind) != 0)
		err = flush(w);
	if (err == NULL && w->n == 0) {
		snprintf(w->kind, sizeof(w->kind), "%s", kind);
		pf_buf_addf(&w->line, "{\"op\":\"%s\",\"rows\":[", kind);
	}
	if (err == NULL)
		err = need_job(w, j);
	pf_buf_adds(&w->line, w->n++ > 0 ? "," : "");
	pf_json_print(&w->line, j);
	pf_json_free(j);
	return err;
}

static const struct pf_err *
replay_ledger(struct rows *w, const char *path)
{
	const struct pf_err *err = NULL;
	FILE *f = fopen(path, "re");
	char *line = NULL;
	size_t room = 0;
	ssize_t n;

	if (f == NULL)
		return pf_errno("open %s", path);
	w->path = path;
	w->at = w->bad = 0;
	while (err == NULL && (n = getline(&line, &room, f)) != -1) {
		w->at++;
		n -= line[n - 1] == '\n' ? 1 : 0;
		/* The files say better what it was, if they know. */
		if (!pf_sum_ok(line, (size_t)n))
			refuse(w, "is not as it was written");
		else if (n > 0)
			err = replay(w, line, (size_t)n);
	}
	if (err == NULL && ferror(f))
		err = pf_errno("read %s", path);
	if (w->bad > TOLD_MAX)
		pf_warn("%s: %" PRId64 " more lines left out", path,
		    w->bad - TOLD_MAX);
	free(line);
	fclose(f);
	return err;
}

/* The report beside a crash is one of those that the ledger should have. */
static const struct pf_err *
replay_crashes(struct rows *w, const char *dir)
{
	const struct pf_err *err;
	struct pf_buf b = PF_BUF_INIT;
	char **names = NULL;
	size_t i, n = 0;

	err = pf_names(&names, &n, dir);
	for (i = 0; i < n && err == NULL; i++) {
		if (!is_json(names[i]))
			continue;
		if ((err = remake_beside(&b, dir, names[i])) == NULL &&
		    b.len > 0)
			err = replay(w, b.data, b.len);
		if (err != NULL && err->class == PF_DATA) {
			pf_warn("%s/%s: left out: %s", dir, names[i],
			    err->msg);
			w->r->refused++;
			err = NULL;
		}
	}
	pf_names_free(names);
	pf_buf_free(&b);
	return err;
}

static const struct pf_err *
replay_dirs(struct rows *w, const char *what,
    const struct pf_err *(*one)(struct rows *, const char *))
{
	const struct pf_err *err;
	char *dir = pf_asprintf("%s/%s", w->r->conf->storage_path, what);
	char **names = NULL, *path;
	size_t i, n = 0;

	err = pf_names(&names, &n, dir);
	for (i = 0; i < n && err == NULL; i++) {
		path = pf_asprintf("%s/%s", dir, names[i]);
		err = one(w, path);
		free(path);
	}
	pf_names_free(names);
	free(dir);
	return err != NULL && err->class == PF_NOTFOUND ? NULL : err;
}

const struct pf_err *
remake_replay(struct remake *r)
{
	const struct pf_err *err;
	struct rows w = { .r = r, .line = PF_BUF_INIT };

	/* Coverage of jobs long gone must not stop the rest. */
	if ((err = replay_dirs(&w, "metadata/ledger", replay_ledger)) == NULL
	    && (err = replay_dirs(&w, "crashes", replay_crashes)) == NULL)
		err = flush(&w);
	if (err == NULL && w.ops > 0 &&
	    (err = pf_act_close(&r->act)) == NULL)
		err = pf_dbw_commit(r->act.db);
	pf_buf_free(&w.line);
	return err != NULL ? err : remake_place(r);
}
