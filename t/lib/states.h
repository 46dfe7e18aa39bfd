/*
 * The model of t/unit/history.c: bots, jobs and files as they should be, and
 * what several ops do to them.  To be included once.
 */
#ifndef PF_T_STATES_H
#define PF_T_STATES_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/name.h"
#include "codec/conf.h"
#include "codec/hash.h"
#include "os/fs.h"
#include "store/blob.h"

#define BOTS	6
#define JOBS	40
#define OPS	400
#define LEASE	3	/* ticks */
#define SILENT	3	/* ticks: another may take its place */
#define FILES	12	/* that jobs wait for, until they are uploaded */
#define CAMPS	4

enum { REG, IDLE, BUSY, OUT, FAILED };
static const char *const bot_names[] = { "registering", "idle", "busy",
    "timed_out", "failed" };
enum { PEND, GIVEN, RUN, DONE, FAIL, CANC, OVER };
static const char *const job_names[] = { "pending", "assigned", "running",
    "completed", "failed", "cancelled", "timed_out" };

enum { UNKNOWN, ACTIVE, PAUSED, FINISHED };
static const char *const camp_states[] = { "", "active", "paused",
    "finished" };
static const char *const camp_names[CAMPS] = { "default", "c1", "c2", "c3" };
static struct camp {
	const char	*name;
	int		 state, weight;
} camps[CAMPS];

static struct bot {
	char	 id[PF_ID_MAX + 1];	/* "" while it is unknown */
	int	 state, inc, job;	/* job -1: none */
	int	 failures, other;	/* engine that it can, beside its own */
	bool	 drain, online;
	int64_t	 seen;			/* tick */
} bots[BOTS];

static struct job {
	char	 id[PF_ID_MAX + 1];
	int	 state, attempt, strikes, engine, priority, bot;
	int	 file, limit, camp;	/* limit: ticks it may run */
	bool	 cancel, waits;		/* waits for its file */
	int64_t	 lease, given, started;	/* ticks: of the last renewal, of the
					 * grant, of the start */
	const char *ended;		/* result of the last lease */
	int	 ended_bot;
} jobs[JOBS];

static struct file {
	char	 sha[PF_SHA_TEXT], text[32];
	bool	 there;
} files[FILES];

static int njobs, overran, arrived, forgotten, finished, weighed, doubles,
    replaced;
static int64_t tick, boot_ms;
static uint64_t chance;
static struct pf_conf conf;

static inline int
roll(int n)
{
	chance ^= chance << 13;
	chance ^= chance >> 7;
	chance ^= chance << 17;
	return (int)(chance % (uint64_t)n);
}

/* A file is seen to be there: who waited for it does no more. */
static inline int
arrive(int f)
{
	int j, n = 0;

	for (j = 0; j < njobs; j++)
		if (jobs[j].file == f && jobs[j].waits) {
			jobs[j].waits = false;
			n += jobs[j].state == PEND;
		}
	arrived += n;
	return n;
}

static inline bool
live(int j)
{
	return jobs[j].state == GIVEN || jobs[j].state == RUN;
}

/* The job of a bot is over for it. */
static inline struct job *
release(int b, const char *how)
{
	struct job *j = &jobs[bots[b].job];

	j->ended = how;
	j->ended_bot = b;
	j->bot = bots[b].job = -1;
	return j;
}

static inline void
requeue(int b, const char *how)
{
	struct job *j = release(b, how);

	j->state = j->cancel ? CANC : PEND;
}

static inline void
silent(int b, bool with_job)
{
	bots[b].failures += with_job ? 1 : 0;
	bots[b].online = false;
	bots[b].state = bots[b].state == FAILED ||
	    bots[b].failures >= conf.max_failures ? FAILED : OUT;
}

/* Its bytes are in their place. */
static inline void
bring(struct file *f)
{
	struct pf_buf path = PF_BUF_INIT;

	pf_blob_path(&path, conf.storage_path, f->sha);
	*strrchr(path.data, '/') = '\0';
	if (pf_mkdirs(path.data, 0750) != NULL)
		pf_die("no directory");
	pf_buf_reset(&path);
	pf_blob_path(&path, conf.storage_path, f->sha);
	if (pf_file_put(path.data, NULL, f->text, strlen(f->text), 0640) !=
	    NULL)
		pf_die("no file");
	pf_buf_free(&path);
	f->there = true;
}

#endif
