/*
 * The database read-only, and statements; see db.h.
 */
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codec/conf.h"
#include "codec/json.h"
#include "os/clock.h"
#include "store/db.h"
#include "store/dbfunc.h"

#define SLOTS	512		/* statements cached, a power of two */

struct pf_db {
	sqlite3		*handle;
	bool		 damaged;
	struct {
		const char	*sql;
		sqlite3_stmt	*st;
	} cache[SLOTS];
};

struct sqlite3 *
pf_db_handle(struct pf_db *db)
{
	return db->handle;
}

struct pf_db *
pf_db_wrap(struct sqlite3 *handle)
{
	struct pf_db *db = pf_calloc(1, sizeof(*db));

	db->handle = handle;
	return db;
}

bool
pf_db_damaged(const struct pf_db *db)
{
	return db->damaged;
}

void
pf_db_damage(struct pf_db *db)
{
	db->damaged = true;
}

static const struct pf_err *
check_version(struct pf_db *db, const char *path, bool old)
{
	const struct pf_err *err;
	int64_t app = 0, version = 0;

	if ((err = pf_db_int(db, &app, NULL, "PRAGMA application_id", "")) !=
	    NULL || (err = pf_db_int(db, &version, NULL,
	    "PRAGMA user_version", "")) != NULL)
		return pf_err_at(err, "%s", path);
	if (app != PF_DB_APPLICATION)
		return pf_err(PF_CONFIG, "%s: not a PandaFuzz database", path);
	if (version > PF_DB_VERSION)
		return pf_err(PF_CONFIG, "%s: schema %d is newer than this "
		    "program knows (%d): upgrade the program", path,
		    (int)version, PF_DB_VERSION);
	if (version < PF_DB_VERSION && !old)
		return pf_err(PF_CONFIG, "%s: schema %d is older than %d: run "
		    "pf-sched init", path, (int)version, PF_DB_VERSION);
	return NULL;
}

static const struct pf_err *
open_storage(struct pf_db **out, const char *storage, bool old)
{
	const struct pf_err *err = NULL;
	struct pf_buf path = PF_BUF_INIT;
	sqlite3 *handle = NULL;
	struct pf_db *db;
	int rc;

	*out = NULL;
	if ((err = pf_db_lost(storage)) != NULL)
		return err;
	pf_db_path(&path, storage);
	rc = sqlite3_open_v2(path.data, &handle,
	    SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL);
	db = pf_db_wrap(handle);
	if (rc != SQLITE_OK) {
		/* CANTOPEN is both "not there" and "not permitted". */
		if (sqlite3_system_errno(handle) == 2)
			err = pf_err(PF_NOTFOUND, "%s: no such database: run "
			    "pf-sched init, or name its storage in the "
			    "configuration", path.data);
		else
			err = pf_err_at(pf_db_err(db, rc, "open"), "%s",
			    path.data);
		goto done;
	}
	sqlite3_extended_result_codes(handle, 1);
	sqlite3_busy_timeout(handle, 10000);
	sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_QPSG, 1, NULL);
	if ((rc = pf_dbfunc_add(handle)) != SQLITE_OK)
		err = pf_err_at(pf_db_err(db, rc, "open"), "%s", path.data);
	else
		err = check_version(db, path.data, old);
done:
	if (err != NULL)
		pf_db_close(db);
	else
		*out = db;
	pf_buf_free(&path);
	return err;
}

const struct pf_err *
pf_db_open(struct pf_db **out, const char *storage)
{
	return open_storage(out, storage, false);
}

const struct pf_err *
pf_db_open_old(struct pf_db **out, const char *storage)
{
	return open_storage(out, storage, true);
}

void
pf_db_close(struct pf_db *db)
{
	size_t i;

	if (db == NULL)
		return;
	for (i = 0; i < SLOTS; i++)
		sqlite3_finalize(db->cache[i].st);
	sqlite3_close(db->handle);
	free(db);
}

