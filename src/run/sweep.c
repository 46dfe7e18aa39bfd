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
#include "run/run.h"

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

static void
remove_job(const char *path, const struct stat *st)
{
	(void)st;
	(void)pf_rmtree(path);
}

/* A second link is a job that uses it. */
static void
remove_blob(const char *path, const struct stat *st)
{
	if (S_ISREG(st->st_mode) && st->st_nlink == 1)
		(void)unlink(path);
}

void
sweep_work(struct slot *s, const char *job)
{
	int64_t before = pf_wall_ms() - s->conf->keep_work;
	char *jobs = pf_asprintf("%s/jobs", s->dir);
	char *blobs = pf_asprintf("%s/blobs", s->workdir);

	if (s->conf->keep_work > 0) {
		each_old(jobs, before, job, remove_job);
		each_old(blobs, before, "", remove_blob);
	}
	free(jobs);
	free(blobs);
}
