/*
 * Old work directories: what jobs of long ago left behind.  A job that ends
 * well takes its own with it; those of a killed process stay, for a look at
 * them, until their retention is over.  Files fetched for jobs stay as long.
 */
#include <sys/stat.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/clock.h"
#include "os/fs.h"
#include "run/fuzz.h"
#include "store/spool.h"

#define TIDY_MS		3600000	/* between two looks for what is old */

/* Calls gone for each entry that was last changed before the time. */
static void
each_old(const char *dir, int64_t before, const char *keep,
    void (*gone)(const char *path, const struct stat *))
{
	char **names = NULL, *path;
	struct stat st;
	size_t i, n = 0;

	if (pf_names(&names, &n, dir) != NULL)
		return;
	for (i = 0; i < n; i++) {
		path = pf_asprintf("%s/%s", dir, names[i]);
		if (strcmp(names[i], keep) != 0 && lstat(path, &st) == 0 &&
		    (int64_t)st.st_mtime * 1000 < before)
			gone(path, &st);
		free(path);
	}
	pf_names_free(names);
}

/* Not what holds finds that are nowhere else, see harvest.c. */
static void
remove_job(const char *path, const struct stat *st)
{
	const char *name = strrchr(path, '/') + 1;
	char *open = pf_asprintf("%.*s/../open/%s.json",
	    (int)(name - path - 1), path, name);

	(void)st;
	if (!pf_exists(open))
		(void)pf_rmtree(path);
	free(open);
}

static void
remove_later(const char *path, const struct stat *st)
{
	(void)st;
	(void)pf_rmtree(path);
}

/* It matters only if the job comes again, see sent.c. */
static void
remove_sent(const char *path, const struct stat *st)
{
	const char *end = path + strlen(path) - 5;

	if (S_ISREG(st->st_mode) && strcmp(end, ".sent") == 0)
		(void)unlink(path);
}

/* A second link of a blob is a job that uses it. */
static void
remove_file(const char *path, const struct stat *st)
{
	if (S_ISREG(st->st_mode) && st->st_nlink == 1)
		(void)unlink(path);
}

void
sweep_strays(const char *dir)
{
	const struct pf_err *err;
	char *outbox = pf_asprintf("%s/outbox", dir);
	char *open = pf_asprintf("%s/open", dir);
	int n;

	if ((err = pf_sweep_tmp(dir)) == NULL &&
	    (err = pf_sweep_tmp(open)) == NULL && pf_exists(outbox))
		err = pf_spool_sweep(outbox, &n);
	if (err != NULL)
		pf_warn("%s", err->msg);
	free(open);
	free(outbox);
}

void
sweep_work(struct slot *s, const char *job)
{
	int64_t before = pf_wall_ms() - s->conf->keep_work;
	char *jobs = pf_asprintf("%s/jobs", s->dir);
	char *open = pf_asprintf("%s/open", s->dir);
	char *later = pf_asprintf("%s/later", s->dir);
	char *sent = pf_asprintf("%s.sent", job);
	char *blobs = pf_asprintf("%s/blobs", s->workdir);
	char *bad = pf_asprintf("%s/bad", s->outbox);

	sweep_strays(s->dir);
	if (s->conf->keep_work > 0) {
		each_old(jobs, before, job, remove_job);
		each_old(open, before, sent, remove_sent);
		if (s->later == NULL)
			each_old(later, before, "", remove_later);
		each_old(blobs, before, "", remove_file);
		each_old(bad, before, "", remove_file);
	}
	free(jobs);
	free(open);
	free(later);
	free(sent);
	free(blobs);
	free(bad);
}

/*
 * What a bot that runs for months would keep for ever: old directories, files
 * of jobs long over, finds for which there was no room.  No job is held.
 */
void
sweep_tidy(struct slot *s)
{
	int64_t keep = s->conf->keep_work;

	if (pf_boot_ms() < s->tidy_at)
		return;
	harvest_all(s, "");
	sweep_work(s, "");
	s->tidy_at = pf_boot_ms() + (keep > 0 && keep < TIDY_MS ? keep :
	    TIDY_MS);
}
