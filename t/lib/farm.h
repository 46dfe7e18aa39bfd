/*
 * For t/unit/history.c: campaigns, and what is done to the master as a whole.
 * To be included once.
 */
#ifndef PF_T_FARM_H
#define PF_T_FARM_H

#include <stdio.h>
#include <string.h>

#include "acts.h"
#include "states.h"

/* It can run the job, and may have it. */
static inline bool
can(int b, int j)
{
	return jobs[j].state == PEND && !jobs[j].waits &&
	    camps[jobs[j].camp].state == ACTIVE && (jobs[j].engine ==
	    b % 3 || jobs[j].engine == bots[b].other);
}

static inline int
running(const struct camp *c)
{
	int j, n = 0;

	for (j = 0; j < njobs; j++)
		n += live(j) && &camps[jobs[j].camp] == c;
	return n;
}

/*
 * No other job that the bot can run comes before: none of a campaign of which
 * less runs for its weight, none of the same with a higher priority.
 */
static inline bool
due(int b, int j)
{
	const struct camp *own = &camps[jobs[j].camp], *c;
	int k;

	for (k = 0; k < njobs; k++) {
		c = &camps[jobs[k].camp];
		weighed += can(b, k) && running(c) < running(own);
		if (can(b, k) && (c == own ? jobs[k].priority >
		    jobs[j].priority : running(c) * own->weight <
		    running(own) * c->weight))
			return false;
	}
	return true;
}

/* What waits of it is over, what runs is to end. */
static inline void
cancel_all(int c)
{
	int j;

	for (j = 0; j < njobs; j++)
		if (jobs[j].camp == c && jobs[j].state == PEND)
			jobs[j].state = CANC;
		else if (jobs[j].camp == c && live(j))
			jobs[j].cancel = true;
}

static inline enum pf_class
do_campaign(int b)
{
	enum { CREATE, SET, PAUSE, RESUME, FINISH };
	static const char *const words[] = { "create", "set", "pause",
	    "resume", "finish" };
	struct pf_json *reply;
	enum pf_class got, want = PF_OK;
	/* Few end, or nothing would be left to do. */
	int i = roll(CAMPS), k = roll(5), weight = 1 + roll(5);
	struct camp *c = &camps[i];
	char also[32] = "";

	(void)b;
	if (k == FINISH && roll(4) != 0)
		k = RESUME;
	if (k < PAUSE)
		snprintf(also, sizeof(also), ",\"weight\":%d", weight);
	got = op(&reply, "{\"op\":\"campaign\",\"do\":\"%s\",\"campaign\":"
	    "\"%s\"%s}", words[k], c->name, also);
	pf_json_free(reply);
	if (k == CREATE && c->state != UNKNOWN)
		want = PF_CONFLICT;
	else if (k == CREATE)
		*c = (struct camp){ c->name, ACTIVE, weight };
	else if (c->state == UNKNOWN)
		want = PF_NOTFOUND;
	else if (k == SET)
		c->weight = weight;
	else if ((k == FINISH && i == 0) || (k != FINISH &&
	    c->state == FINISHED))
		want = PF_CONFLICT;
	else if (k == FINISH) {
		finished += c->state != FINISHED;
		c->state = FINISHED;
		cancel_all(i);
	} else
		c->state = k == PAUSE ? PAUSED : ACTIVE;
	return got == want ? PF_OK : PF_BUG;
}

/* The row of a campaign is as it should be, its counts too. */
static inline bool
same_camp(const struct camp *c)
{
	int j, pending = 0;

	if (c->state == UNKNOWN)
		return true;
	for (j = 0; j < njobs; j++)
		pending += &camps[jobs[j].camp] == c && jobs[j].state == PEND &&
		    !jobs[j].waits;
	return row_is("SELECT status, 10000 * weight + 100 * pending + running "
	    "FROM campaigns WHERE name = ?", c->name, camp_states[c->state],
	    10000 * c->weight + 100 * pending + running(c));
}

/* A start of the writer: leases are renewed, files that lie there found. */
static inline enum pf_class
do_recover(int b)
{
	struct pf_json *reply;
	enum pf_class got;
	int i;

	(void)b;
	got = op(&reply, "{\"op\":\"recover\"}");
	pf_json_free(reply);
	for (i = 0; i < njobs; i++)
		if (live(i))
			jobs[i].lease = tick;
	for (i = 0; i < BOTS; i++)
		if (bots[i].state != OUT)
			bots[i].seen = tick;
	for (i = 0; i < FILES; i++)
		if (files[i].there)
			(void)arrive(i);
	return got;
}

/* A file comes; its op may be late, then the next job that names it is told
 * that it is there. */
static inline enum pf_class
do_upload(int b)
{
	struct pf_json *reply;
	const struct pf_json *row;
	struct file *f = &files[roll(FILES)];
	int64_t n = -1;
	enum pf_class got;

	(void)b;
	if (!f->there && roll(4) != 0) {
		bring(f);
		if (roll(2) == 0)
			return PF_OK;
	}
	got = op(&reply, "{\"op\":\"blob\",\"rows\":[{\"rid\":\"%s\",\"size\":"
	    "%zu,\"sha256\":\"%s\"}]}", f->sha, strlen(f->text), f->sha);
	row = pf_json_first(pf_json_get(reply, "rows"));
	(void)pf_json_int(&n, row, "jobs", 0, JOBS);
	pf_json_free(reply);
	return got == PF_OK && n == (f->there ? arrive((int)(f - files)) :
	    -1) ? PF_OK : PF_BUG;
}

/* Nobody brings its file any more, or not yet: what is kept is no time at all
 * or an hour. */
static inline enum pf_class
do_forget(int b)
{
	struct pf_json *reply;
	struct job *j;
	enum pf_class got;

	(void)b;
	if (njobs == 0)
		return PF_OK;
	j = &jobs[roll(njobs)];
	conf.keep_uploads = roll(4) != 0 ? 3600000 : -3600000;
	got = op(&reply, "{\"op\":\"expire\",\"what\":\"upload\",\"job\":"
	    "\"%s\"}", j->id);
	pf_json_free(reply);
	if (j->state != PEND || !j->waits || conf.keep_uploads > 0)
		return got == PF_STALE ? PF_OK : PF_BUG;
	j->state = FAIL;
	forgotten++;
	return got;
}

#endif
