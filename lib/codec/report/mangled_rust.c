/*
 * Names of Rust in its newer form (_R..., RFC 2603); see mangled.h.
 *
 * What arguments of generics stand for has no text, so references in them are
 * not followed: what can double at every step is read once.  Of what is
 * followed for its text the steps are counted.
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/report/mangled.h"
#include "codec/report/mangled_in.h"

#define STEPS	(2 * PF_MANGLED_MAX)

struct rust {
	struct pf_mangled m;
	const char	*from;		/* what references count from */
	int		 quiet;		/* what is read has no text */
	int		 steps;
	uint64_t	 bound;		/* lifetimes that have a name */
};

static void	path(struct rust *, bool value);
static void	type(struct rust *);
static void	constant(struct rust *);

static void
put(struct rust *r, const char *s, size_t n)
{
	if (r->quiet == 0)
		pf_mangled_put(&r->m, s, n);
}

static void
say(struct rust *r, const char *s)
{
	put(r, s, strlen(s));
}

static void
say_number(struct rust *r, uint64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, n);
	say(r, text);
}

static bool
eat(struct rust *r, const char *word)
{
	return pf_mangled_eat(&r->m, word);
}

static char
next(struct rust *r)
{
	char c = pf_mangled_peek(&r->m);

	if (c == '\0')
		pf_mangled_fail(&r->m);
	else
		r->m.p++;
	return c;
}

/* False, and failed, if it is too much; else depth must be taken back. */
static bool
down(struct rust *r)
{
	if (++r->steps > STEPS)
		pf_mangled_fail(&r->m);
	return pf_mangled_down(&r->m);
}

/* "_" is 0, "0_" is 1. */
static uint64_t
base62(struct rust *r)
{
	uint64_t v = 0;
	char c;

	if (eat(r, "_"))
		return 0;
	while (isalnum((unsigned char)(c = next(r)))) {
		if (v > UINT64_MAX / 62 - 2) {
			pf_mangled_fail(&r->m);
			return 0;
		}
		v = v * 62 + (uint64_t)(isdigit((unsigned char)c) ? c - '0' :
		    islower((unsigned char)c) ? c - 'a' + 10 : c - 'A' + 36);
	}
	if (c != '_')
		pf_mangled_fail(&r->m);
	return v + 1;
}

/* 0 without the mark. */
static uint64_t
marked(struct rust *r, const char *mark)
{
	return eat(r, mark) ? base62(r) + 1 : 0;
}

/* Its text, as it stands if it is not in ASCII. */
static const char *
identifier(struct rust *r, size_t *n)
{
	const char *s;

	*n = 0;
	eat(r, "u");
	/* Of two without a name, "00", each is one digit. */
	if (!eat(r, "0") && !pf_mangled_number(&r->m, n))
		pf_mangled_fail(&r->m);
	eat(r, "_");
	s = r->m.p;
	if (r->m.failed || *n > (size_t)(r->m.end - s)) {
		pf_mangled_fail(&r->m);
		*n = 0;
	}
	r->m.p += *n;
	return s;
}

/* Behind a B: goes to what it stands for, and tells where to go on then; NULL
 * if that has no text. */
static const char *
follow(struct rust *r)
{
	const char *here = r->m.p - 1, *after;
	uint64_t at = base62(r);

	if (at >= (uint64_t)(here - r->from))
		pf_mangled_fail(&r->m);
	if (r->m.failed || r->quiet > 0)
		return NULL;
	after = r->m.p;
	r->m.p = r->from + at;
	return after;
}

/* Behind an N: what is in something else. */
static void
nested(struct rust *r, bool value)
{
	char space = next(r);
	const char *s;
	uint64_t which;
	size_t n;

	if (!isalpha((unsigned char)space))
		pf_mangled_fail(&r->m);
	path(r, value);
	which = marked(r, "s");
	s = identifier(r, &n);
	if (islower((unsigned char)space)) {
		say(r, n > 0 ? "::" : "");
		put(r, s, n);
		return;
	}
	say(r, "::{");
	if (space == 'C')
		say(r, "closure");
	else if (space == 'S')
		say(r, "shim");
	else
		put(r, &space, 1);
	say(r, n > 0 ? ":" : "");
	put(r, s, n);
	say(r, "#");
	say_number(r, which);
	say(r, "}");
}

