/*
 * base/retry: exact delays, on a clock of our own.
 */
#include "../lib/tap.h"
#include "base/retry.h"

static int64_t clock_ms;	/* what was slept */
static double luck;
static volatile int stop;

static int64_t
now(void)
{
	return clock_ms;
}

static void
nap(int64_t ms)
{
	clock_ms += ms;
}

static double
chance(void)
{
	return luck;
}

static const struct pf_timer timer = { now, nap, chance };

static void
delays(void)
{
	struct pf_retry r = { 3, 2000, 15000, 2.0, false, "busy" };

	is_int(pf_retry_delay(&r, &timer, 0), 2000, "the first");
	is_int(pf_retry_delay(&r, &timer, 1), 4000, "grows");
	is_int(pf_retry_delay(&r, &timer, 2), 8000, "and grows");
	is_int(pf_retry_delay(&r, &timer, 3), 15000, "up to its limit");
	is_int(pf_retry_delay(&r, &timer, 1000000000), 15000, "stays there");
	is_int(pf_retry_delay(&r, &timer, -1), 2000, "before the first");
	r.multiplier = 1.0;
	is_int(pf_retry_delay(&r, &timer, INT64_MAX), 2000, "constant");
	r.initial_delay = 20000;
	is_int(pf_retry_delay(&r, &timer, 0), 15000, "never over the limit");
	r.initial_delay = 0;
	is_int(pf_retry_delay(&r, &timer, 5), 0, "nothing stays nothing");
	r = (struct pf_retry){ 3, 10000, 60000, 1.5, true, "" };
	luck = 0.0;
	is_int(pf_retry_delay(&r, &timer, 0), 1000, "jitter: from a tenth");
	luck = 0.5;
	is_int(pf_retry_delay(&r, &timer, 1), 8250, "in between");
	luck = 1.0;
	is_int(pf_retry_delay(&r, &timer, 1), 15000, "up to the whole");
}

static void
may(void)
{
	struct pf_retry r = { 3, 1, 1, 1.0, false,
	    " busy,database is locked , timeout," };
	static const struct {
		enum pf_class	 class;
		const char	*msg;
		bool		 again;
	} errors[] = {
		{ PF_BUSY, "anything", true },
		{ PF_IO, "the database is locked by x", true },
		{ PF_IO, "timeout", true },
		{ PF_IO, "no space", false },
		{ PF_FULL, "no room", false },
		{ PF_STALE, "", false },
	};
	size_t i;

	ok(!pf_retry_may(&r, NULL), "no error is nothing to retry");
	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		ok(pf_retry_may(&r, pf_err(errors[i].class, "%s",
		    errors[i].msg)) == errors[i].again,
		    pf_class_name(errors[i].class));
	r.retryable_errors[0] = '\0';
	ok(pf_retry_may(&r, pf_err(PF_BUSY, "x")), "an empty list: busy");
	ok(!pf_retry_may(&r, pf_err(PF_IO, "x")), "and nothing else");
	snprintf(r.retryable_errors, sizeof(r.retryable_errors), " , ,, ");
	ok(pf_retry_may(&r, pf_err(PF_BUSY, " , ")), "a list of nothing");
	ok(!pf_retry_may(&r, pf_err(PF_FULL, " , ")), "is an empty one");
}

/* Policies as they are written for others. */
static void
others(void)
{
	static const char *const lists[] = {
		"timeout", "temporary failure", "database is locked",
		"connection refused", "network unreachable",
		"no route to host",
		"database is locked, timeout, temporary failure",
		"connection refused,timeout,network unreachable,"
		    "no route to host",
	};
	struct pf_retry r = { 3, 1, 1, 1.0, false, "" };
	size_t i;

	for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		snprintf(r.retryable_errors, sizeof(r.retryable_errors), "%s",
		    lists[i]);
		ok(pf_retry_words_ok(lists[i]), lists[i]);
		ok(pf_retry_may(&r, pf_err(PF_BUSY, "no answer")),
		    "stands for busy");
		ok(!pf_retry_may(&r, pf_err(PF_FULL, "no answer")),
		    "and for that alone");
	}
	ok(!pf_retry_words_ok("timeout, timeouts"), "a slip is seen");
	snprintf(r.retryable_errors, sizeof(r.retryable_errors), "full");
	ok(!pf_retry_may(&r, pf_err(PF_BUSY, "x")), "busy can be left out");
}

struct work {
	int		 calls, good_at, stop_at;
	enum pf_class	 class;
};

static const struct pf_err *
op(void *arg)
{
	struct work *w = arg;

	if (++w->calls == w->good_at)
		return NULL;
	if (w->calls == w->stop_at)
		stop = 1;
	return pf_err(w->class, "call %d", w->calls);
}

static void
runs(void)
{
	const struct pf_retry r = { 3, 2000, 15000, 2.0, false, "busy" };
	const struct pf_err *err;
	struct work w = { .good_at = 1, .class = PF_BUSY };

	clock_ms = 0;
	ok(pf_retry_run(&r, &timer, NULL, op, &w) == NULL, "at once");
	is_int(clock_ms, 0, "without a delay");
	w = (struct work){ .good_at = 4, .class = PF_BUSY };
	ok(pf_retry_run(&r, &timer, NULL, op, &w) == NULL, "at the last try");
	is_int(w.calls, 4, "that is the fourth");
	is_int(clock_ms, 2000 + 4000 + 8000, "after exactly these delays");
	clock_ms = 0;
	w = (struct work){ .good_at = 5, .class = PF_BUSY };
	err = pf_retry_run(&r, &timer, NULL, op, &w);
	is_str(err != NULL ? err->msg : "", "call 4 (4 tries)", "too late");
	is_int(err != NULL ? (int)err->class : -1, PF_BUSY, "of its class");
	is_int(clock_ms, 14000, "no delay after the last");
	clock_ms = 0;
	w = (struct work){ .good_at = 3, .class = PF_IO };
	err = pf_retry_run(&r, &timer, NULL, op, &w);
	is_str(err != NULL ? err->msg : "", "call 1", "not worth a retry");
	is_int(clock_ms, 0, "nor a delay");
	w = (struct work){ .good_at = 9, .stop_at = 2, .class = PF_BUSY };
	err = pf_retry_run(&r, &timer, &stop, op, &w);
	is_str(err != NULL ? err->msg : "", "call 2", "told to stop");
}

int
main(void)
{
	delays();
	may();
	others();
	runs();
	return done_testing();
}
