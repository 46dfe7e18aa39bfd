/*
 * base/num: numbers, durations and sizes, taken whole or refused.
 */
#include "../lib/tap.h"
#include "base/num.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))
#define REFUSED		INT64_C(-77)	/* in the tables: is refused */

static void
test_num(void)
{
	static const struct {
		const char	*s;
		int64_t		 min, max, want;
	} t[] = {
		{ "0", 0, 9, 0 }, { "9", 0, 9, 9 }, { "007", 0, 9, 7 },
		{ "-5", -9, 9, -5 }, { "-0", -1, 9, 0 },
		{ "9223372036854775807", 0, INT64_MAX, INT64_MAX },
		{ "-9223372036854775808", INT64_MIN, 0, INT64_MIN },
		{ "", 0, 9, REFUSED }, { " 1", 0, 9, REFUSED },
		{ "1 ", 0, 9, REFUSED }, { "+1", 0, 9, REFUSED },
		{ "+1", -9, 9, REFUSED }, { "-1", 0, 9, REFUSED },
		{ "-0", 0, 9, REFUSED }, { "-", -9, 9, REFUSED },
		{ "--1", -9, 9, REFUSED }, { "- 1", -9, 9, REFUSED },
		{ "10", 0, 9, REFUSED }, { "-10", -9, 9, REFUSED },
		{ "1x", 0, 9, REFUSED }, { "0x1", 0, 9, REFUSED },
		{ "1.0", 0, 9, REFUSED }, { "1e0", 0, 9, REFUSED },
		{ "1\n", 0, 9, REFUSED }, { "\t1", 0, 9, REFUSED },
		{ "9223372036854775808", 0, INT64_MAX, REFUSED },
		{ "-9223372036854775809", INT64_MIN, 0, REFUSED },
		{ "99999999999999999999", 0, INT64_MAX, REFUSED },
		{ "\331\241", 0, 9, REFUSED },
	};
	int64_t v;
	size_t i;
	bool got;

	for (i = 0; i < COUNT(t); i++) {
		v = REFUSED;
		got = pf_num(&v, t[i].s, t[i].min, t[i].max);
		is_int(v, t[i].want, t[i].s[0] == '\n' ? "newline" : "number");
		ok(got == (t[i].want != REFUSED), "and its answer");
	}
}

