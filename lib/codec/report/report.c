/*
 * Filling the record of a crash; see report.h.
 */
#include <stdio.h>
#include <string.h>

#include "codec/report/report.h"

void
pf_report_init(struct pf_report *r, char *text, size_t room)
{
	/* The arrays are long, and what is beyond their counts is not read. */
	r->tool[0] = r->type[0] = r->coarse[0] = '\0';
	r->hold = PF_HOLD_FIRM;
	r->access = PF_ACCESS_NONE;
	r->size = -1;
	r->has_addr = r->cut = false;
	r->addr = 0;
	r->addr_class = PF_ADDR_NONE;
	r->signal = r->phase = 0;
	r->message = r->token = "";
	r->place = (struct pf_frame){ .name = "", .file = "", .module = "" };
	r->nleaks = r->leaks_dropped = 0;
	r->direct_bytes = r->direct_count = 0;
	r->indirect_bytes = r->indirect_count = r->through_bytes = 0;
	r->nframes = r->nstacks = 0;
	r->text = text;
	r->room = room;
	r->used = 0;
}

const char *
pf_report_text(struct pf_report *r, const char *s, size_t n)
{
	char *p = r->text + r->used;

	if (n == 0)
		return "";
	if (n >= r->room - r->used) {
		r->cut = true;
		return "";
	}
	memcpy(p, s, n);
	p[n] = '\0';
	r->used += n + 1;
	return p;
}

/*
 * Whether all bytes are text, "AAAA", or one other: then it came from an input
 * and not from an allocator.  Programs lie where bytes may look so by chance:
 * at 0x55 or 0x56 and five bytes more, of 32 bits at 0x56 to 0x58.
 */
static bool
is_data(uint64_t a)
{
	unsigned char first = 0, c = 0;
	bool text = true, same = true;
	int n;

	for (n = 0; a != 0; n++, a >>= 8) {
		c = (unsigned char)a;
		if (n == 0)
			first = c;
		text = text && c >= 0x20 && c < 0x7f;
		same = same && c == first;
	}
	if (n < 4 || (n == 6 && (c == 0x55 || c == 0x56)) ||
	    (n == 4 && c >= 0x56 && c <= 0x58))
		return false;
	/* -1 is an error's. */
	return text || (same && first != 0xff);
}

static enum pf_addr
addr_class(uint64_t a)
{
	if (a == 0)
		return PF_ADDR_NULL;
	if (a < PF_NEAR_NULL)
		return PF_ADDR_NEAR_NULL;
	if (is_data(a))
		return PF_ADDR_CONTROLLED;
	/* Of 64 bits the upper ones are equal in what a processor can have: 17
	 * of them, or on aarch64 16; which it was is not told. */
	if (a >> 48 != 0 && a >> 47 != 0x1ffff)
		return PF_ADDR_NON_CANONICAL;
	return PF_ADDR_WILD;
}

void
pf_report_addr(struct pf_report *r, uint64_t a)
{
	r->has_addr = true;
	r->addr = a;
	r->addr_class = addr_class(a);
	if (a < PF_NEAR_NULL && strcmp(r->type, "UNKNOWN") == 0)
		pf_report_type(r, "null-dereference", 16);
}

bool
pf_report_stack(struct pf_report *r, enum pf_stack_kind kind)
{
	struct pf_stack *st;

	/* One that got no frames is taken again. */
	if (r->nstacks > 0 && r->stacks[r->nstacks - 1].n == 0 &&
	    (r->nleaks == 0 ||
	    r->leaks[r->nleaks - 1].stack != r->nstacks - 1)) {
		r->stacks[r->nstacks - 1].kind = kind;
		return true;
	}
	if (r->nstacks == PF_REPORT_STACKS || r->nframes == PF_REPORT_FRAMES) {
		r->cut = true;
		/* So that no frame is added to the one before. */
		if (r->nstacks > 0)
			r->stacks[r->nstacks - 1].dropped++;
		return false;
	}
	st = &r->stacks[r->nstacks++];
	*st = (struct pf_stack){ .kind = kind, .first = (uint16_t)r->nframes };
	return true;
}

