/*
 * The text of valgrind: memcheck's errors and leaks, helgrind's races, the
 * end by a signal.
 *
 *	==12== Invalid read of size 4
 *	==12==    at 0x1091A9: parse (chunk.c:30)
 *	==12==    by 0x1091F0: main (in /bin/prog)
 *	==12==  Address 0x4a44060 is 0 bytes after a block of size 32 alloc'd
 *	==12==    at 0x48407B4: malloc (vg_replace_malloc.c:381)
 *	==12==
 *
 * The first error is the report; leaks are the report if there was no error.
 */
#include <string.h>

#include "codec/report/line.h"
#include "codec/report/readers.h"
#include "codec/report/scan.h"

enum { ERROR, LEAKS, PASSED };	/* a leak of no interest is passed over */

/* What follows "==12== ", or "==00:00:00:01.234 12== "; NULL without. */
static const char *
body(const char *s)
{
	const char *p;

	if (s[0] != '=' || s[1] != '=')
		return NULL;
	p = s + 2 + strspn(s + 2, "0123456789:. ");
	if (p == s + 2 || p[0] != '=' || p[1] != '=')
		return NULL;
	return p[2] == ' ' ? p + 3 : p[2] == '\0' ? p + 2 : NULL;
}

static bool
begins(struct pf_report *r, const char *line, size_t n)
{
	const char *s = body(line);
	int leak;

	(void)n;
	if (s == NULL || *s == '\0' || *s == ' ')
		return false;
	leak = pf_valgrind_leak(r, s);
	if (leak > 0) {
		r->phase = LEAKS;
		return true;
	}
	return leak < 0 && pf_valgrind_what(r, s);
}

/* "at 0x1091A9: f(int) (a.c:30)", "by 0x1091A9: ??? (in /bin/prog)" */
static bool
read_frame(struct pf_report *r, const char *s)
{
	const char *p, *where;
	const struct pf_frame *before = pf_reader_last(r);
	struct pf_frame *f;
	uint64_t pc;
	size_t n;

	p = pf_line_after(s, "at 0x");
	if (p == NULL)
		p = pf_line_after(s, "by 0x");
	if (p == NULL || !pf_line_hex(p, &pc) ||
	    (p = strstr(p, ": ")) == NULL)
		return false;
	p += 2;
	n = strlen(p);
	where = n > 2 && p[n - 1] == ')' ? memrchr(p, '(', n) : NULL;
	f = pf_report_frame(r);
	f->pc = pc;
	if (where != NULL && where > p && where[-1] == ' ') {
		n -= (size_t)(where - p) + 2;
		if (pf_line_after(where, "(in ") != NULL)
			pf_frame_module(r, f, where + 4, n - 3);
		else
			pf_frame_place(r, f, where + 1, n);
		n = (size_t)(where - p) - 1;
	}
	if (pf_line_after(p, "???") == NULL)
		pf_frame_name(r, f, p, n);
	/* Under valgrind programs lie where they always do. */
	else if (f->module[0] != '\0')
		f->offset = pc;
	if (before != NULL && s[0] == 'b' && before->pc == pc)
		pf_reader_inlined(r, f);
	return true;
}

/* The sums at the end are not read: XML has none, and what may be lost is
 * none of them. */
static bool
in_leaks(struct pf_report *r, const char *s)
{
	int leak;

	if (*s != ' ' && *s != '\0') {
		leak = pf_valgrind_leak(r, s);
		if (leak >= 0)
			r->phase = leak > 0 ? LEAKS : PASSED;
		return pf_line_after(s, "ERROR SUMMARY: ") == NULL;
	}
	s = pf_line_skip(s);
	if (r->phase == LEAKS)
		read_frame(r, s);
	return true;
}

/* Of two threads, or of another order of locks, the other one stands behind a
 * blank line. */
static bool
goes_on(const struct pf_report *r)
{
	return strcmp(r->coarse, "data-race") == 0 ||
	    strcmp(r->coarse, "lock-order-inversion") == 0;
}

static bool
line(struct pf_report *r, const char *text, size_t n)
{
	const char *s = body(text);

	(void)n;
	if (s == NULL)		/* the program says something too */
		return true;
	if (r->phase != ERROR)
		return in_leaks(r, s);
	if (*s == '\0' || strspn(s, " ") == strlen(s))
		return r->nframes == 0 || goes_on(r);
	if (*s == '-')
		return false;
	s = pf_line_skip(s);
	if (!read_frame(r, s))
		pf_valgrind_aux(r, s);
	return true;
}

const struct pf_reader pf_read_valgrind = { .begins = begins, .line = line };
