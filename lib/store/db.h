/*
 * The database, read-only, and prepared statements.
 *
 * SQL stands only in lib/store, lib/model, lib/act and lib/view, always as a
 * string literal with bound values: statements are cached by the address of
 * their text, so a formatted or stack-held text must never be passed.
 * One struct pf_db belongs to one thread.  Opening for writing is
 * store/dbw.h, which only pf-sched links.
 */
#ifndef PF_STORE_DB_H
#define PF_STORE_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

#define PF_DB_APPLICATION	0x50464631	/* "PFF1" */
#define PF_DB_VERSION		19		/* newest schema we know */

struct sqlite3;
struct sqlite3_stmt;
struct pf_db;

/* Path of the database in a storage tree. */
void	pf_db_path(struct pf_buf *, const char *storage);

/*
 * Where the tree tells of work its database was there once: PF_NOTFOUND if it
 * is not any more, PF_IO if it is an empty file, both naming pf-recovery(7).
 */
const struct pf_err	*pf_db_lost(const char *storage);

/*
 * Opens <storage>/data/pandafuzz.db read-only and checks application id and
 * version (PF_CONFIG if it is not ours or newer; PF_NOTFOUND with a hint at
 * "pf-sched init" if it is not there; PF_DENIED naming the permission that is
 * missing).  Readers see the last commit at each statement.
 */
const struct pf_err	*pf_db_open(struct pf_db **, const char *storage);
/* The same for a copy that may be of an older version. */
const struct pf_err	*pf_db_open_old(struct pf_db **, const char *storage);
void			 pf_db_close(struct pf_db *);

/*
 * A running query.  pf_q() binds by fmt, a letter an argument: s const char *
 * (NULL binds NULL), i int64_t, r double, b (const void *, size_t); pf_q_row()
 * steps: *more tells whether there is a row.  pf_q_done() resets the statement
 * for the next use and is needed in every case, also after an error; a second
 * pf_q() on the same SQL before it is a bug.  Text stays valid until the next
 * step.
 */
struct pf_q {
	struct sqlite3_stmt	*st;
	struct pf_db		*db;
};
#define PF_Q_INIT	{ NULL, NULL }

const struct pf_err	*pf_q(struct pf_q *, struct pf_db *, const char *sql,
			    const char *fmt, ...);
const struct pf_err	*pf_q_row(struct pf_q *, bool *more);
void			 pf_q_done(struct pf_q *);
/* "" if NULL. */
const char		*pf_q_text(const struct pf_q *, int col);
/* As much of a text column as fits into n bytes with its NUL. */
void			 pf_q_copy(const struct pf_q *, int col, char *to,
			    size_t n);
/* A text column as a member of a JSON object. */
void			 pf_q_json(const struct pf_q *, int col,
			    struct pf_buf *, const char *key);
int64_t			 pf_q_int(const struct pf_q *, int col);
double			 pf_q_real(const struct pf_q *, int col);
bool			 pf_q_null(const struct pf_q *, int col);
int			 pf_q_columns(const struct pf_q *);

/*
 * Runs a statement that returns no rows to its end; *changes (may be NULL)
 * is the number of rows it changed.  fmt as for pf_q().
 */
const struct pf_err	*pf_db_run(struct pf_db *, int64_t *changes,
			    const char *sql, const char *fmt, ...);

/* First column of the first row as an integer; *found (may be NULL) tells
 * whether there was one, *out is left alone if not. */
const struct pf_err	*pf_db_int(struct pf_db *, int64_t *out, bool *found,
			    const char *sql, const char *fmt, ...);

/* All that is read between the two is of one state of the database. */
const struct pf_err	*pf_db_hold(struct pf_db *);
const struct pf_err	*pf_db_release(struct pf_db *);

/*
 * For a process of many connections, before the first: none of them waits for
 * another to count memory.
 */
void			 pf_db_many(void);
/* For one of many connections: it keeps so many KiB of pages, not 2 MiB. */
const struct pf_err	*pf_db_cache(struct pf_db *, int kib);

/* The error of an SQLite return code, with what was being done. */
const struct pf_err	*pf_db_err(struct pf_db *, int rc, const char *what);

/* The raw handle: for store/ only. */
struct sqlite3		*pf_db_handle(struct pf_db *);
/* Wraps a handle that store/dbw.c opened; takes it over. */
struct pf_db		*pf_db_wrap(struct sqlite3 *);

/* The storage of the configuration, tried by [retry.database]. */
struct pf_conf;
const struct pf_err	*pf_db_open_conf(struct pf_db **,
			    const struct pf_conf *);

/* True once SQLite has found the file damaged through this connection. */
bool			 pf_db_damaged(const struct pf_db *);
/* The same, found by other means. */
void			 pf_db_damage(struct pf_db *);

#endif
