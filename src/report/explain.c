/*
 * pf-report explain: why a job or a bot does not run, or a crash is where it
 * is (why.c).
 */
#include <stdio.h>
#include <string.h>

#include "report/report.h"
#include "view/explain.h"
#include "view/find.h"

const struct pf_err *
report_explain(struct report *r, const char *arg)
{
	const struct pf_err *err;
	struct pf_buf text = PF_BUF_INIT, line = PF_BUF_INIT;
	bool job = strcmp(arg, "job") == 0;
	char id[PF_ID_MAX + 1];

	if (strcmp(arg, "crash") == 0)
		return explain_crash(r, r->rest[1]);
	if (!job && strcmp(arg, "bot") != 0)
		return pf_err(PF_USAGE, "explain: \"%.32s\" is neither job, "
		    "bot nor crash", arg);
	err = job ? pf_find_job(id, r->show.db, r->rest[1]) :
	    pf_find_bot(id, r->show.db, r->rest[1]);
	if (err == NULL)
		err = job ? pf_explain_job(&text, r->show.db, &r->conf, id) :
		    pf_explain_bot(&text, r->show.db, &r->conf, id);
	if (err == NULL && r->show.format == PF_FORMAT_JSON) {
		pf_jw_open(&line, NULL, '{');
		pf_jw_str(&line, arg, id);
		pf_jw_str(&line, "why", text.data);
		pf_jw_close(&line, '}');
		puts(line.data);
	} else if (err == NULL) {
		/* One line: what bots and people wrote is in it. */
		pf_table_escape(&line, text.data);
		puts(line.data);
	}
	pf_buf_free(&text);
	pf_buf_free(&line);
	return err;
}