/* "<" type " as " trait ">" */
static void
implemented(struct rust *r, char tag)
{
	if (tag != 'Y') {	/* where that was written says nothing */
		marked(r, "s");
		r->quiet++;
		path(r, false);
		r->quiet--;
	}
	say(r, "<");
	type(r);
	if (tag != 'M') {
		say(r, " as ");
		path(r, false);
	}
	say(r, ">");
}

/* Behind an I, and its path. */
static void
arguments(struct rust *r)
{
	r->quiet++;
	while (!r->m.failed && !eat(r, "E"))
		if (eat(r, "L"))
			base62(r);
		else if (eat(r, "K"))
			constant(r);
		else
			type(r);
	r->quiet--;
}

static void
path(struct rust *r, bool value)
{
	const char *s, *after;
	size_t n;
	char tag;

	if (!down(r))
		return;
	switch (tag = next(r)) {
	case 'C':
		marked(r, "s");
		s = identifier(r, &n);
		put(r, s, n);
		break;
	case 'N':
		nested(r, value);
		break;
	case 'M':
	case 'X':
	case 'Y':
		implemented(r, tag);
		break;
	case 'I':
		path(r, value);
		say(r, value ? "::<>" : "<>");
		arguments(r);
		break;
	case 'B':
		if ((after = follow(r)) != NULL) {
			path(r, value);
			r->m.p = after;
		}
		break;
	default:
		pf_mangled_fail(&r->m);
	}
	r->m.depth--;
}

/* One that has a name is called after how deep it is: 'a is the outermost. */
static void
lifetime(struct rust *r, uint64_t n)
{
	char name[] = "'_";

	if (n > r->bound || (n > 0 && r->bound - n >= 26))
		pf_mangled_fail(&r->m);
	else if (n > 0)
		name[1] = (char)('a' + (int)(r->bound - n));
	say(r, name);
}

/* Adds lifetimes; what bound was. */
static uint64_t
binder(struct rust *r)
{
	uint64_t n = marked(r, "G"), was = r->bound;

	if (n > 0)
		say(r, "for<> ");
	r->bound += n;
	return was;
}

/* Types up to an E, with commas between. */
static size_t
types(struct rust *r)
{
	size_t n = 0;

	for (; !r->m.failed && !eat(r, "E"); n++) {
		say(r, n > 0 ? ", " : "");
		type(r);
	}
	return n;
}

/* Behind an F. */
static void
function(struct rust *r)
{
	uint64_t was = binder(r);
	const char *s;
	size_t n, i;

	say(r, eat(r, "U") ? "unsafe " : "");
	if (eat(r, "KC"))
		say(r, "extern \"C\" ");
	else if (eat(r, "K")) {
		s = identifier(r, &n);
		say(r, "extern \"");
		for (i = 0; i < n; i++)
			put(r, s[i] == '_' ? "-" : s + i, 1);
		say(r, "\" ");
	}
	say(r, "fn(");
	types(r);
	say(r, ")");
	if (!eat(r, "u")) {
		say(r, " -> ");
		type(r);
	}
	r->bound = was;
}

/* Behind a D: traits, what they are bound to being folded like arguments. */
static void
dynamic(struct rust *r)
{
	uint64_t was, n;
	size_t i, name;

	say(r, "dyn ");
	was = binder(r);
	for (i = 0; !r->m.failed && !eat(r, "E"); i++) {
		say(r, i > 0 ? " + " : "");
		path(r, false);
		if (pf_mangled_peek(&r->m) == 'p' && r->m.len > 0 &&
		    r->m.out[r->m.len - 1] != '>')
			say(r, "<>");
		r->quiet++;
		while (eat(r, "p")) {
			identifier(r, &name);
			type(r);
		}
		r->quiet--;
	}
	r->bound = was;
	if (!eat(r, "L"))
		pf_mangled_fail(&r->m);
	if ((n = base62(r)) > 0) {
		say(r, " + ");
		lifetime(r, n);
	}
}

