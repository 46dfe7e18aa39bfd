/*
 * A database of our own beside the real one; see scratch.h.
 */
#include <sqlite3.h>
#include <string.h>

#include "store/scratch.h"

/* The path as a URI, by which alone SQLite attaches read-only. */
static void
add_uri(struct pf_buf *b, const char *storage)
{
	struct pf_buf path = PF_BUF_INIT;
	const char *p;

	pf_db_path(&path, storage);
	pf_buf_adds(b, "file:");
	for (p = path.data; *p != '\0'; p++)
		if (strchr("%?# ", *p) != NULL)
			pf_buf_addf(b, "%%%02x", (unsigned char)*p);
		else
			pf_buf_addc(b, *p);
	pf_buf_adds(b, "?mode=ro");
	pf_buf_free(&path);
}

const struct pf_err *
pf_scratch_open(struct pf_db **out, const char *storage)
{
	const struct pf_err *err = NULL;
	struct pf_buf uri = PF_BUF_INIT;
	sqlite3 *handle = NULL;
	struct pf_db *db;
	int rc;

	*out = NULL;
	rc = sqlite3_open_v2("", &handle, SQLITE_OPEN_READWRITE |
	    SQLITE_OPEN_CREATE | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL);
	db = pf_db_wrap(handle);
	if (rc != SQLITE_OK) {
		err = pf_db_err(db, rc, "open a temporary database");
		goto done;
	}
	sqlite3_extended_result_codes(handle, 1);
	sqlite3_busy_timeout(handle, 10000);
	add_uri(&uri, storage);
	/* Nobody needs it after us, whatever happens. */
	if ((err = pf_db_run(db, NULL, "PRAGMA journal_mode = OFF", "")) ==
	    NULL && (err = pf_db_run(db, NULL, "PRAGMA synchronous = OFF",
	    "")) == NULL)
		err = pf_db_run(db, NULL, "ATTACH ? AS m", "s", uri.data);
done:
	if (err != NULL)
		pf_db_close(db);
	else
		*out = db;
	pf_buf_free(&uri);
	return err;
}
