/*
 * A crash report in a few words; see trace.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codec/report/scan.h"
#include "codec/report/state.h"
#include "codec/trace.h"

struct work {
	struct pf_report	 report;
	struct pf_state		 state;
	char			 text[PF_REPORT_TEXT];
};

const char *
pf_trace_signal(int sig)
{
	return pf_signal_coarse(sig);
}

static void
set_stack(struct pf_trace *t, const struct pf_state *s)
{
	size_t i, len;

	for (i = 0; i < s->n; i++) {
		len = strlen(t->stack);
		snprintf(t->stack + len, sizeof(t->stack) - len, "%s%s",
		    i > 0 ? " < " : "", s->frame[i]);
	}
}

static size_t
count_named(const struct pf_report *r)
{
	const struct pf_stack *k = pf_report_main(r);
	size_t i, n = 0;

	for (i = 0; k != NULL && i < k->n; i++)
		n += r->frames[k->first + i].name[0] != '\0';
	return n;
}

const char *
pf_trace_major(char out[PF_TRACE_MAJOR], const struct pf_trace *t)
{
	snprintf(out, PF_TRACE_MAJOR, "%s%s", t->major[0] != '\0' ?
	    PF_RULES ":" : "", t->major);
	return out;
}

void
pf_trace_parse(struct pf_trace *t, const char *text, size_t n)
{
	struct work *w = pf_malloc(sizeof(*w));
	struct pf_ignore *ignore;

	*t = (struct pf_trace){ 0 };
	pf_report_init(&w->report, w->text, sizeof(w->text));
	/* That it died, and of what, the caller knows better than a text. */
	if (pf_report_parse(&w->report, text, n, &t->offset) &&
	    w->report.hold != PF_HOLD_WEAK) {
		ignore = pf_ignore_new();
		pf_state_of(&w->state, &w->report, ignore);
		pf_ignore_free(ignore);
		memcpy(t->tool, w->report.tool, sizeof(t->tool));
		memcpy(t->type, w->report.coarse, sizeof(t->type));
		memcpy(t->major, w->state.major, sizeof(t->major));
		set_stack(t, &w->state);
		t->named = count_named(&w->report);
		t->signal = w->report.signal;
		t->access = w->report.access != PF_ACCESS_NONE;
		t->length = n - t->offset;
	} else
		t->offset = 0;
	free(w);
}
