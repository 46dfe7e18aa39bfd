/*
 * base/time: RFC 3339 in both directions.
 */
#include "../lib/tap.h"
#include "base/time.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))
#define REFUSED		INT64_C(-77)	/* in the table: is refused */

static void
test_text(void)
{
	static const struct {
		int64_t		 ms;
		const char	*want;
	} t[] = {
		{ 0, "1970-01-01T00:00:00.000Z" },
		{ 1, "1970-01-01T00:00:00.001Z" },
		{ -1, "1969-12-31T23:59:59.999Z" },
		{ -1000, "1969-12-31T23:59:59.000Z" },
		{ INT64_C(951782400000), "2000-02-29T00:00:00.000Z" },
		{ INT64_C(1795457760123), "2026-11-23T18:16:00.123Z" },
		{ INT64_C(253402300799999), "9999-12-31T23:59:59.999Z" },
		{ INT64_C(253402300800000), "9999-12-31T23:59:59.999Z" },
		{ INT64_MAX, "9999-12-31T23:59:59.999Z" },
		{ INT64_C(-62135596800000), "0001-01-01T00:00:00.000Z" },
		{ INT64_C(-62167219200000), "0000-01-01T00:00:00.000Z" },
		{ INT64_C(-62167219200001), "0000-01-01T00:00:00.000Z" },
		{ INT64_MIN, "0000-01-01T00:00:00.000Z" },
	};
	char out[PF_TIME_TEXT];
	size_t i;

	for (i = 0; i < COUNT(t); i++)
		is_str(pf_time_text(out, t[i].ms), t[i].want, "as text");
}

static void
test_parse(void)
{
	static const struct {
		const char	*s;
		int64_t		 want;
	} t[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "1970-01-01t00:00:00z", 0 },
		{ "1970-01-01 00:00:00Z", 0 },
		{ "2026-11-23T18:16:00.123Z", INT64_C(1795457760123) },
		{ "2026-11-23T19:16:00.123+01:00", INT64_C(1795457760123) },
		{ "2026-11-23T12:46:00.123-05:30", INT64_C(1795457760123) },
		{ "2026-11-23T18:16:00.123-00:00", INT64_C(1795457760123) },
		{ "2026-11-23T18:16:00.1239999999Z", INT64_C(1795457760123) },
		{ "2026-11-23T18:16:00.1Z", INT64_C(1795457760100) },
		{ "2000-02-29T00:00:00Z", INT64_C(951782400000) },
		{ "2016-12-31T23:59:60Z", INT64_C(1483228800000) },
		{ "9999-12-31T23:59:59.999Z", INT64_C(253402300799999) },
		{ "1970-01-01T00:00:00+23:59", -86340000 },
		{ "", REFUSED }, { "2026", REFUSED }, { "0", REFUSED },
		{ "2026-11-23", REFUSED }, { "2026-11-23T18:16Z", REFUSED },
		{ "2026-11-23T18:16:00", REFUSED },
		{ "2026-11-23T18:16:00 Z", REFUSED },
		{ "2026-11-23T18:16:00Z ", REFUSED },
		{ " 2026-11-23T18:16:00Z", REFUSED },
		{ "2026-11-23_18:16:00Z", REFUSED },
		{ "2026-11-23T18:16:00.Z", REFUSED },
		{ "2026-11-23T18:16:00,5Z", REFUSED },
		{ "2026-11-23T18:16:00ZZ", REFUSED },
		{ "2026-11-23T18:16:00+0100", REFUSED },
		{ "2026-11-23T18:16:00+01", REFUSED },
		{ "2026-11-23T18:16:00+24:00", REFUSED },
		{ "2026-11-23T18:16:00+01:60", REFUSED },
		{ "2026-11-23T18:16:00+01:000", REFUSED },
		{ "2026-11-23T18:16:00+-1:00", REFUSED },
		{ "2026-11-23T18:16:00+ 1:00", REFUSED },
		{ "2026-11-23T18:16:00+", REFUSED },
		{ "1969-12-31T23:59:59Z", REFUSED },
		{ "2026-00-23T18:16:00Z", REFUSED },
		{ "2026-13-23T18:16:00Z", REFUSED },
		{ "2026-11-00T18:16:00Z", REFUSED },
		{ "2026-11-31T18:16:00Z", REFUSED },
		{ "2026-02-29T18:16:00Z", REFUSED },
		{ "2100-02-29T18:16:00Z", REFUSED },
		{ "2026-11-23T24:00:00Z", REFUSED },
		{ "2026-11-23T18:60:00Z", REFUSED },
		{ "2026-11-23T18:16:61Z", REFUSED },
		{ "2026-11-23T-1:16:00Z", REFUSED },
		{ "2026-11-23T+1:16:00Z", REFUSED },
		{ "2026-11-23T 1:16:00Z", REFUSED },
		{ "2026-11-23T18:-1:00Z", REFUSED },
		{ "2026--1-23T18:16:00Z", REFUSED },
		{ "26-11-23T18:16:00Z", REFUSED },
		{ "12026-11-23T18:16:00Z", REFUSED },
		{ "-026-11-23T18:16:00Z", REFUSED },
		{ "2026-1-23T18:16:00Z", REFUSED },
		{ "Mon Nov 23 18:16:00 2026", REFUSED },
	};
	char text[PF_TIME_TEXT];
	int64_t v, ms;
	size_t i;
	bool got;

	for (i = 0; i < COUNT(t); i++) {
		v = REFUSED;
		got = pf_time_parse(&v, t[i].s);
		is_int(v, t[i].want, t[i].s);
		ok(got == (t[i].want != REFUSED), "and its answer");
	}
	/* Two primes, so that every field takes many values. */
	for (ms = 0, i = 0; i < 2000; i++, ms += INT64_C(86413000007)) {
		pf_time_text(text, ms);
		if (!pf_time_parse(&v, text) || v != ms)
			break;
	}
	is_int(i, 2000, "what is written is read back");
}

int
main(void)
{
	test_text();
	test_parse();
	return done_testing();
}
