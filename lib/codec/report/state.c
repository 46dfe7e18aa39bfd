/*
 * Crash state and hashes; see state.h.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/hash.h"
#include "codec/report/state.h"

#define PERIOD_MAX	8	/* functions that call one another in a ring */
#define DEEP		200	/* frames of a stack that is full */
#define TOP		8	/* frames that are nothing but recursion */
#define RECURS		4	/* times at least, in a stack that overflowed */

/* The names of the frames of a stack that mean something. */
struct names {
	const char	*name[PF_STACK_FRAMES];
	size_t		 n;
	size_t		 folded;
};

static const char *
base_name(const char *path)
{
	const char *p = strrchr(path, '/');

	return p != NULL ? p + 1 : path;
}

/* What is behind the last "::", but for that of a type to convert to. */
static const char *
last_part(const char *name)
{
	const char *p, *last = name;

	for (p = strstr(name, "::"); p != NULL; p = strstr(p + 2, "::")) {
		if (strncmp(last, "operator", 8) == 0 && last[8] == ' ')
			break;
		last = p + 2;
	}
	return last;
}

/* Of a lambda, or what belongs to something else without a name, one compiler
 * tells namespaces, classes and functions around it, another nothing. */
static const char *
short_name(const struct pf_frame *f)
{
	if (f->local || strstr(f->name, "(anonymous)::") != NULL ||
	    strstr(f->name, "{lambda}::") != NULL ||
	    strstr(f->name, "{unnamed}::") != NULL)
		return last_part(f->name);
	return f->name;
}

/* What a frame is called; "" if there is nothing that lasts. */
static const char *
name_of(struct pf_report *r, const struct pf_frame *f)
{
	char text[PF_REPORT_PATH + 32];
	int n;

	if (f->name[0] != '\0')
		return short_name(f);
	if (f->module[0] != '\0') {
		n = snprintf(text, sizeof(text), "%s+0x%" PRIx64,
		    base_name(f->module), f->offset);
		return pf_report_text(r, text, (size_t)n);
	}
	return base_name(f->file);
}

/* The same of a place that was told without a stack: function, or file and
 * line, which is all that tells it from its neighbours. */
static const char *
place_of(struct pf_report *r)
{
	char text[PF_REPORT_PATH + 16];
	int n;

	if (r->place.name[0] != '\0' || r->place.file[0] == '\0')
		return r->place.name;
	n = snprintf(text, sizeof(text), "%s:%u", base_name(r->place.file),
	    (unsigned int)r->place.line);
	return pf_report_text(r, text, (size_t)n);
}

static bool
same_tail(const struct names *s, size_t p)
{
	size_t i;

	for (i = 0; i < p; i++)
		if (strcmp(s->name[s->n - 1 - i], s->name[s->n - 1 - p - i]) !=
		    0)
			return false;
	return true;
}

/* The same names, without those that repeat what stands before them. */
static void
fold(struct names *s, const struct names *all)
{
	size_t i, p;

	s->n = s->folded = 0;
	for (i = 0; i < all->n; i++) {
		s->name[s->n++] = all->name[i];
		for (p = 1; p <= PERIOD_MAX && 2 * p <= s->n; p++)
			if (same_tail(s, p)) {
				s->n -= p;
				s->folded += p;
				break;
			}
	}
}

