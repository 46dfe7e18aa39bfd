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
#include "os/proc.h"
#include "os/stop.h"
#include "run/fuzz.h"
#include "store/spool.h"

#define IDLE_MS		2000	/* between two claims without a job */
#define STOP_MS		5000	/* for the last deliveries when told to stop */

/* Sleeps in steps, so that a signal ends it. */
static void
nap(int64_t ms)
{
	int64_t end = pf_boot_ms() + ms;

	while (!pf_stopping && pf_boot_ms() < end)
		pf_sleep_ms(end - pf_boot_ms() < 200 ? end - pf_boot_ms() :
		    200);
}

static const struct pf_err *
open_slot(struct slot *s, int number, int slots)
{
	const struct pf_err *err;
	const struct pf_conf *conf = s->conf;
	char host[129] = "localhost";
	const char *base = conf->bot_name;

	(void)gethostname(host, sizeof(host) - 1);
	if (*base == '\0')
		base = host;
	if (slots > 1)
		snprintf(s->name, sizeof(s->name), "%.100s-%d", base, number);
	else
		snprintf(s->name, sizeof(s->name), "%.120s", base);
	s->dir = pf_asprintf("%s/slot-%d", s->workdir, number);
	s->outbox = pf_asprintf("%s/outbox", s->dir);
	s->breaker.max_failures = conf->breaker_failures;
	s->breaker.reset_timeout = conf->breaker_reset;
	if ((err = pf_mkdirs(s->dir, 0750)) != NULL ||
	    (err = pf_spool_init(s->outbox, 0750)) != NULL ||
	    (err = state_identity(s)) != NULL ||
	    (err = pf_proc_adopt()) != NULL)
		return err;
	if ((err = pf_http_open(&s->http, conf->bot_master_url,
	    conf->master_communication)) != NULL)
		return err;
	return master_token(s, NULL);
}

static void
close_slot(struct slot *s)
{
	pf_http_close(s->http);
	free(s->dir);
	free(s->outbox);
}

/*
 * Registers, trying as often as the policy says; with -l then by the long
 * policy for as long as it takes.
 */
static const struct pf_err *
sign_on(struct slot *s, const char *caps)
{
	const struct pf_err *err;
	const struct pf_retry *quick = &s->conf->retry_communication;
	int64_t i;

	for (i = 0;; i++) {
		err = master_register(s, caps);
		if (!pf_retry_may(quick, err) || pf_stopping)
			return err;
		if (i >= quick->max_retries && !s->opts->loop)
			return err;
		if (i == 0)
			pf_warn("%s: %s; trying again", s->name, err->msg);
		if (i < quick->max_retries)
			nap(pf_retry_delay(quick, &pf_timer, i));
		else
			nap(pf_retry_delay(&s->conf->retry_update, &pf_timer,
			    i - quick->max_retries));
	}
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
		if (pf_stopping && give_up == 0)
			give_up = pf_boot_ms() + STOP_MS;
		if ((pf_stopping && pf_boot_ms() >= give_up) ||
		    (!s->opts->loop &&
		    i >= s->conf->retry_communication.max_retries))
			return err;	/* state.json keeps it */
		nap(pf_retry_delay(&s->conf->retry_update, &pf_timer, i));
		if (pf_stopping)
			pf_sleep_ms(500);
		(void)outbox_deliver(s);
	}
}

