/*
 * base/retry: delays and the breaker.
 */
#include "../lib/tap.h"
#include "base/retry.h"

static void
delays(void)
{
	struct pf_retry r = { 2000, 15000, 2.0, false };
	int64_t d, least = INT64_MAX, most = 0;
	int i;

	is_int(pf_retry_delay(&r, 0), 2000, "the first");
	is_int(pf_retry_delay(&r, 1), 4000, "grows");
	is_int(pf_retry_delay(&r, 2), 8000, "and grows");
	is_int(pf_retry_delay(&r, 3), 15000, "up to its limit");
	is_int(pf_retry_delay(&r, 1000000000), 15000, "and stays there");
	is_int(pf_retry_delay(&r, -1), 2000, "a negative attempt is the first");
	r.multiplier = 1.0;
	is_int(pf_retry_delay(&r, 7), 2000, "a multiplier of 1 is constant");
	r.initial = 20000;
	is_int(pf_retry_delay(&r, 0), 15000, "never more than the limit");
	r.initial = 0;
	is_int(pf_retry_delay(&r, 5), 0, "nothing stays nothing");
	r = (struct pf_retry){ 10000, 60000, 1.5, true };
	for (i = 0; i < 2000; i++) {
		d = pf_retry_delay(&r, 0);
		if (d < least)
			least = d;
		if (d > most)
			most = d;
	}
	ok(least >= 1000 && least < 2000, "jitter: from a tenth");
	ok(most <= 10000 && most > 9000, "jitter: up to the whole");
}

static void
breaker(void)
{
	struct pf_breaker b = { .max_failures = 3, .reset = 1000 };
	int64_t now = 5000;

	ok(pf_breaker_allows(&b, now), "closed: passes");
	pf_breaker_result(&b, false, now);
	pf_breaker_result(&b, false, now);
	ok(pf_breaker_allows(&b, now), "two failures of three: passes");
	pf_breaker_result(&b, true, now);
	pf_breaker_result(&b, false, now);
	pf_breaker_result(&b, false, now);
	ok(pf_breaker_allows(&b, now), "a success begins the count anew");
	pf_breaker_result(&b, false, now);
	ok(!pf_breaker_allows(&b, now), "three in a row: open");
	ok(!pf_breaker_allows(&b, now + 999), "open: nothing passes");
	ok(pf_breaker_allows(&b, now + 1000), "half open: one passes");
	ok(!pf_breaker_allows(&b, now + 1001), "and no second one");
	pf_breaker_result(&b, false, now + 1500);
	ok(!pf_breaker_allows(&b, now + 2499), "it failed: open from then");
	ok(pf_breaker_allows(&b, now + 2500), "half open again");
	pf_breaker_result(&b, true, now + 2600);
	ok(pf_breaker_allows(&b, now + 2600) &&
	    pf_breaker_allows(&b, now + 2600), "it went well: closed");
	pf_breaker_result(&b, false, now);
	pf_breaker_result(&b, false, now);
	ok(pf_breaker_allows(&b, now), "and the count began anew");
}

int
main(void)
{
	delays();
	breaker();
	return done_testing();
}
