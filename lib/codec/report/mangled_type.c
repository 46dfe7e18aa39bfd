/*
 * Types and expressions of the Itanium C++ ABI, which are read to find their
 * end; see mangled.h.  A type has a text, so far as an operator may be called
 * after it; an expression has none.
 */
#include <ctype.h>
#include <string.h>

#include "codec/report/mangled_in.h"

/* To the E or the end. */
void
pf_mangled_types(struct pf_mangled *m)
{
	size_t at = m->len;
	char c;

	while ((c = pf_mangled_peek(m)) != '\0' && c != 'E' && c != '.' &&
	    c != '@') {
		/* The mark of a function's reference to *this. */
		if ((c == 'R' || c == 'O') && pf_mangled_peek2(m) == 'E') {
			m->p++;
			break;
		}
		pf_mangled_type(m);
		m->len = at;
	}
}

static void
expressions(struct pf_mangled *m)
{
	while (!m->failed && !pf_mangled_eat(m, "E"))
		pf_mangled_expression(m);
}

/* "Li5E", "LZ...E", "L_Z...E". */
static void
primary(struct pf_mangled *m)
{
	size_t at = m->len;

	m->p++;
	if (pf_mangled_eat(m, "_Z") || pf_mangled_eat(m, "Z"))
		pf_mangled_encoding(m, true);
	else {
		pf_mangled_type(m);
		while (pf_mangled_peek(m) != 'E' && pf_mangled_peek(m) != '\0')
			m->p++;
	}
	if (!pf_mangled_eat(m, "E"))
		pf_mangled_fail(m);
	m->len = at;
}

static void
argument(struct pf_mangled *m)
{
	if (!pf_mangled_down(m))
		return;
	if (pf_mangled_peek(m) == 'L')
		primary(m);
	else if (pf_mangled_eat(m, "X")) {
		pf_mangled_expression(m);
		if (!pf_mangled_eat(m, "E"))
			pf_mangled_fail(m);
	} else if (pf_mangled_eat(m, "J"))
		while (!m->failed && !pf_mangled_eat(m, "E"))
			argument(m);
	else
		pf_mangled_type(m);
	m->depth--;
}

void
pf_mangled_arguments(struct pf_mangled *m)
{
	size_t at = m->len;

	if (!pf_mangled_eat(m, "I"))
		pf_mangled_fail(m);
	while (!m->failed && !pf_mangled_eat(m, "E")) {
		argument(m);
		m->len = at;
	}
	m->len = at;
	pf_mangled_puts(m, "<>");
}

static bool
builtin(struct pf_mangled *m)
{
	static const char *const names[26] = { "signed char", "bool", "char",
	    "double", "long double", "float", "__float128", "unsigned char",
	    "int", "unsigned int", NULL, "long", "unsigned long",
	    "__int128", "unsigned __int128", NULL, NULL, NULL, "short",
	    "unsigned short", NULL, "void", "wchar_t", "long long",
	    "unsigned long long", "..." };
	char c = pf_mangled_peek(m);

	if (!islower((unsigned char)c) || names[c - 'a'] == NULL)
		return false;
	m->p++;
	pf_mangled_puts(m, names[c - 'a']);
	return true;
}

/* D and what follows; true if it may be referred to. */
static bool
type_d(struct pf_mangled *m)
{
	static const char *const names[] = { "ddecimal64", "edecimal128",
	    "fdecimal32", "hhalf", "ichar32_t", "schar16_t", "uchar8_t",
	    "aauto", "cdecltype(auto)", "ndecltype(nullptr)" };
	char c = pf_mangled_peek2(m);
	size_t i;

	m->p += c != '\0' ? 2 : 1;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (c == names[i][0]) {
			pf_mangled_puts(m, names[i] + 1);
			return false;
		}
	switch (c) {
	case 'F':		/* _Float16, std::bfloat16_t */
		if (!pf_mangled_number(m, &i) || (!pf_mangled_eat(m, "_") &&
		    !pf_mangled_eat(m, "x") && !pf_mangled_eat(m, "b")))
			pf_mangled_fail(m);
		pf_mangled_puts(m, "_Float");
		return false;
	case 'p':
		pf_mangled_type(m);
		return true;
	case 't':
	case 'T':
		pf_mangled_expression(m);
		if (!pf_mangled_eat(m, "E"))
			pf_mangled_fail(m);
		pf_mangled_puts(m, "decltype(...)");
		return true;
	case 'v':
		if (!pf_mangled_number(m, &i) && pf_mangled_peek(m) != '_')
			pf_mangled_expression(m);
		if (!pf_mangled_eat(m, "_"))
			pf_mangled_fail(m);
		pf_mangled_type(m);
		return true;
	case 'B':
	case 'U':
		if (!pf_mangled_number(m, &i))
			pf_mangled_expression(m);
		if (!pf_mangled_eat(m, "_"))
			pf_mangled_fail(m);
		return true;
	/* What a function may throw; the type that follows adds itself. */
	case 'o':
	case 'x':
		pf_mangled_type(m);
		return false;
	case 'O':
		pf_mangled_expression(m);
		if (!pf_mangled_eat(m, "E"))
			pf_mangled_fail(m);
		pf_mangled_type(m);
		return false;
	case 'w':
		pf_mangled_types(m);
		if (!pf_mangled_eat(m, "E"))
			pf_mangled_fail(m);
		pf_mangled_type(m);
		return false;
	default:
		pf_mangled_fail(m);
		return false;
	}
}

