/*
 * Which files of libFuzzer's corpus are new.  The kernel tells their names as
 * they are closed or renamed, so that nothing is read over and over of a
 * directory that grows to hundreds of thousands of files.
 *
 * All of it is read at the start and at the end, when the kernel has told more
 * than it keeps, and where it tells nothing: then the more seldom the longer it
 * takes.
 */
#include <sys/inotify.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/clock.h"
#include "os/fs.h"
#include "run/engine/libfuzzer.h"

#define WAITING_MAX	4096	/* names that are not dealt with yet */
#define READS_MAX	64	/* of what the kernel tells, in one look */
#define SHARE		400	/* reading names takes one of so many parts of
				 * time, looking at them as much again */

void
lf_watch_init(struct lf_watch *w)
{
	*w = (struct lf_watch){ .fd = -1, .missed = true };
}

static void
forget(struct lf_watch *w)
{
	size_t i;

	for (i = 0; i < w->n; i++)
		free(w->waiting[i]);
	w->n = 0;
}

void
lf_watch_end(struct lf_watch *w)
{
	forget(w);
	free(w->waiting);
	if (w->fd != -1)
		close(w->fd);
	lf_watch_init(w);
}

/* Without it nothing is lost but time. */
static void
begin(struct lf_watch *w, const char *dir)
{
	w->begun = true;
	if ((w->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) != -1 &&
	    inotify_add_watch(w->fd, dir, IN_CLOSE_WRITE | IN_MOVED_TO |
	    IN_ONLYDIR) == -1) {
		close(w->fd);
		w->fd = -1;
	}
}

static void
add(struct lf_watch *w, const char *name)
{
	if (w->missed)
		return;
	if (w->n == WAITING_MAX) {
		forget(w);
		w->missed = true;
		return;
	}
	if (w->waiting == NULL)
		w->waiting = pf_calloc(WAITING_MAX, sizeof(*w->waiting));
	w->waiting[w->n++] = pf_strdup(name);
}

static void
read_events(struct lf_watch *w)
{
	union {
		struct inotify_event	 event;
		char			 bytes[16384];
	} b;
	const struct inotify_event *e;
	ssize_t got, at;
	int i;

	/* A target can make it say more without end. */
	for (i = 0; i < READS_MAX && w->fd != -1 &&
	    (got = read(w->fd, &b, sizeof(b))) > 0; i++)
		for (at = 0; at < got; at += (ssize_t)sizeof(*e) + e->len) {
			e = (const void *)(b.bytes + at);
			if ((e->mask & (IN_Q_OVERFLOW | IN_IGNORED)) != 0)
				w->missed = true;
			else if (e->len > 0)
				add(w, e->name);
		}
}

/* All names there are; nothing that comes meanwhile is missed. */
static const struct pf_err *
take_all(struct fuzz *f, struct lf *lf)
{
	const struct pf_err *err;
	struct lf_watch *w = &lf->watch;
	int64_t began = pf_boot_ms();
	char **names = NULL;
	size_t i, n = 0;

	forget(w);
	w->missed = w->fd == -1;
	if ((err = pf_names(&names, &n, lf->corpus)) != NULL)
		return err;
	w->not_before = began + (pf_boot_ms() - began) * SHARE;
	for (i = 0; i < n && err == NULL; i++)
		err = lf_input(f, lf, names[i]);
	pf_names_free(names);
	if (err != NULL)
		w->missed = true;
	return err;
}

static const struct pf_err *
take_waiting(struct fuzz *f, struct lf *lf)
{
	const struct pf_err *err = NULL;
	struct lf_watch *w = &lf->watch;
	size_t i;

	for (i = 0; i < w->n; i++) {
		if ((err = lf_input(f, lf, w->waiting[i])) != NULL)
			break;
		free(w->waiting[i]);
	}
	/* Not now, it says. */
	w->n -= i;
	if (i > 0 && w->n > 0)
		memmove(w->waiting, w->waiting + i,
		    w->n * sizeof(*w->waiting));
	return err;
}

const struct pf_err *
lf_corpus(struct fuzz *f, struct lf *lf)
{
	struct lf_watch *w = &lf->watch;

	if (!w->begun)
		begin(w, lf->corpus);
	read_events(w);
	/* At the end nothing is left to chance, nor of what ended before. */
	if (f->over || (w->missed &&
	    (f->pid <= 0 || pf_boot_ms() >= w->not_before)))
		return take_all(f, lf);
	return take_waiting(f, lf);
}
