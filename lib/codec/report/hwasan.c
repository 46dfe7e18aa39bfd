/*
 * HWAddressSanitizer.  It sees that the tags of a pointer and of the memory
 * differ, and says behind the first stack what it takes for the cause:
 *
 *	==9==ERROR: HWAddressSanitizer: tag-mismatch on address 0x42 at pc 0x5
 *	READ of size 1 at 0x42 tags: 01/00 (ptr/mem) in thread T0
 *	    #0 0x55 in parse /src/chunk.c:5:53
 *
 *	Cause: heap-buffer-overflow
 */
#include <string.h>

#include "codec/report/line.h"
#include "codec/report/san.h"
#include "codec/report/scan.h"

/* What it may find to be the cause, and the words of the others for it. */
static const struct {
	const char	*cause;
	const char	*word;
	enum pf_addr	 is;
} causes[] = {
	{ "heap-buffer-overflow",	"heap-buffer-overflow", PF_ADDR_HEAP },
	{ "heap-buffer-underflow",	"heap-buffer-overflow", PF_ADDR_HEAP },
	{ "use-after-free",		"heap-use-after-free", PF_ADDR_HEAP },
	{ "double-free",	"attempting double-free", PF_ADDR_HEAP },
	{ "global-overflow",	"global-buffer-overflow", PF_ADDR_GLOBAL },
	{ "stack tag-mismatch",	"stack-buffer-overflow", PF_ADDR_STACK },
	{ "stack-buffer-overflow", "stack-buffer-overflow", PF_ADDR_STACK },
	{ "stack use-after-return", "stack-use-after-return", PF_ADDR_STACK },
};

static bool
begins(struct pf_report *r, const char *line, size_t n)
{
	const char *p;

	if (pf_san_bare(r, line, "HWAddressSanitizer", "hwasan"))
		return true;
	if (n < 26 ||
	    (p = strstr(line, "HWAddressSanitizer: ")) == NULL)
		return false;
	/* Other lines begin with its name too. */
	if ((p < line + 7 || memcmp(p - 7, "ERROR: ", 7) != 0) &&
	    strncmp(p + 20, "CHECK failed", 12) != 0)
		return false;
	p += 20;
	pf_san_begin(r, "hwasan", p);
	if (strncmp(p, "invalid-free", 12) == 0) {
		pf_report_type(r, "attempting free on address", 26);
		r->access = PF_ACCESS_FREE;
	} else if (strncmp(p, "allocation-tail-overwritten", 27) == 0) {
		pf_report_type(r, "heap-buffer-overflow", 20);
		r->access = PF_ACCESS_WRITE;
	}
	return true;
}

/* The first cause is the likeliest. */
static void
read_cause(struct pf_report *r, const char *said)
{
	bool tags = strcmp(r->type, "Tag-mismatch") == 0;
	size_t i;

	for (i = 0; i < sizeof(causes) / sizeof(causes[0]); i++)
		if (pf_line_after(said, causes[i].cause) != NULL)
			break;
	if (i == sizeof(causes) / sizeof(causes[0]))
		return;
	if (tags)
		pf_report_type(r, causes[i].word, strlen(causes[i].word));
	else if (strcmp(r->type, "Bad-free") == 0 &&
	    strcmp(causes[i].cause, "use-after-free") == 0)
		pf_report_type(r, "attempting double-free", 22);
	else
		return;
	r->addr_class = causes[i].is;
}

static bool
line(struct pf_report *r, const char *s, size_t n)
{
	const char *p = pf_line_after(s, "Cause: ");

	(void)n;
	if (p != NULL) {
		read_cause(r, p);
		return true;
	}
	if (strncmp(s, "Potential stack object", 22) == 0 ||
	    strncmp(s, "Potentially referenced stack objects", 36) == 0) {
		read_cause(r, "stack tag-mismatch");
		pf_san_close(r);
		return true;
	}
	if (strncmp(s, "previously allocated here", 25) == 0 ||
	    strncmp(s, "allocated here", 14) == 0 ||
	    strncmp(s, "allocated by thread", 19) == 0 ||
	    strncmp(s, "previously allocated by thread", 30) == 0) {
		pf_san_stack(r, PF_STACK_ALLOC);
		return true;
	}
	return pf_san_line(r, s);
}

const struct pf_reader pf_read_hwasan = { .begins = begins, .line = line };
