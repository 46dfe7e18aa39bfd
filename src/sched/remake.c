/*
 * A new database beside the old one; see remake.h.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "act/common.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/time.h"
#include "model/campaign.h"
#include "model/event.h"
#include "model/system.h"
#include "os/clock.h"
#include "os/fs.h"
#include "os/lock.h"
#include "sched/remake.h"
#include "store/dbw.h"
#include "store/joblog.h"

static const char interrupted[] = "a new database was being put in place: "
    "do the same once more";

/* The copy is made by SQLite, so that it is one state of the database. */
static const struct pf_err *
copy_from(const struct remake *r, const char *from)
{
	const struct pf_err *err;
	struct pf_db *db = NULL;
	char *to = pf_asprintf("%s/data/pandafuzz.db", r->dir);
	int64_t jobs;

	if ((err = backup_verify(from, &jobs)) == NULL &&
	    (err = pf_db_open_old(&db, from)) == NULL)
		err = pf_db_run(db, NULL, "VACUUM INTO ?", "s", to);
	pf_db_close(db);
	free(to);
	return err;
}

/* A copy of a tree lacks what was not copied; one that is nowhere is not made
 * of nothing, as where a disk is not mounted. */
static const struct pf_err *
need_tree(const char *storage)
{
	if (!pf_exists(storage))
		return pf_err(PF_NOTFOUND, "%s: no such storage: copy the "
		    "tree to there, or name its place in the configuration",
		    storage);
	return tree_make(storage);
}

const struct pf_err *
remake_begin(struct remake *r, const struct pf_conf *conf, const char *from)
{
	const struct pf_err *err;
	char *lock = pf_asprintf("%s/data/writer.lock", conf->storage_path);
	char *data;
	bool made;

	*r = (struct remake){ .conf = conf, .lock = -1, .inner = -1,
	    .act.conf = conf, .act.remaking = true };
	r->dir = pf_asprintf("%s/data/remake", conf->storage_path);
	data = pf_asprintf("%s/data", r->dir);
	if ((err = need_tree(conf->storage_path)) == NULL)
		err = pf_lock(&r->lock, lock);
	if (err != NULL && err->class == PF_BUSY)
		err = pf_err(PF_BUSY, "%s: a writer is at work; stop it first",
		    lock);
	if (err == NULL && (err = pf_rmtree(r->dir)) == NULL &&
	    (err = pf_mkdirs(data, 0750)) == NULL &&
	    (from == NULL || (err = copy_from(r, from)) == NULL) &&
	    (err = pf_dbw_init(r->dir, &made)) == NULL &&
	    (err = pf_dbw_open(&r->act.db, &r->inner, r->dir)) == NULL)
		/* Rows come in the order of files, not of references. */
		err = pf_db_run(r->act.db, NULL, "PRAGMA foreign_keys = OFF",
		    "");
	if (err == NULL)
		err = newest_begin(r);
	free(data);
	free(lock);
	return err;
}

/* One above every epoch that was ever given out; in its file first. */
static const struct pf_err *
raise_epoch(struct remake *r)
{
	const struct pf_err *err;
	struct pf_buf b = PF_BUF_INIT;
	char *path = pf_asprintf("%s/metadata/system/epoch",
	    r->conf->storage_path);
	char text[32];
	int64_t epoch = 0, known = 0;

	if (pf_slurp(&b, path, 64) == NULL && b.len > 0 &&
	    b.data[b.len - 1] == '\n') {
		b.data[b.len - 1] = '\0';
		if (!pf_num(&epoch, b.data, 0, INT64_C(1) << 53))
			epoch = 0;
	}
	err = pf_db_int(r->act.db, &known, NULL, "SELECT max((SELECT "
	    "coalesce(max(epoch), 0) FROM jobs), (SELECT coalesce(max(epoch),"
	    " 0) FROM assignments), coalesce((SELECT CAST(value AS INTEGER) "
	    "FROM system WHERE key = 'epoch'), 0))", "");
	if (known < r->epoch)
		known = r->epoch;
	epoch = (epoch > known ? epoch : known) + 1;
	snprintf(text, sizeof(text), "%" PRId64 "\n", epoch);
	if (err == NULL)
		err = pf_file_put(path, NULL, text, strlen(text), 0640);
	text[strlen(text) - 1] = '\0';
	if (err == NULL)
		err = pf_system_set(r->act.db, "epoch", text);
	pf_buf_free(&b);
	free(path);
	return err;
}

