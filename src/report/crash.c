/*
 * pf-report crash: one crash in full, and the command that makes it happen
 * again on the master.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/name.h"
#include "os/fs.h"
#include "report/report.h"
#include "view/better.h"
#include "view/checked.h"
#include "view/crash.h"
#include "view/find.h"
#include "view/origin.h"

/* Only the command: for "sh -c", so nothing else may come out. */
static const struct pf_err *
script(const struct pf_crash *c, const char *id)
{
	if (*c->refused != '\0')
		return pf_err(PF_DATA, "crash %s: its command is not one that "
		    "is run elsewhere: %s", id, c->refused);
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
	pf_table_given(t, b.len > 0 ? b.data : "");
	pf_buf_free(&b);
	return err;
}

struct lines {
	struct pf_table	*t;
	const char	*storage;
};

/* "target 0123456789ab: reproduced 3 of 10 ..." */
static void
check_line(void *arg, const struct pf_checked *c)
{
	struct lines *l = arg;
	char text[PF_CHECKED_TEXT], *line;

	pf_checked_text(text, c);
	if (c->seq > 0)
		line = pf_asprintf("build %" PRId64 " (%s): %s", c->seq,
		    c->name, text);
	else
		line = pf_asprintf("%s %.12s: %s", c->build, c->target, text);
	pf_table_text(l->t, "run again");
	pf_table_text(l->t, line);
	free(line);
	if (c->report[0] == '\0')
		return;
	line = pf_asprintf("%s/%s", l->storage, c->report);
	pf_table_text(l->t, "its report");
	pf_table_text(l->t, line);
	free(line);
}

static void
small_line(struct lines *l, const struct pf_smaller *s)
{
	char *line = pf_asprintf("%" PRId64 " bytes by %s, seen %" PRId64
	    " of %" PRId64 " times: %s/%s", s->size, s->how, s->same, s->runs,
	    l->storage, s->path);

	pf_table_text(l->t, "smaller");
	pf_table_text(l->t, line);
	free(line);
}

static void
severity_line(struct pf_table *t, const struct pf_judged *j)
{
	char *line;

	if (j->was != NULL)
		line = pf_asprintf("%s, lowered from %s for it was not seen "
		    "again in %" PRId64 " runs", j->severity, j->was, j->runs);
	else
		line = pf_strdup(j->severity);
	pf_table_text(t, "severity");
	pf_table_text(t, line);
	free(line);
	line = pf_asprintf("%s: %s", j->rule, j->why);
	pf_table_text(t, "by the rule");
	pf_table_text(t, line);
	free(line);
}

/* What became of it when it was run again, and what follows. */
static const struct pf_err *
add_checks(struct pf_table *t, const struct report *r, const char *id,
    const struct pf_given *given)
{
	const struct pf_err *err;
	struct lines l = { t, r->conf.storage_path };
	struct pf_smaller s;
	struct pf_judged j;
	bool found = false;

	if ((err = pf_checked_each(r->show.db, id, check_line, &l)) != NULL ||
	    (err = pf_smaller_get(&s, &found, r->show.db, id)) != NULL)
		return err;
	if (found)
		small_line(&l, &s);
	if ((err = pf_judged_get(&j, r->show.db, id, given)) == NULL)
		severity_line(t, &j);
	return err;
}

/* A better report than its own: what it says, and where it lies. */
static void
better_lines(struct pf_table *t, const struct report *r,
    const struct pf_better *b)
{
	char *path;

	if (b->output == NULL)
		return;
	path = pf_asprintf("%s/%s", r->conf.storage_path, b->path);
	pf_table_text(t, "best report");
	pf_table_text(t, path);
	pf_table_text(t, "its type");
	pf_table_text(t, b->type);
	pf_table_text(t, "its stack");
	pf_table_text(t, b->stack);
	free(path);
}

/* How its engine came upon it. */
static void
origin_lines(struct pf_table *t, const char *input)
{
	struct pf_origin o;

	if (!pf_origin_get(&o, input))
		return;
	if (o.name[0] != '\0') {
		pf_table_text(t, "engine's name");
		pf_table_text(t, o.name);
	}
	if (o.op[0] != '\0') {
		pf_table_text(t, "found by");
		pf_table_text(t, o.op);
	}
	if (o.parent[0] != '\0') {
		pf_table_text(t, "made of");
		pf_table_text(t, o.parent);
	}
	if (o.ms >= 0) {
		pf_table_text(t, "found after ms");
		pf_table_int(t, o.ms);
	}
	if (o.execs >= 0) {
		pf_table_text(t, "found after executions");
		pf_table_int(t, o.execs);
	}
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
	struct pf_better better;
	struct pf_given given;
	struct pf_table t;

	while (people && (v.cols[v.n - 1].json == NULL ||
	    strcmp(v.cols[v.n - 1].json, "stack") != 0))
		v.n--;
	pf_show_fields(&t, &b, &r->show);
	pf_view_record(&t, &v, q);
	pf_crash_given(&given, q);
	if ((err = bots_text(&t, r, id)) == NULL)
		err = pf_better_get(&better, r->show.db, r->conf.storage_path,
		    id, &given);
	else
		better = (struct pf_better){ .output = NULL };
	better_lines(&t, r, &better);
	if (better.output != NULL)
		given.output = better.output;
	if (err == NULL)
		err = add_checks(&t, r, id, &given);
	origin_lines(&t, c->input);
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
	if (people && *given.output != '\0')
		print_output(given.output);
	if (people && *c->command != '\0')
		printf("\nTo see it again:\n%s\n", c->command);
	pf_buf_free(&b);
	pf_better_free(&better);
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
