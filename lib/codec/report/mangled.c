/*
 * Names of the Itanium C++ ABI; see mangled.h.
 */
#include <ctype.h>
#include <string.h>

#include "codec/report/mangled.h"
#include "codec/report/mangled_in.h"

_Static_assert(PF_MANGLED_OUT == PF_MANGLED_TEXT, "what is read has room");

/* "Option$LT$T$GT$", ".." for "::" and "$u7b$" of old names of Rust. */
static void
put_rust(struct pf_mangled *m, const char *s, size_t n)
{
	static const struct {
		const char	*code, *is;
	} codes[] = {
		{ "$LT$", "<" }, { "$GT$", ">" }, { "$RF$", "&" },
		{ "$BP$", "*" }, { "$LP$", "(" }, { "$RP$", ")" },
		{ "$C$", "," }, { "$SP$", "@" }, { "$u20$", " " },
		{ "$u27$", "'" }, { "$u5b$", "[" }, { "$u5d$", "]" },
		{ "$u7b$", "{" }, { "$u7d$", "}" }, { "$u7e$", "~" },
		{ "$u3b$", ";" }, { "$u2b$", "+" }, { "$u22$", "\"" },
		{ "..", "::" },
	};
	size_t i = n > 1 && s[0] == '_' && s[1] == '$', k, len;

	for (; i < n; i += len) {
		len = 0;
		for (k = 0; k < sizeof(codes) / sizeof(codes[0]); k++)
			if (strlen(codes[k].code) <= n - i &&
			    memcmp(s + i, codes[k].code,
			    strlen(codes[k].code)) == 0) {
				pf_mangled_puts(m, codes[k].is);
				len = strlen(codes[k].code);
				break;
			}
		if (len == 0) {
			pf_mangled_put(m, s + i, 1);
			len = 1;
		}
	}
}

void
pf_mangled_source(struct pf_mangled *m)
{
	size_t n;

	if (!pf_mangled_number(m, &n) || n == 0 ||
	    n > (size_t)(m->end - m->p)) {
		pf_mangled_fail(m);
		return;
	}
	if (n > 9 && memcmp(m->p, "_GLOBAL_", 8) == 0 && m->p[9] == 'N')
		pf_mangled_puts(m, "(anonymous namespace)");
	else if (m->rust)
		put_rust(m, m->p, n);
	else
		pf_mangled_put(m, m->p, n);
	m->p += n;
}

const char *
pf_mangled_operator(struct pf_mangled *m)
{
	static const char *const ops[] = { "nw new", "na new[]",
	    "dl delete", "da delete[]", "aw co_await", "ps+", "ng-", "ad&",
	    "de*", "co~", "pl+", "mi-", "ml*", "dv/", "rm%", "an&", "or|",
	    "eo^", "aS=", "pL+=", "mI-=", "mL*=", "dV/=", "rM%=", "aN&=",
	    "oR|=", "eO^=", "ls<<", "rs>>", "lS<<=", "rS>>=", "eq==",
	    "ne!=", "lt<", "gt>", "le<=", "ge>=", "ss<=>", "nt!", "aa&&",
	    "oo||", "pp++", "mm--", "cm,", "pm->*", "pt->", "cl()", "ix[]",
	    "qu?" };
	size_t i;

	if (pf_mangled_peek2(m) == '\0')
		return NULL;
	for (i = 0; i < sizeof(ops) / sizeof(ops[0]); i++)
		if (memcmp(m->p, ops[i], 2) == 0) {
			m->p += 2;
			return ops[i] + 2;
		}
	return NULL;
}

static void
take_operator(struct pf_mangled *m)
{
	const char *op;

	if (pf_mangled_eat(m, "cv")) {
		pf_mangled_puts(m, "operator ");
		pf_mangled_type(m);
		return;
	}
	if (pf_mangled_eat(m, "li")) {
		pf_mangled_puts(m, "operator\"\" ");
		pf_mangled_source(m);
		return;
	}
	if ((op = pf_mangled_operator(m)) == NULL) {
		pf_mangled_fail(m);
		return;
	}
	pf_mangled_puts(m, "operator");
	pf_mangled_puts(m, op);
	if (op[strlen(op) - 1] == '<' && pf_mangled_peek(m) == 'I')
		pf_mangled_puts(m, " ");
}

/* The last part of "a::b<>::c<>" once more, after a ~ for a destructor. */
static void
take_structor(struct pf_mangled *m, size_t from)
{
	char name[PF_MANGLED_OUT];
	bool destroys = *m->p == 'D', inherits;
	size_t end = m->len, at;

	m->p++;
	inherits = !destroys && pf_mangled_eat(m, "I");
	m->p++;
	/* What it belongs to stands before it, with :: between. */
	if (end < from + 2) {
		pf_mangled_fail(m);
		return;
	}
	end -= 2;
	while (end >= from + 2 && memcmp(m->out + end - 2, "<>", 2) == 0)
		end -= 2;
	for (at = end; at > from && m->out[at - 1] != ':'; at--)
		;
	memcpy(name, m->out + at, end - at);
	if (destroys)
		pf_mangled_puts(m, "~");
	pf_mangled_put(m, name, end - at);
	if (inherits) {
		at = m->len;
		pf_mangled_type(m);
		m->len = at;
	}
}

