/*
 * The words of valgrind, the same in text and in XML; see readers.h.
 */
#include <string.h>

#include "codec/report/line.h"
#include "codec/report/readers.h"

/* How errors begin, and the word for them; see types.c. */
static const struct {
	const char	*says;
	const char	*word;
	enum pf_access	 access;
} errors[] = {
	{ "Invalid read of size ",	"invalid access", PF_ACCESS_READ },
	{ "Invalid write of size ",	"invalid access", PF_ACCESS_WRITE },
	{ "Jump to the invalid address stated on the next line",
	    "invalid access", PF_ACCESS_EXEC },
	{ "Invalid free() / delete ",	"attempting free on address",
	    PF_ACCESS_FREE },
	{ "Mismatched ",		"alloc-dealloc-mismatch",
	    PF_ACCESS_FREE },
	{ "Conditional jump or move depends on uninitialised value",
	    "use-of-uninitialized-value", PF_ACCESS_NONE },
	{ "Use of uninitialised value of size ",
	    "use-of-uninitialized-value", PF_ACCESS_NONE },
	{ "Source and destination overlap in ", "overlap", PF_ACCESS_NONE },
	{ "realloc() with size 0",	"realloc-of-nothing", PF_ACCESS_NONE },
	{ "Stack overflow in thread ",	"stack-overflow", PF_ACCESS_NONE },
	/* helgrind, DRD */
	{ "Possible data race during read of size ", "data race",
	    PF_ACCESS_READ },
	{ "Possible data race during write of size ", "data race",
	    PF_ACCESS_WRITE },
	{ "Conflicting load by ",	"data race",	PF_ACCESS_READ },
	{ "Conflicting store by ",	"data race",	PF_ACCESS_WRITE },
};

#define NERRORS	(sizeof(errors) / sizeof(errors[0]))

static void
begin(struct pf_report *r, const char *word, const char *said)
{
	pf_reader_begin(r, "valgrind", word);
	r->hold = PF_HOLD_FIRM;
	r->message = pf_report_text(r, said, strlen(said));
	r->phase = 0;
}

/* "Syscall param write(buf) points to uninitialised byte(s)" and such. */
static bool
what_else(struct pf_report *r, const char *s)
{
	static const char ends[] =
	    "Process terminating with default action of signal ";
	const char *p;
	int64_t sig;

	if (pf_line_after(s, "Syscall param ") != NULL) {
		begin(r, strstr(s, "uninitialised") != NULL ?
		    "use-of-uninitialized-value" : "bad-syscall-argument", s);
		return true;
	}
	if ((p = pf_line_after(s, ends)) != NULL) {
		begin(r, "unknown", s);
		if (pf_line_num(p, &sig) && sig > 0 && sig < 65)
			pf_report_signal(r, (int)sig);
		return true;
	}
	if (pf_line_after(s, "Argument '") != NULL &&
	    strstr(s, " has a fishy (possibly negative) value") != NULL) {
		begin(r, "negative-size-param", s);
		return true;
	}
	if (pf_line_after(s, "Thread #") == NULL)
		return false;
	if (strstr(s, ": lock order \"") != NULL)
		begin(r, "lock-order-inversion", s);
	else if (strstr(s, " unlocked a not-locked lock") != NULL ||
	    strstr(s, " unlocked lock at 0x") != NULL ||
	    strstr(s, " unlocked an invalid lock") != NULL)
		begin(r, "bad-unlock", s);
	else if (strstr(s, "pthread_mutex_destroy of a locked") != NULL)
		begin(r, "mutex-destroy-locked", s);
	else
		return false;
	return true;
}

bool
pf_valgrind_what(struct pf_report *r, const char *s)
{
	const char *p = NULL, *at;
	uint64_t a;
	size_t i;

	for (i = 0; i < NERRORS; i++)
		if ((p = pf_line_after(s, errors[i].says)) != NULL)
			break;
	if (i == NERRORS)
		return what_else(r, s);
	if (strcmp(errors[i].word, "overlap") == 0)
		begin(r, pf_line_after(p, "mem") != NULL ?
		    "memcpy-param-overlap" : "strcpy-param-overlap", s);
	else
		begin(r, errors[i].word, s);
	r->access = errors[i].access;
	if ((at = strstr(p, " size ")) != NULL)
		pf_line_num(at + 6, &r->size);
	else if (*p >= '0' && *p <= '9' && r->access != PF_ACCESS_NONE)
		pf_line_num(p, &r->size);
	/* helgrind has the address here. */
	if (strcmp(errors[i].word, "data race") == 0 &&
	    (at = strstr(p, " at 0x")) != NULL && pf_line_hex(at + 4, &a))
		pf_report_addr(r, a);
	return true;
}

static void
set_type(struct pf_report *r, const char *from, const char *to)
{
	if (strcmp(r->type, from) == 0)
		pf_report_type(r, to, strlen(to));
}

/* "... is 16 bytes inside a block of size 20": whether an access of this size
 * ends beyond it.  Without a size it begins there. */
static bool
ends_within(const struct pf_report *r, const char *s)
{
	const char *p = strstr(s, " bytes inside a block of size "), *at;
	int64_t offset, size;

	if (p == NULL || (at = strstr(s, " is ")) == NULL ||
	    !pf_line_num(at + 4, &offset) || !pf_line_num(p + 30, &size))
		return p != NULL;
	return r->size <= size && offset <= size - r->size;
}

