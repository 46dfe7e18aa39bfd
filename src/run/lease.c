/*
 * The lease of the job at hand, kept also while another call waits: a slow
 * fetch or delivery must not cost the job, nor hide that it is gone.
 */
#include "os/clock.h"
#include "os/stop.h"
#include "run/run.h"

#define LOOK_MS		1000	/* between two looks while a call waits, or
				 * as long as the last one took */

void
lease_take(struct slot *s, const struct job *j)
{
	s->job = j;
	s->lease = LEASE_HELD;
	s->beats_failed = 0;
	s->without = false;
}

int64_t
lease_left(const struct slot *s)
{
	return s->lease_end + s->conf->bot_offline - pf_boot_ms();
}

/* Only what is late may come of it from here on. */
static void
go_without(struct slot *s)
{
	if (!s->without)
		pf_warn("%s: job %s: the lease has ended while the master is "
		    "away; going on without it", s->name, s->job->id);
	s->without = true;
}

void
lease_drop(struct slot *s)
{
	s->job = NULL;
	s->lease = LEASE_NONE;
}

static void
failed(struct slot *s, const struct pf_err *err)
{
	if (err->class == PF_STALE || err->class == PF_NOTFOUND) {
		s->lease = LEASE_TAKEN;
		pf_warn("%s: job %s: %s", s->name, s->job->id, err->msg);
		return;
	}
	/* Sooner again than usual: the lease is running out. */
	s->next_beat = pf_boot_ms() + s->heartbeat_ms / 4;
	if (s->beats_failed++ == 0 || s->opts->verbose)
		pf_warn("%s: heartbeat: %s", s->name, err->msg);
}

/* Whoever sees a bot take no more jobs should know why: said when it turns. */
static void
drain(struct slot *s, bool on)
{
	if (on != s->drained && !s->opts->quiet)
		pf_note("%s: job %s: %s", s->name, s->job->id, on ?
		    "the last one, the master drains this bot; pf-registry "
		    "drain -u there ends that" : "the bot is not drained any "
		    "more");
	s->drained = on;
}

enum lease
lease_keep(struct slot *s)
{
	const struct pf_err *err;
	struct beat beat;
	int64_t now = pf_boot_ms();

	if (s->lease != LEASE_HELD || s->beating)
		return s->lease;
	if (lease_left(s) <= 0)
		return s->lease = LEASE_OVER;
	if (now >= s->lease_end)
		go_without(s);
	if (now < s->next_beat)
		return s->lease;
	if ((err = master_heartbeat(s, s->job, &beat)) != NULL)
		failed(s, err);
	else {
		if (s->without)
			pf_note("%s: job %s: the master is back, and it is "
			    "still ours", s->name, s->job->id);
		s->without = false;
		s->beats_failed = 0;
		drain(s, beat.drain);
		if (beat.cancel)
			s->lease = LEASE_CANCELLED;
	}
	return s->lease;
}

bool
lease_meanwhile(void *arg)
{
	struct slot *s = arg;
	int64_t now = pf_boot_ms(), took;

	if (pf_stopping && s->fetching && !s->beating)
		return false;
	if (s->looking || now < s->next_look)
		return true;
	s->looking = true;
	if (s->look != NULL)
		s->look(s->look_arg);
	(void)lease_keep(s);
	s->looking = false;
	/* Else a call would be nothing but looks, which run crashes again. */
	took = pf_boot_ms() - now;
	s->next_look = now + took + (took > LOOK_MS ? took : LOOK_MS);
	/* What waits is not worth more than the end of an engine. */
	return s->lease == LEASE_NONE || s->lease == LEASE_HELD;
}
