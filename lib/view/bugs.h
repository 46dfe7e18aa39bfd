/*
 * Buckets for other programs: each with what is known of it and with the
 * crash that stands for it.  They come one at a time, so that it takes the
 * same memory however many there are.  Read-only; all texts came from bots.
 */
#ifndef PF_VIEW_BUGS_H
#define PF_VIEW_BUGS_H

#include <stdint.h>

#include "base/name.h"
#include "codec/report/rules.h"
#include "store/db.h"

/* Strings are good for the call that has them. */
struct pf_bug {
	const char	*bucket, *campaign;	/* id, name */
	const char	*type, *tool, *frames;	/* "a < b < c" */
	/* Of the crashes that were picked; dropped are reports of which the
	 * input was not kept, and no job is known of. */
	int64_t		 kept, dropped, first_seen, last_seen;
	/* Its first crash; "" if none is kept. */
	const char	*crash, *job, *target, *input;
	/* What was told of that one, or of the bucket if there is none. */
	struct pf_given	 given;
};

/* Which; NULL is any.  Strings as a person types them, and not changed while
 * the pick is in use. */
struct pf_bugs {
	const char	*campaign, *job, *bucket, *type;
	int64_t		 max;			/* PF_VIEW_ALL: all */
	/* By pf_bugs_begin(). */
	struct pf_db	*db;
	char		 campaign_id[PF_ID_MAX + 1];	/* "": any */
	char		 job_id[PF_ID_MAX + 1];
	int64_t		 from;			/* the oldest that is in */
	char		 from_id[PF_ID_MAX + 1];
};

/*
 * Finds campaign and job, and of more than max the newest.  All calls up to
 * pf_bugs_end(), which is needed in every case, see one state of the
 * database.
 */
const struct pf_err	*pf_bugs_begin(struct pf_bugs *, struct pf_db *);
const struct pf_err	*pf_bugs_end(struct pf_bugs *);

/* How many there are, of one campaign (id), or of all if it is NULL. */
const struct pf_err	*pf_bugs_count(int64_t *, const struct pf_bugs *,
			    const char *campaign);
/* Them, the oldest first; an error of each() ends it. */
const struct pf_err	*pf_bugs_each(const struct pf_bugs *,
			    const char *campaign, const struct pf_err *
			    (*each)(void *, const struct pf_bug *), void *);
/* The campaigns they may be of: id and name, the oldest first. */
const struct pf_err	*pf_bugs_campaigns(const struct pf_bugs *,
			    const struct pf_err *(*each)(void *,
			    const char *id, const char *name), void *);

#endif
