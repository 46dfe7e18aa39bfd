/*
 * Assertions of other libraries than glibc, which end in an abort:
 *
 *	Assertion failed: n > 7 (chunk.c: parse: 12)			musl
 *	Assertion failed: (n > 7), function parse, file chunk.c, line 12.  BSD
 *	ERROR:chunk.c:12:parse: assertion failed: (n > 7)		GLib
 *	F20260102 03:04:05.678901 42 chunk.cc:12] Check failed: n > 7	glog
 *	[42:42:0102/030405.678:FATAL:chunk.cc(12)] Check failed: n > 7.
 *	(prog:42): GLib-ERROR **: 03:04:05.678: words
 *	/c++/v1/vector:1440: _LIBCPP_ASSERT 'n < size()' failed. words
 *	/c++/v1/vector:1440: assertion n < size() failed: words		libc++
 *
 * glog has a stack behind it, and so does its handler of signals:
 *
 *	*** SIGSEGV (@0x0) received by PID 9 (TID 0x7f) from PID 0; ... ***
 *	    @     0x55ca81b7a5d8  parse()
 */
#include <ctype.h>
#include <signal.h>
#include <string.h>

#include "codec/report/line.h"
#include "codec/report/readers.h"
#include "codec/report/scan.h"

static void
begin(struct pf_report *r, const char *tool, const char *said, size_t n)
{
	pf_reader_begin(r, tool, "assertion");
	r->hold = PF_HOLD_ABORT;
	r->signal = SIGABRT;
	while (n > 0 && (said[n - 1] == ' ' || said[n - 1] == '.'))
		n--;
	r->message = pf_report_text(r, said, n);
	r->place = (struct pf_frame){ .name = "", .file = "", .module = "" };
}

static void
set_place(struct pf_report *r, const char *file, size_t n, const char *line)
{
	int64_t v;

	pf_frame_place(r, &r->place, file, n);
	if (pf_line_num(line, &v) && v <= INT32_MAX)
		r->place.line = (uint32_t)v;
}

/* "(chunk.c: parse: 12)" at the end; what stands in parentheses before it is
 * of the expression. */
static bool
begins_musl(struct pf_report *r, const char *said)
{
	const char *open = strrchr(said, '('), *file, *name, *number;

	for (;;) {
		if (open == NULL || open == said || open[-1] != ' ')
			return false;
		file = open + 1;
		if ((name = strstr(file, ": ")) != NULL &&
		    (number = strstr(name + 2, ": ")) != NULL &&
		    isdigit((unsigned char)number[2]))
			break;
		open = memrchr(said, '(', (size_t)(open - said));
	}
	begin(r, "musl", said, (size_t)(open - said));
	set_place(r, file, (size_t)(name - file), number + 2);
	pf_frame_name(r, &r->place, name + 2, (size_t)(number - name - 2));
	return true;
}

/* ", function f, file chunk.c, line 12."; function may be missing. */
static bool
begins_bsd(struct pf_report *r, const char *said)
{
	const char *file = strstr(said, ", file "), *line, *name, *end;

	if (file == NULL || (line = strstr(file + 7, ", line ")) == NULL)
		return false;
	name = strstr(said, ", function ");
	end = name != NULL && name < file ? name : file;
	begin(r, "libc", said, (size_t)(end - said));
	set_place(r, file + 7, (size_t)(line - file - 7), line + 7);
	if (end == name)
		pf_frame_name(r, &r->place, name + 11,
		    (size_t)(file - name - 11));
	return true;
}

/* "chunk.c:12:parse: words" */
static bool
begins_glib(struct pf_report *r, const char *said)
{
	const char *number = strchr(said, ':'), *name, *words, *p;
	size_t n;

	if (number == NULL || !isdigit((unsigned char)number[1]) ||
	    (name = strchr(number + 1, ':')) == NULL ||
	    (words = strstr(name + 1, ": ")) == NULL)
		return false;
	words += 2;
	if ((p = pf_line_after(words, "assertion failed")) == NULL &&
	    pf_line_after(words, "code should not be reached") == NULL)
		return false;
	if (p == NULL)
		p = words;
	else
		p += strspn(p, ": ");
	/* "(n == 7): (1 == 7)": values tell no two bugs apart. */
	n = strlen(p);
	if (*p == '(' && strstr(p, "): (") != NULL)
		n = (size_t)(strstr(p, "): (") - p) + 1;
	begin(r, "glib", p, n);
	set_place(r, said, (size_t)(number - said), number + 1);
	pf_frame_name(r, &r->place, name + 1, (size_t)(words - name - 3));
	return true;
}

/* "(prog:9): GLib-ERROR **: 10:08:10.153: words", "** (prog:9): ERROR **: " */
static bool
begins_error(struct pf_report *r, const char *line)
{
	const char *p = strstr(line, "ERROR **: ");

	if (p == NULL || strstr(line, "): ") == NULL || p < line + 4)
		return false;
	p += 10;
	if (isdigit((unsigned char)*p) && strspn(p, "0123456789:.") > 8)
		p = pf_line_skip(p + strspn(p, "0123456789:."));
	begin(r, "glib", p, strlen(p));
	pf_report_type(r, "fatal-error", 11);
	r->signal = SIGTRAP;
	return true;
}

