/*
 * One crash; see crash.h.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/name.h"
#include "codec/json.h"
#include "store/blob.h"
#include "view/crash.h"
#include "view/detail.h"

#define BOTS_MAX	1000	/* of a crash, the first ones */

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

/* What the bot told has %TARGET% and %INPUT% for what lies elsewhere here. */
static void
fill_in(struct pf_buf *b, const struct pf_crash *c, const char *s)
{
	while (*s != '\0')
		if (strncmp(s, "%TARGET%", 8) == 0) {
			quote(b, c->target);
			s += 8;
		} else if (strncmp(s, "%INPUT%", 7) == 0) {
			quote(b, c->input);
			s += 7;
		} else
			pf_buf_addc(b, *s++);
}

static const char *
column(const struct pf_q *q, const char *json)
{
	const struct pf_view *v = &pf_view_crash;
	size_t i;

	for (i = 0; i < v->n; i++)
		if (v->cols[i].json != NULL &&
		    strcmp(v->cols[i].json, json) == 0)
			return pf_q_text(q, (int)i);
	pf_die("a crash has no column %s", json);
}

void
pf_crash_load(struct pf_crash *c, const char *storage, const struct pf_q *q)
{
	struct pf_buf target = PF_BUF_INIT, line = PF_BUF_INIT;
	const char *sha = column(q, "target_hash");

	c->hash = pf_strdup(column(q, "hash"));
	c->input = pf_asprintf("%s/%s", storage, column(q, "file_path"));
	if (pf_sha_ok(sha))
		pf_blob_path(&target, storage, sha);
	c->target = pf_strdup(target.data);
	fill_in(&line, c, column(q, "command"));
	c->command = pf_strdup(line.data);
	c->output = pf_strdup(column(q, "output"));
	pf_buf_free(&target);
	pf_buf_free(&line);
}

void
pf_crash_free(struct pf_crash *c)
{
	free(c->hash);
	free(c->input);
	free(c->target);
	free(c->command);
	free(c->output);
	*c = (struct pf_crash){ 0 };
}

const struct pf_err *
pf_crash_members(struct pf_buf *b, struct pf_db *db, const char *storage,
    const struct pf_q *q)
{
	const struct pf_err *err;
	struct pf_crash c = { 0 };

	pf_view_members(b, &pf_view_crash, q);
	err = pf_detail_array(b, db, "bots", &pf_view_crash_bots,
	    column(q, "id"), BOTS_MAX);
	pf_crash_load(&c, storage, q);
	pf_jw_str(b, "input", c.input);
	if (*c.command != '\0')
		pf_jw_str(b, "reproduce", c.command);
	else
		pf_jw_null(b, "reproduce");
	pf_crash_free(&c);
	return err;
}
