/*
 * What the C library says before it aborts: a failed assertion, a heap that
 * is not in order, a smashed stack, an array that was too small.
 *
 *	prog: chunk.c:12: parse: Assertion `n > 0' failed.
 *	free(): double free detected in tcache 2
 *	*** stack smashing detected ***: terminated
 *	*** Error in `./prog': free(): invalid pointer: 0x00007ffe ***
 *
 * The last is how it was before 2.26, with a backtrace.
 */
#include <signal.h>
#include <string.h>

#include "codec/report/line.h"
#include "codec/report/readers.h"
#include "codec/report/scan.h"

/* How the lines begin, and the word for them; see types.c. */
static const struct {
	const char	*says;
	const char	*word;
} heap[] = {
	{ "double free or corruption (fasttop)", "double free" },
	{ "double free or corruption",		"heap corruption" },
	{ "free(): double free detected",	"double free" },
	{ "free(): invalid pointer",		"invalid pointer" },
	{ "munmap_chunk(): invalid pointer",	"invalid pointer" },
	{ "realloc(): invalid pointer",		"invalid pointer" },
	{ "mremap_chunk(): invalid pointer",	"invalid pointer" },
	{ "corrupted size vs. prev_size",	"heap corruption" },
	{ "corrupted double-linked list",	"heap corruption" },
	{ "malloc: top chunk is corrupt",	"heap corruption" },
	{ "break adjusted to free malloc space", "heap corruption" },
	{ "malloc_consolidate(): ",		"heap corruption" },
	{ "tcache_thread_shutdown(): ",		"heap corruption" },
	{ "malloc(): ",				"heap corruption" },
	{ "calloc(): ",				"heap corruption" },
	{ "realloc(): ",			"heap corruption" },
	{ "free(): ",				"heap corruption" },
	{ "aligned_alloc(): ",			"heap corruption" },
};

#define NHEAP	(sizeof(heap) / sizeof(heap[0]))

static void
begin(struct pf_report *r, const char *word, const char *said, size_t n)
{
	pf_reader_begin(r, "glibc", word);
	r->hold = PF_HOLD_ABORT;
	r->signal = SIGABRT;
	r->message = pf_report_text(r, said, n);
}

static const char *
find_heap(const char *said)
{
	size_t i;

	/* It is asked of every line. */
	if (strchr("abcdfmrt", said[0]) == NULL)
		return NULL;
	for (i = 0; i < NHEAP; i++)
		if (pf_line_after(said, heap[i].says) != NULL)
			return heap[i].word;
	return NULL;
}

/* "*** stack smashing detected ***", and what else has stars. */
static bool
begins_stars(struct pf_report *r, const char *said)
{
	const char *p, *end = strstr(said, " ***");
	size_t n;

	if (end == NULL)
		return false;
	n = (size_t)(end - said);
	if ((p = pf_line_after(said, "Error in `")) != NULL &&
	    (p = strstr(p, "': ")) != NULL && p < end) {
		p += 3;
		if (find_heap(p) == NULL)
			return false;
		begin(r, find_heap(p), p, (size_t)(end - p));
		return true;
	}
	if (pf_line_after(said, "stack smashing detected") != NULL)
		begin(r, "stack smashing", said, n);
	else if (pf_line_after(said, "buffer overflow detected") != NULL)
		begin(r, "buffer overflow detected", said, n);
	else if (pf_line_after(said, "bit out of range") != NULL ||
	    pf_line_after(said, "%n in writable segment") != NULL ||
	    pf_line_after(said, "invalid %N$ use detected") != NULL ||
	    pf_line_after(said, "longjmp causes uninitialized") != NULL)
		begin(r, "fortify-failure", said, n);
	else
		return false;
	return true;
}

/* "prog: file.c:12: int f(int)" before the assertion: where it stands. */
static void
set_place(struct pf_report *r, const char *s, size_t n)
{
	const char *p, *end = s + n, *file = s;

	r->place = (struct pf_frame){ .name = "", .file = "", .module = "" };
	/* Up to ":12: " it is the program and the file. */
	for (p = s; (p = memchr(p, ':', (size_t)(end - p))) != NULL; p++) {
		if (p[1] == ' ' && file == s)
			file = p + 2;
		if (p[1] >= '0' && p[1] <= '9')
			break;
	}
	if (p == NULL)
		return;
	p += 1 + strspn(p + 1, "0123456789");
	if (p > end || *p != ':')
		return;
	/* libstdc++ names no program. */
	if (file > p)
		file = s;
	pf_frame_place(r, &r->place, file, (size_t)(p - file));
	p = pf_line_skip(p + 1);
	if (p < end)
		pf_frame_name(r, &r->place, p, (size_t)(end - p));
}

