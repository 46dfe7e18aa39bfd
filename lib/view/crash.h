/*
 * A crash in full: its row, who found it, and the command that makes it
 * happen again on the master.  Read-only.
 */
#ifndef PF_VIEW_CRASH_H
#define PF_VIEW_CRASH_H

#include "codec/report/rules.h"
#include "store/db.h"

/* What it takes to see a crash again. */
struct pf_crash {
	char	*hash;		/* of the input */
	char	*input;		/* absolute paths */
	char	*target;	/* "" if it is not known */
	char	*command;	/* ready for the shell, "" if there is none */
	char	*refused;	/* why what its bot told is none, else "" */
	char	*output;	/* the report */
};

/* Of a row of pf_view_crash; pf_crash_free() what it holds. */
void	pf_crash_load(struct pf_crash *, const char *storage,
	    const struct pf_q *);
void	pf_crash_free(struct pf_crash *);

/* What was told of it, good until the next row. */
void	pf_crash_given(struct pf_given *, const struct pf_q *);

/* The row as members of an open JSON object, with bots (a thousand at most),
 * checks, small and severity (see checked.h), best (better.h), origin
 * (origin.h), input (where it lies) and reproduce (null if there is no
 * command). */
const struct pf_err	*pf_crash_members(struct pf_buf *, struct pf_db *,
			    const char *storage, const struct pf_q *);

#endif
