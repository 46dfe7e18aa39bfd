/*
 * Text for XML; see xml.h.
 */
#include <stdbool.h>
#include <string.h>

#include "base/name.h"
#include "codec/xml.h"

#define REPLACED	"\xef\xbf\xbd"

/* What stands for an ASCII character; NULL if it stands for itself.  A parser
 * makes a blank of a newline in an attribute. */
static const char *
entity(unsigned char c, bool attribute)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&apos;";
	case '\t':
		return attribute ? "&#9;" : NULL;
	case '\n':
		return attribute ? "&#10;" : NULL;
	case '\r':
		return "&#13;";
	default:
		return c < 0x20 ? REPLACED : NULL;
	}
}

/* The length of the character that begins here; 0 if XML has none such. */
static size_t
character(const char *s, size_t n)
{
	unsigned char c = (unsigned char)*s;
	size_t len = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;

	if (len > n || !pf_utf8_ok(s, len) || memcmp(s, "\xef\xbf\xbe", len) ==
	    0 || memcmp(s, "\xef\xbf\xbf", len) == 0)
		return 0;
	return len;
}

static void
add(struct pf_buf *b, const char *s, size_t n, bool attribute)
{
	const char *as;
	size_t i, len;

	for (i = 0; i < n; i += len) {
		len = 1;
		if ((unsigned char)s[i] < 0x80) {
			as = entity((unsigned char)s[i], attribute);
			if (as != NULL)
				pf_buf_adds(b, as);
			else
				pf_buf_addc(b, s[i]);
		} else if ((len = character(s + i, n - i)) > 0)
			pf_buf_add(b, s + i, len);
		else {
			pf_buf_adds(b, REPLACED);
			len = 1;
		}
	}
}

void
pf_xml_text(struct pf_buf *b, const char *s, size_t n)
{
	add(b, s, n, false);
}

void
pf_xml_attr(struct pf_buf *b, const char *name, const char *value)
{
	pf_buf_addf(b, " %s=\"", name);
	add(b, value, strlen(value), true);
	pf_buf_addc(b, '"');
}
