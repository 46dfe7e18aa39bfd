/*
 * store/db: what of SQLite's codes is damage, and what class the others are.
 */
#include <sqlite3.h>
#include <string.h>

#include "../lib/tap.h"
#include "store/db.h"

static const struct {
	int		 code;
	const char	*name;
	enum pf_class	 class;
	bool		 damage;
} codes[] = {
	{ SQLITE_CORRUPT, "corrupt", PF_IO, true },
	{ SQLITE_CORRUPT_INDEX, "corrupt index", PF_IO, true },
	{ SQLITE_NOTADB, "notadb", PF_IO, true },
	{ SQLITE_TOOBIG, "toobig", PF_IO, true },
	{ SQLITE_IOERR_READ, "ioerr read", PF_IO, false },
	{ SQLITE_FULL, "full", PF_FULL, false },
	{ SQLITE_NOMEM, "nomem", PF_BUSY, false },
	{ SQLITE_BUSY_SNAPSHOT, "busy snapshot", PF_BUSY, false },
	{ SQLITE_CANTOPEN, "cantopen", PF_DENIED, false },
	{ SQLITE_CONSTRAINT_UNIQUE, "constraint", PF_CONFLICT, false },
	{ SQLITE_MISUSE, "misuse", PF_BUG, false },
};

int
main(void)
{
	const struct pf_err *err;
	struct pf_db *db;
	sqlite3 *h;
	bool says;
	size_t i;

	for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		if (sqlite3_open(":memory:", &h) != SQLITE_OK)
			pf_die("no database");
		db = pf_db_wrap(h);
		err = pf_db_err(db, codes[i].code, codes[i].name);
		says = strstr(err->msg, "is damaged: pf-recovery(7)") != NULL;
		is_int(err->class, codes[i].class, codes[i].name);
		ok(pf_db_damaged(db) == codes[i].damage &&
		    says == codes[i].damage, codes[i].name);
		pf_db_close(db);
	}
	return done_testing();
}
