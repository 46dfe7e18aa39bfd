/*
 * Lists as text; see table.h.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/num.h"
#include "base/time.h"
#include "codec/json.h"
#include "codec/table.h"

#define COLUMNS_MAX	32

/* Blanks stay, a tab does not; nor do controls in two bytes of UTF-8. */
void
pf_table_escape(struct pf_buf *b, const char *s)
{
	for (; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;

		if (c == '\t')
			pf_buf_adds(b, "\\t");
		else if (c == '\n')
			pf_buf_adds(b, "\\n");
		else if (c == '\\')
			pf_buf_adds(b, "\\\\");
		else if (c < 0x20 || c == 0x7f)
			pf_buf_addf(b, "\\x%02x", c);
		else if (c == 0xc2 && (unsigned char)s[1] >= 0x80 &&
		    (unsigned char)s[1] < 0xa0)
			pf_buf_addf(b, "\\xc2\\x%02x",
			    (unsigned char)*++s);
		else
			pf_buf_addc(b, *s);
	}
}

/* Columns people see: UTF-8 continuation bytes take none. */
static size_t
width_of(const char *s)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		if (((unsigned char)*s & 0xc0) != 0x80)
			n++;
	return n;
}

static void
row_over(struct pf_table *t)
{
	if (++t->at < t->n)
		return;
	t->at = 0;
	t->rows++;
	if (t->format == PF_FORMAT_JSON)
		pf_jw_close(t->out, '}');
	if (t->format != PF_FORMAT_ALIGNED)
		pf_buf_addc(t->out, '\n');
}

/* A cell as text, for both forms that are not JSON. */
static void
put(struct pf_table *t, const char *s)
{
	size_t start, w;

	if (t->format == PF_FORMAT_ALIGNED) {
		start = t->cells.len;
		pf_table_escape(&t->cells, s);
		w = width_of(t->cells.data + start);
		if (w > t->width[t->at])
			t->width[t->at] = w;
		pf_buf_addc(&t->cells, '\0');
	} else {
		if (t->at > 0)
			pf_buf_addc(t->out, '\t');
		pf_table_escape(t->out, s);
	}
	row_over(t);
}

/* Opens a JSON row before its first cell; tells whether it is JSON. */
static const char *
json_key(struct pf_table *t)
{
	if (t->at == 0)
		pf_jw_open(t->out, NULL, '{');
	return t->columns[t->at].name;
}

void
pf_table_begin(struct pf_table *t, struct pf_buf *out, enum pf_format format,
    const struct pf_column *columns, size_t n)
{
	size_t i;

	if (n < 1 || n > COLUMNS_MAX)
		pf_die("table of %zu columns", n);
	*t = (struct pf_table){ .columns = columns, .n = n, .format = format,
	    .out = out, .cells = PF_BUF_INIT };
	if (format == PF_FORMAT_ALIGNED)
		for (i = 0; i < n; i++)
			put(t, columns[i].name);
}

void
pf_table_header(struct pf_table *t)
{
	size_t i;

	if (t->format == PF_FORMAT_TSV && t->rows == 0)
		for (i = 0; i < t->n; i++)
			put(t, t->columns[i].name);
}

void
pf_table_text(struct pf_table *t, const char *s)
{
	const char *key;

	if (t->format != PF_FORMAT_JSON) {
		put(t, s);
		return;
	}
	key = json_key(t);
	if (t->columns[t->at].kind == PF_CELL_JSON)
		pf_jw_raw(t->out, key, s);
	else
		pf_jw_str(t->out, key, s);
	row_over(t);
}

static void
json_int(struct pf_table *t, int64_t v)
{
	const char *key = json_key(t);
	char text[PF_TIME_TEXT];

	if (t->columns[t->at].kind == PF_CELL_TIME)
		pf_jw_str(t->out, key, pf_time_text(text, v));
	else if (t->columns[t->at].kind == PF_CELL_BOOL)
		pf_jw_bool(t->out, key, v != 0);
	else
		pf_jw_int(t->out, key, v);
	row_over(t);
}

void
pf_table_int(struct pf_table *t, int64_t v)
{
	char text[40];
	bool people = t->format == PF_FORMAT_ALIGNED;

	if (t->format == PF_FORMAT_JSON) {
		json_int(t, v);
		return;
	}
	switch (t->columns[t->at].kind) {
	case PF_CELL_TIME:
		pf_time_text(text, v);
		if (people) {
			text[10] = ' ';
			text[19] = '\0';
		}
		break;
	case PF_CELL_DUR:
		pf_dur_text(text, v);
		break;
	case PF_CELL_BOOL:
		snprintf(text, sizeof(text), "%s", v != 0 ? "yes" : "no");
		break;
	default:
		snprintf(text, sizeof(text), "%" PRId64, v);
	}
	put(t, text);
}

void
pf_table_real(struct pf_table *t, double v)
{
	char text[400];

	if (t->format == PF_FORMAT_JSON) {
		pf_jw_real(t->out, json_key(t), v);
		row_over(t);
		return;
	}
	snprintf(text, sizeof(text), v >= 100 ? "%.0f" : "%.1f", v);
	put(t, text);
}

void
pf_table_null(struct pf_table *t)
{
	if (t->format == PF_FORMAT_JSON) {
		pf_jw_null(t->out, json_key(t));
		row_over(t);
	} else
		put(t, "-");
}

void
pf_table_given(struct pf_table *t, const char *s)
{
	if (*s == '\0')
		pf_table_null(t);
	else
		pf_table_text(t, s);
}

void
pf_table_end(struct pf_table *t)
{
	const char *s = t->cells.data;
	size_t row, i, pad;
	bool right;

	for (row = 0; t->format == PF_FORMAT_ALIGNED && row < t->rows; row++)
		for (i = 0; i < t->n; i++, s += strlen(s) + 1) {
			pad = t->width[i] - width_of(s);
			right = t->columns[i].kind == PF_CELL_INT ||
			    t->columns[i].kind == PF_CELL_REAL ||
			    t->columns[i].kind == PF_CELL_SIZE;
			if (right)
				pf_buf_addf(t->out, "%*s", (int)pad, "");
			pf_buf_adds(t->out, s);
			if (!right && i + 1 < t->n)
				pf_buf_addf(t->out, "%*s", (int)pad, "");
			pf_buf_adds(t->out, i + 1 < t->n ? "  " : "\n");
		}
	pf_buf_free(&t->cells);
}
