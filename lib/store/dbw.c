/*
 * The database for writing; see dbw.h.
 */
#include <sys/stat.h>

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "os/fs.h"
#include "os/lock.h"
#include "store/dbfunc.h"
#include "store/dbw.h"
#include "store/steps.h"

static const struct pf_err *
exec(struct pf_db *db, const char *sql)
{
	int rc = sqlite3_exec(pf_db_handle(db), sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? NULL : pf_db_err(db, rc, "database");
}

/* The writer has one thread and never asks what memory is in use. */
static void
tune(void)
{
	/* Too late, after a first connection: then SQLite stays as it is. */
	(void)sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

/* Settings of a connection that writes; WAL itself is in the file. */
static const struct pf_err *
configure(struct pf_db *db)
{
	const struct pf_err *err;
	sqlite3 *h = pf_db_handle(db);
	char mode[16] = "";
	struct pf_q q = PF_Q_INIT;
	bool more = false;
	int on = 1;

	/* What cannot be opened for writing SQLite opens for reading. */
	if (sqlite3_db_readonly(h, "main") == 1)
		return pf_err(PF_DENIED, "%s could not be opened for writing",
		    sqlite3_db_filename(h, "main"));
	sqlite3_extended_result_codes(h, 1);
	sqlite3_busy_timeout(h, 1000);
	sqlite3_db_config(h, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(h, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	sqlite3_db_config(h, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	/* Else "kind = ?" is prepared anew for each value, lest it be the one
	 * of an index WHERE kind = 'fuzz': half of a claim's time. */
	sqlite3_db_config(h, SQLITE_DBCONFIG_ENABLE_QPSG, 1, NULL);
	/* Readers without write permission need -wal and -shm to stay. */
	if (sqlite3_file_control(h, "main", SQLITE_FCNTL_PERSIST_WAL, &on) !=
	    SQLITE_OK)
		return pf_err(PF_IO, "SQLite cannot keep the -wal file");
	if ((err = pf_q(&q, db, "PRAGMA journal_mode = WAL", "")) == NULL &&
	    (err = pf_q_row(&q, &more)) == NULL && more)
		pf_q_copy(&q, 0, mode, sizeof(mode));
	pf_q_done(&q);
	if (err == NULL && strcmp(mode, "wal") != 0)
		err = pf_err(PF_IO, "the database is not in WAL mode (%s): is "
		    "its file system a network one?", mode);
	if (err != NULL)
		return err;
	return exec(db, "PRAGMA synchronous = FULL;"
	    "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;"
	    "PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY;"
	    "PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 2000;"
	    "PRAGMA journal_size_limit = 67108864");
}

/* A copy of what is about to be changed, beside it; of several steps, of what
 * was before the first. */
static const struct pf_err *
keep_old(struct pf_db *db, const char *path, int version)
{
	const struct pf_err *err;
	struct pf_buf copy = PF_BUF_INIT;

	pf_buf_addf(&copy, "%s.before-%d", path, version);
	unlink(copy.data);	/* of a migration that did not come through */
	if ((err = pf_db_run(db, NULL, "VACUUM INTO ?", "s", copy.data)) ==
	    NULL)
		err = pf_sync_dir(copy.data);
	pf_buf_free(&copy);
	return err;
}

/* They are not enforced while tables are made anew, but must hold then. */
static const struct pf_err *
foreign_keys(struct pf_db *db)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	bool more = false;

	if ((err = pf_q(&q, db, "PRAGMA foreign_key_check", "")) == NULL &&
	    (err = pf_q_row(&q, &more)) == NULL && more)
		err = pf_err(PF_IO, "a row of table %s refers to one of %s "
		    "that is not there: pf-recovery(7) says what to do",
		    pf_q_text(&q, 0), pf_q_text(&q, 2));
	pf_q_done(&q);
	return err;
}

static const struct pf_err *
migrate(struct pf_db *db, const char *path, bool *made)
{
	const struct pf_err *err;
	int64_t app = 0, version = 0, tables = 0;
	const struct pf_step *s;
	char text[96];

	if ((err = pf_db_int(db, &app, NULL, "PRAGMA application_id", "")) !=
	    NULL || (err = pf_db_int(db, &version, NULL,
	    "PRAGMA user_version", "")) != NULL || (err = pf_db_int(db,
	    &tables, NULL, "SELECT count(*) FROM sqlite_master", "")) != NULL ||
	    (err = exec(db, "PRAGMA foreign_keys = OFF")) != NULL)
		return err;
	*made = tables == 0;
	if (tables != 0 && app != PF_DB_APPLICATION)
		return pf_err(PF_CONFIG, "%s: not a PandaFuzz database", path);
	if (version > PF_DB_VERSION)
		return pf_err(PF_CONFIG, "%s: schema %d is newer than this "
		    "program knows (%d): upgrade the program", path,
		    (int)version, PF_DB_VERSION);
	for (s = pf_steps; s->sql != NULL && err == NULL; s++) {
		if (s->version <= version)
			continue;
		snprintf(text, sizeof(text), "PRAGMA application_id = %d;"
		    "PRAGMA user_version = %d", PF_DB_APPLICATION,
		    s->version);
		if ((tables == 0 || version == 0 || s->version > version + 1 ||
		    (err = keep_old(db, path, s->version)) == NULL) &&
		    (err = pf_dbw_begin(db)) == NULL &&
		    (err = exec(db, s->sql)) == NULL &&
		    (err = foreign_keys(db)) == NULL &&
		    (err = exec(db, text)) == NULL)
			err = pf_dbw_commit(db);
		if (err != NULL)
			pf_dbw_rollback(db);
	}
	return err;
}

/* Opens the file itself; the lock is held. */
static const struct pf_err *
open_file(struct pf_db **out, const char *path, int flags)
{
	const struct pf_err *err;
	sqlite3 *h = NULL;
	struct pf_db *db;
	int rc;

	tune();
	rc = sqlite3_open_v2(path, &h, flags | SQLITE_OPEN_READWRITE |
	    SQLITE_OPEN_NOMUTEX, NULL);
	db = pf_db_wrap(h);
	if (rc != SQLITE_OK && sqlite3_system_errno(h) == 2)
		err = pf_err(PF_NOTFOUND, "%s: no such database: run "
		    "pf-sched init", path);
	else if (rc != SQLITE_OK || (rc = pf_dbfunc_add(h)) != SQLITE_OK)
		err = pf_err_at(pf_db_err(db, rc, "open"), "%s", path);
	else
		err = configure(db);
	if (err != NULL && !pf_db_damaged(db)) {
		pf_db_close(db);
		db = NULL;
	}
	*out = db;
	return err;
}

static const struct pf_err *
take_lock(int *lock, const char *storage)
{
	const struct pf_err *err;
	struct pf_buf path = PF_BUF_INIT;

	pf_buf_addf(&path, "%s/data/writer.lock", storage);
	err = pf_lock(lock, path.data);
	if (err != NULL && err->class == PF_BUSY)
		err = pf_err(PF_BUSY, "another pf-sched has the database; "
		    "%s", err->msg);
	else if (err != NULL && err->class == PF_NOTFOUND &&
	    (err = pf_db_lost(storage)) == NULL)
		err = pf_err(PF_NOTFOUND, "%s/data: no such storage: run "
		    "pf-sched init", storage);
	pf_buf_free(&path);
	return err;
}

const struct pf_err *
pf_dbw_init(const char *storage, bool *made)
{
	const struct pf_err *err;
	struct pf_buf path = PF_BUF_INIT;
	struct pf_db *db = NULL;
	int lock = -1;
	mode_t mask;

	pf_db_path(&path, storage);
	if ((err = take_lock(&lock, storage)) == NULL) {
		/* -wal and -shm inherit the mode: readers are the group. */
		mask = umask(027);
		err = open_file(&db, path.data, SQLITE_OPEN_CREATE);
		umask(mask);
		if (err == NULL)
			err = migrate(db, path.data, made);
	}
	if (err == NULL && chmod(path.data, 0640) == -1)
		err = pf_errno("chmod %s", path.data);
	pf_db_close(db);
	if (lock != -1)
		close(lock);
	pf_buf_free(&path);
	return err;
}

const struct pf_err *
pf_dbw_condemned(const char *storage)
{
	const struct pf_err *err = NULL;
	struct pf_buf path = PF_BUF_INIT;

	pf_buf_addf(&path, "%s/data/DAMAGED", storage);
	if (pf_exists(path.data))
		err = pf_err(PF_CONFIG, "%s: the database was found damaged; "
		    "pf-recovery(7) says what to do", path.data);
	pf_buf_free(&path);
	return err;
}

const struct pf_err *
pf_dbw_condemn(const char *storage, const char *why)
{
	const struct pf_err *err = NULL;
	struct pf_buf path = PF_BUF_INIT, text = PF_BUF_INIT;

	pf_buf_addf(&path, "%s/data/DAMAGED", storage);
	pf_buf_addf(&text, "%s\n", why);
	if (!pf_exists(path.data))
		err = pf_file_put(path.data, NULL, text.data, text.len, 0640);
	pf_buf_free(&path);
	pf_buf_free(&text);
	return err;
}

/* A page that could not be read this time is no page that is damaged. */
static bool
was_trouble(const char *text)
{
	const char *code = strstr(text, "error code=");
	int n = code != NULL ? (int)strtol(code + 11, NULL, 10) & 0xff : 0;

	return n == SQLITE_IOERR || n == SQLITE_NOMEM || n == SQLITE_BUSY;
}

static const struct pf_err *
damaged(struct pf_db *db, const char *how)
{
	pf_db_damage(db);
	return pf_err(PF_IO, "the database is damaged: %s; pf-recovery(7) "
	    "says what to do", how);
}

/* A bit of the schema's text is on no page that SQLite would miss. */
static const struct pf_err *
check_schema(struct pf_db *db)
{
	const struct pf_err *err;
	struct pf_buf why = PF_BUF_INIT;

	if ((err = pf_steps_check(db, &why)) == NULL && why.len > 0)
		err = damaged(db, why.data);
	pf_buf_free(&why);
	return err;
}

const struct pf_err *
pf_dbw_check(struct pf_db *db)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	bool more = false;
	char text[300], *nl;

	if ((err = pf_q(&q, db, "PRAGMA quick_check(1)", "")) == NULL &&
	    (err = pf_q_row(&q, &more)) == NULL && more &&
	    strcmp(pf_q_text(&q, 0), "ok") != 0) {
		pf_q_copy(&q, 0, text, sizeof(text));
		while ((nl = strchr(text, '\n')) != NULL)
			*nl = ' ';
		if (was_trouble(text))
			err = pf_err(PF_IO, "the database cannot be looked "
			    "over: %s", text);
		else
			err = damaged(db, text);
	}
	pf_q_done(&q);
	return err != NULL ? err : check_schema(db);
}

/* Nobody makes a new one of a file that lost all it had. */
static const struct pf_err *
check_lost(const char *storage)
{
	const struct pf_err *err = pf_db_lost(storage), *note;

	if (err != NULL && err->class == PF_IO &&
	    (note = pf_dbw_condemn(storage, "the file is empty")) != NULL)
		return note;
	return err;
}

const struct pf_err *
pf_dbw_open(struct pf_db **out, int *lock, const char *storage)
{
	const struct pf_err *err;
	struct pf_buf path = PF_BUF_INIT;
	struct pf_db *db = NULL;
	int64_t version = 0;

	*out = NULL;
	pf_db_path(&path, storage);
	if ((err = take_lock(lock, storage)) == NULL &&
	    (err = pf_dbw_condemned(storage)) == NULL &&
	    (err = check_lost(storage)) == NULL &&
	    (err = open_file(&db, path.data, 0)) == NULL &&
	    (err = pf_db_int(db, &version, NULL, "PRAGMA user_version", "")) ==
	    NULL && version != PF_DB_VERSION)
		err = pf_err(PF_CONFIG, "%s: schema %d, this program wants %d:"
		    " run pf-sched init", path.data, (int)version,
		    PF_DB_VERSION);
	if (err != NULL && (db == NULL || !pf_db_damaged(db))) {
		pf_db_close(db);
		if (*lock != -1)
			close(*lock);
		*lock = -1;
	} else
		*out = db;
	pf_buf_free(&path);
	return err;
}

const struct pf_err *
pf_dbw_begin(struct pf_db *db)
{
	return pf_db_run(db, NULL, "BEGIN IMMEDIATE", "");
}

const struct pf_err *
pf_dbw_commit(struct pf_db *db)
{
	return pf_db_run(db, NULL, "COMMIT", "");
}

void
pf_dbw_rollback(struct pf_db *db)
{
	/* SQLite may have rolled back by itself: then nothing is to do. */
	if (!sqlite3_get_autocommit(pf_db_handle(db)))
		(void)pf_db_run(db, NULL, "ROLLBACK", "");
}

static int
note_pages(void *arg, sqlite3 *h, const char *name, int pages)
{
	(void)h;
	(void)name;
	*(int *)arg = pages;
	return SQLITE_OK;
}

void
pf_dbw_defer(struct pf_db *db, int *pages)
{
	sqlite3_wal_hook(pf_db_handle(db), note_pages, pages);
}

/* What fails is tried again after the next commit, as SQLite does. */
void
pf_dbw_checkpoint(struct pf_db *db)
{
	(void)sqlite3_wal_checkpoint_v2(pf_db_handle(db), "main",
	    SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
}

int64_t
pf_dbw_changes(struct pf_db *db)
{
	return sqlite3_total_changes64(pf_db_handle(db));
}

const struct pf_err *
pf_dbw_save(struct pf_db *db)
{
	return pf_db_run(db, NULL, "SAVEPOINT op", "");
}

const struct pf_err *
pf_dbw_release(struct pf_db *db)
{
	return pf_db_run(db, NULL, "RELEASE op", "");
}

void
pf_dbw_undo(struct pf_db *db)
{
	(void)pf_db_run(db, NULL, "ROLLBACK TO op", "");
	(void)pf_db_run(db, NULL, "RELEASE op", "");
}

const struct pf_err *
pf_counter_add(struct pf_db *db, const char *name, const char *scope,
    int64_t n)
{
	return pf_db_run(db, NULL, "INSERT INTO counters (name, scope, value) "
	    "VALUES (?1, ?2, ?3) ON CONFLICT (name, scope) DO UPDATE SET "
	    "value = value + ?3", "ssi", name, scope, n);
}