static void	compound(struct pf_mangled *);

/* const and the like, all that there are being one. */
static void
qualified(struct pf_mangled *m)
{
	bool is_const, is_volatile;

	pf_mangled_eat(m, "r");
	is_volatile = pf_mangled_eat(m, "V");
	is_const = pf_mangled_eat(m, "K");
	/* Of a member function it is part of the type. */
	if (pf_mangled_peek(m) == 'F')
		compound(m);
	else
		pf_mangled_type(m);
	if (is_volatile)
		pf_mangled_puts(m, " volatile");
	if (is_const)
		pf_mangled_puts(m, " const");
}

/* What stands before another type. */
static void
prefixed(struct pf_mangled *m)
{
	char c = *m->p++;

	pf_mangled_type(m);
	pf_mangled_puts(m, c == 'P' ? "*" : c == 'R' ? "&" : c == 'O' ? "&&" :
	    "");
}

static void
parameter(struct pf_mangled *m)
{
	size_t n;

	m->p++;
	if (pf_mangled_eat(m, "L")) {
		pf_mangled_number(m, &n);
		if (!pf_mangled_eat(m, "_"))
			pf_mangled_fail(m);
	}
	pf_mangled_index(m);
	pf_mangled_puts(m, "T");
}

/* A, F, M, U: made of others, and with no text that would matter. */
static void
compound(struct pf_mangled *m)
{
	size_t n;
	char c = *m->p++;

	switch (c) {
	case 'A':
		if (!pf_mangled_number(m, &n) && pf_mangled_peek(m) != '_')
			pf_mangled_expression(m);
		if (!pf_mangled_eat(m, "_"))
			pf_mangled_fail(m);
		pf_mangled_type(m);
		break;
	case 'F':
		pf_mangled_eat(m, "Y");
		pf_mangled_types(m);
		if (!pf_mangled_eat(m, "E"))
			pf_mangled_fail(m);
		pf_mangled_puts(m, "()");
		break;
	case 'M':
		pf_mangled_type(m);
		pf_mangled_puts(m, "::*");
		pf_mangled_type(m);
		break;
	default:		/* U: a qualifier of a vendor */
		n = m->len;
		pf_mangled_source(m);
		if (pf_mangled_peek(m) == 'I')
			pf_mangled_arguments(m);
		m->len = n;
		pf_mangled_type(m);
		break;
	}
}

/* Names, and what stands for one; true if it is to be added. */
static bool
named(struct pf_mangled *m)
{
	char next = pf_mangled_peek2(m);

	if (pf_mangled_peek(m) != 'S' || next == 't') {
		pf_mangled_name(m);
		return true;
	}
	pf_mangled_substitution(m);
	if (pf_mangled_peek(m) != 'I')
		return false;
	pf_mangled_arguments(m);
	return true;
}

void
pf_mangled_type(struct pf_mangled *m)
{
	size_t from = m->len;
	bool add = true;
	char c = pf_mangled_peek(m), next = pf_mangled_peek2(m);

	if (!pf_mangled_down(m))
		return;
	if (builtin(m))
		add = false;
	else if (c == 'u') {
		m->p++;
		pf_mangled_source(m);
		if (pf_mangled_peek(m) == 'I')
			pf_mangled_arguments(m);
	} else if (c == 'D')
		add = type_d(m);
	else if (c == 'T' && (next == 's' || next == 'u' || next == 'e')) {
		m->p += 2;
		pf_mangled_name(m);
	} else if (c == 'T') {
		parameter(m);
		if (pf_mangled_peek(m) == 'I') {
			pf_mangled_add_sub(m, from);
			pf_mangled_arguments(m);
		}
	} else if (c == 'r' || c == 'V' || c == 'K')
		qualified(m);
	else if (c != '\0' && strchr("PROCG", c) != NULL)
		prefixed(m);
	else if (c == 'A' || c == 'F' || c == 'M' || (c == 'U' &&
	    isdigit((unsigned char)next)))
		compound(m);
	else
		add = named(m);
	if (add)
		pf_mangled_add_sub(m, from);
	m->depth--;
}

/* "fp_", "fL0p1_": an argument of the function. */
static void
function_parameter(struct pf_mangled *m)
{
	size_t n;

	if (pf_mangled_eat(m, "fpT"))
		return;
	if (pf_mangled_eat(m, "fL")) {
		pf_mangled_number(m, &n);
		if (!pf_mangled_eat(m, "p"))
			pf_mangled_fail(m);
	} else
		m->p += 2;
	while (pf_mangled_eat(m, "r") || pf_mangled_eat(m, "V") ||
	    pf_mangled_eat(m, "K"))
		;
	pf_mangled_index(m);
}

