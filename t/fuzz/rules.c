/*
 * A text of rules, and behind a NUL what was told of a crash: no rule is half
 * taken, and what a crash is filed under depends on nothing but the two.
 */
#include <stdlib.h>
#include <string.h>

#include "codec/report/rules.h"
#include "t/fuzz/fuzz.h"

#define MUST(what)	do { if (!(what)) abort(); } while (0)

static char *
copy(const char *p, size_t n)
{
	char *s = malloc(n + 1);

	MUST(s != NULL);
	memcpy(s, p, n);
	s[n] = '\0';
	return s;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *p = (const char *)data, *nul = memchr(p, '\0', size);
	size_t n = nul != NULL ? (size_t)(nul - p) : size;
	char *output = nul != NULL ? copy(nul + 1, size - n - 1) : copy("", 0);
	char *stack = copy(output, strcspn(output, "\n"));
	struct pf_given t = { "segfault", "asan", stack, output, 11 };
	struct pf_rules *a = pf_rules_new(), *b = pf_rules_new();
	struct pf_sign x, y, z;
	const struct pf_err *err = pf_rules_add(a, p, n);

	MUST((err == NULL) == (pf_rules_add(b, p, n) == NULL));
	pf_rules_sign(&x, a, &t);
	pf_rules_sign(&y, b, &t);
	t.output = "";
	pf_rules_sign(&z, b, &t);
	t.output = output;
	pf_rules_sign(&z, b, &t);
	MUST(strcmp(x.key, y.key) == 0 && strcmp(y.key, z.key) == 0);
	MUST(strlen(x.key) == PF_STATE_HASH - 1);
	MUST(strlen(x.frames) < sizeof(x.frames));
	MUST(x.merged || x.by != PF_KEY_MAJOR || strcmp(x.key, x.major) == 0);
	pf_rules_free(a);
	pf_rules_free(b);
	free(output);
	free(stack);
	return 0;
}
