/*
 * Rows of a view as JSON, cells and records; see view.h.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "base/time.h"
#include "codec/json.h"
#include "view/health.h"
#include "view/view.h"

#define NS_MS	1000000

const struct pf_err *
pf_view_open(struct pf_q *q, struct pf_db *db, const struct pf_view *v,
    const char *key, int64_t max)
{
	*q = (struct pf_q)PF_Q_INIT;
	if (key == NULL)
		return pf_q(q, db, v->all, "i", max);
	return pf_q(q, db, v->by, "si", key, max);
}

static void
json_value(struct pf_buf *b, const char *key, enum pf_cell kind,
    const struct pf_q *q, int i)
{
	char text[PF_TIME_TEXT];

	if (pf_q_null(q, i) && kind != PF_CELL_HEALTH) {
		pf_jw_null(b, key);
		return;
	}
	switch (kind) {
	case PF_CELL_TEXT:
		pf_jw_str(b, key, pf_q_text(q, i));
		break;
	case PF_CELL_INT:
	case PF_CELL_SIZE:
		pf_jw_int(b, key, pf_q_int(q, i));
		break;
	case PF_CELL_REAL:
		pf_jw_real(b, key, pf_q_real(q, i));
		break;
	case PF_CELL_BOOL:
		pf_jw_bool(b, key, pf_q_int(q, i) != 0);
		break;
	case PF_CELL_TIME:
		pf_jw_str(b, key, pf_time_text(text, pf_q_int(q, i)));
		break;
	case PF_CELL_DUR:
		pf_jw_int(b, key, pf_q_int(q, i) * NS_MS);
		break;
	case PF_CELL_JSON:
		pf_jw_raw(b, key, pf_q_text(q, i));
		break;
	case PF_CELL_HEALTH:
		pf_health_json(b, key, pf_q_text(q, i));
		break;
	}
}

/* Length of "config" in "config.duration", 0 without a dot. */
static size_t
group_of(const char *json)
{
	const char *dot = json != NULL ? strchr(json, '.') : NULL;

	return dot != NULL ? (size_t)(dot - json) : 0;
}

void
pf_view_members(struct pf_buf *b, const struct pf_view *v,
    const struct pf_q *q)
{
	const char *json, *open = NULL;
	char group[32];
	size_t i, len, open_len = 0;

	for (i = 0; i < v->n; i++) {
		if ((json = v->cols[i].json) == NULL)
			continue;
		len = group_of(json);
		if (open != NULL && (len != open_len ||
		    strncmp(open, json, len) != 0)) {
			pf_jw_close(b, '}');
			open = NULL;
		}
		if (len > 0 && open == NULL) {
			snprintf(group, sizeof(group), "%.*s", (int)len, json);
			pf_jw_open(b, group, '{');
			open = json;
			open_len = len;
		}
		json_value(b, len > 0 ? json + len + 1 : json,
		    v->cols[i].kind, q, (int)i);
	}
	if (open != NULL)
		pf_jw_close(b, '}');
}

void
pf_view_json(struct pf_buf *b, const struct pf_view *v, const struct pf_q *q)
{
	pf_jw_open(b, NULL, '{');
	pf_view_members(b, v, q);
	pf_jw_close(b, '}');
}

size_t
pf_view_columns(struct pf_column out[32], const struct pf_view *v)
{
	size_t i, n = 0;

	for (i = 0; i < v->n && n < 32; i++)
		if (v->cols[i].name != NULL)
			out[n++] = (struct pf_column){ v->cols[i].name,
			    v->cols[i].kind };
	return n;
}

void
pf_view_cells(struct pf_table *t, const struct pf_view *v,
    const struct pf_q *q)
{
	char health[PF_VERDICTS_TEXT];
	enum pf_cell kind;
	size_t i;
	int c;

	for (i = 0; i < v->n; i++) {
		if (v->cols[i].name == NULL)
			continue;
		c = (int)i;
		kind = v->cols[i].kind;
		if (pf_q_null(q, c))
			pf_table_null(t);
		else if (kind == PF_CELL_REAL)
			pf_table_real(t, pf_q_real(q, c));
		else if (kind == PF_CELL_HEALTH)
			pf_table_text(t, pf_health_names(health,
			    pf_q_text(q, c)));
		else if (kind != PF_CELL_TEXT && kind != PF_CELL_JSON)
			pf_table_int(t, pf_q_int(q, c));
		else
			pf_table_given(t, pf_q_text(q, c));
	}
}

/* A value as text, as it stands in a record. */
static void
put_value(struct pf_table *t, enum pf_cell kind, const struct pf_q *q, int i)
{
	char text[PF_VERDICTS_TEXT];

	if (pf_q_null(q, i) || (*pf_q_text(q, i) == '\0' &&
	    kind != PF_CELL_HEALTH)) {
		pf_table_null(t);
		return;
	}
	switch (kind) {
	case PF_CELL_TIME:
		pf_table_text(t, pf_time_text(text, pf_q_int(q, i)));
		break;
	case PF_CELL_DUR:
		pf_table_text(t, pf_dur_text(text, pf_q_int(q, i)));
		break;
	case PF_CELL_BOOL:
		pf_table_text(t, pf_q_int(q, i) != 0 ? "yes" : "no");
		break;
	case PF_CELL_REAL:
		snprintf(text, sizeof(text), "%.1f", pf_q_real(q, i));
		pf_table_text(t, text);
		break;
	case PF_CELL_HEALTH:
		pf_table_text(t, pf_health_names(text, pf_q_text(q, i)));
		break;
	default:
		pf_table_text(t, pf_q_text(q, i));
	}
}

void
pf_view_record(struct pf_table *t, const struct pf_view *v,
    const struct pf_q *q)
{
	size_t i;

	for (i = 0; i < v->n; i++)
		if (v->cols[i].json != NULL) {
			pf_table_text(t, v->cols[i].json);
			put_value(t, v->cols[i].kind, q, (int)i);
		}
}
