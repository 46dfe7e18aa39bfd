/*
 * One crash; see crash.h.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/name.h"
#include "codec/cmdline.h"
#include "codec/json.h"
#include "codec/trace.h"
#include "store/blob.h"
#include "view/again.h"
#include "view/better.h"
#include "view/checked.h"
#include "view/crash.h"
#include "view/detail.h"
#include "view/origin.h"

#define BOTS_MAX	1000	/* of a crash, the first ones */

/* A word for the shell, quoted where needed. */
static void
quote(struct pf_buf *b, const char *s)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./+-:@,=%";

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

/* What the bot told has %TARGET% and %INPUT% for what lies elsewhere here. */
static void
add_word(struct pf_buf *b, const struct pf_crash *c, const char *s)
{
	struct pf_buf word = PF_BUF_INIT;

	while (*s != '\0')
		if (strncmp(s, "%TARGET%", 8) == 0) {
			pf_buf_adds(&word, c->target);
			s += 8;
		} else if (strncmp(s, "%INPUT%", 7) == 0) {
			pf_buf_adds(&word, c->input);
			s += 7;
		} else
			pf_buf_addc(&word, *s++);
	pf_buf_addc(b, ' ');
	quote(b, word.data);
	pf_buf_free(&word);
}

/* What was seen under valgrind is seen nowhere else. */
static bool
by_valgrind(const char *output)
{
	struct pf_trace t;

	pf_trace_parse(&t, output, strlen(output));
	return strcmp(t.tool, "valgrind") == 0;
}

/* Word by word: what a bot wrote is no text for a shell. */
static void
set_command(struct pf_crash *c, const char *told)
{
	const struct pf_err *err = NULL;
	struct pf_cmdline l = PF_CMDLINE_INIT;
	struct pf_buf b = PF_BUF_INIT;
	const char *w;
	size_t i;

	if (*told != '\0' && (err = pf_cmdline_parse(&l, told)) == NULL) {
		if (by_valgrind(c->output))
			pf_buf_adds(&b, PF_AGAIN_VALGRIND " ");
		quote(&b, c->target);
		w = l.words.data;
		for (i = 0; i < l.nargs; i++, w += strlen(w) + 1)
			add_word(&b, c, w);
		if (l.by_stdin) {
			pf_buf_adds(&b, " <");
			add_word(&b, c, "%INPUT%");
		}
	}
	c->refused = pf_strdup(err != NULL ? err->msg : "");
	c->command = pf_strdup(b.data);
	pf_cmdline_free(&l);
	pf_buf_free(&b);
}

static int
place(const char *json)
{
	const struct pf_view *v = &pf_view_crash;
	size_t i;

	for (i = 0; i < v->n; i++)
		if (v->cols[i].json != NULL &&
		    strcmp(v->cols[i].json, json) == 0)
			return (int)i;
	pf_die("a crash has no column %s", json);
}

static const char *
column(const struct pf_q *q, const char *json)
{
	return pf_q_text(q, place(json));
}

void
pf_crash_given(struct pf_given *t, const struct pf_q *q)
{
	*t = (struct pf_given){ .type = column(q, "type"),
	    .tool = column(q, "tool"), .stack = column(q, "stack"),
	    .output = column(q, "output"),
	    .signal = pf_q_int(q, place("signal")) };
}

void
pf_crash_load(struct pf_crash *c, const char *storage, const struct pf_q *q)
{
	struct pf_buf target = PF_BUF_INIT;
	const char *sha = column(q, "target_hash");

	c->hash = pf_strdup(column(q, "hash"));
	c->input = pf_asprintf("%s/%s", storage, column(q, "file_path"));
	if (pf_sha_ok(sha))
		pf_blob_path(&target, storage, sha);
	c->target = pf_strdup(target.data);
	c->output = pf_strdup(column(q, "output"));
	set_command(c, column(q, "command"));
	pf_buf_free(&target);
}

void
pf_crash_free(struct pf_crash *c)
{
	free(c->hash);
	free(c->input);
	free(c->target);
	free(c->command);
	free(c->refused);
	free(c->output);
	*c = (struct pf_crash){ 0 };
}

const struct pf_err *
pf_crash_members(struct pf_buf *b, struct pf_db *db, const char *storage,
    const struct pf_q *q)
{
	const struct pf_err *err;
	struct pf_crash c = { 0 };
	struct pf_better better = { .output = NULL };
	struct pf_given t;
	struct pf_judged j;

	pf_view_members(b, &pf_view_crash, q);
	pf_crash_given(&t, q);
	err = pf_detail_array(b, db, "bots", &pf_view_crash_bots,
	    column(q, "id"), BOTS_MAX);
	if (err == NULL)
		err = pf_checked_json(b, db, storage, column(q, "id"));
	if (err == NULL && (err = pf_better_get(&better, db, storage,
	    column(q, "id"), &t)) == NULL) {
		pf_better_json(b, &better);
		if (better.output != NULL)
			t.output = better.output;
	}
	if (err == NULL && (err = pf_judged_get(&j, db, column(q, "id"), &t))
	    == NULL) {
		pf_jw_str(b, "severity", j.severity);
		pf_jw_str(b, "casr", j.casr);
		pf_jw_str(b, "severity_rule", j.rule);
		pf_jw_bool(b, "severity_lowered", j.was != NULL);
	}
	pf_crash_load(&c, storage, q);
	pf_origin_json(b, c.input);
	pf_jw_str(b, "input", c.input);
	if (*c.command != '\0')
		pf_jw_str(b, "reproduce", c.command);
	else
		pf_jw_null(b, "reproduce");
	pf_crash_free(&c);
	pf_better_free(&better);
	return err;
}