/* "3foo", "on" and an operator, "dn" and a destructor, "sr" and a type. */
static bool
unresolved(struct pf_mangled *m)
{
	pf_mangled_eat(m, "gs");
	if (pf_mangled_eat(m, "srN")) {
		pf_mangled_type(m);
		while (!m->failed && !pf_mangled_eat(m, "E")) {
			pf_mangled_unqualified(m, m->len);
			if (pf_mangled_peek(m) == 'I')
				pf_mangled_arguments(m);
		}
	} else if (pf_mangled_eat(m, "sr"))
		pf_mangled_type(m);
	else if (!isdigit((unsigned char)pf_mangled_peek(m)) &&
	    !(pf_mangled_peek(m) == 'o' && pf_mangled_peek2(m) == 'n') &&
	    !(pf_mangled_peek(m) == 'd' && pf_mangled_peek2(m) == 'n'))
		return false;
	if (!pf_mangled_eat(m, "on"))
		pf_mangled_eat(m, "dn");
	pf_mangled_unqualified(m, m->len);
	if (pf_mangled_peek(m) == 'I')
		pf_mangled_arguments(m);
	return true;
}

/* Those that are followed by something else than expressions. */
static bool
special(struct pf_mangled *m)
{
	if (pf_mangled_eat(m, "cv") || pf_mangled_eat(m, "tl")) {
		bool list = m->p[-2] == 't';

		pf_mangled_type(m);
		if (list || pf_mangled_eat(m, "_"))
			expressions(m);
		else
			pf_mangled_expression(m);
	} else if (pf_mangled_eat(m, "il") || pf_mangled_eat(m, "cl") ||
	    pf_mangled_eat(m, "cp"))
		expressions(m);
	else if (pf_mangled_eat(m, "dc") || pf_mangled_eat(m, "sc") ||
	    pf_mangled_eat(m, "cc") || pf_mangled_eat(m, "rc")) {
		pf_mangled_type(m);
		pf_mangled_expression(m);
	} else if (pf_mangled_eat(m, "st") || pf_mangled_eat(m, "at") ||
	    pf_mangled_eat(m, "ti"))
		pf_mangled_type(m);
	else if (pf_mangled_eat(m, "sP"))
		while (!m->failed && !pf_mangled_eat(m, "E"))
			argument(m);
	else if (pf_mangled_eat(m, "nw") || pf_mangled_eat(m, "na")) {
		while (!m->failed && !pf_mangled_eat(m, "_"))
			pf_mangled_expression(m);
		pf_mangled_type(m);
		if (pf_mangled_eat(m, "pi"))
			expressions(m);
		else if (pf_mangled_peek(m) == 'i')
			pf_mangled_expression(m);
		else if (!pf_mangled_eat(m, "E"))
			pf_mangled_fail(m);
	} else if (!pf_mangled_eat(m, "tr"))
		return false;
	return true;
}

/* How many expressions belong to an operator; 0: it is none. */
static int
operands(struct pf_mangled *m)
{
	static const char *const one[] = { "sz", "az", "te", "nx", "tw",
	    "sZ", "sp", "pp_", "mm_", "pp", "mm", "ng", "ps", "ad", "de",
	    "co", "nt", "dl", "da" };
	static const char *const fold[] = { "fl", "fr", "fL", "fR" };
	size_t i;

	for (i = 0; i < sizeof(one) / sizeof(one[0]); i++)
		if (pf_mangled_eat(m, one[i]))
			return 1;
	for (i = 0; i < 4; i++)
		if (pf_mangled_eat(m, fold[i]))
			return pf_mangled_operator(m) == NULL ? 0 :
			    i < 2 ? 1 : 2;
	if (pf_mangled_eat(m, "qu"))
		return 3;
	if (pf_mangled_eat(m, "dt") || pf_mangled_eat(m, "pt") ||
	    pf_mangled_eat(m, "ds"))
		return 2;
	return pf_mangled_operator(m) != NULL ? 2 : 0;
}

void
pf_mangled_expression(struct pf_mangled *m)
{
	size_t at = m->len;
	char c = pf_mangled_peek(m), next = pf_mangled_peek2(m);
	int n;

	if (!pf_mangled_down(m))
		return;
	if (c == 'L')
		primary(m);
	else if (c == 'T')
		pf_mangled_type(m);
	else if (c == 'J' || c == 'X')
		argument(m);
	else if (c == 'f' && (next == 'p' || (next == 'L' &&
	    m->end - m->p > 2 && isdigit((unsigned char)m->p[2]))))
		function_parameter(m);
	else if (!unresolved(m) && !special(m)) {
		if ((n = operands(m)) == 0)
			pf_mangled_fail(m);
		while (n-- > 0)
			pf_mangled_expression(m);
	}
	m->len = at;
	m->depth--;
}
