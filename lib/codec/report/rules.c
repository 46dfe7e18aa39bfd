/*
 * Rules for telling crashes apart; see rules.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codec/hash.h"
#include "codec/report/rules.h"
#include "codec/report/scan.h"

#define SPLITS_MAX	4096
#define MERGES_MAX	16384		/* hashes that are named */

struct split {
	char	 major[PF_STATE_HASH];
	char	 glob[PF_IGNORE_GLOB + 1];	/* "": all frames */
	int	 number;	/* of its line in its text */
	bool	 hit;		/* it decided of a crash */
};

struct merge {
	char	 key[PF_STATE_HASH];
	int	 line;		/* of which it is, counted over all texts */
	int	 root;		/* the least of its group */
	int	 number;	/* of its line in its text */
	bool	 hit;		/* of the first of a key: a crash had it */
};

struct pf_rules {
	struct pf_ignore	*ignore;
	struct split		*splits;
	size_t			 nsplits;
	struct merge		*merges;	/* sorted by key, then line */
	size_t			 nmerges;
	int			 lines;
	char			 sum[PF_SHA_TEXT];	/* of what was added */
	/* Where a report is read. */
	struct pf_report	 report;
	struct pf_state		 state;
	char			 text[PF_REPORT_TEXT];
};

struct pf_rules *
pf_rules_new(void)
{
	struct pf_rules *g = pf_calloc(1, sizeof(*g));

	g->ignore = pf_ignore_new();
	pf_report_init(&g->report, g->text, sizeof(g->text));
	return g;
}

void
pf_rules_free(struct pf_rules *g)
{
	if (g == NULL)
		return;
	pf_ignore_free(g->ignore);
	free(g->splits);
	free(g->merges);
	free(g);
}

/* The next word of a line, or NULL; *n is its length. */
static const char *
next_word(const char **p, const char *end, size_t *n)
{
	const char *word;

	while (*p < end && (**p == ' ' || **p == '\t'))
		++*p;
	word = *p;
	while (*p < end && **p != ' ' && **p != '\t')
		++*p;
	*n = (size_t)(*p - word);
	return *n > 0 ? word : NULL;
}

static bool
is_word(const char *word, size_t n, const char *is)
{
	return word != NULL && n == strlen(is) && memcmp(word, is, n) == 0;
}

static bool
take_hash(char out[PF_STATE_HASH], const char *word, size_t n)
{
	size_t i;

	if (word == NULL || n != PF_STATE_HASH - 1)
		return false;
	for (i = 0; i < n; i++)
		if (strchr("0123456789abcdef", word[i]) == NULL ||
		    word[i] == '\0')
			return false;
	memcpy(out, word, n);
	out[n] = '\0';
	return true;
}

static const struct pf_err *
no_hash(int number)
{
	return pf_err(PF_DATA, "line %d: a hash of %d hex digits must follow",
	    number, PF_STATE_HASH - 1);
}

static const struct pf_err *
add_split(struct pf_rules *g, const char *p, const char *end, int number)
{
	struct split s = { .number = number };
	const char *word;
	size_t n;

	word = next_word(&p, end, &n);
	if (!take_hash(s.major, word, n))
		return no_hash(number);
	if ((word = next_word(&p, end, &n)) != NULL) {
		if (!is_word(word, n, "function"))
			return pf_err(PF_DATA, "line %d: nothing or function "
			    "may follow the hash", number);
		while (p < end && (*p == ' ' || *p == '\t'))
			p++;
		if (p == end || end - p > PF_IGNORE_GLOB ||
		    memchr(p, '\0', (size_t)(end - p)) != NULL)
			return pf_err(PF_DATA, "line %d: a glob of 1 to %d "
			    "bytes must follow", number, PF_IGNORE_GLOB);
		memcpy(s.glob, p, (size_t)(end - p));
		s.glob[end - p] = '\0';
	}
	if (g->nsplits == SPLITS_MAX)
		return pf_err(PF_DATA, "line %d: more than %d splits", number,
		    SPLITS_MAX);
	g->splits = pf_reallocarray(g->splits, g->nsplits + 1,
	    sizeof(*g->splits));
	g->splits[g->nsplits++] = s;
	return NULL;
}