/* "Check failed: n == 7 (1 vs. 7) words", without the values. */
static void
begin_check(struct pf_report *r, const char *said)
{
	const char *p = pf_line_after(said, "Check failed: "), *vs, *open;
	size_t n;

	if (p == NULL)
		p = said;
	n = strlen(p);
	if ((vs = strstr(p, " vs. ")) != NULL &&
	    (open = memrchr(p, '(', (size_t)(vs - p))) != NULL && open > p &&
	    open[-1] == ' ')
		n = (size_t)(open - p);
	begin(r, "glog", p, n);
}

/* "F1127 10:08:30.613469 10340 glog.cc:2] words", from the digits on. */
static bool
begins_glog(struct pf_report *r, const char *line)
{
	size_t digits = strspn(line + 1, "0123456789");
	const char *end = strstr(line, "] "), *file, *number;

	if ((digits != 4 && digits != 8) || line[1 + digits] != ' ' ||
	    !isdigit((unsigned char)line[2 + digits]) || end == NULL ||
	    (number = memrchr(line, ':', (size_t)(end - line))) == NULL ||
	    !isdigit((unsigned char)number[1]) ||
	    (file = memrchr(line, ' ', (size_t)(number - line))) == NULL)
		return false;
	begin_check(r, end + 2);
	set_place(r, file + 1, (size_t)(number - file - 1), number + 1);
	return true;
}

/* "[9:9:0102/030405.678:FATAL:chunk.cc(12)] words" */
static bool
begins_chromium(struct pf_report *r, const char *line)
{
	const char *file = strstr(line, ":FATAL:"), *open, *end;

	if (file == NULL || !isdigit((unsigned char)line[1]))
		return false;
	file += 7;
	if ((open = strchr(file, '(')) == NULL ||
	    (end = strstr(open, ")] ")) == NULL)
		return false;
	begin_check(r, end + 3);
	set_place(r, file, (size_t)(open - file), open + 1);
	return true;
}

static bool
begins_libcxx(struct pf_report *r, const char *line)
{
	static const char old[] = ": _LIBCPP_ASSERT '", new[] = ": assertion ";
	const char *p = strstr(line, old), *end, *number;

	if (p != NULL)
		end = strstr(p, "' failed.");
	else if ((p = strstr(line, new)) != NULL)
		end = strstr(p, " failed");
	else
		return false;
	number = memrchr(line, ':', (size_t)(p - line));
	if (end == NULL || number == NULL ||
	    !isdigit((unsigned char)number[1]) || strchr(line, ' ') != p + 1)
		return false;
	p = strstr(p, *end == '\'' ? "'" : "assertion ");
	p += *end == '\'' ? 1 : 10;
	begin(r, "cxx", p, end > p ? (size_t)(end - p) : 0);
	set_place(r, line, (size_t)(number - line), number + 1);
	return true;
}

/* "*** SIGSEGV (@0x0) received by PID ...", "*** SIGSEGV received at ..." */
static bool
begins_handler(struct pf_report *r, const char *said)
{
	const char *p = said + strcspn(said, " ");
	int sig = pf_signal_find(said, (size_t)(p - said));
	uint64_t a;

	if (sig == 0 || strstr(p, " received ") == NULL)
		return false;
	pf_report_signal(r, sig);
	pf_reader_tool(r, "glog");
	r->hold = PF_HOLD_FIRM;
	if ((sig == SIGSEGV || sig == SIGBUS) &&
	    (p = pf_line_after(p, " (@")) != NULL && pf_line_hex(p, &a))
		pf_report_addr(r, a);
	return true;
}

static bool
begins(struct pf_report *r, const char *line, size_t n)
{
	const char *p;

	(void)n;
	switch (line[0]) {
	case 'A':
		return (p = pf_line_after(line, "Assertion failed: ")) !=
		    NULL && (begins_bsd(r, p) || begins_musl(r, p));
	case 'B':
		return (p = pf_line_after(line, "Bail out! ERROR:")) != NULL &&
		    begins_glib(r, p);
	case 'E':
		return (p = pf_line_after(line, "ERROR:")) != NULL &&
		    begins_glib(r, p);
	case 'F':
		return begins_glog(r, line);
	case '(':
		return begins_error(r, line);
	case '[':
		return begins_chromium(r, line);
	case '*':
		p = pf_line_after(line, "*** ");
		return p != NULL ? begins_handler(r, p) :
		    pf_line_after(line, "** (") != NULL &&
		    begins_error(r, line);
	default:
		return begins_libcxx(r, line);
	}
}

/* "    @     0x55ca81b7a5d8  parse()", "PC: @     0x55ca (unknown)" */
static bool
line(struct pf_report *r, const char *s, size_t n)
{
	const char *p = pf_line_skip(s);
	struct pf_frame *f;
	uint64_t pc;

	(void)n;
	if (strcmp(r->tool, "glog") != 0)
		return false;
	/* The first frame is told twice. */
	if (pf_line_after(p, "*** Check failure stack") != NULL ||
	    pf_line_after(p, "PC: @") != NULL)
		return true;
	if (*p != '@' || !pf_line_hex(pf_line_skip(p + 1), &pc))
		return r->nframes == 0 && r->phase++ < 3;
	p = pf_line_skip(p + 1);
	p = pf_line_skip(p + strcspn(p, " "));
	/* Newer ones tell how large a frame is. */
	if (isdigit((unsigned char)*p) && strchr(p, ' ') != NULL)
		p = pf_line_skip(strchr(p, ' '));
	f = pf_report_frame(r);
	f->pc = pc;
	if (pf_line_after(p, "(unknown)") == NULL)
		pf_frame_name(r, f, p, strlen(p));
	return true;
}

const struct pf_reader pf_read_check = { .begins = begins, .line = line };
