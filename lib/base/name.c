/*
 * Names and ids from outside; see name.h.
 */
#include <sys/random.h>

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/name.h"

bool
pf_id_ok(const char *s)
{
	size_t n = strlen(s);

	return n >= 1 && n <= PF_ID_MAX &&
	    strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789._-") == n &&
	    s[0] != '.' && s[0] != '_' && s[0] != '-' &&
	    strstr(s, "..") == NULL;
}

bool
pf_sha_ok(const char *s)
{
	return strlen(s) == PF_SHA_HEX &&
	    strspn(s, "0123456789abcdef") == PF_SHA_HEX;
}

/* Length of the UTF-8 character at s (n bytes left), 0 if it is none. */
static size_t
utf8_char(uint32_t *out, const unsigned char *s, size_t n)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint32_t c = s[0];
	size_t i, len;

	if (c < 0x80) {
		*out = c;
		return 1;
	}
	len = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
	if (c < 0xc2 || c > 0xf4 || len > n)
		return 0;
	c &= 0xffu >> (len + 1);
	for (i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*out = c;
	return len;
}

bool
pf_utf8_ok(const char *s, size_t n)
{
	uint32_t c;
	size_t len;

	for (; n > 0; s += len, n -= len) {
		len = 1;
		if ((unsigned char)*s >= 0x80 && (len = utf8_char(&c,
		    (const unsigned char *)s, n)) == 0)
			return false;
	}
	return true;
}

/* Control characters, and those that turn the direction of writing. */
static bool
unseen(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x61c ||
	    c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) ||
	    (c >= 0x2066 && c <= 0x2069);
}

/* The line end is the only one of those to be let through, if at all. */
static bool
all_seen(const char *s, size_t n, bool lines)
{
	size_t len;
	uint32_t c;

	for (; n > 0; s += len, n -= len) {
		if ((len = utf8_char(&c, (const unsigned char *)s, n)) == 0)
			return false;
		if (unseen(c) && !(lines && c == '\n'))
			return false;
	}
	return true;
}

bool
pf_text_ok(const char *s)
{
	size_t n = strlen(s);

	return n >= 1 && n <= 128 && all_seen(s, n, false);
}

bool
pf_lines_ok(const char *s)
{
	return all_seen(s, strlen(s), true);
}

bool
pf_engine_name(char out[33], const char *s)
{
	size_t i, n = strlen(s);

	if (n < 1 || n > 32)
		return false;
	for (i = 0; i < n; i++) {
		out[i] = (char)tolower((unsigned char)s[i]);
		if (strchr("abcdefghijklmnopqrstuvwxyz0123456789+._-",
		    out[i]) == NULL)
			return false;
	}
	out[n] = '\0';
	if (!isalnum((unsigned char)out[0]))
		return false;
	if (strcmp(out, "afl") == 0 || strcmp(out, "aflplusplus") == 0)
		snprintf(out, 33, "afl++");
	return true;
}

bool
pf_engine_builtin(const char *name)
{
	return strcmp(name, "afl++") == 0 || strcmp(name, "libfuzzer") == 0;
}

const char *const pf_build_kinds[] = { "asan", "ubsan", "msan", "tsan",
	"cmplog", "cov", "mutator", "grammar", NULL };

bool
pf_build_kind(const char *s)
{
	const char *const *k;

	for (k = pf_build_kinds; *k != NULL; k++)
		if (strcmp(s, *k) == 0)
			return true;
	return false;
}

#define STEP	12	/* bytes of a UUID that a step fills, and later */

static void
uuid(char out[PF_ID_MAX + 1], unsigned char b[16], int64_t ms, int version)
{
	size_t i;
	char *p = out;

	for (i = 0; i < 6; i++)
		b[i] = (unsigned char)((uint64_t)ms >> (40 - 8 * i));
	b[6] = (unsigned char)(version << 4 | (b[6] & 0x0f));
	b[8] = (unsigned char)(0x80 | (b[8] & 0x3f));
	for (i = 0; i < 16; i++)
		p += snprintf(p, 4, "%02x%s", b[i],
		    i == 3 || i == 5 || i == 7 || i == 9 ? "-" : "");
}

/*
 * Within a millisecond ids go up by random steps (section 6.2 of the RFC,
 * method 2): what is made together lies together in a database's indexes.
 */
void
pf_uuid7(char out[PF_ID_MAX + 1], int64_t now)
{
	static _Thread_local unsigned char last[16];
	static _Thread_local int64_t last_ms = -1;
	unsigned char b[16];
	unsigned carry = 0;
	size_t i;

	if (getrandom(b, sizeof(b), 0) != (ssize_t)sizeof(b))
		pf_die("getrandom gave no random bytes");
	if (now == last_ms) {
		for (i = sizeof(b); i-- > STEP;) {
			carry += (unsigned)last[i] + b[i];
			b[i] = (unsigned char)carry;
			carry >>= 8;
		}
		for (; i > 8; i--) {
			carry += last[i];
			b[i] = (unsigned char)carry;
			carry >>= 8;
		}
		memcpy(b, last, i + 1);
	} else
		b[9] &= 0x7f;	/* room to count up */
	memcpy(last, b, sizeof(b));
	last_ms = now;
	uuid(out, b, now, 7);
}

static unsigned char
digit(char c)
{
	return (unsigned char)(c >= 'a' ? c - 'a' + 10 : c - '0');
}

static void
bytes(unsigned char b[16], const char *sha)
{
	size_t i;

	for (i = 0; i < 16; i++)
		b[i] = (unsigned char)(digit(sha[2 * i]) << 4 |
		    digit(sha[2 * i + 1]));
}

void
pf_uuid_of(char out[PF_ID_MAX + 1], int64_t ms, const char *sha)
{
	unsigned char b[16];

	bytes(b, sha);
	uuid(out, b, ms, 8);
}

void
pf_uuid_sha(char out[PF_ID_MAX + 1], const char *sha)
{
	unsigned char b[16];
	int64_t top = 0;
	size_t i;

	bytes(b, sha);
	for (i = 0; i < 6; i++)
		top = top << 8 | b[i];
	uuid(out, b, top, 8);
}