/* Behind U: "l" types "E" of a lambda, "t" of what has no name. */
static void
take_unnamed(struct pf_mangled *m)
{
	if (pf_mangled_eat(m, "Ut"))
		pf_mangled_puts(m, "{unnamed}");
	else if (pf_mangled_eat(m, "Ul")) {
		pf_mangled_puts(m, "{lambda}");
		while (pf_mangled_eat(m, "Ty"))
			;
		pf_mangled_types(m);
		if (!pf_mangled_eat(m, "E"))
			pf_mangled_fail(m);
	} else
		pf_mangled_fail(m);
	pf_mangled_index(m);
}

void
pf_mangled_unqualified(struct pf_mangled *m, size_t from)
{
	char c, next;
	size_t at;

	while (pf_mangled_eat(m, "L") || pf_mangled_eat(m, "F"))
		;
	c = pf_mangled_peek(m);
	next = pf_mangled_peek2(m);
	if (isdigit((unsigned char)c))
		pf_mangled_source(m);
	else if ((c == 'C' && (next == 'I' || isdigit((unsigned char)next))) ||
	    (c == 'D' && isdigit((unsigned char)next)))
		take_structor(m, from);
	else if (islower((unsigned char)c))
		take_operator(m);
	else
		take_unnamed(m);
	/* [abi:cxx11] says nothing. */
	while (pf_mangled_eat(m, "B")) {
		at = m->len;
		pf_mangled_source(m);
		m->len = at;
	}
}

void
pf_mangled_substitution(struct pf_mangled *m)
{
	static const char *const std[] = { "aallocator", "bbasic_string",
	    "sstring", "iistream", "oostream", "diostream" };
	size_t i = 0, k;
	char c;

	if (!pf_mangled_eat(m, "S"))
		pf_mangled_fail(m);
	c = pf_mangled_peek(m);
	for (k = 0; k < sizeof(std) / sizeof(std[0]); k++)
		if (c == std[k][0]) {
			m->p++;
			c = pf_mangled_peek(m);
			pf_mangled_puts(m, "std::");
			/* Their makers are called after what they are. */
			if (k < 2 || (c != 'C' && c != 'D'))
				pf_mangled_puts(m, std[k] + 1);
			else {
				pf_mangled_puts(m, "basic_");
				pf_mangled_puts(m, std[k] + 1);
				pf_mangled_puts(m, "<>");
			}
			return;
		}
	if (c != '_') {
		for (; isdigit((unsigned char)(c = pf_mangled_peek(m))) ||
		    isupper((unsigned char)c); m->p++)
			if (i < PF_MANGLED_SUBS)
				i = i * 36 + (size_t)(c <= '9' ? c - '0' :
				    c - 'A' + 10);
		i++;
	}
	if (!pf_mangled_eat(m, "_") || i >= m->nsubs) {
		pf_mangled_fail(m);
		return;
	}
	pf_mangled_put(m, m->text + m->sub[i].at, m->sub[i].n);
}

/* Behind the N, to its E. */
static void
take_nested(struct pf_mangled *m)
{
	size_t from = m->len;
	bool first = true;
	char c;

	while (pf_mangled_eat(m, "r") || pf_mangled_eat(m, "V") ||
	    pf_mangled_eat(m, "K"))
		;
	if (!pf_mangled_eat(m, "R"))
		pf_mangled_eat(m, "O");
	while (!m->failed && !pf_mangled_eat(m, "E")) {
		c = pf_mangled_peek(m);
		if (c == 'M') {		/* a lambda in an initialiser */
			m->p++;
			continue;
		}
		if (c == 'I' && !first)
			pf_mangled_arguments(m);
		else {
			if (!first)
				pf_mangled_puts(m, "::");
			if (first && pf_mangled_eat(m, "St"))
				pf_mangled_puts(m, "std");
			else if (first && c == 'S')
				pf_mangled_substitution(m);
			else if (c == 'T' || (c == 'D' &&
			    strchr("tT", pf_mangled_peek2(m)) != NULL &&
			    pf_mangled_peek2(m) != '\0'))
				pf_mangled_type(m);
			else
				pf_mangled_unqualified(m, from);
		}
		/* A type has added itself. */
		if (!first || (c != 'S' && c != 'T' && c != 'D'))
			if (pf_mangled_peek(m) != 'E')
				pf_mangled_add_sub(m, from);
		first = false;
	}
	if (first)
		pf_mangled_fail(m);
}

