/*
 * LeakSanitizer, alone or in AddressSanitizer.
 */
#include <string.h>

#include "codec/report/line.h"
#include "codec/report/san.h"
#include "codec/report/scan.h"

static bool
begins(struct pf_report *r, const char *line, size_t n)
{
	const char *p;

	if (pf_san_bare(r, line, "LeakSanitizer", "lsan"))
		return true;
	if (n < 24 || (p = strstr(line, "ERROR: LeakSanitizer: ")) == NULL)
		return false;
	p += 22;
	pf_san_begin(r, "lsan", p);
	if (strncmp(p, "detected memory leaks", 21) == 0)
		pf_report_type(r, p, 21);
	return true;
}

/* "Direct leak of 7 byte(s) in 1 object(s) allocated from:" */
static bool
is_leak(struct pf_report *r, const char *s)
{
	const char *p, *in;
	bool indirect = *s == 'I';
	int64_t bytes, count;

	if ((p = pf_line_after(s, "Direct leak of ")) == NULL &&
	    (p = pf_line_after(s, "Indirect leak of ")) == NULL)
		return false;
	if (!pf_line_num(p, &bytes) ||
	    (in = strstr(p, " byte(s) in ")) == NULL ||
	    !pf_line_num(in + 12, &count))
		return false;
	/* A direct one is the cause of the others. */
	if (r->nleaks == 0 || !indirect)
		pf_report_type(r, s, indirect ? 13 : 11);
	pf_report_leak(r, indirect, bytes, count, 0);
	r->phase = 0;
	return true;
}

static bool
line(struct pf_report *r, const char *s, size_t n)
{
	(void)n;
	return is_leak(r, s) || pf_san_line(r, s);
}

const struct pf_reader pf_read_lsan = { .begins = begins, .line = line };
