/*
 * The database for writing.  Only pf-sched links this: one process, kept one
 * by a lock, is the only writer there is.
 */
#ifndef PF_STORE_DBW_H
#define PF_STORE_DBW_H

#include "store/db.h"

/*
 * Makes <storage>/data/pandafuzz.db if it is missing, brings an older schema
 * up to date in one transaction, and closes it.  *made tells whether it was
 * created.  The directory exists already.
 */
const struct pf_err	*pf_dbw_init(const char *storage, bool *made);

/*
 * Opens it for writing: takes the lock <storage>/data/writer.lock (PF_BUSY if
 * another process has it), sets WAL, synchronous
 * FULL, foreign keys and persistent -wal.  *lock is the caller's to close
 * after pf_db_close().  A file that turns out damaged is an error, and open
 * for pf_db_damaged() to tell; after any other there is nothing to close.
 */
const struct pf_err	*pf_dbw_open(struct pf_db **, int *lock,
			    const char *storage);

/*
 * One transaction around many ops; a savepoint around each that may have to
 * be undone.
 */
const struct pf_err	*pf_dbw_begin(struct pf_db *);
const struct pf_err	*pf_dbw_commit(struct pf_db *);
void			 pf_dbw_rollback(struct pf_db *);
const struct pf_err	*pf_dbw_save(struct pf_db *);
const struct pf_err	*pf_dbw_release(struct pf_db *);
void			 pf_dbw_undo(struct pf_db *);	/* to the savepoint */

/*
 * From here on a commit leaves its pages in the -wal and says how many are
 * there; checkpoint puts them into the database, outside of transactions.
 * It syncs pages from all over the file: not while somebody waits.
 */
void			 pf_dbw_defer(struct pf_db *, int *pages);
void			 pf_dbw_checkpoint(struct pf_db *);

/* Rows changed through this connection so far. */
int64_t			 pf_dbw_changes(struct pf_db *);

/*
 * Looks the whole file over (PRAGMA quick_check), and whether the schema is
 * ours: PF_IO with the first thing found wrong.
 */
const struct pf_err	*pf_dbw_check(struct pf_db *);

/*
 * Notes durably, in <storage>/data/DAMAGED, that the database is damaged and
 * how that showed; pf_dbw_open() refuses it from then on (PF_CONFIG), until
 * somebody has mended it and removed the note.
 */
const struct pf_err	*pf_dbw_condemn(const char *storage, const char *why);

/* PF_CONFIG if that note is there. */
const struct pf_err	*pf_dbw_condemned(const char *storage);

/* Adds n to a counter at once; scope is "" or a job's id. */
const struct pf_err	*pf_counter_add(struct pf_db *, const char *name,
			    const char *scope, int64_t n);

#endif
