/*
 * AddressSanitizer, of clang and gcc.
 */
#include <string.h>

#include "codec/report/san.h"
#include "codec/report/scan.h"

static bool
begins(struct pf_report *r, const char *line, size_t n)
{
	const char *p;

	if (pf_san_bare(r, line, "AddressSanitizer", "asan"))
		return true;
	if (n < 24 || (p = strstr(line, "AddressSanitizer: ")) == NULL ||
	    (p >= line + 2 && memcmp(p - 2, "HW", 2) == 0))
		return false;
	/* "SUMMARY: AddressSanitizer: " is where one ends. */
	if ((p < line + 7 || memcmp(p - 7, "ERROR: ", 7) != 0) &&
	    strncmp(p + 18, "CHECK failed", 12) != 0)
		return false;
	pf_san_begin(r, "asan", p + 18);
	return true;
}

static bool
line(struct pf_report *r, const char *s, size_t n)
{
	(void)n;
	return pf_san_line(r, s);
}

const struct pf_reader pf_read_asan = { .begins = begins, .line = line };
