/*
 * ThreadSanitizer.
 */
#include <stdio.h>
#include <string.h>

#include "codec/report/line.h"
#include "codec/report/san.h"
#include "codec/report/scan.h"

static bool
begins(struct pf_report *r, const char *line, size_t n)
{
	char word[PF_TYPE_TEXT];
	const char *p;
	size_t i;

	if (pf_san_bare(r, line, "ThreadSanitizer", "tsan"))
		return true;
	if (n < 24 || (p = strstr(line, ": ThreadSanitizer: ")) == NULL ||
	    strncmp(line, "SUMMARY", 7) == 0)
		return false;
	p += 19;
	pf_san_begin(r, "tsan", p);
	/* What it looks for is a warning, in more than one word: "thread leak
	 * (pid=7)".  Its errors are those that all runtimes have. */
	if (p - line < 26 || memcmp(p - 26, "WARNING", 7) != 0)
		return true;
	snprintf(word, sizeof(word), "%.*s", (int)strcspn(p, "(\r"), p);
	for (i = strlen(word); i > 0 && word[i - 1] == ' '; i--)
		word[i - 1] = '\0';
	if (strncmp(word, "data race", 9) != 0)
		for (i = 0; word[i] != '\0'; i++)
			if (word[i] == ' ')
				word[i] = '-';
	pf_report_type(r, word, strlen(word));
	return true;
}

/* "Atomic write of size 4 at 0x7b by thread T1 (mutexes: ...):" */
static bool
is_access(struct pf_report *r, const char *p)
{
	const char *of = strstr(p, " of size "), *at;
	bool first = r->access == PF_ACCESS_NONE, previous;
	uint64_t addr;

	if (of == NULL || strstr(of, " by ") == NULL ||
	    (at = strstr(of, " at 0x")) == NULL)
		return false;
	previous = strncmp(p, "Previous ", 9) == 0;
	if (previous || !first) {
		pf_san_stack(r, PF_STACK_OTHER);
		return true;
	}
	r->access = of - p >= 5 && (memcmp(of - 5, "write", 5) == 0 ||
	    memcmp(of - 5, "Write", 5) == 0) ? PF_ACCESS_WRITE :
	    PF_ACCESS_READ;
	pf_line_num(of + 9, &r->size);
	pf_line_hex(at + 4, &addr);
	pf_report_addr(r, addr);
	pf_san_stack(r, PF_STACK_CRASH);
	return true;
}

static bool
is_location(struct pf_report *r, const char *p)
{
	if ((p = pf_line_after(p, "Location is ")) == NULL)
		return false;
	if (strncmp(p, "heap", 4) == 0) {
		r->addr_class = PF_ADDR_HEAP;
		pf_san_stack(r, PF_STACK_ALLOC);
	} else if (strncmp(p, "global", 6) == 0)
		r->addr_class = PF_ADDR_GLOBAL;
	else if (strncmp(p, "stack", 5) == 0)
		r->addr_class = PF_ADDR_STACK;
	return true;
}

static bool
line(struct pf_report *r, const char *s, size_t n)
{
	const char *p = pf_line_skip(s);

	if (n == 0)
		pf_san_close(r);
	if (r->signal != 0 || *p == '#')
		return pf_san_line(r, s);
	if (strncmp(p, "[failed to restore the stack]", 29) == 0) {
		/* So that the next stack, of something else, is not this. */
		if (r->nframes > 0)
			pf_report_frame(r);
		return true;
	}
	if (is_location(r, p) || is_access(r, p))
		return true;
	/* Of locks that are taken in a ring, each. */
	if (strstr(p, " acquired here while holding ") != NULL)
		pf_san_stack(r, PF_STACK_CRASH);
	else if (strstr(p, "created by ") != NULL ||
	    strstr(p, "acquired ") != NULL ||
	    strstr(p, "As if synchronized via sleep") != NULL)
		pf_san_stack(r, PF_STACK_OTHER);
	return pf_san_token(r, s) || strncmp(s, "SUMMARY: ", 9) != 0;
}

const struct pf_reader pf_read_tsan = { .begins = begins, .line = line };
