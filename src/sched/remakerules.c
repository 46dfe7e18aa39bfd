/*
 * The rules for crashes in a database made anew: metadata/system/rules.json
 * has those that were in force last.
 */
#include <stdlib.h>
#include <string.h>

#include "act/place.h"
#include "base/mem.h"
#include "os/clock.h"
#include "os/fs.h"
#include "sched/remake.h"
#include "store/dbw.h"
#include "store/rowjson.h"

#define PIECE	1000	/* crashes of a transaction */

/* The text of those that the file has in force; NULL: it makes no sense. */
static const char *
text_of(const struct pf_json *doc, int64_t n)
{
	const struct pf_json *row;
	const char *text = NULL;
	int64_t k;

	for (row = pf_json_first(pf_json_get(doc, "rules")); row != NULL;
	    row = pf_json_next(row)) {
		k = -1;
		if (pf_json_int(&k, row, "n", 0, INT64_MAX) == NULL && k == n)
			return pf_json_str(&text, row, "text") == NULL ?
			    text : NULL;
	}
	return NULL;
}

static const struct pf_err *
take(struct remake *r, const struct pf_json *doc, int64_t n)
{
	const struct pf_err *err;
	const struct pf_json *row;
	struct pf_db *db = r->act.db;

	if ((err = pf_db_run(db, NULL, "DELETE FROM rules", "")) != NULL)
		return err;
	for (row = pf_json_first(pf_json_get(doc, "rules")); row != NULL;
	    row = pf_json_next(row))
		if ((err = pf_row_insert(db, "rules", row)) != NULL)
			return err;
	/* What a backup has is not placed by these. */
	if ((err = pf_db_run(db, NULL, "UPDATE rules SET version = '' WHERE "
	    "n = ?", "i", n)) != NULL || (err = pf_db_run(db, NULL,
	    "DELETE FROM moves WHERE rules <> (SELECT rules FROM placing)",
	    "")) != NULL || (err = pf_db_run(db, NULL, "UPDATE moves SET rules"
	    " = ?", "i", n)) != NULL || (err = pf_db_run(db, NULL,
	    "DELETE FROM bucket_rows WHERE rules <> (SELECT rules FROM "
	    "placing)", "")) != NULL || (err = pf_db_run(db, NULL,
	    "UPDATE bucket_rows SET rules = ?", "i", n)) != NULL ||
	    (err = pf_db_run(db, NULL, "UPDATE dropped SET coming = NULL",
	    "")) != NULL)
		return err;
	return pf_db_run(db, NULL, "UPDATE placing SET rules = ?, coming = "
	    "NULL, cursor = ''", "i", n);
}

/* What nobody can read must not come into force. */
static const struct pf_err *
check_text(const char *text)
{
	const struct pf_err *err;
	struct pf_rules *rules = pf_rules_new();

	err = pf_rules_add(rules, text, strlen(text));
	pf_rules_free(rules);
	return err;
}

/* Unless they are in force there already. */
static const struct pf_err *
load(struct remake *r, const struct pf_json *doc)
{
	const struct pf_err *err;
	const char *text;
	int64_t n = -1, one;
	bool same;

	if (pf_json_int(&n, doc, "in_force", 0, INT64_MAX) != NULL ||
	    (text = text_of(doc, n)) == NULL)
		return pf_err(PF_DATA, "it does not say which rules are in "
		    "force");
	if ((err = check_text(text)) != NULL)
		return err;
	if ((err = pf_db_int(r->act.db, &one, &same, "SELECT 1 FROM rules "
	    "WHERE n = (SELECT rules FROM placing) AND (n, text) = (?, ?)",
	    "is", n, text)) != NULL || same)
		return err;
	return take(r, doc, n);
}

const struct pf_err *
remake_rules(struct remake *r)
{
	const struct pf_err *err = NULL;
	char *path = pf_asprintf("%s/metadata/system/rules.json",
	    r->conf->storage_path);

	if (pf_exists(path))
		err = remake_file(r, path, load);
	free(path);
	if (err != NULL ||
	    (err = pf_live_load(&r->act.live, r->act.db)) != NULL)
		return err;
	return pf_place_settle(r->act.db, &r->act.live);
}

const struct pf_err *
remake_place(struct remake *r)
{
	const struct pf_err *err = NULL;
	bool left = true;

	r->act.now = pf_wall_ms();
	while (err == NULL && left)
		if ((err = pf_dbw_begin(r->act.db)) == NULL &&
		    (err = pf_act_place(&r->act, &left, PIECE)) == NULL)
			err = pf_dbw_commit(r->act.db);
	return err;
}
