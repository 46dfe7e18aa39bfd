/*
 * The record of a crash for people: what happened, how bad it may be, and
 * which frames counted.
 */
#include <inttypes.h>
#include <string.h>

#include "triage/triage.h"

static void
label(struct pf_buf *b, const char *name)
{
	pf_buf_addf(b, "  %-10s", name);
}

static void
line(struct pf_buf *b, const char *name, const char *value)
{
	if (*value == '\0')
		return;
	label(b, name);
	pf_table_escape(b, value);
	pf_buf_addc(b, '\n');
}

static void
add_address(struct pf_buf *b, const struct pf_report *r)
{
	if (r->addr_class == PF_ADDR_NONE)
		return;
	label(b, "address");
	if (r->has_addr)
		pf_buf_addf(b, "0x%" PRIx64 ", ", r->addr);
	pf_buf_addf(b, "%s\n", pf_addr_word(r->addr_class));
}

static void
add_state(struct pf_buf *b, const struct crash *c)
{
	size_t i;

	for (i = 0; i < c->state.n; i++)
		line(b, i == 0 ? "state" : "", c->state.frame[i]);
	label(b, "bucket");
	pf_buf_addf(b, "%s, by rules %s\n", c->sign.key, c->rules);
	if (strcmp(c->sign.key, c->state.major) != 0)
		line(b, "alike", c->state.major);
	line(b, "variant", c->state.minor);
	if (c->state.folded > 0) {
		label(b, "recursion");
		pf_buf_addf(b, "%zu frames folded\n", c->state.folded);
	}
}

static void
add_leaks(struct pf_buf *b, const struct pf_report *r)
{
	struct pf_buf frames = PF_BUF_INIT;
	const struct pf_leak *l;

	if (pf_report_leaked(r) < 0)
		return;
	label(b, "leaked");
	pf_buf_addf(b, "%" PRId64 " bytes in %" PRId64 " objects directly, %"
	    PRId64 " bytes", r->direct_bytes, r->direct_count,
	    pf_report_indirect(r));
	/* valgrind tells how many if it is asked for them. */
	if (r->indirect_count > 0 || pf_report_indirect(r) == 0)
		pf_buf_addf(b, " in %" PRId64 " objects", r->indirect_count);
	pf_buf_adds(b, " through them\n");
	for (l = r->leaks; l < r->leaks + r->nleaks; l++) {
		label(b, "");
		pf_buf_addf(b, "%" PRId64 " bytes in %" PRId64 " objects %s: ",
		    l->bytes, l->count, l->indirect ? "indirectly" :
		    "directly");
		pf_buf_reset(&frames);
		leak_frames(&frames, l);
		pf_table_escape(b, frames.len > 0 ? frames.data : "nowhere");
		pf_buf_addc(b, '\n');
	}
	pf_buf_free(&frames);
}

static void
add_frame(struct pf_buf *b, const struct pf_frame *f, size_t number)
{
	pf_buf_addf(b, "  %c %3zu ", f->ignored ? '-' : ' ', number);
	pf_table_escape(b, f->name[0] != '\0' ? f->name : "?");
	if (f->file[0] != '\0') {
		pf_buf_addc(b, ' ');
		pf_table_escape(b, f->file);
		if (f->line != 0)
			pf_buf_addf(b, ":%u", (unsigned int)f->line);
		if (f->column != 0)
			pf_buf_addf(b, ":%u", (unsigned int)f->column);
	} else if (f->module[0] != '\0') {
		pf_buf_adds(b, " (");
		pf_table_escape(b, f->module);
		pf_buf_addf(b, "+0x%" PRIx64 ")", f->offset);
	}
	pf_buf_adds(b, f->inlined ? ", inlined\n" : "\n");
}

static void
add_stacks(struct pf_buf *b, const struct pf_report *r)
{
	const struct pf_stack *st;
	size_t i, j;

	for (i = 0; i < r->nstacks; i++) {
		st = &r->stacks[i];
		if (st->n == 0)
			continue;
		pf_buf_addf(b, "  stack of %s\n",
		    st->kind == PF_STACK_CRASH ? "the crash" :
		    st->kind == PF_STACK_FREE ? "the free" :
		    st->kind == PF_STACK_ALLOC ? "the allocation" :
		    "something else");
		for (j = 0; j < st->n; j++)
			add_frame(b, &r->frames[st->first + j], j);
		if (st->dropped != 0)
			pf_buf_addf(b, "      and %u more\n",
			    (unsigned int)st->dropped);
	}
}

void
explain(struct pf_buf *b, const struct crash *c)
{
	const struct pf_report *r = &c->report;
	char title[PF_TITLE_TEXT];

	pf_table_escape(b, c->file);
	if (!c->found) {
		pf_buf_adds(b, ": no report of a crash\n");
		return;
	}
	pf_buf_adds(b, ": ");
	pf_report_title(title, r);
	pf_table_escape(b, title);
	pf_buf_addf(b, "\n");
	line(b, "tool", r->tool);
	line(b, "kind", r->coarse);
	line(b, "message", r->message);
	add_address(b, r);
	label(b, "severity");
	pf_buf_addf(b, "%s, %s: %s (rule %s)\n", c->severity->severity,
	    c->severity->casr, c->severity->why, c->severity->rule);
	add_state(b, c);
	add_leaks(b, r);
	add_stacks(b, r);
	if (r->cut)
		pf_buf_adds(b, "  The report is longer than what is kept of "
		    "it.\n");
}
