/*
 * Crashes that a build does not see; see blind.h.
 */
#include <string.h>

#include "codec/report/blind.h"
#include "codec/report/ignore.h"

/* By the coarse types: only these are sure to need their tool. */
static const struct {
	const char	*tool;
	const char	*type;
} needs[] = {
	{ "asan", "*-buffer-overflow" },
	{ "asan", "*-buffer-underflow" },
	{ "asan", "*-use-after-*" },
	{ "asan", "use-after-poison" },
	{ "asan", "container-overflow" },
	{ "asan", "intra-object-overflow" },
	{ "asan", "unknown-crash" },
	{ "asan", "*-param-overlap" },
	{ "asan", "negative-size-param" },
	{ "asan", "double-free" },
	{ "asan", "bad-free" },
	{ "asan", "*-mismatch" },
	{ "asan", "odr-violation" },
	{ "asan", "initialization-order-fiasco" },
	{ "lsan", "memory-leak" },
	{ "msan", "uninitialized-value" },
	{ "tsan", "data-race*" },
	{ "tsan", "lock-order-*" },
	{ "tsan", "*-mutex" },
	{ "tsan", "thread-leak" },
	{ "tsan", "heap-use-after-free*" },
	{ "tsan", "signal-*" },
	/* Divisions and null pointers end any program. */
	{ "ubsan", "*-integer-overflow" },
	{ "ubsan", "shift-exponent" },
	{ "ubsan", "left-shift" },
	{ "ubsan", "index-out-of-bounds" },
	{ "ubsan", "pointer-overflow" },
	{ "ubsan", "misaligned" },
	{ "ubsan", "object-size" },
	{ "ubsan", "load-of-value" },
	{ "ubsan", "bad-c*" },
	{ "ubsan", "undefined-behaviour" },
	{ "ubsan", "float-cast-overflow" },
	{ "ubsan", "implicit-conversion" },
};

static bool
has_word(const char *list, const char *word)
{
	size_t n = strlen(word), len;

	for (; *list != '\0'; list += len) {
		list += strspn(list, " ");
		len = strcspn(list, " ");
		if (len == n && memcmp(list, word, n) == 0)
			return true;
	}
	return false;
}

const char *
pf_report_blind(const struct pf_report *r, const char *has)
{
	size_t i;

	if (*has == '\0' || has_word(has, r->tool) ||
	    (strcmp(r->tool, "lsan") == 0 && has_word(has, "asan")))
		return "";
	for (i = 0; i < sizeof(needs) / sizeof(needs[0]); i++)
		if (strcmp(r->tool, needs[i].tool) == 0 &&
		    pf_glob(needs[i].type, r->coarse))
			return needs[i].tool;
	return "";
}
