/*
 * base/name: what is let in as an id, a hash, a name, an engine.
 */
#include "../lib/tap.h"
#include "base/name.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

#define TEN	"0123456789"
#define SIXTY	TEN TEN TEN TEN TEN TEN
#define HEX60	"abcdef0123" "abcdef0123" "abcdef0123" "abcdef0123" \
		"abcdef0123" "abcdef0123"

static void
test_id(void)
{
	static const struct {
		const char	*s;
		bool		 good;
	} t[] = {
		{ "a", true }, { "0", true }, { "a.b_c-d", true },
		{ "a.", true }, { "bot-0", true }, { SIXTY "abcd", true },
		{ "01936f5e-7b5a-7000-8000-000000000000", true },
		{ SIXTY "abcde", false }, { "", false }, { ".", false },
		{ "..", false }, { ".a", false }, { "-a", false },
		{ "_a", false }, { "a..b", false }, { "a/b", false },
		{ "/", false }, { "a\\b", false }, { "A", false },
		{ "a b", false }, { " a", false }, { "a\n", false },
		{ "a\t", false }, { "a%2f", false }, { "a'b", false },
		{ "a;b", false }, { "a*", false }, { "a+b", false },
		{ "a:b", false }, { "\303\244", false }, { "a\177", false },
		{ "~", false }, { "$a", false },
	};
	size_t i;

	for (i = 0; i < COUNT(t); i++)
		ok(pf_id_ok(t[i].s) == t[i].good, t[i].good ? "an id" :
		    "no id");
}

static void
test_sha(void)
{
	static const struct {
		const char	*s;
		bool		 good;
	} t[] = {
		{ HEX60 "0123", true }, { SIXTY "0123", true },
		{ HEX60 "012", false }, { HEX60 "01234", false },
		{ "", false }, { HEX60 "012A", false },
		{ HEX60 "012g", false }, { HEX60 "012\n", false },
		{ HEX60 "../a", false }, { " " HEX60 "012", false },
	};
	size_t i;

	for (i = 0; i < COUNT(t); i++)
		ok(pf_sha_ok(t[i].s) == t[i].good, t[i].good ? "a hash" :
		    "no hash");
}

static void
test_text(void)
{
	static const struct {
		const char	*s;
		bool		 utf8, text;
		const char	*name;
	} t[] = {
		{ "a", true, true, "a letter" },
		{ "Fuzz the <parser> & 'more'", true, true, "marks" },
		{ "\302\240", true, true, "U+00A0" },
		{ "\303\244\346\274\242\360\237\220\274", true, true,
		    "two, three and four bytes" },
		{ "\355\237\277\356\200\200", true, true,
		    "around the surrogates" },
		{ "\364\217\277\277", true, true, "U+10FFFF" },
		{ "", true, false, "nothing" },
		{ "a\n", true, false, "a newline" },
		{ "\t", true, false, "a tab" },
		{ "a\033[31m", true, false, "an escape" },
		{ "\177", true, false, "DEL" },
		{ "\302\205", true, false, "U+0085" },
		{ "\330\234", true, false, "U+061C" },
		{ "\342\200\216", true, false, "U+200E" },
		{ "\342\200\217", true, false, "U+200F" },
		{ "a\342\200\256b", true, false, "U+202E" },
		{ "\342\201\246", true, false, "U+2066" },
		{ "\342\201\251", true, false, "U+2069" },
		{ "\200", false, false, "a byte that goes on" },
		{ "\377", false, false, "0xFF" },
		{ "\300\257", false, false, "/ in two bytes" },
		{ "\301\277", false, false, "0xC1" },
		{ "\340\200\257", false, false, "/ in three bytes" },
		{ "\340\237\277", false, false, "U+07FF in three bytes" },
		{ "\360\200\200\257", false, false, "/ in four bytes" },
		{ "\360\217\277\277", false, false, "U+FFFF in four bytes" },
		{ "\355\240\200", false, false, "U+D800" },
		{ "\355\277\277", false, false, "U+DFFF" },
		{ "\364\220\200\200", false, false, "U+110000" },
		{ "\365\200\200\200", false, false, "0xF5" },
		{ "\303", false, false, "cut after one of two" },
		{ "\342\202", false, false, "cut after two of three" },
		{ "\360\237\220", false, false, "cut after three of four" },
		{ "\303a", false, false, "a letter in place of the second" },
		{ "\342\202a", false, false, "in place of the third" },
		{ "\342\303\244", false, false, "a start within" },
	};
	char big[130];
	size_t i;

	for (i = 0; i < COUNT(t); i++) {
		ok(pf_utf8_ok(t[i].s, strlen(t[i].s)) == t[i].utf8,
		    t[i].name);
		ok(pf_text_ok(t[i].s) == t[i].text, "as a name");
	}
	ok(pf_utf8_ok("a\0b", 3), "a NUL is UTF-8");
	ok(!pf_utf8_ok("\303\244", 1), "no further than told");
	ok(pf_utf8_ok("\377", 0), "nothing is fine");
	memset(big, 'x', sizeof(big));
	big[129] = '\0';
	ok(!pf_text_ok(big), "129 bytes are too many");
	big[128] = '\0';
	ok(pf_text_ok(big), "128 are not");
	big[127] = '\303';
	ok(!pf_text_ok(big), "cut within a character");
	ok(pf_lines_ok("a\nb\n") && !pf_text_ok("a\nb"), "lines");
	ok(!pf_lines_ok("a\tb"), "a tab in lines");
	ok(!pf_lines_ok("a\302\205b"), "a line end that is none");
}

