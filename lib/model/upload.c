/*
 * Uploads; see upload.h.
 */
#include "model/upload.h"

const struct pf_err *
pf_upload_put(bool *fresh, struct pf_db *db, const struct pf_upload *u)
{
	const struct pf_err *err;
	int64_t n = 0;

	err = pf_db_run(db, &n, "INSERT INTO uploads (rid, sha256, size, time)"
	    " VALUES (?, ?, ?, ?) ON CONFLICT (rid) DO NOTHING", "ssii",
	    u->rid, u->sha, u->size, u->time);
	*fresh = n > 0;
	return err;
}
