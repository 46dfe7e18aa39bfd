/*
 * codec/header, codec/gzip: what a request header asks for; what is packed
 * comes out of gzip(1) as it went in, which t/7037 sees.
 */
#include "../lib/tap.h"
#include "codec/gzip.h"
#include "codec/header.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

static void
test_gzip_wanted(void)
{
	static const struct {
		const char	*s;
		bool		 want;
	} t[] = {
		{ NULL, false }, { "", false }, { "gzip", true },
		{ "GZip", true }, { "x-gzip", true }, { "deflate", false },
		{ "gzipped", false }, { "br, gzip", true },
		{ "br,gzip;q=0.1", true }, { "gzip;q=0", false },
		{ "gzip;q=0.000", false }, { "gzip;q=0.001", true },
		{ "gzip ; q=1.000", true }, { "gzip;q=1.001", false },
		{ "gzip;q=2", false }, { "gzip;q=", false },
		{ "gzip;q=x", false }, { "gzip;q=0.5x", false },
		{ "gzip;level=9", false }, { "*", true }, { "*;q=0", false },
		{ "gzip;q=0, *", false }, { "*;q=0, gzip", true },
		{ "identity", false }, { "identity, gzip", true },
		{ "identity;q=1, gzip;q=0.5", false },
		{ "identity;q=0.2, gzip;q=0.5", true },
		{ "identity;q=0, *;q=0.5", true }, { ",,gzip,,", true },
		{ ";q=1", false }, { ",", false }, { " ", false },
	};
	size_t i;

	for (i = 0; i < COUNT(t); i++)
		ok(pf_header_gzip(t[i].s) == t[i].want,
		    t[i].s != NULL ? t[i].s : "no Accept-Encoding");
}

static void
test_tag(void)
{
	static const struct {
		const char	*s, *tag;
		bool		 want;
	} t[] = {
		{ NULL, "\"a\"", false }, { "", "\"a\"", false },
		{ "\"a\"", "\"a\"", true }, { "\"b\"", "\"a\"", false },
		{ "W/\"a\"", "\"a\"", true }, { "\"a\"", "W/\"a\"", true },
		{ "W/\"a\"", "W/\"a\"", true }, { "*", "\"a\"", true },
		{ " *", "\"a\"", true }, { "*", "", false },
		{ "\"b\", \"a\"", "\"a\"", true },
		{ "\"b\",W/\"c\",\"a\"", "\"a\"", true },
		{ "\"b\", \"c\"", "\"a\"", false },
		{ "\"b,\"a\"", "\"a\"", false },
		{ "\"b,c\", \"a\"", "\"a\"", true },
		{ "a", "\"a\"", false }, { "\"a", "\"a\"", false },
		{ "\"aa\"", "\"a\"", false }, { "\"\"", "\"a\"", false },
		{ "\"a\"x", "\"a\"", true }, { "\"b\"*", "\"a\"", false },
		{ "\"a-gzip\"", "\"a\"", false }, { ", ,\"a\"", "\"a\"", true },
		{ "w/\"a\"", "\"a\"", false },
	};
	size_t i;

	for (i = 0; i < COUNT(t); i++)
		ok(pf_header_tag(t[i].s, t[i].tag) == t[i].want,
		    t[i].s != NULL ? t[i].s : "no If-None-Match");
}

static void
test_range(void)
{
	enum { ALL = PF_RANGE_ALL, PART = PF_RANGE_PART,
	    OUT = PF_RANGE_OUTSIDE };
	static const struct {
		const char	*s;
		int		 want;
		int64_t		 from, n;
	} t[] = {		/* of ten bytes */
		{ NULL, ALL, 0, 0 }, { "", ALL, 0, 0 },
		{ "bytes=0-0", PART, 0, 1 }, { "bytes=2-4", PART, 2, 3 },
		{ "Bytes=2-", PART, 2, 8 }, { "bytes=-3", PART, 7, 3 },
		{ "bytes=-30", PART, 0, 10 }, { "bytes=9-", PART, 9, 1 },
		{ "bytes=0-99999999999999999999", PART, 0, 10 },
		{ "bytes=9-10", PART, 9, 1 }, { "bytes= 1-2 ", PART, 1, 2 },
		{ "bytes=10-", OUT, 0, 0 }, { "bytes=10-11", OUT, 0, 0 },
		{ "bytes=99999999999999999999-", OUT, 0, 0 },
		{ "bytes=-0", OUT, 0, 0 }, { "bytes=4-2", ALL, 0, 0 },
		{ "bytes=-", ALL, 0, 0 }, { "bytes=", ALL, 0, 0 },
		{ "bytes=1", ALL, 0, 0 }, { "bytes=a-b", ALL, 0, 0 },
		{ "bytes=1-2x", ALL, 0, 0 }, { "bytes=--2", ALL, 0, 0 },
		{ "bytes=0-1,4-5", ALL, 0, 0 }, { "bytes 0-1", ALL, 0, 0 },
		{ "lines=0-1", ALL, 0, 0 }, { "bytes=0x1-2", ALL, 0, 0 },
	};
	int64_t from, n;
	size_t i;

	for (i = 0; i < COUNT(t); i++) {
		const char *name = t[i].s != NULL ? t[i].s : "no Range";

		from = n = 0;
		is_int(pf_header_range(&from, &n, t[i].s, 10), t[i].want,
		    name);
		if (t[i].want == PART) {
			is_int(from, t[i].from, "from there");
			is_int(n, t[i].n, "so many");
		}
	}
	is_int(pf_header_range(&from, &n, "bytes=0-", 0), OUT, "of nothing");
	is_int(pf_header_range(&from, &n, "bytes=-1", 0), OUT, "its end");
}

static void
test_minimal(void)
{
	static const char *const yes[] = { "return=minimal",
	    " Return=Minimal ", "return=\"minimal\"", "a,return=minimal;b=c",
	    "respond-async, return=minimal" };
	static const char *const no[] = { NULL, "", ",",
	    "return=representation",
	    "return=minimally", "return", "minimal", "x; return=minimal",
	    "return=minimal\"", "return =minimal" };
	size_t i;

	for (i = 0; i < COUNT(yes); i++)
		ok(pf_header_minimal(yes[i]), yes[i]);
	for (i = 0; i < COUNT(no); i++)
		ok(!pf_header_minimal(no[i]), no[i] != NULL ? no[i] :
		    "no Prefer");
}

static void
test_pack(void)
{
	struct pf_buf b = PF_BUF_INIT, in = PF_BUF_INIT;
	int i;

	ok(!pf_gzip(&b, "", 0) && !pf_gzip(&b, "x", 1), "nothing to win");
	ok(!pf_gzip(&b, "short", 5) && b.len == 0, "nor here");
	for (i = 0; i < 4000; i++)
		pf_buf_addf(&in, "%d", i * i % 7);
	ok(pf_gzip(&b, in.data, in.len) && b.len < in.len / 10, "much");
	ok((unsigned char)b.data[0] == 0x1f &&
	    (unsigned char)b.data[1] == 0x8b, "in the form of gzip");
	pf_buf_free(&in);
	pf_buf_free(&b);
}

int
main(void)
{
	test_gzip_wanted();
	test_tag();
	test_range();
	test_minimal();
	test_pack();
	return done_testing();
}
