/*
 * What is left to be checked of jobs that are over: slot-N/later/JOB has the
 * job, its files and own/checks, until all is done, there is too much of it,
 * or it took too long.  A directory without job.json was not finished, and
 * is removed.
 */
#include <sys/stat.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/clock.h"
#include "os/fs.h"
#include "os/stop.h"
#include "run/box/box.h"
#include "run/check/check.h"
#include "run/fuzz.h"
#include "run/life/cores.h"

#define OVER		"over"	/* a file beside what waits of such a job */
#define JOBS_MAX	8	/* that wait */
#define JOB_MAX		(1 << 22)
#define SLICE_MS	200
#define ALL_MS		3600000	/* for one job, and then it is let be */
#define AFTER_PART	20	/* of a job, to run its crashes again, */
#define AFTER_LEAST	2000
#define AFTER_MOST	60000
#define SPARE_MS	300000	/* without -l, if there is no job, */
#define ASK_MS		2000	/* and so long between two questions */
#define ALL		8	/* eighths of what may wait in the outbox */

struct later {
	char		*dir;
	struct job	 job;
	struct files	 files;
	struct fuzz	 f;
	struct small	*small;
	int64_t		 spent;		/* ms */
};

static char *
later_dir(const struct slot *s)
{
	return pf_asprintf("%s/later", s->dir);
}

/* Any crash that is to be run again, or made smaller. */
static bool
has_checks(const char *dir)
{
	char *path = pf_asprintf("%s/own/checks", dir), **names = NULL;
	size_t i, n = 0;
	bool any = false;

	if (pf_names(&names, &n, path) == NULL)
		for (i = 0; i < n && !any; i++)
			any = pf_sha_ok(names[i]);
	pf_names_free(names);
	free(path);
	return any;
}

/* The oldest go: ids of jobs grow with the time. */
static void
make_room(const char *dir)
{
	char **names = NULL, *path;
	size_t i, n = 0;

	if (pf_names(&names, &n, dir) != NULL)
		n = 0;
	for (i = 0; n >= JOBS_MAX && i <= n - JOBS_MAX; i++) {
		path = pf_asprintf("%s/%s", dir, names[i]);
		(void)pf_rmtree(path);
		free(path);
	}
	pf_names_free(names);
}

static const struct pf_err *
move(const char *from, const char *to, const char *what)
{
	const struct pf_err *err = NULL;
	char *a = pf_asprintf("%s/%s", from, what);
	char *b = pf_asprintf("%s/%s", to, what);

	if (rename(a, b) == -1)
		err = pf_errno("rename %s", a);
	free(a);
	free(b);
	return err;
}

/* It remembers whether the job may come again: then what was sent of it. */
static void
take(struct slot *s, const struct job *j, const char *dir, bool over)
{
	const struct pf_err *err;
	char *all, *to, *own, *path, *mark;

	if (j->kind == JOB_REGRESS || s->conf->recheck_runs == 0 ||
	    !has_checks(dir))
		return;
	all = later_dir(s);
	to = pf_asprintf("%s/%s", all, j->id);
	own = pf_asprintf("%s/own", to);
	path = pf_asprintf("%s/job.json", to);
	mark = pf_asprintf("%s/" OVER, to);
	make_room(all);
	if ((err = pf_rmtree(to)) != NULL ||
	    (err = pf_mkdirs(own, 0750)) != NULL ||
	    (err = move(dir, to, "files")) != NULL ||
	    (err = move(dir, to, "own/checks")) != NULL ||
	    (err = pf_file_put(path, NULL, j->text, strlen(j->text), 0640)) !=
	    NULL || (over && (err = pf_file_put(mark, NULL, "", 0, 0640)) !=
	    NULL))
		pf_warn("%s: job %s: %s; its crashes are not run again",
		    s->name, j->id, err->msg);
	free(mark);
	free(path);
	free(own);
	free(to);
	free(all);
}

void
later_keep(struct slot *s, const struct job *j, const char *dir)
{
	take(s, j, dir, false);
}

void
later_back(struct slot *s, const struct job *j, const char *dir)
{
	char *all = later_dir(s), *from, *own;

	from = pf_asprintf("%s/%s", all, j->id);
	own = pf_asprintf("%s/own", dir);
	/* If any are there already these are older, and less is known. */
	if (has_checks(from) && !has_checks(dir) &&
	    pf_mkdirs(own, 0750) == NULL &&
	    move(from, dir, "own/checks") == NULL)
		(void)pf_rmtree(from);
	free(own);
	free(from);
	free(all);
}

void
later_leave(struct slot *s, const struct job *j, const char *dir, bool over)
{
	take(s, j, dir, over);
	harvest_remove(s, j->id, dir, over);
}

