/*
 * Logs of jobs as they are read; see logread.h.
 */
#include <sys/stat.h>

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/clock.h"
#include "os/fs.h"
#include "view/logread.h"

#define HOLE_MS		10000	/* what comes late is waited for so long */
#define REMARK		80

/* A hole is told of where it ends. */
static void
tell_missing(struct pf_logread *r)
{
	char text[REMARK];

	if (r->missing == 0)
		return;
	snprintf(text, sizeof(text), "[%" PRId64 " bytes are missing]",
	    r->missing);
	r->missing = 0;
	r->enough = !r->mark(r->arg, text);
}

/* Bytes end here, before the place moves on. */
static void
tell_end(struct pf_logread *r)
{
	if (r->begun && r->missing == 0)
		r->enough = !r->mark(r->arg, NULL);
}

/* A hole begins here.  True while what belongs there may still come. */
static bool
wait_here(struct pf_logread *r)
{
	int64_t now = pf_boot_ms();

	/* Once one has been given up all of it is skipped. */
	if (!r->patient || r->missing > 0)
		return false;
	if (r->until == 0)
		r->until = now + HOLE_MS;
	return now < r->until;
}

/* Passes bytes on as they lie there; NUL is what did not come.  False if it
 * stopped at a hole, or that is enough. */
static bool
pass(struct pf_logread *r, const char *p, size_t n)
{
	const char *end = p + n, *nul;

	while (p < end && !r->enough) {
		if (*p == '\0') {
			if (r->young && wait_here(r))
				return false;
			tell_end(r);
			r->missing++;
			r->at++;
			p++;
			continue;
		}
		tell_missing(r);
		r->until = 0;
		if (r->enough)
			break;
		if ((nul = memchr(p, '\0', (size_t)(end - p))) == NULL)
			nul = end;
		r->enough = !r->text(r->arg, p, (size_t)(nul - p));
		r->at += nul - p;
		p = nul;
	}
	return !r->enough;
}

/* *whole is false if it stopped before the end. */
static const struct pf_err *
pass_segment(struct pf_logread *r, const char *name, bool *whole)
{
	const struct pf_err *err = NULL;
	char *path = pf_asprintf("%s/%s", r->dir, name), b[16384];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;
	ssize_t n = 0;

	*whole = true;
	if (fd == -1)
		err = pf_errno("open %s", path);
	/* Nobody waits at holes of long ago. */
	r->young = r->until != 0 || (fd != -1 && fstat(fd, &st) == 0 &&
	    pf_wall_ms() - (int64_t)st.st_mtime * 1000 < HOLE_MS);
	while (fd != -1 && *whole &&
	    (n = pread(fd, b, sizeof(b), (off_t)r->at)) > 0)
		*whole = pass(r, b, (size_t)n);
	if (n == -1)
		err = pf_errno("read %s", path);
	if (fd != -1)
		close(fd);
	free(path);
	return err;
}

/* The rest of this segment, or others before the next, may still come. */
static bool
lacks(struct pf_logread *r, const char *next)
{
	struct pf_joblog was, is;

	return r->begun && pf_joblog_parse(&was, r->name) &&
	    pf_joblog_parse(&is, next) && was.epoch == is.epoch &&
	    was.attempt == is.attempt && (r->at < PF_JOBLOG_SEGMENT ||
	    is.segment > was.segment + 1);
}

static bool
same_attempt(const struct pf_joblog *a, const struct pf_joblog *b)
{
	return a->epoch == b->epoch && a->attempt == b->attempt;
}

/*
 * Before the first segment of an attempt: what of others was there, and was
 * let go of?
 */
static void
tell_gone(struct pf_logread *r, const struct pf_joblog *is)
{
	struct pf_joblog to;
	char text[REMARK];
	int64_t bytes = r->gone.bytes;

	if (!pf_joblog_parse(&to, r->gone.name))
		return;
	/* What of this attempt is gone is told of with it. */
	if (same_attempt(&to, is))
		bytes -= is->segment * PF_JOBLOG_SEGMENT;
	if (!r->begun && bytes > 0)
		snprintf(text, sizeof(text), "[%" PRId64 " bytes of earlier "
		    "attempts are not kept]", bytes);
	/* Some of it may have been read before it went. */
	else if (r->begun && strcmp(r->gone.name, r->name) > 0)
		snprintf(text, sizeof(text), "[what came before this is not "
		    "all kept]");
	else
		return;
	r->enough = !r->mark(r->arg, text);
}

/* From one segment to the next: what lies between them? */
static void
turn(struct pf_logread *r, const char *name)
{
	struct pf_joblog was = { 0 }, is;
	char text[REMARK];
	bool other, named;
	int64_t gap;

	if (!pf_joblog_parse(&is, name))
		return;
	other = !r->begun || !pf_joblog_parse(&was, r->name) ||
	    was.epoch != is.epoch || was.attempt != is.attempt;
	named = r->begun || is.epoch > 1 || is.attempt > 1;
	gap = (is.segment - was.segment) * PF_JOBLOG_SEGMENT - r->at;
	if (other || gap > 0)
		tell_end(r);
	if (other && !r->enough)
		tell_gone(r, &is);
	if (r->enough)
		return;
	r->missing = other ? 0 : r->missing + gap;
	snprintf(r->name, sizeof(r->name), "%s", name);
	r->at = 0;
	r->begun = true;
	if (!other)
		return;
	snprintf(text, sizeof(text), "[attempt %" PRId64 ".%" PRId64 "]",
	    is.epoch, is.attempt);
	if (named)
		r->enough = !r->mark(r->arg, text);
	snprintf(text, sizeof(text), "[the first %" PRId64 " bytes are not "
	    "kept]", is.segment * PF_JOBLOG_SEGMENT);
	if (is.segment > 0 && !r->enough)
		r->enough = !r->mark(r->arg, text);
}

const struct pf_err *
pf_logread(struct pf_logread *r)
{
	const struct pf_err *err;
	bool whole = true;
	char **names;
	size_t i, n;

	if ((err = pf_names(&names, &n, r->dir)) != NULL)
		return err->class == PF_NOTFOUND ? NULL : err;
	/* After the names: what is not among them is on record. */
	err = pf_joblog_gone(&r->gone, r->dir);
	for (i = 0; err == NULL && whole && !r->enough && i < n; i++) {
		struct pf_joblog l;

		if (!pf_joblog_parse(&l, names[i]) ||
		    (r->begun && strcmp(names[i], r->name) < 0))
			continue;
		if (!r->begun || strcmp(names[i], r->name) > 0) {
			if (lacks(r, names[i]) && wait_here(r))
				break;
			turn(r, names[i]);
			if (r->enough)
				break;
		}
		err = pass_segment(r, names[i], &whole);
		/* Rotated away under our hands: the next one tells. */
		if (err != NULL && err->class == PF_NOTFOUND)
			err = NULL;
	}
	pf_names_free(names);
	return err;
}
