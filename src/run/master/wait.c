/*
 * Pauses: where there is nothing to do, and while the master is away.
 *
 * The policies and the breaker spare a master that is there and cannot.  One
 * that is gone is asked for its health meanwhile, which costs it next to
 * nothing when it is back, and then the next call is made at once.  If its
 * health is well while our calls fail, nothing is cut short: it would only get
 * more of what it cannot do.
 */
#include "os/clock.h"
#include "os/stop.h"
#include "run/run.h"

#define STEP_MS		200
#define EVERY_LEAST	1000	/* between two such questions */
#define ANSWER_MS	5000	/* for one */

bool
wait_ms(struct slot *s, int64_t ms)
{
	int64_t end = pf_boot_ms() + ms, left;
	bool late = s->late;

	while (!pf_stopping && s->late == late &&
	    (left = end - pf_boot_ms()) > 0) {
		pf_sleep_ms(left < STEP_MS ? left : STEP_MS);
		(void)settings_take(s, false);
	}
	return !pf_stopping && s->late == late;
}

static bool
is_well(struct slot *s)
{
	struct pf_http_call c = { .method = "GET", .path = "/health",
	    .most = ANSWER_MS, .reply = PF_BUF_INIT };
	bool well;

	s->fetching = true;	/* to be told to stop ends it */
	well = pf_http_call(s->http, &c) == NULL && c.status == 200;
	s->fetching = false;
	pf_buf_free(&c.reply);
	return well;
}

void
wait_master(struct slot *s, int64_t ms)
{
	int64_t every = s->conf->retry_update.initial_delay, step;
	int64_t end = pf_boot_ms() + ms, left;

	if (every < EVERY_LEAST)
		every = EVERY_LEAST;
	s->silent = s->silent || !is_well(s);
	while ((left = end - pf_boot_ms()) > every && s->silent) {
		step = every + (int64_t)((double)every * pf_timer.chance());
		if (!wait_ms(s, step < left ? step : left))
			return;
		if (is_well(s)) {
			s->silent = false;
			pf_breaker_hint(&s->breaker, pf_boot_ms());
			return;
		}
	}
	(void)wait_ms(s, left);
}
