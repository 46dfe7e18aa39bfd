/*
 * What the reports of all sanitizers have in common; see san.h.
 */
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "codec/report/line.h"
#include "codec/report/san.h"

/* The phase of the report: whether a frame goes to the stack there is. */
enum { OPEN, CLOSED };

void
pf_san_stack(struct pf_report *r, enum pf_stack_kind kind)
{
	pf_report_stack(r, kind);
	r->phase = OPEN;
}

void
pf_san_close(struct pf_report *r)
{
	if (r->nstacks > 0 && r->stacks[r->nstacks - 1].n > 0)
		r->phase = CLOSED;
}

bool
pf_san_frame(struct pf_report *r, const char *line)
{
	const char *p = pf_line_skip(line);

	if (*p != '#' || p[1] < '0' || p[1] > '9')
		return false;
	if (r->phase == CLOSED)
		pf_san_stack(r, PF_STACK_OTHER);
	return pf_line_frame(r, line);
}

bool
pf_san_token(struct pf_report *r, const char *line)
{
	const char *p = pf_line_after(line, "DEDUP_TOKEN: ");

	if (p == NULL)
		return false;
	if (r->token[0] == '\0')
		r->token = pf_report_text(r, p, strlen(p));
	return true;
}

/* The address that a first line tells, after one of these. */
static void
find_address(struct pf_report *r, const char *said)
{
	static const char *const before[] = { "address 0x", "-ed: 0x",
	    ") on 0x", "double-free on 0x" };
	const char *p;
	uint64_t v, pc;
	size_t i;

	/* Of other signals it is where the program was, or who sent it. */
	if (r->signal != 0 && r->signal != SIGSEGV && r->signal != SIGBUS)
		return;
	for (i = 0; i < sizeof(before) / sizeof(before[0]); i++)
		if ((p = strstr(said, before[i])) != NULL) {
			pf_line_hex(p + strlen(before[i]) - 2, &v);
			pf_report_addr(r, v);
			/* Where it was is where it could not be: it jumped. */
			if (r->signal != 0 &&
			    (p = strstr(p, "(pc 0x")) != NULL &&
			    pf_line_hex(p + 4, &pc) && pc == v)
				r->access = PF_ACCESS_EXEC;
			return;
		}
	/* A processor that refuses an address does not tell it. */
	if (r->signal == SIGSEGV)
		r->addr_class = PF_ADDR_NON_CANONICAL;
}

void
pf_san_begin(struct pf_report *r, const char *tool, const char *said)
{
	size_t n = strcspn(said, " :(\r");
	int sig = pf_signal_find(said, n);

	snprintf(r->tool, sizeof(r->tool), "%s", tool);
	r->hold = PF_HOLD_FIRM;
	if (sig != 0)
		pf_report_signal(r, sig);
	else if (strstr(said, "out of memory") != NULL ||
	    strncmp(said, "hard rss limit", 14) == 0)
		pf_report_type(r, "out-of-memory", 13);
	else if (strncmp(said, "attempting", 10) == 0 ||
	    strncmp(said, "requested", 9) == 0 ||
	    strncmp(said, "specified", 9) == 0 ||
	    strncmp(said, "reallocarray", 12) == 0 ||
	    strncmp(said, "calloc", 6) == 0 ||
	    strncmp(said, "pvalloc", 7) == 0 ||
	    strncmp(said, "invalid al", 10) == 0 ||
	    strncmp(said, "bad parameters", 14) == 0)
		pf_report_type(r, said, strlen(said));
	else if (strncmp(said, "CHECK failed", 12) == 0)
		pf_report_type(r, "check-failure", 13);
	else
		pf_report_type(r, said, n);
	if (strcmp(r->type, "Alloc-dealloc-mismatch") == 0 ||
	    (strstr(r->type, "-free") != NULL && strcmp(r->type,
	    "Heap-use-after-free") != 0))
		r->access = PF_ACCESS_FREE;
	find_address(r, said);
	if (r->has_addr && strcmp(r->type, "Stack-overflow") == 0)
		r->addr_class = PF_ADDR_STACK;
	pf_san_stack(r, PF_STACK_CRASH);
}

