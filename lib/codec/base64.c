/*
 * Base64; see base64.h.
 */
#include "codec/base64.h"

/* Six bits, or -1. */
static int
value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* k characters of a group, 2 to 4, as k - 1 bytes. */
static bool
group(unsigned char *to, const char *s, size_t k)
{
	unsigned int bits = 0, left;
	size_t i;
	int v;

	for (i = 0; i < k; i++) {
		if ((v = value(s[i])) == -1)
			return false;
		bits |= (unsigned int)v << (18 - 6 * i);
	}
	left = k == 4 ? 0 : k == 3 ? 0xff : 0xffff;
	if ((bits & left) != 0)
		return false;
	for (i = 0; i + 1 < k; i++)
		to[i] = (unsigned char)(bits >> (16 - 8 * i));
	return true;
}

bool
pf_base64(struct pf_buf *b, const char *s, size_t n)
{
	unsigned char *to;
	size_t i, k, len = n / 4 * 3;

	if (n % 4 != 0)
		return false;
	if (n == 0)
		return true;
	to = (unsigned char *)pf_buf_room(b, len);
	for (i = 0; i < n; i += 4) {
		k = 4;
		if (i + 4 == n && s[i + 3] == '=')
			k = s[i + 2] == '=' ? 2 : 3;
		if (!group(to + i / 4 * 3, s + i, k))
			return false;
		len -= 4 - k;
	}
	pf_buf_grew(b, len);
	return true;
}
