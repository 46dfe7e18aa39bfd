/*
 * The writer: a locked database, and transactions that take op lines.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "act/place.h"
#include "base/mem.h"
#include "codec/op.h"
#include "model/system.h"
#include "os/clock.h"
#include "os/fs.h"
#include "os/stop.h"
#include "sched/sched.h"
#include "store/dbw.h"

#define PLACE_MS	30000	/* until the next try to place crashes */
#define PLACE_US	4000	/* for which clients may wait for that */
#define PIECE		10	/* crashes */
#define WAL_PAGES	500	/* until they go into the database */

/* What killed commands left half-written in the storage. */
static const struct pf_err *
sweep(const struct pf_conf *conf)
{
	static const char *const dirs[] = { "targets", "metadata/jobs",
	    "metadata/bots", "metadata/system" };
	const struct pf_err *err = NULL;
	char *path;
	size_t i;

	for (i = 0; i < sizeof(dirs) / sizeof(dirs[0]) && err == NULL; i++) {
		path = pf_asprintf("%s/%s", conf->storage_path, dirs[i]);
		err = pf_sweep_tmp(path);
		free(path);
	}
	return err;
}

/* Without a start of a server the database is looked over once a boot. */
static const struct pf_err *
check_once(struct writer *w)
{
	const struct pf_err *err;
	char boot[PF_BOOT_ID], seen[PF_BOOT_ID];

	if ((err = pf_boot_id(boot)) != NULL || (err = pf_system_get(seen,
	    sizeof(seen), w->act.db, "checked_boot")) != NULL ||
	    strcmp(boot, seen) == 0)
		return err;
	if ((err = pf_dbw_check(w->act.db)) == NULL &&
	    (err = sweep(w->act.conf)) == NULL &&
	    (err = pf_dbw_begin(w->act.db)) == NULL &&
	    (err = pf_system_set(w->act.db, "checked_boot", boot)) == NULL)
		err = pf_dbw_commit(w->act.db);
	return err;
}

static const struct pf_err *
recover(void *arg)
{
	static const char line[] = "{\"op\":\"recover\"}";
	struct writer *w = arg;
	const struct pf_err *err;
	struct pf_buf reply = PF_BUF_INIT;
	struct pf_json *j = NULL;

	if ((err = pf_dbw_check(w->act.db)) == NULL &&
	    (err = sweep(w->act.conf)) == NULL &&
	    (err = pf_place_settle(w->act.db, &w->act.live)) == NULL &&
	    (err = writer_line(w, &reply, line, strlen(line))) == NULL &&
	    (err = pf_json_parse(&j, reply.data, reply.len)) == NULL &&
	    (err = pf_op_reply_err(j)) == NULL)
		err = writer_commit(w);
	if (err != NULL)
		writer_abort(w);
	pf_json_free(j);
	pf_buf_free(&reply);
	return err;
}

/*
 * SQLite calls some pages damaged that the disk only failed to read: noted is
 * what a second look, with nothing remembered, finds as well.
 */
static const struct pf_err *
condemn(const struct pf_conf *conf, const char *why)
{
	const struct pf_err *err;
	struct pf_db *db = NULL;
	bool damaged;

	if ((err = pf_dbw_condemned(conf->storage_path)) != NULL)
		return NULL;		/* somebody has, and it stands */
	err = pf_db_open(&db, conf->storage_path);
	if (err == NULL)
		err = pf_dbw_check(db);
	damaged = db == NULL ? err->class == PF_IO : pf_db_damaged(db);
	pf_db_close(db);
	return damaged ? pf_dbw_condemn(conf->storage_path, why) : NULL;
}

/* What a rebuild needs to know; trees of before have no files of it. */
static void
note_tree(const struct writer *w)
{
	const struct pf_err *err;

	if ((err = hooked_begin(w->act.db, w->act.conf)) != NULL)
		pf_warn("%s; a rebuild would tell hooks of all buckets again",
		    err->msg);
	if ((err = keep_once(w->act.conf->storage_path, "master",
	    w->act.master)) != NULL)
		pf_warn("%s; the id of this master stands in the database "
		    "alone", err->msg);
}

const struct pf_err *
writer_open(struct writer *w, const struct pf_conf *conf, bool recovering)
{
	const struct pf_err *err;

	*w = (struct writer){ .act.conf = conf, .lock = -1,
	    .act.made = PF_BUF_INIT, .act.told = PF_BUF_INIT };
	w->act.started = pf_wall_ms();
	if ((err = pf_dbw_open(&w->act.db, &w->lock, conf->storage_path)) !=
	    NULL || (err = pf_act_load(&w->act)) != NULL)
		;
	else if (!recovering) {
		if ((err = pf_place_settle(w->act.db, &w->act.live)) == NULL)
			err = check_once(w);
	} else if ((err = pf_retry_run(&conf->retry_recovery,
	    &pf_timer, &pf_stopping, recover, w)) != NULL) {
		err = pf_err_at(err, "recovery");
		w->gave_up = true;
	} else
		pf_dbw_defer(w->act.db, &w->wal_pages);
	if (err == NULL)
		note_tree(w);
	if (err != NULL && w->act.db != NULL &&
	    pf_db_damaged(w->act.db))
		(void)condemn(conf, err->msg);
	if (err != NULL)
		writer_close(w);
	return err;
}