static void
later_close(struct slot *s, bool done)
{
	struct later *l = s->later;
	const struct pf_err *err;
	char *mark;
	bool over;

	if (l == NULL)
		return;
	mark = pf_asprintf("%s/" OVER, l->dir);
	over = pf_exists(mark);
	free(mark);
	small_free(l->small, &l->f);
	if ((err = find_flush(&l->f)) != NULL)
		pf_warn("%s: outbox: %s", s->name, err->msg);
	check_end(&l->f);
	box_sweep(s);
	cores_leave(s);
	fuzz_close(&l->f);
	files_free(&l->files);
	if (done && (err = pf_rmtree(l->dir)) != NULL)
		pf_warn("%s: %s", s->name, err->msg);
	else if (done && over && l->job.id != NULL)
		harvest_forget(s, l->job.id);
	job_free(&l->job);
	free(l->dir);
	free(l);
	s->later = NULL;
}

static const struct pf_err *
load(struct slot *s, struct later *l)
{
	const struct pf_err *err;
	char *path = pf_asprintf("%s/job.json", l->dir);
	struct pf_buf b = PF_BUF_INIT;

	if ((err = pf_slurp(&b, path, JOB_MAX)) == NULL &&
	    (err = job_parse(&l->job, b.data, b.len)) == NULL) {
		files_old(&l->files, &l->job, l->dir);
		if (!fuzz_open(&l->f, s, &l->job, l->dir))
			err = pf_err(PF_UNAVAIL, "engine %.64s is unknown "
			    "here", l->job.engine);
		else if (l->files.target == NULL)
			err = pf_err(PF_NOTFOUND, "its target is gone");
		else
			err = box_enter(&l->f);
	}
	pf_buf_free(&b);
	free(path);
	if (err == NULL) {
		l->f.files = &l->files;
		l->f.built = engine_built(l->files.target);
		l->f.started = pf_boot_ms();
		sent_resume(&l->f);
		check_settle(&l->f);
		(void)check_get(&l->f);
	}
	return err;
}

/* The first that can be worked on; the others go. */
static bool
later_open(struct slot *s)
{
	char *all = later_dir(s), **names = NULL;
	const struct pf_err *err;
	struct later *l;
	size_t i, n = 0;

	if (pf_names(&names, &n, all) != NULL)
		n = 0;
	for (i = 0; i < n && s->later == NULL; i++) {
		l = s->later = pf_calloc(1, sizeof(*l));
		l->dir = pf_asprintf("%s/%s", all, names[i]);
		l->f.pack = l->f.keys = (struct pf_buf)PF_BUF_INIT;
		if ((err = load(s, l)) != NULL) {
			if (s->opts->verbose)
				pf_warn("%s: %s: %s", s->name, l->dir,
				    err->msg);
			later_close(s, true);
		} else
			cores_take(s, &l->job);
	}
	pf_names_free(names);
	free(all);
	return s->later != NULL;
}

/* An idle bot that says nothing for long is thought to be gone. */
static void
keep_alive(struct slot *s)
{
	struct beat beat;

	if (s->lease == LEASE_NONE && s->heartbeat_ms > 0 &&
	    pf_boot_ms() >= s->next_beat &&
	    master_heartbeat(s, NULL, &beat) != NULL)
		s->next_beat = pf_boot_ms() + s->heartbeat_ms;
}

bool
later_work(struct slot *s, int64_t ms, bool smaller)
{
	int64_t end = pf_boot_ms() + ms, now;
	struct later *l;
	bool any = false, did;

	while (!pf_stopping && (now = pf_boot_ms()) < end &&
	    !outbox_over(s, ALL) && (s->later != NULL || later_open(s))) {
		l = s->later;
		/* What a run has told is not to be lost. */
		if (find_flush(&l->f) != NULL)
			break;
		did = check_step(&l->f, SLICE_MS) || (smaller &&
		    small_step(&l->small, &l->f, SLICE_MS));
		l->spent += pf_boot_ms() - now;
		/* A target may fill the disk here too. */
		box_poll(&l->f);
		if (l->f.over)
			pf_warn("%s: job %s: %s; its crashes are not run "
			    "again", s->name, l->job.id, l->f.message);
		if (l->f.over || (!did && !check_left(&l->f, true)) ||
		    l->spent > ALL_MS)
			later_close(s, true);
		else if (!did)
			break;
		any = any || did;
		keep_alive(s);
		(void)settings_take(s, false);
	}
	if (any)
		(void)outbox_deliver(s);
	return any;
}

void
later_stop(struct slot *s)
{
	later_close(s, false);
}

void
later_rest(struct slot *s, const struct job *j)
{
	int64_t ms = j->duration / AFTER_PART;

	if (ms < AFTER_LEAST)
		ms = AFTER_LEAST;
	(void)later_work(s, ms < AFTER_MOST ? ms : AFTER_MOST, false);
}

bool
later_spare(struct slot *s)
{
	if (s->spare_end == 0)
		s->spare_end = pf_boot_ms() + SPARE_MS;
	return !pf_stopping && pf_boot_ms() < s->spare_end &&
	    later_work(s, ASK_MS, true);
}
