/*
 * A Go program that panics, or that its runtime ends.
 *
 *	panic: runtime error: index out of range [7] with length 3
 *	[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x47e6]
 *
 *	goroutine 1 [running]:
 *	main.(*shelf).get(...)
 *		/src/shelf.go:17
 *	main.index(0x1)
 *		/src/shelf.go:20 +0x1d
 *
 * A test that panics in its fuzz target has all of that behind blanks.  The
 * race detector indents by blanks in itself:
 *
 *	WARNING: DATA RACE
 *	Write at 0x0000005d9580 by goroutine 8:
 *	  main.count()
 *	      /src/race.go:11 +0x30
 *
 *	Previous write at 0x0000005d9580 by goroutine 7:
 */
#include <signal.h>
#include <string.h>

#include "codec/report/line.h"
#include "codec/report/readers.h"
#include "codec/report/scan.h"

enum {
	SAID,		/* what; a stack is to come */
	STACK,		/* of the goroutine that did it */
	OTHERS,		/* of the runtime */
	RACE
};

static const struct {
	const char	*says;
	const char	*word;
} words[] = {
	{ "runtime error: index out of range",	"index-out-of-bounds" },
	{ "runtime error: slice bounds out",	"slice-out-of-bounds" },
	{ "runtime error: invalid memory address", "null-dereference" },
	{ "runtime error: integer divide by zero", "divide-by-zero" },
	{ "all goroutines are asleep",		"deadlock" },
	{ "no goroutines (main called runtime.Goexit) - deadlock", "deadlock" },
	{ "stack overflow",			"stack-overflow" },
	{ "runtime: out of memory",		"out of memory" },
	{ "runtime: cannot allocate memory",	"out of memory" },
	{ "out of memory",			"out of memory" },
	{ "concurrent map",			"data race" },
};

#define NWORDS	(sizeof(words) / sizeof(words[0]))

/*
 * Behind "testing.go:1349: ", which a test writes of what it recovered from,
 * and indents with all that follows.
 */
static const char *
past_testing(const char *line)
{
	const char *p = pf_line_after(pf_line_skip(line), "testing.go:");

	if (*line != ' ' || p == NULL)
		return line;
	p += strspn(p, "0123456789");
	return pf_line_after(p, ": panic: ") != NULL ? p + 2 : line;
}

/*
 * "SIGSEGV: segmentation violation", of a signal that arrived in what is no
 * Go: its runtime says "PC=0x47e6 m=0 sigcode=1 addr=0x0" and where Go was.
 */
static bool
begins_signal(struct pf_report *r, const char *line)
{
	size_t n = strcspn(line, ":");
	int sig;

	if (strncmp(line, "SIG", 3) != 0 || line[n] != ':' ||
	    line[n + 1] != ' ' || (sig = pf_signal_find(line, n)) == 0)
		return false;
	pf_reader_tool(r, "go");
	pf_report_signal(r, sig);
	r->hold = PF_HOLD_WEAK;
	r->message = pf_report_text(r, line, strlen(line));
	return true;
}

/* "PC=0x47e6 m=0 sigcode=1 addr=0x0", in newer ones "sigcode=1 addr=0x0" */
static void
read_address(struct pf_report *r, const char *s)
{
	const char *p = strstr(s, " addr=0x");
	uint64_t a;

	if (p != NULL && (r->signal == SIGSEGV || r->signal == SIGBUS) &&
	    !r->has_addr && pf_line_hex(p + 6, &a))
		pf_report_addr(r, a);
}

/* Others too may say "panic: ...": it is nothing firm before the stack. */
static bool
begins(struct pf_report *r, const char *line, size_t n)
{
	const char *p, *word = "panic";
	size_t i, len;

	(void)n;
	if (strcmp(line, "WARNING: DATA RACE") == 0) {
		pf_reader_begin(r, "go", "data race");
		r->hold = PF_HOLD_FIRM;
		r->phase = RACE;
		return true;
	}
	if (begins_signal(r, line))
		return true;
	line = past_testing(line);
	if ((p = pf_line_after(line, "panic: ")) == NULL) {
		word = "fatal-error";
		if ((p = pf_line_after(line, "fatal error: ")) == NULL)
			return false;
	}
	for (i = 0; i < NWORDS; i++)
		if (pf_line_after(p, words[i].says) != NULL) {
			word = words[i].word;
			break;
		}
	pf_reader_begin(r, "go", word);
	r->hold = PF_HOLD_WEAK;
	len = strlen(p);
	if (len > 12 && strcmp(p + len - 12, " [recovered]") == 0)
		len -= 12;
	r->message = pf_report_text(r, p, len);
	return true;
}

