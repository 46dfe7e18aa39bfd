/*
 * Request headers; see header.h.
 */
#include <string.h>
#include <strings.h>

#include "codec/header.h"

static const char *
blanks(const char *s)
{
	return s + strspn(s, " \t");
}

/* ";q=0.5" in thousandths, 1000 without it, -1 if it is none. */
static int
quality(const char *s, const char *end)
{
	int q, unit;

	for (; s < end && *s != ';'; s++)
		;
	if (s == end)
		return 1000;
	s = blanks(s + 1);
	if (end - s < 3 || (*s != 'q' && *s != 'Q') || s[1] != '=' ||
	    (s[2] != '0' && s[2] != '1'))
		return -1;
	q = (s[2] - '0') * 1000;
	s += 3;
	if (s < end && *s == '.')
		for (s++, unit = 100; s < end && *s >= '0' && *s <= '9' &&
		    unit > 0; s++, unit /= 10)
			q += (*s - '0') * unit;
	return blanks(s) < end || q > 1000 ? -1 : q;
}

static bool
is_word(const char *s, const char *end, const char *word)
{
	size_t n = 0;

	while (s + n < end && strchr("; \t", s[n]) == NULL)
		n++;
	return n == strlen(word) && strncasecmp(s, word, n) == 0;
}

bool
pf_header_minimal(const char *s)
{
	const char *end;

	for (; s != NULL && *s != '\0'; s = *end == ',' ? end + 1 : end) {
		s = blanks(s);
		end = s + strcspn(s, ",");
		if (is_word(s, end, "return=minimal") ||
		    is_word(s, end, "return=\"minimal\""))
			return true;
	}
	return false;
}

bool
pf_header_gzip(const char *s)
{
	int q, gzip = -1, plain = -1, any = -1;
	const char *end;

	for (; s != NULL && *s != '\0'; s = *end == ',' ? end + 1 : end) {
		s = blanks(s);
		end = s + strcspn(s, ",");
		if ((q = quality(s, end)) == -1)
			continue;
		if (is_word(s, end, "gzip") || is_word(s, end, "x-gzip"))
			gzip = q;
		else if (is_word(s, end, "identity"))
			plain = q;
		else if (is_word(s, end, "*"))
			any = q;
	}
	if (gzip == -1)
		gzip = any;
	return gzip > 0 && gzip >= plain;
}

/* Beyond the W/ of a weak tag. */
static const char *
opaque(const char *tag)
{
	return strncmp(tag, "W/", 2) == 0 ? tag + 2 : tag;
}

bool
pf_header_tag(const char *s, const char *tag)
{
	const char *end;
	size_t n;

	if (s == NULL || *tag == '\0')
		return false;
	tag = opaque(tag);
	n = strlen(tag);
	if (strcmp(s = blanks(s), "*") == 0)
		return true;
	for (;; s = end + 1) {
		s = opaque(s + strspn(s, " \t,"));
		/* What is in quotes may hold commas. */
		if (*s != '"' || (end = strchr(s + 1, '"')) == NULL)
			return false;
		if ((size_t)(end + 1 - s) == n && memcmp(s, tag, n) == 0)
			return true;
	}
}

/* A number, -1 if there is none; more than can be is as good as the most. */
static int64_t
take(const char **s)
{
	const char *p = *s;
	int64_t n = *p >= '0' && *p <= '9' ? 0 : -1;

	for (; *p >= '0' && *p <= '9'; p++)
		n = n > (INT64_MAX - 9) / 10 ? INT64_MAX : n * 10 + (*p - '0');
	*s = p;
	return n;
}

enum pf_range
pf_header_range(int64_t *from, int64_t *n, const char *s, int64_t size)
{
	int64_t first, last;

	if (s == NULL || strncasecmp(s, "bytes=", 6) != 0)
		return PF_RANGE_ALL;
	s = blanks(s + 6);
	first = take(&s);
	if (*s == '\0' || *s++ != '-')
		return PF_RANGE_ALL;
	last = take(&s);
	if (*blanks(s) != '\0' || (first == -1 && last == -1) ||
	    (first != -1 && last != -1 && last < first))
		return PF_RANGE_ALL;
	if (first == -1) {		/* the last bytes of it */
		first = last < size ? size - last : 0;
		if (last == 0)
			return PF_RANGE_OUTSIDE;
		last = -1;
	}
	if (first >= size)
		return PF_RANGE_OUTSIDE;
	if (last == -1 || last >= size)
		last = size - 1;
	*from = first;
	*n = last - first + 1;
	return PF_RANGE_PART;
}
