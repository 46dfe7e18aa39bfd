/*
 * One job from its start to its end: the engine runs, is looked at once a
 * second, its finds are delivered and the lease kept alive meanwhile.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "os/clock.h"
#include "os/fs.h"
#include "os/stop.h"
#include "run/box/box.h"
#include "run/check/check.h"
#include "run/fuzz.h"
#include "run/health/health.h"

#define POLL_MS		1000
#define STEP_MS		20	/* where there is no engine to be left alone */
#define NUMBERS_MS	5000	/* between two reports of numbers, */
#define SELDOM_MS	60000	/* later more seldom */
#define FIRST_MS	2000	/* the first comes sooner */
#define STOP_MS		10000	/* an engine may take to end */
#define ALL		8	/* eighths of what may wait in the outbox, */
#define ENOUGH		7	/* and to go on after a pause */
#define LOST_MS		2500	/* at most, once the lease is lost: */
#define LOST_PART	20	/* this part of it, the reaper's is more */

static const struct pf_err *
look(struct fuzz *f)
{
	const struct pf_err *err;

	/* It neither finds anything now nor is it to be started. */
	if (f->paused)
		return NULL;
	err = f->engine->poll(f);
	/* Not now, it says: then at the next look. */
	return err != NULL && err->class == PF_NO ? NULL : err;
}

/* A look may call the master, and such a call must not look again: it would
 * start an engine of which the first look has yet to understand the end. */
static void
look_and_tell(void *arg)
{
	const struct pf_err *err;
	struct fuzz *f = arg;
	bool looking = f->slot->looking;

	f->slot->looking = true;
	if ((err = look(f)) != NULL)
		pf_warn("%s: %s", f->slot->name, err->msg);
	f->slot->looking = looking;
}

/* To all of an engine. */
static void
send(struct fuzz *f, int sig)
{
	if (f->engine->signal != NULL)
		f->engine->signal(f, sig);
	else
		box_signal(f, f->pid, sig);
}

static void
go_on(struct fuzz *f)
{
	send(f, SIGCONT);
	f->paused = false;
}

static void
hold(struct fuzz *f)
{
	int status = 0;

	/* Stopped as well, it would be taken for one that hangs. */
	check_break(f);
	if (f->engine->held == NULL)
		send(f, SIGSTOP);
	else if (f->pid > 0) {
		box_signal(f, f->pid, f->engine->stop_signal);
		(void)box_wait(f, f->pid, &status, STOP_MS);
		f->pid = 0;
		f->engine->held(f, status);
	}
	f->paused = true;
}

static void
tell(struct fuzz *f, const char *words)
{
	pf_warn("%s: %s", f->slot->name, words);
	find_say(f, words);
}

/* Finds for which there is no room are not to be made. */
static void
mind_outbox(struct fuzz *f)
{
	struct slot *s = f->slot;
	char words[200], text[300];
	bool room = !f->stuck &&
	    !outbox_over(s, f->paused ? ENOUGH : ALL);

	if (!room && !f->paused && outbox_over(s, ALL)) {
		room = outbox_trim(s, words, sizeof(words));
		snprintf(text, sizeof(text), "the outbox was full; dropped: "
		    "%s", words);
		if (words[0] != '\0')
			tell(f, text);
	}
	if (f->paused && room && !outbox_over(s, ENOUGH)) {
		go_on(f);
		tell(f, "there is room in the outbox again; the engine goes "
		    "on");
	} else if (!f->paused && !room) {
		hold(f);
		tell(f, "the outbox is full; the engine is stopped "
		    "meanwhile");
	}
}

/*
 * Ends the engine and everything it started; its last finds are taken.  False
 * if some had to stay.
 */
static bool
stop_engine(struct fuzz *f, bool lost)
{
	int64_t most = STOP_MS, part = f->slot->lease_ms / LOST_PART;
	bool all;
	int status;

	if (lost)
		most = part < LOST_MS ? part : LOST_MS;
	if (f->paused)
		go_on(f);
	if (f->engine->stop != NULL)
		most = f->engine->stop(f, most);
	if (f->pid > 0) {
		box_signal(f, f->pid, f->engine->stop_signal);
		(void)box_wait(f, f->pid, &status, most);
		f->pid = 0;
	}
	box_sweep(f->slot);
	if (!f->over) {
		f->over = true;
		f->result = "completed";
	}
	all = harvest_finds(f, f->engine->poll);
	/* It may have ended by a crash after the last look. */
	return (f->engine->harvest == NULL ||
	    harvest_finds(f, f->engine->harvest)) && all;
}

