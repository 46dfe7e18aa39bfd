/*
 * The record of a crash as one line, for pipes and programs.
 */
#include <inttypes.h>
#include <stdio.h>

#include "codec/json.h"
#include "triage/triage.h"

/* The stacks have no place in a line of fields: those stand last. */
static const struct pf_column columns[] = {
	{ "file",	PF_CELL_TEXT },
	{ "tool",	PF_CELL_TEXT },
	{ "type",	PF_CELL_TEXT },
	{ "kind",	PF_CELL_TEXT },
	{ "access",	PF_CELL_TEXT },
	{ "size",	PF_CELL_INT },
	{ "address",	PF_CELL_TEXT },
	{ "region",	PF_CELL_TEXT },
	{ "signal",	PF_CELL_INT },
	{ "severity",	PF_CELL_TEXT },
	{ "casr",	PF_CELL_TEXT },
	{ "rule",	PF_CELL_TEXT },
	{ "state",	PF_CELL_TEXT },
	{ "major",	PF_CELL_TEXT },
	{ "minor",	PF_CELL_TEXT },
	{ "rules",	PF_CELL_TEXT },
	{ "leaked",	PF_CELL_INT },
	{ "token",	PF_CELL_TEXT },
	{ "message",	PF_CELL_TEXT },
	{ "cut",	PF_CELL_BOOL },
	{ "key",	PF_CELL_TEXT },
	{ "leaks",	PF_CELL_JSON },
	{ "stacks",	PF_CELL_JSON },
};

#define NCOLUMNS	(sizeof(columns) / sizeof(columns[0]))
#define NJSON		2	/* the last ones */

static void
begin(struct pf_table *t, struct pf_buf *b, enum pf_format format)
{
	pf_table_begin(t, b, format, columns, format == PF_FORMAT_JSON ?
	    NCOLUMNS : NCOLUMNS - NJSON);
}

void
record_header(struct pf_buf *b, enum pf_format format)
{
	struct pf_table t;

	begin(&t, b, format);
	pf_table_header(&t);
	pf_table_end(&t);
}

static void
number(struct pf_table *t, int64_t v, bool known)
{
	if (known)
		pf_table_int(t, v);
	else
		pf_table_null(t);
}

static void
hex(struct pf_buf *b, const char *key, uint64_t v)
{
	char s[24];

	snprintf(s, sizeof(s), "0x%" PRIx64, v);
	pf_jw_str(b, key, s);
}

static void
add_frame(struct pf_buf *b, const struct pf_frame *f)
{
	pf_jw_open(b, NULL, '{');
	if (f->name[0] != '\0')
		pf_jw_str(b, "function", f->name);
	if (f->file[0] != '\0')
		pf_jw_str(b, "file", f->file);
	if (f->line != 0)
		pf_jw_int(b, "line", f->line);
	if (f->column != 0)
		pf_jw_int(b, "column", f->column);
	if (f->module[0] != '\0') {
		pf_jw_str(b, "module", f->module);
		hex(b, "offset", f->offset);
	}
	if (f->inlined)
		pf_jw_bool(b, "inlined", true);
	if (f->ignored)
		pf_jw_bool(b, "ignored", true);
	pf_jw_close(b, '}');
}

static void
add_stacks(struct pf_table *t, const struct pf_report *r)
{
	struct pf_buf b = PF_BUF_INIT;
	const struct pf_stack *st;
	size_t i, j;

	pf_jw_open(&b, NULL, '[');
	for (i = 0; i < r->nstacks; i++) {
		st = &r->stacks[i];
		if (st->n == 0)
			continue;
		pf_jw_open(&b, NULL, '{');
		pf_jw_str(&b, "kind", pf_stack_word(st->kind));
		pf_jw_open(&b, "frames", '[');
		for (j = 0; j < st->n; j++)
			add_frame(&b, &r->frames[st->first + j]);
		pf_jw_close(&b, ']');
		if (st->dropped != 0)
			pf_jw_int(&b, "dropped", st->dropped);
		pf_jw_close(&b, '}');
	}
	pf_jw_close(&b, ']');
	pf_table_text(t, b.data);
	pf_buf_free(&b);
}