/* The cached statement of a text, prepared on first use. */
static const struct pf_err *
prepare(sqlite3_stmt **out, struct pf_db *db, const char *sql)
{
	size_t i, h = (size_t)((uintptr_t)sql * 0x9e3779b97f4a7c15u >> 40);
	int rc;

	for (i = 0; i < SLOTS; i++, h++) {
		if (db->cache[h % SLOTS].sql == sql) {
			*out = db->cache[h % SLOTS].st;
			return NULL;
		}
		if (db->cache[h % SLOTS].sql == NULL)
			break;
	}
	if (i == SLOTS)
		pf_die("more than %d SQL statements", SLOTS);
	rc = sqlite3_prepare_v3(db->handle, sql, -1,
	    SQLITE_PREPARE_PERSISTENT, out, NULL);
	if (rc == SQLITE_ERROR) {
		/* Our words, and a schema of our version: not of our hand. */
		db->damaged = true;
		return pf_err(PF_IO, "prepare: %s (the schema is damaged: "
		    "pf-recovery(7) says what to do)",
		    sqlite3_errmsg(db->handle));
	}
	if (rc != SQLITE_OK)
		return pf_db_err(db, rc, "prepare");
	db->cache[h % SLOTS].sql = sql;
	db->cache[h % SLOTS].st = *out;
	return NULL;
}

static const struct pf_err *
bind(struct pf_q *q, const char *fmt, va_list ap, bool whole)
{
	sqlite3_destructor_type kept = whole ? SQLITE_STATIC :
	    SQLITE_TRANSIENT;
	const char *s;
	const void *p;
	int i, rc = SQLITE_OK;

	for (i = 1; *fmt != '\0' && rc == SQLITE_OK; fmt++, i++) {
		switch (*fmt) {
		case 's':
			s = va_arg(ap, const char *);
			rc = s == NULL ? sqlite3_bind_null(q->st, i) :
			    sqlite3_bind_text(q->st, i, s, -1, kept);
			break;
		case 'i':
			rc = sqlite3_bind_int64(q->st, i,
			    va_arg(ap, int64_t));
			break;
		case 'r':
			rc = sqlite3_bind_double(q->st, i, va_arg(ap, double));
			break;
		case 'b':
			p = va_arg(ap, const void *);
			rc = sqlite3_bind_text64(q->st, i, p,
			    va_arg(ap, size_t), kept, SQLITE_UTF8);
			break;
		default:
			pf_die("SQL format letter '%c'", *fmt);
		}
	}
	if (rc != SQLITE_OK)
		return pf_db_err(q->db, rc, "bind");
	if (i - 1 != sqlite3_bind_parameter_count(q->st))
		pf_die("SQL with %d parameters got %d",
		    sqlite3_bind_parameter_count(q->st), i - 1);
	return NULL;
}

/* Begins a query; whole if it ends before its arguments do. */
static const struct pf_err *
vq(struct pf_q *q, struct pf_db *db, const char *sql, const char *fmt,
    va_list ap, bool whole)
{
	const struct pf_err *err;

	*q = (struct pf_q){ NULL, db };
	if ((err = prepare(&q->st, db, sql)) != NULL)
		return err;
	if (sqlite3_stmt_busy(q->st))
		pf_die("SQL statement used inside itself: %.60s", sql);
	return bind(q, fmt, ap, whole);
}

const struct pf_err *
pf_q(struct pf_q *q, struct pf_db *db, const char *sql, const char *fmt, ...)
{
	const struct pf_err *err;
	va_list ap;

	va_start(ap, fmt);
	err = vq(q, db, sql, fmt, ap, false);
	va_end(ap);
	return err;
}

const struct pf_err *
pf_q_row(struct pf_q *q, bool *more)
{
	int rc = sqlite3_step(q->st);

	*more = rc == SQLITE_ROW;
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		return pf_db_err(q->db, rc, "database");
	return NULL;
}

void
pf_q_done(struct pf_q *q)
{
	if (q->st != NULL) {
		sqlite3_reset(q->st);
		sqlite3_clear_bindings(q->st);
	}
	q->st = NULL;
}

/* NULL is also what SQLite gives when it had no memory for the text. */
static void
need_memory(const struct pf_q *q)
{
	if (sqlite3_errcode(sqlite3_db_handle(q->st)) == SQLITE_NOMEM)
		pf_no_memory();
}

