/*
 * codec/json: what is refused, what numbers may be, what is written.
 */
#include <stdio.h>
#include <string.h>

#include "../lib/tap.h"
#include "codec/json.h"

static const char *const bad[] = {
	"", " ", "1", "\"x\"", "null", "true", "{", "}", "[", "]", "{]", "[}",
	"{\"a\"}", "{\"a\":}", "{\"a\":1,}", "[1,]", "[1 2]", "{a:1}",
	"{'a':1}", "[1]x", "[1][2]", "{} {}", "[01]", "[.5]", "[1e999]",
	"[NaN]", "[Infinity]", "[\"\t\"]", "[\"\n\"]", "[\"\\x\"]",
	"[\"\\u12\"]", "[\"\\ud800\"]", "[\"\xff\"]", "[\"\xc0\x80\"]",
	"[\"\xed\xa0\x80\"]", "{\"a\":1,\"a\":2}",
	"[\"a\\u0000b\"]", "{\"a\\u0000\":1}", "[\"\\\\\\u0000\"]",
	"{\"x\":{\"b\":1,\"c\":2,\"b\":3}}", "[\"unended]",
	"[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]", "{\"a\":1}\x01",
};

static void
refusals(void)
{
	struct pf_json *j;
	const struct pf_err *err;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		err = pf_json_parse(&j, bad[i], strlen(bad[i]));
		ok(err != NULL && err->class == PF_DATA && j == NULL, bad[i]);
		pf_json_free(j);
	}
	ok(pf_json_parse(&j, "[1\0]", 4) != NULL, "a NUL");
	ok(pf_json_parse(&j, " {\"a\" : [ ] }\r\n", 15) == NULL, "blanks");
	pf_json_free(j);
	ok(pf_json_parse(&j, "[\"\\\\u0000\"]", 11) == NULL,
	    "a backslash and u0000, which is no escape");
	pf_json_free(j);
	ok(pf_json_parse(&j, "[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]", 32) == NULL,
	    "sixteen deep");
	pf_json_free(j);
}

static void
integers(void)
{
	static const struct {
		const char	*text;
		bool		 good;
		int64_t		 value;
	} t[] = {
		{ "0", true, 0 }, { "-5", true, -5 },
		{ "9007199254740991", true, INT64_C(9007199254740991) },
		{ "9007199254740992", false, 0 },
		{ "9007199254740993", false, 0 },
		{ "-9007199254740993", false, 0 },
		{ "\"9223372036854775807\"", true, INT64_MAX },
		{ "\"-12\"", true, -12 }, { "\"9223372036854775808\"",
		    false, 0 }, { "1.5", false, 0 }, { "1e3", true, 1000 },
		{ "1e30", false, 0 }, { "\"1.5\"", false, 0 },
		{ "\"\"", false, 0 }, { "\" 1\"", false, 0 },
		{ "\"0x1\"", false, 0 }, { "true", false, 0 },
		{ "[1]", false, 0 }, { "{}", false, 0 },
	};
	const struct pf_err *err;
	struct pf_json *j;
	char text[96];
	int64_t v;
	size_t i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		snprintf(text, sizeof(text), "{\"n\":%s}", t[i].text);
		ok(pf_json_parse(&j, text, strlen(text)) == NULL, text);
		v = 77;
		err = pf_json_int(&v, j, "n", INT64_MIN, INT64_MAX);
		ok((err == NULL) == t[i].good, "taken or refused");
		is_int(v, t[i].good ? t[i].value : 77, "its value");
		if (err != NULL)
			is_str(err->field, "n", "the field");
		pf_json_free(j);
	}
	(void)pf_json_parse(&j, "{\"n\":5,\"z\":null}", 16);
	v = 77;
	ok(pf_json_int(&v, j, "n", 6, 9) != NULL, "below the range");
	ok(pf_json_int(&v, j, "n", 0, 4) != NULL, "above it");
	ok(pf_json_int(&v, j, "z", 0, 4) == NULL && v == 77, "null is absent");
	ok(pf_json_int(&v, j, "q", 0, 4) == NULL && v == 77, "absent");
	pf_json_free(j);
}

static void
types(void)
{
	static const char text[] = "{\"s\":\"x\",\"i\":1,\"b\":true,\"a\":[1],"
	    "\"o\":{\"k\":\"v\"},\"r\":0.5}";
	struct pf_json *j;
	const char *s = "old";
	bool b = false;
	double r = 7;

	ok(pf_json_parse(&j, text, strlen(text)) == NULL, "all types");
	ok(pf_json_str(&s, j, "i") != NULL, "a number is no string");
	ok(pf_json_need(&s, j, "none") != NULL, "a needed one is missing");
	ok(pf_json_str(&s, j, "none") == NULL, "an absent one is fine");
	is_str(s, "old", "and leaves the default");
	ok(pf_json_need(&s, j, "s") == NULL, "a string");
	is_str(s, "x", "its text");
	ok(pf_json_bool(&b, j, "i") != NULL, "1 is not true");
	ok(pf_json_bool(&b, j, "b") == NULL && b, "true");
	ok(pf_json_real(&r, j, "s") != NULL, "a string is no number");
	ok(pf_json_real(&r, j, "r") == NULL && r == 0.5, "a fraction");
	ok(pf_json_get(j, "S") == NULL, "keys have a case");
	is_int((int)pf_json_count(j), 6, "members");
	is_int((int)pf_json_count(NULL), 0, "none of nothing");
	ok(pf_json_first(NULL) == NULL, "no first of nothing");
	ok(pf_json_text(pf_json_get(j, "a")) == NULL, "an array has no text");
	ok(pf_json_is_array(pf_json_get(j, "a")), "an array");
	ok(!pf_json_is_object(pf_json_get(j, "a")), "is no object");
	pf_json_free(j);
}

static void
writing(void)
{
	struct pf_buf b = PF_BUF_INIT;

	pf_jw_open(&b, NULL, '{');
	pf_jw_str(&b, "s", "a\"b\\c\n\x01\x7f");
	pf_jw_strn(&b, "u", "\xc3\xa9\xff\xed\xa0\x80z", 7);
	pf_jw_int(&b, "min", INT64_MIN);
	pf_jw_real(&b, "r", 0.25);
	pf_jw_real(&b, "nan", 0.0 / 0.0);
	pf_jw_open(&b, "a", '[');
	pf_jw_bool(&b, NULL, true);
	pf_jw_null(&b, NULL);
	pf_jw_open(&b, NULL, '{');
	pf_jw_close(&b, '}');
	pf_jw_close(&b, ']');
	pf_jw_raw(&b, "x", "[1]");
	pf_jw_close(&b, '}');
	is_str(b.data, "{\"s\":\"a\\\"b\\\\c\\n\\u0001\\u007f\","
	    "\"u\":\"\xc3\xa9\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
	    "\xef\xbf\xbdz\",\"min\":-9223372036854775808,\"r\":0.25,"
	    "\"nan\":null,\"a\":[true,null,{}],\"x\":[1]}",
	    "everything, escaped");
	pf_buf_free(&b);
}

int
main(void)
{
	refusals();
	integers();
	types();
	writing();
	return done_testing();
}
