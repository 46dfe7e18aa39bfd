/*
 * What an engine found and nobody took: of a process that was killed, or
 * when there was no room for it.  slot-N/open has a file for each job whose
 * directory may hold such; it is gone when all is in the outbox.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/fs.h"
#include "os/stop.h"
#include "run/box/box.h"
#include "run/check/check.h"
#include "run/fuzz.h"

#define JOB_MAX		(1 << 22)

/* What open/ has of a job: "json", the job; "sent", see sent.c. */
static char *
open_path(const struct slot *s, const char *job, const char *what)
{
	return pf_asprintf("%s/open/%s.%s", s->dir, job, what);
}

const struct pf_err *
harvest_open(struct slot *s, const struct job *j)
{
	const struct pf_err *err;
	char *dir = pf_asprintf("%s/open", s->dir);
	char *path = open_path(s, j->id, "json");

	if ((err = pf_mkdirs(dir, 0750)) == NULL)
		err = pf_file_put(path, NULL, j->text, strlen(j->text), 0640);
	free(path);
	free(dir);
	return err;
}

static void
forget(const struct slot *s, const char *job, const char *what)
{
	char *path = open_path(s, job, what);

	if (unlink(path) == -1 && errno != ENOENT)
		pf_warn("%s: %s", s->name, pf_errno("unlink %s", path)->msg);
	free(path);
}

void
harvest_close(struct slot *s, const char *job)
{
	forget(s, job, "json");
}

/* Should we die in between, nothing of it is taken for new. */
void
harvest_remove(struct slot *s, const char *job, const char *dir, bool over)
{
	const struct pf_err *err;

	harvest_close(s, job);
	/* A target may have seen to that; the next job can do without. */
	if ((err = pf_rmtree(dir)) != NULL)
		pf_warn("%s: %s", s->name, err->msg);
	else if (over)
		forget(s, job, "sent");
}

void
harvest_forget(const struct slot *s, const char *job)
{
	char *dir = pf_asprintf("%s/jobs/%s", s->dir, job);

	if (!pf_exists(dir))
		forget(s, job, "sent");
	free(dir);
}

bool
harvest_finds(struct fuzz *f,
    const struct pf_err *(*look)(struct fuzz *))
{
	const struct pf_err *err, *full;
	int64_t before;
	bool wait;

	do {
		before = f->looked;
		err = look(f);
		wait = err != NULL;
		if (err != NULL)
			pf_warn("%s: job %s: %s", f->slot->name, f->job->id,
			    err->msg);
		if ((full = find_flush(f)) != NULL)
			pf_warn("%s: outbox: %s", f->slot->name, full->msg);
		(void)lease_keep(f->slot);
	} while (full == NULL && f->looked > before && !pf_stopping);
	return full == NULL && f->looked == before && !wait;
}

bool
harvest_old(struct fuzz *f)
{
	bool all = true;

	sent_resume(f);
	check_settle(f);
	if (f->engine->harvest == NULL)
		return true;
	/* For crashes that are looked at without the engine. */
	if (f->files->target != NULL)
		f->built = engine_built(f->files->target);
	env_engine(&f->target_envp, f->dir);
	env_sanitizers(&f->target_envp, f);
	all = harvest_finds(f, f->engine->harvest);
	argv_free(f->target_envp);
	f->target_envp = NULL;
	f->engine->release(f);
	return all;
}

/* The files as an earlier process put them there, for its crashes. */
void
files_old(struct files *files, const struct job *j, const char *dir)
{
	*files = (struct files){ .dir = pf_asprintf("%s/files", dir),
	    .seeds = pf_asprintf("%s/seeds", dir), .job = j };
	files->target = files_get(files, "target");
	if (files->target != NULL && !pf_exists(files->target)) {
		free(files->target);
		files->target = NULL;
	}
}

static bool
is_empty(const char *dir)
{
	char **names = NULL;
	size_t n = 0;

	(void)pf_names(&names, &n, dir);
	pf_names_free(names);
	return n == 0;
}

bool
harvest_job(struct slot *s, const struct job *j)
{
	char *dir = pf_asprintf("%s/jobs/%s", s->dir, j->id);
	const struct pf_err *err;
	struct files files;
	struct fuzz f;
	bool all = true;

	files_old(&files, j, dir);
	if (fuzz_open(&f, s, j, dir) && pf_exists(dir)) {
		f.files = &files;
		if ((err = box_enter(&f)) != NULL)
			pf_warn("%s: job %s: %s", s->name, j->id, err->msg);
		all = err == NULL && harvest_old(&f);
	} else if (f.engine == NULL)
		all = is_empty(dir);	/* it may be back some day */
	fuzz_close(&f);
	files_free(&files);
	free(dir);
	return all;
}

/* For a person to see, and not at each start. */
static void
set_aside(const char *path)
{
	char *to = pf_asprintf("%s.damaged", path);

	(void)rename(path, to);
	free(to);
}

/* One that is neither ours any more nor will be. */
static void
harvest_left(struct slot *s, const char *id)
{
	const struct pf_err *err;
	char *path = open_path(s, id, "json");
	struct pf_buf b = PF_BUF_INIT;
	struct job j = { 0 };

	if ((err = pf_slurp(&b, path, JOB_MAX)) == NULL &&
	    (err = job_parse(&j, b.data, b.len)) == NULL &&
	    strcmp(j.id, id) != 0)
		err = pf_err(PF_DATA, "it is of job %s", j.id);
	if (err != NULL) {
		pf_warn("%s: %s: %s", s->name, path, err->msg);
		if (err->class == PF_DATA)
			set_aside(path);
	} else if (harvest_job(s, &j))
		harvest_close(s, id);
	job_free(&j);
	pf_buf_free(&b);
	free(path);
}

void
harvest_all(struct slot *s, const char *but)
{
	char *dir = pf_asprintf("%s/open", s->dir), *dot;
	char **names = NULL;
	size_t i, n = 0;

	(void)pf_names(&names, &n, dir);
	for (i = 0; i < n && !pf_stopping; i++) {
		if ((dot = strrchr(names[i], '.')) == NULL)
			continue;
		*dot = '\0';
		if (strcmp(names[i], but) != 0 && pf_id_ok(names[i]) &&
		    strcmp(dot + 1, "json") == 0)
			harvest_left(s, names[i]);
	}
	pf_names_free(names);
	free(dir);
}
