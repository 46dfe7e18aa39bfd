/*
 * Names of functions without what changes from build to build: see
 * pf_frame_name() in report.h.  One pass over the name, which for one that is
 * mangled is what mangled.c makes of it.
 */
#include <ctype.h>
#include <string.h>

#include "codec/report/mangled.h"
#include "codec/report/report.h"

/* The name that is read, and what is made of it. */
struct name {
	const char	*s;
	size_t		 i, n;
	char		 out[PF_REPORT_NAME];
	size_t		 len;
	bool		 local;
};

static bool
at(const struct name *m, const char *word)
{
	size_t n = strlen(word);

	return n <= m->n - m->i && memcmp(m->s + m->i, word, n) == 0;
}

static void
put(struct name *m, const char *s, size_t n)
{
	if (n > sizeof(m->out) - m->len)
		n = sizeof(m->out) - m->len;
	memcpy(m->out + m->len, s, n);
	m->len += n;
}

/* Goes behind the bracket that closes the one at m->i; quotes of Go and the
 * arrows of return types are no brackets. */
static void
skip_group(struct name *m)
{
	char open = m->s[m->i];
	char close = open == '(' ? ')' : open == '<' ? '>' :
	    open == '[' ? ']' : '}';
	int depth = 0;

	for (; m->i < m->n; m->i++) {
		char c = m->s[m->i];

		if (c == open)
			depth++;
		else if (c == close && !(c == '>' && m->i > 0 &&
		    m->s[m->i - 1] == '-') && --depth == 0) {
			m->i++;
			return;
		}
	}
}

