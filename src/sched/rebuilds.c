/*
 * Builds of campaigns and what was to be run on them, for a database made
 * anew; see remake.h.
 */
#include "sched/remake.h"
#include "store/rowjson.h"

const struct pf_err *
remake_builds(struct pf_db *db, const struct pf_json *doc)
{
	const struct pf_err *err = NULL;
	const struct pf_json *row;
	const char *campaign, *target;
	int64_t one;
	bool known;

	for (row = pf_json_first(pf_json_get(doc, "builds")); row != NULL &&
	    err == NULL; row = pf_json_next(row))
		if ((err = pf_json_need(&campaign, row, "campaign")) == NULL &&
		    (err = pf_json_need(&target, row, "target")) == NULL &&
		    (err = pf_db_int(db, &one, &known, "SELECT 1 FROM builds "
		    "WHERE campaign = ? AND target = ?", "ss", campaign,
		    target)) == NULL && !known)
			err = pf_row_insert(db, "builds", row);
	return err;
}

const struct pf_err *
remake_regress(struct pf_db *db, const char *id, const struct pf_json *doc)
{
	const struct pf_err *err;
	const struct pf_json *row;
	const char *campaign, *hash;
	int64_t seq, n;
	bool newer;

	if ((err = remake_builds(db, doc)) != NULL)
		return err;
	for (row = pf_json_first(pf_json_get(doc, "regressions"));
	    row != NULL; row = pf_json_next(row)) {
		seq = 0;
		if ((err = pf_json_need(&campaign, row, "campaign")) != NULL ||
		    (err = pf_json_need(&hash, row, "hash")) != NULL ||
		    (err = pf_json_int(&seq, row, "seq", 1, INT64_MAX)) !=
		    NULL || (err = pf_db_int(db, &n, &newer, "SELECT 1 FROM "
		    "regressions WHERE campaign = ? AND seq = ? AND hash = ? "
		    "AND job > ?", "siss", campaign, seq, hash, id)) != NULL)
			return err;
		if (!newer && ((err = pf_db_run(db, NULL, "DELETE FROM "
		    "regressions WHERE campaign = ? AND seq = ? AND hash = ?",
		    "sis", campaign, seq, hash)) != NULL ||
		    (err = pf_row_insert(db, "regressions", row)) != NULL))
			return err;
	}
	return NULL;
}
