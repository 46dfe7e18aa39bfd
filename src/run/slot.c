/*
 * The life of one slot: register, take a job, run it, deliver, complete.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/clock.h"
#include "os/fs.h"
#include "os/lock.h"
#include "os/proc.h"
#include "os/stop.h"
#include "run/box/box.h"
#include "run/check/check.h"
#include "run/fuzz.h"
#include "run/life/cores.h"
#include "store/spool.h"

#define IDLE_MS		2000	/* between two claims without a job */
#define ROUND_MS	200	/* between two deliveries at the end */
#define IDLE_ROUNDS	20	/* that take nothing away */
#define STOP_MS		5000	/* for the last deliveries when told to stop */

/* A slot of its own bears the name of the bot, several are numbered. */
static void
name_slot(struct slot *s)
{
	char host[129] = "localhost";
	const char *base = s->conf->bot_name;

	(void)gethostname(host, sizeof(host) - 1);
	if (*base == '\0')
		base = host;
	if (s->alone)
		snprintf(s->name, sizeof(s->name), "%.120s", base);
	else
		snprintf(s->name, sizeof(s->name), "%.100s-%d", base,
		    s->number);
}

/* The first slot may still be looking at what it left. */
static const struct pf_err *
lock_slot(struct slot *s)
{
	char *path = pf_asprintf("%s/lock", s->dir);
	const struct pf_err *err = pf_lock(&s->lock, path);

	free(path);
	return err;
}

static const struct pf_err *
open_slot(struct slot *s)
{
	const struct pf_err *err;
	const struct pf_conf *conf = s->conf;

	board_blank(&s->shown);
	name_slot(s);
	s->dir = pf_asprintf("%s/slot-%d", s->workdir, s->number);
	s->outbox = pf_asprintf("%s/outbox", s->dir);
	s->breaker.max_failures = conf->breaker_failures;
	s->breaker.reset_timeout = conf->breaker_reset;
	s->breaker.max_timeout = conf->breaker_max;
	s->breaker.chance = pf_timer.chance;
	if ((err = pf_mkdirs(s->dir, 0750)) != NULL ||
	    (err = lock_slot(s)) != NULL ||
	    (err = pf_spool_init(s->outbox, 0750)) != NULL ||
	    (err = state_identity(s)) != NULL ||
	    (err = pf_proc_adopt()) != NULL ||
	    (err = box_open(s)) != NULL)
		return err;
	sent_settle(s->dir, s->outbox);
	outbox_count(s);
	/* The last one's warden may have been killed with it. */
	warden_sweep(s->workdir, s->number);
	return settings_connect(s);
}

static void
close_slot(struct slot *s)
{
	pf_http_close(s->http);
	pf_http_close(s->beat);
	pf_buf_free(&s->offers);
	later_stop(s);
	refused_free(s);
	box_close(s);
	if (s->lock != -1)
		close(s->lock);
	free(s->dir);
	free(s->outbox);
}

/*
 * What another try may mend, of the master or of what stands between: a bot
 * does not end for an answer that makes no sense, or for the wrong token.
 */
static bool
passes(const struct pf_err *err)
{
	switch (err->class) {
	case PF_BUSY:
	case PF_FULL:
	case PF_DATA:
	case PF_DENIED:
	case PF_NOTFOUND:
	case PF_STALE:
	case PF_UNAVAIL:
		return true;
	default:
		return false;
	}
}

/*
 * Registers, trying as often as the policy says; with -l then by the long
 * policy for as long as it takes.  What the master himself refuses he would
 * refuse again.
 */
