/*
 * Progress for people: how the slots are, on a terminal a line each that is
 * drawn again and again, with what is said above it; else now and then a line
 * each among what is said.
 */
#ifndef RUN_PROGRESS_H
#define RUN_PROGRESS_H

#include "run/run.h"

/*
 * progress.c: a slot's line, one of exactly width columns or fewer, without
 * control bytes; width 0: a sentence of any length.
 */
void	progress_line(struct pf_buf *, int slot, const struct line *,
	    int width);
/* How many columns such a line takes, at most. */
int	progress_columns(const char *);

/* screen.c: where they go.  Start it before the slots and stop it after. */
struct screen;
struct screen	*screen_start(const struct options *, const struct board *);
void		 screen_stop(struct screen *);

/* In a slot: what the parent needed for it is let go. */
void		 screen_leave(struct screen *);

/*
 * Shows n slots, if it is time to, and what they have said; then waits so
 * long, or until somebody says something.  every is of the lines without a
 * terminal.
 */
void		 screen_show(struct screen *, int n, int64_t every);
void		 screen_wait(struct screen *, int64_t ms);

#endif