static bool
basic(struct rust *r)
{
	static const char *const names[26] = { "i8", "bool", "char", "f64",
	    "str", "f32", NULL, "u8", "isize", "usize", NULL, "i32", "u32",
	    "i128", "u128", "_", NULL, NULL, "i16", "u16", "()", "...", NULL,
	    "i64", "u64", "!" };
	char c = pf_mangled_peek(&r->m);

	if (!islower((unsigned char)c) || names[c - 'a'] == NULL)
		return false;
	r->m.p++;
	say(r, names[c - 'a']);
	return true;
}

static void
type(struct rust *r)
{
	const char *after;
	char tag = pf_mangled_peek(&r->m);
	uint64_t n;

	if (basic(r) || !down(r))
		return;
	r->m.p += tag != '\0' && strchr("ASTRQPOFDB", tag) != NULL;
	switch (tag) {
	case 'A':
	case 'S':
		say(r, "[");
		type(r);
		if (tag == 'A') {
			say(r, "; ");
			constant(r);
		}
		say(r, "]");
		break;
	case 'T':
		say(r, "(");
		say(r, types(r) == 1 ? ",)" : ")");
		break;
	case 'R':
	case 'Q':
		say(r, "&");
		if (eat(r, "L") && (n = base62(r)) > 0) {
			lifetime(r, n);
			say(r, " ");
		}
		say(r, tag == 'Q' ? "mut " : "");
		type(r);
		break;
	case 'P':
	case 'O':
		say(r, tag == 'P' ? "*const " : "*mut ");
		type(r);
		break;
	case 'F':
		function(r);
		break;
	case 'D':
		dynamic(r);
		break;
	case 'B':
		if ((after = follow(r)) != NULL) {
			type(r);
			r->m.p = after;
		}
		break;
	default:
		path(r, false);
	}
	r->m.depth--;
}

/* Only a number has a text, for it may be the length of an array. */
static void
constant(struct rust *r)
{
	const char *s, *after;
	char tag;

	if (!down(r))
		return;
	tag = next(r);
	if (tag == 'p')
		say(r, "_");
	else if (tag == 'B') {
		if ((after = follow(r)) != NULL) {
			constant(r);
			r->m.p = after;
		}
	} else if (tag != '\0' && strchr("htmyojaslxnibc", tag) != NULL) {
		say(r, eat(r, "n") ? "-" : "");
		for (s = r->m.p; isxdigit((unsigned char)next(r));)
			;
		if (r->m.failed || r->m.p[-1] != '_')
			pf_mangled_fail(&r->m);
		else
			say_number(r, strtoull(s, NULL, 16));
	} else
		pf_mangled_fail(&r->m);
	r->m.depth--;
}

bool
pf_mangled_rust(char out[PF_MANGLED_TEXT], const char *s, size_t n)
{
	struct rust r;
	struct pf_mangled *m = &r.m;

	m->p = r.from = s;
	m->end = s + n;
	m->depth = 0;
	m->failed = false;
	m->len = 0;
	r.quiet = r.steps = 0;
	r.bound = 0;
	path(&r, true);
	/* The crate that it was made for. */
	r.quiet++;
	if (isupper((unsigned char)pf_mangled_peek(m)))
		path(&r, false);
	r.quiet--;
	if (m->p < m->end && strchr(".$@", *m->p) == NULL)
		pf_mangled_fail(m);
	pf_mangled_put(m, m->p, (size_t)(m->end - m->p));
	if (m->failed || m->len == 0)
		return false;
	memcpy(out, m->out, m->len);
	out[m->len] = '\0';
	return true;
}
