/*
 * What SQLite says as an error with its class; see db.h.
 */
#include <errno.h>
#include <sqlite3.h>

#include "store/db.h"

static enum pf_class
class_of(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_NOMEM:
	case SQLITE_INTERRUPT:
	case SQLITE_PROTOCOL:
		return PF_BUSY;
	case SQLITE_FULL:
		return PF_FULL;
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return PF_DENIED;
	case SQLITE_CONSTRAINT:
		return PF_CONFLICT;
	case SQLITE_IOERR:
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_TOOBIG:
		return PF_IO;
	default:
		return PF_BUG;
	}
}

/*
 * What only a damaged file makes SQLite say: nothing of ours is near to what
 * is too big for it, a length in a row that was garbled is.
 */
static bool
tells_damage(int rc)
{
	rc &= 0xff;
	return rc == SQLITE_CORRUPT || rc == SQLITE_NOTADB ||
	    rc == SQLITE_TOOBIG;
}

/* SQLite says so of its files, but calls it an error of -shm. */
static bool
is_full(struct pf_db *db, int rc)
{
	int num;

	if (db == NULL || (rc & 0xff) != SQLITE_IOERR)
		return false;
	num = sqlite3_system_errno(pf_db_handle(db));
	return num == ENOSPC || num == EDQUOT;
}

const struct pf_err *
pf_db_err(struct pf_db *db, int rc, const char *what)
{
	enum pf_class class = is_full(db, rc) ? PF_FULL : class_of(rc);
	const char *hint = "";

	if (class == PF_FULL && (rc & 0xff) != SQLITE_FULL)
		hint = " (the disk is full)";
	else if (class == PF_DENIED)
		hint = " (the database, its -wal and -shm must be readable, "
		    "their directory searchable; see pf-db(5))";
	else if (tells_damage(rc))
		hint = " (the database is damaged: pf-recovery(7) says what "
		    "to do)";
	if (db != NULL && tells_damage(rc))
		pf_db_damage(db);
	return pf_err(class, "%s: %s%s", what, db != NULL ?
	    sqlite3_errmsg(pf_db_handle(db)) : sqlite3_errstr(rc), hint);
}
