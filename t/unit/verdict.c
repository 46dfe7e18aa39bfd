/*
 * codec/verdict: what a bot says of a job's health, however it says it.
 */
#include <stdlib.h>

#include "../lib/tap.h"
#include "codec/recfield.h"
#include "codec/verdict.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

static void
test_texts(void)
{
	static const struct { const char *in, *out; } t[] = {
		{ "", "" }, { " , ", "" }, { "unstable@5", "unstable@5" },
		{ "unstable", "unstable@9" },
		{ "stalled@7,bad_seeds@3", "bad_seeds@3 stalled@7" },
		{ "unstable@5 unstable@6", "unstable@5" },
		{ "unstable@0", "unstable@9" },
		{ "unstable@-1", "unstable@9" },
		{ "unstable@9007199254740993", "unstable@9" },
		{ "unstable@5x", "unstable@9" },
		{ "unstable@99999999999999999999999999999999", "unstable@9" },
		{ "unstable@", "unstable@9" }, { "@5", "" }, { "@", "" },
		{ "Unstable", "" }, { "unstabl", "" }, { "unstablest", "" },
		{ "../../etc no_such@1 <b> stalled@1", "stalled@1" },
		{ "unstable\nstalled", "" },
	};
	char out[PF_VERDICTS_TEXT];
	struct pf_verdicts v;
	size_t i;

	for (i = 0; i < COUNT(t); i++) {
		pf_verdicts_parse(&v, t[i].in, 9);
		pf_verdicts_text(out, &v);
		is_str(out, t[i].out, t[i].in);
		ok(pf_verdicts_any(&v) == (*t[i].out != '\0'), "any");
	}
}

/* All of them at the latest of times fit, and come back. */
static void
test_all(void)
{
	char out[PF_VERDICTS_TEXT], again[PF_VERDICTS_TEXT];
	struct pf_verdicts v, w;
	size_t i;

	for (i = 0; i < PF_VERDICT_MAX; i++)
		v.since[i] = INT64_C(9007199254740992);
	pf_verdicts_text(out, &v);
	ok(strlen(out) < PF_VERDICTS_TEXT - 1, "not cut");
	pf_verdicts_parse(&w, out, 1);
	pf_verdicts_text(again, &w);
	is_str(again, out, "there and back");
	for (i = 0; i < PF_VERDICT_MAX; i++) {
		ok(w.since[i] == v.since[i], pf_verdict_name(
		    (enum pf_verdict)i));
		ok(*pf_verdict_means((enum pf_verdict)i) != '\0' &&
		    *pf_verdict_todo((enum pf_verdict)i) != '\0',
		    "it has its sentence");
	}
}

/* Thousands of names: those beyond the bytes that may be said are nothing. */
static void
test_flood(void)
{
	char *text = malloc(200001), out[PF_VERDICTS_TEXT];
	struct pf_verdicts v;
	size_t i;

	for (i = 0; i < 20000; i++)
		memcpy(text + i * 10, "unknown@1 ", 10);
	text[200000] = '\0';
	memcpy(text + 199990, "stalled@1", 10);
	memcpy(text, "unstable@1 ", 11);
	pf_verdicts_parse(&v, text, 1);
	pf_verdicts_text(out, &v);
	is_str(out, "unstable@1", "a flood");
	free(text);
}

static const struct pf_err *
field(struct pf_buf *b, const char *json)
{
	const struct pf_err *err;
	struct pf_json *j = NULL;

	pf_buf_reset(b);
	if ((err = pf_json_parse(&j, json, strlen(json))) == NULL)
		err = pf_rec_fields(b, PF_KIND_STATUS, j);
	pf_json_free(j);
	return err;
}

static void
test_field(void)
{
	struct pf_buf b = PF_BUF_INIT, long_text = PF_BUF_INIT;
	const struct pf_err *err;
	int i;

	ok(field(&b, "{\"health\":\"nonsense stalled@4 unstable@3\"}") ==
	    NULL, "of a record");
	is_str(b.data, "\"health\":\"unstable@3 stalled@4\"", "as it is kept");
	ok(field(&b, "{\"health\":\"\"}") == NULL, "none");
	is_str(b.data, "\"health\":\"well\"", "none is kept");
	ok(field(&b, "{}") == NULL && b.len == 0, "nothing said");
	err = field(&b, "{\"health\":[\"stalled\"]}");
	ok(err != NULL && err->class == PF_DATA, "a list is refused");
	err = field(&b, "{\"health\":7}");
	ok(err != NULL && err->class == PF_DATA, "so is a number");
	pf_buf_adds(&long_text, "{\"health\":\"");
	for (i = 0; i < 1025; i++)
		pf_buf_addc(&long_text, 'x');
	pf_buf_adds(&long_text, "\"}");
	err = field(&b, long_text.data);
	ok(err != NULL && err->class == PF_DATA &&
	    strcmp(err->field, "health") == 0, "and a text too long");
	pf_buf_free(&long_text);
	pf_buf_free(&b);
}

int
main(void)
{
	test_texts();
	test_all();
	test_flood();
	test_field();
	return done_testing();
}
