/*
 * base/retry: delays.
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

int
main(void)
{
	delays();
	return done_testing();
}