static const struct pf_err *
sign_on(struct slot *s)
{
	const struct pf_err *err;
	const struct pf_retry *quick = &s->conf->retry_communication;
	struct pf_buf caps = PF_BUF_INIT;
	int64_t i;

	show(s, "signing on");
	for (i = 0;; i++) {
		if (settings_take(s, true))
			name_slot(s);
		pf_buf_reset(&caps);
		if ((err = engine_capabilities(&caps,
		    s->conf->bot_capabilities)) == NULL)
			err = master_register(s, caps.data);
		show(s, "signing on");
		if (err == NULL || pf_stopping || (!pf_retry_may(quick, err) &&
		    !(s->opts->loop && (err->class == PF_BUSY ||
		    err->class == PF_FULL))))
			break;
		if (i >= quick->max_retries && !s->opts->loop)
			break;
		if (i == 0)
			pf_warn("%s: %s; trying again", s->name, err->msg);
		if (i < quick->max_retries)
			wait_master(s, pf_retry_delay(quick, &pf_timer, i));
		else
			wait_master(s, pf_retry_delay(&s->conf->retry_update,
			    &pf_timer, i - quick->max_retries));
	}
	if (err == NULL) {
		pf_buf_reset(&s->offers);
		pf_buf_add(&s->offers, caps.data, caps.len);
	}
	pf_buf_free(&caps);
	return err;
}

/*
 * Between two jobs: what was read again, all of it.  What the master does not
 * want is not in force: then it stays as it was.
 */
static const struct pf_err *
renew(struct slot *s)
{
	const struct pf_err *err;
	struct pf_conf old = *s->conf;

	if (!settings_take(s, true))
		return NULL;
	name_slot(s);
	if ((err = sign_on(s)) == NULL || pf_stopping ||
	    err->class == PF_BUSY || err->class == PF_FULL)
		return err;
	pf_warn("%s: %s; the old configuration stays", s->name, err->msg);
	*s->conf = old;
	engine_learn(s->conf, ENGINE_QUIET, NULL);
	name_slot(s);
	if ((err = settings_connect(s)) != NULL)
		return err;
	return sign_on(s);
}

/* Tells the master how the job ended, until it has heard. */
static const struct pf_err *
settle(struct slot *s, const struct job *j, const char *result,
    const char *message)
{
	const struct pf_err *err;
	int64_t give_up = 0;
	int i;

	for (i = 0;; i++) {
		err = master_complete(s, j, result, message);
		/* A stale token: the job is somebody else's by now. */
		if (err == NULL || err->class == PF_STALE ||
		    err->class == PF_NOTFOUND)
			return state_clear(s);
		if (err->class != PF_BUSY)
			return err;
		show(s, "telling how the job ended");
		if (pf_stopping && give_up == 0)
			give_up = pf_boot_ms() + STOP_MS;
		if ((pf_stopping && pf_boot_ms() >= give_up) ||
		    (!s->opts->loop &&
		    i >= s->conf->retry_communication.max_retries))
			return err;	/* state.json keeps it */
		wait_master(s, pf_retry_delay(&s->conf->retry_update,
		    &pf_timer, i));
		if (pf_stopping)
			pf_sleep_ms(500);
		(void)outbox_deliver(s);
	}
}

/*
 * The lease ended by our clock, with the engine: what does the master say?  He
 * may have been down, or the network, or this machine asleep.
 */
static enum ending
ask_after(struct slot *s, const struct job *j, bool *go_on)
{
	const struct pf_err *err;
	struct beat beat;

	err = master_heartbeat(s, j, &beat);
	*go_on = err == NULL && !beat.cancel && !pf_stopping;
	if (err == NULL && beat.cancel)
		return CANCELLED;
	if (err == NULL && pf_stopping)
		return INTERRUPTED;
	return err != NULL && (err->class == PF_STALE ||
	    err->class == PF_NOTFOUND) ? LOST : AWAY;
}