/* "[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x47e6]" */
static void
read_signal(struct pf_report *r, const char *s)
{
	const char *addr = strstr(s, " addr=0x");
	uint64_t a;
	int sig = pf_signal_find(s, strcspn(s, ": ]"));

	/* Go's own faults have a word; those of what is called from it not. */
	if (sig != 0 && strcmp(r->coarse, "fatal-error") == 0)
		pf_report_signal(r, sig);
	r->signal = sig;
	if (addr != NULL && pf_line_hex(addr + 6, &a))
		pf_report_addr(r, a);
}

/* "main.(*shelf).get(0x1, {0x2, 0x3})", "created by main.f in goroutine 1" */
static bool
read_frame(struct pf_report *r, const char *s, size_t n)
{
	const char *p, *by = pf_line_after(s, "created by ");
	struct pf_frame *f;

	if (by != NULL) {
		p = strstr(by, " in goroutine ");
		n = p != NULL ? (size_t)(p - by) : strlen(by);
		s = by;
	} else {
		if (n == 0 || s[n - 1] != ')' || *s == '(' ||
		    (p = memrchr(s, '(', n)) == NULL)
			return false;
		n = (size_t)(p - s);
	}
	f = pf_report_frame(r);
	f->name = pf_report_text(r, s, n > PF_REPORT_NAME ? PF_REPORT_NAME :
	    n);
	f->inlined = by == NULL && strcmp(p, "(...)") == 0;
	return true;
}

static bool
in_stack(struct pf_report *r, const char *s, size_t n)
{
	const char *end;
	struct pf_frame *f;

	if (*s == '\t') {
		end = strstr(++s, " +0x");
		n = end != NULL ? (size_t)(end - s) : strlen(s);
		if ((f = pf_reader_last(r)) != NULL)
			pf_frame_place(r, f, s, n);
		return true;
	}
	if (n > 0)
		return read_frame(r, s, n) || *s == '.';
	/* A blank line ends it; that of the goroutine is the last. */
	if (r->phase == STACK)
		return false;
	r->phase = SAID;
	return true;
}

/* "Previous write at 0x0000005d9580 by goroutine 7:" */
static void
race_head(struct pf_report *r, const char *s)
{
	const char *at = strstr(s, " at 0x");
	uint64_t a;

	if (r->nstacks > 0 || at == NULL) {
		pf_report_stack(r, PF_STACK_OTHER);
		return;
	}
	pf_report_stack(r, PF_STACK_CRASH);
	r->access = strncmp(s, "Read", 4) == 0 ? PF_ACCESS_READ :
	    PF_ACCESS_WRITE;
	if (pf_line_hex(at + 4, &a))
		pf_report_addr(r, a);
}

static bool
in_race(struct pf_report *r, const char *s, size_t n)
{
	size_t blanks = strspn(s, " "), len;
	const char *end;
	struct pf_frame *f;

	if (*s == '=')
		return false;
	if (n == 0)
		return true;
	if (blanks == 0)
		race_head(r, s);
	else if (blanks == 2)
		read_frame(r, s + 2, n - 2);
	else if ((f = pf_reader_last(r)) != NULL) {
		end = strstr(s + blanks, " +0x");
		len = end != NULL ? (size_t)(end - s) : n;
		pf_frame_place(r, f, s + blanks, len - blanks);
	}
	return true;
}

static bool
line(struct pf_report *r, const char *s, size_t n)
{
	const char *p;

	if (r->phase == RACE)
		return in_race(r, s, n);
	/* Only a test indents it so. */
	while (*s == ' ') {
		s++;
		n--;
	}
	if (r->phase != SAID)
		return in_stack(r, s, n);
	/* A panic on the way out of another one is what ended it. */
	if (*s == '\t')
		begins(r, pf_line_skip(s), n);
	else if ((p = pf_line_after(s, "[signal ")) != NULL)
		read_signal(r, p);
	else if (strncmp(s, "PC=0x", 5) == 0)
		read_address(r, s);
	else if (pf_line_after(s, "goroutine ") != NULL && n > 3 &&
	    strcmp(s + n - 2, "]:") == 0) {
		r->hold = PF_HOLD_FIRM;
		r->phase = STACK;
		pf_report_stack(r, PF_STACK_CRASH);
	} else if (strcmp(s, "runtime stack:") == 0) {
		r->hold = PF_HOLD_FIRM;
		r->phase = OTHERS;
		pf_report_stack(r, PF_STACK_OTHER);
	}
	return true;
}

const struct pf_reader pf_read_go = { .begins = begins, .line = line };
