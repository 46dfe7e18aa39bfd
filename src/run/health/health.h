/*
 * How the job at hand is: its numbers are looked at and judged, see judge.h;
 * an engine that died is started again; and what ends a job at its start gets
 * its name.
 */
#ifndef RUN_HEALTH_H
#define RUN_HEALTH_H

#include "codec/verdict.h"
#include "run/engine/engine.h"

/* The engine is about to be started for the first time; and the end of all. */
void	health_begin(struct fuzz *);
void	health_end(struct fuzz *);

/*
 * Whether the job is over: not by the death of an engine that is worth another
 * start, wherever that was noticed.
 */
bool	health_over(struct fuzz *);

/*
 * Starts an engine that died, after a pause that grows, and judges.  True if
 * what holds has changed.
 */
bool	health_look(struct fuzz *);

/* The engine was stopped: judges by its last numbers. */
void	health_last(struct fuzz *);

/* It could not be started at all: more words on why. */
void	health_no_start(struct fuzz *, char message[512]);

/* What holds, as pf_verdicts_text() has it. */
void	health_text(char out[PF_VERDICTS_TEXT], const struct fuzz *);

/*
 * For an engine that starts its process again by itself: it died, and not of
 * what it does.  True: too often, and that was the end.
 */
bool	health_died(struct fuzz *, const char *words);

/* starve.c: how often memory ran out for the control group of a process, for
 * whatever reason it is in that, else for the machine; -1 if nobody counts. */
int64_t	starve_count(pid_t);

#endif
