/*
 * What libFuzzer says itself: that the target hung, ate the memory, ended or
 * was ended.
 */
#include <stdio.h>
#include <string.h>

#include "codec/report/line.h"
#include "codec/report/san.h"
#include "codec/report/scan.h"

static bool
begins(struct pf_report *r, const char *line, size_t n)
{
	const char *p;

	if (n < 24 || (p = strstr(line, "ERROR: libFuzzer: ")) == NULL)
		return false;
	p += 18;
	snprintf(r->tool, sizeof(r->tool), "libfuzzer");
	r->hold = PF_HOLD_FIRM;
	r->message = pf_report_text(r, p, strlen(p));
	/* Which signal it was is not told; mostly it is an abort. */
	if (strncmp(p, "deadly signal", 13) == 0) {
		pf_report_type(r, "Abrt", 4);
		snprintf(r->coarse, sizeof(r->coarse), "abort");
	} else if (strncmp(p, "fuzz target overwrites", 22) == 0)
		pf_report_type(r, "overwrites-const-input", 22);
	else if (strncmp(p, "fuzz target exited", 18) == 0)
		pf_report_type(r, p, 18);
	else
		pf_report_type(r, p, strcspn(p, " :("));
	pf_san_stack(r, PF_STACK_CRASH);
	return true;
}

static bool
line(struct pf_report *r, const char *s, size_t n)
{
	/* Where what is in use was allocated, not where it was too much. */
	if (strncmp(s, "Live Heap Allocations", 21) == 0)
		pf_san_stack(r, PF_STACK_OTHER);
	else if (n == 0)
		pf_san_close(r);
	else if (!pf_san_frame(r, s) && !pf_san_token(r, s))
		return strncmp(s, "SUMMARY: ", 9) != 0;
	return true;
}

const struct pf_reader pf_read_libfuzzer = { .begins = begins, .line = line };
