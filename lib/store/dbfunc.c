/*
 * Functions of ours in SQL; see dbfunc.h.
 */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codec/report/blind.h"
#include "codec/report/scan.h"
#include "codec/report/severity.h"
#include "codec/trace.h"
#include "store/dbfunc.h"

struct work {
	struct pf_report	 report;
	char			 text[PF_REPORT_TEXT];
};

static const char *
text_of(sqlite3_value *v)
{
	const unsigned char *s = sqlite3_value_text(v);

	return s != NULL ? (const char *)s : "";
}

/* What the output says, or else what was told of it; to be freed. */
static struct work *
read_report(const char *output, const char *tool, int64_t sig,
    const char *type)
{
	struct work *w = pf_malloc(sizeof(*w));
	size_t at;

	pf_report_init(&w->report, w->text, sizeof(w->text));
	if (!pf_report_parse(&w->report, output, strlen(output), &at)) {
		pf_report_init(&w->report, w->text, sizeof(w->text));
		pf_report_told(&w->report, tool, sig, type);
	}
	return w;
}

static void
severity(sqlite3_context *c, int n, sqlite3_value **v)
{
	struct work *w = read_report(text_of(v[2]), text_of(v[1]),
	    sqlite3_value_int64(v[3]), text_of(v[0]));
	const char *word;

	(void)n;
	word = pf_severity_of(&w->report)->severity;
	if (sqlite3_value_int(v[4]) != 0)
		word = pf_severity_below(word);
	sqlite3_result_text(c, word, -1, SQLITE_STATIC);
	free(w);
}

static void
blind(sqlite3_context *c, int n, sqlite3_value **v)
{
	struct work *w = read_report(text_of(v[0]), text_of(v[1]), 0,
	    text_of(v[2]));

	(void)n;
	sqlite3_result_text(c, pf_report_blind(&w->report, text_of(v[3])), -1,
	    SQLITE_STATIC);
	free(w);
}

static void
major(sqlite3_context *c, int n, sqlite3_value **v)
{
	const char *output = text_of(v[0]);
	char text[PF_TRACE_MAJOR];
	struct pf_trace t;

	(void)n;
	pf_trace_parse(&t, output, strlen(output));
	sqlite3_result_text(c, pf_trace_major(text, &t), -1,
	    SQLITE_TRANSIENT);
}

int
pf_dbfunc_add(struct sqlite3 *handle)
{
	static const int how = SQLITE_UTF8 | SQLITE_DETERMINISTIC |
	    SQLITE_DIRECTONLY;
	int rc;

	if ((rc = sqlite3_create_function_v2(handle, "severity", 5, how, NULL,
	    severity, NULL, NULL, NULL)) != SQLITE_OK ||
	    (rc = sqlite3_create_function_v2(handle, "blind", 4, how, NULL,
	    blind, NULL, NULL, NULL)) != SQLITE_OK)
		return rc;
	return sqlite3_create_function_v2(handle, "major", 1, how, NULL,
	    major, NULL, NULL, NULL);
}
