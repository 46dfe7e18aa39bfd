/*
 * MemorySanitizer.
 */
#include <string.h>

#include "codec/report/san.h"
#include "codec/report/scan.h"

static bool
begins(struct pf_report *r, const char *line, size_t n)
{
	const char *p;

	if (pf_san_bare(r, line, "MemorySanitizer", "msan"))
		return true;
	if (n < 24 || (p = strstr(line, ": MemorySanitizer: ")) == NULL ||
	    strncmp(line, "SUMMARY", 7) == 0)
		return false;
	pf_san_begin(r, "msan", p + 19);
	return true;
}

static bool
line(struct pf_report *r, const char *s, size_t n)
{
	(void)n;
	return pf_san_line(r, s);
}

const struct pf_reader pf_read_msan = { .begins = begins, .line = line };
