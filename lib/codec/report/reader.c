/*
 * What readers have in common; see readers.h.
 */
#include <stdio.h>
#include <string.h>

#include "codec/report/readers.h"

void
pf_reader_tool(struct pf_report *r, const char *tool)
{
	snprintf(r->tool, sizeof(r->tool), "%s", tool);
}

void
pf_reader_begin(struct pf_report *r, const char *tool, const char *word)
{
	pf_reader_tool(r, tool);
	pf_report_type(r, word, strlen(word));
}

struct pf_frame *
pf_reader_last(struct pf_report *r)
{
	const struct pf_stack *st;

	if (r->nstacks == 0 || r->nframes == 0)
		return NULL;
	st = &r->stacks[r->nstacks - 1];
	return st->n > 0 && st->dropped == 0 ? &r->frames[r->nframes - 1] :
	    NULL;
}

void
pf_reader_inlined(struct pf_report *r, const struct pf_frame *f)
{
	const struct pf_stack *st;

	if (r->nstacks == 0 || pf_reader_last(r) != f)
		return;
	st = &r->stacks[r->nstacks - 1];
	if (st->n > 1)
		r->frames[r->nframes - 2].inlined = true;
}
