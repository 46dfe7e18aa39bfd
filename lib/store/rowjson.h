/*
 * Whole rows as JSON objects, a member a column, and back into a table: the
 * form in which metadata/ keeps them.
 */
#ifndef PF_STORE_ROWJSON_H
#define PF_STORE_ROWJSON_H

#include "codec/json.h"
#include "store/db.h"

/* The row the query stands on; key as in pf_jw_open(). */
void	pf_row_json(struct pf_buf *, const char *key, const struct pf_q *);

/*
 * Appends an array of all rows of a query with at most one parameter (NULL:
 * none).
 */
const struct pf_err	*pf_rows_json(struct pf_buf *, const char *key,
			    struct pf_db *, const char *sql,
			    const char *param);

/*
 * Inserts the object as a row.  A member that is no column of the table, or
 * of a wrong type, is PF_DATA; a row that is there already PF_CONFLICT.
 * table is a name of ours, never from outside.
 */
const struct pf_err	*pf_row_insert(struct pf_db *, const char *table,
			    const struct pf_json *);

#endif