/* Runs a job whose token is saved, and sees it to its end. */
static const struct pf_err *
work(struct slot *s, const struct job *j)
{
	const struct pf_err *err;
	char message[512], *dir;
	const char *result = "completed";
	enum ending end;

	dir = pf_asprintf("%s/jobs/%s", s->dir, j->id);
	if ((err = pf_mkdirs(dir, 0750)) != NULL) {
		free(dir);
		return err;
	}
	if (!s->opts->quiet)
		pf_note("%s: job %s: %s on %s", s->name, j->id, j->engine,
		    j->name);
	end = fuzz_job(s, j, dir, message);
	if (end == FAILED)
		result = "failed";
	else if (end == CANCELLED)
		result = "cancelled";
	if (end == LOST)
		err = state_clear(s);
	else if (end == INTERRUPTED) {
		if ((err = master_handback(s, j)) == NULL ||
		    err->class == PF_STALE)
			err = state_clear(s);
		/* Nobody asked for it: not again without a pause. */
		if (err == NULL && !pf_stopping)
			err = pf_err(PF_BUSY, "job %s: %s", j->id, message);
	} else if ((err = state_save(s, j, result, message)) == NULL)
		err = settle(s, j, result, message);
	if (!s->opts->quiet)
		pf_note("%s: job %s: %s%s%s", s->name, j->id,
		    end == INTERRUPTED ? "handed back" : end == LOST ?
		    "lost its lease" : result, *message != '\0' ? ": " : "",
		    message);
	/* All that matters is in the outbox or with the master. */
	if (end != INTERRUPTED && err == NULL)
		err = pf_rmtree(dir);
	free(dir);
	return err;
}

/*
 * What an earlier process left: a result not yet told, or a job whose lease
 * may still hold, which the first heartbeat decides.
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

	err = state_load(s, &j, &found, result, &message);
	if (err != NULL && err->class == PF_DATA) {
		pf_warn("%s: %s; dropping it", s->name, err->msg);
		err = state_clear(s);
	}
	sweep_work(s, err == NULL && found ? j.id : "");
	if (err == NULL && found && result[0] != '\0')
		err = settle(s, &j, result, message.data);
	else if (err == NULL && found) {
		err = master_heartbeat(s, &j, &beat);
		if (err == NULL) {
			*worked = true;
			err = work(s, &j);
		} else if (err->class == PF_STALE ||
		    err->class == PF_NOTFOUND)
			err = state_clear(s);
	}
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
	if ((err = master_claim(s, &j, found)) != NULL || !*found)
		return err;
	if ((err = state_save(s, &j, "", "")) == NULL)
		err = work(s, &j);
	job_free(&j);
	return err;
}

/* With -l: for ever, until told to stop or something is really wrong. */
static const struct pf_err *
serve(struct slot *s, const char *caps)
{
	const struct pf_err *err = NULL;
	bool found;
	int away = 0;

	while (!pf_stopping) {
		(void)outbox_deliver(s);
		err = next_job(s, &found);
		if (err == NULL) {
			away = 0;
			if (!found)
				nap(IDLE_MS);
			continue;
		}
		/* Forgotten by the master, or another incarnation: anew. */
		if (err->class == PF_NOTFOUND || err->class == PF_STALE)
			err = sign_on(s, caps);
		if (err != NULL && err->class != PF_BUSY &&
		    err->class != PF_FULL)
			return err;
		if (err != NULL) {
			if (away == 0)
				pf_warn("%s: %s; trying on", s->name,
				    err->msg);
			nap(pf_retry_delay(&s->conf->retry_update,
			    &pf_timer, away++));
		}
	}
	return NULL;
}

int
slot_run(const struct options *o, const struct pf_conf *conf,
    const char *workdir, int number, int slots)
{
	const struct pf_err *err;
	struct slot s = { .conf = conf, .opts = o, .workdir = workdir };
	struct pf_buf caps = PF_BUF_INIT;
	bool worked = false, found = false;

	if ((err = open_slot(&s, number, slots)) != NULL ||
	    (err = engine_capabilities(&caps, conf->bot_capabilities)) !=
	    NULL || (err = sign_on(&s, caps.data)) != NULL ||
	    (err = take_up(&s, &worked)) != NULL)
		goto done;
	if (o->loop)
		err = serve(&s, caps.data);
	else if (!worked && !pf_stopping) {
		err = next_job(&s, &found);
		if (err == NULL && !found)
			err = pf_err(PF_NO, "%s", o->quiet ? "" : "no job");
	}
	if (err == NULL || err->class == PF_NO)
		(void)outbox_deliver(&s);
done:
	pf_proc_sweep();
	close_slot(&s);
	pf_buf_free(&caps);
	return pf_exit(err);
}
