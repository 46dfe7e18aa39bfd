/*
 * The numbers of a job from what its afl-fuzz write.
 *
 * fuzzer_stats comes when fuzzing begins, then once a minute and at the end;
 * plot_data every few seconds, but not in the first minute; without
 * instrumentation there is no fuzzer_stats at all.  What can be known sooner
 * comes from the names of files, see afl_finds.c.  None of it is ever late:
 * an afl-fuzz may start for minutes, and whether it lives is another question
 * than how old its statistics are.
 */
#include <sys/stat.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "codec/aflstat.h"
#include "os/clock.h"
#include "os/fs.h"
#include "run/engine/afl.h"

#define STATS_MAX	(1 << 20)
#define HEAD		1024		/* of plot_data, its first line */
#define TAIL		1024

static bool
same(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static bool
newer(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec > b->tv_sec || (a->tv_sec == b->tv_sec &&
	    a->tv_nsec > b->tv_nsec);
}

static void
raise_to(int64_t *at, int64_t v)
{
	if (v > *at)
		*at = v;
}

static void
replace(int64_t *at, int64_t v)
{
	if (v >= 0)
		*at = v;
}

/* What both files tell. */
static void
take(struct afl_node *n, const struct pf_aflstat *s)
{
	struct numbers *now = &n->now;

	raise_to(&now->execs, s->execs_done);
	raise_to(&now->edges, s->edges_found);
	replace(&now->cycles_done, s->cycles_done);
	replace(&now->pending, s->pending_total);
	if (s->execs_per_sec >= 0)
		now->execs_per_sec = s->execs_per_sec;
}

static void
read_stats(struct fuzz *f, struct afl_node *n)
{
	char *path = pf_asprintf("%s/fuzzer_stats", n->dir);
	struct pf_buf b = PF_BUF_INIT;
	struct pf_aflstat s;
	struct stat st;

	if (stat(path, &st) == 0 && !same(&st.st_mtim, &n->stats) &&
	    pf_slurp_in(&b, f->dir, path, STATS_MAX) == NULL) {
		n->stats = st.st_mtim;
		if (!same(&st.st_mtim, &n->stale))
			n->up = true;
		pf_aflstat_parse(&s, b.data, b.len);
		/* The first one, from before it has run anything, tells
		 * nothing. */
		if ((s.run_time > 0 || f->over) && s.execs_done > 0) {
			take(n, &s);
			raise_to(&n->now.total_edges, s.total_edges);
			raise_to(&n->now.rss_mb, s.peak_rss_mb);
			replace(&n->now.last_find, s.last_find);
			replace(&n->now.exec_timeout, s.exec_timeout);
			if (s.stability >= 0)
				n->now.stability = s.stability;
		}
	}
	pf_buf_free(&b);
	free(path);
}

static void
read_plot(struct afl_node *n)
{
	char *path = pf_asprintf("%s/plot_data", n->dir);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	char head[HEAD], tail[TAIL];
	ssize_t nhead, ntail;
	struct pf_aflstat s;
	struct stat st;

	free(path);
	if (fd == -1)
		return;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    !same(&st.st_mtim, &n->plot) && newer(&st.st_mtim, &n->stats)) {
		n->plot = st.st_mtim;
		nhead = pread(fd, head, sizeof(head), 0);
		ntail = pread(fd, tail, sizeof(tail), st.st_size > TAIL ?
		    st.st_size - TAIL : 0);
		pf_aflplot_parse(&s, head, nhead > 0 ? (size_t)nhead : 0,
		    tail, ntail > 0 ? (size_t)ntail : 0);
		if (s.execs_done > 0)
			take(n, &s);
	}
	close(fd);
}

/* Without statistics its log tells that it has begun. */
static void
read_beginning(struct afl_node *n)
{
	static const char words[] = "ready to roll";
	char text[HEAD * 64];
	int fd = open(n->log, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t got;

	if (fd == -1)
		return;
	got = pread(fd, text, sizeof(text), 0);
	n->up = got > 0 && memmem(text, (size_t)got, words,
	    strlen(words)) != NULL;
	close(fd);
}

/* It counts map entries where there is no map. */
static void
no_coverage(struct numbers *now)
{
	now->edges = now->total_edges = -1;
	now->stability = -1;
}

static void
add(int64_t *at, int64_t v)
{
	if (v >= 0)
		*at = (*at > 0 ? *at : 0) + v;
}

/* One more node: what they share, and what each has of its own. */
static void
sum(struct numbers *all, const struct afl_node *n)
{
	const struct numbers *now = &n->now;

	add(&all->execs, now->execs);
	add(&all->crashes, now->crashes);
	add(&all->hangs, now->hangs);
	add(&all->rss_mb, now->rss_mb);
	raise_to(&all->edges, now->edges);
	raise_to(&all->total_edges, now->total_edges);
	raise_to(&all->corpus, now->corpus);
	raise_to(&all->last_find, now->last_find);
	if (now->execs_per_sec >= 0)
		all->execs_per_sec = (all->execs_per_sec > 0 ?
		    all->execs_per_sec : 0) + now->execs_per_sec;
	if (now->stability >= 0 && (all->stability < 0 ||
	    now->stability < all->stability))
		all->stability = now->stability;
	if (!n->main)
		return;
	all->cycles_done = now->cycles_done;
	all->pending = now->pending;
	all->exec_timeout = now->exec_timeout;
	all->corpus_imported = n->imported;
}

/* How far it is in the sibling's queue, as it keeps it for itself. */
static void
read_synced(struct fuzz *f)
{
	const struct afl *st = f->state;
	char *path = pf_asprintf("%s/.synced/" AFL_SIBLING, st->nodes->dir);
	struct pf_buf b = PF_BUF_INIT;
	uint32_t next = 0;

	if (pf_slurp_in(&b, f->dir, path, 64) == NULL && b.len == sizeof(next))
		memcpy(&next, b.data, sizeof(next));
	f->share.given = st->next_import;
	f->share.taken = next;
	pf_buf_free(&b);
	free(path);
}

/* Any change of what it writes says that it lives. */
static uint64_t
sign_of(const struct fuzz *f)
{
	const struct afl *st = f->state;
	const struct afl_node *n;
	struct stat log;
	uint64_t h = 0;

	for (n = st->nodes; n < st->nodes + st->nnodes; n++) {
		h = h * 31 + (uint64_t)n->stats.tv_sec;
		h = h * 31 + (uint64_t)n->plot.tv_sec;
		h = h * 31 + (uint64_t)n->now.execs;
		h = h * 31 + (uint64_t)(n->now.corpus + n->now.crashes +
		    n->now.hangs);
		if (stat(n->log, &log) == 0)
			h = h * 31 + (uint64_t)log.st_size;
	}
	return h;
}

void
afl_read(struct fuzz *f)
{
	struct afl *st = f->state;
	struct numbers all;
	struct afl_node *n;
	uint64_t sign;

	numbers_unknown(&all);
	for (n = st->nodes; n < st->nodes + st->nnodes; n++) {
		read_stats(f, n);
		read_plot(n);
		if (st->opts.plain) {
			no_coverage(&n->now);
			if (!n->up)
				read_beginning(n);
		}
		sum(&all, n);
	}
	read_synced(f);
	afl_sibling_thin(f);
	all.restarts = f->now.restarts;
	f->now = all;
	if ((sign = sign_of(f)) != st->sign) {
		st->sign = sign;
		f->progress = pf_boot_ms();
	}
}
