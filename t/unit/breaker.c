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

static double
never(void)
{
	return 0.0;
}

static double
always(void)
{
	return 1.0;
}

/* Each failed try doubles the time, to a limit, and a success ends that. */
static void
test_longer(void)
{
	static const int64_t waits[] = { 10, 20, 40, 70, 70 };
	struct pf_breaker b = { .max_failures = 1, .reset_timeout = 10,
	    .max_timeout = 70 };
	int64_t now = 0;
	size_t i;

	for (i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
		pf_breaker_tell(&b, false, now);
		is_int(pf_breaker_wait(&b, now), waits[i],
		    "its wait");
		now += waits[i];
		ok(pf_breaker_may(&b, now), "then one more");
	}
	pf_breaker_tell(&b, true, now);
	pf_breaker_tell(&b, false, now);
	is_int(pf_breaker_wait(&b, now), 10, "after a success as at first");
}

static void
test_chance(void)
{
	struct pf_breaker b = { .max_failures = 1, .reset_timeout = 1000,
	    .chance = never };

	pf_breaker_tell(&b, false, 0);
	is_int(pf_breaker_wait(&b, 0), 500, "by chance half as long");
	pf_breaker_tell(&b, true, 0);
	b.chance = always;
	pf_breaker_tell(&b, false, 0);
	is_int(pf_breaker_wait(&b, 0), 1500, "or half as long again");
}

/* A sign that the other side is there lets one try go ahead of time. */
static void
test_hint(void)
{
	struct pf_breaker b = { .max_failures = 1, .reset_timeout = 1000,
	    .max_timeout = 4000 };

	pf_breaker_tell(&b, false, 0);
	pf_breaker_hint(&b, 10);
	is_int(pf_breaker_wait(&b, 10), 0, "a hint: nothing to wait for");
	ok(pf_breaker_may(&b, 10), "but one try");
	ok(!pf_breaker_may(&b, 10), "no more than that");
	pf_breaker_tell(&b, false, 20);
	is_int(pf_breaker_wait(&b, 20), 2000, "that fails like any other");
	pf_breaker_hint(&b, 30);
	ok(pf_breaker_may(&b, 30), "another hint, another try");
	pf_breaker_tell(&b, true, 30);
	is_str(pf_circuit_name(b.state), "closed", "which closes it");
	pf_breaker_hint(&b, 40);
	is_str(pf_circuit_name(b.state), "closed", "where a hint is nothing");
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
	test_longer();
	test_chance();
	test_hint();
	return done_testing();
}
