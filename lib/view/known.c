/*
 * Small questions to the database; see known.h.
 */
#include "view/known.h"

const struct pf_err *
pf_known_job(bool *known, struct pf_db *db, const char *job)
{
	int64_t one;

	return pf_db_int(db, &one, known,
	    "SELECT 1 FROM jobs WHERE id = ?1", "s", job);
}

const struct pf_err *
pf_known_result(bool *known, struct pf_db *db, const char *rid)
{
	int64_t one;

	return pf_db_int(db, &one, known,
	    "SELECT 1 FROM results WHERE rid = ?1", "s", rid);
}

const struct pf_err *
pf_known_input(bool *known, struct pf_db *db, enum pf_kind kind,
    const char *job, const char *hash)
{
	int64_t one;

	*known = false;
	if (kind == PF_KIND_CRASH)
		return pf_db_int(db, &one, known,
		    "SELECT 1 FROM crashes WHERE job_id = ?1 AND hash = ?2",
		    "ss", job, hash);
	if (kind == PF_KIND_CORPUS)
		return pf_db_int(db, &one, known,
		    "SELECT 1 FROM corpus WHERE job_id = ?1 AND hash = ?2",
		    "ss", job, hash);
	return NULL;
}
