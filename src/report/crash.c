/*
 * pf-report crash: one crash in full, and the command that makes it happen
 * again on the master.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/name.h"
#include "os/fs.h"
#include "report/report.h"
#include "store/blob.h"
#include "view/find.h"

/* A crash as far as its command line needs it. */
struct crash {
	char		*input;		/* absolute paths */
	struct pf_buf	 target;
	char		*command;	/* with %TARGET% and %INPUT% */
	char		*output;
};

/* A word for the shell, quoted where needed. */
static void
quote(struct pf_buf *b, const char *s)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./+-:@,";

	if (*s != '\0' && s[strspn(s, plain)] == '\0') {
		pf_buf_adds(b, s);
		return;
	}
	pf_buf_addc(b, '\'');
	for (; *s != '\0'; s++)
		if (*s == '\'')
			pf_buf_adds(b, "'\\''");
		else
			pf_buf_addc(b, *s);
	pf_buf_addc(b, '\'');
}

static void
fill_in(struct pf_buf *b, const struct crash *c)
{
	const char *s = c->command;

	while (*s != '\0')
		if (strncmp(s, "%TARGET%", 8) == 0) {
			quote(b, c->target.data);
			s += 8;
		} else if (strncmp(s, "%INPUT%", 7) == 0) {
			quote(b, c->input);
			s += 7;
		} else
			pf_buf_addc(b, *s++);
}

static char *
column(const struct pf_q *q, const char *json)
{
	const struct pf_view *v = &pf_view_crash;
	size_t i;

	for (i = 0; i < v->n; i++)
		if (v->cols[i].json != NULL &&
		    strcmp(v->cols[i].json, json) == 0)
			return pf_strdup(pf_q_text(q, (int)i));
	pf_die("a crash has no column %s", json);
}

static void
load(struct crash *c, const struct report *r, const struct pf_q *q)
{
	char *path = column(q, "file_path"), *sha = column(q, "target_hash");

	c->input = pf_asprintf("%s/%s", r->conf.storage_path, path);
	if (pf_sha_ok(sha))
		pf_blob_path(&c->target, r->conf.storage_path, sha);
	c->command = column(q, "command");
	c->output = column(q, "output");
	free(path);
	free(sha);
}

/* Only the command: for "sh -c", so nothing else may come out. */
static const struct pf_err *
script(const struct crash *c, const char *id)
{
	struct pf_buf b = PF_BUF_INIT;

	if (*c->command == '\0')
		return pf_err(PF_NOTFOUND, "crash %s: its bot told no command;"
		    " the input is %s", id, c->input);
	if (!pf_exists(c->input))
		return pf_err(PF_NOTFOUND, "crash %s: its input %s is gone",
		    id, c->input);
	if (!pf_exists(c->target.data))
		return pf_err(PF_NOTFOUND, "crash %s: its target %s is gone",
		    id, c->target.data);
	fill_in(&b, c);
	puts(b.data);
	pf_buf_free(&b);
	return NULL;
}

static const struct pf_err *
bots_json(struct pf_buf *b, const struct report *r, const char *id)
{
	const struct pf_err *err;
	struct pf_q q;
	bool more = true;

	pf_jw_open(b, "bots", '[');
	err = pf_view_open(&q, r->show.db, &pf_view_crash_bots, id,
	    PF_VIEW_ALL);
	while (err == NULL && (err = pf_q_row(&q, &more)) == NULL && more)
		pf_view_json(b, &pf_view_crash_bots, &q);
	pf_q_done(&q);
	pf_jw_close(b, ']');
	return err;
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
print_json(const struct report *r, const struct crash *c,
    const struct pf_q *q, const char *id)
{
	const struct pf_err *err;
	struct pf_buf b = PF_BUF_INIT, line = PF_BUF_INIT;

	pf_jw_open(&b, NULL, '{');
	pf_view_members(&b, &pf_view_crash, q);
	err = bots_json(&b, r, id);
	pf_jw_str(&b, "input", c->input);
	fill_in(&line, c);
	if (line.len > 0)
		pf_jw_str(&b, "reproduce", line.data);
	else
		pf_jw_null(&b, "reproduce");
	pf_jw_close(&b, '}');
	pf_buf_addc(&b, '\n');
	if (err == NULL)
		pf_show_flush(&r->show, &b);
	pf_buf_free(&line);
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
print_text(const struct report *r, const struct crash *c,
    const struct pf_q *q, const char *id)
{
	const struct pf_err *err;
	bool people = r->show.format == PF_FORMAT_ALIGNED;
	struct pf_buf b = PF_BUF_INIT, line = PF_BUF_INIT;
	struct pf_view v = pf_view_crash;
	struct pf_table t;

	while (people && strcmp(v.cols[v.n - 1].json, "stack") != 0)
		v.n--;
	pf_show_fields(&t, &b, &r->show);
	pf_view_record(&t, &v, q);
	err = bots_text(&t, r, id);
	pf_table_text(&t, "input");
	pf_table_text(&t, c->input);
	fill_in(&line, c);
	if (!people) {
		pf_table_text(&t, "reproduce");
		if (line.len > 0)
			pf_table_text(&t, line.data);
		else
			pf_table_null(&t);
	}
	pf_table_end(&t);
	pf_show_flush(&r->show, &b);
	if (people && *c->output != '\0')
		print_output(c->output);
	if (people && line.len > 0)
		printf("\nTo see it again:\n%s\n", line.data);
	pf_buf_free(&line);
	pf_buf_free(&b);
	return err;
}

const struct pf_err *
report_crash(struct report *r, const char *arg)
{
	const struct pf_err *err;
	struct crash c = { .target = PF_BUF_INIT };
	struct pf_q q = PF_Q_INIT;
	char id[PF_ID_MAX + 1];
	bool more = false;

	if ((err = pf_find_crash(id, r->show.db, arg)) == NULL &&
	    (err = pf_view_open(&q, r->show.db, &pf_view_crash, id, 1)) ==
	    NULL && (err = pf_q_row(&q, &more)) == NULL && more) {
		load(&c, r, &q);
		if (r->script)
			err = script(&c, id);
		else if (r->show.format == PF_FORMAT_JSON)
			err = print_json(r, &c, &q, id);
		else
			err = print_text(r, &c, &q, id);
	}
	pf_q_done(&q);
	pf_buf_free(&c.target);
	free(c.input);
	free(c.command);
	free(c.output);
	return err;
}