/* Nobody holds a lease any more; what was running waits again. */
static const struct pf_err *
end_leases(struct remake *r)
{
	const struct pf_err *err;
	struct pf_db *db = r->act.db;
	int64_t now = pf_wall_ms();

	if ((err = pf_db_run(db, NULL, "UPDATE assignments SET status = "
	    "'expired', result = 'the database was made anew', ended_at = ? "
	    "WHERE ended_at IS NULL", "i", now)) != NULL ||
	    (err = pf_db_run(db, NULL, "UPDATE jobs SET status = CASE WHEN "
	    "cancel THEN 'cancelled' ELSE 'pending' END, completed_at = CASE "
	    "WHEN cancel THEN ?1 END, assigned_bot = NULL, started_at = NULL,"
	    " timeout_at = NULL WHERE status IN ('assigned', 'running')", "i",
	    now)) != NULL || (err = pf_db_run(db, NULL, "UPDATE jobs SET "
	    "status = 'cancelled', completed_at = ?1 WHERE status = 'pending'"
	    " AND campaign IN (SELECT id FROM campaigns WHERE status = "
	    "'finished')", "i", now)) != NULL)
		return err;
	return pf_db_run(db, NULL, "UPDATE bots SET current_job = NULL, "
	    "status = CASE status WHEN 'busy' THEN 'idle' ELSE status END",
	    "");
}

/* The counts that triggers keep, from the rows themselves. */
static const struct pf_err *
recount(struct pf_db *db)
{
	const struct pf_err *err;

	if ((err = pf_db_run(db, NULL, "DELETE FROM counters WHERE scope = ''"
	    " AND (name LIKE 'jobs\\_%' ESCAPE '\\' OR name LIKE 'bots\\_%' "
	    "ESCAPE '\\' OR name LIKE 'archived\\_%' ESCAPE '\\')",
	    "")) != NULL || (err = pf_db_run(db, NULL, "INSERT INTO counters "
	    "SELECT 'archived_' || status, '', count(*) FROM jobs WHERE "
	    "archived_at IS NOT NULL GROUP BY status", "")) != NULL ||
	    (err = pf_db_run(db, NULL,
	    "INSERT INTO counters SELECT 'jobs_' || status, '', count(*) "
	    "FROM jobs GROUP BY status", "")) != NULL ||
	    (err = pf_db_run(db, NULL, "INSERT INTO counters SELECT 'bots_' "
	    "|| status, '', count(*) FROM bots WHERE gone_at IS NULL "
	    "GROUP BY status", "")) != NULL)
		return err;
	return pf_db_run(db, NULL, "UPDATE campaigns SET pending = (SELECT "
	    "count(*) FROM jobs WHERE campaign = campaigns.id AND status = "
	    "'pending' AND waiting = 0), running = 0", "");
}

/* What was uploaded lies in the tree, whatever the ledger says. */
static const struct pf_err *
look(struct remake *r)
{
	r->act.now = pf_wall_ms();
	r->act.op = "remake";
	return pf_blobs_look(&r->act);
}

/* What is kept of a job's logs, and what went before, from their files. */
static const struct pf_err *
measure_log(struct remake *r, const char *job)
{
	const struct pf_err *err;
	const char *storage = r->conf->storage_path;
	char *dir = pf_joblog_dir(storage, job);
	struct pf_joblog_gone gone;
	int64_t bytes;

	if ((err = pf_joblog_bytes(&bytes, storage, job)) == NULL &&
	    (err = pf_logs_kept(r->act.db, job, bytes)) == NULL &&
	    (err = pf_joblog_gone(&gone, dir)) == NULL && gone.bytes > 0)
		err = pf_logs_gone(r->act.db, job, gone.bytes);
	free(dir);
	return err;
}

static const struct pf_err *
measure_logs(struct remake *r)
{
	const struct pf_err *err;
	const char *storage = r->conf->storage_path;
	char *dir = pf_asprintf("%s/logs/jobs", storage), **jobs = NULL;
	size_t i, n = 0;

	err = pf_names(&jobs, &n, dir);
	if (err == NULL || err->class == PF_NOTFOUND)
		err = pf_db_run(r->act.db, NULL, "DELETE FROM counters WHERE "
		    "name IN ('log_bytes', 'log_gone')", "");
	for (i = 0; err == NULL && i < n; i++)
		if (pf_id_ok(jobs[i]))
			err = measure_log(r, jobs[i]);
	pf_names_free(jobs);
	free(dir);
	return err;
}

/* Bots refuse another master. */
static const struct pf_err *
name_master(struct remake *r, int64_t now)
{
	const struct pf_err *err;
	const char *storage = r->conf->storage_path;

	if (r->master[0] == '\0') {
		pf_uuid7(r->master, now);
		pf_warn("the id of this master is known nowhere and was made "
		    "anew: bots refuse it; write what slot-0/bot.json of "
		    "one calls its master into %s/metadata/system/master, "
		    "and do the same once more", storage);
	}
	if ((err = pf_system_set(r->act.db, "master_id", r->master)) != NULL)
		return err;
	return keep_line(storage, "master", r->master);
}