/* Where it was allocated, as the state is told. */
void
leak_frames(struct pf_buf *b, const struct pf_leak *l)
{
	size_t i;

	for (i = 0; i < PF_LEAK_TOP && l->top[i] != NULL; i++)
		pf_buf_addf(b, "%s%s", i > 0 ? " < " : "", l->top[i]);
}

static void
add_leak(struct pf_buf *b, const struct pf_leak *l)
{
	struct pf_buf frames = PF_BUF_INIT;

	pf_jw_open(b, NULL, '{');
	pf_jw_bool(b, "direct", !l->indirect);
	pf_jw_int(b, "bytes", l->bytes);
	pf_jw_int(b, "objects", l->count);
	if (l->through > 0)
		pf_jw_int(b, "through", l->through);
	if (l->place[0] != '\0') {
		leak_frames(&frames, l);
		pf_jw_str(b, "place", l->place);
		pf_jw_str(b, "frames", frames.data);
	}
	pf_jw_close(b, '}');
	pf_buf_free(&frames);
}

static void
add_leaks(struct pf_table *t, const struct pf_report *r)
{
	struct pf_buf b = PF_BUF_INIT;
	const struct pf_leak *l;

	pf_jw_open(&b, NULL, '{');
	pf_jw_int(&b, "direct_bytes", r->direct_bytes);
	pf_jw_int(&b, "direct_objects", r->direct_count);
	pf_jw_int(&b, "indirect_bytes", pf_report_indirect(r));
	if (r->indirect_count > 0 || pf_report_indirect(r) == 0)
		pf_jw_int(&b, "indirect_objects", r->indirect_count);
	else
		pf_jw_null(&b, "indirect_objects");
	pf_jw_open(&b, "leaks", '[');
	for (l = r->leaks; l < r->leaks + r->nleaks; l++)
		add_leak(&b, l);
	pf_jw_close(&b, ']');
	pf_jw_close(&b, '}');
	pf_table_text(t, b.data);
	pf_buf_free(&b);
}

static void
add_state(struct pf_table *t, const struct pf_state *s)
{
	struct pf_buf b = PF_BUF_INIT;
	size_t i;

	for (i = 0; i < s->n; i++)
		pf_buf_addf(&b, "%s%s", i > 0 ? " < " : "", s->frame[i]);
	pf_table_given(t, b.data);
	pf_buf_free(&b);
}

void
record_line(struct pf_buf *b, enum pf_format format, const struct crash *c)
{
	const struct pf_report *r = &c->report;
	struct pf_table t;
	char title[PF_TITLE_TEXT], addr[24] = "";

	begin(&t, b, format);
	pf_table_given(&t, c->file);
	pf_table_given(&t, r->tool);
	pf_report_title(title, r);
	pf_table_given(&t, title);
	pf_table_given(&t, r->coarse);
	pf_table_given(&t, pf_access_word(r->access));
	number(&t, r->size, r->size >= 0);
	if (r->has_addr)
		snprintf(addr, sizeof(addr), "0x%" PRIx64, r->addr);
	pf_table_given(&t, addr);
	pf_table_given(&t, pf_addr_word(r->addr_class));
	number(&t, r->signal, r->signal != 0);
	pf_table_given(&t, c->found ? c->severity->severity : "");
	pf_table_given(&t, c->found ? c->severity->casr : "");
	pf_table_given(&t, c->found ? c->severity->rule : "");
	add_state(&t, &c->state);
	pf_table_given(&t, c->state.major);
	pf_table_given(&t, c->state.minor);
	pf_table_given(&t, c->rules);
	number(&t, pf_report_leaked(r), pf_report_leaked(r) >= 0);
	pf_table_given(&t, r->token);
	pf_table_given(&t, r->message);
	pf_table_int(&t, r->cut);
	pf_table_given(&t, c->sign.key);
	if (format == PF_FORMAT_JSON) {
		add_leaks(&t, r);
		add_stacks(&t, r);
	}
	pf_table_end(&t);
}