const char *
pf_q_text(const struct pf_q *q, int col)
{
	const unsigned char *s = sqlite3_column_text(q->st, col);

	if (s == NULL)
		need_memory(q);
	return s == NULL ? "" : (const char *)s;
}

/*
 * The bytes of a text column where they lie: to end them with a NUL, SQLite
 * would make a copy of them first.
 */
static const char *
bytes(const struct pf_q *q, int col, size_t *n)
{
	const void *p = sqlite3_column_blob(q->st, col);

	if (p == NULL)
		need_memory(q);
	*n = p == NULL ? 0 : (size_t)sqlite3_column_bytes(q->st, col);
	return p == NULL ? "" : p;
}

void
pf_q_copy(const struct pf_q *q, int col, char *to, size_t n)
{
	size_t len;
	const char *p = bytes(q, col, &len);

	if (len >= n)
		len = n - 1;
	memcpy(to, p, len);
	to[len] = '\0';
}

void
pf_q_json(const struct pf_q *q, int col, struct pf_buf *b, const char *key)
{
	size_t len;
	const char *p = bytes(q, col, &len);

	pf_jw_strn(b, key, p, len);
}

int64_t
pf_q_int(const struct pf_q *q, int col)
{
	return sqlite3_column_int64(q->st, col);
}

double
pf_q_real(const struct pf_q *q, int col)
{
	return sqlite3_column_double(q->st, col);
}

bool
pf_q_null(const struct pf_q *q, int col)
{
	return sqlite3_column_type(q->st, col) == SQLITE_NULL;
}

int
pf_q_columns(const struct pf_q *q)
{
	return sqlite3_column_count(q->st);
}

const struct pf_err *
pf_db_run(struct pf_db *db, int64_t *changes, const char *sql,
    const char *fmt, ...)
{
	const struct pf_err *err;
	struct pf_q q;
	bool more = true;
	va_list ap;

	va_start(ap, fmt);
	err = vq(&q, db, sql, fmt, ap, true);
	va_end(ap);
	while (err == NULL && more)
		err = pf_q_row(&q, &more);
	if (err == NULL && changes != NULL)
		*changes = sqlite3_changes64(db->handle);
	pf_q_done(&q);
	return err;
}

const struct pf_err *
pf_db_int(struct pf_db *db, int64_t *out, bool *found, const char *sql,
    const char *fmt, ...)
{
	const struct pf_err *err;
	struct pf_q q;
	bool more = false;
	va_list ap;

	va_start(ap, fmt);
	err = vq(&q, db, sql, fmt, ap, true);
	va_end(ap);
	if (err == NULL)
		err = pf_q_row(&q, &more);
	if (err == NULL && more)
		*out = pf_q_int(&q, 0);
	if (found != NULL)
		*found = more;
	pf_q_done(&q);
	return err;
}

const struct pf_err *
pf_db_hold(struct pf_db *db)
{
	return pf_db_run(db, NULL, "BEGIN", "");
}

const struct pf_err *
pf_db_release(struct pf_db *db)
{
	return pf_db_run(db, NULL, "COMMIT", "");
}

void
pf_db_many(void)
{
	/* Too late, after a first connection: then it stays as it is. */
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

const struct pf_err *
pf_db_cache(struct pf_db *db, int kib)
{
	char sql[48];
	int rc;

	snprintf(sql, sizeof(sql), "PRAGMA cache_size = -%d", kib);
	rc = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
	return rc == SQLITE_OK ? NULL : pf_db_err(db, rc, "cache");
}

struct opening {
	struct pf_db	**out;
	const char	*storage;
};

static const struct pf_err *
open_once(void *arg)
{
	const struct opening *o = arg;

	return pf_db_open(o->out, o->storage);
}

const struct pf_err *
pf_db_open_conf(struct pf_db **out, const struct pf_conf *conf)
{
	struct opening o = { out, conf->storage_path };

	return pf_retry_run(&conf->retry_database, &pf_timer, NULL, open_once,
	    &o);
}