/* Tells the master, if it is his to know, and forgets the job. */
static const struct pf_err *
conclude(struct slot *s, const struct job *j, enum ending end,
    const char *message)
{
	const struct pf_err *err;
	const char *result = end == FAILED ? "failed" : end == CANCELLED ?
	    "cancelled" : "completed";

	switch (end) {
	case LOST:
		return state_clear(s);
	case AWAY:
		return pf_err(PF_BUSY, "job %s: %s", j->id, message);
	case INTERRUPTED:
		if ((err = master_handback(s, j)) == NULL ||
		    err->class == PF_STALE)
			err = state_clear(s);
		/* Nobody asked for it: not again without a pause. */
		if (err == NULL && !pf_stopping)
			err = pf_err(PF_BUSY, "job %s: %s", j->id, message);
		return err;
	default:
		if ((err = state_save(s, j, result, message)) == NULL)
			err = settle(s, j, result, message);
		return err;
	}
}

/* Runs a job whose token is saved, and sees it to its end. */
static const struct pf_err *
work(struct slot *s, const struct job *j)
{
	static const char *const words[] = { "completed", "failed",
	    "cancelled", "lost its lease", "lost its lease", "handed back" };
	const struct pf_err *err;
	char message[512], *dir;
	enum ending end;
	bool left, go_on = false;

	later_stop(s);
	dir = pf_asprintf("%s/jobs/%s", s->dir, j->id);
	if ((err = pf_mkdirs(dir, 0750)) != NULL ||
	    (err = harvest_open(s, j)) != NULL) {
		free(dir);
		return err;
	}
	if (!s->opts->quiet)
		pf_note("%s: job %s: %s on %s", s->name, j->id, j->engine,
		    j->name);
	later_back(s, j, dir);
	cores_take(s, j);
	do {
		end = fuzz_job(s, j, dir, message, &left);
		if (end == AWAY)
			end = ask_after(s, j, &go_on);
	} while (end == AWAY && go_on);
	if (left)
		left = !harvest_job(s, j);
	cores_leave(s);
	if (!left)
		harvest_close(s, j->id);
	err = conclude(s, j, end, message);
	if (!s->opts->quiet)
		pf_note("%s: job %s: %s%s%s", s->name, j->id, words[end],
		    *message != '\0' ? ": " : "", message);
	/* All that matters is in the outbox or with the master. */
	if (!left && end != INTERRUPTED && end != AWAY && err == NULL)
		later_leave(s, j, dir, end != LOST);
	else if (!left && end == INTERRUPTED && !state_has_job(s))
		later_keep(s, j, dir);
	free(dir);
	return err;
}

/* The lease of a job that was under way is gone; its finds are not. */
static const struct pf_err *
give_up(struct slot *s, const struct job *j)
{
	const struct pf_err *err;
	char *dir = pf_asprintf("%s/jobs/%s", s->dir, j->id);
	bool all = harvest_job(s, j);

	err = state_clear(s);
	if (err == NULL && all)
		later_leave(s, j, dir, false);
	free(dir);
	return err;
}

/*
 * What an earlier process left, or a master that was away: a result not yet
 * told, or a job whose lease may still hold, which a heartbeat decides.
 */
static const struct pf_err *
take_up(struct slot *s, bool *worked)
{
	const struct pf_err *err;
	struct pf_buf message = PF_BUF_INIT;
	struct job j = { 0 };
	struct beat beat;
	char result[16] = "";
	bool found = false;

	if ((err = heir_renamed(s)) == NULL)
		err = state_load(s, &j, &found, result, &message);
	if (err != NULL && err->class == PF_DATA) {
		pf_warn("%s: %s; dropping it", s->name, err->msg);
		err = state_clear(s);
	}
	found = found && err == NULL;
	if (found && result[0] == '\0' &&
	    (err = master_heartbeat(s, &j, &beat)) == NULL)
		lease_take(s, &j);
	harvest_all(s, found && result[0] == '\0' ? j.id : "");
	sweep_work(s, found ? j.id : "");
	if (found && result[0] != '\0')
		err = settle(s, &j, result, message.data);
	else if (found && err == NULL) {
		*worked = true;
		err = work(s, &j);
	} else if (found && (err->class == PF_STALE ||
	    err->class == PF_NOTFOUND))
		err = give_up(s, &j);
	job_free(&j);
	pf_buf_free(&message);
	return err;
}

