/*
 * A new database from the storage tree, made beside the old one and put in
 * its place when it is whole.
 */
#ifndef SCHED_REMAKE_H
#define SCHED_REMAKE_H

#include "act/act.h"
#include "sched/sched.h"

struct remake {
	const struct pf_conf	*conf;
	char			*dir;	/* <storage>/data/remake, a tree */
	int			 lock;	/* of the real database */
	int			 inner;	/* of the one being made */
	struct pf_act		 act;
	int64_t			 jobs, bots;	/* taken from metadata/ */
	int64_t			 replayed;	/* results that were new */
	int64_t			 refused;	/* lines that made no sense */
	int64_t			 epoch;		/* the largest of the ledger */
};

/*
 * Keeps every writer out and makes an empty database, or, if from is not
 * NULL, a copy of <from>/data/pandafuzz.db brought up to date.
 */
const struct pf_err	*remake_begin(struct remake *,
			    const struct pf_conf *, const char *from);

/* Fills it: metadata/, the ledger, the descriptions beside crashes. */
const struct pf_err	*remake_metadata(struct remake *);
const struct pf_err	*remake_replay(struct remake *);

/*
 * Ends all leases, raises the epoch (in its file first), counts anew; then,
 * if in_place, puts it where the old one was, which is kept aside.
 */
const struct pf_err	*remake_finish(struct remake *, bool in_place);

/* Always at the end: removes what was made by the way. */
void			 remake_end(struct remake *);

#endif
