/*
 * Bytes, texts and numbers of mangled names; see mangled_in.h.
 */
#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "codec/report/mangled_in.h"

char
pf_mangled_peek(const struct pf_mangled *m)
{
	return m->failed || m->p >= m->end ? '\0' : *m->p;
}

char
pf_mangled_peek2(const struct pf_mangled *m)
{
	return m->failed || m->end - m->p < 2 ? '\0' : m->p[1];
}

bool
pf_mangled_eat(struct pf_mangled *m, const char *word)
{
	size_t n = strlen(word);

	if (m->failed || (size_t)(m->end - m->p) < n ||
	    memcmp(m->p, word, n) != 0)
		return false;
	m->p += n;
	return true;
}

void
pf_mangled_fail(struct pf_mangled *m)
{
	m->failed = true;
}

bool
pf_mangled_down(struct pf_mangled *m)
{
	if (m->failed || m->depth == PF_MANGLED_DEPTH) {
		m->failed = true;
		return false;
	}
	m->depth++;
	return true;
}

void
pf_mangled_put(struct pf_mangled *m, const char *s, size_t n)
{
	if (n >= sizeof(m->out) - m->len) {
		m->failed = true;
		return;
	}
	memcpy(m->out + m->len, s, n);
	m->len += n;
}

void
pf_mangled_puts(struct pf_mangled *m, const char *s)
{
	pf_mangled_put(m, s, strlen(s));
}

void
pf_mangled_add_sub(struct pf_mangled *m, size_t from)
{
	size_t n = m->len - from;

	if (m->failed || m->nsubs == PF_MANGLED_SUBS ||
	    n > sizeof(m->text) - m->used) {
		m->failed = true;
		return;
	}
	memcpy(m->text + m->used, m->out + from, n);
	m->sub[m->nsubs].at = m->used;
	m->sub[m->nsubs++].n = n;
	m->used += n;
}

bool
pf_mangled_number(struct pf_mangled *m, size_t *out)
{
	size_t v = 0;

	if (!isdigit((unsigned char)pf_mangled_peek(m)))
		return false;
	for (; isdigit((unsigned char)pf_mangled_peek(m)); m->p++)
		if (v < SIZE_MAX / 100)
			v = v * 10 + (size_t)(*m->p - '0');
	*out = v;
	return true;
}

void
pf_mangled_index(struct pf_mangled *m)
{
	size_t n;

	pf_mangled_number(m, &n);
	if (!pf_mangled_eat(m, "_"))
		pf_mangled_fail(m);
}
