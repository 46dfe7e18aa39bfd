/*
 * Crash reports: what comes out is in bounds, and the same whether the text
 * comes whole or by pieces.
 */
#include <stdlib.h>
#include <string.h>

#include "t/fuzz/fuzz.h"
#include "codec/report/scan.h"
#include "codec/report/severity.h"
#include "codec/report/state.h"

#define MUST(what)	do { if (!(what)) abort(); } while (0)

static struct pf_report whole, pieces;
static char text1[8192], text2[8192];

static void
must_hold(const struct pf_report *r, bool found)
{
	size_t i;

	MUST(found == (r->tool[0] != '\0'));
	MUST(strlen(r->type) < sizeof(r->type));
	MUST(r->nframes <= PF_REPORT_FRAMES && r->used <= r->room);
	for (i = 0; i < r->nstacks; i++)
		MUST(r->stacks[i].first + (size_t)r->stacks[i].n <=
		    r->nframes && r->stacks[i].n <= PF_STACK_FRAMES);
	for (i = 0; i < r->nframes; i++)
		MUST(strlen(r->frames[i].name) <= PF_REPORT_NAME &&
		    strlen(r->frames[i].file) <= PF_REPORT_PATH);
	for (i = 0; i < r->nleaks; i++)
		MUST(r->leaks[i].stack <= PF_REPORT_STACKS);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct pf_ignore *ignore;
	static struct pf_scan s;
	struct pf_state a, b;
	const char *p = (const char *)data;
	char title[PF_TITLE_TEXT];
	size_t offset, at, n;
	bool found;

	if (ignore == NULL)
		ignore = pf_ignore_new();
	pf_report_init(&whole, text1, sizeof(text1));
	found = pf_report_parse(&whole, p, size, &offset);
	MUST(offset <= size);
	must_hold(&whole, found);

	pf_report_init(&pieces, text2, sizeof(text2));
	pf_scan_begin(&s, &pieces);
	for (at = 0; at < size; at += n) {
		n = 1 + data[at] % 29;
		if (n > size - at)
			n = size - at;
		pf_scan_feed(&s, p + at, n);
	}
	MUST(pf_scan_end(&s) == found);
	MUST(!found || s.offset == offset);
	must_hold(&pieces, found);

	pf_state_of(&a, &whole, ignore);
	pf_state_of(&b, &pieces, ignore);
	MUST(strcmp(a.major, b.major) == 0 && strcmp(a.minor, b.minor) == 0);
	pf_report_title(title, &whole);
	MUST(strlen(title) < sizeof(title));
	MUST(pf_severity_of(&whole) == pf_severity_of(&pieces));
	return 0;
}
