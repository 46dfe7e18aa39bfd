/*
 * A dictionary in the format of afl-fuzz and libFuzzer: lines NAME="VALUE" or
 * "VALUE", with \xNN, \\ and \" in it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "blackbox/blackbox.h"
#include "os/fs.h"

#define DICT_MAX	(16 << 20)
#define WORDS_MAX	20000

static int
nibble(char c)
{
	const char *hex = "0123456789abcdef", *p;

	if (c >= 'A' && c <= 'F')
		c = (char)(c - 'A' + 'a');
	return c != '\0' && (p = strchr(hex, c)) != NULL ? (int)(p - hex) :
	    -1;
}

/* What stands between the first and the last quote of the line. */
static void
add_word(struct pool *p, const char *s, const char *end)
{
	struct pf_buf b = PF_BUF_INIT;

	for (; s < end; s++) {
		if (*s != '\\' || s + 1 == end)
			pf_buf_addc(&b, *s);
		else if (s[1] == 'x' && end - s > 3 && nibble(s[2]) >= 0 &&
		    nibble(s[3]) >= 0) {
			pf_buf_addc(&b, (char)(nibble(s[2]) << 4 |
			    nibble(s[3])));
			s += 3;
		} else
			pf_buf_addc(&b, *++s);
	}
	if (b.len == 0 || p->n >= WORDS_MAX) {
		pf_buf_free(&b);
		return;
	}
	if (p->n == p->cap) {
		p->cap = p->cap == 0 ? 64 : p->cap * 2;
		p->inputs = pf_reallocarray(p->inputs, p->cap,
		    sizeof(*p->inputs));
	}
	p->inputs[p->n++] = b;
}

void
words_load(struct pool *p, const char *path)
{
	struct pf_buf b = PF_BUF_INIT;
	const char *s, *end, *nl, *first, *last;

	if (pf_slurp(&b, path, DICT_MAX) != NULL)
		b.len = 0;
	end = b.data + b.len;
	for (s = b.data; s < end; s = nl + 1) {
		if ((nl = memchr(s, '\n', (size_t)(end - s))) == NULL)
			nl = end;
		first = memchr(s, '"', (size_t)(nl - s));
		last = memrchr(s, '"', (size_t)(nl - s));
		if (*s != '#' && first != NULL && last > first)
			add_word(p, first + 1, last);
	}
	pf_buf_free(&b);
}