/* The frames that count; if none does, that where a program begins. */
static void
collect(struct names *s, struct pf_report *r, const struct pf_stack *st,
    const struct pf_ignore *g)
{
	enum pf_verdict_frame v;
	struct pf_frame *f;
	const char *entry = "", *name;
	size_t i;

	s->n = s->folded = 0;
	for (i = 0; st != NULL && i < st->n; i++) {
		f = &r->frames[st->first + i];
		v = pf_ignore_frame(g, f);
		f->ignored = v != PF_FRAME_COUNTS;
		if (v == PF_FRAME_IGNORED || (name = name_of(r, f))[0] == '\0')
			continue;
		if (v == PF_FRAME_COUNTS)
			s->name[s->n++] = name;
		else if (entry[0] == '\0')
			entry = name;
	}
	if (s->n == 0 && entry[0] != '\0')
		s->name[s->n++] = entry;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The functions that recur, each once; false if none does so often enough. */
static bool
recurring(struct pf_state *out, const struct names *all)
{
	const char *name[PF_STACK_FRAMES];
	size_t i, from, most = 0, pass;

	memcpy(name, all->name, all->n * sizeof(*name));
	qsort(name, all->n, sizeof(*name), by_name);
	out->n = 0;
	for (pass = 0; pass < 2; pass++)
		for (i = from = 0; i < all->n; i++) {
			if (i + 1 < all->n &&
			    strcmp(name[i], name[i + 1]) == 0)
				continue;
			if (pass == 0 && i + 1 - from > most)
				most = i + 1 - from;
			else if (pass == 1 && i + 1 - from >= RECURS &&
			    i + 1 - from >= most / 4 &&
			    out->n < PF_STATE_FRAMES)
				out->frame[out->n++] = name[i];
			from = i + 1;
		}
	return out->n > 0;
}

/*
 * Two threads at one thing: which of them was seen first is chance.  The
 * place of each, in the order of their names; the second stack is the other
 * one's.
 */
static bool
racing(struct pf_state *out, struct pf_report *r, const struct names *s,
    const struct pf_ignore *g)
{
	const struct pf_stack *st = pf_report_main(r);
	struct names other;
	bool first;

	if (st == NULL || st + 1 >= r->stacks + r->nstacks ||
	    st[1].kind != PF_STACK_OTHER || s->n == 0)
		return false;
	collect(&other, r, st + 1, g);
	if (other.n == 0)
		return false;
	first = strcmp(s->name[0], other.name[0]) <= 0;
	out->frame[0] = first ? s->name[0] : other.name[0];
	out->frame[1] = first ? other.name[0] : s->name[0];
	out->n = 2;
	return true;
}

/*
 * A lambda that nothing called that counts, as of a thread, is called like all
 * others: the file it is in tells more.
 */
static void
add_file(struct pf_state *out, struct pf_report *r, const struct pf_stack *st)
{
	char text[PF_REPORT_PATH + 16];
	const struct pf_frame *f;
	int n;

	for (f = r->frames + st->first; f < r->frames + st->first + st->n; f++)
		if (!f->ignored && f->file[0] != '\0') {
			n = snprintf(text, sizeof(text), "%s in %s",
			    out->frame[0], base_name(f->file));
			out->frame[0] = pf_report_text(r, text, (size_t)n);
			return;
		}
}

static void
set_state(struct pf_state *out, struct pf_report *r, const struct pf_stack *st,
    const struct names *s, const struct names *all, const struct pf_ignore *g)
{
	const char *place;
	size_t i;

	out->n = 0;
	out->folded = s->folded;
	if (strcmp(r->coarse, "stack-overflow") == 0 && recurring(out, all))
		return;
	if (strcmp(r->coarse, "data-race") == 0 && racing(out, r, s, g))
		return;
	if (strcmp(r->coarse, "timeout") == 0 && s->n > 0) {
		/* The way in is the same for all. */
		i = s->n - 1;
		if (i > 0 && strcmp(s->name[i], "LLVMFuzzerTestOneInput") == 0)
			i--;
		out->frame[out->n++] = s->name[i];
		return;
	}
	for (i = 0; i < s->n && i < PF_STATE_FRAMES; i++)
		out->frame[out->n++] = s->name[i];
	if (out->n == 0 && (place = place_of(r))[0] != '\0')
		out->frame[out->n++] = place;
	if (out->n == 1 && strcmp(out->frame[0], "operator()") == 0 &&
	    st != NULL)
		add_file(out, r, st);
}

static void
add_line(struct pf_hash *h, const char *s)
{
	/* With its end, so that two lines are never another one. */
	pf_hash_add(h, s, strlen(s) + 1);
}

static void
end_hash(struct pf_hash *h, char out[PF_STATE_HASH])
{
	char sum[PF_SHA_TEXT];

	pf_hash_end(h, sum);
	memcpy(out, sum, PF_STATE_HASH - 1);
	out[PF_STATE_HASH - 1] = '\0';
}

/* What is not said by frames: all but the size, which optimizers change, and
 * which of two threads it was. */
static void
add_type(struct pf_hash *h, const struct pf_report *r)
{
	add_line(h, r->type);
	add_line(h, strcmp(r->coarse, "data-race") == 0 ? "" :
	    pf_access_word(r->access));
	/* The expression of an assertion tells it from its neighbours, as does
	 * the type of what was thrown. */
	add_line(h, strcmp(r->coarse, "assertion") == 0 ? r->message :
	    strcmp(r->coarse, "uncaught-exception") == 0 ? r->place.name : "");
}

/* Sanitizers tell themselves that the stack was full; then it was not. */
static bool
would_tell(const struct pf_report *r)
{
	static const char *const tools[] = { "asan", "hwasan", "lsan", "msan",
	    "tsan", "ubsan" };
	size_t i;

	for (i = 0; i < sizeof(tools) / sizeof(tools[0]); i++)
		if (strcmp(r->tool, tools[i]) == 0)
			return true;
	return false;
}

/*
 * A debugger does not say that the stack was full; it is if the same few
 * functions fill all that is told of it, which is very much, or only the
 * innermost frames: where a program begins is not among them.
 */
static void
see_overflow(struct pf_report *r, const struct pf_stack *st,
    const struct names *folded)
{
	bool deep, top;

	if (st == NULL || strcmp(r->coarse, "segfault") != 0 || would_tell(r))
		return;
	deep = st->n + (uint64_t)st->dropped >= DEEP &&
	    folded->folded >= DEEP / 2;
	top = folded->n <= PF_STATE_FRAMES && folded->folded >= TOP &&
	    !r->frames[st->first + st->n - 1].ignored;
	if (deep || top)
		pf_report_type(r, "stack-overflow", 14);
}

static bool
same_place(const struct pf_leak *x, const struct pf_leak *y)
{
	return x->indirect == y->indirect && x->place[0] != '\0' &&
	    strcmp(x->place, y->place) == 0;
}

static int
by_place(const void *a, const void *b)
{
	const struct pf_leak *x = a, *y = b;
	int c;

	if (x->indirect != y->indirect)
		return x->indirect ? 1 : -1;
	/* What has no name comes last. */
	if ((x->place[0] == '\0') != (y->place[0] == '\0'))
		return x->place[0] == '\0' ? 1 : -1;
	if ((c = strcmp(x->place, y->place)) != 0)
		return c;
	return x->bytes < y->bytes ? 1 : x->bytes > y->bytes ? -1 :
	    (int)x->stack - (int)y->stack;
}

static int64_t
sum_of(int64_t a, int64_t b)
{
	return a > INT64_MAX - b ? INT64_MAX : a + b;
}

/* Where it was allocated. */
static void
set_place(struct pf_leak *l, struct pf_report *r, const struct pf_ignore *g)
{
	struct names all, s;
	struct pf_hash *h;
	size_t i;

	l->place[0] = '\0';
	collect(&all, r, l->stack < r->nstacks ? &r->stacks[l->stack] : NULL,
	    g);
	fold(&s, &all);
	for (i = 0; i < PF_LEAK_TOP; i++)
		l->top[i] = i < s.n ? s.name[i] : NULL;
	if (s.n == 0)
		return;
	h = pf_hash_begin();
	for (i = 0; i < s.n; i++)
		add_line(h, s.name[i]);
	end_hash(h, l->place);
}

/*
 * Leaks stand in a report by size or by chance, and which of them is called
 * the first must not depend on it: direct ones, in the order of a hash of
 * their frames.  Those of one place are one.
 */
static void
order_leaks(struct pf_report *r, const struct pf_ignore *g)
{
	struct pf_leak *last = r->leaks, *l;

	for (l = r->leaks; l < r->leaks + r->nleaks; l++)
		set_place(l, r, g);
	qsort(r->leaks, r->nleaks, sizeof(r->leaks[0]), by_place);
	for (l = r->leaks + 1; l < r->leaks + r->nleaks; l++) {
		if (!same_place(last, l)) {
			*++last = *l;
			continue;
		}
		last->bytes = sum_of(last->bytes, l->bytes);
		last->count = sum_of(last->count, l->count);
		last->through = sum_of(last->through, l->through);
	}
	r->nleaks = (size_t)(last - r->leaks) + 1;
}

static int
compare(const struct names *x, const struct names *y)
{
	size_t i;
	int c;

	for (i = 0; i < x->n && i < y->n; i++)
		if ((c = strcmp(x->name[i], y->name[i])) != 0)
			return c;
	return x->n < y->n ? -1 : x->n > y->n;
}

/*
 * The stack that tells, and its names.  Of locks that are taken in a ring it
 * is chance which one is told first: the least stack of them tells, which is
 * the same wherever the ring begins.
 */
static const struct pf_stack *
telling(struct names *all, struct pf_report *r, const struct pf_ignore *g)
{
	const struct pf_stack *st = pf_report_main(r), *other;
	struct names names;

	collect(all, r, st, g);
	if (st == NULL || strcmp(r->coarse, "lock-order-inversion") != 0)
		return st;
	for (other = st + 1; other < r->stacks + r->nstacks; other++) {
		if (other->kind != PF_STACK_CRASH)
			continue;
		collect(&names, r, other, g);
		if (names.n > 0 && (all->n == 0 || compare(&names, all) < 0)) {
			*all = names;
			st = other;
		}
	}
	return st;
}

void
pf_state_of(struct pf_state *out, struct pf_report *r,
    const struct pf_ignore *g)
{
	const struct pf_stack *st;
	struct names s, all;
	struct pf_hash *h;
	size_t i, j;

	if (r->nleaks > 0)
		order_leaks(r, g);
	st = telling(&all, r, g);
	fold(&s, &all);
	see_overflow(r, st, &s);
	set_state(out, r, st, &s, &all, g);
	h = pf_hash_begin();
	add_type(h, r);
	for (i = 0; i < out->n; i++)
		add_line(h, out->frame[i]);
	end_hash(h, out->major);

	h = pf_hash_begin();
	add_line(h, out->major);
	for (i = 0; i < s.n; i++)
		add_line(h, s.name[i]);
	for (j = 0; j < r->nstacks && r->nleaks == 0; j++) {
		if (&r->stacks[j] == st ||
		    (r->stacks[j].kind != PF_STACK_FREE &&
		    r->stacks[j].kind != PF_STACK_ALLOC))
			continue;
		collect(&all, r, &r->stacks[j], g);
		fold(&s, &all);
		add_line(h, pf_stack_word(r->stacks[j].kind));
		for (i = 0; i < s.n; i++)
			add_line(h, s.name[i]);
	}
	end_hash(h, out->minor);
}
