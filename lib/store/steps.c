/*
 * The schema's steps; see steps.h.
 */
#include <sqlite3.h>
#include <string.h>

#include "store/schema.h"
#include "store/steps.h"

const struct pf_step pf_steps[] = {
	{ 1, pf_schema_sql },
	{ 2, pf_schema_2_sql },
	{ 3, pf_schema_3_sql },
	{ 4, pf_schema_4_sql },
	{ 5, pf_schema_5_sql },
	{ 6, pf_schema_6_sql },
	{ 7, pf_schema_7_sql },
	{ 8, pf_schema_8_sql },
	{ 9, pf_schema_9_sql },
	{ 10, pf_schema_10_sql },
	{ 11, pf_schema_11_sql },
	{ 12, pf_schema_12_sql },
	{ 13, pf_schema_13_sql },
	{ 14, pf_schema_14_sql },
	{ 15, pf_schema_15_sql },
	{ 16, pf_schema_16_sql },
	{ 17, pf_schema_17_sql },
	{ 18, pf_schema_18_sql },
	{ 19, pf_schema_19_sql },
	{ 0, NULL },
};

/* A database in memory, made by the steps alone. */
static const struct pf_err *
ideal_open(struct pf_db **out)
{
	const struct pf_err *err = NULL;
	const struct pf_step *s;
	sqlite3 *h = NULL;
	int rc;

	rc = sqlite3_open_v2(":memory:", &h, SQLITE_OPEN_READWRITE |
	    SQLITE_OPEN_NOMUTEX, NULL);
	*out = pf_db_wrap(h);
	for (s = pf_steps; s->sql != NULL && rc == SQLITE_OK; s++)
		rc = sqlite3_exec(h, s->sql, NULL, NULL, NULL);
	if (rc != SQLITE_OK)
		err = pf_db_err(*out, rc, "the schema anew");
	return err;
}

/* Versions of SQLite may differ in how they quote and space a new name. */
static bool
same_sql(const char *a, const char *b)
{
	for (;; a++, b++) {
		a += strspn(a, " \t\n\"");
		b += strspn(b, " \t\n\"");
		if (*a != *b)
			return false;
		if (*a == '\0')
			return true;
	}
}

const struct pf_err *
pf_steps_check(struct pf_db *db, struct pf_buf *why)
{
	const struct pf_err *err;
	struct pf_q want = PF_Q_INIT, have = PF_Q_INIT;
	struct pf_db *ideal = NULL;
	bool more = true, there = false;

	if ((err = ideal_open(&ideal)) == NULL)
		err = pf_q(&want, ideal, "SELECT type, name, tbl_name, sql "
		    "FROM sqlite_schema WHERE sql IS NOT NULL AND name "
		    "NOT LIKE 'sqlite\\_%' ESCAPE '\\'", "");
	while (err == NULL && why->len == 0 &&
	    (err = pf_q_row(&want, &more)) == NULL && more) {
		if ((err = pf_q(&have, db, "SELECT sql FROM sqlite_schema "
		    "WHERE type = ? AND name = ? AND tbl_name = ?", "sss",
		    pf_q_text(&want, 0), pf_q_text(&want, 1),
		    pf_q_text(&want, 2))) == NULL &&
		    (err = pf_q_row(&have, &there)) == NULL &&
		    !(there && same_sql(pf_q_text(&have, 0),
		    pf_q_text(&want, 3))))
			pf_buf_addf(why, "the %s %s is %s", pf_q_text(&want,
			    0), pf_q_text(&want, 1), there ? "not as this "
			    "version makes it" : "gone");
		pf_q_done(&have);
	}
	pf_q_done(&want);
	pf_db_close(ideal);
	return err;
}
