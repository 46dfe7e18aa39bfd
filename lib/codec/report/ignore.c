/*
 * Globs for frames; see ignore.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codec/report/ignore.h"

enum what { FUNCTION, FILENAME, MODULE, NWHAT };

struct rule {
	char			 glob[PF_IGNORE_GLOB + 1];
	enum pf_verdict_frame	 verdict;
	int			 before;	/* in its chain; -1: none */
	int			 number;	/* of its line in its text */
	bool			 hit;		/* it decided of a frame */
};

/* Rules are chained by what they look at and by their first byte; those that
 * begin with a wildcard have a chain of their own (0). */
struct pf_ignore {
	struct rule	*rules;
	int		 n, room;
	int		 builtin;	/* the first ones */
	int		 chain[NWHAT][256];
};

bool
pf_glob(const char *glob, const char *s)
{
	const char *star = NULL, *back = s;

	while (*s != '\0') {
		if (*glob == '*') {
			star = ++glob;
			back = s;
			if (*glob == '\0')
				return true;
		} else if (*glob == '?' || *glob == *s) {
			glob++;
			s++;
		} else if (star != NULL) {
			glob = star;
			s = ++back;
		} else
			return false;
	}
	while (*glob == '*')
		glob++;
	return *glob == '\0';
}

static bool
take_word(const char **p, const char *end, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(end - *p) <= n || memcmp(*p, word, n) != 0 ||
	    ((*p)[n] != ' ' && (*p)[n] != '\t'))
		return false;
	*p += n;
	while (*p < end && (**p == ' ' || **p == '\t'))
		(*p)++;
	return true;
}

static void
chain_rule(struct pf_ignore *g, struct rule *r, enum what what)
{
	unsigned char c = (unsigned char)r->glob[0];
	int *head = &g->chain[what][c == '*' || c == '?' ? 0 : c];

	r->before = *head;
	*head = g->n++;
}

const struct pf_err *
pf_ignore_line(struct pf_ignore *g, const char *p, size_t len, int number)
{
	enum pf_verdict_frame verdict = PF_FRAME_IGNORED;
	enum what what = FUNCTION;
	const char *end = p + len;
	struct rule *r;
	bool keep;

	while (end > p && strchr(" \t\r", end[-1]) != NULL)
		end--;
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	if (p == end || *p == '#')
		return NULL;
	keep = take_word(&p, end, "keep");
	if (take_word(&p, end, "entry"))
		verdict = PF_FRAME_ENTRY;
	else if (take_word(&p, end, "file"))
		what = FILENAME;
	else if (take_word(&p, end, "module"))
		what = MODULE;
	else if (!take_word(&p, end, "function"))
		return pf_err(PF_DATA, "line %d: no function, file, module, "
		    "entry, split or merge", number);
	if (p == end || end - p > PF_IGNORE_GLOB ||
	    memchr(p, '\0', (size_t)(end - p)) != NULL)
		return pf_err(PF_DATA, "line %d: a glob of 1 to %d bytes must "
		    "follow", number, PF_IGNORE_GLOB);
	if (g->n == PF_IGNORE_MAX)
		return pf_err(PF_DATA, "line %d: more than %d rules", number,
		    PF_IGNORE_MAX);
	if (g->n == g->room) {
		g->room = g->room == 0 ? 256 : 2 * g->room;
		g->rules = pf_reallocarray(g->rules, (size_t)g->room,
		    sizeof(*g->rules));
	}
	r = &g->rules[g->n];
	memcpy(r->glob, p, (size_t)(end - p));
	r->glob[end - p] = '\0';
	r->verdict = keep ? PF_FRAME_COUNTS : verdict;
	r->number = number;
	r->hit = false;
	chain_rule(g, r, what);
	return NULL;
}

/* The list that is built in. */
static void
add_builtin(struct pf_ignore *g)
{
	const struct pf_err *err = NULL;
	const char *const *text;
	const char *p, *nl;
	int number = 0;

	for (text = pf_ignore_builtin; *text != NULL; text++)
		for (p = *text; *p != '\0' && err == NULL;
		    p = *nl != '\0' ? nl + 1 : nl) {
			nl = p + strcspn(p, "\n");
			err = pf_ignore_line(g, p, (size_t)(nl - p),
			    ++number);
		}
	if (err != NULL)
		pf_die("built-in rules: %s", err->msg);
	g->builtin = g->n;
}

struct pf_ignore *
pf_ignore_new(void)
{
	struct pf_ignore *g = pf_calloc(1, sizeof(*g));
	int i, j;

	for (i = 0; i < NWHAT; i++)
		for (j = 0; j < 256; j++)
			g->chain[i][j] = -1;
	add_builtin(g);
	return g;
}

void
pf_ignore_free(struct pf_ignore *g)
{
	if (g == NULL)
		return;
	free(g->rules);
	free(g);
}

/* The last rule of a chain that fits. */
static int
last_fit(const struct pf_ignore *g, int at, const char *s)
{
	while (at >= 0 && !pf_glob(g->rules[at].glob, s))
		at = g->rules[at].before;
	return at;
}

static int
fit(const struct pf_ignore *g, enum what what, const char *s)
{
	int a, b;

	if (*s == '\0')
		return -1;
	a = last_fit(g, g->chain[what][(unsigned char)*s], s);
	b = last_fit(g, g->chain[what][0], s);
	return a > b ? a : b;
}

/* The rule that decides, and what it looks at; -1: none does. */
static int
decide(enum what *what, const struct pf_ignore *g, const struct pf_frame *f)
{
	const char *module = strrchr(f->module, '/');
	const char *const text[NWHAT] = { f->name, f->file,
	    module != NULL ? module + 1 : f->module };
	int best = -1, i, w;

	for (w = 0; w < NWHAT; w++)
		if ((i = fit(g, (enum what)w, text[w])) > best) {
			best = i;
			*what = (enum what)w;
		}
	if (best >= 0)
		g->rules[best].hit = true;
	return best;
}

bool
pf_ignore_idle(const struct pf_ignore *g, size_t *at, int *line,
    const char **glob)
{
	const struct rule *r;

	while (g->builtin + (int)*at < g->n) {
		r = &g->rules[g->builtin + (int)(*at)++];
		if (!r->hit) {
			*line = r->number;
			*glob = r->glob;
			return true;
		}
	}
	return false;
}

enum pf_verdict_frame
pf_ignore_frame(const struct pf_ignore *g, const struct pf_frame *f)
{
	enum what what;
	int i = decide(&what, g, f);

	return i < 0 ? PF_FRAME_COUNTS : g->rules[i].verdict;
}

void
pf_ignore_rule(char out[PF_RULE_TEXT], const struct pf_ignore *g,
    const struct pf_frame *f)
{
	static const char *const words[] = { "function", "file", "module" };
	enum what what = FUNCTION;
	int i = decide(&what, g, f);

	if (i < 0)
		out[0] = '\0';
	else
		snprintf(out, PF_RULE_TEXT, "%s%s %s", g->rules[i].verdict ==
		    PF_FRAME_COUNTS ? "keep " : "", g->rules[i].verdict ==
		    PF_FRAME_ENTRY ? "entry" : words[what], g->rules[i].glob);
}