static void
test_engine(void)
{
	static const struct {
		const char	*s;
		const char	*want;		/* NULL: refused */
	} t[] = {
		{ "libfuzzer", "libfuzzer" }, { "LibFuzzer", "libfuzzer" },
		{ "afl++", "afl++" }, { "AFL++", "afl++" },
		{ "afl", "afl++" }, { "AFLplusplus", "afl++" },
		{ "aflplusplus2", "aflplusplus2" }, { "a.b_c-d", "a.b_c-d" },
		{ "0", "0" }, { TEN TEN TEN "ab", TEN TEN TEN "ab" },
		{ TEN TEN TEN "abc", NULL }, { "", NULL }, { "+a", NULL },
		{ ".a", NULL }, { "-a", NULL }, { "_a", NULL },
		{ "a b", NULL }, { " afl", NULL }, { "afl\n", NULL },
		{ "a/b", NULL }, { "../afl", NULL }, { "a,b", NULL },
		{ "\303\204", NULL }, { "a\"", NULL },
	};
	char out[33];
	size_t i;
	bool got;

	for (i = 0; i < COUNT(t); i++) {
		got = pf_engine_name(out, t[i].s);
		ok(got == (t[i].want != NULL), "an engine or not");
		if (got && t[i].want != NULL)
			is_str(out, t[i].want, "its name");
	}
}

static void
test_uuid(void)
{
	char a[PF_ID_MAX + 1], b[PF_ID_MAX + 1];
	int i;

	pf_uuid7(a, INT64_C(0x0123456789ab));
	is_int(strlen(a), 36, "36 characters");
	ok(pf_id_ok(a), "an id");
	ok(strncmp(a, "01234567-89ab-7", 15) == 0, "time and version");
	ok(strchr("89ab", a[19]) != NULL, "variant");
	ok(a[18] == '-' && a[23] == '-', "dashes");
	pf_uuid7(b, INT64_C(0x0123456789ac));
	ok(strcmp(a, b) < 0, "a later one sorts behind");
	for (i = 0; i < 1000; i++) {
		pf_uuid7(a, 1);
		if (strcmp(a, b) == 0)
			break;
		memcpy(b, a, sizeof(b));
	}
	is_int(i, 1000, "no two alike");
	for (i = 0; i < 100000; i++) {
		pf_uuid7(a, 1);
		if (strcmp(a, b) <= 0)
			break;
		memcpy(b, a, sizeof(b));
	}
	is_int(i, 100000, "those of one millisecond go up");
	pf_uuid7(a, INT64_C(-1));
	ok(pf_id_ok(a), "an id at any time");
}

int
main(void)
{
	test_id();
	test_sha();
	test_text();
	test_engine();
	test_uuid();
	return done_testing();
}
