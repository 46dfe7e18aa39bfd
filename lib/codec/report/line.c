/*
 * What the lines of many tools have in common; see line.h.
 */
#include <string.h>

#include "codec/report/line.h"

const char *
pf_line_skip(const char *s)
{
	return s + strspn(s, " \t");
}

const char *
pf_line_after(const char *s, const char *word)
{
	size_t n = strlen(word);

	return strncmp(s, word, n) == 0 ? s + n : NULL;
}

const char *
pf_line_pid(const char *s)
{
	const char *p;

	if (s[0] != '=' || s[1] != '=')
		return s;
	p = s + 2 + strspn(s + 2, "0123456789");
	return p[0] == '=' && p[1] == '=' ? pf_line_skip(p + 2) : s;
}

static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool
pf_line_hex(const char *s, uint64_t *out)
{
	const char *p = s;
	uint64_t v = 0;

	if (p[0] == '0' && p[1] == 'x' && digit(p[2]) >= 0)
		p += 2;
	*out = 0;
	if (digit(*p) < 0)
		return false;
	for (; digit(*p) >= 0; p++)
		v = v >> 60 != 0 ? UINT64_MAX : v << 4 | (uint64_t)digit(*p);
	*out = v;
	return true;
}

bool
pf_line_num(const char *s, int64_t *out)
{
	int64_t v = 0;

	*out = 0;
	if (*s < '0' || *s > '9')
		return false;
	for (; (*s >= '0' && *s <= '9') || *s == ','; s++)
		if (*s != ',')
			v = v > (INT64_MAX - 9) / 10 ? INT64_MAX / 2 :
			    v * 10 + (*s - '0');
	*out = v;
	return true;
}

/*
 * Takes "(/bin/prog+0x12)" and "(BuildId: 01ab)" off the end of s; returns
 * what is left, and the module as *mod, *nmod.
 */
static size_t
strip_tail(const char *s, size_t n, const char **mod, size_t *nmod)
{
	const char *p;
	size_t len;

	*nmod = 0;
	for (;;) {
		while (n > 0 && (s[n - 1] == ' ' || s[n - 1] == '\t' ||
		    s[n - 1] == '\r'))
			n--;
		if (n < 3 || s[n - 1] != ')' ||
		    (p = memrchr(s, '(', n)) == NULL ||
		    (p > s && p[-1] != ' '))
			return n;
		len = (size_t)(s + n - p) - 2;
		if (len > 8 && memcmp(p + 1, "BuildId:", 8) == 0)
			;
		else if (*nmod == 0 && memmem(p + 1, len, "+0x", 3) != NULL) {
			*mod = p + 1;
			*nmod = len;
		} else if (memcmp(p + 1, "0x", 2) != 0 &&
		    (len != 6 || memcmp(p + 1, "<null>", 6) != 0) &&
		    (len != 16 || memcmp(p + 1, "<unknown module>", 16) != 0))
			return n;
		n = (size_t)(p - s);
	}
}

/* Whether a last word of n bytes is a place, and no part of a name. */
static bool
is_place(const char *s, size_t n)
{
	const char *dot;

	if (n == 6 && memcmp(s, "<null>", 6) == 0)
		return true;
	if (*s == '/' || *s == '.')
		return true;
	if (memchr(s, '(', n) != NULL || memchr(s, ')', n) != NULL)
		return false;
	if (n > 2 && s[n - 1] >= '0' && s[n - 1] <= '9' &&
	    (dot = memrchr(s, ':', n)) != NULL)
		return dot > s && dot[-1] != ':';
	return (dot = memrchr(s, '.', n)) != NULL && s + n - dot <= 5 &&
	    memchr(s, '<', n) == NULL;
}

/* Where the place begins in "name place"; n if there is none. */
static size_t
find_place(const char *s, size_t n)
{
	int depth = 0;
	size_t i, last = n;

	for (i = 0; i < n; i++)
		if (s[i] == '(')
			depth++;
		else if (s[i] == ')')
			depth -= depth > 0;
		else if (s[i] == ' ' && depth == 0 && i + 1 < n) {
			last = i + 1;
			/* Blanks may follow in an absolute path. */
			if (s[i + 1] == '/')
				return last;
		}
	return last < n && is_place(s + last, n - last) ? last : n;
}

/* The same place in the program twice: the first is inlined. */
static void
mark_inlined(struct pf_report *r, const struct pf_frame *f)
{
	const struct pf_stack *st;
	struct pf_frame *prev;

	if (r->nstacks == 0)
		return;
	st = &r->stacks[r->nstacks - 1];
	if (st->n < 2 || f != &r->frames[st->first + st->n - 1])
		return;
	prev = &r->frames[st->first + st->n - 2];
	prev->inlined = f->pc != 0 ? f->pc == prev->pc : f->offset != 0 &&
	    f->offset == prev->offset && strcmp(f->module, prev->module) == 0;
}

bool
pf_line_frame(struct pf_report *r, const char *line)
{
	const char *p = pf_line_skip(line), *mod = NULL;
	struct pf_frame *f;
	uint64_t pc = 0;
	size_t n, nmod, at, name;

	if (*p != '#' || p[1] < '0' || p[1] > '9')
		return false;
	p += 1 + strspn(p + 1, "0123456789");
	if (*p != ' ')
		return false;
	p = pf_line_skip(p);
	if (p[0] == '0' && p[1] == 'x') {
		pf_line_hex(p, &pc);
		p += strcspn(p, " ");
		p = pf_line_skip(p);
		if (strncmp(p, "in ", 3) == 0)
			p = pf_line_skip(p + 3);
	}
	n = strip_tail(p, strlen(p), &mod, &nmod);
	if (pc == 0 && n == 0 && nmod == 0)
		return false;
	at = find_place(p, n);
	f = pf_report_frame(r);
	f->pc = pc;
	for (name = at; name > 0 && p[name - 1] == ' '; name--)
		;
	if (!(name == 6 && memcmp(p, "<null>", 6) == 0))
		pf_frame_name(r, f, p, name);
	if (at < n && p[at] != '<')
		pf_frame_place(r, f, p + at, n - at);
	if (nmod > 0)
		pf_frame_module(r, f, mod, nmod);
	mark_inlined(r, f);
	return true;
}