/* Delivery problems are no reason to stop fuzzing. */
static void
deliver(struct fuzz *f)
{
	const struct pf_err *err;
	int before = f->slot->failures;

	err = find_flush(f);
	/* Said once: the engine is stopped for that. */
	if (err != NULL && !f->stuck)
		pf_warn("%s: outbox: %s", f->slot->name, err->msg);
	f->stuck = err != NULL;
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

/* The engine runs until something says that it shall not. */
static void
watch(struct fuzz *f)
{
	struct slot *s = f->slot;
	int64_t report_at = f->started + FIRST_MS, now;

	s->look = look_and_tell;
	s->look_arg = f;
	while (!health_over(f) && !pf_stopping && s->lease == LEASE_HELD &&
	    (now = pf_boot_ms()) < f->deadline) {
		look_and_tell(f);
		box_poll(f);
		if ((!f->paused && health_look(f)) || now >= report_at) {
			find_numbers(f, true);
			find_log(f);
			state_save_ran(s, f->job, f->ran + now - f->started);
			report_at = now + pause_of(now - f->started);
		}
		deliver(f);
		mind_outbox(f);
		if (lease_keep(s) == LEASE_HELD && !f->over)
			share_poll(f);
		check_poll(f);
		(void)settings_take(s, false);
		show_job(f);
		box_nap(f, f->job->kind == JOB_FUZZ ? POLL_MS : STEP_MS);
	}
	s->look = NULL;
}

static enum ending
ending(const struct fuzz *f, char message[512])
{
	switch (f->slot->lease) {
	case LEASE_OVER:
		snprintf(message, 512, "the lease ended while the master was "
		    "away");
		return AWAY;
	case LEASE_TAKEN:
		snprintf(message, 512, "the lease is not ours any more");
		return LOST;
	case LEASE_CANCELLED:
		return CANCELLED;
	default:
		if (pf_stopping && !f->over && pf_boot_ms() < f->deadline)
			return INTERRUPTED;
		return ENDED;
	}
}

/* From its start to its end; *left: there are finds that had to stay. */
static enum ending
run(struct fuzz *f, char message[512], bool *left)
{
	const struct pf_err *err;
	enum ending end;

	if ((err = master_start(f->slot, f->job)) != NULL)
		pf_warn("%s: start: %s", f->slot->name, err->msg);
	watch(f);
	end = ending(f, message);
	*left = !stop_engine(f, end == LOST || end == AWAY);
	health_last(f);
	lease_drop(f->slot);
	find_numbers(f, true);
	find_log(f);
	state_save_ran(f->slot, f->job, f->ran + pf_boot_ms() - f->started);
	deliver(f);
	*left = *left || f->pack.len > 0;
	if (end == ENDED && strcmp(f->result, "failed") == 0)
		end = FAILED;
	if (end == ENDED || end == FAILED)
		snprintf(message, 512, "%s", f->message);
	box_verdict(f, message, 512);
	return end;
}

static const struct engine *
engine_of(const struct job *j)
{
	switch (j->kind) {
	case JOB_REGRESS:
		return &engine_regress;
	case JOB_MEMCHECK:
		return &engine_memcheck;
	default:
		return engine_find(j->engine);
	}
}

bool
fuzz_open(struct fuzz *f, struct slot *s, const struct job *j,
    const char *dir)
{
	*f = (struct fuzz){ .slot = s, .job = j, .dir = dir,
	    .engine = engine_of(j), .pack = PF_BUF_INIT,
	    .keys = PF_BUF_INIT, .run_seed = -1 };
	numbers_unknown(&f->now);
	f->log = pf_asprintf("%s/own/engine.log", dir);
	return f->engine != NULL;
}

void
fuzz_close(struct fuzz *f)
{
	health_end(f);
	check_end(f);
	if (f->engine != NULL)
		f->engine->release(f);
	argv_free(f->argv);
	argv_free(f->envp);
	argv_free(f->target_envp);
	seen_free(&f->seen);
	seen_free(&f->inputs);
	pf_buf_free(&f->pack);
	pf_buf_free(&f->keys);
	free(f->log);
}

/* The job fails at its start: how it is goes to the master all the same. */
static void
never_started(struct fuzz *f, const struct pf_err *err, char message[512])
{
	/* What the job asks for wrongly says nothing of engine and target. */
	if (err->class == PF_BUSY || err->class == PF_FULL ||
	    err->class == PF_STALE || err->class == PF_DATA)
		return;
	health_no_start(f, message);
	find_numbers(f, false);
	deliver(f);
}

/* All that comes before the engine; its time starts here. */
static const struct pf_err *
prepare(struct fuzz *f, struct files *files)
{
	const struct pf_err *err;

	show_job(f);
	if ((err = box_enter(f)) != NULL ||
	    (err = fetch_job(f->slot, f->job, f->dir, files)) != NULL)
		return err;
	f->files = files;
	f->built = engine_built(files->target);
	if (!harvest_old(f))
		return pf_err(PF_FULL, "what an earlier run found has to be "
		    "laid into the outbox first");
	if (f->slot->lease != LEASE_HELD)
		return pf_err(PF_STALE, "the lease is gone");
	find_log_resume(f);
	box_tell(f);
	share_resume(f);
	f->ran = state_load_ran(f->slot, f->job);
	f->last_ms = 0;
	f->started = pf_boot_ms();
	f->deadline = f->started + f->job->duration - f->ran;
	health_begin(f);
	check_begin(f);
	return f->engine->start(f);
}

enum ending
fuzz_job(struct slot *s, const struct job *j, const char *dir,
    char message[512], bool *left)
{
	const struct pf_err *err;
	struct files files = { 0 };
	struct fuzz f;
	enum ending end = FAILED;

	message[0] = '\0';
	*left = false;
	lease_take(s, j);
	if (!fuzz_open(&f, s, j, dir)) {
		/* It was known perhaps when the job was begun. */
		*left = true;
		snprintf(message, 512, "engine %.64s is unknown here",
		    j->engine);
	} else if ((err = prepare(&f, &files)) == NULL)
		end = run(&f, message, left);
	else {
		/* An earlier process may have left finds. */
		*left = true;
		snprintf(message, 512, "%.500s", err->msg);
		if (f.health != NULL && s->lease == LEASE_HELD)
			never_started(&f, err, message);
		if (s->lease == LEASE_CANCELLED)
			end = CANCELLED;
		else if (s->lease == LEASE_OVER)
			end = AWAY;
		else if (s->lease == LEASE_TAKEN || err->class == PF_STALE)
			end = LOST;
		else if (err->class == PF_BUSY || err->class == PF_FULL)
			end = INTERRUPTED;
	}
	lease_drop(s);
	fuzz_close(&f);
	files_free(&files);
	return end;
}
