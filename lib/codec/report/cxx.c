/*
 * A C++ program that ends by itself: an exception that nobody caught, a call
 * of what is not there.
 *
 *	terminate called after throwing an instance of 'std::out_of_range'
 *	  what():  vector::_M_range_check
 *
 *	libc++abi: terminating due to uncaught exception of type T: words
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "codec/report/line.h"
#include "codec/report/readers.h"
#include "codec/report/scan.h"

enum { WORDS = 1 };	/* what() may follow */

static void
begin(struct pf_report *r, const char *word, const char *said, size_t n)
{
	pf_reader_begin(r, "cxx", word);
	r->hold = PF_HOLD_ABORT;
	r->signal = SIGABRT;
	r->message = pf_report_text(r, said, n);
}

/* The type of what was thrown: that of a library without the namespace of its
 * version, "std::__1::"; one of several words is no name of a function. */
static void
set_type(struct pf_report *r, const char *type, size_t n)
{
	size_t in = 7 + strcspn(type + (n < 7 ? n : 7), ":<");
	char plain[PF_REPORT_NAME];

	if (n > 7 && memcmp(type, "std::__", 7) == 0 && in + 1 < n &&
	    type[in] == ':') {
		n = (size_t)snprintf(plain, sizeof(plain), "std%.*s",
		    (int)(n - in), type + in);
		type = plain;
		if (n >= sizeof(plain))
			n = sizeof(plain) - 1;
	}
	if (memchr(type, ' ', n) != NULL && memchr(type, '<', n) == NULL &&
	    memchr(type, '(', n) == NULL)
		r->place.name = pf_report_text(r, type, n);
	else
		pf_frame_name(r, &r->place, type, n);
}

/* What was thrown stands for the place where no stack tells one: which
 * exception it was tells it from its neighbours. */
static void
uncaught(struct pf_report *r, const char *said, size_t n)
{
	const char *words = strstr(said, ": ");

	/* The name is what MemorySanitizer did not let it say. */
	if (pf_line_after(said, "Uninitialized bytes in ") != NULL)
		n = 0;
	begin(r, "uncaught exception", said, n);
	if (words != NULL && (size_t)(words - said) < n)
		n = (size_t)(words - said);
	set_type(r, said, n);
}

static bool
begins_gnu(struct pf_report *r, const char *line)
{
	const char *p, *type;

	if (strcmp(line, "pure virtual method called") == 0 ||
	    strcmp(line, "deleted virtual method called") == 0) {
		begin(r, "pure-virtual-call", line, strlen(line));
		return true;
	}
	if ((p = pf_line_after(line, "terminate called ")) == NULL)
		return false;
	type = pf_line_after(p, "after throwing an instance of '");
	if (type != NULL) {
		uncaught(r, type, strcspn(type, "'"));
		r->phase = WORDS;
	} else if (pf_line_after(p, "without an active exception") != NULL ||
	    pf_line_after(p, "recursively") != NULL)
		begin(r, "terminate", line, strlen(line));
	else
		return false;
	return true;
}

static bool
begins_llvm(struct pf_report *r, const char *line)
{
	static const char of[] = "uncaught exception of type ";
	const char *p = pf_line_after(line, "libc++abi: ");

	if (p == NULL)
		p = pf_line_after(line, "libc++abi.dylib: ");
	if (p == NULL)
		return false;
	if (strstr(p, "irtual function called") != NULL)
		begin(r, "pure-virtual-call", p, strlen(p));
	else if (pf_line_after(p, "terminating") == NULL)
		return false;
	else if (strstr(p, of) != NULL) {
		p = strstr(p, of) + sizeof(of) - 1;
		uncaught(r, p, strlen(p));
	} else
		begin(r, "terminate", p, strlen(p));
	return true;
}

static bool
begins(struct pf_report *r, const char *line, size_t n)
{
	(void)n;
	switch (line[0]) {
	case 't':
	case 'p':
	case 'd':
		return begins_gnu(r, line);
	case 'l':
		return begins_llvm(r, line);
	default:
		return false;
	}
}

/* The words of the exception are put behind its type. */
static bool
line(struct pf_report *r, const char *s, size_t n)
{
	const char *p = pf_line_after(s, "  what():  ");
	char both[PF_REPORT_NAME];

	(void)n;
	if (r->phase != WORDS || p == NULL)
		return false;
	if (snprintf(both, sizeof(both), "%s: %s", r->message, p) > 0)
		r->message = pf_report_text(r, both, strlen(both));
	return false;
}

const struct pf_reader pf_read_cxx = { .begins = begins, .line = line };
