/*
 * The JSON writer; see json.h.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/name.h"
#include "codec/json.h"

/* How many bytes from here on stand for themselves. */
static size_t
plain_run(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n && s[i] >= 0x20 && s[i] < 0x7f && s[i] != '"' &&
	    s[i] != '\\'; i++)
		;
	return i;
}

/* A quoted string; what is not UTF-8 becomes U+FFFD byte by byte. */
static void
quote(struct pf_buf *b, const char *s, size_t n)
{
	static const char plain[] = "\"\\\b\f\n\r\t";
	static const char letter[] = "\"\\bfnrt";
	const char *p;
	char *to;
	size_t i, len = plain_run(s, n);

	/* Nearly all of them are so; replies are made of little else. */
	if (len == n) {
		to = pf_buf_room(b, n + 2);
		to[0] = '"';
		memcpy(to + 1, s, n);
		to[n + 1] = '"';
		pf_buf_grew(b, n + 2);
		return;
	}
	pf_buf_addc(b, '"');
	for (i = 0; i < n; i += len) {
		unsigned char c = (unsigned char)s[i];

		if ((len = plain_run(s + i, n - i)) > 0) {
			pf_buf_add(b, s + i, len);
			continue;
		}
		len = 1;
		if (c != '\0' && (p = strchr(plain, c)) != NULL) {
			pf_buf_addc(b, '\\');
			pf_buf_addc(b, letter[p - plain]);
		} else if (c < 0x20 || c == 0x7f)
			pf_buf_addf(b, "\\u%04x", c);
		else {
			len = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
			if (len <= n - i && pf_utf8_ok(s + i, len))
				pf_buf_add(b, s + i, len);
			else {
				len = 1;
				pf_buf_adds(b, "\xef\xbf\xbd");
			}
		}
	}
	pf_buf_addc(b, '"');
}

/* Comma and key in front of a value. */
static void
lead(struct pf_buf *b, const char *key)
{
	char last = b->len > 0 ? b->data[b->len - 1] : '\0';

	if (last != '\0' && last != '{' && last != '[' && last != ':' &&
	    last != '\n')
		pf_buf_addc(b, ',');
	if (key != NULL) {
		quote(b, key, strlen(key));
		pf_buf_addc(b, ':');
	}
}

void
pf_jw_open(struct pf_buf *b, const char *key, char bracket)
{
	lead(b, key);
	pf_buf_addc(b, bracket);
}

void
pf_jw_close(struct pf_buf *b, char bracket)
{
	pf_buf_addc(b, bracket);
}

void
pf_jw_strn(struct pf_buf *b, const char *key, const char *s, size_t n)
{
	lead(b, key);
	quote(b, s, n);
}

void
pf_jw_str(struct pf_buf *b, const char *key, const char *s)
{
	pf_jw_strn(b, key, s, strlen(s));
}

void
pf_jw_int(struct pf_buf *b, const char *key, int64_t v)
{
	uint64_t u = v < 0 ? -(uint64_t)v : (uint64_t)v;
	char text[24], *p = text + sizeof(text);

	lead(b, key);
	do
		*--p = (char)('0' + u % 10);
	while ((u /= 10) > 0);
	if (v < 0)
		*--p = '-';
	pf_buf_add(b, p, (size_t)(text + sizeof(text) - p));
}

void
pf_jw_real(struct pf_buf *b, const char *key, double v)
{
	lead(b, key);
	if (!isfinite(v))
		pf_buf_adds(b, "null");
	else
		pf_buf_addf(b, "%.15g", v);
}

void
pf_jw_bool(struct pf_buf *b, const char *key, bool v)
{
	lead(b, key);
	pf_buf_adds(b, v ? "true" : "false");
}

void
pf_jw_null(struct pf_buf *b, const char *key)
{
	lead(b, key);
	pf_buf_adds(b, "null");
}

void
pf_jw_raw(struct pf_buf *b, const char *key, const char *json)
{
	lead(b, key);
	pf_buf_adds(b, json);
}