static const struct pf_err *
add_merge(struct pf_rules *g, const char *p, const char *end, int number)
{
	struct merge m = { .line = ++g->lines, .number = number };
	const char *word;
	size_t n, had = g->nmerges;

	while ((word = next_word(&p, end, &n)) != NULL) {
		if (!take_hash(m.key, word, n))
			return no_hash(number);
		if (g->nmerges == MERGES_MAX)
			return pf_err(PF_DATA, "line %d: more than %d hashes "
			    "to merge", number, MERGES_MAX);
		g->merges = pf_reallocarray(g->merges, g->nmerges + 1,
		    sizeof(*g->merges));
		g->merges[g->nmerges++] = m;
	}
	if (g->nmerges - had < 2)
		return pf_err(PF_DATA, "line %d: two hashes or more must "
		    "follow", number);
	return NULL;
}

static const struct pf_err *
add_line(struct pf_rules *g, const char *line, const char *end, int number)
{
	const char *p = line, *last = end, *word;
	size_t n;

	while (last > p && strchr(" \t\r", last[-1]) != NULL)
		last--;
	word = next_word(&p, last, &n);
	if (is_word(word, n, "split"))
		return add_split(g, p, last, number);
	if (is_word(word, n, "merge"))
		return add_merge(g, p, last, number);
	return pf_ignore_line(g->ignore, line, (size_t)(end - line), number);
}

static int
by_key(const void *a, const void *b)
{
	const struct merge *x = a, *y = b;
	int c = strcmp(x->key, y->key);

	return c != 0 ? c : x->line < y->line ? -1 : x->line > y->line;
}

static int
root_of(struct merge *m, int i)
{
	while (m[i].root != i)
		i = m[i].root = m[m[i].root].root;
	return i;
}

static void
join(struct merge *m, int a, int b)
{
	a = root_of(m, a);
	b = root_of(m, b);
	if (a < b)
		m[b].root = a;
	else
		m[a].root = b;
}

/*
 * Who is named with whom: the same hash in two lines joins these, and the
 * least hash of all that are joined stands for them, whatever their order.
 */
static void
join_all(struct pf_rules *g)
{
	int *first = pf_calloc((size_t)g->lines + 1, sizeof(*first));
	struct merge *m = g->merges;
	int i, n = (int)g->nmerges;

	if (n > 0)
		qsort(m, (size_t)n, sizeof(*m), by_key);
	for (i = 0; i < n; i++)
		m[i].root = i;
	for (i = 0; i < n; i++) {
		if (i > 0 && strcmp(m[i - 1].key, m[i].key) == 0)
			join(m, i - 1, i);
		if (first[m[i].line] == 0)
			first[m[i].line] = i + 1;
		else
			join(m, first[m[i].line] - 1, i);
	}
	for (i = 0; i < n; i++)
		m[i].root = root_of(m, i);
	free(first);
}

const struct pf_err *
pf_rules_add(struct pf_rules *g, const char *text, size_t n)
{
	const struct pf_err *err = NULL;
	const char *p = text, *end = text + n, *nl;
	struct pf_hash *h;
	int number = 0;

	while (p < end && err == NULL) {
		if ((nl = memchr(p, '\n', (size_t)(end - p))) == NULL)
			nl = end;
		err = add_line(g, p, nl, ++number);
		p = nl < end ? nl + 1 : end;
	}
	join_all(g);
	/* No text is no rule: the version stays. */
	if (err != NULL || n == 0)
		return err;
	h = pf_hash_begin();
	/* The order counts, and so does it in the sum. */
	pf_hash_add(h, g->sum, strlen(g->sum));
	pf_hash_add(h, text, n);
	pf_hash_end(h, g->sum);
	return NULL;
}

const struct pf_ignore *
pf_rules_ignore(const struct pf_rules *g)
{
	return g->ignore;
}

