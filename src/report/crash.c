/*
 * pf-report crash: one crash in full, and the command that makes it happen
 * again on the master.
 */
#include <stdio.h>
#include <string.h>

#include "base/name.h"
#include "os/fs.h"
#include "report/report.h"
#include "view/crash.h"
#include "view/find.h"

/* Only the command: for "sh -c", so nothing else may come out. */
static const struct pf_err *
script(const struct pf_crash *c, const char *id)
{
	if (*c->command == '\0')
		return pf_err(PF_NOTFOUND, "crash %s: its bot told no command;"
		    " the input is %s", id, c->input);
	if (!pf_exists(c->input))
		return pf_err(PF_NOTFOUND, "crash %s: its input %s is gone",
		    id, c->input);
	if (!pf_exists(c->target))
		return pf_err(PF_NOTFOUND, "crash %s: its target %s is gone",
		    id, c->target);
	puts(c->command);
	return NULL;
}

/* A bot and how often it found the crash, each. */
static const struct pf_err *
bots_text(struct pf_table *t, const struct report *r, const char *id)
{
	const struct pf_err *err;
	struct pf_buf b = PF_BUF_INIT;
	struct pf_q q;
	bool more = true;

	err = pf_view_open(&q, r->show.db, &pf_view_crash_bots, id,
	    PF_VIEW_ALL);
	while (err == NULL && (err = pf_q_row(&q, &more)) == NULL && more)
		pf_buf_addf(&b, "%s%s (%s)", b.len > 0 ? ", " : "",
		    pf_q_text(&q, 0), pf_q_text(&q, 1));
	pf_q_done(&q);
	pf_table_text(t, "bots");
	if (b.len > 0)
		pf_table_text(t, b.data);
	else
		pf_table_null(t);
	pf_buf_free(&b);
	return err;
}

static const struct pf_err *
print_json(const struct report *r, const struct pf_q *q)
{
	const struct pf_err *err;
	struct pf_buf b = PF_BUF_INIT;

	pf_jw_open(&b, NULL, '{');
	err = pf_crash_members(&b, r->show.db, r->conf.storage_path, q);
	pf_jw_close(&b, '}');
	pf_buf_addc(&b, '\n');
	if (err == NULL)
		pf_show_flush(&r->show, &b);
	pf_buf_free(&b);
	return err;
}

/* The report as lines; what came from outside moves no cursor. */
static void
print_output(const char *s)
{
	putchar('\n');
	for (; *s != '\0'; s++) {
		unsigned char ch = (unsigned char)*s;

		if ((ch < 0x20 && ch != '\n' && ch != '\t') || ch == 0x7f)
			printf("\\x%02x", ch);
		else
			putchar(ch);
	}
	putchar('\n');
}

/* For people the report follows the fields, for pipes it is one of them. */
static const struct pf_err *
print_text(const struct report *r, const struct pf_crash *c,
    const struct pf_q *q, const char *id)
{
	const struct pf_err *err;
	bool people = r->show.format == PF_FORMAT_ALIGNED;
	struct pf_buf b = PF_BUF_INIT;
	struct pf_view v = pf_view_crash;
	struct pf_table t;

	while (people && strcmp(v.cols[v.n - 1].json, "stack") != 0)
		v.n--;
	pf_show_fields(&t, &b, &r->show);
	pf_view_record(&t, &v, q);
	err = bots_text(&t, r, id);
	pf_table_text(&t, "input");
	pf_table_text(&t, c->input);
	if (!people) {
		pf_table_text(&t, "reproduce");
		if (*c->command != '\0')
			pf_table_text(&t, c->command);
		else
			pf_table_null(&t);
	}
	pf_table_end(&t);
	pf_show_flush(&r->show, &b);
	if (people && *c->output != '\0')
		print_output(c->output);
	if (people && *c->command != '\0')
		printf("\nTo see it again:\n%s\n", c->command);
	pf_buf_free(&b);
	return err;
}

const struct pf_err *
report_crash(struct report *r, const char *arg)
{
	const struct pf_err *err;
	struct pf_crash c = { 0 };
	struct pf_q q = PF_Q_INIT;
	char id[PF_ID_MAX + 1];
	bool more = false;

	if ((err = pf_find_crash(id, r->show.db, arg)) == NULL &&
	    (err = pf_view_open(&q, r->show.db, &pf_view_crash, id, 1)) ==
	    NULL && (err = pf_q_row(&q, &more)) == NULL && more) {
		pf_crash_load(&c, r->conf.storage_path, &q);
		if (r->script)
			err = script(&c, id);
		else if (r->show.format == PF_FORMAT_JSON)
			err = print_json(r, &q);
		else
			err = print_text(r, &c, &q, id);
	}
	pf_q_done(&q);
	pf_crash_free(&c);
	return err;
}