static const struct pf_err *
complete(struct remake *r)
{
	const struct pf_err *err;
	char id[PF_ID_MAX + 1], now[32];
	struct pf_event e = { .time = pf_wall_ms(), .kind = "system",
	    .subject = id, .was = "", .now = "made anew", .who = "pf-sched",
	    .why = "rebuild or restore" };

	snprintf(now, sizeof(now), "%" PRId64, e.time);
	if ((err = pf_dbw_begin(r->act.db)) != NULL ||
	    (err = name_master(r, e.time)) != NULL ||
	    (err = pf_system_default(r->act.db, "created", now)) != NULL ||
	    (err = pf_campaign_need(id, NULL, r->act.db, PF_CAMPAIGN_DEFAULT,
	    e.time)) != NULL || (err = end_leases(r)) != NULL ||
	    (err = raise_epoch(r)) != NULL ||
	    (err = look(r)) != NULL ||
	    (err = recount(r->act.db)) != NULL ||
	    (err = totals_apply(r->act.db)) != NULL ||
	    (err = measure_logs(r)) != NULL ||
	    (err = pf_system_get(id, sizeof(id), r->act.db, "master_id")) !=
	    NULL || (err = pf_event_add(r->act.db, &e)) != NULL)
		return err;
	return pf_dbw_commit(r->act.db);
}

static const struct pf_err *
check_references(struct pf_db *db)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	bool more = false;

	if ((err = pf_q(&q, db, "SELECT \"table\", parent, count(*) FROM "
	    "pragma_foreign_key_check GROUP BY 1, 2 ORDER BY 3 DESC", "")) ==
	    NULL && (err = pf_q_row(&q, &more)) == NULL && more)
		err = pf_err(PF_DATA, "%" PRId64 " rows refer to something "
		    "that is not there: of %.64s to something in %.64s; a "
		    "file of metadata/ is missing or damaged",
		    pf_q_int(&q, 2), pf_q_text(&q, 0), pf_q_text(&q, 1));
	pf_q_done(&q);
	return err;
}

/* References and pages are as they must be; then all in the one file. */
static const struct pf_err *
seal(struct remake *r)
{
	const struct pf_err *err;

	if ((err = check_references(r->act.db)) == NULL &&
	    (err = pf_dbw_check(r->act.db)) == NULL)
		err = pf_db_run(r->act.db, NULL,
		    "PRAGMA wal_checkpoint(TRUNCATE)", "");
	pf_db_close(r->act.db);
	r->act.db = NULL;
	return err;
}

static const struct pf_err *
move(const char *from, const char *to)
{
	if (pf_exists(from) && rename(from, to) == -1)
		return pf_errno("rename %s", from);
	return NULL;
}

/*
 * An old -wal would be read into the new file, so it goes first; until all
 * is done the note keeps writers away.
 */
static const struct pf_err *
swap(struct remake *r)
{
	const struct pf_err *err;
	char when[PF_TIME_TEXT];
	char *data = pf_asprintf("%s/data", r->conf->storage_path);
	char *db = pf_asprintf("%s/pandafuzz.db", data);
	char *wal = pf_asprintf("%s-wal", db), *shm = pf_asprintf("%s-shm", db);
	char *note = pf_asprintf("%s/DAMAGED", data);
	char *aside = pf_asprintf("%s/aside-%s", data, pf_time_text(when,
	    pf_wall_ms()));
	char *adb = pf_asprintf("%s/pandafuzz.db", aside);
	char *awal = pf_asprintf("%s-wal", adb), *ashm = pf_asprintf("%s-shm",
	    adb);
	char *fresh = pf_asprintf("%s/data/pandafuzz.db", r->dir);

	if ((err = pf_sync_dir(fresh)) == NULL &&
	    (err = pf_dbw_condemn(r->conf->storage_path, interrupted)) ==
	    NULL && (!pf_exists(db) || (err = pf_mkdirs(aside, 0750)) == NULL)
	    && (err = move(wal, awal)) == NULL &&
	    (err = move(shm, ashm)) == NULL &&
	    (err = move(db, adb)) == NULL &&
	    (!pf_exists(aside) || (err = pf_sync_dir(aside)) == NULL) &&
	    (err = move(fresh, db)) == NULL &&
	    (err = pf_sync_dir(data)) == NULL && unlink(note) == -1)
		err = pf_errno("unlink %s", note);
	if (err == NULL)
		err = pf_sync_dir(data);
	free(fresh);
	free(ashm);
	free(awal);
	free(adb);
	free(aside);
	free(note);
	free(shm);
	free(wal);
	free(db);
	free(data);
	return err;
}

const struct pf_err *
remake_finish(struct remake *r, bool in_place)
{
	const struct pf_err *err;
	bool made;

	if (!in_place)
		return NULL;
	if ((err = complete(r)) != NULL || (err = seal(r)) != NULL ||
	    (err = swap(r)) != NULL)
		return err;
	/* Makes -wal and -shm for readers; the lock is its own by then. */
	close(r->lock);
	r->lock = -1;
	return pf_dbw_init(r->conf->storage_path, &made);
}

void
remake_end(struct remake *r)
{
	if (r->act.db != NULL)
		pf_dbw_rollback(r->act.db);
	pf_live_free(&r->act.live);
	pf_db_close(r->act.db);
	if (r->inner != -1)
		close(r->inner);
	(void)pf_rmtree(r->dir);
	if (r->lock != -1)
		close(r->lock);
	free(r->dir);
}
