/*
 * view/cursor: a place comes back as it was, and nothing else is one.
 */
#include <string.h>

#include "../lib/tap.h"
#include "view/cursor.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

static bool
takes(char list, const char *text)
{
	struct pf_cursor c;
	const struct pf_err *err = pf_cursor_parse(&c, list, text);

	if (err != NULL)
		ok(err->class == PF_DATA && strcmp(err->field, "cursor") == 0,
		    "it says what is wrong");
	return err == NULL;
}

static void
test_round(void)
{
	static const struct pf_cursor t[] = {
		{ 0, "" }, { 1, "a" }, { INT64_MAX, "0.1.2" },
		{ 1764170000000, "01a2189d-00ae-7a03-ba4c-8c4dd251810f" },
		{ 255, "0123456789012345678901234567890123456789012345678901"
		    "234567890123" },
	};
	char text[PF_CURSOR_TEXT];
	struct pf_cursor c;
	size_t i;

	for (i = 0; i < COUNT(t); i++) {
		pf_cursor_text(text, 'x', &t[i]);
		ok(pf_cursor_parse(&c, 'x', text) == NULL, text);
		is_int(c.at, t[i].at, "the first key");
		is_str(c.id, t[i].id, "the second");
		ok(!takes('y', text), "of no other list");
		ok(strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789.-") ==
		    strlen(text), "it stands in a query as it is");
	}
}

/* Each byte of it changed, left out, or put twice. */
static void
test_damage(void)
{
	struct pf_cursor c = { 1764170000000, "job.1" };
	char text[PF_CURSOR_TEXT], bad[PF_CURSOR_TEXT + 2];
	size_t i, n, taken = 0;
	struct pf_cursor out;

	pf_cursor_text(text, 'j', &c);
	n = strlen(text);
	for (i = 0; i < n; i++) {
		memcpy(bad, text, n + 1);
		bad[i] ^= 1;
		taken += pf_cursor_parse(&out, 'j', bad) == NULL;
		memcpy(bad + i, text + i + 1, n - i);
		taken += pf_cursor_parse(&out, 'j', bad) == NULL;
		memcpy(bad, text, i + 1);
		memcpy(bad + i + 1, text + i, n - i + 1);
		taken += pf_cursor_parse(&out, 'j', bad) == NULL;
	}
	is_int((int64_t)taken, 0, "none of those is taken");
}

static void
test_none(void)
{
	static const char *const t[] = { "", "j", ".", "j.", "j..", "j0..",
	    "j0.a", "j0.a.", "j0.a.000000", "jffffffffffffffff.a.000000",
	    "j-1.a.000000", "j 1.a.000000", "j0x1.a.000000", "\xff",
	    "j0................................................................"
	    "........................................................000000" };
	size_t i;

	for (i = 0; i < COUNT(t); i++)
		ok(!takes('j', t[i]), "no cursor");
}

int
main(void)
{
	test_round();
	test_damage();
	test_none();
	return done_testing();
}
