/*
 * The XML of valgrind (--xml=yes), which puts each element on a line.
 *
 *	<error>
 *	  <kind>InvalidRead</kind>
 *	  <what>Invalid read of size 4</what>
 *	  <stack>
 *	    <frame>
 *	      <ip>0x1091A9</ip>
 *	      <obj>/bin/prog</obj>
 *	      <fn>parse</fn>
 *	      <dir>/src</dir>
 *	      <file>chunk.c</file>
 *	      <line>30</line>
 *	    </frame>
 *	  </stack>
 *	  <auxwhat>Address 0x0 is not stack'd, malloc'd or ...</auxwhat>
 *	</error>
 *
 * The end by a signal is a <fatal_signal>, a leak's words are <text>.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "codec/report/line.h"
#include "codec/report/readers.h"
#include "codec/report/scan.h"

#define LEAKS		1	/* of the phase: more of them may come */
#define IN_FRAME	2
#define OUTSIDE		4	/* between two errors */
#define PASSED		8	/* in one of no interest */
#define NO_ADDRESS	16

/* "<" ">" "&" and quotes as they were, n bytes at most. */
static size_t
decode(char *out, size_t room, const char *s, size_t n)
{
	static const struct {
		const char	*name;
		char		 c;
	} entities[] = {
		{ "&lt;", '<' }, { "&gt;", '>' }, { "&amp;", '&' },
		{ "&apos;", '\'' }, { "&quot;", '"' },
	};
	size_t i, k, len, used = 0;

	for (i = 0; i < n && used + 1 < room; i += len) {
		out[used] = s[i];
		len = 1;
		for (k = 0; s[i] == '&' && k < 5; k++)
			if (strlen(entities[k].name) <= n - i &&
			    pf_line_after(s + i, entities[k].name) != NULL) {
				out[used] = entities[k].c;
				len = strlen(entities[k].name);
			}
		used++;
	}
	out[used] = '\0';
	return used;
}

/* The content of "<tag>content</tag>"; false if the line is none. */
static bool
element(char *out, size_t room, const char *s, const char *tag)
{
	size_t n = strlen(tag);
	const char *p = pf_line_skip(s), *end;

	if (*p != '<' || strncmp(p + 1, tag, n) != 0 || p[n + 1] != '>')
		return false;
	p += n + 2;
	end = strstr(p, "</");
	decode(out, room, p, end != NULL ? (size_t)(end - p) : strlen(p));
	return true;
}

static bool
begins(struct pf_report *r, const char *line, size_t n)
{
	const char *p = pf_line_skip(line);
	char text[PF_REPORT_NAME];
	int leak;

	(void)n;
	if (*p != '<')
		return false;
	if (strcmp(p, "<fatal_signal>") == 0)
		return pf_valgrind_what(r,
		    "Process terminating with default action of signal 0");
	if (!element(text, sizeof(text), p, "what") &&
	    !element(text, sizeof(text), p, "text"))
		return false;
	leak = pf_valgrind_leak(r, text);
	if (leak > 0)
		r->phase = LEAKS;
	return leak > 0 || (leak < 0 && pf_valgrind_what(r, text));
}

static void
set_file(struct pf_report *r, struct pf_frame *f, const char *name)
{
	char path[PF_REPORT_PATH + 1];
	int n = snprintf(path, sizeof(path), "%s%s%s", f->file,
	    f->file[0] != '\0' ? "/" : "", name);

	f->file = pf_report_text(r, path, n < PF_REPORT_PATH ? (size_t)n :
	    PF_REPORT_PATH);
}

/* An element of a frame. */
static void
in_frame(struct pf_report *r, const char *s)
{
	struct pf_frame *f = pf_reader_last(r);
	char text[PF_SCAN_LINE];
	int64_t number;

	if (f == NULL)
		return;
	if (element(text, sizeof(text), s, "ip"))
		pf_line_hex(text, &f->pc);
	else if (element(text, sizeof(text), s, "obj"))
		pf_frame_module(r, f, text, strlen(text));
	else if (element(text, sizeof(text), s, "fn"))
		pf_frame_name(r, f, text, strlen(text));
	else if (element(text, sizeof(text), s, "dir"))
		f->file = pf_report_text(r, text, strlen(text));
	else if (element(text, sizeof(text), s, "file"))
		set_file(r, f, text);
	else if (element(text, sizeof(text), s, "line") &&
	    pf_line_num(text, &number))
		f->line = number > UINT32_MAX ? UINT32_MAX : (uint32_t)number;
}

/* A frame is whole: whether the one before it was inlined into it. */
static void
end_frame(struct pf_report *r)
{
	const struct pf_frame *f = pf_reader_last(r);
	const struct pf_stack *st;

	r->phase &= ~IN_FRAME;
	if (f == NULL)
		return;
	/* Under valgrind programs lie where they always do. */
	if (f->name[0] == '\0' && f->module[0] != '\0')
		r->frames[r->nframes - 1].offset = f->pc;
	st = &r->stacks[r->nstacks - 1];
	if (st->n > 1 && f[-1].pc == f->pc)
		pf_reader_inlined(r, f);
}

static void
end_by_signal(struct pf_report *r, const char *s)
{
	char text[64];
	int64_t number;
	uint64_t a;

	if (element(text, sizeof(text), s, "signo") &&
	    pf_line_num(text, &number) && number > 0 && number < 65) {
		pf_report_signal(r, (int)number);
	} else if (element(text, sizeof(text), s, "sicode")) {
		/* The kernel's own: then no address is told, but 0. */
		if (strcmp(text, "128") == 0)
			r->phase |= NO_ADDRESS;
	} else if (element(text, sizeof(text), s, "siaddr") &&
	    !r->has_addr && (r->phase & NO_ADDRESS) == 0 &&
	    (r->signal == SIGSEGV || r->signal == SIGBUS) &&
	    pf_line_hex(text, &a))
		pf_report_addr(r, a);
}

/* An error after the one that is read: of leaks, more may come. */
static bool
another(struct pf_report *r, const char *s)
{
	char text[PF_REPORT_NAME];
	int leak;

	if (!element(text, sizeof(text), s, "text") &&
	    !element(text, sizeof(text), s, "what"))
		return true;
	leak = pf_valgrind_leak(r, text);
	r->phase = leak > 0 ? LEAKS : LEAKS | PASSED;
	return true;
}

static bool
line(struct pf_report *r, const char *text, size_t n)
{
	const char *s = pf_line_skip(text);
	char said[PF_REPORT_NAME];

	(void)n;
	if (*s != '<')
		return true;
	if (strcmp(s, "</error>") == 0 || strcmp(s, "</fatal_signal>") == 0) {
		r->phase |= OUTSIDE;
		return (r->phase & LEAKS) != 0;
	}
	if (strcmp(s, "</valgrindoutput>") == 0)
		return false;
	if (r->phase & OUTSIDE)
		return another(r, s);
	if (r->phase & PASSED)
		return true;
	if (strcmp(s, "<frame>") == 0) {
		pf_report_frame(r);
		r->phase |= IN_FRAME;
	} else if (strcmp(s, "</frame>") == 0)
		end_frame(r);
	else if (r->phase & IN_FRAME)
		in_frame(r, s);
	else if (element(said, sizeof(said), s, "auxwhat") ||
	    element(said, sizeof(said), s, "text"))
		pf_valgrind_aux(r, said);
	else
		end_by_signal(r, s);
	return true;
}

const struct pf_reader pf_read_valgrind_xml = {
	.begins = begins, .line = line
};