bool
pf_san_bare(struct pf_report *r, const char *line, const char *name,
    const char *tool)
{
	const char *p = pf_line_after(pf_line_pid(line), name);

	if (p == NULL || (pf_line_after(p, ": hard rss limit exhausted") ==
	    NULL && pf_line_after(p, ": CHECK failed: ") == NULL))
		return false;
	pf_san_begin(r, tool, p + 2);
	return true;
}

/* Headers of stacks, by what stands in them. */
static const struct {
	const char		*mark;
	enum pf_stack_kind	 kind;
} heads[] = {
	{ "freed by thread ",			PF_STACK_FREE },
	{ "allocated by thread ",		PF_STACK_ALLOC },
	{ "created by a heap allocation",	PF_STACK_ALLOC },
	{ "created by ",			PF_STACK_OTHER },
	{ "was stored to memory at",		PF_STACK_OTHER },
	{ "allocated from:",			PF_STACK_ALLOC },
	{ "in stack of thread ",		PF_STACK_OTHER },
};

/* What the memory at the address is, in the words of the report. */
static const struct {
	const char	*mark;
	enum pf_addr	 is;
} places[] = {
	{ "-byte region [",		PF_ADDR_HEAP },
	{ "is located in stack of ",	PF_ADDR_STACK },
	{ "global variable '",		PF_ADDR_GLOBAL },
	{ "points to the zero page",	PF_ADDR_NULL },
	{ "dereference of a high value",	PF_ADDR_NON_CANONICAL },
};

static void
look_at_place(struct pf_report *r, const char *p)
{
	size_t i;

	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (strstr(p, places[i].mark) != NULL)
			break;
	if (i == sizeof(places) / sizeof(places[0]) ||
	    (places[i].is == PF_ADDR_NULL && r->has_addr) ||
	    (places[i].is == PF_ADDR_NON_CANONICAL &&
	    r->addr_class == PF_ADDR_CONTROLLED))
		return;
	r->addr_class = places[i].is;
	if (places[i].is == PF_ADDR_NULL && strcmp(r->type, "UNKNOWN") == 0)
		pf_report_type(r, "null-dereference", 16);
}

/* "READ of size 4 at 0x602 thread T0" */
static bool
is_access(struct pf_report *r, const char *p)
{
	const char *q;

	if (r->access == PF_ACCESS_NONE &&
	    ((q = pf_line_after(p, "READ of size ")) != NULL ||
	    (q = pf_line_after(p, "WRITE of size ")) != NULL)) {
		r->access = *p == 'R' ? PF_ACCESS_READ : PF_ACCESS_WRITE;
		pf_line_num(q, &r->size);
		return true;
	}
	if ((q = strstr(p, "signal is caused by a ")) == NULL)
		return false;
	q += 22;
	if (r->access == PF_ACCESS_EXEC)
		return true;
	if (strncmp(q, "READ", 4) == 0)
		r->access = PF_ACCESS_READ;
	else if (strncmp(q, "WRITE", 5) == 0)
		r->access = PF_ACCESS_WRITE;
	return true;
}

bool
pf_san_line(struct pf_report *r, const char *line)
{
	const char *p;
	size_t i;

	if (pf_san_frame(r, line) || pf_san_token(r, line))
		return true;
	if (strncmp(line, "SUMMARY: ", 9) == 0)
		return false;
	p = pf_line_pid(pf_line_skip(line));
	if (*p == '\0') {
		pf_san_close(r);
		return true;
	}
	if (is_access(r, p))
		return true;
	if (strstr(p, "Hint: PC is at a non-executable region") != NULL ||
	    strstr(p, "pc points to the zero page") != NULL)
		r->access = PF_ACCESS_EXEC;
	if (r->addr_class == PF_ADDR_NONE || r->addr_class == PF_ADDR_WILD ||
	    r->addr_class == PF_ADDR_CONTROLLED)
		look_at_place(r, p);
	for (i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		if (strstr(p, heads[i].mark) != NULL) {
			pf_san_stack(r, heads[i].kind);
			return true;
		}
	return true;
}
