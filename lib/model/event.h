/*
 * Events: every change of state, in the transaction that makes it.
 */
#ifndef PF_MODEL_EVENT_H
#define PF_MODEL_EVENT_H

#include <stdint.h>

#include "store/db.h"

struct pf_event {
	int64_t		 time;
	const char	*kind;		/* bot, job, crash, system */
	const char	*subject;	/* its id */
	const char	*was, *now;	/* states */
	const char	*who;		/* op or bot */
	const char	*why;
};
const struct pf_err	*pf_event_add(struct pf_db *, const struct pf_event *);

/*
 * Deletes at most max of those before a time, the oldest first, never the
 * newest: ids are given out once.
 */
const struct pf_err	*pf_event_sweep(struct pf_db *, int64_t *n,
			    int64_t before, int64_t max);

#endif
