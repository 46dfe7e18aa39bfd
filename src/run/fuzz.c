/*
 * One job from its start to its end: the engine runs, is looked at once a
 * second, its finds are delivered and the lease kept alive meanwhile.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "os/clock.h"
#include "os/fs.h"
#include "os/proc.h"
#include "os/stop.h"
#include "run/fuzz.h"

#define POLL_MS		1000
#define NUMBERS_MS	5000	/* between two reports of numbers, */
#define SELDOM_MS	60000	/* later more seldom */
#define FIRST_MS	2000	/* the first comes sooner */
#define STOP_MS		10000	/* an engine may take to end */
#define LOST_MS		2500	/* at most, once the lease is lost: */
#define LOST_PART	20	/* this part of it, the reaper's is more */

static void
unknown(struct numbers *n)
{
	*n = (struct numbers){ -1, -1, -1, -1, -1, -1, -1, -1, -1 };
}

/* Ends the engine and everything it started; its last finds are taken. */
static void
stop_engine(struct fuzz *f, bool lost)
{
	const struct pf_err *err;
	int64_t most = STOP_MS, part = f->slot->lease_ms / LOST_PART;
	int status;

	if (lost)
		most = part < LOST_MS ? part : LOST_MS;
	if (f->pid > 0) {
		/* afl-fuzz alone: its group would lose the target first. */
		pf_proc_signal(f->pid, f->engine->stop_signal);
		(void)pf_proc_wait(f->pid, &status, most);
		f->pid = 0;
	}
	pf_proc_sweep();
	if (!f->over) {
		f->over = true;
		f->result = "completed";
	}
	if ((err = f->engine->poll(f)) != NULL)
		pf_warn("%s: %s", f->slot->name, err->msg);
}

/* Keeps the lease; tells why the job has to end, or NULL. */
static const char *
keep_lease(struct fuzz *f, bool *lost)
{
	const struct pf_err *err;
	struct slot *s = f->slot;
	struct beat beat;
	int64_t now = pf_boot_ms();

	if (now >= s->lease_end) {
		*lost = true;
		return "the lease ended while the master was away";
	}
	if (now < s->next_beat)
		return NULL;
	err = master_heartbeat(s, f->job, &beat);
	if (err == NULL)
		return beat.cancel ? "cancelled" : NULL;
	if (err->class == PF_STALE || err->class == PF_NOTFOUND) {
		*lost = true;
		pf_warn("%s: job %s: %s", s->name, f->job->id, err->msg);
		return "the lease is not ours any more";
	}
	/* Sooner again than usual: the lease is running out. */
	s->next_beat = now + s->heartbeat_ms / 4;
	pf_warn("%s: heartbeat: %s", s->name, err->msg);
	return NULL;
}

/* Delivery problems are no reason to stop fuzzing. */
static void
deliver(struct fuzz *f)
{
	const struct pf_err *err;
	int before = f->slot->failures;

	if ((err = find_flush(f)) != NULL)
		pf_warn("%s: outbox: %s", f->slot->name, err->msg);
	err = outbox_deliver(f->slot);
	if (err != NULL && f->slot->failures > before &&
	    (before == 0 || f->slot->opts->verbose))
		pf_warn("%s: results wait: %s", f->slot->name, err->msg);
}

/* The first minutes are watched, the days after are not. */
static int64_t
pause_of(int64_t age)
{
	int64_t ms = age / 20;

	return ms < NUMBERS_MS ? NUMBERS_MS : ms < SELDOM_MS ? ms : SELDOM_MS;
}

static void
loop(struct fuzz *f, enum ending *end)
{
	const struct pf_err *err;
	int64_t report_at = f->started + FIRST_MS, now;
	const char *why = NULL;
	bool lost = false;

	while (!f->over && !pf_stopping && why == NULL &&
	    (now = pf_boot_ms()) < f->deadline) {
		if ((err = f->engine->poll(f)) != NULL)
			pf_warn("%s: %s", f->slot->name, err->msg);
		if (now >= report_at) {
			find_numbers(f, true);
			find_log(f);
			report_at = now + pause_of(now - f->started);
		}
		deliver(f);
		if ((why = keep_lease(f, &lost)) == NULL && !f->over)
			share_poll(f);
		pf_sleep_ms(POLL_MS);
	}
	*end = ENDED;
	if (lost)
		*end = LOST;
	else if (why != NULL)
		*end = CANCELLED;
	else if (pf_stopping && !f->over && pf_boot_ms() < f->deadline)
		*end = INTERRUPTED;
	stop_engine(f, lost);
	find_numbers(f, true);
	find_log(f);
	deliver(f);
}

static void
release(struct fuzz *f)
{
	f->engine->release(f);
	argv_free(f->argv);
	argv_free(f->envp);
	argv_free(f->target_envp);
	seen_free(&f->seen);
	seen_free(&f->inputs);
	pf_buf_free(&f->pack);
	free(f->log);
}

enum ending
fuzz_job(struct slot *s, const struct job *j, const char *dir,
    char message[512])
{
	const struct pf_err *err;
	struct files files = { 0 };
	struct fuzz f = { .slot = s, .job = j, .files = &files, .dir = dir,
	    .pack = PF_BUF_INIT, .run_seed = -1 };
	enum ending end = FAILED;

	if ((f.engine = engine_find(j->engine)) == NULL) {
		snprintf(message, 512, "engine %.64s is unknown here",
		    j->engine);
		return FAILED;
	}
	unknown(&f.now);
	message[0] = '\0';
	f.log = pf_asprintf("%s/engine.log", dir);
	if ((err = fetch_job(s, j, dir, &files)) == NULL) {
		find_log_resume(&f);
		share_resume(&f);
		f.started = pf_boot_ms();
		f.deadline = f.started + j->duration;
		err = f.engine->start(&f);
	}
	if (err != NULL) {
		snprintf(message, 512, "%.500s", err->msg);
		if (err->class == PF_BUSY || err->class == PF_FULL)
			end = INTERRUPTED;
		else if (err->class == PF_STALE)
			end = LOST;
	} else {
		if ((err = master_start(s, j)) != NULL)
			pf_warn("%s: start: %s", s->name, err->msg);
		loop(&f, &end);
		if (end == ENDED && strcmp(f.result, "failed") == 0)
			end = FAILED;
		snprintf(message, 512, "%s", f.message);
	}
	release(&f);
	files_free(&files);
	return end;
}
