/*
 * Rows as JSON; see rowjson.h.
 */
#include <sqlite3.h>

#include "store/rowjson.h"

void
pf_row_json(struct pf_buf *b, const char *key, const struct pf_q *q)
{
	const char *name;
	int i;

	pf_jw_open(b, key, '{');
	for (i = 0; i < pf_q_columns(q); i++) {
		name = sqlite3_column_name(q->st, i);
		switch (sqlite3_column_type(q->st, i)) {
		case SQLITE_INTEGER:
			pf_jw_int(b, name, pf_q_int(q, i));
			break;
		case SQLITE_FLOAT:
			pf_jw_real(b, name, pf_q_real(q, i));
			break;
		case SQLITE_NULL:
			break;
		default:
			pf_jw_str(b, name, pf_q_text(q, i));
		}
	}
	pf_jw_close(b, '}');
}

const struct pf_err *
pf_rows_json(struct pf_buf *b, const char *key, struct pf_db *db,
    const char *sql, const char *param)
{
	const struct pf_err *err;
	struct pf_q q = PF_Q_INIT;
	bool more = true;

	pf_jw_open(b, key, '[');
	err = param != NULL ? pf_q(&q, db, sql, "s", param) :
	    pf_q(&q, db, sql, "");
	while (err == NULL && (err = pf_q_row(&q, &more)) == NULL && more)
		pf_row_json(b, NULL, &q);
	pf_q_done(&q);
	pf_jw_close(b, ']');
	return err;
}

/* "INSERT INTO t (a, b) VALUES (?1, ?2)", if the table has such columns. */
static const struct pf_err *
make_sql(struct pf_buf *sql, struct pf_db *db, const char *table,
    const struct pf_json *row)
{
	const struct pf_err *err;
	const struct pf_json *v;
	int64_t known = 0;
	int n = 0, i;

	pf_buf_addf(sql, "INSERT INTO %s (", table);
	for (v = pf_json_first(row); v != NULL; v = pf_json_next(v), n++) {
		if ((err = pf_db_int(db, &known, NULL, "SELECT count(*) FROM "
		    "pragma_table_info(?1) WHERE name = ?2", "ss", table,
		    pf_json_key(v))) != NULL)
			return err;
		if (known == 0)
			return pf_err(PF_DATA, "%s has no column \"%.64s\"",
			    table, pf_json_key(v));
		/* The name is one of ours by now. */
		pf_buf_addf(sql, "%s\"%s\"", n > 0 ? ", " : "",
		    pf_json_key(v));
	}
	pf_buf_adds(sql, ") VALUES (");
	for (i = 1; i <= n; i++)
		pf_buf_addf(sql, "%s?%d", i > 1 ? ", " : "", i);
	pf_buf_addc(sql, ')');
	return n > 0 ? NULL : pf_err(PF_DATA, "a row of %s without columns",
	    table);
}

static int
bind(sqlite3_stmt *st, const struct pf_json *row)
{
	const struct pf_json *v;
	const char *text;
	double real = 0;
	int64_t n = 0;
	int i = 0, rc = SQLITE_OK;

	for (v = pf_json_first(row); v != NULL && rc == SQLITE_OK;
	    v = pf_json_next(v)) {
		text = pf_json_text(v);
		if (text != NULL)
			rc = sqlite3_bind_text(st, ++i, text, -1,
			    SQLITE_TRANSIENT);
		else if (pf_json_get(row, pf_json_key(v)) == NULL)
			rc = sqlite3_bind_null(st, ++i);
		else if (pf_json_int(&n, row, pf_json_key(v), INT64_MIN,
		    INT64_MAX) == NULL)
			rc = sqlite3_bind_int64(st, ++i, n);
		else if (pf_json_real(&real, row, pf_json_key(v)) == NULL)
			rc = sqlite3_bind_double(st, ++i, real);
		else
			rc = SQLITE_MISMATCH;
	}
	return rc;
}

const struct pf_err *
pf_row_insert(struct pf_db *db, const char *table, const struct pf_json *row)
{
	const struct pf_err *err;
	struct pf_buf sql = PF_BUF_INIT;
	sqlite3_stmt *st = NULL;
	int rc = SQLITE_OK;

	if (!pf_json_is_object(row))
		err = pf_err(PF_DATA, "a row of %s that is no object", table);
	else
		err = make_sql(&sql, db, table, row);
	if (err == NULL) {
		rc = sqlite3_prepare_v2(pf_db_handle(db), sql.data, -1, &st,
		    NULL);
		if (rc == SQLITE_OK)
			rc = bind(st, row);
		if (rc == SQLITE_OK)
			rc = sqlite3_step(st);
		if (rc == SQLITE_MISMATCH)
			err = pf_err(PF_DATA, "a row of %s with values of a "
			    "wrong type", table);
		else if (rc != SQLITE_DONE)
			err = pf_db_err(db, rc, table);
	}
	sqlite3_finalize(st);
	pf_buf_free(&sql);
	return err;
}
