/*
 * Hooks that are due; see hook.h.
 */
#include "model/hook.h"

const struct pf_err *
pf_hook_add(struct pf_db *db, const char *crash, int64_t now)
{
	return pf_db_run(db, NULL, "INSERT INTO hooks (crash, due) "
	    "VALUES (?, ?) ON CONFLICT (crash) DO NOTHING", "si", crash, now);
}

const struct pf_err *
pf_hook_tries(int64_t *tries, bool *due, struct pf_db *db, const char *crash)
{
	*tries = 0;
	return pf_db_int(db, tries, due, "SELECT tries FROM hooks WHERE "
	    "crash = ?", "s", crash);
}

const struct pf_err *
pf_hook_later(struct pf_db *db, const char *crash, int64_t due)
{
	return pf_db_run(db, NULL, "UPDATE hooks SET due = ?2, tries = "
	    "tries + 1 WHERE crash = ?1", "si", crash, due);
}

const struct pf_err *
pf_hook_done(struct pf_db *db, const char *crash)
{
	return pf_db_run(db, NULL, "DELETE FROM hooks WHERE crash = ?", "s",
	    crash);
}
