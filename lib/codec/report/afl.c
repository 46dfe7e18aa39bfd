/*
 * The outcomes that AFL++ names: what its tools print of a program's end.
 */
#include <stdio.h>
#include <string.h>

#include "codec/report/line.h"
#include "codec/report/scan.h"

/* "Test case 'id:000000,orig:seed' results in a crash": by which signal is
 * not told. */
static bool
of_fuzzer(struct pf_report *r, const char *line)
{
	const char *p = strstr(line, "Test case ");

	/* The name of the input is not always told. */
	if (p == NULL || (p = strstr(p, " results in a ")) == NULL)
		return false;
	p += 14;
	if (strncmp(p, "timeout", 7) == 0)
		pf_report_type(r, "timeout", 7);
	else if (strncmp(p, "crash", 5) == 0) {
		snprintf(r->type, sizeof(r->type), "UNKNOWN");
		snprintf(r->coarse, sizeof(r->coarse), "unknown");
	} else
		return false;
	return true;
}

/* "+++ Program killed by signal 11 +++" */
static bool
of_showmap(struct pf_report *r, const char *line)
{
	const char *p = strstr(line, "+++ Program ");
	int64_t sig;

	if (p == NULL)
		return false;
	p += 12;
	if (strncmp(p, "killed by signal ", 17) == 0 &&
	    pf_line_num(p + 17, &sig) && sig > 0 && sig < 65)
		pf_report_signal(r, (int)sig);
	else if (strncmp(p, "timed off", 9) == 0)
		pf_report_type(r, "timeout", 7);
	else
		return false;
	return true;
}

static bool
begins(struct pf_report *r, const char *line, size_t n)
{
	if (n < 20 || (!of_showmap(r, line) && !of_fuzzer(r, line)))
		return false;
	snprintf(r->tool, sizeof(r->tool), "afl");
	r->hold = PF_HOLD_WEAK;
	return true;
}

const struct pf_reader pf_read_afl = { .weak = true, .begins = begins };
