/*
 * A Rust program that panics, overflows its stack or runs out of memory.
 *
 *	thread 'main' panicked at src/shelf.rs:12:9:
 *	index out of bounds: the len is 3 but the index is 7
 *	stack backtrace:
 *	   0: rust_begin_unwind
 *	             at /rustc/90c5/library/std/src/panicking.rs:647:5
 *	   1:     0x55d5c0ffee - panic::index::h0123456789abcdef
 *
 * Before 1.73 the first line held the words too:
 *
 *	thread 'main' panicked at 'the words', src/shelf.rs:12:9
 */
#include <signal.h>
#include <string.h>

#include "codec/report/line.h"
#include "codec/report/readers.h"
#include "codec/report/scan.h"

enum {
	AFTER,		/* what was said is known */
	WORDS,		/* they are the next line */
	WORDS_ON,	/* they go on, up to the place */
	FRAMES
};

static const struct {
	const char	*says;
	const char	*word;
} words[] = {
	{ "index out of bounds",	"index-out-of-bounds" },
	{ "range start index ",		"index-out-of-bounds" },
	{ "range end index ",		"index-out-of-bounds" },
	{ "slice index starts at ",	"index-out-of-bounds" },
	{ "byte index ",		"index-out-of-bounds" },
	{ "start byte index ",		"index-out-of-bounds" },
	{ "end byte index ",		"index-out-of-bounds" },
	{ "attempt to divide by zero",	"divide-by-zero" },
	{ "attempt to calculate the remainder with a divisor of zero",
	    "divide-by-zero" },
	{ "attempt to ",		"integer-overflow" },
	{ "assertion ",			"assertion" },
};

#define NWORDS	(sizeof(words) / sizeof(words[0]))

/*
 * "assertion `left == right` failed: words with 7 in them": what was compared
 * tells it from its neighbours, the words may be others each time.
 */
static size_t
expression(const char *s, size_t n)
{
	static const char end[] = "` failed";
	const char *p;

	if (n < 11 || memcmp(s, "assertion `", 11) != 0 ||
	    (p = memmem(s, n, end, strlen(end))) == NULL)
		return n;
	return (size_t)(p - s) + strlen(end);
}

static void
said(struct pf_report *r, const char *s, size_t n)
{
	const char *word = "panic";
	size_t i, len;

	for (i = 0; i < NWORDS; i++) {
		len = strlen(words[i].says);
		if (len <= n && memcmp(s, words[i].says, len) == 0) {
			word = words[i].word;
			break;
		}
	}
	pf_report_type(r, word, strlen(word));
	r->message = pf_report_text(r, s, expression(s, n));
}

static void
placed(struct pf_report *r, const char *s, size_t n)
{
	if (n > 0 && s[n - 1] == ':')
		n--;
	r->place = (struct pf_frame){ .name = "", .file = "", .module = "" };
	pf_frame_place(r, &r->place, s, n);
}

/* "words', src/a.rs:1:2"; of words that go on, only the first line is kept. */
static void
old_words(struct pf_report *r, const char *s)
{
	const char *p, *last = NULL;

	for (p = s; (p = strstr(p, "', ")) != NULL; p++)
		last = p;
	if (r->phase != WORDS_ON)
		said(r, s, last == NULL ? strlen(s) : (size_t)(last - s));
	r->phase = last == NULL ? WORDS_ON : AFTER;
	if (last != NULL)
		placed(r, last + 3, strlen(last + 3));
}

static bool
begins_thread(struct pf_report *r, const char *line)
{
	const char *p;

	if ((p = strstr(line, " panicked at ")) != NULL) {
		p += 13;
		pf_reader_begin(r, "rust", "panic");
		r->hold = PF_HOLD_ABORT;
		if (*p == '\'') {
			old_words(r, p + 1);
		} else {
			placed(r, p, strlen(p));
			r->phase = WORDS;
		}
		return true;
	}
	if (strstr(line, " has overflowed its stack") == NULL)
		return false;
	pf_reader_begin(r, "rust", "stack-overflow");
	r->hold = PF_HOLD_ABORT;
	r->signal = SIGABRT;
	return true;
}

static bool
begins(struct pf_report *r, const char *line, size_t n)
{
	const char *p;

	switch (line[0]) {
	case 't':
		return pf_line_after(line, "thread '") != NULL &&
		    begins_thread(r, line);
	case 'm':
		if ((p = pf_line_after(line, "memory allocation of ")) ==
		    NULL || strstr(p, " bytes failed") == NULL)
			return false;
		pf_reader_begin(r, "rust", "out of memory");
		pf_line_num(p, &r->size);
		break;
	case 'f':
		if (pf_line_after(line, "fatal runtime error: ") == NULL)
			return false;
		pf_reader_begin(r, "rust", strstr(line, "stack overflow") !=
		    NULL ? "stack-overflow" : "panic");
		break;
	default:
		return false;
	}
	r->hold = PF_HOLD_ABORT;
	r->signal = SIGABRT;
	r->message = pf_report_text(r, line, n);
	return true;
}

/* A function: behind its number, or of the same frame without one. */
static bool
read_frame(struct pf_report *r, const char *p)
{
	struct pf_frame *f;
	const char *dash;
	size_t digits;
	uint64_t pc = 0;
	bool outer = true;

	digits = strspn(p, "0123456789");
	if (digits > 0 && p[digits] == ':') {
		outer = false;
		p = pf_line_skip(p + digits + 1);
		if (pf_line_after(p, "0x") != NULL &&
		    (dash = strstr(p, " - ")) != NULL) {
			pf_line_hex(p, &pc);
			p = dash + 3;
		}
	}
	if (*p == '\0')
		return false;
	f = pf_report_frame(r);
	f->pc = pc;
	if (strcmp(p, "<unknown>") != 0)
		pf_frame_name(r, f, p, strlen(p));
	if (outer)
		pf_reader_inlined(r, f);
	return true;
}

static bool
in_stack(struct pf_report *r, const char *s)
{
	const char *p = pf_line_skip(s), *at = pf_line_after(p, "at ");
	struct pf_frame *f = pf_reader_last(r);

	if (p == s)
		return false;
	if (at == NULL)
		return read_frame(r, p);
	if (f != NULL)
		pf_frame_place(r, f, at, strlen(at));
	return true;
}

static bool
line(struct pf_report *r, const char *s, size_t n)
{
	switch (r->phase) {
	case WORDS:
		said(r, s, n);
		r->phase = AFTER;
		return true;
	case WORDS_ON:
		old_words(r, s);
		return true;
	case FRAMES:
		return in_stack(r, s);
	default:
		if (strcmp(s, "stack backtrace:") == 0) {
			pf_report_stack(r, PF_STACK_CRASH);
			r->phase = FRAMES;
		}
		return true;
	}
}

const struct pf_reader pf_read_rust = { .begins = begins, .line = line };