const struct pf_err *
writer_damaged(struct writer *w)
{
	const struct pf_err *err;
	static const char why[] = "the database is damaged: pf-recovery(7) "
	    "says what to do";

	writer_abort(w);
	if ((err = condemn(w->act.conf, why)) != NULL)
		return err;
	return pf_err(PF_IO, "%s/data: %s", w->act.conf->storage_path, why);
}

void
writer_close(struct writer *w)
{
	if (w->act.db != NULL)
		pf_dbw_rollback(w->act.db);
	pf_live_free(&w->act.live);
	pf_db_close(w->act.db);
	pf_buf_free(&w->act.made);
	pf_buf_free(&w->act.told);
	if (w->lock != -1)
		close(w->lock);
	w->act.db = NULL;
	w->lock = -1;
}

static const struct pf_err *
begin(void *db)
{
	return pf_dbw_begin(db);
}

/* Nobody else writes, but a backup or a person may hold the database up. */
static const struct pf_err *
need_open(struct writer *w)
{
	const struct pf_err *err;

	if (w->open)
		return NULL;
	if ((err = pf_retry_run(&w->act.conf->retry_database, &pf_timer,
	    &pf_stopping, begin, w->act.db)) != NULL)
		return err;
	w->open = true;
	w->lazy = true;
	return NULL;
}

const struct pf_err *
writer_line(struct writer *w, struct pf_buf *reply, const char *line,
    size_t n)
{
	const struct pf_err *err;
	struct pf_json *req = NULL;
	bool lazy;

	if ((err = need_open(w)) != NULL) {
		/* For its seq, if it is a line at all. */
		(void)pf_json_parse(&req, line, n);
		pf_op_refuse(reply, req, err);
		pf_json_free(req);
		return err;
	}
	err = pf_act_line(&w->act, reply, line, n, &lazy);
	if (!lazy)
		w->lazy = false;
	return err;
}

void
writer_place(struct writer *w)
{
	const struct pf_err *err = NULL;
	int64_t end = pf_boot_us() + PLACE_US;
	int64_t before = pf_dbw_changes(w->act.db);
	bool was_open = w->open;

	if ((!w->act.placing && w->act.live.n < 2) ||
	    pf_boot_ms() < w->place_at)
		return;
	w->act.now = pf_wall_ms();
	/* Nobody waits for it: it is in the next sync, as heartbeats are. */
	do {
		if ((err = need_open(w)) == NULL)
			err = pf_act_place(&w->act, &w->act.placing, PIECE);
	} while (err == NULL && w->act.placing && pf_boot_us() < end);
	if (err == NULL) {
		/* Nothing to do, nothing to hold the others up for. */
		if (!was_open && pf_dbw_changes(w->act.db) == before)
			writer_abort(w);
		return;
	}
	pf_warn("placing crashes by other rules: %s", err->msg);
	writer_abort(w);
	w->act.placing = false;
	w->place_at = pf_boot_ms() + PLACE_MS;
}

const struct pf_err *
writer_deafened(struct writer *w, const char *why)
{
	const struct pf_err *err;

	if ((err = need_open(w)) == NULL)
		err = pf_act_deafened(&w->act, why);
	w->lazy = false;
	return err;
}

/*
 * New jobs stand in the tree as well before anybody is told of them: a
 * database made from it has them.  They are there in any case.
 */
static void
describe(struct writer *w)
{
	const struct pf_err *err;

	if (w->act.made.len == 0)
		return;
	if ((err = snapshot_jobs(w->act.db, w->act.conf, w->act.made.data)) !=
	    NULL)
		pf_warn("%s; the next pf-sched snapshot makes up for it",
		    err->msg);
	pf_buf_reset(&w->act.made);
}

static void
note_told(struct writer *w)
{
	const struct pf_err *err;

	if (w->act.told.len == 0)
		return;
	if ((err = hooked_add(w->act.conf, &w->act.told)) != NULL)
		pf_warn("%s; a rebuild would tell the hook once more",
		    err->msg);
	pf_buf_reset(&w->act.told);
}

const struct pf_err *
writer_commit(struct writer *w)
{
	const struct pf_err *err;
	int64_t begun, took;

	if (!w->open)
		return NULL;
	begun = pf_boot_us();
	if ((err = pf_act_close(&w->act)) != NULL ||
	    (err = pf_dbw_commit(w->act.db)) != NULL) {
		writer_abort(w);
		return err;
	}
	took = pf_boot_us() - begun;
	w->commit_us += (took - w->commit_us) / 8;
	pf_act_counted(&w->act.stats, took);
	w->open = false;
	describe(w);
	note_told(w);
	return NULL;
}

void
writer_rest(struct writer *w)
{
	if (w->open || w->wal_pages < WAL_PAGES)
		return;
	w->wal_pages = 0;
	pf_dbw_checkpoint(w->act.db);
}

void
writer_abort(struct writer *w)
{
	pf_dbw_rollback(w->act.db);
	pf_act_uncounted(&w->act.stats);
	pf_buf_reset(&w->act.made);
	pf_buf_reset(&w->act.told);
	w->open = false;
	/* The tick in memory may have come from what was rolled back. */
	(void)pf_act_load(&w->act);
}

void
close_read(struct pf_db *db, const struct pf_conf *conf)
{
	if (db != NULL && pf_db_damaged(db))
		(void)condemn(conf, "the database is damaged, as a reader of "
		    "it found");
	pf_db_close(db);
}
