/*
 * How a slot is, on the board; what people see of it is made from that.
 */
#include <stdio.h>
#include <string.h>

#include "os/fs.h"
#include "run/health/health.h"
#include "store/spool.h"

/* Since when no call has reached the master, and what waits meanwhile. */
static void
show_master(struct slot *s, struct line *l)
{
	int64_t bytes, bad;

	l->away = s->away;
	if (s->failures == 0 ||
	    pf_spool_depth(s->outbox, &l->waiting, &bytes, &bad) != NULL)
		l->waiting = 0;
}

void
show(struct slot *s, const char *state)
{
	struct line *l = &s->shown;
	int core = l->core;

	board_blank(l);
	l->core = core;
	snprintf(l->state, sizeof(l->state), "%s", state);
	show_master(s, l);
	board_put(s->board, s->number, l);
}

/* The names of what is wrong with the job, without since when. */
static void
show_health(struct line *l, const struct fuzz *f)
{
	char text[PF_VERDICTS_TEXT];
	const char *p;
	size_t n = 0;

	health_text(text, f);
	for (p = text; *p != '\0' && n + 1 < sizeof(l->verdict); p++) {
		if (*p == '@')
			p += strcspn(p, " ");
		if (*p == '\0')
			break;
		l->verdict[n++] = *p;
	}
	l->verdict[n] = '\0';
}

void
show_job(struct fuzz *f)
{
	const struct numbers *n = &f->now;
	struct slot *s = f->slot;
	struct line *l = &s->shown;

	snprintf(l->job, sizeof(l->job), "%.64s", f->job->name);
	snprintf(l->engine, sizeof(l->engine), "%.32s", f->job->engine);
	snprintf(l->state, sizeof(l->state), "%s",
	    f->pid > 0 ? "fuzzing" : "starting");
	l->deadline = f->deadline;
	l->execs = n->execs;
	l->edges = n->edges;
	l->corpus = n->corpus;
	l->crashes = n->crashes;
	l->execs_per_sec = n->execs_per_sec;
	show_health(l, f);
	show_master(s, l);
	board_put(s->board, s->number, l);
}