/* Whether an argument of the template is a type without a name. */
static bool
of_unnamed(const char *s, size_t n)
{
	static const char *const marks[] = { "(anonymous ", "{anonymous}",
	    "{lambda", "'lambda", "<lambda", "$_", "{unnamed", "'unnamed" };
	size_t i;

	for (i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (memmem(s, n, marks[i], strlen(marks[i])) != NULL)
			return true;
	return false;
}

/* "operator" and what belongs to it, taken as it stands. */
static bool
take_operator(struct name *m)
{
	static const char *const ops[] = { "()", "<<=", ">>=", "<=>", "->*",
	    "<<", ">>", "<=", ">=", "->", "<", ">", "[]", "*=", "*", "&&",
	    "&=", "&", " new[]", " new", " delete[]", " delete" };
	size_t i;

	if (!at(m, "operator") || (m->len > 0 &&
	    (isalnum((unsigned char)m->out[m->len - 1]) ||
	    m->out[m->len - 1] == '_')))
		return false;
	put(m, "operator", 8);
	m->i += 8;
	for (i = 0; i < sizeof(ops) / sizeof(ops[0]); i++)
		if (at(m, ops[i])) {
			put(m, ops[i], strlen(ops[i]));
			m->i += strlen(ops[i]);
			return true;
		}
	/* A conversion: "operator unsigned long". */
	while (m->i < m->n && m->s[m->i] == ' ') {
		put(m, " ", 1);
		m->i++;
		while (m->i < m->n && strchr(" (<", m->s[m->i]) == NULL)
			put(m, &m->s[m->i++], 1);
	}
	return true;
}

/* Names that a compiler gave to what has none. */
static bool
take_unnamed(struct name *m)
{
	static const struct {
		const char	*from, *to;
	} names[] = {
		{ "(anonymous namespace)", "(anonymous)" },
		{ "(anonymous class)", "(anonymous)" },
		{ "{anonymous}", "(anonymous)" },
		{ "'lambda", "{lambda}" },
		{ "$_", "{lambda}" },
		{ "{lambda", "{lambda}" },
		{ "{unnamed", "{unnamed}" },
		{ "'unnamed", "{unnamed}" },
		{ "._anon_", "{unnamed}" },
		{ "{closure#", "{{closure}}" },
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (at(m, names[i].from))
			break;
	if (i == sizeof(names) / sizeof(names[0]))
		return false;
	put(m, names[i].to, strlen(names[i].to));
	if (m->s[m->i] == '{')
		skip_group(m);
	else
		m->i += strlen(names[i].from);
	while (m->s[m->i - 1] != '}' && m->s[m->i - 1] != ')' &&
	    m->i < m->n && (isdigit((unsigned char)m->s[m->i]) ||
	    m->s[m->i] == '\''))
		m->i++;
	return true;
}

/*
 * At a "(": the receiver of a method of Go is part of the name, arguments are
 * not.  False if the name ends with them.
 */
static bool
take_arguments(struct name *m)
{
	size_t from = m->i;

	if (m->len > 0 && m->out[m->len - 1] == '.' && m->i + 1 < m->n &&
	    m->s[m->i + 1] == '*') {
		skip_group(m);
		put(m, m->s + from, m->i - from);
		return true;
	}
	/* Of "(*f(int))(char)" the name is inside. */
	if (m->len == 0) {
		m->i++;
		return true;
	}
	skip_group(m);
	/* A return type; the name is to come. */
	if (m->len == 8 && memcmp(m->out, "decltype", 8) == 0)
		return true;
	if (at(m, " const::"))
		m->i += 6;
	/* A type that is declared in a function. */
	m->local = m->local || at(m, "::");
	return at(m, "::");
}

/* "<T as core[0123456789abcdef]::fmt::Display>::fmt" of Rust: the first group
 * is the name, the crates without their hashes. */
static void
take_self(struct name *m)
{
	int depth = 0;

	for (; m->i < m->n; m->i++) {
		char c = m->s[m->i];

		if (c == '<' && ++depth == 2) {
			put(m, "<>", 2);
			skip_group(m);
			depth--;
			m->i--;
			continue;
		}
		if (c == '[' && isalnum((unsigned char)m->s[m->i - 1])) {
			skip_group(m);
			m->i--;
			continue;
		}
		put(m, &c, 1);
		if (c == '>' && m->s[m->i - 1] != '-' && --depth == 0)
			break;
	}
	m->i += m->i < m->n;
}

static void
read_name(struct name *m)
{
	if (at(m, "<") && !at(m, "<null>"))
		take_self(m);
	while (m->i < m->n) {
		char c = m->s[m->i];
		size_t from = m->i;

		if ((c == 'o' && take_operator(m)) ||
		    (strchr("({'$.", c) != NULL && take_unnamed(m)))
			continue;
		switch (c) {
		case '<':
			put(m, "<>", 2);
			skip_group(m);
			m->local = m->local ||
			    of_unnamed(m->s + from, m->i - from);
			break;
		case '(':
			if (!take_arguments(m))
				return;
			break;
		case ')':
			return;
		case '[':
			/* [abi:cxx11], [...] of Go, [clone .cold] */
			skip_group(m);
			break;
		case ' ':
			/* What stood before was a type, or words. */
			m->i++;
			if (m->i < m->n && (at(m, "(anonymous ") ||
			    strchr("[(<", m->s[m->i]) == NULL)) {
				m->len = 0;
				m->local = false;
			}
			break;
		case '*':
		case '&':
			/* Of a type: "char *f()". */
			m->i++;
			break;
		default:
			if (m->len < sizeof(m->out))
				m->out[m->len++] = c;
			m->i++;
		}
	}
}

/* What compilers append to copies that they make of a function. */
static bool
drop_suffix(struct name *m)
{
	static const char *const marks[] = { ".part", ".isra", ".cold",
	    ".constprop", ".llvm", ".lto_priv", ".localalias", ".clone",
	    ".__uniq", ".ctor", ".dtor" };
	size_t i, end = m->len, dot;

	while (end > 0 && isdigit((unsigned char)m->out[end - 1]))
		end--;
	dot = end < m->len && end > 1 && m->out[end - 1] == '.' ? end - 1 :
	    m->len;
	for (i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		size_t n = strlen(marks[i]);

		if (dot > n && memcmp(m->out + dot - n, marks[i], n) == 0) {
			m->len = dot - n;
			return true;
		}
	}
	if (dot == m->len)
		return false;
	m->len = dot;		/* f.123, a static of a function */
	return true;
}

/* "::h0123456789abcdef" of Rust. */
static void
drop_hash(struct name *m)
{
	size_t i;

	if (m->len < 20 || memcmp(m->out + m->len - 19, "::h", 3) != 0)
		return;
	for (i = m->len - 16; i < m->len; i++)
		if (!isxdigit((unsigned char)m->out[i]))
			return;
	m->len -= 19;
}

void
pf_frame_name(struct pf_report *r, struct pf_frame *f, const char *s,
    size_t n)
{
	struct name m;
	char plain[PF_MANGLED_TEXT];
	const char *version;

	if (f == &r->spare)
		return;
	if (pf_mangled_read(plain, s, n)) {
		s = plain;
		n = strlen(plain);
	}
	m.s = s;
	m.n = n;
	m.i = m.len = 0;
	m.local = false;
	/* Methods of Objective-C have blanks and are told as they are. */
	if (n > 2 && (s[0] == '-' || s[0] == '+') && s[1] == '[')
		put(&m, s, n);
	else
		read_name(&m);
	if ((version = memchr(m.out, '@', m.len)) != NULL &&
	    version > m.out)
		m.len = (size_t)(version - m.out);
	while (drop_suffix(&m))
		;
	drop_hash(&m);
	f->name = pf_report_text(r, m.out, m.len);
	f->local = m.local;
}
