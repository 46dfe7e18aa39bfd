/*
 * Checks and smaller inputs as bots tell them, and what follows from their
 * numbers; see fuzz.h.
 */
#include <stdlib.h>

#include "base/name.h"
#include "codec/check.h"
#include "codec/repro.h"
#include "t/fuzz/fuzz.h"

#define MUST(x)	do { if (!(x)) abort(); } while (0)

static void
try_check(const struct pf_check *c)
{
	struct pf_trial t[3] = { { .runs = c->runs, .crashed = c->crashed,
	    .same = c->same }, { .runs = c->runs } };
	double low, high, rate = (double)c->same / (double)c->runs;
	int64_t enough;
	enum pf_fate f;

	t[2] = t[0];
	MUST(pf_sha_ok(c->hash) && pf_sha_ok(c->target) &&
	    pf_check_build(c->build));
	MUST(0 <= c->same && c->same <= c->crashed && c->crashed <= c->runs &&
	    1 <= c->runs && c->runs <= PF_CHECK_RUNS);
	pf_repro_interval(&low, &high, c->same, c->runs);
	MUST(0 <= low && low <= rate && rate <= high && high <= 1);
	f = pf_fate_of(&enough, t, 2);
	MUST(1 <= enough && enough <= PF_REPRO_MOST);
	MUST((f == PF_FATE_FIXED) == (c->runs >= enough));
	f = pf_fate_of(&enough, t, 3);
	MUST(f != PF_FATE_FIXED || c->crashed == 0);
	MUST((f == PF_FATE_CHANGED) == (c->crashed > 0 && c->same == 0));
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct pf_json *j = NULL;
	struct pf_check c;
	struct pf_small s;

	if (pf_json_parse(&j, (const char *)p, n) == NULL &&
	    pf_json_is_object(j)) {
		if (pf_check_read(&c, j) == NULL)
			try_check(&c);
		if (pf_small_read(&s, j) == NULL)
			MUST(pf_sha_ok(s.of) && 1 <= s.same &&
			    s.same <= s.runs);
	}
	pf_json_free(j);
	return 0;
}
