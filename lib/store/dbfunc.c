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

static void
severity(sqlite3_context *c, int n, sqlite3_value **v)
{
	const char *type = text_of(v[0]), *tool = text_of(v[1]);
	const char *output = text_of(v[2]), *word;
	struct work *w = pf_malloc(sizeof(*w));
	size_t at;

	(void)n;
	pf_report_init(&w->report, w->text, sizeof(w->text));
	if (!pf_report_parse(&w->report, output, strlen(output), &at)) {
		pf_report_init(&w->report, w->text, sizeof(w->text));
		pf_report_told(&w->report, tool, sqlite3_value_int64(v[3]),
		    type);
	}
	word = pf_severity_of(&w->report)->severity;
	if (sqlite3_value_int(v[4]) != 0)
		word = pf_severity_below(word);
	sqlite3_result_text(c, word, -1, SQLITE_STATIC);
	free(w);
}

static void
blind(sqlite3_context *c, int n, sqlite3_value **v)
{
	const char *output = text_of(v[0]);
	struct work *w = pf_malloc(sizeof(*w));
	size_t at;

	(void)n;
	pf_report_init(&w->report, w->text, sizeof(w->text));
	if (!pf_report_parse(&w->report, output, strlen(output), &at)) {
		pf_report_init(&w->report, w->text, sizeof(w->text));
		pf_report_told(&w->report, text_of(v[1]), 0, text_of(v[2]));
	}
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
