/*
 * The reaper's clock: tick.
 *
 * Time for leases passes only here: at most one tick an interval of
 * CLOCK_BOOTTIME, none across a boot, none while bots are not heard.  A clock
 * that was set, a suspend, an outage of any length therefore expire nothing.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "act/common.h"
#include "model/system.h"
#include "os/clock.h"

#define HOUR	INT64_C(3600000)

/* A new boot: everybody gets a full lease. */
static const struct pf_err *
new_boot(struct pf_act *a)
{
	const struct pf_err *err;
	struct pf_lease l = pf_lease_now(a);
	int64_t n;

	if ((err = pf_assignment_renew_all(a->db, &n, &l)) != NULL)
		return err;
	return pf_bot_renew_all(a->db, a->tick);
}

/*
 * What is old is judged by a wall clock that goes forward at most twice as
 * fast as time does, and an hour at a start: one that was set ten years ahead
 * makes nothing old at once, and there is time to notice.
 */
static void
trust(struct pf_ticks *t, int64_t now, int64_t passed)
{
	int64_t most = t->trusted + (passed < 0 ? HOUR : 2 * passed);

	if (t->trusted == 0)
		t->trusted = now;
	else if (now > t->trusted)
		t->trusted = now < most ? now : most;
}

/*
 * When a tick takes effect: now, however long its line has waited, for a
 * heartbeat that was answered meanwhile counts from the tick before.  Of
 * another boot there is nothing but the line's word.
 */
static int64_t
effect(const struct pf_act *a, const char *boot, int64_t boot_ms)
{
	return strcmp(a->boot, boot) == 0 ? pf_boot_ms() : boot_ms;
}

/* What a tick counts: what has passed, and its interval at most. */
static int64_t
length(const struct pf_act *a, const struct pf_ticks *t, int64_t at)
{
	int64_t ms = t->interval < a->conf->tick ? t->interval :
	    a->conf->tick;

	/* Another clock, as in a namespace, may have been behind or ahead. */
	if (at < t->applied)
		return 0;
	return at - t->applied < ms ? at - t->applied : ms;
}

const struct pf_err *
pf_act_tick(struct pf_act *a, const struct pf_json *req, struct pf_buf *out)
{
	const struct pf_err *err;
	const char *boot = "";
	int64_t at, boot_ms = -1, prev = a->tick;
	struct pf_ticks t;
	bool counted = false, deaf;

	if ((err = pf_need_id(&boot, req, "boot")) != NULL ||
	    (err = pf_json_int(&boot_ms, req, "boot_ms", 0, PF_INT_MAX)) !=
	    NULL || (err = pf_json_int(&prev, req, "prev", 0, PF_INT_MAX)) !=
	    NULL || (err = pf_ticks_get(&t, a->db)) != NULL ||
	    (err = pf_deaf(a, &deaf)) != NULL)
		return err;
	if (boot_ms == -1)
		return pf_err_field(PF_DATA, "boot_ms", "boot_ms is missing");
	if (prev != t.tick)
		return pf_err_field(PF_STALE, "prev", "tick %" PRId64 " is "
		    "over, this is %" PRId64, prev, t.tick);
	at = effect(a, boot, boot_ms);
	/* Nor can this clock go back, unless it is another machine's. */
	if (strcmp(t.boot, boot) != 0 || boot_ms < t.boot_ms) {
		a->interval = a->conf->tick;
		if ((err = new_boot(a)) != NULL)
			return err;
		trust(&t, a->now, -1);
		snprintf(t.boot, sizeof(t.boot), "%s", boot);
		t.boot_ms = boot_ms;
		t.interval = a->interval;
		t.applied = at;
		err = pf_ticks_set(a->db, &t, a->now);
	} else if (boot_ms - t.boot_ms >= a->conf->tick) {
		counted = !deaf;
		t.tick += counted ? 1 : 0;
		t.passed += counted ? length(a, &t, at) : 0;
		t.interval = a->conf->tick;
		t.applied = at;
		trust(&t, a->now, boot_ms - t.boot_ms);
		t.boot_ms = boot_ms;
		err = pf_ticks_set(a->db, &t, a->now);
	}
	if (err != NULL)
		return err;
	a->tick = t.tick;
	a->passed = t.passed;
	a->trusted = t.trusted;
	a->interval = t.interval;
	pf_jw_int(out, "tick", t.tick);
	pf_jw_bool(out, "counted", counted);
	pf_jw_bool(out, "deaf", deaf);
	return NULL;
}
