/*
 * The board: memory that pf-run and its slots share, since they are processes.
 * Each slot writes a line, how it is; pf-run writes the configuration that is
 * in force.  Nobody ever waits for a writer: who reads while somebody writes,
 * or after he died at it, keeps what he read before.
 */
#ifndef RUN_BOARD_H
#define RUN_BOARD_H

#include <stdbool.h>
#include <stdint.h>

#include "codec/conf.h"

#define BOARD_SLOTS	1024	/* the most there may be */

/* How a slot is.  Numbers are -1 where nobody knows; texts may be hostile. */
struct line {
	int	 core;		/* it is bound to, -1: none */
	char	 state[40];	/* "fuzzing" */
	char	 job[65], engine[33];	/* "" without a job */
	char	 verdict[80];	/* what is wrong with the job, "" if nothing */
	int64_t	 deadline;	/* of the job, CLOCK_BOOTTIME, ms; 0: none */
	int64_t	 execs, edges, corpus, crashes;
	double	 execs_per_sec;
	int64_t	 away;		/* no master since, CLOCK_BOOTTIME; 0: it is */
	int64_t	 waiting;	/* packs in the outbox, while it is away */
};

struct board;

/* Never fails: without memory there is no pf-run. */
struct board	*board_new(void);
void		 board_free(struct board *);

void	board_put(struct board *, int slot, const struct line *);
/* False if there is none that is whole; then the line is left alone. */
bool	board_get(struct line *, const struct board *, int slot);
/* Nobody knows anything. */
void	board_blank(struct line *);

void	board_publish(struct board *, const struct pf_conf *);
/* True if there is another one than what *seen stands for. */
bool	board_conf(struct pf_conf *, const struct board *,
	    unsigned int *seen);

/*
 * Choosing cores is one at a time.  False: it could not be had in a second.
 * *told outlives whoever sets it, so that something is said once.
 */
bool	board_lock(struct board *, bool **told);
void	board_unlock(struct board *);

#endif
