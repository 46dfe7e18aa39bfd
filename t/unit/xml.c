/*
 * Text for XML: what becomes of every byte.
 */
#include <string.h>

#include "base/name.h"
#include "codec/xml.h"
#include "t/lib/tap.h"

#define GONE	"\xef\xbf\xbd"

static const struct {
	const char	*in, *out, *why;
} texts[] = {
	{ "plain", "plain", "nothing to do" },
	{ "", "", "no text" },
	{ "<a href='x'>&amp;</a>", "&lt;a href=&apos;x&apos;&gt;&amp;amp;"
	    "&lt;/a&gt;", "markup" },
	{ "]]>", "]]&gt;", "what ends a CDATA section" },
	{ "a\tb\nc", "a\tb\nc", "blanks stay" },
	{ "a\r\n", "a&#13;\n", "a carriage return would be lost" },
	{ "\x1b[31m\x07", GONE "[31m" GONE, "control characters" },
	{ "\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\xbc",
	    "\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\xbc", "UTF-8" },
	{ "\xff\x80", GONE GONE, "no UTF-8" },
	{ "\xc3(", GONE "(", "half a character" },
	{ "\xe2\x82", GONE GONE, "the end within one" },
	{ "\xed\xa0\x80", GONE GONE GONE, "half of a pair of UTF-16" },
	{ "\xc0\xbc", GONE GONE, "a < in more bytes than it takes" },
	{ "\xf4\x90\x80\x80", GONE GONE GONE GONE, "beyond Unicode" },
	{ "\xef\xbf\xbe\xef\xbf\xbf", GONE GONE GONE GONE GONE GONE,
	    "no characters" },
	{ "\xef\xbf\xbd", GONE, "and the one that stands for them" },
};

int
main(void)
{
	struct pf_buf b = PF_BUF_INIT;
	char all[256];
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		pf_buf_reset(&b);
		pf_xml_text(&b, texts[i].in, strlen(texts[i].in));
		is_str(b.data, texts[i].out, texts[i].why);
	}
	pf_buf_reset(&b);
	pf_xml_text(&b, "a\0b", 3);
	is_str(b.data, "a" GONE "b", "a NUL");
	pf_buf_reset(&b);
	pf_xml_attr(&b, "n", "a\t\"b\"\n<");
	is_str(b.data, " n=\"a&#9;&quot;b&quot;&#10;&lt;\"",
	    "in an attribute blanks do not stay of themselves");
	for (i = 0; i < sizeof(all); i++)
		all[i] = (char)i;
	pf_buf_reset(&b);
	pf_xml_text(&b, all, sizeof(all));
	ok(pf_utf8_ok(b.data, b.len), "all bytes there are give UTF-8");
	ok(strlen(b.data) == b.len, "without a NUL");
	pf_buf_free(&b);
	return done_testing();
}
