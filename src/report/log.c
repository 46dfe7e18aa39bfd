/*
 * pf-report log: what the engine of a job printed, from the files that
 * pf-ingest keeps in logs/jobs.
 */
#include <sys/stat.h>

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "os/clock.h"
#include "os/fs.h"
#include "report/report.h"
#include "store/joblog.h"
#include "view/find.h"

#define FOLLOW_MS	500
#define HOLE_MS		10000	/* what comes late is waited for so long */

/* How far it is printed. */
struct reader {
	const char	*dir;
	char		 name[PF_JOBLOG_NAME];	/* segment at hand */
	int64_t		 at;			/* bytes of it */
	int64_t		 missing;		/* NULs not yet told of */
	bool		 patient;		/* waits at holes: -f */
	bool		 young;			/* the segment has changed */
	int64_t		 until;			/* for it, 0: at none */
	bool		 people;		/* stdout is a terminal */
	bool		 begun;
};

/* A hole is told of where it ends. */
static void
tell_missing(struct reader *r)
{
	if (r->missing > 0)
		printf("[%" PRId64 " bytes are missing]\n", r->missing);
	r->missing = 0;
}

/* A hole begins here.  True while what belongs there may still come. */
static bool
wait_here(struct reader *r)
{
	int64_t now = pf_boot_ms();

	/* Once one has been given up all of it is skipped. */
	if (!r->patient || r->missing > 0)
		return false;
	if (r->until == 0)
		r->until = now + HOLE_MS;
	return now < r->until;
}

/* How much of it could be printed: less than n at a hole that is waited at. */
static size_t
print(struct reader *r, const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (p[i] == '\0') {
			if (r->young && wait_here(r))
				break;
			r->missing++;
			continue;
		}
		tell_missing(r);
		r->until = 0;
		/* The engine's words must not move a person's cursor. */
		if (r->people && ((unsigned char)p[i] < 32 || p[i] == 127) &&
		    p[i] != '\n' && p[i] != '\t')
			putchar('?');
		else
			putchar(p[i]);
	}
	return i;
}

/* *whole is false if it stopped at a hole. */
static const struct pf_err *
print_segment(struct reader *r, const char *name, bool *whole)
{
	const struct pf_err *err = NULL;
	char *path = pf_asprintf("%s/%s", r->dir, name), b[16384];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;
	ssize_t n = 0;
	size_t done;

	*whole = true;
	if (fd == -1)
		err = pf_errno("open %s", path);
	/* Nobody waits at holes of long ago. */
	r->young = r->until != 0 || (fd != -1 && fstat(fd, &st) == 0 &&
	    pf_wall_ms() - (int64_t)st.st_mtime * 1000 < HOLE_MS);
	while (fd != -1 && *whole &&
	    (n = pread(fd, b, sizeof(b), (off_t)r->at)) > 0) {
		done = print(r, b, (size_t)n);
		r->at += (int64_t)done;
		*whole = done == (size_t)n;
	}
	if (n == -1)
		err = pf_errno("read %s", path);
	if (fd != -1)
		close(fd);
	free(path);
	return err;
}

/* The rest of this segment, or others before the next, may still come. */
static bool
lacks(struct reader *r, const char *next)
{
	struct pf_joblog was, is;

	return r->begun && pf_joblog_parse(&was, r->name) &&
	    pf_joblog_parse(&is, next) && was.epoch == is.epoch &&
	    was.attempt == is.attempt && (r->at < PF_JOBLOG_SEGMENT ||
	    is.segment > was.segment + 1);
}

/* From one segment to the next: what lies between them? */
static void
turn(struct reader *r, const char *name)
{
	struct pf_joblog was, is;

	if (!pf_joblog_parse(&is, name))
		return;
	if (!r->begun || !pf_joblog_parse(&was, r->name) ||
	    was.epoch != is.epoch || was.attempt != is.attempt) {
		r->missing = 0;
		if (r->begun || is.epoch > 1 || is.attempt > 1)
			printf("[attempt %" PRId64 ".%" PRId64 "]\n",
			    is.epoch, is.attempt);
		if (is.segment > 0)
			printf("[the first %" PRId64 " bytes are not kept]\n",
			    is.segment * PF_JOBLOG_SEGMENT);
	} else
		r->missing += (is.segment - was.segment) *
		    PF_JOBLOG_SEGMENT - r->at;
	snprintf(r->name, sizeof(r->name), "%s", name);
	r->at = 0;
	r->begun = true;
}

/* All that is there and was not printed. */
static const struct pf_err *
look(struct reader *r)
{
	const struct pf_err *err;
	bool whole = true;
	char **names;
	size_t i, n;

	if ((err = pf_names(&names, &n, r->dir)) != NULL)
		return err->class == PF_NOTFOUND ? NULL : err;
	for (i = 0; err == NULL && whole && i < n; i++) {
		struct pf_joblog l;

		if (!pf_joblog_parse(&l, names[i]) ||
		    (r->begun && strcmp(names[i], r->name) < 0))
			continue;
		if (!r->begun || strcmp(names[i], r->name) > 0) {
			if (lacks(r, names[i]) && wait_here(r))
				break;
			turn(r, names[i]);
		}
		err = print_segment(r, names[i], &whole);
		/* Rotated away under our hands: the next one tells. */
		if (err != NULL && err->class == PF_NOTFOUND)
			err = NULL;
	}
	pf_names_free(names);
	return err;
}

const struct pf_err *
report_log(struct report *r, const char *arg)
{
	const struct pf_err *err;
	struct reader reader = { .people = isatty(STDOUT_FILENO) != 0 };
	char job[PF_ID_MAX + 1], *dir;

	if ((err = pf_find_job(job, r->show.db, arg)) != NULL)
		return err;
	dir = pf_joblog_dir(r->conf.storage_path, job);
	reader.dir = dir;
	reader.patient = r->follow;
	while ((err = look(&reader)) == NULL && r->follow) {
		fflush(stdout);
		if (reader_gone())
			break;
		pf_sleep_ms(FOLLOW_MS);
	}
	free(dir);
	return err;
}
