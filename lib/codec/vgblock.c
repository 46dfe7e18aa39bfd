/*
 * The blocks of valgrind's text; see vgblock.h.
 */
#include <string.h>

#include "codec/vgblock.h"

enum what { OTHER, BLANK, TEXT };

/* Of "==12== Invalid read of size 4" what follows the mark; *n is the bytes of
 * the line, with its newline. */
static enum what
look(const char *s, size_t left, size_t *n)
{
	const char *nl = memchr(s, '\n', left), *p = s, *end;

	*n = nl != NULL ? (size_t)(nl - s) + 1 : left;
	end = nl != NULL ? nl : s + left;
	if (end - p < 5 || p[0] != '=' || p[1] != '=')
		return OTHER;
	for (p += 2; p < end && *p >= '0' && *p <= '9'; p++)
		;
	if (end - p < 2 || p == s + 2 || p[0] != '=' || p[1] != '=')
		return OTHER;
	for (p += 2; p < end && (*p == ' ' || *p == '\r'); p++)
		;
	return p == end ? BLANK : TEXT;
}

bool
pf_vgblock_next(const char **p, size_t *n, const char *text, size_t len,
    size_t *at)
{
	enum what what = OTHER;
	size_t k, begin;

	while (*at < len && (what = look(text + *at, len - *at, &k)) != TEXT)
		*at += k;
	if (*at >= len)
		return false;
	begin = *at;
	do
		*at += k;
	while (*at < len && look(text + *at, len - *at, &k) != BLANK);
	*p = text + begin;
	*n = *at - begin;
	return true;
}