/* One claim; *found tells whether there was a job, which then was run. */
static const struct pf_err *
next_job(struct slot *s, bool *found)
{
	const struct pf_err *err;
	struct job j = { 0 };

	*found = false;
	heir_harvest(s);
	sweep_tidy(s);
	if ((err = master_claim(s, &j, found)) != NULL || !*found)
		return err;
	if ((err = state_save(s, &j, "", "")) == NULL)
		err = work(s, &j);
	if (err == NULL)
		later_rest(s, &j);
	job_free(&j);
	return err;
}

/* With -l: for ever, until told to stop or something is really wrong. */
static const struct pf_err *
serve(struct slot *s)
{
	const struct pf_err *err = NULL;
	bool found;
	int away = 0, anew = 0;

	while (!pf_stopping) {
		(void)outbox_deliver(s);
		show(s, "no job");
		if ((err = renew(s)) == NULL) {
			found = state_has_job(s);
			err = found ? take_up(s, &found) : next_job(s, &found);
		}
		if (err == NULL) {
			away = 0;
			anew = found ? 0 : anew;
			if (!found && !later_work(s, IDLE_MS, true))
				(void)wait_ms(s, IDLE_MS);
			continue;
		}
		/* Two of one name would do this in turns, without a job. */
		if (err->class == PF_NOTFOUND || err->class == PF_STALE) {
			if (anew == 0)
				pf_warn("%s: %s; signing on anew", s->name,
				    err->msg);
			else
				(void)wait_ms(s, pf_retry_delay(
				    &s->conf->retry_update, &pf_timer, anew));
			anew++;
			err = sign_on(s);
		}
		if (err != NULL && !passes(err))
			return err;
		if (err != NULL) {
			if (away == 0)
				pf_warn("%s: %s; trying on", s->name,
				    err->msg);
			show(s, "no job");
			wait_master(s, pf_retry_delay(&s->conf->retry_update,
			    &pf_timer, away++));
		}
	}
	return NULL;
}

/* At its rate, as long as there is somebody and it gets less. */
static void
deliver_all(struct slot *s)
{
	int64_t before;
	int idle = 0;

	while (idle < IDLE_ROUNDS) {
		before = s->waits_packs;
		if ((outbox_deliver(s) != NULL && s->past[0] == '\0') ||
		    s->waits_packs <= 0 || pf_stopping)
			return;
		if (s->waits_packs < before)
			idle = 0;
		else if (s->allowance > 0)
			idle++;
		(void)wait_ms(s, ROUND_MS);
	}
}

int
slot_run(const struct options *o, const struct pf_conf *given,
    struct board *board, int number, bool alone)
{
	const struct pf_err *err;
	struct pf_conf conf = *given;
	struct slot s = { .conf = &conf, .opts = o, .board = board,
	    .workdir = given->bot_work_directory, .number = number,
	    .offers = PF_BUF_INIT, .lock = -1, .alone = alone };
	bool worked = false, found = false;
	int status;

	(void)board_conf(&s.fresh, board, &s.seen);
	if ((err = open_slot(&s)) != NULL || (err = sign_on(&s)) != NULL)
		goto done;
	/* What that leaves, for what will pass, is taken up again there. */
	if ((err = take_up(&s, &worked)) != NULL &&
	    (!o->loop || !passes(err)))
		goto done;
	if (o->loop)
		err = serve(&s);
	else if (!worked && !pf_stopping) {
		do
			err = next_job(&s, &found);
		while (err == NULL && !found && later_spare(&s));
		if (err == NULL && !found && !pf_stopping)
			err = pf_err(PF_NO, "%s", o->quiet ? "" : "no job");
	}
	if (err == NULL || err->class == PF_NO)
		deliver_all(&s);
done:
	/* Cleaning up makes errors of its own, which would replace it. */
	status = pf_exit(err);
	box_sweep(&s);
	close_slot(&s);
	return status;
}