static void
test_frac(void)
{
	static const struct {
		const char	*s;
		double		 want;
	} t[] = {
		{ "0", 0 }, { "1.5", 1.5 }, { "2.0", 2 }, { "10", 10 },
		{ "", -1 }, { ".", -1 }, { ".5", -1 }, { "1..5", -1 },
		{ "1.5.", -1 }, { "-1", -1 }, { "+1", -1 }, { " 1", -1 },
		{ "1 ", -1 }, { "1e1", -1 }, { "0x1", -1 }, { "nan", -1 },
		{ "inf", -1 }, { "1,5", -1 }, { "10.01", -1 },
		{ "11", -1 },
	};
	char big[400];
	double v;
	size_t i;
	bool got;

	for (i = 0; i < COUNT(t); i++) {
		v = -1;
		got = pf_frac(&v, t[i].s, 0, 10);
		ok(got == (t[i].want >= 0) && v <= t[i].want &&
		    v >= t[i].want, t[i].s);
	}
	memset(big, '9', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	ok(!pf_frac(&v, big, 0, 1e300), "too large for a double");
}

static void
test_dur(void)
{
	static const struct {
		const char	*s;
		int64_t		 want;
	} t[] = {
		{ "0", 0 }, { "0s", 0 }, { "90s", 90000 }, { "250ms", 250 },
		{ "1h30m", 5400000 }, { "2d", 172800000 },
		{ "1d2h3m4s5ms", 93784005 }, { "1m5ms", 60005 },
		{ "9223372036854775807ms", INT64_MAX },
		{ "106751991167d7h12m55s807ms", INT64_MAX },
		{ "106751991167d7h12m55s808ms", REFUSED },
		{ "106751991168d", REFUSED },
		{ "9223372036854775808ms", REFUSED },
		{ "99999999999999999999999999s", REFUSED },
		{ "", REFUSED }, { "1", REFUSED }, { "00", REFUSED },
		{ "s", REFUSED }, { "1x", REFUSED }, { "1sm", REFUSED },
		{ "1mss", REFUSED }, { "1S", REFUSED }, { "1 s", REFUSED },
		{ " 1s", REFUSED }, { "1s ", REFUSED }, { "-1s", REFUSED },
		{ "+1s", REFUSED }, { "1.5s", REFUSED }, { "1h30", REFUSED },
		{ "30m1h", REFUSED }, { "1s1s", REFUSED },
		{ "5ms1s", REFUSED }, { "1w", REFUSED }, { "1hm", REFUSED },
		{ "1us", REFUSED }, { "1s,2ms", REFUSED },
	};
	static const int64_t back[] = {
		1, 999, 1000, 60000, 60001, 3600000, 86399999, 86400000,
		INT64_MAX
	};
	char text[32];
	int64_t v;
	size_t i;
	bool got;

	for (i = 0; i < COUNT(t); i++) {
		v = REFUSED;
		got = pf_dur(&v, t[i].s);
		is_int(v, t[i].want, t[i].s);
		ok(got == (t[i].want != REFUSED), "and its answer");
	}
	is_str(pf_dur_text(text, 5400000), "1h30m", "in words");
	is_str(pf_dur_text(text, 0), "0", "nothing");
	is_str(pf_dur_text(text, -5), "0", "less than nothing");
	for (i = 0; i < COUNT(back); i++)
		ok(pf_dur(&v, pf_dur_text(text, back[i])) && v == back[i],
		    text);
}

static void
test_size(void)
{
	static const struct {
		const char	*s;
		int64_t		 want;
	} t[] = {
		{ "0", 0 }, { "4096", 4096 }, { "64K", 65536 },
		{ "512M", 536870912 }, { "2G", INT64_C(2147483648) },
		{ "1T", INT64_C(1099511627776) }, { "0T", 0 },
		{ "9223372036854775807", INT64_MAX },
		{ "8388607T", INT64_C(8388607) << 40 },
		{ "8388608T", REFUSED }, { "9007199254740992K", REFUSED },
		{ "9223372036854775808", REFUSED }, { "", REFUSED },
		{ "K", REFUSED }, { "1k", REFUSED }, { "1KB", REFUSED },
		{ "1KiB", REFUSED }, { "1 K", REFUSED }, { " 1K", REFUSED },
		{ "1K ", REFUSED }, { "-1", REFUSED }, { "+1", REFUSED },
		{ "1.5G", REFUSED }, { "1P", REFUSED }, { "1KK", REFUSED },
		{ "0x10", REFUSED },
	};
	static const int64_t back[] = {
		1, 1023, 1024, 1025, 1536 * 1024, INT64_C(1) << 40,
		INT64_C(1) << 62, INT64_MAX
	};
	char text[32];
	int64_t v;
	size_t i;
	bool got;

	for (i = 0; i < COUNT(t); i++) {
		v = REFUSED;
		got = pf_size(&v, t[i].s);
		is_int(v, t[i].want, t[i].s);
		ok(got == (t[i].want != REFUSED), "and its answer");
	}
	is_str(pf_size_text(text, 0), "0", "nothing");
	is_str(pf_size_text(text, 536870912), "512M", "exact");
	is_str(pf_size_text(text, 1025), "1025", "not exact");
	is_str(pf_size_text(text, INT64_C(1) << 50), "1024T", "no larger unit");
	for (i = 0; i < COUNT(back); i++)
		ok(pf_size(&v, pf_size_text(text, back[i])) && v == back[i],
		    text);
}

int
main(void)
{
	test_num();
	test_frac();
	test_dur();
	test_size();
	return done_testing();
}