void
pf_rules_version(char out[PF_RULES_TEXT], const struct pf_rules *g)
{
	snprintf(out, PF_RULES_TEXT, "%s%s%.8s", PF_RULES,
	    g->sum[0] != '\0' ? "+" : "", g->sum);
}

/* The first split that fits; one by all frames stands behind the others. */
static struct split *
find_split(const struct pf_rules *g, const struct pf_report *r,
    const char *major)
{
	const struct pf_stack *st = pf_report_main(r);
	struct split *s, *all = NULL;
	const struct pf_frame *f;
	size_t i, k;

	for (k = 0; k < g->nsplits; k++) {
		s = &g->splits[k];
		if (strcmp(s->major, major) != 0)
			continue;
		if (s->glob[0] == '\0')
			all = s;
		for (i = 0; s->glob[0] != '\0' && st != NULL && i < st->n;
		    i++) {
			f = &r->frames[st->first + i];
			if (!f->ignored && f->name[0] != '\0' &&
			    pf_glob(s->glob, f->name))
				return s;
		}
	}
	return all;
}

/* Of a part of what a hash stands for. */
static void
part_of(char out[PF_STATE_HASH], const char *major, const char *glob)
{
	struct pf_hash *h = pf_hash_begin();
	char sum[PF_SHA_TEXT];

	pf_hash_add(h, major, strlen(major) + 1);
	pf_hash_add(h, glob, strlen(glob) + 1);
	pf_hash_end(h, sum);
	snprintf(out, PF_STATE_HASH, "%.*s", PF_STATE_HASH - 1, sum);
}

static int
is_key(const void *key, const void *m)
{
	return strcmp(key, ((const struct merge *)m)->key);
}

void
pf_rules_key(struct pf_sign *s, const struct pf_rules *g,
    const struct pf_report *r, const struct pf_state *state)
{
	struct split *split = find_split(g, r, state->major);
	struct merge *m;
	size_t i, n = 0, len;

	memcpy(s->major, state->major, sizeof(s->major));
	memcpy(s->minor, state->minor, sizeof(s->minor));
	s->by = split == NULL ? PF_KEY_MAJOR : split->glob[0] == '\0' ?
	    PF_KEY_MINOR : PF_KEY_GLOB;
	s->glob = split != NULL ? split->glob : "";
	if (split != NULL)
		split->hit = true;
	if (s->by == PF_KEY_GLOB)
		part_of(s->key, s->major, s->glob);
	else
		memcpy(s->key, s->by == PF_KEY_MINOR ? s->minor : s->major,
		    sizeof(s->key));
	m = g->nmerges == 0 ? NULL : bsearch(s->key, g->merges, g->nmerges,
	    sizeof(*g->merges), is_key);
	if ((s->merged = m != NULL)) {
		while (m > g->merges && strcmp(m[-1].key, m->key) == 0)
			m--;
		m->hit = true;
		memcpy(s->key, g->merges[m->root].key, sizeof(s->key));
	}
	s->frames[0] = '\0';
	for (i = 0; i < state->n && n < sizeof(s->frames) - 1; i++) {
		len = (size_t)snprintf(s->frames + n, sizeof(s->frames) - n,
		    "%s%s", i > 0 ? " < " : "", state->frame[i]);
		n += len;
	}
}

bool
pf_rules_idle(const struct pf_rules *g, size_t *at, int *line,
    const char **hash)
{
	size_t n = g->nsplits + g->nmerges, frame = *at > n ? *at - n : 0;
	const struct split *s;
	const struct merge *m;
	bool idle;

	for (; *at < n; ++*at) {
		if (*at < g->nsplits) {
			s = &g->splits[*at];
			if (s->hit)
				continue;
			*line = s->number;
			*hash = s->major;
		} else {
			m = &g->merges[*at - g->nsplits];
			if (m->hit || (m > g->merges &&
			    strcmp(m[-1].key, m->key) == 0))
				continue;
			*line = m->number;
			*hash = m->key;
		}
		++*at;
		return true;
	}
	idle = pf_ignore_idle(g->ignore, &frame, line, hash);
	*at = n + frame;
	return idle;
}

