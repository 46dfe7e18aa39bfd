/*
 * base/breaker: closed, open, half-open, on a clock of our own.
 */
#include "../lib/tap.h"
#include "base/breaker.h"

static void
fail_times(struct pf_breaker *b, int n, int64_t now)
{
	while (n-- > 0)
		pf_breaker_tell(b, false, now);
}

int
main(void)
{
	struct pf_breaker b = { .max_failures = 5, .reset_timeout = 60000 };

	is_str(pf_circuit_name(b.state), "closed", "begins closed");
	fail_times(&b, 4, 100);
	ok(pf_breaker_may(&b, 100), "four failures are none too many");
	pf_breaker_tell(&b, true, 100);
	fail_times(&b, 4, 200);
	ok(pf_breaker_may(&b, 200), "a success forgets those before it");
	pf_breaker_tell(&b, false, 1000);
	is_str(pf_circuit_name(b.state), "open", "five in a row open it");
	ok(!pf_breaker_may(&b, 1000), "then nothing is tried");
	is_int(pf_breaker_wait(&b, 1000), 60000, "for its timeout");
	ok(!pf_breaker_may(&b, 60999), "to the last millisecond");
	is_int(pf_breaker_wait(&b, 60999), 1, "which is left");
	ok(pf_breaker_may(&b, 61000), "then one try");
	is_str(pf_circuit_name(b.state), "half-open", "half-open");
	ok(!pf_breaker_may(&b, 61000), "and not a second");
	pf_breaker_tell(&b, false, 62000);
	is_str(pf_circuit_name(b.state), "open", "its failure opens it again");
	is_int(pf_breaker_wait(&b, 62000), 60000, "for the whole timeout");
	ok(pf_breaker_may(&b, 122000), "another try");
	ok(!pf_breaker_may(&b, 181999), "that was never told of");
	ok(pf_breaker_may(&b, 182000), "is made up for in time");
	pf_breaker_tell(&b, true, 182001);
	is_str(pf_circuit_name(b.state), "closed", "a success closes it");
	is_int(pf_breaker_wait(&b, 182001), 0, "nothing to wait for");
	fail_times(&b, 5, 182002);
	fail_times(&b, 100, 182500);
	is_int(pf_breaker_wait(&b, 182500), 59502,
	    "failures of others do not prolong it");
	pf_breaker_tell(&b, true, 182600);
	ok(pf_breaker_may(&b, 182600), "their success ends it");
	return done_testing();
}