/* Whether it is one of malloc() itself: then the heap is not in order.  A
 * program may have a malloc.c too. */
static bool
of_malloc(const struct pf_frame *f)
{
	static const char *const within[] = { "sysmalloc", "sysmalloc_mmap",
	    "systrim", "malloc_consolidate", "unlink_chunk", "munmap_chunk",
	    "mremap_chunk", "heap_trim", "grow_heap" };
	const char *file = strrchr(f->file, '/');
	size_t i;

	file = file != NULL ? file + 1 : f->file;
	if (strcmp(file, "malloc.c") != 0 && strcmp(file, "arena.c") != 0)
		return false;
	for (i = 0; i < sizeof(within) / sizeof(within[0]); i++)
		if (strcmp(f->name, within[i]) == 0)
			return true;
	return strncmp(f->name, "_int_", 5) == 0 ||
	    strncmp(f->name, "__libc_", 7) == 0 ||
	    strncmp(f->name, "tcache_", 7) == 0;
}

/* Of assert(), and of libstdc++, which quotes otherwise. */
static bool
begins_assertion(struct pf_report *r, const char *line)
{
	const char *p = strstr(line, ": Assertion "), *end, *last = NULL;

	if (p == NULL || (p[12] != '`' && p[12] != '\''))
		return false;
	for (end = p + 13; (end = strstr(end, "' failed")) != NULL; end++)
		last = end;
	if (last == NULL)
		return false;
	begin(r, "assertion", p + 13, (size_t)(last - (p + 13)));
	if (p[12] == '\'')
		pf_reader_tool(r, "cxx");
	set_place(r, line, (size_t)(p - line));
	if (of_malloc(&r->place))
		pf_report_type(r, "heap corruption", 15);
	return true;
}

static bool
begins(struct pf_report *r, const char *line, size_t n)
{
	const char *p;

	if (line[0] == '*' && (p = pf_line_after(line, "*** ")) != NULL)
		return begins_stars(r, p);
	if (find_heap(line) != NULL) {
		begin(r, find_heap(line), line, n);
		return true;
	}
	/* Since 2.37. */
	if ((p = pf_line_after(line, "Fatal glibc error: ")) != NULL) {
		begin(r, strstr(p, "assertion failed") != NULL &&
		    pf_line_after(p, "malloc.c:") == NULL &&
		    pf_line_after(p, "arena.c:") == NULL ? "assertion" :
		    "heap corruption", p, strlen(p));
		return true;
	}
	return begins_assertion(r, line);
}

/* "./prog(parse+0x12)[0x400512]", "/lib/libc.so.6(+0x777e5)[0x7f12]" */
static bool
read_frame(struct pf_report *r, const char *line)
{
	const char *open = strchr(line, '('), *plus, *close;
	struct pf_frame *f;

	if (open == NULL || open == line || strchr(line, ' ') != NULL ||
	    (close = strstr(open, ")[0x")) == NULL)
		return false;
	f = pf_report_frame(r);
	pf_line_hex(close + 2, &f->pc);
	pf_frame_module(r, f, line, (size_t)(open - line));
	plus = memchr(open, '+', (size_t)(close - open));
	if (plus == NULL)
		plus = close;
	else if (plus == open + 1)
		pf_line_hex(plus + 1, &f->offset);
	pf_frame_name(r, f, open + 1, (size_t)(plus - open - 1));
	return true;
}

static bool
line(struct pf_report *r, const char *s, size_t n)
{
	(void)n;
	if (r->phase == 0) {
		r->phase = strstr(s, "= Backtrace: =") != NULL;
		return r->phase != 0;
	}
	if (r->nstacks == 0)
		pf_report_stack(r, PF_STACK_CRASH);
	return read_frame(r, s);
}

const struct pf_reader pf_read_glibc = { .begins = begins, .line = line };
