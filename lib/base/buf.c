/*
 * A growing byte buffer; see buf.h.
 */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"

char pf_buf_empty[1];

char *
pf_buf_room(struct pf_buf *b, size_t n)
{
	size_t cap = b->cap != 0 ? b->cap : 64;

	if (n > SIZE_MAX / 2 - b->len)
		pf_die("buffer of %zu bytes asked for", n);
	if (b->len + n + 1 > b->cap) {
		while (cap < b->len + n + 1)
			cap *= 2;
		b->data = pf_reallocarray(b->cap != 0 ? b->data : NULL, cap, 1);
		b->cap = cap;
		b->data[b->len] = '\0';
	}
	return b->data + b->len;
}

void
pf_buf_grew(struct pf_buf *b, size_t n)
{
	b->len += n;
	b->data[b->len] = '\0';
}

void
pf_buf_add(struct pf_buf *b, const void *p, size_t n)
{
	if (n == 0)
		return;
	memcpy(pf_buf_room(b, n), p, n);
	pf_buf_grew(b, n);
}

void
pf_buf_adds(struct pf_buf *b, const char *s)
{
	pf_buf_add(b, s, strlen(s));
}

void
pf_buf_replaced(struct pf_buf *b, const char *text, const char *what,
    const char *by)
{
	const char *at;

	for (; (at = strstr(text, what)) != NULL; text = at + strlen(what)) {
		pf_buf_add(b, text, (size_t)(at - text));
		pf_buf_adds(b, by);
	}
	pf_buf_adds(b, text);
}

void
pf_buf_addc(struct pf_buf *b, char c)
{
	pf_buf_add(b, &c, 1);
}

void
pf_buf_addf(struct pf_buf *b, const char *fmt, ...)
{
	va_list ap;
	char *p = pf_buf_room(b, 32);	/* enough for most */
	int n;

	va_start(ap, fmt);
	n = vsnprintf(p, b->cap - b->len, fmt, ap);
	va_end(ap);
	if (n < 0)
		pf_die("bad format '%s'", fmt);
	if ((size_t)n >= b->cap - b->len) {
		*p = '\0';
		p = pf_buf_room(b, (size_t)n);
		va_start(ap, fmt);
		vsnprintf(p, (size_t)n + 1, fmt, ap);
		va_end(ap);
	}
	pf_buf_grew(b, (size_t)n);
}

void
pf_buf_eat(struct pf_buf *b, size_t n)
{
	if (n > b->len)
		pf_die("%zu bytes taken off a buffer of %zu", n, b->len);
	if (n == 0)
		return;
	memmove(b->data, b->data + n, b->len - n + 1);
	b->len -= n;
}

void
pf_buf_reset(struct pf_buf *b)
{
	b->len = 0;
	if (b->cap != 0)
		b->data[0] = '\0';
}

void
pf_buf_free(struct pf_buf *b)
{
	if (b->cap != 0)
		free(b->data);
	*b = (struct pf_buf)PF_BUF_INIT;
}

char *
pf_buf_detach(struct pf_buf *b)
{
	char *p;

	pf_buf_room(b, 0);
	p = b->data;
	*b = (struct pf_buf)PF_BUF_INIT;
	return p;
}