/* Behind the Z: a function, and what is in it. */
static void
take_local(struct pf_mangled *m)
{
	size_t n;

	pf_mangled_encoding(m, true);
	if (!pf_mangled_eat(m, "E"))
		pf_mangled_fail(m);
	pf_mangled_puts(m, "::");
	if (pf_mangled_eat(m, "s"))
		pf_mangled_puts(m, "string literal");
	else {
		if (pf_mangled_eat(m, "d"))	/* of an argument's default */
			pf_mangled_index(m);
		pf_mangled_name(m);
	}
	/* Which of several of that name. */
	if (pf_mangled_peek(m) != '_')
		return;
	m->p++;
	if (pf_mangled_eat(m, "_")) {
		pf_mangled_number(m, &n);
		if (!pf_mangled_eat(m, "_"))
			pf_mangled_fail(m);
	} else if (isdigit((unsigned char)pf_mangled_peek(m)))
		m->p++;
	else
		pf_mangled_fail(m);
}

void
pf_mangled_name(struct pf_mangled *m)
{
	size_t from = m->len;
	bool known = false;

	if (!pf_mangled_down(m))
		return;
	if (pf_mangled_eat(m, "N"))
		take_nested(m);
	else if (pf_mangled_eat(m, "Z"))
		take_local(m);
	else {
		if (pf_mangled_eat(m, "St")) {
			pf_mangled_puts(m, "std::");
			pf_mangled_unqualified(m, from);
		} else if (pf_mangled_peek(m) == 'S') {
			pf_mangled_substitution(m);
			known = true;
		} else
			pf_mangled_unqualified(m, from);
		if (pf_mangled_peek(m) == 'I') {
			if (!known)
				pf_mangled_add_sub(m, from);
			pf_mangled_arguments(m);
		} else if (known)
			pf_mangled_fail(m);
	}
	m->depth--;
}

/* By how much a thunk moves its pointer: "h16_", "v0_n24_". */
static void
take_offset(struct pf_mangled *m)
{
	size_t n;
	int i, numbers = pf_mangled_eat(m, "v") ? 2 : pf_mangled_eat(m, "h");

	if (numbers == 0)
		pf_mangled_fail(m);
	for (i = 0; i < numbers; i++) {
		pf_mangled_eat(m, "n");
		if (!pf_mangled_number(m, &n) || !pf_mangled_eat(m, "_"))
			pf_mangled_fail(m);
	}
}

void
pf_mangled_encoding(struct pf_mangled *m, bool args)
{
	size_t at;

	if (!pf_mangled_down(m))
		return;
	if (pf_mangled_eat(m, "Tc")) {
		take_offset(m);
		take_offset(m);
		pf_mangled_encoding(m, args);
	} else if (pf_mangled_peek(m) == 'T' && (pf_mangled_peek2(m) == 'h' ||
	    pf_mangled_peek2(m) == 'v')) {
		m->p++;
		take_offset(m);
		pf_mangled_encoding(m, args);
	} else {
		pf_mangled_name(m);
		at = m->len;
		if (args)
			pf_mangled_types(m);
		m->len = at;
	}
	m->depth--;
}

/* "17h0123456789abcdefE": the last part of a name of Rust. */
static bool
is_rust(const char *s, size_t n)
{
	size_t i;

	if (n < 20 || s[n - 1] != 'E' || memcmp(s + n - 20, "17h", 3) != 0)
		return false;
	for (i = n - 17; i < n - 1; i++)
		if (!isxdigit((unsigned char)s[i]))
			return false;
	return true;
}

bool
pf_mangled_read(char out[PF_MANGLED_TEXT], const char *s, size_t n)
{
	struct pf_mangled m;
	const char *dot = n > 2 && n <= PF_MANGLED_MAX ? memchr(s, '.', n) :
	    NULL;

	if (n < 3 || n > PF_MANGLED_MAX || s[0] != '_')
		return false;
	/* Some systems put one more before every name. */
	m.p = s + (s[1] == '_' ? 1 : 0);
	m.end = s + n;
	if (memcmp(m.p, "_R", 2) == 0)
		return pf_mangled_rust(out, m.p + 2, (size_t)(m.end - m.p) -
		    2);
	if (memcmp(m.p, "_Z", 2) != 0)
		return false;
	m.p += 2;
	m.depth = 0;
	m.failed = false;
	m.len = m.nsubs = m.used = 0;
	m.rust = is_rust(s, n) || (dot != NULL &&
	    is_rust(s, (size_t)(dot - s)));
	pf_mangled_encoding(&m, false);
	/* The types of arguments have no dot, what is added has one. */
	if (!m.failed && m.p < m.end &&
	    (dot = memchr(m.p, '.', (size_t)(m.end - m.p))) != NULL)
		pf_mangled_put(&m, dot, (size_t)(m.end - dot));
	if (m.failed || m.len == 0)
		return false;
	memcpy(out, m.out, m.len);
	out[m.len] = '\0';
	return true;
}