/* Frames as a sender wrote them down. */
static void
add_frames(struct pf_report *r, const char *stack)
{
	const char *end;
	struct pf_frame *f;
	size_t n;

	if (*stack == '\0' || !pf_report_stack(r, PF_STACK_CRASH))
		return;
	for (;; stack = end + 3) {
		end = strstr(stack, " < ");
		n = end != NULL ? (size_t)(end - stack) : strlen(stack);
		f = pf_report_frame(r);
		/* Without arguments there is nothing to take off. */
		if (memchr(stack, '(', n) != NULL || *stack == '_')
			pf_frame_name(r, f, stack, n);
		else
			f->name = pf_report_text(r, stack, n <
			    PF_REPORT_NAME ? n : PF_REPORT_NAME);
		if (end == NULL)
			return;
	}
}

static bool
says_type(const struct pf_given *t)
{
	return t->type[0] != '\0' && strcmp(t->type, "unknown") != 0;
}

/* What the sender made of it is all there is. */
static void
take_word(struct pf_report *r, const struct pf_given *t)
{
	if (says_type(t))
		pf_report_type(r, t->type, strlen(t->type));
	else if (t->signal > 0 && t->signal <= 128)
		pf_report_signal(r, (int)t->signal);
	else
		pf_report_type(r, "unknown", 7);
	add_frames(r, t->stack);
}

void
pf_rules_sign(struct pf_sign *s, struct pf_rules *g, const struct pf_given *t)
{
	struct pf_report *r = &g->report;
	const struct pf_stack *st;
	size_t at;

	*s = (struct pf_sign){ .glob = "" };
	pf_report_init(r, g->text, sizeof(g->text));
	s->parsed = t->output[0] != '\0' && pf_report_parse(r, t->output,
	    strlen(t->output), &at);
	st = pf_report_main(r);
	/* That it died is less than what was made of it. */
	if (s->parsed && r->hold == PF_HOLD_WEAK && says_type(t) &&
	    (st == NULL || st->n == 0)) {
		s->parsed = false;
		pf_report_init(r, g->text, sizeof(g->text));
	}
	if (!s->parsed)
		take_word(r, t);
	/* What was thrown is less than where. */
	else if ((st == NULL || st->n == 0) && r->place.file[0] == '\0' &&
	    (r->place.name[0] == '\0' || strcmp(r->coarse,
	    "uncaught-exception") == 0))
		add_frames(r, t->stack);
	pf_state_of(&g->state, r, g->ignore);
	pf_rules_key(s, g, r, &g->state);
	snprintf(s->type, sizeof(s->type), "%s", s->parsed ? r->coarse :
	    t->type);
	snprintf(s->tool, sizeof(s->tool), "%s", s->parsed ? r->tool :
	    t->tool);
}

void
pf_rules_trace(struct pf_buf *b, const struct pf_rules *g)
{
	const struct pf_report *r = &g->report;
	const struct pf_stack *st;
	const struct pf_frame *f;
	const struct pf_leak *l;

	pf_buf_addf(b, "%s\n%s\n%s\n%s\n%s\n%s\n%u\n", r->tool, r->type,
	    pf_access_word(r->access), r->message, r->place.name,
	    r->place.file, r->place.line);
	for (l = r->leaks; l < r->leaks + r->nleaks; l++)
		pf_buf_addf(b, "%d\t%u\n", l->indirect, l->stack);
	for (st = r->stacks; st < r->stacks + r->nstacks; st++) {
		pf_buf_addf(b, "%s\n", pf_stack_word(st->kind));
		for (f = r->frames + st->first; f < r->frames + st->first +
		    st->n; f++)
			pf_buf_addf(b, "%s\t%s\t%s\t%llx\t%d\n", f->name,
			    f->file, f->module, f->name[0] != '\0' ? 0 :
			    (unsigned long long)f->offset, f->local);
	}
}

const struct pf_report *
pf_rules_report(const struct pf_rules *g)
{
	return &g->report;
}

const struct pf_state *
pf_rules_state(const struct pf_rules *g)
{
	return &g->state;
}
