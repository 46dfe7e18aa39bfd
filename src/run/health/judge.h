/*
 * How a job is, judged by its numbers: nothing but numbers and times in,
 * verdicts out.  No clock, no files, no processes.
 *
 * Each verdict needs something to be wrong for long enough before it is given,
 * and to be right by a margin before it is taken back; and once given it
 * stays for a while.  What an engine does not tell is never held against it,
 * nor time that passed while nobody looked: a machine that slept has not seen
 * the engine stand still.
 */
#ifndef RUN_JUDGE_H
#define RUN_JUDGE_H

#include <stdbool.h>
#include <stdint.h>

#include "codec/verdict.h"

/* A look at the job; -1 is what is not known. */
struct look {
	int64_t	 now;		/* ms of a clock that only goes on */
	int64_t	 execs;
	int64_t	 edges, corpus, crashes;
	double	 stability;	/* percent */
	int64_t	 given;		/* inputs of others, laid before the engine */
	int64_t	 taken;		/* of these it has looked at so many */
	int64_t	 seeds;		/* that are left */
	int64_t	 deaths;	/* of the engine, so far */
	int64_t	 starved;	/* how often memory ran out, a count */
	int64_t	 disk_free;	/* bytes */
	int64_t	 disk_need;
	int64_t	 pace;		/* ms between two times that execs is told */
	bool	 doubling;	/* it tells at each doubling of execs only */
};

/* Something that should grow, and when it did last. */
struct growth {
	int64_t	 most, at;
};

struct judge {
	int64_t		 stall, patience;	/* ms */
	int64_t		 seen, clock;	/* last look, and time that counts */
	int64_t		 started;		/* the first look, */
	int64_t		 launched;		/* or after the last death */
	int64_t		 ready;		/* it told of its work first, */
	bool		 begun;		/* which it has */
	struct growth	 execs, found[3], taken, deaths, starved;
	int64_t		 behind;	/* since when it has not caught up */
	bool		 seeded;	/* there were seeds */
	bool		 holds[PF_VERDICT_MAX];
	int64_t		 until[PF_VERDICT_MAX];	/* not taken back before */
};

void	judge_init(struct judge *, int64_t stall, int64_t patience);

/* What holds now is in holds; true if that has changed. */
bool	judge_look(struct judge *, const struct look *);

/* This one for good: whoever ends the job knows. */
void	judge_final(struct judge *, enum pf_verdict);

#endif
