/*
 * pf-report explain crash: why it is in its bucket, frame by frame.
 */
#include <stdio.h>

#include "report/report.h"
#include "view/find.h"
#include "view/why.h"

static void
member(void *arg, const char *name, const char *value)
{
	struct pf_buf *b = arg;

	pf_buf_addf(b, "%s\t", name);
	pf_table_escape(b, value[0] != '\0' ? value : "-");
	pf_buf_addc(b, '\n');
}

static void
frame(void *arg, const struct pf_why_frame *w)
{
	struct pf_buf *b = arg;
	const struct pf_frame *f = w->frame;

	pf_buf_addf(b, "%s %d\t%s\t", w->stack, w->n, w->is);
	pf_table_escape(b, f->name[0] != '\0' ? f->name : f->module[0] != '\0'
	    ? f->module : f->file[0] != '\0' ? f->file : "?");
	pf_buf_addc(b, '\t');
	pf_table_escape(b, w->rule[0] != '\0' ? w->rule : "-");
	pf_buf_addc(b, '\n');
}

static void
print(const struct pf_why *w, enum pf_format format)
{
	struct pf_buf b = PF_BUF_INIT;

	if (format == PF_FORMAT_JSON) {
		pf_jw_open(&b, NULL, '{');
		pf_why_json(w, &b);
		pf_jw_close(&b, '}');
		pf_buf_addc(&b, '\n');
	} else
		pf_why_each(w, member, frame, &b);
	fwrite(b.data, 1, b.len, stdout);
	pf_buf_free(&b);
}

const struct pf_err *
explain_crash(struct report *r, const char *text)
{
	const struct pf_err *err;
	struct pf_why w;
	char id[PF_ID_MAX + 1];

	if ((err = pf_find_crash(id, r->show.db, text)) != NULL)
		return err;
	if ((err = pf_why_load(&w, r->show.db, id)) == NULL)
		print(&w, r->show.format);
	pf_why_free(&w);
	return err;
}