/* "... 0 bytes inside a block of size 64 free'd": which error it was. */
static void
of_block(struct pf_report *r, const char *s)
{
	bool freed = strstr(s, " free'd") != NULL;

	/* It was freed, and is another's by now. */
	if (strstr(s, " a recently re-allocated block") != NULL)
		set_type(r, "UNKNOWN", "heap-use-after-free");
	else if (freed) {
		set_type(r, "UNKNOWN", "heap-use-after-free");
		set_type(r, "Bad-free", "attempting double-free");
	} else if (!ends_within(r, s))
		set_type(r, "UNKNOWN", "heap-buffer-overflow");
	pf_report_stack(r, freed ? PF_STACK_FREE : PF_STACK_ALLOC);
}

/* "0x4a44060 is 0 bytes after a block of size 32 alloc'd" */
static void
read_address(struct pf_report *r, const char *s)
{
	uint64_t a;

	if (!pf_line_hex(s, &a) || (r->has_addr && r->addr != a))
		return;
	if (strstr(s, " a block of size ") != NULL ||
	    strstr(s, " a recently re-allocated block of size ") != NULL) {
		of_block(r, s);
		pf_report_addr(r, a);
		r->addr_class = PF_ADDR_HEAP;
		return;
	}
	pf_report_addr(r, a);
	if (strstr(s, "'s stack") != NULL ||
	    strstr(s, " below stack pointer") != NULL)
		r->addr_class = PF_ADDR_STACK;
	else if (strstr(s, " data symbol ") != NULL ||
	    strstr(s, " segment") != NULL)
		r->addr_class = PF_ADDR_GLOBAL;
}

void
pf_valgrind_aux(struct pf_report *r, const char *s)
{
	const char *p;
	uint64_t a;

	if ((p = pf_line_after(s, "Address ")) != NULL)
		read_address(r, p);
	else if (pf_line_after(s, "Block was alloc'd at") != NULL)
		pf_report_stack(r, PF_STACK_ALLOC);
	else if (pf_line_after(s, "Uninitialised value was created") != NULL)
		pf_report_stack(r, PF_STACK_OTHER);
	/* Both orders of locks, each by its two stacks. */
	else if (pf_line_after(s, "followed by a later acquisition") != NULL ||
	    pf_line_after(s, "Required order was established") != NULL)
		pf_report_stack(r, PF_STACK_CRASH);
	else if ((p = strstr(s, " at address 0x")) != NULL &&
	    pf_line_hex(p + 12, &a)) {
		/* Why it was ended by a signal. */
		if (!r->has_addr && (strstr(s, "not within mapped") != NULL ||
		    strstr(s, "Bad permissions") != NULL))
			pf_report_addr(r, a);
		if (strcmp(r->coarse, "stack-overflow") == 0)
			r->addr_class = PF_ADDR_STACK;
	} else if (pf_line_after(s,
	    "Process terminating with default action of signal ") == NULL &&
	    r->nframes > 0 && pf_line_after(s, "in frame #") == NULL)
		/* Another thread's, another lock's. */
		pf_report_stack(r, PF_STACK_OTHER);
}

/* What may be lost is of no interest beside what is: as if it had not been
 * told. */
static void
forget_leaks(struct pf_report *r)
{
	r->nleaks = r->nstacks = r->nframes = 0;
	r->leaks_dropped = 0;
	r->direct_bytes = r->direct_count = 0;
	r->indirect_bytes = r->indirect_count = 0;
	r->through_bytes = 0;
	r->cut = false;
}

/* "(32 direct, 1,064 indirect)": the block's own bytes, and what is lost
 * through it; that is told once more in records of its own if they were asked
 * for. */
static void
read_parts(const char *s, int64_t *bytes, int64_t *through)
{
	const char *p = strstr(s, " direct, ");

	if (pf_line_num(s, bytes) && p != NULL)
		pf_line_num(p + 9, through);
}

static bool
is_possible(const struct pf_report *r)
{
	return r->nleaks > 0 && strcmp(r->type, "Possible-leak") == 0;
}

/* "1,096 (32 direct, 1,064 indirect) bytes in 1 blocks are definitely lost" */
int
pf_valgrind_leak(struct pf_report *r, const char *s)
{
	const char *p = strstr(s, " bytes in "), *how;
	bool direct, indirect;
	int64_t bytes, count, through = 0;

	if (*s < '0' || *s > '9' || p == NULL ||
	    (how = strstr(p, " blocks are ")) == NULL)
		return -1;
	how += 12;
	direct = pf_line_after(how, "definitely lost") != NULL;
	indirect = pf_line_after(how, "indirectly lost") != NULL;
	if (!direct && !indirect && (pf_line_after(how, "possibly lost") ==
	    NULL || (r->tool[0] != '\0' && !is_possible(r))))
		return 0;
	if ((direct || indirect) && is_possible(r))
		forget_leaks(r);
	if (r->nleaks == 0)
		begin(r, direct ? "Direct leak" : indirect ? "Indirect leak" :
		    "possibly lost", s);
	else if (direct)
		/* A direct one is the cause of the others. */
		pf_report_type(r, "Direct leak", 11);
	pf_line_num(s, &bytes);
	pf_line_num(p + 10, &count);
	if ((p = strstr(s, " (")) != NULL && p < how)
		read_parts(p + 2, &bytes, &through);
	pf_report_leak(r, indirect, bytes, count, through);
	return 1;
}
