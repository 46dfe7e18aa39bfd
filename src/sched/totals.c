/*
 * Counts that follow from no row and no line of the ledger: what was refused,
 * and how many results there ever were.  metadata/system/snapshot.json has
 * them, and a database made anew goes on from there.
 */
#include <string.h>

#include "codec/rec.h"
#include "sched/remake.h"
#include "store/rowjson.h"

const struct pf_err *
totals_put(struct pf_buf *b, struct pf_db *db)
{
	return pf_rows_json(b, "totals", db, "SELECT name, scope, value FROM "
	    "counters WHERE name LIKE 'refused\\_%' ESCAPE '\\' OR (name "
	    "LIKE 'results\\_%' ESCAPE '\\' AND scope = '') ORDER BY name, "
	    "scope", NULL);
}

static bool
name_ok(const char *name)
{
	if (strncmp(name, "refused_", 8) != 0)
		return strncmp(name, "results_", 8) == 0 &&
		    pf_kind_find(name + 8) != PF_KIND_MAX;
	return strcmp(name + 8, "other") == 0 ||
	    pf_kind_find(name + 8) != PF_KIND_MAX;
}

const struct pf_err *
totals_begin(struct pf_db *db)
{
	return pf_db_run(db, NULL, "CREATE TEMP TABLE totals (name TEXT, "
	    "scope TEXT, value INTEGER, PRIMARY KEY (name, scope)) STRICT, "
	    "WITHOUT ROWID", "");
}

const struct pf_err *
totals_load(struct pf_db *db, const struct pf_json *doc)
{
	const struct pf_err *err = NULL;
	const struct pf_json *row;
	const char *name, *scope;
	int64_t value;

	/* Snapshots of before are without. */
	for (row = pf_json_first(pf_json_get(doc, "totals")); row != NULL &&
	    err == NULL; row = pf_json_next(row)) {
		name = scope = "";
		value = 0;
		if ((err = pf_json_need(&name, row, "name")) != NULL ||
		    (err = pf_json_str(&scope, row, "scope")) != NULL ||
		    (err = pf_json_int(&value, row, "value", 0, INT64_MAX))
		    != NULL)
			return err;
		if (!name_ok(name))
			return pf_err(PF_DATA, "totals: no count is called "
			    "%.32s", name);
		err = pf_db_run(db, NULL, "INSERT INTO totals (name, scope, "
		    "value) VALUES (?1, ?2, ?3) ON CONFLICT (name, scope) DO "
		    "UPDATE SET value = excluded.value", "ssi", name, scope,
		    value);
	}
	return err;
}

const struct pf_err *
totals_apply(struct pf_db *db)
{
	const struct pf_err *err;

	if ((err = pf_db_run(db, NULL, "INSERT INTO counters (name, scope, "
	    "value) SELECT name, scope, value FROM totals WHERE substr(name, "
	    "1, 8) = 'refused_' AND (scope = '' OR EXISTS (SELECT 1 FROM jobs "
	    "WHERE id = scope)) ON CONFLICT (name, scope) DO UPDATE SET value "
	    "= max(value, excluded.value)", "")) != NULL ||
	    /* What is forgotten may be known again, by the ledger. */
	    (err = pf_db_run(db, NULL, "CREATE TEMP TABLE rows AS SELECT t.name"
	    " AS name, t.value AS value, (SELECT count(*) FROM results WHERE "
	    "kind = substr(t.name, 9)) AS n FROM totals AS t WHERE "
	    "substr(t.name, 1, 8) = 'results_' AND t.scope = ''", "")) !=
	    NULL || (err = pf_db_run(db, NULL, "INSERT INTO counters (name, "
	    "scope, value) SELECT 'swept_' || substr(name, 9), '', max(value -"
	    " n, 0) FROM rows WHERE true ON CONFLICT (name, scope) DO UPDATE "
	    "SET value = excluded.value", "")) != NULL)
		return err;
	return pf_db_run(db, NULL, "INSERT INTO counters (name, scope, value) "
	    "SELECT name, '', max(value, n) FROM rows WHERE true ON CONFLICT "
	    "(name, scope) DO UPDATE SET value = excluded.value", "");
}