struct pf_frame *
pf_report_frame(struct pf_report *r)
{
	struct pf_stack *st;
	struct pf_frame *f = &r->spare;

	if (r->nstacks == 0)
		pf_report_stack(r, PF_STACK_CRASH);
	st = &r->stacks[r->nstacks - 1];
	if (r->nframes < PF_REPORT_FRAMES && st->n < PF_STACK_FRAMES &&
	    st->dropped == 0) {
		f = &r->frames[r->nframes++];
		st->n++;
	} else {
		r->cut = true;
		st->dropped += st->dropped < UINT32_MAX;
	}
	*f = (struct pf_frame){ .name = "", .file = "", .module = "" };
	return f;
}

static void
add_sum(int64_t *sum, int64_t v)
{
	if (v > 0)
		*sum = v > INT64_MAX - *sum ? INT64_MAX : *sum + v;
}

void
pf_report_leak(struct pf_report *r, bool indirect, int64_t bytes,
    int64_t count, int64_t through)
{
	struct pf_leak *l;
	bool room;

	add_sum(&r->through_bytes, through);
	add_sum(indirect ? &r->indirect_bytes : &r->direct_bytes, bytes);
	add_sum(indirect ? &r->indirect_count : &r->direct_count, count);
	room = pf_report_stack(r, PF_STACK_ALLOC);
	if (r->nleaks == PF_REPORT_LEAKS) {
		r->leaks_dropped++;
		r->cut = true;
		return;
	}
	l = &r->leaks[r->nleaks++];
	*l = (struct pf_leak){ .indirect = indirect, .bytes = bytes,
	    .count = count, .through = through, .stack = room ?
	    (uint16_t)(r->nstacks - 1) : PF_REPORT_STACKS };
}

int64_t
pf_report_indirect(const struct pf_report *r)
{
	return r->indirect_bytes > r->through_bytes ? r->indirect_bytes :
	    r->through_bytes;
}

int64_t
pf_report_leaked(const struct pf_report *r)
{
	int64_t sum = r->direct_bytes;

	if (r->direct_count == 0 && r->indirect_count == 0)
		return -1;
	add_sum(&sum, pf_report_indirect(r));
	return sum;
}

const struct pf_stack *
pf_report_main(const struct pf_report *r)
{
	const struct pf_stack *any = NULL;
	bool direct;
	size_t i;

	for (i = 0; i < r->nstacks; i++) {
		if (r->stacks[i].n == 0)
			continue;
		if (r->stacks[i].kind == PF_STACK_CRASH)
			return &r->stacks[i];
		if (any == NULL)
			any = &r->stacks[i];
	}
	if (r->nleaks == 0)
		return any;
	/* What leaked directly is not what leaked through something else. */
	direct = !r->leaks[0].indirect;
	for (i = 1; i < r->nleaks && !direct; i++)
		direct = !r->leaks[i].indirect;
	for (i = 0; i < r->nleaks; i++)
		if (r->leaks[i].indirect != direct &&
		    r->leaks[i].stack < r->nstacks &&
		    r->stacks[r->leaks[i].stack].n > 0)
			return &r->stacks[r->leaks[i].stack];
	return NULL;
}

/* Of what memcpy() and the like do chance gives the size. */
static bool
in_runtime(const struct pf_report *r)
{
	const struct pf_stack *st = pf_report_main(r);

	return st != NULL && r->frames[st->first].ignored;
}

void
pf_report_title(char out[PF_TITLE_TEXT], const struct pf_report *r)
{
	const char *did = r->access == PF_ACCESS_READ ? " READ" :
	    r->access == PF_ACCESS_WRITE ? " WRITE" : "";
	char size[16] = "";
	bool one = r->size > 0 && r->size <= 64 &&
	    (r->size & (r->size - 1)) == 0 && !in_runtime(r);

	if (*did != '\0' && one)
		snprintf(size, sizeof(size), " %d", (int)r->size);
	else if (*did != '\0' && r->size >= 0)
		snprintf(size, sizeof(size), " {*}");
	snprintf(out, PF_TITLE_TEXT, "%s%s%s", r->type, did, size);
}

const char *
pf_access_word(enum pf_access a)
{
	static const char *const words[] = { "", "read", "write", "exec",
	    "free" };

	return words[a];
}

const char *
pf_addr_word(enum pf_addr a)
{
	static const char *const words[] = { "", "null", "near-null", "stack",
	    "heap", "global", "non-canonical", "controlled", "wild" };

	return words[a];
}

const char *
pf_stack_word(enum pf_stack_kind k)
{
	static const char *const words[] = { "crash", "free", "alloc",
	    "other" };

	return words[k];
}
